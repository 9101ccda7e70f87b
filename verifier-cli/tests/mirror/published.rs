//! A ledger published as files: two batches, one of them in two files of records, and 700 entries.

use protocol::audit::HeadArray;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::dossier::{Ledger, Memo, Step};
use protocol::entry::{Entry, Signed, memo_content};
use protocol::heads::{Chunk, Head, chunks_for};
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::{NodeId, Nodes as _, Tree};
use protocol::public_data::{
    DataPath, Part, RECORDS_PER_FILE, encode_bundle, encode_checkpoint, encode_chunks, encode_ledger,
    encode_records, encode_tile, tiles_of,
};
use protocol::voucher::Record;
use protocol::{Address, Digest, Keccak, PublicKey, Signature, keccak};
use std::collections::BTreeMap;
use std::path::Path;
use vouchsafe_cli::public_data::FolderData;

const MANIFEST: &str = r#"{"code_form":"strip","title":"订单"}"#;
/// Sizes of the log under each checkpoint; the last two are of one size, as a heartbeat makes them.
pub const SIZES: [u64; 6] = [0, 1, 256, 300, 700, 700];
/// Vouchers of the two batches.
pub const COUNTS: [u64; 2] = [300, RECORDS_PER_FILE + 7];

/// Everything that an operator has.
pub struct Published {
    pub ledger: Ledger,
    pub checkpoints: Vec<Checkpoint>,
    steps: Vec<Step>,
    batches: BTreeMap<u64, Vec<Record>>,
    log: Tree<Keccak>,
    heads: Vec<HeadArray>,
}

fn record(number: u64) -> Record {
    let key = keccak(&[&number.to_be_bytes()]);
    Record { key: PublicKey::new(*key.as_bytes()), label: key }
}

fn terms(count: u64) -> Terms {
    Terms::new(count, 1, Flags::default(), Vec::new(), Vec::new()).expect("terms")
}

impl Published {
    /// An honest operator's; `lie` may bend the heads under a checkpoint before its root is anchored.
    pub fn new(lie: impl Fn(u64, &mut HeadArray)) -> Self {
        let origin = LedgerOrigin {
            chain_id: 31337,
            contract: Address::new([1; 20]),
            opener: Address::new([2; 20]),
            salt: Digest::new([3; 32]),
        };
        let mut made = Self {
            ledger: Ledger::opened_at(origin),
            checkpoints: Vec::new(),
            steps: Vec::new(),
            batches: BTreeMap::new(),
            log: Tree::default(),
            heads: Vec::new(),
        };
        let mut heads = HeadArray::default();
        for (number, size) in (0..).zip(SIZES) {
            while made.log.size() < size {
                made.step(&mut heads);
            }
            let mut anchored = heads.clone();
            lie(number, &mut anchored);
            made.cut(number, anchored);
        }
        made
    }

    fn step(&mut self, heads: &mut HeadArray) {
        let index = self.log.size();
        let head = Head::new(1, index).expect("fits");
        let (kind, first, count, content, memo) = match index {
            0 | 1 => {
                let count = COUNTS[usize::try_from(index).expect("small")];
                let first = heads.len();
                let records: Vec<Record> = (first..first + count).map(record).collect();
                let mut tree = Tree::<Keccak>::default();
                tree.extend(&[terms(count).leaf(manifest_digest(MANIFEST))]);
                tree.extend(&records.iter().map(Record::leaf).collect::<Vec<_>>());
                self.batches.insert(index, records);
                heads.push(count, head);
                (1, first, count, tree.root(), None)
            }
            _ => {
                let memo = index.is_multiple_of(3).then(|| format!("{{\"price\":{index}}}"));
                let first = index * 37 % (heads.len() - 40);
                heads.fill(first..first + 33, head);
                (2, first, 33, memo_content(memo.as_deref()), memo)
            }
        };
        let party = PublicKey::new([9; 32]);
        let entry = Entry { kind, status: 1, first, count, prev: 0, at: index, party, content };
        let signed = Signed { role: "holder".to_owned(), key: party, signature: Signature::new([8; 64]) };
        self.log.extend(&[entry.leaf()]);
        self.steps.push(Step { entry, memo: memo.map_or(Memo::None, Memo::Text), signatures: vec![signed] });
    }

    fn cut(&mut self, number: u64, mut heads: HeadArray) {
        let previous = self.checkpoints.last().map_or(Digest::ZERO, |before| before.hash(self.ledger.id));
        self.checkpoints.push(Checkpoint {
            number,
            size: self.log.size(),
            vouchers: heads.len(),
            log_root: self.log.root(),
            head_root: heads.root(),
            operator_key: PublicKey::new([4; 32]),
            previous,
        });
        self.heads.push(heads);
    }

    /// Writes what is public when the checkpoint of this number is the newest.
    pub fn write(&self, folder: &Path, newest: u64) {
        let folder = FolderData::new(folder);
        let put = |path, bytes: Vec<u8>| folder.put(path, &bytes).expect("written");
        let upto = usize::try_from(newest).expect("small");
        let size = self.checkpoints[upto].size;
        put(DataPath::Ledger, encode_ledger(&self.ledger));
        for checkpoint in &self.checkpoints[..=upto] {
            put(DataPath::Checkpoint(checkpoint.number), encode_checkpoint(checkpoint));
        }
        let tile = |nodes: &dyn Fn(NodeId) -> Digest, level: u8, part: Part| {
            let hashes: Vec<Digest> =
                part.items().map(|index| nodes(NodeId { level: level * 8, index })).collect();
            encode_tile(&hashes)
        };
        for (level, part) in tiles_of(size) {
            let node = |at| self.log.node(at).expect("complete");
            put(DataPath::LogTile { level, part }, tile(&node, level, part));
        }
        for part in Part::all(size) {
            let steps = part.items().map(|index| &self.steps[usize::try_from(index).expect("small")]);
            put(DataPath::Entries(part), encode_bundle(steps));
        }
        for (index, records) in self.batches.range(..size) {
            put(DataPath::Manifest(*index), MANIFEST.into());
            put(DataPath::Terms(*index), terms(records.len() as u64).encode());
            let files = records.chunks(usize::try_from(RECORDS_PER_FILE).expect("small"));
            for (file, records) in (0..).zip(files) {
                put(DataPath::Records { batch: *index, file }, encode_records(records));
            }
        }
        for (checkpoint, heads) in (0..=newest).zip(&self.heads) {
            let chunks = chunks_for(heads.len());
            for (level, part) in tiles_of(chunks) {
                let node = |at| heads.node(at).expect("complete");
                put(DataPath::HeadTile { checkpoint, level, part }, tile(&node, level, part));
            }
            for part in Part::all(chunks) {
                let chunks: Vec<Chunk> = part.items().map(|chunk| heads.chunk(chunk)).collect();
                put(DataPath::HeadChunks { checkpoint, part }, encode_chunks(&chunks));
            }
        }
    }
}
