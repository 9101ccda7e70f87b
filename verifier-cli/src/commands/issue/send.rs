//! Sending a batch, or finding that it stands already. The ledger is the only memory: a repetition needs no file of an
//! earlier run, because stamps follow from the codes, and the node knows the manifest that the batch was sealed with.

use super::plan::Plan;
use crate::commands::progress;
use crate::console::Console;
use crate::failure::Failure;
use crate::keys::PartyKey;
use crate::lang::Text;
use crate::node_client::{NodeClient, NodeError, Problem, ReceiptView, VoucherView};
use crate::party::batch::Batch;
use crate::party::manifest::differences;
use crate::party::receipts::{Operator, StepView, entry_from_hex};
use bytes::Bytes;
use protocol::digest::{Digest, bytes_to_hex};
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::{Kind, Role, Status};
use protocol::manifest::Terms;
use protocol::receipt::Receipt;
use serde::Deserialize;
use serde_json::json;

/// How often the numbers may be taken by another batch while ours is under way.
const TRIES: u32 = 20;

/// A batch that stands in the ledger.
pub struct Sealed {
    /// Its manifest.
    pub manifest: String,
    /// Its terms.
    pub terms: Terms,
    /// Its root.
    pub root: Digest,
    /// Its Issue entry.
    pub entry: Entry,
    /// The signatures of it.
    pub signatures: Vec<Signed>,
    /// The operator's promise.
    pub receipt: Receipt,
    /// It stood there before.
    pub already: bool,
    /// Whether the operator's present key signed the receipt; an earlier key may have, for a batch of earlier.
    pub receipt_holds: bool,
}

/// Who issues what, where.
pub struct Desk<'d> {
    /// The node.
    pub node: &'d NodeClient,
    /// Whose receipts count.
    pub operator: Operator,
    /// The issuer's.
    pub key: &'d PartyKey,
    /// What the options say.
    pub plan: &'d Plan,
    /// The records.
    pub batch: &'d Batch,
}

#[derive(Deserialize)]
struct BatchView {
    index: u64,
    manifest: String,
    terms: String,
}

#[derive(Deserialize)]
struct Answer {
    entry: String,
    receipt: ReceiptView,
    #[serde(default)]
    already: bool,
}

