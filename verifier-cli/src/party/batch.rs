//! From cards to a batch: stamps, keys, records, delivered lines and the batch tree (docs/protocol.md sections 3 and 4).
//!
//! Part by part on all cores: what is kept of a voucher are the 64 bytes of its record; its stamp leaves with its line.

use super::delivered::card_text;
use crate::failure::Failure;
use crate::import::{Card, Cards};
use bytes::Bytes;
use protocol::digest::{Digest, LedgerId, PublicKey};
use protocol::keccak::Keccak;
use protocol::manifest::{Terms, manifest_digest};
use protocol::merkle::{Frontier, TreeHash as _};
use protocol::voucher::{CodeForm, Record, Stamp, StampSecret, link_name, secret_link};
use rayon::prelude::*;
use zeroize::Zeroizing;

/// Cards of a part: some hundred kilobytes of lines at a time.
const PART: usize = 4096;
/// Cards that one core takes at a time.
const SHARE: usize = 64;
/// Bytes of half a delivered line as most are, so that room for a share's lines is made once.
const LINE: usize = 96;
/// Records whose leaves are hashed at a time.
const LEAVES: usize = 4096;

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
    /// What stands before `/v/` in links.
    pub site: &'k str,
}

/// The records of a batch in the order of its cards.
#[derive(Clone)]
pub struct Batch {
    records: Bytes,
}

/// What became of some cards: their records, and their delivered lines.
struct Share {
    records: Vec<u8>,
    lines: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({})", self.count())
    }
}

impl Batch {
    /// Derives everything on all cores, about 20 us a card and core. `write` gets the delivered lines in their order, some
    /// thousand at a time, and how many cards they are of.
    pub fn seal(
        cards: &Cards,
        by: &Sealing<'_>,
        mut write: impl FnMut(&[u8], usize) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let mut records = Vec::with_capacity(cards.len() * Record::WIDTH);
        for begin in (0..cards.len()).step_by(PART) {
            let end = cards.len().min(begin + PART);
            let shares: Vec<usize> = (begin..end).step_by(SHARE).collect();
            let shares = shares.into_par_iter().map(|from| by.share(cards, from, end.min(from + SHARE)));
            for share in shares.collect::<Result<Vec<_>, _>>()? {
                write(&share.lines, share.records.len() / Record::WIDTH)?;
                records.extend_from_slice(&share.records);
            }
        }
        Ok(Self { records: records.into() })
    }

    /// How many vouchers.
    pub fn count(&self) -> u64 {
        (self.records.len() / Record::WIDTH) as u64
    }

    /// The record at this place, from 0.
    pub fn record(&self, place: u64) -> Option<Record> {
        let begin = usize::try_from(place).ok()?.checked_mul(Record::WIDTH)?;
        Record::decode(self.records.get(begin..begin.checked_add(Record::WIDTH)?)?)
    }

    /// All records, one after the other; what is given out is no copy.
    pub fn bytes(&self) -> Bytes {
        self.records.clone()
    }

    /// The root of the batch tree under this manifest and these terms.
    pub fn root(&self, manifest: &str, terms: &Terms) -> Digest {
        let mut tree = Frontier::<Keccak>::default();
        tree.append(terms.leaf(manifest_digest(manifest)), |_, _| ());
        for part in self.records.chunks(LEAVES * Record::WIDTH) {
            tree.extend(&Keccak::leaves(part, Record::WIDTH), |_, _| ());
        }
        tree.root()
    }
}

