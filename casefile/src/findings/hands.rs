//! Everybody with a key, under one letter through the whole case: the same key is the same letter in every voucher.

use super::Found;
use super::contradictions::{Contradiction, refused_signers};
use protocol::PublicKey;
use protocol::lifecycle::Kind;

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Issued a voucher.
    Issuer,
    /// Held one in trade.
    Holder,
    /// Was named as the buyer in a sale.
    Buyer,
    /// Claimed one with its code.
    Claimant,
    /// Was named as the buyer in a refused sale.
    RefusedBuyer,
    /// Is a voucher's own key: its signature shows that the code was there.
    Voucher,
    /// The terms let it redeem.
    Redeemer,
    /// The terms let it decide disputes.
    Arbiter,
    /// Runs the log.
    Operator,
}

impl Role {
    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Holder => "holder",
            Self::Buyer => "buyer",
            Self::Claimant => "claimant",
            Self::RefusedBuyer => "refused-buyer",
            Self::Voucher => "voucher",
            Self::Redeemer => "redeemer",
            Self::Arbiter => "arbiter",
            Self::Operator => "operator",
        }
    }
}

/// A key and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// The key.
    pub key: PublicKey,
    /// What it did, each once.
    pub roles: Vec<Role>,
    /// What an issuer calls himself.
    pub says: Option<String>,
}

/// All keys of a case, in the order in which they come up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hands {
    all: Vec<Hand>,
}

impl Hands {
    /// Of these vouchers.
    pub fn of(vouchers: &[Found<'_>]) -> Self {
        let mut hands = Self::default();
        for found in vouchers {
            hands.take_in(found);
        }
        let operators = vouchers.iter().map(|found| found.dossier.checkpoint.checkpoint.operator_key);
        operators.for_each(|key| hands.note(key, Some(Role::Operator)));
        hands
    }

    fn take_in(&mut self, found: &Found<'_>) {
        for row in &found.rows {
            let role = match row.kind() {
                Some(Kind::Issue) => Some(Role::Issuer),
                Some(Kind::Transfer) => Some(Role::Holder),
                Some(Kind::Sell) => Some(Role::Buyer),
                Some(Kind::Claim) => Some(Role::Claimant),
                _ => None,
            };
            if let Some(party) = row.line.party {
                self.note(party, role);
            }
            for signer in &row.line.signed_by {
                self.note(*signer, (*signer == found.facts.key).then_some(Role::Voucher));
            }
        }
        if let Some(issuer) = self.all.iter_mut().find(|hand| hand.key == found.facts.issuer) {
            issuer.says = issuer.says.take().or_else(|| found.manifest.issuer_name.clone());
        }
        let terms = &found.dossier.manifest.terms;
        terms.redeemers().iter().for_each(|key| self.note(*key, Some(Role::Redeemer)));
        terms.arbiters().iter().for_each(|key| self.note(*key, Some(Role::Arbiter)));
        for contradiction in &found.contradictions {
            if let Contradiction::SecondSale { refused, .. } = contradiction {
                let buyer = refused.entry.party;
                if buyer != PublicKey::NOBODY {
                    self.note(buyer, Some(Role::RefusedBuyer));
                }
                for signer in refused_signers(found.dossier, refused) {
                    self.note(signer, None);
                }
            }
        }
    }

    fn note(&mut self, key: PublicKey, role: Option<Role>) {
        let place = self.all.iter().position(|hand| hand.key == key);
        let place = place.unwrap_or_else(|| {
            self.all.push(Hand { key, roles: Vec::new(), says: None });
            self.all.len().saturating_sub(1)
        });
        if let (Some(hand), Some(role)) = (self.all.get_mut(place), role)
            && !hand.roles.contains(&role)
        {
            hand.roles.push(role);
            hand.roles.sort();
        }
    }

    /// All of them, each with its letter.
    pub fn all(&self) -> impl Iterator<Item = (String, &Hand)> {
        self.all.iter().enumerate().map(|(place, hand)| (letter(place), hand))
    }

    /// A key's letter; every key of the case has one.
    pub fn letter(&self, key: &PublicKey) -> String {
        self.place(key).map_or_else(|| "?".to_owned(), letter)
    }

    /// A key's place, from 0, in the order of the letters.
    pub fn place(&self, key: &PublicKey) -> Option<usize> {
        self.all.iter().position(|hand| hand.key == *key)
    }

    /// A key with what it did.
    pub fn find(&self, key: &PublicKey) -> Option<&Hand> {
        self.all.iter().find(|hand| hand.key == *key)
    }
}

/// A to Z, then A1 to Z1, A2 …
fn letter(place: usize) -> String {
    let name = char::from(b'A'.saturating_add(u8::try_from(place % 26).unwrap_or(0)));
    match place / 26 {
        0 => name.to_string(),
        round => format!("{name}{round}"),
    }
}

/// The beginning and the end of a key: enough to compare by eye, never enough to trust.
pub fn short(key: &PublicKey) -> String {
    let hex = key.to_string();
    let (head, tail) = (hex.get(..8), hex.get(hex.len().saturating_sub(4)..));
    format!("{}…{}", head.unwrap_or_default(), tail.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        let letters: Vec<String> = [0, 25, 26, 52].into_iter().map(letter).collect();
        assert_eq!(letters, ["A", "Z", "A1", "A2"]);
    }
}
