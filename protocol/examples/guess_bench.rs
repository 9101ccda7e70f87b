//! How fast one core tries codes against a voucher whose codes carry no stamp, from what the chain shows:
//! `cargo run --release -p vouchsafe-protocol --example guess_bench` (docs/decisions/0004-keccak-and-the-stamp.md).
#![expect(clippy::print_stdout, reason = "a measurement is there to be read")]

use std::time::Instant;
use vouchsafe_protocol::PublicKey;
use vouchsafe_protocol::keccak::TooLong;
use vouchsafe_protocol::voucher::{Stamp, voucher_key};

const TRIES: u32 = 100_000;

fn main() -> Result<(), TooLong> {
    let issuer = PublicKey::new([1; 32]);
    let wanted = voucher_key(&issuer, &Stamp::NONE, "", "99999999")?.public();
    let start = Instant::now();
    for code in 0..TRIES {
        let tried = voucher_key(&issuer, &Stamp::NONE, "", &format!("{code:08}"))?.public();
        assert_ne!(tried, wanted, "the code is not among those tried");
    }
    let each = start.elapsed().as_secs_f64() / f64::from(TRIES);
    println!("one guess takes {:.1} us: {:.0} a second on one core", each * 1e6, 1.0 / each);
    for digits in [8, 12, 16] {
        println!("all codes of {digits:>2} digits: {:.1} core-days", 10_f64.powi(digits) * each / 86_400.0);
    }
    Ok(())
}
