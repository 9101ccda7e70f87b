//! What belongs to all vouchers of a case: the keys behind the letters, the checkpoints, the parties' files, and the steps
//! that an expert can repeat.

use super::super::document::{Block, Style, Table, Text};
use super::super::words::Words;
use super::shown_tool;
use crate::evidence::ReadCheckpoint;
use crate::findings::Findings;
use crate::members;
use crate::plain::cut;

/// Tells it.
pub fn tell(findings: &Findings<'_>, words: &Words<'_>, blocks: &mut Vec<Block>) {
    blocks.push(Block::Chapter(words.get("case-annex")));
    blocks.push(Block::Section(words.get("case-keys")));
    blocks.push(Block::Paragraph(Text::of(Style::Quiet, words.get("case-keys-how"))));
    blocks.push(Block::Table(keys(findings, words)));
    blocks.push(Block::Section(words.get("case-checkpoints")));
    blocks.push(Block::Paragraph(Text::of(Style::Quiet, words.get("case-checkpoints-how"))));
    blocks.push(Block::Table(checkpoints(findings, words)));
    blocks.push(Block::Section(words.get("case-files")));
    if findings.evidence.files.is_empty() {
        blocks.push(Block::Paragraph(words.get("case-no-files").into()));
    } else {
        blocks.push(Block::Paragraph(Text::of(Style::Quiet, words.get("case-files-how"))));
        blocks.push(Block::Table(files(findings, words)));
    }
    blocks.push(Block::Section(words.get("case-repeat")));
    blocks.push(Block::Steps(repeat(findings, words)));
}

fn keys(findings: &Findings<'_>, words: &Words<'_>) -> Table {
    let row = |(letter, hand): (String, &crate::findings::Hand)| {
        let said = hand.says.as_ref().map(|name| words.with("case-says-issuer", &[("name", &cut(name, 80))]));
        let did = format!("{}{}", words.roles(&hand.key), said.unwrap_or_default());
        vec![Text::of(Style::Strong, letter), Text::mono(hand.key.to_string()), did.into()]
    };
    let columns = [("case-col-letter", 0.08), ("case-col-key", 0.56), ("case-col-did", 0.36)];
    Table {
        columns: columns.map(|(id, share)| (words.get(id), share)).into(),
        rows: findings.hands.all().map(row).collect(),
    }
}

fn checkpoints(findings: &Findings<'_>, words: &Words<'_>) -> Table {
    let row = |read: &ReadCheckpoint| {
        let checkpoint = read.checkpoint();
        let time = read.block_time().map_or_else(|| words.get("case-time-unknown"), |at| words.time(at));
        let place = read.anchored.map(|at| {
            words.with(
                "case-block-and-tx",
                &[
                    ("block", &at.block_number.to_string()),
                    ("hash", &at.block_hash.to_string()),
                    ("tx", &at.tx.to_string()),
                ],
            )
        });
        let place = place.unwrap_or_else(|| words.get("case-no-place"));
        let source = words.get(&format!("case-source-{}", read.source.name()));
        let settled = words.get(if read.is_final { "case-final" } else { "case-not-final" });
        let hash = checkpoint.hash(read.trusted.ledger).to_string();
        let hashes = words.with("case-hash-and-place", &[("hash", &hash), ("place", &place)]);
        vec![
            Text::of(Style::Strong, checkpoint.number.to_string()),
            Text::from(words.with("case-entries", &[("size", &checkpoint.size.to_string())]))
                .then(Style::Quiet, format!("\n{time}\n{source}\n{settled}")),
            Text::mono(hashes),
        ]
    };
    let columns = [("case-col-number", 0.08), ("case-col-read", 0.27), ("case-col-place", 0.65)];
    Table {
        columns: columns.map(|(id, share)| (words.get(id), share)).into(),
        rows: findings.evidence.checkpoints.iter().map(row).collect(),
    }
}

fn files(findings: &Findings<'_>, words: &Words<'_>) -> Table {
    let rows = findings.evidence.files.iter().enumerate().map(|(place, file)| {
        vec![
            Text::from(cut(&file.by, 120)),
            Text::of(Style::Strong, cut(&file.name, 120)).then(
                Style::Quiet,
                format!("\n{}", words.with("case-bytes", &[("size", &file.size.to_string())])),
            ),
            Text::mono(format!(
                "{}\n{}",
                hex::encode(file.sha256),
                members::file(place.saturating_add(1), file)
            )),
        ]
    });
    let columns = [("case-col-added-by", 0.2), ("case-col-file", 0.3), ("case-col-sha", 0.5)];
    Table { columns: columns.map(|(id, share)| (words.get(id), share)).into(), rows: rows.collect() }
}

/// From the cheapest check to the one that needs nothing of ours.
fn repeat(findings: &Findings<'_>, words: &Words<'_>) -> Vec<(Text, Option<String>)> {
    let tool = shown_tool(findings);
    let mut steps = vec![
        (words.with("case-step-tool", &[("tool", &tool)]).into(), Some("vouchsafe --version".to_owned())),
        (words.get("case-step-hashes").into(), Some("sha256sum -c SHA256SUMS".to_owned())),
        (words.get("case-step-open").into(), Some("vouchsafe case open CASE.zip --rpc https://…".to_owned())),
    ];
    if let Some(found) = findings.vouchers.first() {
        let dossier = members::dossier(&found.facts.key);
        let file = members::checkpoint(found.facts.ledger, found.facts.checkpoint);
        let command = format!("vouchsafe verify {dossier} --as-of --trusted-checkpoint {file}");
        steps.push((words.get("case-step-verify").into(), Some(command)));
    }
    if let Some((origin, proven)) = findings
        .vouchers
        .iter()
        .find_map(|found| found.shown.block().map(|proven| (found.dossier.ledger.origin, proven)))
    {
        let (block, chain) = (proven.block.number.to_string(), origin.chain_id.to_string());
        let values = [("block", block.as_str()), ("chain", chain.as_str())];
        let command = format!("vouchsafe case open CASE.zip --block-hash {}", proven.block.hash);
        steps.push((words.with("case-step-block", &values).into(), Some(command)));
    }
    if let Some(read) = findings.evidence.checkpoints.last()
        && let Some(place) = read.anchored
    {
        let origin = findings.vouchers.iter().map(|found| found.dossier.ledger);
        let contract = origin.into_iter().find(|ledger| ledger.id == read.trusted.ledger);
        let contract = contract.map(|ledger| ledger.origin.contract.to_string()).unwrap_or_default();
        let number = read.checkpoint().number.to_string();
        let values = [("contract", contract.as_str()), ("number", number.as_str())];
        let command = format!("cast receipt {} --rpc-url https://…", place.tx);
        steps.push((words.with("case-step-chain", &values).into(), Some(command)));
    }
    steps.push((words.get("case-step-signatures").into(), None));
    steps.push((words.get("case-step-protocol").into(), None));
    steps
}
