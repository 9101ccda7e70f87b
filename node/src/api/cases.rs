//! Case files: everything on vouchers of this ledger in one ZIP archive (docs/protocol.md section 18). A convenience: the
//! command makes the same file of the same evidence, and reads the checkpoints from the chain itself.

use super::absences::AskedNow;
use super::problem::{Kind, Problem};
use super::rates::Asker;
use super::request::{RequestBody, Strict, voucher};
use super::vouchers::{known, newest_dossier};
use super::{Shared, admit, blocking, unmade};
use crate::ledger::rows::Published;
use crate::ledger::{View, shown_bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use casefile::{
    Case, CaseDossier, CheckpointSource, Evidence, LedgerReceipt, PartyFile, ReadCheckpoint,
    first_checkpoint_with,
};
use protocol::checkpoint::Checkpoint;
use protocol::dossier::Dossier;
use protocol::json::{At, JsonError};
use protocol::verify::TrustedCheckpoint;
use protocol::{LedgerId, PublicKey};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Vouchers in one case of a node: each costs tens of milliseconds. The command takes more.
const VOUCHERS: usize = 20;
/// Bytes of all their histories.
const BYTES: usize = 16 << 20;

/// What a case is made of.
#[derive(Debug, ToSchema)]
#[schema(as = CaseRequest, example = super::examples::case)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseBody {
    /// The vouchers' keys as 0x hex or base64url, at most 20.
    #[schema(value_type = Vec<super::shapes::VoucherName>, min_items = 1, max_items = 20)]
    vouchers: Vec<PublicKey>,
    /// Files that the parties add, by name and hash: their bytes never come here. The archive is then still without
    /// them; whoever has them adds them as the members that `case.json` names.
    #[schema(value_type = Option<Vec<CaseFile>>, max_items = 100)]
    files: Vec<PartyFile>,
}

/// A file that a party adds.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `read_file` reads")]
#[serde(deny_unknown_fields)]
pub(super) struct CaseFile {
    /// Its name, at most 120 characters.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// Who adds it, in that party's own words, at most 120 characters.
    #[schema(min_length = 1, max_length = 120)]
    by: String,
    /// Bytes, at most 67,108,864.
    #[schema(maximum = 67_108_864)]
    size: u64,
    /// SHA-256 of its bytes: 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

impl RequestBody for CaseBody {
    const NAME: &str = "request";
    const MEMBERS: &[&str] = &["vouchers", "files"];
    const LIMIT: usize = 256 << 10;

    fn read(at: &At<'_>, _: &str) -> Result<Self, JsonError> {
        let unread = |at: &At<'_>| at.error("a voucher key is due, 0x hex or base64url");
        let named = at.member("vouchers")?;
        let items = named.items()?;
        if !(1..=VOUCHERS).contains(&items.len()) {
            return Err(named.error(format!("between 1 and {VOUCHERS} vouchers are due")));
        }
        let key = |at: &At<'_>| voucher(at.text()?).ok_or_else(|| unread(at));
        let files = at.nullable("files")?.map(|files| files.items()).transpose()?.unwrap_or_default();
        Ok(Self {
            vouchers: items.iter().map(key).collect::<Result<_, _>>()?,
            files: files.iter().map(read_file).collect::<Result<_, _>>()?,
        })
    }
}

fn read_file(at: &At<'_>) -> Result<PartyFile, JsonError> {
    at.refuse_others(&["name", "by", "size", "sha256"])?;
    let hash = at.member("sha256")?;
    let sha256 = casefile::read_sha256(hash.text()?);
    Ok(PartyFile {
        name: at.member("name")?.text()?.to_owned(),
        by: at.member("by")?.text()?.to_owned(),
        size: at.member("size")?.integer()?,
        sha256: sha256.ok_or_else(|| hash.error("64 hex digits are due"))?,
    })
}

/// Makes a case file.
///
/// Dossiers with what proves their checkpoint by the hash of a block alone (where the chain gives that), receipts, the
/// checkpoints around every entry by this node's word, and the report in Chinese and English, in one ZIP archive.
/// `vouchsafe case open` checks it, against the chain or a block.
#[utoipa::path(post, path = "/v1/cases", operation_id = "case", tag = "vouchers", request_body = CaseBody,
    responses((status = 200, description = "The archive.", content((String = "application/zip")))))]
