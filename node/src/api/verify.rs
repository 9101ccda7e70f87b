//! Verdicts: the report of `protocol::verify` over a dossier, against the chain that this node reads. A convenience for
//! those who trust this node to compute; whoever does not runs the same function himself. Never with a code.

use super::rates::Asker;
use super::request::{RequestBody, Strict, voucher};
use super::shapes::{self, Bytes32};
use super::views::{AbsenceView, Absent};
use super::vouchers::newest_dossier;
use super::{Answer, Api, Shared, admit, blocking, unmade};
use crate::observe;
use axum::Json;
use axum::extract::State;
use protocol::PublicKey;
use protocol::checkpoint::LedgerOrigin;
use protocol::dossier::Dossier;
use protocol::json::{At, JsonError};
use protocol::receipt::Absence;
use protocol::verify::{
    AbsenceQuestion, Finality, Policy, Question, Report, TrustedCheckpoint, Verdict, verify, verify_absence,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// The chain is asked for so long; then the verdict is given without it.
pub(super) const CHAIN_TIME: Duration = Duration::from_secs(10);

/// What is to be judged: a voucher of this ledger, or a dossier of any ledger on this chain.
#[derive(Debug, ToSchema)]
#[schema(as = VerifyRequest, example = super::examples::verify)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifyBody {
    /// The voucher's key as 0x hex or base64url. Either this or `dossier`.
    #[schema(value_type = Option<shapes::VoucherName>)]
    voucher: Option<PublicKey>,
    /// Exactly as it was given. Either this or `voucher`.
    #[schema(schema_with = shapes::judged_dossier, required = false)]
    dossier: Option<String>,
    /// Whom the asker trusts; without it the verdict is at best `untrusted_issuer`.
    #[schema(value_type = Option<shapes::Policy>)]
    policy: Option<Policy>,
    /// The key that the asker holds.
    #[schema(value_type = Option<Bytes32>)]
    my_key: Option<PublicKey>,
    /// The asker wants the state as of the checkpoint, however old.
    #[schema(value_type = Option<bool>)]
    as_of: bool,
}

impl RequestBody for VerifyBody {
    const NAME: &str = "request";
    const MEMBERS: &[&str] = &["voucher", "dossier", "policy", "my_key", "as_of"];
    const LIMIT: usize = 8 << 20;

    fn read(at: &At<'_>, text: &str) -> Result<Self, JsonError> {
        let named = at.nullable("voucher")?;
        let given = at.nullable("dossier")?;
        if named.is_some() == given.is_some() {
            return Err(at.error("either a voucher or a dossier is due"));
        }
        let unread = |at: At<'_>| at.error("a voucher key is due, 0x hex or base64url");
        let policy = at.nullable("policy")?.map(|_| exact_text(text, "policy")).transpose()?;
        Ok(Self {
            voucher: named.map(|at| voucher(at.text()?).ok_or_else(|| unread(at))).transpose()?,
            dossier: given.map(|_| exact_text(text, "dossier")).transpose()?,
            policy: policy.map(|policy| Policy::parse(&policy)).transpose()?,
            my_key: at.nullable("my_key")?.map(|key| key.parsed()).transpose()?,
            as_of: match at.nullable("as_of")? {
                None => false,
                Some(wish) => match exact_text(text, "as_of")?.as_str() {
                    "true" => true,
                    "false" => false,
                    _ => return Err(wish.error("true or false is due")),
                },
            },
        })
    }
}

/// A member as it was written: a dossier is judged by its own bytes.
fn exact_text(text: &str, member: &str) -> Result<String, JsonError> {
    let unread = |error: serde_json::Error| JsonError::new("request", error.to_string());
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(unread)?;
    Ok(members.get(member).map(|value| value.get().to_owned()).unwrap_or_default())
}

/// A report, and the operator's word where there is no such voucher.
#[derive(Debug, Serialize)]
pub(super) struct Judged {
    #[serde(flatten)]
    report: Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    absence: Option<AbsenceView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<TrustedCheckpoint>,
}