impl Desk<'_> {
    /// The batch, if it stands in the ledger already. If its first voucher stands there in another batch, that is told.
    pub fn standing(&self) -> Result<Option<Sealed>, Failure> {
        let Some(first) = self.batch.record(0) else { return Ok(None) };
        let view: VoucherView = match self.node.voucher(&first.key) {
            Ok(view) => view,
            Err(error) if error.problem("no-such-voucher").is_some() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let batch: BatchView = self.node.get(&format!("v1/batches/{}", view.batch_root))?;
        let terms = super::shop_file::terms_of(&batch.terms).ok_or_else(|| self.unreadable())?;
        let of_these = terms.count() == self.batch.count();
        if !of_these || self.batch.root(&batch.manifest, &terms) != view.batch_root {
            return Err(duplicate(1, view.number, &view.batch_root));
        }
        let mut differing = differences(&self.plan.description, &batch.manifest);
        if terms != self.plan.terms {
            differing.push("terms");
        }
        if !differing.is_empty() {
            return Err(Failure::refused("party-issue-other-options")
                .with("members", differing.join(", "))
                .with("manifest", crate::console::plain(&batch.manifest, 2000)));
        }
        self.adopt(batch, terms, view.batch_root).map(Some)
    }

    /// What stands is only ours if we signed it.
    fn adopt(&self, batch: BatchView, terms: Terms, root: Digest) -> Result<Sealed, Failure> {
        let step: StepView = self.node.get(&format!("v1/entries/{}", batch.index))?;
        let entry = step.entry().ok_or_else(|| self.unreadable())?;
        let asked = self.entry(entry.first, root);
        let instruction = entry.instruction(self.operator.ledger, Digest::ZERO);
        let signed = protocol::entry::signers(&step.signatures, &instruction).contains(&self.key.public());
        let receipt = Receipt::from(step.receipt);
        let of_this_entry = receipt.leaf == entry.leaf() && receipt.index == batch.index;
        if entry.without_clock() != asked || !signed || !of_this_entry {
            return Err(self.unreadable());
        }
        let receipt_holds = self.operator.check(&asked, &entry, &receipt).is_ok();
        let signatures = step.signatures;
        Ok(Sealed {
            manifest: batch.manifest,
            terms,
            root,
            entry,
            signatures,
            receipt,
            already: true,
            receipt_holds,
        })
    }

    /// Sends the batch under this manifest; signs again as often as another batch takes its numbers.
    pub fn send(&self, manifest: String, mut first: u64, console: &mut Console) -> Result<Sealed, Failure> {
        let terms = self.plan.terms.clone();
        let root = self.batch.root(&manifest, &terms);
        for _ in 0..TRIES {
            let asked = self.entry(first, root);
            let instruction = asked.instruction(self.operator.ledger, Digest::ZERO);
            let signatures = vec![Signed::new(Role::Issuer.name(), self.key.pair(), &instruction)];
            let error = match self.post(&manifest, &terms, &asked, &signatures, console) {
                // What is said to stand is believed by what stands there alone.
                Ok(answer) if answer.already => {
                    return self.standing()?.ok_or_else(|| self.unreadable());
                }
                Ok(answer) => {
                    let stands = entry_from_hex(&answer.entry).ok_or_else(|| self.unreadable())?;
                    let receipt = Receipt::from(answer.receipt);
                    let verdict = self.operator.check(&asked, &stands, &receipt);
                    let receipt_holds = verdict.is_ok();
                    if let Err(wrong) = verdict {
                        console.remark(&Text::new(wrong.id()));
                    }
                    return Ok(Sealed {
                        manifest,
                        terms,
                        root,
                        entry: stands,
                        signatures,
                        receipt,
                        already: false,
                        receipt_holds,
                    });
                }
                Err(error) => error,
            };
            if let Some(moved) = error.problem("first-moved") {
                let next = moved.members.get("first").and_then(serde_json::Value::as_u64);
                first = next.ok_or_else(|| self.unreadable())?;
                console.remark(&Text::new("party-first-moved").with("first", first.to_string()));
                continue;
            }
            if let Some(duplicate) = error.problem("duplicate-voucher") {
                return self.explain(duplicate);
            }
            return Err(error.into());
        }
        Err(Failure::unknown("party-first-moves-on").with("tries", TRIES))
    }

    /// A voucher of ours stands already: as this very batch, which a request of ours may have sealed unheard, or in another.
    fn explain(&self, problem: &Problem) -> Result<Sealed, Failure> {
        if let Some(sealed) = self.standing()? {
            return Ok(sealed);
        }
        let position = problem.members.get("position").and_then(serde_json::Value::as_u64).unwrap_or(0);
        let voucher = self.batch.record(position).ok_or_else(|| self.unreadable())?.key;
        let view = self.node.voucher(&voucher)?;
        Err(duplicate(position + 1, view.number, &view.batch_root))
    }

    fn post(
        &self,
        manifest: &str,
        terms: &Terms,
        entry: &Entry,
        signatures: &[Signed],
        console: &Console,
    ) -> Result<Answer, NodeError> {
        let head = json!({
            "ledger": self.operator.ledger,
            "manifest": manifest,
            "terms": bytes_to_hex(&terms.encode()),
            "entry": bytes_to_hex(&entry.encode()),
            "signatures": signatures,
        });
        let mut body = head.to_string().into_bytes();
        body.push(b'\n');
        let body = [body.into(), self.batch.bytes()];
        let length: usize = body.iter().map(Bytes::len).sum();
        let bar = progress::bar(console, length as u64, "party-bar-sending");
        let told = bar.clone();
        let sent = move |bytes: usize| told.inc(bytes as u64);
        let answer = self.node.upload("v1/batches", "application/octet-stream", body, sent);
        bar.finish_and_clear();
        answer.map(|(_, answer)| answer)
    }

    /// The Issue entry, before the operator's clock.
    fn entry(&self, first: u64, root: Digest) -> Entry {
        Entry {
            kind: Kind::Issue.byte(),
            status: Status::InTrade.byte(),
            first,
            count: self.batch.count(),
            prev: Entry::NO_PREV,
            at: 0,
            party: self.key.public(),
            content: root,
        }
    }

    fn unreadable(&self) -> Failure {
        Failure::refused("party-answer-unreadable").with("node", self.node.address().to_string())
    }
}

fn duplicate(place: u64, number: u64, root: &Digest) -> Failure {
    Failure::refused("party-issue-duplicate")
        .with("place", place.to_string())
        .with("number", number.to_string())
        .with("root", root.to_string())
}
