//! From cards to a batch: stamps, keys, records and the batch tree (docs/protocol.md sections 3 and 4).

use crate::import::{Card, Cards};
use protocol::digest::{Digest, LedgerId, PublicKey};
use protocol::keccak::{Keccak, TooLong};
use protocol::manifest::{Terms, manifest_digest};
use protocol::merkle::Frontier;
use protocol::voucher::{CodeForm, Record, Stamp, StampSecret};
use rayon::prelude::*;

/// What the keys of a batch follow from, beside its cards.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'k> {
    /// The issuer's public key.
    pub issuer: PublicKey,
    /// From which the stamps follow; none for codes that were printed without one.
    pub stamp_secret: Option<&'k StampSecret>,
    /// The ledger, for which the stamps are.
    pub ledger: LedgerId,
    /// 0 at first, one more at each issue after a Void.
    pub generation: u16,
    /// The code form.
    pub form: CodeForm,
}

/// The vouchers of a batch in the order of its cards: 112 bytes each.
pub struct Batch {
    vouchers: Vec<Voucher>,
}

struct Voucher {
    record: Record,
    leaf: Digest,
    stamp: Stamp,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({})", self.vouchers.len())
    }
}

impl Batch {
    /// Derives everything on all cores; `each` is called after every card. About 20 us a card and core.
    pub fn seal(cards: &Cards, by: &Sealing<'_>, each: impl Fn() + Sync) -> Result<Self, TooLong> {
        let places = (0..cards.len()).into_par_iter().filter_map(|place| cards.get(place));
        let vouchers = places.map(|card| by.voucher(&card).inspect(|_| each())).collect::<Result<_, _>>()?;
        Ok(Self { vouchers })
    }

    /// How many vouchers.
    pub fn count(&self) -> u64 {
        self.vouchers.len() as u64
    }

    /// The records, in order.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &Record> {
        self.vouchers.iter().map(|voucher| &voucher.record)
    }

    /// The records with the stamps that belong to them.
    pub fn stamped(&self) -> impl Iterator<Item = (&Record, &Stamp)> {
        self.vouchers.iter().map(|voucher| (&voucher.record, &voucher.stamp))
    }

    /// The root of the batch tree under this manifest and these terms.
    pub fn root(&self, manifest: &str, terms: &Terms) -> Digest {
        let mut tree = Frontier::<Keccak>::default();
        tree.append(terms.leaf(manifest_digest(manifest)), |_, _| ());
        for voucher in &self.vouchers {
            tree.append(voucher.leaf, |_, _| ());
        }
        tree.root()
    }
}

impl Sealing<'_> {
    fn voucher(&self, card: &Card<'_>) -> Result<Voucher, TooLong> {
        let (serial, code) = (self.form.apply(card.serial), self.form.apply(card.code));
        let stamp = match self.stamp_secret {
            Some(secret) => secret.stamp(self.ledger, self.generation, &serial, &code)?,
            None => Stamp::NONE,
        };
        let record = Record::of(&self.issuer, &stamp, &serial, &code)?;
        Ok(Voucher { record, leaf: record.leaf(), stamp })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use crate::import;
    use crate::keys::PartyKey;
    use protocol::manifest::Flags;
    use protocol::merkle::Tree;
    use protocol::voucher::voucher_key;
    use std::sync::atomic::{AtomicU64, Ordering};

    const FILE: &[u8] = b"1001----ab cd-1\n1002----abcd2\n1003----abcd3\n";

    fn batch(generation: u16, secret: Option<&StampSecret>) -> Batch {
        let import = import::read(FILE, &import::Options::default()).unwrap();
        let issuer = PartyKey::new(&[1; 32], None).public();
        let sealing = Sealing {
            issuer,
            stamp_secret: secret,
            ledger: LedgerId::new([9; 32]),
            generation,
            form: CodeForm::StripUpper,
        };
        Batch::seal(&import.cards, &sealing, || ()).unwrap()
    }

    #[test]
    fn records_are_the_protocols_in_the_order_of_the_file() {
        let secret = StampSecret::new([5; 32]);
        let batch = batch(0, Some(&secret));
        let issuer = PartyKey::new(&[1; 32], None).public();
        for (place, (serial, code)) in
            [("1001", "ABCD1"), ("1002", "ABCD2"), ("1003", "ABCD3")].iter().enumerate()
        {
            let stamp = secret.stamp(LedgerId::new([9; 32]), 0, serial, code).unwrap();
            let key = voucher_key(&issuer, &stamp, serial, code).unwrap().public();
            let (record, its_stamp) = batch.stamped().nth(place).unwrap();
            assert_eq!(record.key, key);
            assert!(its_stamp == &stamp);
        }
    }

    #[test]
    fn the_root_is_that_of_the_tree_over_terms_and_records() {
        let secret = StampSecret::new([5; 32]);
        let batch = batch(0, Some(&secret));
        let terms = Terms::new(3, 1, Flags::default(), vec![], vec![]).unwrap();
        let terms_leaf = terms.leaf(manifest_digest("{}"));
        let leaves = std::iter::once(terms_leaf).chain(batch.records().map(Record::leaf));
        let tree: Tree<Keccak> = leaves.collect();
        assert_eq!(batch.root("{}", &terms), tree.root());
        assert_ne!(batch.root("{} ", &terms), tree.root());
    }

    #[test]
    fn repetition_gives_the_same_keys_and_a_generation_others() {
        let secret = StampSecret::new([5; 32]);
        let (first, again) = (batch(0, Some(&secret)), batch(0, Some(&secret)));
        assert!(first.records().eq(again.records()));
        let (next, unstamped) = (batch(1, Some(&secret)), batch(0, None));
        assert!(first.records().zip(next.records()).all(|(old, new)| old.key != new.key));
        assert!(unstamped.stamped().all(|(_, stamp)| stamp.is_none()));
    }

    #[test]
    fn progress_is_told_of_every_card() {
        let import = import::read(FILE, &import::Options::default()).unwrap();
        let told = AtomicU64::new(0);
        let sealing = Sealing {
            issuer: PublicKey::new([3; 32]),
            stamp_secret: None,
            ledger: LedgerId::new([9; 32]),
            generation: 0,
            form: CodeForm::Strip,
        };
        Batch::seal(&import.cards, &sealing, || {
            told.fetch_add(1, Ordering::Relaxed);
        })
        .unwrap();
        assert_eq!(told.into_inner(), 3);
    }
}