/// Judges a voucher against the chain.
///
/// The report is that of the command. A chain that is out of reach makes the verdict `unknown`, never `refuted`. Codes, stamps and serials are never sent here: open the code where it is.
#[utoipa::path(post, path = "/v1/verify", operation_id = "verify", tag = "vouchers", request_body = VerifyBody,
    responses((status = 200, description = "The report, whatever the verdict.", body = shapes::Report)))]
pub(super) async fn judge(
    State(api): State<Shared>,
    from: Asker,
    Strict(body, _at_work): Strict<VerifyBody>,
) -> Answer<Judged> {
    let place = admit(&api.verdicts)?;
    let (text, dossier) = match (body.voucher, body.dossier) {
        (Some(key), _) => {
            api.rates.question(from, &key)?;
            let asked = api.asked_now();
            let view = api.state.ledger.view()?;
            let Some(voucher) = view.voucher(&key)? else {
                let absent = asked.absent(&view, key)?;
                drop(view);
                return Ok(Json(api.absent(absent, body.policy.as_ref(), body.as_of).await));
            };
            let made = api.with_history(view, voucher, move |view, voucher, history| {
                let dossier = newest_dossier(view, voucher, history, &asked)?;
                Ok((serde_json::to_string(&dossier).map_err(unmade)?, Box::new(dossier)))
            });
            let (text, dossier) = made.await?;
            (text, Some(dossier))
        }
        (None, text) => {
            let text = text.unwrap_or_default();
            let dossier = Dossier::parse(&text).ok().map(Box::new);
            (text, dossier)
        }
    };
    let trusted = match &dossier {
        Some(dossier) => api.trusted(&dossier.ledger.origin, dossier.checkpoint.checkpoint.number).await,
        None => None,
    };
    let (policy, my_key, as_of, now) = (body.policy, body.my_key, body.as_of, api.now());
    let report = blocking(move || {
        let _place = place;
        Ok(verify(&Question {
            trusted: trusted.as_ref().map(|(checkpoint, _)| checkpoint),
            finality: trusted.map_or(Finality::NotFinal, |(_, finality)| finality),
            my_key,
            policy: policy.as_ref(),
            as_of,
            ..Question::of(&text, now)
        }))
    });
    let report = report.await?;
    observe::verdict(report.verdict.name());
    Ok(Json(Judged { report, absence: None, checkpoint: None }))
}

impl Api {
    /// `not_found` where the word holds under what the chain has, as anybody else would judge it.
    async fn absent(&self, absent: Absent, policy: Option<&Policy>, as_of: bool) -> Judged {
        let Absent { absence, checkpoint } = absent;
        let AbsenceView { voucher, checkpoint_hash, at, signature } = absence;
        let word = Absence { voucher, checkpoint_hash, at, signature };
        let origin = self.state.ledger.facts().origin;
        let trusted =
            self.trusted(&origin, checkpoint.checkpoint.number).await.filter(|(trusted, finality)| {
                let (absence, voucher, finality, now) = (&word, &voucher, *finality, self.now());
                verify_absence(&AbsenceQuestion { absence, voucher, trusted, finality, policy, as_of, now })
                    .is_ok()
            });
        let report = match &trusted {
            Some((trusted, _)) => Report::without_dossier(Verdict::NotFound, trusted.block_time),
            None => Report::without_dossier(Verdict::Unknown, None),
        };
        observe::verdict(report.verdict.name());
        Judged { report, absence: Some(absence), checkpoint: Some(checkpoint) }
    }

    /// A checkpoint as the chain has it; none where the chain gives none.
    async fn trusted(&self, origin: &LedgerOrigin, number: u64) -> Option<(TrustedCheckpoint, Finality)> {
        let asked = anchors::trusted_checkpoint(&*self.state.reader, origin, number);
        match tokio::time::timeout(CHAIN_TIME, asked).await {
            Ok(Ok(facts)) => {
                let finality = match facts.finality {
                    anchors::Finality::Final => Finality::Final,
                    anchors::Finality::Pending { .. } => Finality::NotFinal,
                };
                Some(((&facts).into(), finality))
            }
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
