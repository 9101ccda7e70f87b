//! One voucher's story: what it is, through whose hands it went and when, what contradicts what, what the parties wrote.

use super::super::document::{Block, Style, Table, Text, Tone};
use super::super::graph;
use super::super::words::Words;
use super::product;
use crate::findings::{Contradiction, Found, Row, refused_signers};
use crate::members;
use crate::plain::{cut, plain};
use protocol::dossier::{Memo, Step};
use protocol::lifecycle::Kind;
use protocol::voucher::link_name;

/// Tells it.
pub fn tell(found: &Found<'_>, number: &str, words: &Words<'_>, blocks: &mut Vec<Block>) {
    let title = product(found, words);
    blocks.push(Block::Chapter(words.with("case-voucher", &[("number", number), ("title", &title)])));
    blocks.push(Block::Facts(facts(found, words)));
    blocks.push(Block::Section(words.get("case-hands")));
    blocks.push(Block::Graph(graph::of(found, words)));
    blocks.push(Block::Section(words.get("case-when")));
    blocks.push(Block::Paragraph(Text::of(Style::Quiet, words.get("case-when-how"))));
    blocks.push(Block::Table(held(found, words)));
    blocks.push(Block::Section(words.get("case-contradictions")));
    contradictions(found, words, blocks);
    blocks.push(Block::Section(words.get("case-written")));
    blocks.push(Block::Paragraph(Text::of(Style::Quiet, words.get("case-written-how"))));
    blocks.push(Block::Table(written(found, words)));
}

fn facts(found: &Found<'_>, words: &Words<'_>) -> Vec<(String, Text)> {
    let facts = &found.facts;
    let origin = &found.dossier.ledger.origin;
    let mut rows = vec![
        (
            words.get("case-fact-voucher"),
            Text::mono(facts.key.to_string()).then(Style::Quiet, format!("\n{}", link_name(&facts.key))),
        ),
        (words.get("case-fact-number"), Text::from(facts.number.to_string())),
        (
            words.get("case-fact-product"),
            Text::from(words.with("case-says-product", &[("title", &product(found, words))])),
        ),
        (words.get("case-fact-issuer"), issuer(found, words)),
        (words.get("case-fact-ledger"), Text::mono(facts.ledger.to_string())),
        (
            words.get("case-fact-contract"),
            Text::mono(origin.contract.to_string())
                .then(Style::Plain, words.with("case-on-chain", &[("chain", &origin.chain_id.to_string())])),
        ),
        (
            words.get("case-fact-checkpoint"),
            Text::from(words.with(
                "case-checkpoint-of",
                &[
                    ("number", &facts.checkpoint.to_string()),
                    ("size", &found.dossier.checkpoint.checkpoint.size.to_string()),
                ],
            )),
        ),
        (words.get("case-fact-status"), Text::of(Style::Strong, words.status(facts.status))),
        (words.get("case-fact-holder"), words.party(facts.holder.as_ref())),
        (words.get("case-fact-terms"), Text::from(terms(found, words))),
    ];
    if let Some(at) = facts.redeem_by {
        rows.push((words.get("case-fact-redeem-by"), words.time(at).into()));
    }
    rows
}

fn issuer(found: &Found<'_>, words: &Words<'_>) -> Text {
    let hand = words.hand(&found.facts.issuer);
    match &found.manifest.issuer_name {
        Some(name) => hand.then(Style::Plain, words.with("case-says-issuer", &[("name", &cut(name, 80))])),
        None => hand,
    }
}

fn terms(found: &Found<'_>, words: &Words<'_>) -> String {
    let terms = &found.dossier.manifest.terms;
    let mut said = words.with("case-terms-uses", &[("uses", &terms.uses().to_string())]);
    let flags = [
        (terms.is_transferable(), "case-terms-transferable"),
        (terms.claims_only_after_sale(), "case-terms-sold-first"),
        (terms.is_stamped(), "case-terms-stamped"),
    ];
    for (_, id) in flags.into_iter().filter(|(is_set, _)| *is_set) {
        said.push_str(&words.get(id));
    }
    said
}

/// Who held it when, with the operator's clock and the blocks side by side, and who signed.
fn held(found: &Found<'_>, words: &Words<'_>) -> Table {
    let columns = [
        ("case-col-entry", 0.13),
        ("case-col-clock", 0.17),
        ("case-col-blocks", 0.35),
        ("case-col-after", 0.175),
        ("case-col-signed", 0.175),
    ];
    Table {
        columns: columns.map(|(id, share)| (words.get(id), share)).into(),
        rows: found.rows.iter().map(|row| held_row(found, row, words)).collect(),
    }
}

fn held_row(found: &Found<'_>, row: &Row<'_>, words: &Words<'_>) -> Vec<Text> {
    let entry = Text::of(Style::Strong, format!("#{}\n{}", row.line.index, words.kind(row)));
    let entry = if row.line.count > 1 {
        entry.then(
            Style::Quiet,
            format!("\n{}", words.with("case-range", &[("count", &row.line.count.to_string())])),
        )
    } else {
        entry
    };
    let signed = row.line.signed_by.iter().map(|key| {
        let as_voucher = *key == found.facts.key;
        let hand = words.hand(key);
        if as_voucher { hand.then(Style::Quiet, words.get("case-code-shown")) } else { hand }
    });
    let after = words.party(row.line.party.as_ref());
    vec![
        entry,
        words.time(row.line.at).replace(' ', "\n").into(),
        blocks_around(row, words),
        after.then(Style::Quiet, format!("\n{}", words.status(Some(row.line.status)))),
        Text::joined(signed, "\n"),
    ]
}

