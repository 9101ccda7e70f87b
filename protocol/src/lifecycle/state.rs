//! A voucher's history folded into what decides its next step (docs/protocol.md section 6).
//!
//! Out of scope: that an entry is linked to the one before it ([`State::links`] says it, the caller asks) and that the
//! demanded signatures are valid ([`State::demands`] names them).

use super::{Kind, Status};
use crate::digest::PublicKey;
use crate::entry::Entry;
use crate::manifest::Terms;

/// Why a step is not legal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    /// A kind that section 6 does not list.
    #[error("kind {0} is none of the life cycle's")]
    Kind(u8),
    /// A history begins with an Issue to status 1 that covers at least one voucher, and has no other.
    #[error("a history begins with one Issue, of at least one voucher, into trade")]
    Issue,
    /// Section 6 has no such step.
    #[error("{} does not follow {}", .kind.name(), .from.name())]
    Transition {
        /// The status before.
        from: Status,
        /// The step tried.
        kind: Kind,
    },
    /// The step says another status than section 6.
    #[error("status {stated} is stated where {} is due", .due.name())]
    Status {
        /// As the entry has it.
        stated: u8,
        /// As section 6 has it.
        due: Status,
    },
    /// The range is empty or leaves the numbers, or a Claim or Use covers more than one.
    #[error("{count} vouchers from number {first}: not a range that this step may cover")]
    Count {
        /// First number.
        first: u64,
        /// How many.
        count: u64,
    },
    /// The party afterwards is not the one that section 6 names.
    #[error("the party afterwards is not the one that the life cycle names")]
    Party,
    /// There is nobody to return to.
    #[error("claimed straight out of trade: there is no seller to return to")]
    NoSeller,
    /// Only the last use is left, and it is a Redeem.
    #[error("{used} of {uses} uses stand: the last one is a Redeem")]
    Uses {
        /// Use entries so far.
        used: u64,
        /// The terms' number.
        uses: u16,
    },
    /// The terms' flag 1 is not set.
    #[error("the terms do not let an owner pass it on")]
    NotTransferable,
    /// The terms' flag 4 is set.
    #[error("the terms allow a claim only after a sale")]
    ClaimBeforeSale,
    /// The operator's clock went back.
    #[error("the clock goes back from {before} to {at}")]
    ClockBack {
        /// Of the entry before.
        before: u64,
        /// Of this entry.
        at: u64,
    },
}

/// As whom somebody must sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The party of the Issue entry.
    Issuer,
    /// The party of the latest entry, in trade.
    Holder,
    /// The party of the latest entry, after a sale.
    Owner,
    /// The voucher's own key: who signs holds the code.
    Voucher,
    /// The key that a claim names.
    Claimant,
    /// The party of the entry before the latest Sell.
    Seller,
    /// The issuer or one of the terms' redeemers.
    Redeemer,
    /// One of the terms' arbiters.
    Arbiter,
    /// The issuer or one of the terms' arbiters.
    IssuerOrArbiter,
}

impl Role {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Holder => "holder",
            Self::Owner => "owner",
            Self::Voucher => "voucher",
            Self::Claimant => "claimant",
            Self::Seller => "seller",
            Self::Redeemer => "redeemer",
            Self::Arbiter => "arbiter",
            Self::IssuerOrArbiter => "issuer or arbiter",
        }
    }
}

/// A signature that a step must carry: by any one of these keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// As whom.
    pub role: Role,
    /// Whose signature meets it.
    pub keys: Vec<PublicKey>,
}

impl Demand {
    fn one(role: Role, key: PublicKey) -> Self {
        Self { role, keys: vec![key] }
    }

    /// Whether one of these signers meets it.
    pub fn is_met_by(&self, signers: &[PublicKey]) -> bool {
        signers.iter().any(|signer| self.keys.contains(signer))
    }
}

/// Everything of a voucher's history that decides what may come next: the fold of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The latest entry.
    pub entry: Entry,
    /// Its place in the log.
    pub index: u64,
    /// The status after it.
    pub status: Status,
    /// The party of the Issue entry.
    pub issuer: PublicKey,
    /// The party before the latest Sell, unless a Return stands after it.
    pub seller: Option<PublicKey>,
    /// Use entries so far.
    pub used: u64,
    /// Whether a Return stands in the history.
    pub was_returned: bool,
}

impl State {
    /// The state after the Issue entry at `index`.
    pub fn issued(entry: &Entry, index: u64) -> Result<Self, Illegal> {
        let in_order = entry.kind() == Some(Kind::Issue) && entry.status() == Some(Status::InTrade);
        if !in_order {
            return Err(Illegal::Issue);
        }
        check_range(entry)?;
        Ok(Self {
            entry: *entry,
            index,
            status: Status::InTrade,
            issuer: entry.party,
            seller: None,
            used: 0,
            was_returned: false,
        })
    }

    /// The party of the latest entry, if it names one.
    pub fn party(&self) -> Option<PublicKey> {
        (self.entry.party != PublicKey::NOBODY).then_some(self.entry.party)
    }

    /// Whether `entry` continues this state: its `prev` is this entry, its range lies inside this one's.
    pub fn links(&self, entry: &Entry) -> bool {
        entry.prev == self.index && entry.is_inside(&self.entry)
    }