impl Sealing<'_> {
    /// The cards at these places.
    fn share(&self, cards: &Cards, from: usize, end: usize) -> Result<Share, Failure> {
        let mut share = Share {
            records: Vec::with_capacity((end - from) * Record::WIDTH),
            lines: Zeroizing::new(Vec::with_capacity((end - from) * 2 * LINE)),
        };
        for card in (from..end).filter_map(|place| cards.get(place)) {
            let (record, stamp) = self.voucher(&card)?;
            share.records.extend_from_slice(&record.encode());
            self.deliver(&card, &record.key, &stamp, &mut share.lines)?;
        }
        Ok(share)
    }

    fn voucher(&self, card: &Card<'_>) -> Result<(Record, Stamp), Failure> {
        let (serial, code) = (self.form.apply(card.serial), self.form.apply(card.code));
        let too_long =
            |error: protocol::keccak::TooLong| Failure::refused("party-card-too-long").with("bytes", error.0);
        let stamp = match self.stamp_secret {
            Some(secret) => secret.stamp(self.ledger, self.generation, &serial, &code).map_err(too_long)?,
            None => Stamp::NONE,
        };
        let record = Record::of(&self.issuer, &stamp, &serial, &code).map_err(too_long)?;
        Ok((record, stamp))
    }

    /// Adds the delivered line to `lines`.
    fn deliver(
        &self,
        card: &Card<'_>,
        voucher: &PublicKey,
        stamp: &Stamp,
        lines: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), Failure> {
        let text = card_text(self.form, card.serial, card.code)
            .ok_or_else(|| Failure::refused("party-card-unwritable").with("line", card.line.to_string()))?;
        let link = if stamp.is_none() {
            Zeroizing::new(format!("{}/v/{}", self.site, link_name(voucher)))
        } else {
            secret_link(self.site, voucher, stamp)
        };
        let length = text.len() + link.len() + 5;
        if lines.capacity() - lines.len() < length {
            // Growing in place would leave a copy of codes behind, so the larger one is filled and the smaller one wiped.
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * (lines.len() + length)));
            larger.extend_from_slice(lines);
            *lines = larger;
        }
        for part in [text.as_bytes(), b"----", link.as_bytes(), b"\n"] {
            lines.extend_from_slice(part);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use crate::import;
    use crate::keys::PartyKey;
    use crate::source::DeliveredLine;
    use protocol::manifest::Flags;
    use protocol::merkle::Tree;
    use protocol::voucher::voucher_key;

    const FILE: &[u8] = b"1001----ab cd-1\n1002----abcd2\n1003----abcd3\n";

    fn sealed(generation: u16, secret: Option<&StampSecret>) -> (Batch, Vec<DeliveredLine>) {
        let import = import::read(FILE, &import::Options::default()).unwrap();
        let issuer = PartyKey::new(&[1; 32], None).public();
        let sealing = Sealing {
            issuer,
            stamp_secret: secret,
            ledger: LedgerId::new([9; 32]),
            generation,
            form: CodeForm::StripUpper,
            site: "https://v.example",
        };
        let (mut written, mut told) = (String::new(), 0);
        let batch = Batch::seal(&import.cards, &sealing, |lines, cards| {
            written.push_str(std::str::from_utf8(lines).unwrap());
            told += cards;
            Ok(())
        });
        assert_eq!(told, 3);
        (batch.unwrap(), written.lines().map(|line| DeliveredLine::parse(line).unwrap()).collect())
    }

    fn records(batch: &Batch) -> Vec<Record> {
        (0..batch.count()).map(|place| batch.record(place).unwrap()).collect()
    }

    #[test]
    fn records_are_the_protocols_in_the_order_of_the_file() {
        let secret = StampSecret::new([5; 32]);
        let (batch, lines) = sealed(0, Some(&secret));
        let issuer = PartyKey::new(&[1; 32], None).public();
        for (place, (serial, code)) in
            [("1001", "ABCD1"), ("1002", "ABCD2"), ("1003", "ABCD3")].iter().enumerate()
        {
            let stamp = secret.stamp(LedgerId::new([9; 32]), 0, serial, code).unwrap();
            let key = voucher_key(&issuer, &stamp, serial, code).unwrap().public();
            assert_eq!(batch.record(place as u64).unwrap().key, key);
            assert_eq!(lines[place].link.voucher, key);
            assert!(lines[place].link.stamp == Some(stamp));
        }
    }

    #[test]
    fn the_root_is_that_of_the_tree_over_terms_and_records() {
        let secret = StampSecret::new([5; 32]);
        let (batch, _) = sealed(0, Some(&secret));
        let terms = Terms::new(3, 1, Flags::default(), vec![], vec![]).unwrap();
        let terms_leaf = terms.leaf(manifest_digest("{}"));
        let records = records(&batch);
        let leaves = std::iter::once(terms_leaf).chain(records.iter().map(Record::leaf));
        let tree: Tree<Keccak> = leaves.collect();
        assert_eq!(batch.root("{}", &terms), tree.root());
        assert_ne!(batch.root("{} ", &terms), tree.root());
    }

    #[test]
    fn repetition_gives_the_same_keys_and_a_generation_others() {
        let secret = StampSecret::new([5; 32]);
        let (first, again) = (sealed(0, Some(&secret)).0, sealed(0, Some(&secret)).0);
        assert_eq!(first.bytes(), again.bytes());
        let ((next, _), (_, unstamped)) = (sealed(1, Some(&secret)), sealed(0, None));
        assert!(records(&first).iter().zip(records(&next)).all(|(old, new)| old.key != new.key));
        assert!(unstamped.iter().all(|line| line.link.stamp.is_none()));
        assert_eq!((first.record(3), first.record(u64::MAX)), (None, None));
    }

    #[test]
    fn many_cards_keep_their_order_over_parts_and_shares() {
        let count = PART + SHARE + 1;
        let file: Vec<String> = (0..count).map(|card| format!("{:06}----{:08}", card, card * 7919)).collect();
        let import = import::read(file.join("\n").as_bytes(), &import::Options::default()).unwrap();
        let sealing = Sealing {
            issuer: PublicKey::new([3; 32]),
            stamp_secret: None,
            ledger: LedgerId::new([9; 32]),
            generation: 0,
            form: CodeForm::Strip,
            site: "https://v.example",
        };
        let mut written = Vec::new();
        let batch = Batch::seal(&import.cards, &sealing, |lines, _| {
            written.extend_from_slice(lines);
            Ok(())
        });
        let text = String::from_utf8(written).unwrap();
        let lines: Vec<_> = text.lines().map(|line| DeliveredLine::parse(line).unwrap()).collect();
        assert_eq!(lines.len(), count);
        let batch = batch.unwrap();
        for (place, line) in lines.iter().enumerate() {
            assert_eq!(*line.serial, format!("{place:06}"));
            assert_eq!(batch.record(place as u64).unwrap().key, line.link.voucher);
        }
    }

    #[test]
    fn a_failure_to_write_ends_it() {
        let import = import::read(FILE, &import::Options::default()).unwrap();
        let secret = StampSecret::new([5; 32]);
        let sealing = Sealing {
            issuer: PublicKey::new([3; 32]),
            stamp_secret: Some(&secret),
            ledger: LedgerId::new([9; 32]),
            generation: 0,
            form: CodeForm::Strip,
            site: "https://v.example",
        };
        let full = Failure::usage("party-file-unwritable");
        let sealed = Batch::seal(&import.cards, &sealing, |_, _| Err(full.clone()));
        assert_eq!(sealed.unwrap_err(), full);
    }
}