/// The blocks around an entry, and the operator's promise where no block holds it yet.
fn blocks_around(row: &Row<'_>, words: &Words<'_>) -> Text {
    let block = |read: &crate::evidence::ReadCheckpoint, id: &str| {
        let number = read.checkpoint().number.to_string();
        let height = read.anchored.map_or_else(|| "?".to_owned(), |at| at.block_number.to_string());
        let time = read.block_time().map_or_else(|| words.get("case-time-unknown"), |at| words.time(at));
        words.with(id, &[("block", &height), ("checkpoint", &number), ("time", &time)])
    };
    let mut lines = Vec::new();
    if row.line.anchored {
        lines.extend(row.bounds.not_in.map(|read| Text::from(block(read, "case-not-in"))));
        lines.push(match row.bounds.first_in {
            Some(read) => block(read, "case-first-in").into(),
            None => Text::of(Style::Quiet, words.get("case-no-block")),
        });
        if row.bounds.first_in.is_some() && !row.bounds.are_tight() {
            lines.push(Text::of(Style::Quiet, words.get("case-not-tight")));
        }
    } else {
        lines.push(Text::of(Style::Toned(Tone::Care), words.get("case-pending")));
    }
    if let Some(promise) = row.promise {
        let by = words.time(promise.receipt.anchor_by);
        let id = if promise.is_signed && promise.is_of_entry { "case-receipt" } else { "case-receipt-bad" };
        lines.push(Text::of(Style::Quiet, words.with(id, &[("by", &by)])));
    }
    Text::joined(lines, "\n")
}

fn contradictions(found: &Found<'_>, words: &Words<'_>, blocks: &mut Vec<Block>) {
    if found.contradictions.is_empty() {
        blocks.push(Block::Paragraph(words.get("case-no-contradiction").into()));
    }
    let mut sales: usize = 0;
    for item in &found.contradictions {
        let text = match item {
            Contradiction::SecondSale { refused, by, prev, accepted } => {
                sales = sales.saturating_add(1);
                let file = members::incident(&found.facts.key, sales);
                second_sale(found, refused, &words.hand(by), (*prev, *accepted), &file, words)
            }
            Contradiction::OtherEntry { index } => {
                words.with("case-other-entry", &[("index", &index.to_string())]).into()
            }
            Contradiction::Late { index, anchor_by, in_block } => words
                .with(
                    "case-late",
                    &[
                        ("index", &index.to_string()),
                        ("by", &words.time(*anchor_by)),
                        ("in", &words.time(*in_block)),
                    ],
                )
                .into(),
            Contradiction::SoldBefore { sold, returned } => words
                .with("case-sold-before", &[("sold", &sold.to_string()), ("returned", &returned.to_string())])
                .into(),
            Contradiction::Refuted { code, detail } => {
                let step = words.get(&format!("step-{}", code.code().replace('.', "-")));
                words.with("case-refuted", &[("step", &step), ("detail", &words.detail(detail))]).into()
            }
        };
        let tone = if matches!(item, Contradiction::SoldBefore { .. }) { Tone::Care } else { Tone::Bad };
        blocks.push(Block::Notice(tone, text));
    }
}

fn second_sale(
    found: &Found<'_>,
    refused: &Step,
    by: &Text,
    (prev, accepted): (u64, Option<u64>),
    file: &str,
    words: &Words<'_>,
) -> Text {
    let named = refused.entry.party;
    let buyer = words.party((!named.is_zero()).then_some(&named));
    let kind = accepted.and_then(|index| found.row(index)).map(|row| words.kind(row)).unwrap_or_default();
    let accepted_buyer =
        accepted.and_then(|index| found.row(index)).map(|row| words.party(row.line.party.as_ref()));
    let prev = prev.to_string();
    let signers: Vec<Text> =
        refused_signers(found.dossier, refused).iter().map(|key| words.hand(key)).collect();
    let mut text = Text::default()
        .and(by.clone())
        .then(Style::Plain, words.with("case-second-held", &[("prev", &prev)]));
    if let (Some(index), Some(to)) = (accepted, accepted_buyer) {
        let values = [("index", index.to_string()), ("kind", kind)];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        text = text.then(Style::Plain, words.with("case-second-accepted", &values)).and(to);
    }
    text = text
        .then(Style::Plain, words.get("case-second-refused"))
        .and(buyer)
        .then(Style::Plain, words.get("case-second-signed"))
        .and(Text::joined(signers, ", "))
        .then(Style::Plain, words.with("case-second-proof", &[("prev", &prev), ("file", file)]));
    match refused.memo.text() {
        Some(memo) => text.then(Style::Plain, words.with("case-second-memo", &[("memo", &plain(memo))])),
        None => text,
    }
}

/// What the parties wrote, entry by entry.
fn written(found: &Found<'_>, words: &Words<'_>) -> Table {
    let memo = |row: &Row<'_>| match (&row.step.memo, row.kind()) {
        (_, Some(Kind::Issue)) => Text::of(Style::Quiet, words.get("case-memo-issue")),
        (Memo::Text(text), _) => Text::mono(plain(text)),
        (Memo::None, _) => Text::of(Style::Quiet, words.get("case-memo-none")),
        (Memo::Withheld, _) => Text::of(Style::Toned(Tone::Care), words.get("case-memo-withheld")),
    };
    let name = |row: &Row<'_>| Text::of(Style::Strong, format!("#{} {}", row.line.index, words.kind(row)));
    Table {
        columns: vec![(words.get("case-col-entry"), 0.2), (words.get("case-col-memo"), 0.8)],
        rows: found.rows.iter().map(|row| vec![name(row), memo(row)]).collect(),
    }
}
