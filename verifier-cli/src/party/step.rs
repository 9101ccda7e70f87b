//! From what a party wants to the instruction that asks for it: one mechanism for all steps but Issue
//! (docs/protocol.md sections 5 to 7). The life cycle itself is `protocol::lifecycle`.

use super::instruction::Instruction;
use super::memo::Memo;
use crate::failure::Failure;
use crate::keys::PartyKey;
use crate::node_client::Run;
use protocol::digest::{Digest, LedgerId, PublicKey};
use protocol::entry::{Entry, memo_content};
use protocol::lifecycle::{Kind, Role, Status};

/// Who is in control after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// This key; [`PublicKey::NOBODY`] for a buyer without one.
    Named(PublicKey),
    /// Whoever was before.
    Unchanged,
    /// The seller of the latest Sell.
    Seller,
}

/// What a command wants to happen to every voucher that it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// Which step.
    pub kind: Kind,
    /// Who is in control afterwards.
    pub afterwards: Afterwards,
    /// What is written beside it.
    pub memo: Memo,
}

/// Why a step is not even asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Section 6 has no such step from here.
    Transition {
        /// Where the vouchers stand.
        from: Status,
    },
    /// A status byte that section 6 does not list.
    UnknownStatus(u8),
    /// Another key is in control.
    NotYours {
        /// Which one.
        party: PublicKey,
    },
    /// A claim of what was sold to another named key.
    SoldToAnother {
        /// To whom.
        party: PublicKey,
    },
    /// Nobody sold it, so there is nobody to return it to.
    NoSeller,
    /// Just this step stands, and another key signed it.
    ByAnother,
}

impl Wish {
    /// Whether a repetition of the same command may take such a step for its own. A sale to nobody named, a use and a
    /// redemption are told from the next one by their order alone: without it, a second customer would be told that all is
    /// well.
    pub fn is_repeatable(&self) -> bool {
        match self.kind {
            Kind::Use | Kind::Redeem => self.memo.names_order(),
            Kind::Sell => self.afterwards != Afterwards::Named(PublicKey::NOBODY) || self.memo.names_order(),
            _ => true,
        }
    }

    /// Whether vouchers in this place may have been brought there by this command; the entry at `run.index` decides.
    pub fn may_be_done(&self, run: &Run) -> bool {
        let named = match self.afterwards {
            Afterwards::Named(party) => run.party == party,
            Afterwards::Unchanged | Afterwards::Seller => true,
        };
        let reached = |from: &Status| from.after(self.kind).is_some_and(|status| status.byte() == run.status);
        self.is_repeatable() && named && Status::ALL.iter().any(reached)
    }

    /// Whether `latest`, the entry that stands, is just what this command would have asked for.
    pub fn is_done_by(&self, latest: &Entry, ledger: LedgerId, signer: &PartyKey) -> Result<bool, Failure> {
        if latest.kind() != Some(self.kind) || !self.is_repeatable() {
            return Ok(false);
        }
        let named = match self.afterwards {
            Afterwards::Named(party) => latest.party == party,
            Afterwards::Unchanged | Afterwards::Seller => true,
        };
        let memo = self.memo.text_for(latest, ledger, signer)?;
        Ok(named && memo_content(memo.as_deref()) == latest.content)
    }

