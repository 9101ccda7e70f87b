//! Amounts as people read them.

/// Wei in a coin of the chain.
const WEI: u128 = 10_u128.pow(18);

/// `0.005 ether`: all digits that there are, and no zeros behind them.
pub(super) fn ether(wei: u128) -> String {
    let decimals = format!("{:018}", wei % WEI);
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() {
        format!("{} ether", wei / WEI)
    } else {
        format!("{}.{decimals} ether", wei / WEI)
    }
}

#[cfg(test)]
mod tests {
    use super::ether;

    #[test]
    fn amounts_have_all_their_digits() {
        assert_eq!(ether(0), "0 ether");
        assert_eq!(ether(1), "0.000000000000000001 ether");
        assert_eq!(ether(5_000_000_000_000_000), "0.005 ether");
        assert_eq!(ether(12 * 10_u128.pow(18) + 3 * 10_u128.pow(17)), "12.3 ether");
    }
}
