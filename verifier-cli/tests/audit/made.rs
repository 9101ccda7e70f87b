//! An operator's ledger with real keys, signatures and batches, written down as public data. What he lies about is changed
//! before its roots are made; what a source keeps back is changed after.

use anchors::{AnchorWriter as _, Clock, Devnet};
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::digest::PublicKey;
use protocol::dossier::{Ledger, Memo, Step};
use protocol::entry::{Entry, Signed, memo_content};
use protocol::heads::{Chunk, Head, chunk_of, chunks_for};
use protocol::lifecycle::Kind;
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::{NodeId, Nodes as _, Tree, TreeHash as _};
use protocol::public_data::{
    DataPath, Part, RECORDS_PER_FILE, encode_bundle, encode_checkpoint, encode_chunks, encode_ledger,
    encode_records, encode_tile, level_size, tiles_of,
};
use protocol::signing::KeyPair;
use protocol::voucher::Record;
use protocol::{Digest, Keccak, keccak};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

pub const NOW: u64 = 1_790_000_000_000;

/// A key pair by a name.
pub fn pair(name: &str, number: u64) -> KeyPair {
    KeyPair::from_seed(keccak(&[name.as_bytes(), &number.to_be_bytes()]).as_bytes())
}

/// A development chain on which the ledger can be opened.
pub fn chain() -> Arc<Devnet> {
    Devnet::in_memory(Clock::new(|| NOW))
}

pub fn salt() -> Digest {
    Digest::new([4; 32])
}

/// Where the first account of every such chain opens it.
pub fn origin() -> LedgerOrigin {
    static ORIGIN: OnceLock<LedgerOrigin> = OnceLock::new();
    *ORIGIN.get_or_init(|| chain().client().signing_with(Devnet::development_key(0).unwrap()).origin(salt()))
}

/// A batch as it is shown.
#[derive(Clone)]
pub struct Shown {
    pub manifest: String,
    pub terms: Vec<u8>,
    pub records: Vec<Record>,
}

/// What the operator wrote down.
#[derive(Clone)]
pub struct Made {
    pub steps: Vec<Step>,
    pub heads: Vec<Head>,
    pub batches: BTreeMap<u64, Shown>,
    /// Checkpoints with the heads that were anchored under them.
    pub checkpoints: Vec<(Checkpoint, Vec<Head>)>,
}

pub fn word(status: u8, index: u64) -> Head {
    Head::new(status, index).unwrap()
}

fn chunks(heads: &[Head]) -> Vec<Chunk> {
    let mut chunks = vec![Chunk::default(); usize::try_from(chunks_for(heads.len() as u64)).unwrap()];
    for (number, head) in (0..).zip(heads) {
        chunks[usize::try_from(chunk_of(number)).unwrap()].set(number, *head);
    }
    chunks
}

impl Made {
    pub fn new() -> Self {
        let genesis = Checkpoint::genesis(pair("operator", 0).public());
        let checkpoints = vec![(genesis, Vec::new())];
        Self { steps: Vec::new(), heads: Vec::new(), batches: BTreeMap::new(), checkpoints }
    }

    /// A batch of 40, then a wholesale, a sale, a claim, a use and a redemption; a checkpoint after every two.
    pub fn story() -> Self {
        let mut made = Self::new();
        made.issue(40);
        made.anchor();
        made.take(
            Kind::Transfer,
            1,
            0..20,
            0,
            &pair("shop", 0),
            Some("{\"price\":\"9.50\"}"),
            &[pair("issuer", 0)],
        );
        made.take(Kind::Sell, 2, 3..4, 1, &pair("buyer", 0), None, &[pair("shop", 0)]);
        made.anchor();
        made.claim(20, 0);
        made.take(Kind::Use, 1, 21..22, 0, &pair("issuer", 0), None, &[pair("issuer", 0)]);
        made.anchor();
        made.take(Kind::Redeem, 4, 3..4, 2, &pair("buyer", 0), None, &[pair("issuer", 0)]);
        made.anchor();
        made
    }

    pub fn size(&self) -> u64 {
        self.steps.len() as u64
    }

    /// Issues so many vouchers, honestly.
    pub fn issue(&mut self, count: u64) -> u64 {
        let first = self.heads.len() as u64;
        let records = (first..first + count).map(|number| Record {
            key: pair("voucher", number).public(),
            label: keccak(&[b"label", &number.to_be_bytes()]),
        });
        let manifest = json!({
            "format": "vouchsafe/manifest@1", "issuer": { "name": "Example Telecom" },
            "product": { "sku": "SKU-1", "title": "Card" }, "code_form": "strip",
            "source_digest": Digest::ZERO, "created_at": "2026-09-01T00:00:00Z", "tool": "test",
        });
        let flags = Flags { transferable: false, stamped: true, claims_after_sale: false };
        let terms = Terms::new(count, 2, flags, Vec::new(), Vec::new()).unwrap().encode();
        let shown = Shown { manifest: manifest.to_string(), terms, records: records.collect() };
        self.issue_as(count, shown)
    }

