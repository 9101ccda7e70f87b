//! Taking in the body of a batch: its line is read, its records go to a file without a name, which is gone with its last
//! handle, whatever happens. Memory does not grow with the records.

use super::problem::{Kind, Problem};
use super::request::{RequestBody, next_bytes, signatures, utf8};
use super::shapes::{Bytes32, Hex, IssueBytes, SignatureRequest};
use super::steps::entry;
use super::{REQUEST_TIME, blocking};
use crate::ledger::BatchHeader;
use crate::observe;
use crate::store::Store;
use axum::body::Body;
use protocol::LedgerId;
use protocol::entry::{Entry, Signed};
use protocol::json::{At, JsonError};
use protocol::manifest::Terms;
use protocol::voucher::Record;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use utoipa::ToSchema;

/// The line before the records.
#[derive(Debug, ToSchema)]
#[schema(example = super::examples::batch)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchLine {
    /// The ledger that is meant.
    #[schema(value_type = Option<Bytes32>)]
    pub(super) ledger: Option<LedgerId>,
    /// The manifest's exact text (docs/protocol.md section 4).
    manifest: String,
    /// The terms' bytes. Their count is the number of records.
    #[schema(value_type = Hex)]
    terms: Terms,
    /// The 98 bytes of the Issue entry with `at` = 0.
    #[schema(value_type = IssueBytes)]
    pub(super) entry: Entry,
    /// The issuer's.
    #[schema(value_type = Vec<SignatureRequest>, max_items = 8)]
    signatures: Vec<Signed>,
}

impl RequestBody for BatchLine {
    const NAME: &str = "batch";
    const MEMBERS: &[&str] = &["ledger", "manifest", "terms", "entry", "signatures"];
    const LIMIT: usize = 256 << 10;

    fn read(at: &At<'_>, _: &str) -> Result<Self, JsonError> {
        let terms = at.member("terms")?;
        Ok(Self {
            ledger: at.nullable("ledger")?.map(|ledger| ledger.parsed()).transpose()?,
            manifest: at.member("manifest")?.text()?.to_owned(),
            terms: Terms::decode(&terms.bytes()?).map_err(|error| terms.error(error.to_string()))?,
            entry: entry(&at.member("entry")?)?,
            signatures: signatures(&at.member("signatures")?)?,
        })
    }
}

impl BatchLine {
    /// As the ledger takes it.
    pub(super) fn into_header(self) -> BatchHeader {
        let Self { manifest, terms, entry, signatures, .. } = self;
        BatchHeader { manifest, terms, entry, signatures }
    }
}

/// Takes in a batch of at most `most` vouchers. The file holds exactly as many records as the terms say.
pub(super) async fn receive(
    body: &mut Body,
    spool: &Path,
    store: &dyn Store,
    most: u64,
) -> Result<(BatchLine, File), Problem> {
    let (line, begun) = first_line_within(body, REQUEST_TIME).await?;
    let line = BatchLine::from_text(utf8(&line, BatchLine::NAME)?)?;
    let count = line.terms.count();
    if count > most {
        let detail = format!("a batch of {count} vouchers: at most {most} are taken, send several batches");
        let limit = most.saturating_mul(Record::WIDTH as u64);
        return Err(Problem::new(Kind::TooLarge, detail).with("limit", &limit));
    }
    let mut records = Spooled::begin(spool, count).await?;
    records.check_room(store)?;
    records.write(&begun).await?;
    while let Some(bytes) = next_bytes(body).await? {
        records.check_room(store)?;
        records.write(&bytes).await?;
        records.check_pace()?;
    }
    Ok((line, records.end().await?))
}

/// The line has no pace of its own, and a place is held while it comes.
async fn first_line_within(body: &mut Body, time: Duration) -> Result<(Vec<u8>, Vec<u8>), Problem> {
    let late =
        |_| Problem::new(Kind::TimedOut, format!("the line before the records did not come within {time:?}"));
    tokio::time::timeout(time, first_line(body)).await.map_err(late)?
}

