//! The archive: members in, ZIP bytes out, and back from bytes that anybody may have made.

mod read;
mod write;

pub use read::{ArchiveError, Damage, Member, read};
pub use write::{WriteError, write};

/// Members of an archive that is still read.
pub const MAX_MEMBERS: usize = 4_096;
/// Bytes of one member, unpacked.
pub const MAX_MEMBER_BYTES: u64 = crate::evidence::MAX_FILE_BYTES;
/// Bytes of all members, unpacked; also of the archive itself.
pub const MAX_ARCHIVE_BYTES: u64 = 256 << 20;
