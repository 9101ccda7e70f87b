//! The permutation over several blocks side by side, one in each lane of a vector register (FIPS 202 section 3).
//!
//! The only `unsafe` of the workspace is here: loads and stores of whole registers, and calling what was compiled for
//! instructions that were just found.

use super::block::{Blocks, Hashes};

/// The constants of the 24 rounds (FIPS 202 section 3.2.5).
const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// The 24 rounds over a state of 25 registers, written once for every kind of register: theta, rho and pi in one
/// assignment each, then chi and iota. The lanes are numbered as in the state array, row by row.
macro_rules! permute {
    ($s:ident, $parity:ident, $xor:ident, $rotate:ident, $chi:ident, $constant:ident) => {
        for round in ROUNDS {
            let [
                s0,
                s1,
                s2,
                s3,
                s4,
                s5,
                s6,
                s7,
                s8,
                s9,
                s10,
                s11,
                s12,
                s13,
                s14,
                s15,
                s16,
                s17,
                s18,
                s19,
                s20,
                s21,
                s22,
                s23,
                s24,
            ] = $s;
            let (c0, c1) = ($parity!(s0, s5, s10, s15, s20), $parity!(s1, s6, s11, s16, s21));
            let (c2, c3) = ($parity!(s2, s7, s12, s17, s22), $parity!(s3, s8, s13, s18, s23));
            let c4 = $parity!(s4, s9, s14, s19, s24);
            let d0 = $xor!(c4, $rotate!(c1, 1));
            let d1 = $xor!(c0, $rotate!(c2, 1));
            let d2 = $xor!(c1, $rotate!(c3, 1));
            let d3 = $xor!(c2, $rotate!(c4, 1));
            let d4 = $xor!(c3, $rotate!(c0, 1));
            let (b0, b10) = ($xor!(s0, d0), $rotate!($xor!(s1, d1), 1));
            let (b20, b5) = ($rotate!($xor!(s2, d2), 62), $rotate!($xor!(s3, d3), 28));
            let (b15, b16) = ($rotate!($xor!(s4, d4), 27), $rotate!($xor!(s5, d0), 36));
            let (b1, b11) = ($rotate!($xor!(s6, d1), 44), $rotate!($xor!(s7, d2), 6));
            let (b21, b6) = ($rotate!($xor!(s8, d3), 55), $rotate!($xor!(s9, d4), 20));
            let (b7, b17) = ($rotate!($xor!(s10, d0), 3), $rotate!($xor!(s11, d1), 10));
            let (b2, b12) = ($rotate!($xor!(s12, d2), 43), $rotate!($xor!(s13, d3), 25));
            let (b22, b23) = ($rotate!($xor!(s14, d4), 39), $rotate!($xor!(s15, d0), 41));
            let (b8, b18) = ($rotate!($xor!(s16, d1), 45), $rotate!($xor!(s17, d2), 15));
            let (b3, b13) = ($rotate!($xor!(s18, d3), 21), $rotate!($xor!(s19, d4), 8));
            let (b14, b24) = ($rotate!($xor!(s20, d0), 18), $rotate!($xor!(s21, d1), 2));
            let (b9, b19) = ($rotate!($xor!(s22, d2), 61), $rotate!($xor!(s23, d3), 56));
            let b4 = $rotate!($xor!(s24, d4), 14);
            $s = [
                $xor!($chi!(b0, b1, b2), $constant!(round)),
                $chi!(b1, b2, b3),
                $chi!(b2, b3, b4),
                $chi!(b3, b4, b0),
                $chi!(b4, b0, b1),
                $chi!(b5, b6, b7),
                $chi!(b6, b7, b8),
                $chi!(b7, b8, b9),
                $chi!(b8, b9, b5),
                $chi!(b9, b5, b6),
                $chi!(b10, b11, b12),
                $chi!(b11, b12, b13),
                $chi!(b12, b13, b14),
                $chi!(b13, b14, b10),
                $chi!(b14, b10, b11),
                $chi!(b15, b16, b17),
                $chi!(b16, b17, b18),
                $chi!(b17, b18, b19),
                $chi!(b18, b19, b15),
                $chi!(b19, b15, b16),
                $chi!(b20, b21, b22),
                $chi!(b21, b22, b23),
                $chi!(b22, b23, b24),
                $chi!(b23, b24, b20),
                $chi!(b24, b20, b21),
            ];
        }
    };
}

