//! The permutation, written once for every kind of register that can hold its state (FIPS 202 section 3), and the kind
//! that every machine has.

use super::block::{Hash, WORDS};

/// The constants of the 24 rounds (FIPS 202 section 3.2.5).
pub const ROUNDS: [u64; 24] = [
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

/// A row of five registers after chi.
macro_rules! row {
    ($chi:ident, $b0:expr, $b1:expr, $b2:expr, $b3:expr, $b4:expr) => {{
        let (b0, b1, b2, b3, b4) = ($b0, $b1, $b2, $b3, $b4);
        ($chi!(b0, b1, b2), $chi!(b1, b2, b3), $chi!(b2, b3, b4), $chi!(b3, b4, b0), $chi!(b4, b0, b1))
    }};
}

/// The 24 rounds over a state of 25 registers, whose lanes are numbered as in the state array, row by row. A row goes
/// through all its steps before the next begins, so that little is kept beside the state.
macro_rules! permute {
    ($s:ident, $parity:ident, $xor:ident, $rotate:ident, $chi:ident, $constant:ident) => {
        for round in $crate::keccak::permutation::ROUNDS {
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
            let (d0, d1) = ($xor!(c4, $rotate!(c1, 1)), $xor!(c0, $rotate!(c2, 1)));
            let (d2, d3) = ($xor!(c1, $rotate!(c3, 1)), $xor!(c2, $rotate!(c4, 1)));
            let d4 = $xor!(c3, $rotate!(c0, 1));
            let (e0, e1, e2, e3, e4) = row!(
                $chi,
                $xor!(s0, d0),
                $rotate!($xor!(s6, d1), 44),
                $rotate!($xor!(s12, d2), 43),
                $rotate!($xor!(s18, d3), 21),
                $rotate!($xor!(s24, d4), 14)
            );
            let (e5, e6, e7, e8, e9) = row!(
                $chi,
                $rotate!($xor!(s3, d3), 28),
                $rotate!($xor!(s9, d4), 20),
                $rotate!($xor!(s10, d0), 3),
                $rotate!($xor!(s16, d1), 45),
                $rotate!($xor!(s22, d2), 61)
            );
            let (e10, e11, e12, e13, e14) = row!(
                $chi,
                $rotate!($xor!(s1, d1), 1),
                $rotate!($xor!(s7, d2), 6),
                $rotate!($xor!(s13, d3), 25),
                $rotate!($xor!(s19, d4), 8),
                $rotate!($xor!(s20, d0), 18)
            );
            let (e15, e16, e17, e18, e19) = row!(
                $chi,
                $rotate!($xor!(s4, d4), 27),
                $rotate!($xor!(s5, d0), 36),
                $rotate!($xor!(s11, d1), 10),
                $rotate!($xor!(s17, d2), 15),
                $rotate!($xor!(s23, d3), 56)
            );
            let (e20, e21, e22, e23, e24) = row!(
                $chi,
                $rotate!($xor!(s2, d2), 62),
                $rotate!($xor!(s8, d3), 55),
                $rotate!($xor!(s14, d4), 39),
                $rotate!($xor!(s15, d0), 41),
                $rotate!($xor!(s21, d1), 2)
            );
            $s = [
                $xor!(e0, $constant!(round)),
                e1,
                e2,
                e3,
                e4,
                e5,
                e6,
                e7,
                e8,
                e9,
                e10,
                e11,
                e12,
                e13,
                e14,
                e15,
                e16,
                e17,
                e18,
                e19,
                e20,
                e21,
                e22,
                e23,
                e24,
            ];
        }
    };
}

#[cfg(target_arch = "x86_64")]
pub(super) use {permute, row};

/// One padded block, word by word: also compiled for instructions that only some machines have.
#[inline(always)]
pub fn portable(block: &[u64; WORDS]) -> Hash {
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
    for (register, word) in state.iter_mut().zip(block) {
        *register = *word;
    }
    permute!(state, parity, xor, rotate, chi, constant);
    let [a, b, c, d, ..] = state;
    [a, b, c, d]
}
