//! Writing: every member deflated, all of one time, without owners or anything else that two machines would write differently.

use super::{ArchiveError, MAX_ARCHIVE_BYTES, MAX_MEMBER_BYTES, MAX_MEMBERS};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, Error, ZipArchiveWriter};
use std::io::Write as _;

/// 1980-01-01, the first day that a ZIP archive can name.
const NO_TIME: i64 = 315_532_800;

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Nobody would read it.
    #[error("it would not be read again: {0}")]
    Unread(#[from] ArchiveError),
    /// It cannot be packed.
    #[error("the archive cannot be written: {0}")]
    Packing(#[from] Error),
}

/// The archive of these members, in this order: none that the reader would refuse for its size.
pub fn write<'a>(members: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Vec<u8>, WriteError> {
    let members: Vec<_> = members.into_iter().collect();
    check(&members)?;
    let archive = pack(&members)?;
    let size = length(&archive);
    if size > MAX_ARCHIVE_BYTES { Err(ArchiveError::Large(size).into()) } else { Ok(archive) }
}

fn check(members: &[(&str, &[u8])]) -> Result<(), ArchiveError> {
    if members.len() > MAX_MEMBERS {
        return Err(ArchiveError::Members);
    }
    let size = |(_, bytes): &(&str, &[u8])| length(bytes);
    if let Some(member) = members.iter().find(|member| size(member) > MAX_MEMBER_BYTES) {
        return Err(ArchiveError::Bomb { name: member.0.to_owned(), size: size(member) });
    }
    let total = members.iter().map(size).fold(0, u64::saturating_add);
    if total > MAX_ARCHIVE_BYTES { Err(ArchiveError::Total(total)) } else { Ok(()) }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn pack(members: &[(&str, &[u8])]) -> Result<Vec<u8>, Error> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for &(name, bytes) in members {
        let file = archive.new_file(name).compression_method(CompressionMethod::DEFLATE);
        let file = file.last_modified(UtcDateTime::from_unix(NO_TIME)).unix_permissions(0o644);
        let (mut entry, config) = file.start()?;
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
        writer.write_all(bytes)?;
        let (encoder, descriptor) = writer.finish()?;
        encoder.finish()?;
        entry.finish(descriptor)?;
    }
    archive.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::read;

    #[test]
    fn what_would_not_be_read_again_is_not_written() {
        let name = |number: usize| format!("files/{number}");
        let names: Vec<String> = (0..=MAX_MEMBERS).map(name).collect();
        let mut members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        let written = write(members.iter().copied());
        assert!(matches!(written, Err(WriteError::Unread(ArchiveError::Members))), "{written:?}");
        members.pop();
        let written = write(members.iter().copied()).expect("as many as are read");
        assert_eq!(read(&written).expect("read again").len(), MAX_MEMBERS);

        let large = vec![0; usize::try_from(MAX_MEMBER_BYTES).expect("in memory") + 1];
        let written = write([("files/1", large.as_slice())]);
        assert!(matches!(written, Err(WriteError::Unread(ArchiveError::Bomb { .. }))), "{written:?}");
        let largest = large.get(1..).expect("one byte less");
        let members: Vec<(&str, &[u8])> =
            names.iter().take(4).map(|name| (name.as_str(), largest)).chain([("one", &b"1"[..])]).collect();
        let written = write(members.iter().copied());
        assert!(matches!(written, Err(WriteError::Unread(ArchiveError::Total(_)))), "{written:?}");
    }
}
