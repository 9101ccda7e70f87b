//! A ledger as an operator publishes it: real keys, signatures, memos, batches and checkpoints, so that nothing in it is
//! wrong but what a test changes. What he lies about is changed before its roots are made; what a source keeps back or
//! spoils is changed after.

mod files;

use super::at;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::dossier::{Memo, Step};
use protocol::entry::{Entry, Signed, memo_content};
use protocol::heads::{Chunk, Head, chunk_of, chunks_for};
use protocol::lifecycle::Kind;
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::{Tree, TreeHash as _};
use protocol::signing::KeyPair;
use protocol::voucher::Record;
use protocol::{Digest, Keccak, PublicKey, keccak};
use std::collections::BTreeMap;
use std::ops::Range;

/// Of every batch: all that an operator asks for.
const MANIFEST: &str = r#"{"format":"vouchsafe/manifest@1","issuer":{"name":"Example Telecom"},"product":{"sku":"SKU-1","title":"Card"},"code_form":"strip","source_digest":"0x0000000000000000000000000000000000000000000000000000000000000000","created_at":"2026-09-01T00:00:00Z","tool":"test"}"#;

/// A key pair by a name.
pub fn pair(name: &str, number: u64) -> KeyPair {
    KeyPair::from_seed(keccak(&[name.as_bytes(), &number.to_be_bytes()]).as_bytes())
}

/// The key of a voucher.
pub fn voucher(number: u64) -> PublicKey {
    pair("voucher", number).public()
}

/// Who signs receipts.
pub fn operator() -> KeyPair {
    pair("operator", 0)
}

/// Who issues every batch.
pub fn issuer() -> KeyPair {
    pair("issuer", 0)
}

/// A head, true or not.
pub fn word(status: u8, index: u64) -> Head {
    Head::new(status, index).unwrap()
}

/// A batch as it is shown.
#[derive(Debug, Clone)]
pub struct ShownBatch {
    /// The manifest's text.
    pub manifest: String,
    /// The bytes of the terms.
    pub terms: Vec<u8>,
    /// The records.
    pub records: Vec<Record>,
}

impl ShownBatch {
    /// What an honest issuer makes of these vouchers.
    pub fn of(numbers: Range<u64>) -> Self {
        let flags = Flags { transferable: false, stamped: true, claims_after_sale: false };
        let terms = Terms::new(numbers.end - numbers.start, 2, flags, Vec::new(), Vec::new()).unwrap();
        let record =
            |number: u64| Record { key: voucher(number), label: keccak(&[b"label", &number.to_be_bytes()]) };
        let records = numbers.map(record).collect();
        Self { manifest: MANIFEST.to_owned(), terms: terms.encode(), records }
    }

    fn root(&self) -> Digest {
        let digest = manifest_digest(&self.manifest);
        let leaf_0 = Keccak::leaf(&[digest.as_bytes().as_slice(), &self.terms].concat());
        let leaves = std::iter::once(leaf_0).chain(self.records.iter().map(Record::leaf));
        leaves.collect::<Tree<Keccak>>().root()
    }
}

/// What the operator wrote down.
#[derive(Debug, Clone)]
pub struct Published {
    origin: LedgerOrigin,
    /// His clock at the first entry, Unix ms; a millisecond more at each further one.
    began_at: u64,
    /// The log, with memos and signatures.
    pub steps: Vec<Step>,
    /// The head array.
    pub heads: Vec<Head>,
    /// Batches by the index of their Issue entry.
    pub batches: BTreeMap<u64, ShownBatch>,
    /// Checkpoints with the heads that were anchored under them.
    pub checkpoints: Vec<(Checkpoint, Vec<Head>)>,
}

impl Published {
    /// A ledger that was opened.
    pub fn new(origin: LedgerOrigin, began_at: u64) -> Self {
        let checkpoints = vec![(Checkpoint::genesis(operator().public()), Vec::new())];
        let (steps, heads, batches) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { origin, began_at, steps, heads, batches, checkpoints }
    }

    /// A batch of 40, then a wholesale, a sale, a claim, a use and a redemption; a checkpoint after every two.
    pub fn story(origin: LedgerOrigin, began_at: u64) -> Self {
        let mut story = Self::new(origin, began_at);
        let (shop, buyer) = (pair("shop", 0), pair("buyer", 0));
        story.issue(40);
        story.anchor();
        story.take(Kind::Transfer, 1, 0..20, 0, &shop, Some("{\"price\":\"9.50\"}"), &[issuer()]);
        story.take(Kind::Sell, 2, 3..4, 1, &buyer, None, &[shop]);
        story.anchor();
        story.claim(20, 0);
        story.take(Kind::Use, 1, 21..22, 0, &issuer(), None, &[issuer()]);
        story.anchor();
        story.take(Kind::Redeem, 4, 3..4, 2, &buyer, None, &[issuer()]);
        story.anchor();
        story
    }

