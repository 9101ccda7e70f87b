//! Absences: the operator's signed word that he never issued a voucher.

use super::problem::{Kind, Problem};
use super::rates::Sought;
use super::views::Absent;
use super::{Answer, Api, Shared, shapes};
use crate::ledger::View;
use axum::Json;
use axum::extract::State;
use protocol::PublicKey;
use std::time::Duration;

/// The operator's signed word that a voucher is not in the ledger.
///
/// It speaks of the entries below the size of the newest final checkpoint, or, where that is stale, of the newest anchored one.
#[utoipa::path(get, path = "/v1/absences/{voucher}", operation_id = "absence", tag = "vouchers",
    params(("voucher" = inline(shapes::VoucherName), Path)),
    responses((status = 200, description = "It is not in the ledger.", body = Absent)))]
pub(super) async fn show(State(api): State<Shared>, Sought(voucher): Sought) -> Answer<Absent> {
    let asked = api.asked_now();
    api.read(move |view| match view.voucher(&voucher)? {
        Some(found) => {
            let detail = format!("the voucher is in this ledger, number {}", found.number);
            Err(Problem::new(Kind::Present, detail).with("number", &found.number))
        }
        None => Ok(Json(asked.absent(view, voucher)?)),
    })
    .await
}

/// What an answer about a voucher needs to know beside the ledger.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskedNow {
    ledger: protocol::LedgerId,
    now: u64,
    soon: Duration,
}

impl Api {
    pub(super) fn asked_now(&self) -> AskedNow {
        let ledger = self.state.ledger.facts().id;
        AskedNow { ledger, now: self.now(), soon: self.anchored_soon() }
    }
}

impl AskedNow {
    /// The signed absence of a voucher that is not in the ledger.
    pub(super) fn absent(&self, view: &View, voucher: PublicKey) -> Result<Absent, Problem> {
        let (under, superseded_at) = view.latest_settled(self.now)?.ok_or_else(|| self.not_anchored())?;
        let absence = view.absence(voucher, &under, self.now).ok_or_else(|| self.not_anchored())?;
        Ok(Absent::new(absence, self.ledger, &under, superseded_at))
    }

    /// The same as a problem, for those who asked for the voucher.
    pub(super) fn no_such_voucher(&self, view: &View, voucher: PublicKey) -> Problem {
        match self.absent(view, voucher) {
            Ok(Absent { absence, checkpoint }) => {
                let detail =
                    "no entry of this ledger issued this voucher; the operator signs for it in `absence`";
                let problem = Problem::new(Kind::NoSuchVoucher, detail);
                problem.with("absence", &absence).with("checkpoint", &checkpoint)
            }
            Err(problem) => problem,
        }
    }

    /// The voucher is there, its proof is not yet.
    pub(super) fn not_anchored(&self) -> Problem {
        let detail = "no anchored checkpoint covers this yet: come back when the next one stands in a block";
        Problem::new(Kind::NotAnchored, detail).retry_after(self.soon)
    }
}