    /// The instruction for neighbouring vouchers that share their latest entry; not signed yet. `seller` is who sold
    /// them, for a Return.
    pub fn instruction(
        &self,
        run: &Run,
        seller: Option<PublicKey>,
        ledger: LedgerId,
        signer: &PartyKey,
    ) -> Result<Result<Instruction, Refusal>, Failure> {
        let (status, party) = match self.decide(run, seller, &signer.public()) {
            Ok(decided) => decided,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut entry = Entry {
            kind: self.kind.byte(),
            status: status.byte(),
            first: run.first,
            count: run.count,
            prev: run.index,
            at: 0,
            party,
            content: Digest::ZERO,
        };
        let memo = self.memo.text_for(&entry, ledger, signer)?;
        entry.content = memo_content(memo.as_deref());
        Ok(Ok(Instruction { entry, prev_leaf: run.leaf, memo, signatures: Vec::new() }))
    }

    /// Status and party afterwards.
    fn decide(
        &self,
        run: &Run,
        seller: Option<PublicKey>,
        signer: &PublicKey,
    ) -> Result<(Status, PublicKey), Refusal> {
        let from = Status::from_byte(run.status).ok_or(Refusal::UnknownStatus(run.status))?;
        let status = from.after(self.kind).ok_or(Refusal::Transition { from })?;
        let party = match self.afterwards {
            Afterwards::Named(party) => party,
            Afterwards::Unchanged => run.party,
            Afterwards::Seller => seller.ok_or(Refusal::NoSeller)?,
        };
        if matches!(self.kind, Kind::Transfer | Kind::Sell) && run.party != *signer {
            return Err(Refusal::NotYours { party: run.party });
        }
        let sold_to_another = self.kind == Kind::Claim
            && run.party != PublicKey::NOBODY
            && from == Status::Sold
            && run.party != party;
        if sold_to_another { Err(Refusal::SoldToAnother { party: run.party }) } else { Ok((status, party)) }
    }
}

/// As whom a key signs a step, in the words of section 6; `joins` says that others signed before.
pub fn role(entry: &Entry, signer: &PublicKey, joins: bool) -> Role {
    match entry.kind() {
        Some(Kind::Transfer | Kind::Sell) if entry.status == Status::Claimed.byte() => Role::Owner,
        Some(Kind::Transfer | Kind::Sell) => Role::Holder,
        Some(Kind::Claim) => Role::Claimant,
        Some(Kind::Use | Kind::Redeem) => Role::Redeemer,
        Some(Kind::Void) if joins => Role::Arbiter,
        Some(Kind::Void | Kind::Issue) | None => Role::Issuer,
        Some(Kind::Hold | Kind::Release) => Role::IssuerOrArbiter,
        Some(Kind::Return) if entry.party == *signer => Role::Seller,
        Some(Kind::Return) => Role::Owner,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use crate::party::memo::OrderSalt;

    const LEDGER: LedgerId = LedgerId::new([4; 32]);
    const BUYER: PublicKey = PublicKey::new([8; 32]);

    fn key() -> PartyKey {
        PartyKey::new(&[1; 32], None)
    }

    fn run(status: Status, party: PublicKey) -> Run {
        Run {
            first: 10,
            count: 5,
            index: 3,
            leaf: Digest::new([7; 32]),
            status: status.byte(),
            party,
            at: 100,
        }
    }

    fn wish(kind: Kind, afterwards: Afterwards) -> Wish {
        Wish { kind, afterwards, memo: Memo::default() }
    }

    fn asked(wish: &Wish, run: &Run) -> Result<Instruction, Refusal> {
        wish.instruction(run, Some(BUYER), LEDGER, &key()).unwrap()
    }

    #[test]
    fn a_wholesale_of_a_range_is_one_instruction() {
        let transfer = wish(Kind::Transfer, Afterwards::Named(BUYER));
        let asked = asked(&transfer, &run(Status::InTrade, key().public())).unwrap();
        let entry = asked.entry;
        assert_eq!((entry.kind, entry.status, entry.first, entry.count, entry.prev), (2, 1, 10, 5, 3));
        assert_eq!((entry.party, entry.content, entry.at), (BUYER, Digest::ZERO, 0));
        assert_eq!(asked.prev_leaf, Digest::new([7; 32]));
    }

    #[test]
    fn what_the_life_cycle_or_the_holder_forbids_is_not_asked_for() {
        let sell = wish(Kind::Sell, Afterwards::Named(PublicKey::NOBODY));
        assert_eq!(asked(&sell, &run(Status::Sold, BUYER)), Err(Refusal::Transition { from: Status::Sold }));
        assert_eq!(asked(&sell, &run(Status::InTrade, BUYER)), Err(Refusal::NotYours { party: BUYER }));
        let claim = wish(Kind::Claim, Afterwards::Named(key().public()));
        assert_eq!(asked(&claim, &run(Status::Sold, BUYER)), Err(Refusal::SoldToAnother { party: BUYER }));
        assert!(asked(&claim, &run(Status::Sold, PublicKey::NOBODY)).is_ok());
        let back = wish(Kind::Return, Afterwards::Seller);
        let nobody = back.instruction(&run(Status::Sold, BUYER), None, LEDGER, &key()).unwrap();
        assert_eq!(nobody, Err(Refusal::NoSeller));
        assert_eq!(asked(&back, &run(Status::Sold, key().public())).unwrap().entry.party, BUYER);
        let unknown = Run { status: 7, ..run(Status::Sold, BUYER) };
        assert_eq!(asked(&sell, &unknown), Err(Refusal::UnknownStatus(7)));
    }

    #[test]
    fn a_repeated_command_knows_its_own_step() {
        let mut sell = wish(Kind::Sell, Afterwards::Named(PublicKey::NOBODY));
        sell.memo.add_order(Some(&OrderSalt::new("ORD-1", None, &key(), LEDGER))).unwrap();
        let mut taken = asked(&sell, &run(Status::InTrade, key().public())).unwrap().entry;
        taken.at = 1_790_000_000_000;
        assert!(sell.may_be_done(&run(Status::Sold, PublicKey::NOBODY)));
        assert!(sell.is_done_by(&taken, LEDGER, &key()).unwrap());
        assert!(!sell.is_done_by(&taken, LEDGER, &PartyKey::new(&[2; 32], None)).unwrap());
        let mut other = wish(Kind::Sell, Afterwards::Named(PublicKey::NOBODY));
        other.memo.add_order(Some(&OrderSalt::new("ORD-2", None, &key(), LEDGER))).unwrap();
        assert!(!other.is_done_by(&taken, LEDGER, &key()).unwrap());
    }

    #[test]
    fn without_an_order_a_second_customer_is_never_told_that_all_is_well() {
        for (kind, afterwards, status) in [
            (Kind::Sell, Afterwards::Named(PublicKey::NOBODY), Status::InTrade),
            (Kind::Redeem, Afterwards::Unchanged, Status::Sold),
            (Kind::Use, Afterwards::Unchanged, Status::Sold),
        ] {
            let wish = wish(kind, afterwards);
            let taken = asked(&wish, &run(status, key().public())).unwrap().entry;
            assert!(!wish.is_done_by(&taken, LEDGER, &key()).unwrap(), "{kind:?}");
            assert!(!wish.may_be_done(&run(status.after(kind).unwrap(), taken.party)), "{kind:?}");
        }
        let hold = wish(Kind::Hold, Afterwards::Unchanged);
        assert!(hold.may_be_done(&run(Status::SoldOnHold, BUYER)));
        assert!(!hold.may_be_done(&run(Status::Sold, BUYER)));
    }
}
