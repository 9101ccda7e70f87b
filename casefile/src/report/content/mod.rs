//! What the report says, block by block. `voucher` tells one voucher's story, `proofs` what holds and by what, `annex`
//! the keys, checkpoints, files, and the steps that an expert can repeat.

mod annex;
mod proofs;
mod voucher;

use super::document::{Block, Document, Style, Text, Tone};
use super::words::Words;
use crate::findings::{Contradiction, Findings, Found};
use crate::lang::Language;
use crate::plain::cut;
use protocol::verify::Verdict;

/// The report of these findings.
pub fn write(findings: &Findings<'_>, language: Language) -> Document {
    let words = Words::new(language, &findings.hands);
    let mut blocks = opening(findings, &words);
    for (place, found) in findings.vouchers.iter().enumerate() {
        let number = place.saturating_add(1).to_string();
        voucher::tell(found, &number, &words, &mut blocks);
        proofs::tell(found, findings, &words, &mut blocks);
    }
    annex::tell(findings, &words, &mut blocks);
    Document {
        language,
        title: words.get("case-title"),
        foot: words.with("case-foot", &[("tool", &shown_tool(findings)), ("at", &made_at(findings, &words))]),
        blocks,
    }
}

/// When, by what, about what, and the answers first.
fn opening(findings: &Findings<'_>, words: &Words<'_>) -> Vec<Block> {
    let evidence = findings.evidence;
    let made = words.with("case-made", &[("at", &made_at(findings, words)), ("tool", &shown_tool(findings))]);
    let mut blocks = vec![
        Block::Paragraph(Text::of(Style::Quiet, made)),
        Block::Paragraph(words.get("case-what-this-is").into()),
    ];
    if findings.vouchers.iter().any(|found| found.facts.development_chain) {
        blocks.push(Block::Notice(Tone::Care, words.get("case-development").into()));
    }
    blocks.push(Block::Chapter(words.get("case-in-short")));
    for found in &findings.vouchers {
        let name = Text::of(Style::Strong, product(found, words))
            .then(Style::Mono, format!("  {}", crate::findings::short(&found.facts.key)));
        blocks.push(Block::Notice(
            tone(found),
            name.then(Style::Plain, format!("\n{}", summary(found, words))),
        ));
    }
    let files = evidence.files.len();
    if files > 0 {
        let counted = words.with("case-files-count", &[("count", &files.to_string())]);
        blocks.push(Block::Paragraph(counted.into()));
    }
    blocks
}

fn tone(found: &Found<'_>) -> Tone {
    let grave = |item: &Contradiction<'_>| !matches!(item, Contradiction::SoldBefore { .. });
    if found.contradictions.iter().any(grave) {
        Tone::Bad
    } else if found.contradictions.is_empty() && found.under.is_some() {
        Tone::Good
    } else {
        Tone::Care
    }
}

/// The answer in one or two sentences.
fn summary(found: &Found<'_>, words: &Words<'_>) -> String {
    if found.report.verdict == Verdict::Refuted {
        return words.get("case-short-refuted");
    }
    let latest = found.rows.last();
    let at = latest.map(|row| words.time(row.line.at)).unwrap_or_default();
    let state = words.status(found.facts.status);
    let mut said = words.with("case-short-state", &[("state", &state), ("at", &at)]);
    let second = |item: &&Contradiction<'_>| matches!(item, Contradiction::SecondSale { .. });
    let seconds: Vec<&Contradiction<'_>> = found.contradictions.iter().filter(second).collect();
    if let Some(Contradiction::SecondSale { by, .. }) = seconds.first() {
        let (count, who) = (seconds.len().to_string(), words.hands().letter(by));
        said.push_str(&words.with("case-short-second-sale", &[("count", &count), ("who", &who)]));
    }
    for item in &found.contradictions {
        let id = match item {
            Contradiction::SoldBefore { .. } => "case-short-sold-before",
            Contradiction::Late { .. } => "case-short-late",
            Contradiction::OtherEntry { .. } => "case-short-other-entry",
            Contradiction::SecondSale { .. } | Contradiction::Refuted { .. } => continue,
        };
        said.push_str(&words.get(id));
    }
    if found.contradictions.is_empty() {
        said.push_str(&words.get("case-short-clean"));
    }
    if found.under.is_none() {
        said.push_str(&words.get("case-short-unheld"));
    }
    said
}

/// What the issuer calls the product, and its face value.
fn product(found: &Found<'_>, words: &Words<'_>) -> String {
    let title = found.manifest.product_title.as_deref().map(|title| cut(title, 80));
    let title = title.unwrap_or_else(|| words.get("case-unnamed-product"));
    match &found.manifest.face_value {
        Some((amount, currency)) => format!("{title} · {} {}", cut(amount, 30), cut(currency, 10)),
        None => title,
    }
}

fn made_at(findings: &Findings<'_>, words: &Words<'_>) -> String {
    words.time(findings.evidence.made_at)
}

fn shown_tool(findings: &Findings<'_>) -> String {
    cut(&findings.evidence.tool, 60)
}