pub(super) async fn make(
    State(api): State<Shared>,
    from: Asker,
    Strict(body, _at_work): Strict<CaseBody>,
) -> Result<impl IntoResponse, Problem> {
    let place = admit(&api.verdicts)?;
    body.vouchers.iter().try_for_each(|key| api.rates.question(from, key))?;
    let asked = api.asked_now();
    let (ledger, made_at) = (api.state.ledger.facts().id, api.now());
    let mut evidence = Evidence {
        made_at,
        tool: casefile::TOOL.to_owned(),
        dossiers: Vec::new(),
        checkpoints: Vec::new(),
        receipts: Vec::new(),
        files: body.files,
    };
    let mut left = BYTES;
    let view = api.state.ledger.view()?;
    let taken = blocking(move || {
        let take = |key| take(&view, ledger, key, &mut left, &asked, &mut evidence);
        let dossiers = body.vouchers.into_iter().map(take).collect::<Result<Vec<_>, _>>()?;
        Ok((place, dossiers, evidence))
    });
    let (place, dossiers, mut evidence) = taken.await?;
    // All are of one snapshot, and so under one checkpoint: its proof is asked for once.
    let proof = match dossiers.first() {
        Some(first) => api.proof(first).await.map(Box::new),
        None => None,
    };
    let zip = blocking(move || {
        let _place = place;
        for mut dossier in dossiers {
            dossier.checkpoint.proof.clone_from(&proof);
            let text = serde_json::to_string(&dossier).map_err(unmade)?;
            evidence.dossiers.push(CaseDossier::read(text).map_err(unmade)?);
        }
        evidence.check().map_err(|error| Problem::new(Kind::Malformed, error.to_string()))?;
        Case::of(evidence).and_then(|case| case.zip(&[])).map_err(unmade)
    });
    Ok(([(header::CONTENT_TYPE, "application/zip")], zip.await?))
}

/// The dossier of a voucher, whose history has to fit into what is left; its checkpoints and receipts go into the evidence.
fn take(
    view: &View,
    ledger: LedgerId,
    key: PublicKey,
    left: &mut usize,
    asked: &AskedNow,
    evidence: &mut Evidence,
) -> Result<Dossier, Problem> {
    let voucher = known(view, key, asked)?;
    let history = view.history(&voucher, *left)?.ok_or_else(|| too_much(&key))?;
    *left = left.saturating_sub(history.iter().map(shown_bytes).sum());
    let dossier = newest_dossier(view, &voucher, &history, asked)?;
    let newest = dossier.checkpoint.checkpoint.number;
    let mut wanted = BTreeSet::from([newest]);
    for item in &dossier.history {
        let first = first_checkpoint_with(item.index, newest, |number| {
            let found = view.checkpoint(number)?;
            Ok::<_, Problem>(found.map(|found| found.checkpoint.size))
        })?;
        wanted.extend([Some(first), first.checked_sub(1)].into_iter().flatten());
        if let Some(accepted) = view.entry(item.index)? {
            evidence.receipts.push(LedgerReceipt { ledger, receipt: view.receipt(&accepted) });
        }
    }
    for number in wanted {
        let found = view.checkpoints(number, 2)?;
        if let Some(read) = found.first().filter(|found| found.checkpoint.number == number) {
            evidence.checkpoints.push(read_here(ledger, read, found.get(1)));
        }
    }
    Ok(dossier)
}

fn too_much(key: &PublicKey) -> Problem {
    let detail = format!(
        "with the history of voucher {key}, those of this case take more than {BYTES} bytes: ask for fewer vouchers at a \
         time, or make the case with `vouchsafe case`"
    );
    Problem::new(Kind::TooLong, detail)
}

/// A checkpoint by this node's word.
fn read_here(ledger: LedgerId, read: &Published, next: Option<&Published>) -> ReadCheckpoint {
    let time = |published: &Published| published.anchored.map(|place| place.block_time);
    let checkpoint: Checkpoint = read.checkpoint;
    ReadCheckpoint {
        trusted: TrustedCheckpoint {
            ledger,
            checkpoint,
            block_time: time(read),
            superseded_at: next.and_then(time),
        },
        anchored: read.anchored,
        source: CheckpointSource::Node,
        is_final: read.is_final,
    }
}