    /// Issues what is shown, as an entry that says `count`.
    pub fn issue_as(&mut self, count: u64, shown: Shown) -> u64 {
        let index = self.size();
        let issuer = pair("issuer", 0);
        let content = batch_tree(&shown).root();
        let first = self.heads.len() as u64;
        let entry = Entry {
            kind: 1,
            status: 1,
            first,
            count,
            prev: Entry::NO_PREV,
            at: NOW + index,
            party: issuer.public(),
            content,
        };
        self.heads.resize(usize::try_from(first + count).unwrap(), word(1, index));
        self.batches.insert(index, shown);
        self.push(entry, Memo::None, &[issuer]);
        index
    }

    /// Takes a step, signed by these.
    #[expect(clippy::too_many_arguments, reason = "they are the members of an entry")]
    pub fn take(
        &mut self,
        kind: Kind,
        status: u8,
        range: std::ops::Range<u64>,
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
            at: NOW + index,
            party: party.public(),
            content: memo_content(memo),
        };
        let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        self.heads[range].fill(word(status, index));
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
        let instruction = entry.instruction(origin().ledger(), prev_leaf);
        let signatures = signers.iter().map(|signer| Signed::new("holder", signer, &instruction)).collect();
        self.steps.push(Step { entry, memo, signatures });
    }

    /// Anchors what there is, with the heads as they are.
    pub fn anchor(&mut self) {
        let (before, _) = self.checkpoints.last().unwrap();
        let log: Tree<Keccak> = self.steps.iter().map(|step| step.entry.leaf()).collect();
        let heads: Tree<Keccak> = chunks(&self.heads).iter().map(Chunk::leaf).collect();
        let checkpoint = Checkpoint {
            number: before.number + 1,
            size: self.size(),
            vouchers: self.heads.len() as u64,
            log_root: log.root(),
            head_root: heads.root(),
            operator_key: pair("operator", 0).public(),
            previous: before.hash(origin().ledger()),
        };
        self.checkpoints.push((checkpoint, self.heads.clone()));
    }

    pub fn newest(&self) -> Checkpoint {
        self.checkpoints.last().unwrap().0
    }

    /// The trusted checkpoint's file: the newest.
    pub fn trusted(&self) -> String {
        let mut value = serde_json::to_value(self.newest()).unwrap();
        value["ledger"] = json!(origin().ledger());
        value["block_time"] = json!(NOW + 60_000);
        value.to_string()
    }

    /// Writes the public data, with heads under every checkpoint.
    pub fn write(&self, folder: &Path) {
        let put = |path: DataPath, bytes: Vec<u8>| {
            let file = folder.join(path.to_string());
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        };
        put(DataPath::Ledger, encode_ledger(&Ledger::opened_at(origin())));
        let log: Tree<Keccak> = self.steps.iter().map(|step| step.entry.leaf()).collect();
        for (level, part) in tiles_of(self.size()) {
            put(DataPath::LogTile { level, part }, encode_tile(&tile(&log, level, part)));
        }
        for part in Part::all(self.size()) {
            let items = usize::try_from(part.first()).unwrap()..usize::try_from(part.items().end).unwrap();
            put(DataPath::Entries(part), encode_bundle(&self.steps[items]));
        }
        for (index, shown) in &self.batches {
            put(DataPath::Manifest(*index), shown.manifest.clone().into_bytes());
            put(DataPath::Terms(*index), shown.terms.clone());
            let files = shown.records.chunks(usize::try_from(RECORDS_PER_FILE).unwrap());
            for (file, records) in (0..).zip(files) {
                put(DataPath::Records { batch: *index, file }, encode_records(records));
            }
        }
        for (checkpoint, heads) in &self.checkpoints {
            put(DataPath::Checkpoint(checkpoint.number), encode_checkpoint(checkpoint));
            self.write_heads(checkpoint.number, &chunks(heads), &put);
        }
    }

    fn write_heads(&self, checkpoint: u64, chunks: &[Chunk], put: &impl Fn(DataPath, Vec<u8>)) {
        // The heads of the newest are enough for most, and there is nothing to show of a long ledger.
        if self.size() > 1000 {
            return;
        }
        let tree: Tree<Keccak> = chunks.iter().map(Chunk::leaf).collect();
        for (level, part) in tiles_of(tree.size()) {
            put(DataPath::HeadTile { checkpoint, level, part }, encode_tile(&tile(&tree, level, part)));
        }
        for part in Part::all(tree.size()) {
            let items = usize::try_from(part.first()).unwrap()..usize::try_from(part.items().end).unwrap();
            put(DataPath::HeadChunks { checkpoint, part }, encode_chunks(&chunks[items]));
        }
    }
}

fn tile(tree: &Tree<Keccak>, level: u8, part: Part) -> Vec<Digest> {
    assert!(part.items().end <= level_size(tree.size(), level));
    part.items().map(|index| tree.node(NodeId { level: level * 8, index }).unwrap()).collect()
}

fn batch_tree(shown: &Shown) -> Tree<Keccak> {
    let digest = manifest_digest(&shown.manifest);
    let leaf_0 = Keccak::leaf(&[digest.as_bytes().as_slice(), &shown.terms].concat());
    std::iter::once(leaf_0).chain(shown.records.iter().map(Record::leaf)).collect()
}

/// The key of a voucher.
pub fn voucher(number: u64) -> PublicKey {
    pair("voucher", number).public()
}
