//! The permutation over several blocks side by side, one in each lane of a vector register, on x86-64.
//!
//! The only `unsafe` of the workspace is here: loads and stores of whole registers, and calling what was compiled for
//! instructions that were just found.
#![expect(unsafe_code, reason = "whole registers are loaded and stored by address; see the comments")]

use super::block::{Blocks, Hash, LAST_WORD, WORDS};
use super::permutation::{permute, portable, row};
use crate::digest::Digest;
use std::arch::x86_64::{
    __m256i, __m512i, _mm256_andnot_si256, _mm256_loadu_si256, _mm256_or_si256, _mm256_permute2x128_si256,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_si256,
    _mm256_unpackhi_epi64, _mm256_unpacklo_epi64, _mm256_xor_si256, _mm512_castsi256_si512,
    _mm512_inserti64x4, _mm512_loadu_si512, _mm512_or_si512, _mm512_rol_epi64, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_shuffle_i64x2, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_storeu_si512,
    _mm512_ternarylogic_epi64, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

/// One block. Called only with `Set::Bmi`, which exists only where the machine has it.
pub fn one(block: &[u64; WORDS]) -> Hash {
    // SAFETY: the machine has the instructions that the function was compiled for.
    unsafe { one_with_bmi(block) }
}

/// Four blocks. Called only with `Set::Avx2`, which exists only where the machine has it.
pub fn four(blocks: &Blocks<4>) -> [Hash; 4] {
    // SAFETY: the machine has the instructions that the function was compiled for.
    unsafe { four_with_avx2(blocks) }
}

/// `tag || left || right` of four pairs; as [`four`].
pub fn four_pairs(tag: u8, pairs: &[[Digest; 2]; 4]) -> [Hash; 4] {
    // SAFETY: the machine has the instructions that the function was compiled for.
    unsafe { four_pairs_with_avx2(tag, pairs) }
}

/// Eight blocks. Called only with `Set::Avx512`, which exists only where the machine has it.
pub fn eight(blocks: &Blocks<8>) -> [Hash; 8] {
    // SAFETY: the machine has the instructions that the function was compiled for.
    unsafe { eight_with_avx512(blocks) }
}

/// `tag || left || right` of eight pairs; as [`eight`].
pub fn eight_pairs(tag: u8, pairs: &[[Digest; 2]; 8]) -> [Hash; 8] {
    // SAFETY: the machine has the instructions that the function was compiled for.
    unsafe { eight_pairs_with_avx512(tag, pairs) }
}

#[target_feature(enable = "bmi1,bmi2")]
fn one_with_bmi(block: &[u64; WORDS]) -> Hash {
    portable(block)
}

#[target_feature(enable = "avx512f")]
fn eight_with_avx512(blocks: &Blocks<8>) -> [Hash; 8] {
    let mut state = [_mm512_setzero_si512(); 25];
    for (register, word) in state.iter_mut().zip(blocks) {
        // SAFETY: eight words are 64 readable bytes; the load needs no alignment.
        *register = unsafe { _mm512_loadu_si512(word.as_ptr().cast()) };
    }
    permuted_eight(state)
}

#[target_feature(enable = "avx512f")]
fn eight_pairs_with_avx512(tag: u8, pairs: &[[Digest; 2]; 8]) -> [Hash; 8] {
    let mut rows = [_mm512_setzero_si512(); 8];
    for (row, [left, right]) in rows.iter_mut().zip(pairs) {
        *row = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(loaded(left)), loaded(right));
    }
    let mut state = [_mm512_setzero_si512(); 25];
    let (words, padding) = state.split_at_mut(8);
    // The tag's byte shifts all that follows by a byte.
    let mut carried = _mm512_set1_epi64(i64::from(tag));
    for (register, word) in words.iter_mut().zip(transposed_eight(&rows)) {
        *register = _mm512_or_si512(carried, _mm512_slli_epi64::<8>(word));
        carried = _mm512_srli_epi64::<56>(word);
    }
    if let [first, _, _, _, _, _, _, _, last, ..] = padding {
        *first = _mm512_or_si512(carried, _mm512_set1_epi64(0x0100));
        *last = _mm512_set1_epi64(LAST_WORD.cast_signed());
    }
    permuted_eight(state)
}

