//! Reading the public data of a ledger (docs/protocol.md section 16), from a node, from any web server, from a folder.
//!
//! In scope: fetching one file by its path, and reading it as what it should be. Out of scope: believing it. Nothing here
//! is held against a root; whoever reads does that, and the chain says which root.

mod args;
mod error;
mod folder;
mod http;
mod tree;

pub use args::DataArgs;
pub use error::DataError;
pub use folder::FolderData;
pub use http::HttpData;
pub use tree::{TreeName, TreeNodes};

use protocol::Digest;
use protocol::checkpoint::Checkpoint;
use protocol::dossier::{Ledger, Step};
use protocol::heads::Chunk;
use protocol::manifest::Terms;
use protocol::public_data::{
    DataPath, FormatError, Part, decode_bundle, decode_checkpoint, decode_chunks, decode_ledger,
    decode_manifest, decode_records, decode_terms, decode_tile, record_file,
};
use protocol::voucher::Record;

/// Where public data comes from. Calls wait for their answer and may be made from several threads at a time: that is how
/// to fetch much at once.
pub trait PublicData: Send + Sync {
    /// The bytes of one file.
    fn fetch(&self, path: DataPath) -> Result<Vec<u8>, DataError>;

    /// Who is asked, for people: an address or a folder.
    fn whence(&self) -> String;

    /// Whether it is a copy on this machine: what such a one lacks, nobody withholds.
    fn is_copy(&self) -> bool {
        false
    }

    /// Which ledger it is; its name is recomputed.
    fn ledger(&self) -> Result<Ledger, DataError> {
        self.read(DataPath::Ledger, decode_ledger)
    }

    /// The anchored checkpoint of this number.
    fn checkpoint(&self, number: u64) -> Result<Checkpoint, DataError> {
        self.read(DataPath::Checkpoint(number), |bytes| decode_checkpoint(bytes, number))
    }

    /// Entries with their memos and signatures, as many as the part is wide.
    fn entries(&self, part: Part) -> Result<Vec<Step>, DataError> {
        self.read(DataPath::Entries(part), |bytes| decode_bundle(bytes, part))
    }

    /// A tile of the log tree.
    fn log_tile(&self, level: u8, part: Part) -> Result<Vec<Digest>, DataError> {
        self.read(DataPath::LogTile { level, part }, |bytes| decode_tile(bytes, part))
    }

    /// The manifest's exact text, of the batch whose Issue entry is `batch`.
    fn manifest(&self, batch: u64) -> Result<String, DataError> {
        self.read(DataPath::Manifest(batch), |bytes| decode_manifest(bytes).map(str::to_owned))
    }

    /// The terms of the batch whose Issue entry is `batch`.
    fn terms(&self, batch: u64) -> Result<Terms, DataError> {
        self.read(DataPath::Terms(batch), decode_terms)
    }

    /// The records of file `file` of a batch of `count` vouchers.
    fn records(&self, batch: u64, count: u64, file: u64) -> Result<Vec<Record>, DataError> {
        let due = record_file(file, count);
        self.read(DataPath::Records { batch, file }, |bytes| decode_records(bytes, due))
    }

    /// A tile of the head tree under a checkpoint.
    fn head_tile(&self, checkpoint: u64, level: u8, part: Part) -> Result<Vec<Digest>, DataError> {
        self.read(DataPath::HeadTile { checkpoint, level, part }, |bytes| decode_tile(bytes, part))
    }

    /// Head chunks under a checkpoint.
    fn head_chunks(&self, checkpoint: u64, part: Part) -> Result<Vec<Chunk>, DataError> {
        self.read(DataPath::HeadChunks { checkpoint, part }, |bytes| decode_chunks(bytes, part))
    }
}

/// Reading what was fetched: shared by all readers above.
trait Reading: PublicData {
    fn read<T>(
        &self,
        path: DataPath,
        decode: impl FnOnce(&[u8]) -> Result<T, FormatError>,
    ) -> Result<T, DataError> {
        let bytes = self.fetch(path)?;
        decode(&bytes).map_err(|error| DataError::damaged(path, self.whence(), error))
    }
}

impl<D: PublicData + ?Sized> Reading for D {}
