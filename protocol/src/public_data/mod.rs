//! The public data of a ledger: all that is needed to check it, as files at fixed paths whose content never changes
//! (docs/protocol.md section 16).
//!
//! In scope: the paths, and each file's bytes in both directions. Out of scope: fetching and serving them, and whether
//! what they say is true.

mod bundle;
mod file;
mod part;
mod path;
mod tile;

pub use bundle::{decode_bundle, encode_bundle};
pub use file::{
    FORMAT, FormatError, RECORDS_PER_FILE, decode_checkpoint, decode_chunks, decode_ledger, decode_manifest,
    decode_records, decode_terms, encode_checkpoint, encode_chunks, encode_ledger, encode_records,
    record_file, record_files,
};
pub use part::{PART_WIDTH, Part};
pub use path::{DataPath, PathError};
pub use tile::{LEVELS, TILE_HEIGHT, TileNodes, decode_tile, encode_tile, level_size, tiles_of};