/// Word `i` of each of eight rows in register `i`.
#[target_feature(enable = "avx512f")]
#[inline]
fn transposed_eight(rows: &[__m512i; 8]) -> [__m512i; 8] {
    let (mut even, mut odd) = ([_mm512_setzero_si512(); 4], [_mm512_setzero_si512(); 4]);
    for ((even, odd), [row, next]) in even.iter_mut().zip(&mut odd).zip(rows.as_chunks::<2>().0) {
        *even = _mm512_unpacklo_epi64(*row, *next);
        *odd = _mm512_unpackhi_epi64(*row, *next);
    }
    let (even, odd) = (transposed_halves(&even), transposed_halves(&odd));
    [even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3]]
}

/// The same of four rows of four halves, two words each.
#[target_feature(enable = "avx512f")]
#[inline]
fn transposed_halves(rows: &[__m512i; 4]) -> [__m512i; 4] {
    // 0x88 takes the first and third half of both, 0xDD the second and fourth.
    let odd =
        [_mm512_shuffle_i64x2::<0x88>(rows[0], rows[1]), _mm512_shuffle_i64x2::<0x88>(rows[2], rows[3])];
    let even =
        [_mm512_shuffle_i64x2::<0xDD>(rows[0], rows[1]), _mm512_shuffle_i64x2::<0xDD>(rows[2], rows[3])];
    [
        _mm512_shuffle_i64x2::<0x88>(odd[0], odd[1]),
        _mm512_shuffle_i64x2::<0x88>(even[0], even[1]),
        _mm512_shuffle_i64x2::<0xDD>(odd[0], odd[1]),
        _mm512_shuffle_i64x2::<0xDD>(even[0], even[1]),
    ]
}

#[target_feature(enable = "avx512f")]
#[inline]
fn permuted_eight(mut state: [__m512i; 25]) -> [Hash; 8] {
    // The truth tables of three-way exclusive or, and of a ^ (!b & c).
    macro_rules! xor3 {
        ($a:expr, $b:expr, $c:expr) => {
            _mm512_ternarylogic_epi64::<0x96>($a, $b, $c)
        };
    }
    macro_rules! chi {
        ($a:expr, $b:expr, $c:expr) => {
            _mm512_ternarylogic_epi64::<0xD2>($a, $b, $c)
        };
    }
    macro_rules! parity {
        ($a:expr, $b:expr, $c:expr, $d:expr, $e:expr) => {
            xor3!(xor3!($a, $b, $c), $d, $e)
        };
    }
    macro_rules! xor {
        ($a:expr, $b:expr) => {
            _mm512_xor_si512($a, $b)
        };
    }
    macro_rules! rotate {
        ($a:expr, $bits:literal) => {
            _mm512_rol_epi64::<$bits>($a)
        };
    }
    macro_rules! constant {
        ($round:expr) => {
            _mm512_set1_epi64($round.cast_signed())
        };
    }
    permute!(state, parity, xor, rotate, chi, constant);
    let [a, b, c, d, ..] = state;
    // Lane by lane: the first two words, and the last two, of the even lanes and of the odd ones.
    let rows = transposed_halves(&[
        _mm512_unpacklo_epi64(a, b),
        _mm512_unpacklo_epi64(c, d),
        _mm512_unpackhi_epi64(a, b),
        _mm512_unpackhi_epi64(c, d),
    ]);
    let mut hashes = [[0; 4]; 8];
    for (two, row) in hashes.as_chunks_mut::<2>().0.iter_mut().zip(rows) {
        // SAFETY: two hashes are 64 writable bytes; the store needs no alignment.
        unsafe { _mm512_storeu_si512(two.as_mut_ptr().cast(), row) };
    }
    hashes
}

#[target_feature(enable = "avx2")]
fn four_with_avx2(blocks: &Blocks<4>) -> [Hash; 4] {
    let mut state = [_mm256_setzero_si256(); 25];
    for (register, word) in state.iter_mut().zip(blocks) {
        // SAFETY: four words are 32 readable bytes; the load needs no alignment.
        *register = unsafe { _mm256_loadu_si256(word.as_ptr().cast()) };
    }
    permuted_four(state)
}

