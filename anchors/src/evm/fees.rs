//! What a transaction may cost: the market's price, raised where it was not enough, never beyond what the operator allows.

use std::time::Duration;

const GWEI: u128 = 1_000_000_000;

/// What an operator pays at most, and how long he waits for it to be enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeePolicy {
    /// Wei for a unit of gas at most, tip included; the gas price on chains without a base fee.
    pub max_fee_per_gas_wei: u128,
    /// Wei for a unit of gas that go to the block's maker at most.
    pub max_priority_fee_per_gas_wei: u128,
    /// A transaction that waits for longer is replaced by one that pays more.
    pub stuck_after: Duration,
}

impl Default for FeePolicy {
    /// 500 and 50 gwei, a minute and a half: five blocks or more on every chain in use, whose fees move by at most an
    /// eighth a block.
    fn default() -> Self {
        Self {
            max_fee_per_gas_wei: 500 * GWEI,
            max_priority_fee_per_gas_wei: 50 * GWEI,
            stuck_after: Duration::from_secs(90),
        }
    }
}

/// What a transaction offers for a unit of gas, in wei.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fees {
    /// EIP-1559.
    Market { max: u128, priority: u128 },
    /// On chains without a base fee.
    Legacy { price: u128 },
}

/// It would have to pay more than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooDear {
    pub due_wei: u128,
    pub cap_wei: u128,
}

impl Fees {
    /// The most that a unit of gas can cost with it.
    pub fn price(self) -> u128 {
        match self {
            Self::Market { max, .. } => max,
            Self::Legacy { price } => price,
        }
    }

    /// What the market asks, cut down to what may be paid. `base_fee` is the newest block's: below it no block takes it.
    pub fn first(market: Self, base_fee: u128, policy: &FeePolicy) -> Result<Self, TooDear> {
        let cap_wei = policy.max_fee_per_gas_wei;
        match market {
            Self::Market { max, priority } if base_fee <= cap_wei => {
                let max = max.min(cap_wei);
                Ok(Self::Market { max, priority: priority.min(policy.max_priority_fee_per_gas_wei).min(max) })
            }
            Self::Market { .. } => Err(TooDear { due_wei: base_fee, cap_wei }),
            Self::Legacy { price } if price <= cap_wei => Ok(market),
            Self::Legacy { price } => Err(TooDear { due_wei: price, cap_wei }),
        }
    }

    /// The least that replaces it: an eighth more of everything, which is what the strictest nodes ask for.
    pub fn raised(self, policy: &FeePolicy) -> Result<Self, TooDear> {
        let more = |wei: u128| wei.saturating_add(wei.div_ceil(8).max(1));
        let within = |due_wei: u128, cap_wei: u128| {
            if due_wei <= cap_wei { Ok(due_wei) } else { Err(TooDear { due_wei, cap_wei }) }
        };
        Ok(match self {
            Self::Market { max, priority } => Self::Market {
                max: within(more(max), policy.max_fee_per_gas_wei)?,
                priority: within(more(priority), policy.max_priority_fee_per_gas_wei)?,
            },
            Self::Legacy { price } => {
                Self::Legacy { price: within(more(price), policy.max_fee_per_gas_wei)? }
            }
        })
    }

    /// The more of both in everything; another kind than the chain's own counts for nothing.
    pub fn or_more(self, other: Self) -> Self {
        match (self, other) {
            (Self::Market { max, priority }, Self::Market { max: least, priority: tip }) => {
                Self::Market { max: max.max(least), priority: priority.max(tip) }
            }
            (Self::Legacy { price }, Self::Legacy { price: least }) => {
                Self::Legacy { price: price.max(least) }
            }
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: FeePolicy =
        FeePolicy { max_fee_per_gas_wei: 100, max_priority_fee_per_gas_wei: 10, stuck_after: Duration::ZERO };

    #[test]
    fn the_market_is_paid_as_far_as_the_policy_goes() {
        let market = |max, priority| Fees::Market { max, priority };
        assert_eq!(Fees::first(market(30, 2), 14, &POLICY), Ok(market(30, 2)));
        assert_eq!(Fees::first(market(300, 20), 90, &POLICY), Ok(market(100, 10)));
        assert_eq!(Fees::first(market(300, 20), 101, &POLICY), Err(TooDear { due_wei: 101, cap_wei: 100 }));
        assert_eq!(Fees::first(Fees::Legacy { price: 100 }, 0, &POLICY), Ok(Fees::Legacy { price: 100 }));
        let dear = Fees::first(Fees::Legacy { price: 101 }, 0, &POLICY);
        assert_eq!(dear, Err(TooDear { due_wei: 101, cap_wei: 100 }));
    }

    #[test]
    fn a_replacement_pays_an_eighth_more_of_both_and_never_beyond_the_cap() {
        let mut fees = Fees::Market { max: 40, priority: 0 };
        let mut steps = 0;
        let last = loop {
            match fees.raised(&POLICY) {
                Ok(Fees::Market { max, priority }) => {
                    let Fees::Market { max: before, priority: tip } = fees else { panic!("{fees:?}") };
                    assert!(max * 8 >= before * 9 && priority * 8 >= tip * 9 && priority > tip);
                    assert!(max <= 100 && priority <= 10);
                    fees = Fees::Market { max, priority };
                    steps += 1;
                }
                Ok(other) => panic!("{other:?}"),
                Err(dear) => break dear,
            }
        };
        assert!(steps >= 5 && last.due_wei > last.cap_wei, "{steps} {last:?}");
        assert_eq!(
            Fees::Legacy { price: 89 }.raised(&POLICY).map(Fees::price),
            Err(TooDear { due_wei: 101, cap_wei: 100 })
        );
        assert_eq!(Fees::Legacy { price: 80 }.raised(&POLICY).map(Fees::price), Ok(90));
    }
}
