//! What is proven of a voucher and by what, and what is not proven.

use super::super::document::{Block, Style, Table, Text};
use super::super::words::Words;
use crate::evidence::CheckpointSource;
use crate::findings::{Findings, Found, Shown};
use crate::plain::plain;
use protocol::chain_proof::Proven;
use protocol::dossier::Memo;
use protocol::verify::{StepCode, StepReport};

/// Steps that nothing in a case answers: whoever asks brings the code, or the names of whom he trusts.
const ASKERS_OWN: [StepCode; 3] = [StepCode::LedgerTrusted, StepCode::CodeOpens, StepCode::IssuerTrusted];

/// Tells it.
pub fn tell(found: &Found<'_>, findings: &Findings<'_>, words: &Words<'_>, blocks: &mut Vec<Block>) {
    blocks.push(Block::Section(words.get("case-proven")));
    blocks.push(Block::Paragraph(Text::of(Style::Quiet, words.get("case-proven-how"))));
    blocks.push(Block::Table(proven(found, words)));
    blocks.push(Block::Section(words.get("case-unproven")));
    blocks.push(Block::Points(unproven(found, findings, words)));
}

fn proven(found: &Found<'_>, words: &Words<'_>) -> Table {
    let mut rows = Vec::new();
    for step in found.report.steps.iter().filter(|step| !ASKERS_OWN.contains(&step.code)) {
        rows.push(judged(step, found, words));
        if step.code == StepCode::CheckpointAnchored {
            rows.push(shown(found, words));
        }
    }
    let columns = [("case-col-statement", 0.34), ("case-col-result", 0.14), ("case-col-by", 0.52)];
    Table { columns: columns.map(|(id, share)| (words.get(id), share)).into(), rows }
}

fn judged(step: &StepReport, found: &Found<'_>, words: &Words<'_>) -> Vec<Text> {
    let id = step.code.code().replace('.', "-");
    let why = step.detail().map(|detail| words.detail(detail));
    let by = match (step.code, found.under.map(|read| read.source)) {
        (StepCode::CheckpointAnchored, Some(source)) => {
            words.get(&format!("case-by-checkpoint-{}", source.name()))
        }
        (StepCode::PendingPromised, _) if found.dossier.pending.is_empty() => words.get("case-by-no-pending"),
        _ => words.get(&format!("case-by-{id}")),
    };
    let by = match why {
        Some(why) => Text::of(Style::Strong, why).then(Style::Plain, format!("\n{by}")),
        None => by.into(),
    };
    vec![words.get(&format!("case-step-{id}")).into(), words.result(step.result()), by]
}

/// The checkpoint's chain proof: what it shows by itself, whoever made the case.
fn shown(found: &Found<'_>, words: &Words<'_>) -> Vec<Text> {
    let block = |id: &str, proven: &Proven| {
        let values = [("block", proven.block.number.to_string()), ("hash", proven.block.hash.to_string())];
        words.with(id, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
    };
    let (result, by) = match &found.shown {
        Shown::Nothing => ("unknown", words.get("case-by-block-none")),
        Shown::This(proven) => ("passed", block("case-by-block", proven)),
        Shown::Other(proven) => ("failed", block("case-by-block-other", proven)),
        Shown::Broken(why) => {
            ("unknown", words.with("case-by-block-broken", &[("why", &plain(&why.to_string()))]))
        }
    };
    vec![words.get("case-step-block-holds").into(), words.result(result), by.into()]
}

/// What an arbitrator must not take for proven.
fn unproven(found: &Found<'_>, findings: &Findings<'_>, words: &Words<'_>) -> Vec<Text> {
    let mut ids = vec!["case-unproven-people", "case-unproven-outside", "case-unproven-clock"];
    let rows = &found.rows;
    let has = |condition: bool, id: &'static str| condition.then_some(id);
    let withheld = rows.iter().any(|row| row.step.memo == Memo::Withheld);
    let nobody = rows.iter().any(|row| row.line.party.is_none());
    let refused = found.facts.incidents > 0;
    let source = found.under.map(|read| read.source);
    let more = [
        has(refused, "case-unproven-refused-when"),
        has(nobody, "case-unproven-nobody"),
        has(withheld, "case-unproven-withheld"),
        has(!found.dossier.pending.is_empty(), "case-unproven-pending"),
        has(source == Some(CheckpointSource::Node), "case-unproven-node"),
        has(source == Some(CheckpointSource::File), "case-unproven-file"),
        has(source.is_none(), "case-unproven-unheld"),
        has(found.under.is_some_and(|read| !read.is_final), "case-unproven-final"),
        has(found.shown.block().is_some(), "case-unproven-block"),
        has(found.facts.development_chain, "case-unproven-development"),
        has(!findings.evidence.files.is_empty(), "case-unproven-files"),
    ];
    ids.extend(more.into_iter().flatten());
    ids.push("case-unproven-issuer");
    ids.push("case-unproven-later");
    ids.into_iter().map(|id| words.get(id).into()).collect()
}
