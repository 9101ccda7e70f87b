//! Vouchers: where one stands, its dossier, its history.

use super::absences::AskedNow;
use super::problem::{Kind, Problem};
use super::rates::Sought;
use super::request::{Asked, Safe};
use super::verify::CHAIN_TIME;
use super::views::{History, VoucherView};
use super::{Answer, Api, Shared, admit, blocking, shapes, unmade};
use crate::ledger::rows::{Accepted, Published};
use crate::ledger::{View, VoucherNow};
use crate::observe;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use protocol::chain_proof::ChainProof;
use protocol::digest::bytes_to_hex;
use protocol::dossier::Dossier;
use protocol::entry::{Entry, signers};
use protocol::verify::HistoryLine;
use protocol::{Digest, LedgerId, PublicKey};
use serde::Deserialize;
use utoipa::IntoParams;

/// Where a voucher stands, by the node's word; the dossier proves it.
#[utoipa::path(get, path = "/v1/vouchers/{voucher}", operation_id = "voucher", tag = "vouchers",
    params(("voucher" = inline(shapes::VoucherName), Path)),
    responses((status = 200, description = "The voucher.", body = VoucherView)))]
pub(super) async fn show(State(api): State<Shared>, Sought(key): Sought) -> Answer<VoucherView> {
    let asked = api.asked_now();
    let ledger = api.state.ledger.facts().id;
    let view = api.state.ledger.view()?;
    let voucher = known(&view, key, &asked)?;
    api.with_history(view, voucher, move |view, voucher, history| {
        let anchored = view.latest_anchored()?;
        let size = anchored.map_or(0, |anchored| anchored.checkpoint.size);
        let incidents = view.incidents_of(voucher.number, history)?.len();
        let state = &voucher.latest.state;
        Ok(Json(VoucherView {
            voucher: key,
            number: voucher.number,
            ledger,
            label: voucher.record.label,
            status: state.entry.status,
            party: state.entry.party,
            index: state.index,
            leaf: state.entry.leaf(),
            at: state.entry.at,
            issuer: state.issuer,
            terms: bytes_to_hex(&voucher.batch.terms),
            batch_root: Digest::new(voucher.batch.root),
            checkpoint: anchored.map(|anchored| anchored.checkpoint.number),
            pending: history.iter().filter(|item| item.state.index >= size).count(),
            incidents,
        }))
    })
    .await
}

/// A dossier of few steps, with some room.
const USUAL_BYTES: usize = 12 << 10;

/// Under which checkpoint.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Under {
    /// Its number; the newest anchored one unless given. Under an older one nothing is pending.
    #[param(inline)]
    checkpoint: Option<Safe>,
    /// With what proves the checkpoint by the hash of a block alone. Where the chain gives no proof, there is none in it.
    #[serde(default)]
    proof: bool,
}

/// The evidence for a voucher in one file (docs/protocol.md section 10).
#[utoipa::path(get, path = "/v1/vouchers/{voucher}/dossier", operation_id = "dossier", tag = "vouchers",
    params(("voucher" = inline(shapes::VoucherName), Path), Under),
    responses((status = 200, description = "The dossier.", body = shapes::Dossier)))]