/// One block, word by word: also compiled for instructions that only some machines have.
#[inline(always)]
fn word_by_word(block: &Blocks<1>) -> Hashes<1> {
    macro_rules! parity {
        ($a:expr, $b:expr, $c:expr, $d:expr, $e:expr) => {
            $a ^ $b ^ $c ^ $d ^ $e
        };
    }
    macro_rules! xor {
        ($a:expr, $b:expr) => {
            $a ^ $b
        };
    }
    macro_rules! rotate {
        ($a:expr, $bits:literal) => {
            ($a).rotate_left($bits)
        };
    }
    macro_rules! chi {
        ($a:expr, $b:expr, $c:expr) => {
            $a ^ (!$b & $c)
        };
    }
    macro_rules! constant {
        ($round:expr) => {
            $round
        };
    }
    let mut state = [0_u64; 25];
    for (register, [word]) in state.iter_mut().zip(block) {
        *register = *word;
    }
    permute!(state, parity, xor, rotate, chi, constant);
    let [a, b, c, d, ..] = state;
    [[a], [b], [c], [d]]
}

/// One block, on any machine.
pub fn portable(block: &Blocks<1>) -> Hashes<1> {
    word_by_word(block)
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "whole registers are loaded and stored by address; see the comments")]
pub mod x86 {
    use super::{Blocks, Hashes, ROUNDS, word_by_word};
    use std::arch::x86_64::{
        _mm256_andnot_si256, _mm256_loadu_si256, _mm256_or_si256, _mm256_set1_epi64x, _mm256_setzero_si256,
        _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_si256, _mm256_xor_si256, _mm512_loadu_si512,
        _mm512_rol_epi64, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_storeu_si512,
        _mm512_ternarylogic_epi64, _mm512_xor_si512,
    };

    /// Eight blocks. Called only with `Set::Avx512`, which exists only where the machine has it.
    pub fn eight(blocks: &Blocks<8>) -> Hashes<8> {
        // SAFETY: the machine has the instructions that the function was compiled for.
        unsafe { with_avx512(blocks) }
    }

    /// Four blocks. Called only with `Set::Avx2`, which exists only where the machine has it.
    pub fn four(blocks: &Blocks<4>) -> Hashes<4> {
        // SAFETY: the machine has the instructions that the function was compiled for.
        unsafe { with_avx2(blocks) }
    }

    /// One block. Called only with `Set::Bmi`, which exists only where the machine has it.
    pub fn one(block: &Blocks<1>) -> Hashes<1> {
        // SAFETY: the machine has the instructions that the function was compiled for.
        unsafe { with_bmi(block) }
    }

    #[target_feature(enable = "bmi1,bmi2")]
    fn with_bmi(block: &Blocks<1>) -> Hashes<1> {
        word_by_word(block)
    }

    #[target_feature(enable = "avx512f")]
    fn with_avx512(blocks: &Blocks<8>) -> Hashes<8> {
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
        let mut state = [_mm512_setzero_si512(); 25];
        for (register, word) in state.iter_mut().zip(blocks) {
            // SAFETY: eight words are 64 readable bytes; the load needs no alignment.
            *register = unsafe { _mm512_loadu_si512(word.as_ptr().cast()) };
        }
        permute!(state, parity, xor, rotate, chi, constant);
        let mut first = [[0; 8]; 4];
        for (word, register) in first.iter_mut().zip(&state) {
            // SAFETY: eight words are 64 writable bytes; the store needs no alignment.
            unsafe { _mm512_storeu_si512(word.as_mut_ptr().cast(), *register) };
        }
        first
    }

    #[target_feature(enable = "avx2")]
    fn with_avx2(blocks: &Blocks<4>) -> Hashes<4> {
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
        let mut state = [_mm256_setzero_si256(); 25];
        for (register, word) in state.iter_mut().zip(blocks) {
            // SAFETY: four words are 32 readable bytes; the load needs no alignment.
            *register = unsafe { _mm256_loadu_si256(word.as_ptr().cast()) };
        }
        permute!(state, parity, xor, rotate, chi, constant);
        let mut first = [[0; 4]; 4];
        for (word, register) in first.iter_mut().zip(&state) {
            // SAFETY: four words are 32 writable bytes; the store needs no alignment.
            unsafe { _mm256_storeu_si256(word.as_mut_ptr().cast(), *register) };
        }
        first
    }
}