    /// Entries in the log.
    pub fn size(&self) -> u64 {
        self.steps.len() as u64
    }

    /// Vouchers in the head array.
    pub fn vouchers(&self) -> u64 {
        self.heads.len() as u64
    }

    /// An entry with its memo and signatures.
    pub fn step(&self, index: u64) -> &Step {
        &self.steps[at(index)]
    }

    /// Issues so many vouchers, honestly.
    pub fn issue(&mut self, count: u64) -> u64 {
        let first = self.vouchers();
        self.issue_as(first..first + count, ShownBatch::of(first..first + count))
    }

    /// Issues what is shown, as an entry that covers these numbers.
    pub fn issue_as(&mut self, numbers: Range<u64>, shown: ShownBatch) -> u64 {
        let index = self.size();
        let entry = Entry {
            kind: 1,
            status: 1,
            first: numbers.start,
            count: numbers.end - numbers.start,
            prev: Entry::NO_PREV,
            at: self.began_at + index,
            party: issuer().public(),
            content: shown.root(),
        };
        self.heads.resize(at(numbers.end.max(self.vouchers())), Head::PADDING);
        self.heads[at(numbers.start)..at(numbers.end)].fill(word(1, index));
        self.batches.insert(index, shown);
        self.push(entry, Memo::None, &[issuer()]);
        index
    }

    /// Takes a step, signed by these.
    #[expect(clippy::too_many_arguments, reason = "they are the members of an entry")]
    pub fn take(
        &mut self,
        kind: Kind,
        status: u8,
        range: Range<u64>,
        prev: u64,
        party: &KeyPair,
        memo: Option<&str>,
        signers: &[KeyPair],
    ) -> u64 {
        let index = self.size();
        let entry = Entry {
            kind: kind.byte(),
            status,
            first: range.start,
            count: range.end - range.start,
            prev,
            at: self.began_at + index,
            party: party.public(),
            content: memo_content(memo),
        };
        self.heads[at(range.start)..at(range.end)].fill(word(status, index));
        self.push(entry, memo.map_or(Memo::None, |memo| Memo::Text(memo.to_owned())), signers);
        index
    }

    /// Somebody claims a voucher straight out of trade.
    pub fn claim(&mut self, number: u64, prev: u64) -> u64 {
        let claimant = pair("claimant", number);
        let signers = [pair("voucher", number), pair("claimant", number)];
        self.take(Kind::Claim, 3, number..number + 1, prev, &claimant, None, &signers)
    }

    fn push(&mut self, entry: Entry, memo: Memo, signers: &[KeyPair]) {
        let prev = usize::try_from(entry.prev).ok().and_then(|prev| self.steps.get(prev));
        let prev_leaf = prev.map_or(Digest::ZERO, |prev| prev.entry.leaf());
        let instruction = entry.instruction(self.origin.ledger(), prev_leaf);
        let signatures = signers.iter().map(|signer| Signed::new("holder", signer, &instruction)).collect();
        self.steps.push(Step { entry, memo, signatures });
    }

    /// The checkpoint after the newest, over what there is.
    pub fn anchor(&mut self) -> Checkpoint {
        self.anchor_counting(self.vouchers())
    }

    /// The same with another number of vouchers than there are heads.
    pub fn anchor_counting(&mut self, vouchers: u64) -> Checkpoint {
        let before = self.newest();
        let heads: Tree<Keccak> = chunks(&self.heads).iter().map(Chunk::leaf).collect();
        let checkpoint = Checkpoint {
            number: before.number + 1,
            size: self.size(),
            vouchers,
            log_root: self.log().root(),
            head_root: heads.root(),
            operator_key: operator().public(),
            previous: before.hash(self.origin.ledger()),
        };
        self.checkpoints.push((checkpoint, self.heads.clone()));
        checkpoint
    }

    /// The newest checkpoint.
    pub fn newest(&self) -> Checkpoint {
        self.checkpoints[self.checkpoints.len() - 1].0
    }

    /// The tree over the log.
    pub fn log(&self) -> Tree<Keccak> {
        self.steps.iter().map(|step| step.entry.leaf()).collect()
    }
}

fn chunks(heads: &[Head]) -> Vec<Chunk> {
    let mut chunks = vec![Chunk::default(); at(chunks_for(heads.len() as u64))];
    for (number, head) in (0..).zip(heads) {
        chunks[at(chunk_of(number))].set(number, *head);
    }
    chunks
}