pub(super) async fn dossier(
    State(api): State<Shared>,
    Sought(key): Sought,
    Asked(under): Asked<Under>,
) -> Result<Response, Problem> {
    let asked = api.asked_now();
    let view = api.state.ledger.view()?;
    let voucher = known(&view, key, &asked)?;
    let number = under.checkpoint.map(Safe::get);
    let made = api.with_history(view, voucher, move |view, voucher, history| match number {
        None => newest_dossier(view, voucher, history, &asked),
        Some(number) => under_checkpoint(view, voucher, history, number),
    });
    let mut dossier = made.await?;
    if under.proof {
        dossier.checkpoint.proof = api.proof(&dossier).await.map(Box::new);
    }
    let mut text = Vec::with_capacity(USUAL_BYTES);
    serde_json::to_writer(&mut text, &dossier).map_err(unmade)?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

fn under_checkpoint(
    view: &View,
    voucher: &VoucherNow,
    history: &[Accepted],
    number: u64,
) -> Result<Dossier, Problem> {
    let anchored = |found: &Published| found.anchored.is_some();
    let published = view.checkpoint(number)?.filter(anchored);
    let published = published
        .ok_or_else(|| Problem::new(Kind::NotFound, format!("there is no anchored checkpoint {number}")))?;
    view.dossier(voucher, history, &published)?.ok_or_else(|| {
        let detail = format!("checkpoint {number} does not cover the issue of this voucher");
        Problem::new(Kind::NotFound, detail)
    })
}

/// Bytes of a history that is shown at once, as most are.
const SHORT: usize = 256 << 10;
/// And of the longest that is shown at all: half of what readers of a dossier take.
const LONG: usize = 32 << 20;

impl Api {
    /// Answers a question about a voucher and its history. A long one is read where that is no harm, few at a time.
    pub(super) async fn with_history<T: Send + 'static>(
        &self,
        view: View,
        voucher: VoucherNow,
        question: impl FnOnce(&View, &VoucherNow, &[Accepted]) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        if let Some(history) = view.history(&voucher, SHORT)? {
            return question(&view, &voucher, &history);
        }
        let place = admit(&self.long)?;
        let answer = blocking(move || {
            let _place = place;
            let history = view.history(&voucher, LONG)?.ok_or_else(|| too_long(LONG))?;
            question(&view, &voucher, &history)
        });
        answer.await
    }

    /// What proves the dossier's checkpoint by the hash of a block; none where the chain gives nothing that holds.
    pub(super) async fn proof(&self, dossier: &Dossier) -> Option<ChainProof> {
        let number = dossier.checkpoint.checkpoint.number;
        let asked = self.state.reader.proof(&dossier.ledger.origin, number);
        match tokio::time::timeout(CHAIN_TIME, asked).await {
            Ok(Ok(proof)) => Some(proof),
            Ok(Err(error)) => {
                observe::chain_error(&error);
                None
            }
            Err(_) => {
                observe::chain_silent();
                None
            }
        }
    }
}

/// The chain of hands, as reports show it.
#[utoipa::path(get, path = "/v1/vouchers/{voucher}/history", operation_id = "history", tag = "vouchers",
    params(("voucher" = inline(shapes::VoucherName), Path)),
    responses((status = 200, description = "Its entries, oldest first.", body = History)))]
pub(super) async fn history(State(api): State<Shared>, Sought(key): Sought) -> Answer<History> {
    let asked = api.asked_now();
    let ledger = api.state.ledger.facts().id;
    let view = api.state.ledger.view()?;
    let voucher = known(&view, key, &asked)?;
    api.with_history(view, voucher, move |view, _, chain| {
        let size = view.latest_anchored()?.map_or(0, |anchored| anchored.checkpoint.size);
        Ok(Json(History { history: lines(ledger, chain, size) }))
    })
    .await
}

/// Nobody reads so long a history in one piece.
fn too_long(most: usize) -> Problem {
    let detail = format!(
        "the history of this voucher takes more than {most} bytes to show: copy the ledger with `vouchsafe mirror`, \
         which checks every step of it"
    );
    Problem::new(Kind::TooLong, detail)
}

/// The voucher, or the operator's word that there is none.
pub(super) fn known(view: &View, key: PublicKey, asked: &AskedNow) -> Result<VoucherNow, Problem> {
    view.voucher(&key)?.ok_or_else(|| asked.no_such_voucher(view, key))
}

/// The dossier under the newest anchored checkpoint.
pub(super) fn newest_dossier(
    view: &View,
    voucher: &VoucherNow,
    history: &[Accepted],
    asked: &AskedNow,
) -> Result<Dossier, Problem> {
    let newest = view.latest_anchored()?.ok_or_else(|| asked.not_anchored())?;
    view.dossier(voucher, history, &newest)?.ok_or_else(|| asked.not_anchored())
}

fn lines(ledger: LedgerId, chain: &[Accepted], anchored_size: u64) -> Vec<HistoryLine> {
    let before = std::iter::once(None).chain(chain.iter().map(Some));
    let line = |(item, before): (&Accepted, Option<&Accepted>)| {
        let entry = &item.state.entry;
        let prev_leaf = before.map_or(Digest::ZERO, |before| before.state.entry.leaf());
        HistoryLine {
            index: item.state.index,
            kind: entry.kind().map_or_else(|| entry.kind.to_string(), |kind| kind.name().to_owned()),
            status: entry.status,
            at: entry.at,
            party: Some(entry.party).filter(|party| *party != PublicKey::NOBODY),
            first: entry.first,
            count: entry.count,
            memo: item.memo.clone(),
            signed_by: signers(&item.signatures, &Entry::instruction(entry, ledger, prev_leaf)),
            anchored: item.state.index < anchored_size,
        }
    };
    chain.iter().zip(before).map(line).collect()
}