#[target_feature(enable = "avx2")]
fn four_pairs_with_avx2(tag: u8, pairs: &[[Digest; 2]; 4]) -> [Hash; 4] {
    let (mut left, mut right) = ([_mm256_setzero_si256(); 4], [_mm256_setzero_si256(); 4]);
    for ((left, right), [one, other]) in left.iter_mut().zip(&mut right).zip(pairs) {
        (*left, *right) = (loaded(one), loaded(other));
    }
    let mut state = [_mm256_setzero_si256(); 25];
    let (words, padding) = state.split_at_mut(8);
    // The tag's byte shifts all that follows by a byte.
    let mut carried = _mm256_set1_epi64x(i64::from(tag));
    let both = [transposed_four(left), transposed_four(right)];
    for (register, word) in words.iter_mut().zip(both.as_flattened()) {
        *register = _mm256_or_si256(carried, _mm256_slli_epi64::<8>(*word));
        carried = _mm256_srli_epi64::<56>(*word);
    }
    if let [first, _, _, _, _, _, _, _, last, ..] = padding {
        *first = _mm256_or_si256(carried, _mm256_set1_epi64x(0x0100));
        *last = _mm256_set1_epi64x(LAST_WORD.cast_signed());
    }
    permuted_four(state)
}

#[target_feature(enable = "avx2")]
#[inline]
fn loaded(digest: &Digest) -> __m256i {
    // SAFETY: a digest is 32 readable bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(digest.as_bytes().as_ptr().cast()) }
}

/// Word `i` of each of four rows in register `i`.
#[target_feature(enable = "avx2")]
#[inline]
fn transposed_four(rows: [__m256i; 4]) -> [__m256i; 4] {
    let even = [_mm256_unpacklo_epi64(rows[0], rows[1]), _mm256_unpacklo_epi64(rows[2], rows[3])];
    let odd = [_mm256_unpackhi_epi64(rows[0], rows[1]), _mm256_unpackhi_epi64(rows[2], rows[3])];
    // 0x20 takes the lower half of both, 0x31 the upper.
    [
        _mm256_permute2x128_si256::<0x20>(even[0], even[1]),
        _mm256_permute2x128_si256::<0x20>(odd[0], odd[1]),
        _mm256_permute2x128_si256::<0x31>(even[0], even[1]),
        _mm256_permute2x128_si256::<0x31>(odd[0], odd[1]),
    ]
}

#[target_feature(enable = "avx2")]
// Alone, because within its callers the compiler keeps fewer of its lanes in registers.
#[inline(never)]
fn permuted_four(mut state: [__m256i; 25]) -> [Hash; 4] {
    macro_rules! xor {
        ($a:expr, $b:expr) => {
            _mm256_xor_si256($a, $b)
        };
    }
    macro_rules! parity {
        ($a:expr, $b:expr, $c:expr, $d:expr, $e:expr) => {
            xor!(xor!(xor!($a, $b), xor!($c, $d)), $e)
        };
    }
    macro_rules! chi {
        ($a:expr, $b:expr, $c:expr) => {
            xor!($a, _mm256_andnot_si256($b, $c))
        };
    }
    macro_rules! rotate {
        ($a:expr, $bits:literal) => {{
            let a = $a;
            _mm256_or_si256(_mm256_slli_epi64::<$bits>(a), _mm256_srli_epi64::<{ 64 - $bits }>(a))
        }};
    }
    macro_rules! constant {
        ($round:expr) => {
            _mm256_set1_epi64x($round.cast_signed())
        };
    }
    permute!(state, parity, xor, rotate, chi, constant);
    let [a, b, c, d, ..] = state;
    let mut hashes = [[0; 4]; 4];
    for (hash, row) in hashes.iter_mut().zip(transposed_four([a, b, c, d])) {
        // SAFETY: four words are 32 writable bytes; the store needs no alignment.
        unsafe { _mm256_storeu_si256(hash.as_mut_ptr().cast(), row) };
    }
    hashes
}