    /// Takes one step. `voucher` is the key of the covered voucher where one is covered and known.
    /// Signatures and links are not judged here.
    pub fn step(
        &self,
        entry: &Entry,
        index: u64,
        terms: &Terms,
        voucher: Option<&PublicKey>,
    ) -> Result<Self, Illegal> {
        let kind = entry.kind().ok_or(Illegal::Kind(entry.kind))?;
        let status = self.status.after(kind).ok_or(Illegal::Transition { from: self.status, kind })?;
        if entry.status != status.byte() {
            return Err(Illegal::Status { stated: entry.status, due: status });
        }
        check_range(entry)?;
        if entry.at < self.entry.at {
            return Err(Illegal::ClockBack { before: self.entry.at, at: entry.at });
        }
        self.check_terms(kind, terms)?;
        self.check_party(kind, entry, voucher)?;
        let seller = match kind {
            Kind::Sell => Some(self.entry.party),
            Kind::Return => None,
            _ => self.seller,
        };
        Ok(Self {
            entry: *entry,
            index,
            status,
            issuer: self.issuer,
            seller,
            used: self.used.saturating_add(u64::from(kind == Kind::Use)),
            was_returned: self.was_returned || kind == Kind::Return,
        })
    }

    fn check_terms(&self, kind: Kind, terms: &Terms) -> Result<(), Illegal> {
        if kind == Kind::Transfer && self.status == Status::Claimed && !terms.is_transferable() {
            return Err(Illegal::NotTransferable);
        }
        if kind == Kind::Claim && self.status == Status::InTrade && terms.claims_only_after_sale() {
            return Err(Illegal::ClaimBeforeSale);
        }
        if kind == Kind::Use && self.used.saturating_add(1) >= u64::from(terms.uses()) {
            return Err(Illegal::Uses { used: self.used, uses: terms.uses() });
        }
        Ok(())
    }

    fn check_party(&self, kind: Kind, entry: &Entry, voucher: Option<&PublicKey>) -> Result<(), Illegal> {
        let named = entry.party != PublicKey::NOBODY;
        let in_order = match kind {
            Kind::Issue => return Err(Illegal::Issue),
            Kind::Transfer => named,
            Kind::Sell => true,
            Kind::Claim => {
                let sold_to_another =
                    self.status == Status::Sold && self.party().is_some_and(|buyer| buyer != entry.party);
                named && Some(&entry.party) != voucher && !sold_to_another
            }
            Kind::Use | Kind::Redeem | Kind::Void | Kind::Hold | Kind::Release => {
                entry.party == self.entry.party
            }
            Kind::Return => entry.party == self.seller.ok_or(Illegal::NoSeller)?,
        };
        if !in_order {
            return Err(Illegal::Party);
        }
        let one_only = matches!(kind, Kind::Claim | Kind::Use);
        if one_only && entry.count != 1 {
            return Err(Illegal::Count { first: entry.first, count: entry.count });
        }
        Ok(())
    }

    /// The signatures that section 6 demands of `entry` as the next step. `voucher` is the key of the covered voucher
    /// where one is covered; a Claim without it can not be met.
    pub fn demands(&self, entry: &Entry, terms: &Terms, voucher: Option<&PublicKey>) -> Vec<Demand> {
        let issuer = Demand::one(Role::Issuer, self.issuer);
        let arbiter = || Demand { role: Role::Arbiter, keys: terms.arbiters().to_vec() };
        let owner = self.party().map(|owner| Demand::one(Role::Owner, owner));
        match entry.kind() {
            None | Some(Kind::Issue) => vec![issue_demand(entry)],
            Some(Kind::Transfer | Kind::Sell) => {
                let role = if self.status == Status::InTrade { Role::Holder } else { Role::Owner };
                vec![Demand::one(role, self.entry.party)]
            }
            Some(Kind::Claim) => vec![
                Demand { role: Role::Voucher, keys: voucher.into_iter().copied().collect() },
                Demand::one(Role::Claimant, entry.party),
            ],
            Some(Kind::Use | Kind::Redeem) => {
                let redeemers = terms.redeemers().iter().copied();
                let keys = std::iter::once(self.issuer).chain(redeemers).collect();
                vec![Demand { role: Role::Redeemer, keys }]
            }
            Some(Kind::Void) if self.status.is_on_hold() && !terms.arbiters().is_empty() => {
                vec![issuer, arbiter()]
            }
            Some(Kind::Void) => vec![issuer],
            Some(Kind::Hold) => {
                let arbiters = terms.arbiters().iter().copied();
                let keys = std::iter::once(self.issuer).chain(arbiters).collect();
                vec![Demand { role: Role::IssuerOrArbiter, keys }]
            }
            Some(Kind::Release) if terms.arbiters().is_empty() => vec![issuer],
            Some(Kind::Release) => vec![arbiter()],
            Some(Kind::Return) => {
                let seller = self.seller.map(|seller| Demand::one(Role::Seller, seller));
                owner.into_iter().chain(seller).collect()
            }
        }
    }
}

/// The signature that an Issue demands: the issuer's, who is the party of the entry.
pub fn issue_demand(entry: &Entry) -> Demand {
    Demand::one(Role::Issuer, entry.party)
}

/// A range covers at least one voucher and stays among the numbers.
fn check_range(entry: &Entry) -> Result<(), Illegal> {
    let within = entry.count > 0 && entry.end() <= 1_u128 << 64;
    if within { Ok(()) } else { Err(Illegal::Count { first: entry.first, count: entry.count }) }
}