/// Everything before the first line feed, and what came with it after.
async fn first_line(body: &mut Body) -> Result<(Vec<u8>, Vec<u8>), Problem> {
    let mut line = Vec::new();
    while let Some(bytes) = next_bytes(body).await? {
        if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            line.extend_from_slice(bytes.get(..end).unwrap_or_default());
            let rest = bytes.get(end.saturating_add(1)..).unwrap_or_default().to_vec();
            return if line.len() > BatchLine::LIMIT { Err(long_line()) } else { Ok((line, rest)) };
        }
        line.extend_from_slice(&bytes);
        if line.len() > BatchLine::LIMIT {
            return Err(long_line());
        }
    }
    Err(Problem::malformed("the body ends within its first line: one line of JSON is due, then the records"))
}

fn long_line() -> Problem {
    Problem::too_large("the line before the records", BatchLine::LIMIT as u64)
}

/// Records on their way to the disk.
struct Spooled {
    file: tokio::fs::File,
    count: u64,
    due: u64,
    written: u64,
    began: Instant,
}

/// Bytes a second that an upload has to bring, after its first minute: who takes a place must use it.
const PACE: u64 = 8 << 10;
const HEAD_START: Duration = Duration::from_mins(1);

impl Spooled {
    async fn begin(spool: &Path, count: u64) -> Result<Self, Problem> {
        let spool = spool.to_owned();
        // Without a name from the start: not even a crash leaves it behind.
        let file = blocking(move || tempfile::tempfile_in(spool).map_err(|error| unwritten(&error))).await?;
        let due = count.saturating_mul(Record::WIDTH as u64);
        Ok(Self { file: tokio::fs::File::from_std(file), count, due, written: 0, began: Instant::now() })
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.written = self.written.saturating_add(bytes.len() as u64);
        if self.written > self.due {
            return Err(self.unfit("more came"));
        }
        self.file.write_all(bytes).await.map_err(|error| unwritten(&error))
    }

    /// The spool lies on the store's disk: what is still to come must not eat the room that the store needs, whoever else
    /// is sending.
    fn check_room(&self, store: &dyn Store) -> Result<(), Problem> {
        let to_come = self.due.saturating_sub(self.written);
        store.check_room(to_come).map_err(|error| Problem::storage("making room for an upload", &error))
    }

    fn check_pace(&self) -> Result<(), Problem> {
        let due = self.began.elapsed().saturating_sub(HEAD_START).as_secs().saturating_mul(PACE);
        if self.written >= due {
            return Ok(());
        }
        let said = format!("the upload comes slower than {PACE} bytes a second: send it from a faster line");
        Err(Problem::new(Kind::TimedOut, said))
    }

    async fn end(mut self) -> Result<File, Problem> {
        if self.written < self.due {
            let came = format!("{} bytes came", self.written);
            return Err(self.unfit(&came));
        }
        self.file.flush().await.map_err(|error| unwritten(&error))?;
        Ok(self.file.into_std().await)
    }

    fn unfit(&self, came: &str) -> Problem {
        let Self { count, due, .. } = self;
        Problem::malformed(format!(
            "the terms are of {count} vouchers, so {due} bytes of records are due: {came}"
        ))
    }
}

/// The upload could not be kept. The log gets the reason, the asker what he can act on.
fn unwritten(error: &std::io::Error) -> Problem {
    observe::failed("keeping an upload", error);
    let detail = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "the disk of this node is full: nothing was stored, try again later"
        }
        _ => "this node can not keep an upload now: nothing was stored, try again later",
    };
    Problem::new(Kind::Storage, detail).retry_after(Duration::from_mins(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_that_never_ends_is_given_up() {
        let bytes = futures_util::stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Some((Ok::<_, std::io::Error>("x"), ()))
        });
        let came = first_line_within(&mut Body::from_stream(bytes), Duration::from_millis(50)).await;
        assert_eq!(came.err().map(|problem| problem.status()), Some(408));
        let whole = first_line_within(&mut Body::from("a\nb"), Duration::from_mins(1)).await;
        assert_eq!(whole.ok(), Some((b"a".to_vec(), b"b".to_vec())));
    }
}
