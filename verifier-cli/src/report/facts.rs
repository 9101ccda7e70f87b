//! What the dossier says of the voucher. Shown only where no proof failed: what a refuted file says is worth nothing.

use super::names::{reporter, who};
use super::verdict::status_text;
use super::{Telling, heading, labelled};
use crate::console::{Console, plain};
use crate::lang::Text;
use crate::source::{DomainWord, TrustSource};
use protocol::lifecycle::{Kind, Status};
use protocol::verify::{Verdict, VoucherFacts};

pub(super) fn tell(telling: &Telling, console: &mut Console) {
    let Some(voucher) =
        telling.report.voucher.as_ref().filter(|_| telling.report.verdict != Verdict::Refuted)
    else {
        return;
    };
    heading(console, if telling.is_held() { "heading-facts" } else { "heading-claims" });
    let rows = rows(telling, voucher, console);
    labelled(console, rows);
}

fn rows(telling: &Telling, voucher: &VoucherFacts, console: &Console) -> Vec<(&'static str, Text)> {
    let mut rows = Vec::new();
    rows.extend(product(voucher));
    rows.push(("fact-issuer", issuer(voucher)));
    rows.extend(telling.domain.as_ref().map(|word| ("fact-domain", domain(word))));
    rows.push(("fact-voucher", value(voucher.key.to_string())));
    rows.push(("fact-number", value(voucher.number.to_string())));
    let ledger = Text::new("value-ledger").with("ledger", voucher.ledger.to_string());
    rows.push(("fact-ledger", ledger.with("chain", voucher.chain_id.to_string())));
    rows.extend(state(voucher, console));
    if let Some(holder) = holder(telling, voucher) {
        rows.push(("fact-holder", holder));
    }
    rows.extend(redemption(telling, voucher, console));
    if let Some(at) = voucher.redeem_by {
        rows.push(("fact-redeem-by", value(console.times.both(at))));
    }
    if let Some(url) = &voucher.redeem_url {
        rows.push(("fact-redeem-at", value(plain(url, 200))));
    }
    if voucher.incidents > 0 {
        rows.push(("fact-incidents", value(voucher.incidents.to_string())));
    }
    rows.push(("fact-checkpoint", checkpoint(telling, voucher)));
    if let Some(node) = &telling.node {
        rows.push(("fact-asked", value(node.clone())));
    }
    rows
}

/// A value that needs no words.
fn value(text: String) -> Text {
    Text::new("value-node").with("node", text)
}

/// What the issuer's domain says of his key.
fn domain(word: &DomainWord) -> Text {
    let id = match (word.vouches, word.ledger) {
        (Some(true), true) => "value-domain-vouches",
        (Some(true), false) => "value-domain-vouches-key",
        (Some(false), _) => "value-domain-does-not",
        (None, _) => "value-domain-silent",
    };
    let said = word.name.as_deref().or(word.problem.as_deref()).unwrap_or_default();
    Text::new(id).with("domain", plain(&word.domain, 100)).with("said", plain(said, 200))
}

fn product(voucher: &VoucherFacts) -> Option<(&'static str, Text)> {
    let title = plain(voucher.product.as_ref()?, 80);
    Some(match &voucher.face_value {
        Some((amount, currency)) => {
            let text = Text::new("value-product-priced").with("title", title);
            ("fact-product", text.with("amount", plain(amount, 30)).with("currency", plain(currency, 10)))
        }
        None => ("fact-product", Text::new("value-product").with("title", title)),
    })
}

/// The name shown is the policy's; the manifest's is the issuer's own word.
fn issuer(voucher: &VoucherFacts) -> Text {
    let key = voucher.issuer.to_string();
    match (&voucher.issuer_name, &voucher.issuer_says) {
        (Some(name), _) => Text::new("value-issuer-known").with("name", plain(name, 60)).with("key", key),
        (None, Some(name)) => Text::new("value-issuer-claims").with("name", plain(name, 60)).with("key", key),
        (None, None) => Text::new("value-issuer").with("key", key),
    }
}

fn state(voucher: &VoucherFacts, console: &Console) -> Option<(&'static str, Text)> {
    let latest = voucher.history.last()?;
    let id = if latest.anchored { "value-status" } else { "value-status-promised" };
    let text = Text::new(id).with("status", status_text(voucher.status?));
    Some(("fact-status", text.with("at", console.times.both(latest.at))))
}

/// Who has it; of no interest once it is used up or called back.
fn holder(telling: &Telling, voucher: &VoucherFacts) -> Option<Text> {
    let status = Status::from_byte(voucher.status?)?;
    if matches!(status, Status::Redeemed | Status::Voided) {
        return None;
    }
    Some(match voucher.holder {
        None => Text::new("value-nobody"),
        Some(key) if telling.my_key == Some(key) => Text::new("value-you").with("key", key.to_string()),
        Some(key) if key == voucher.issuer => who(&key, voucher, telling.my_key),
        Some(key) => value(key.to_string()),
    })
}

/// "Unspent" is never said without a time, and not at all where nothing vouches for it.
fn redemption(telling: &Telling, voucher: &VoucherFacts, console: &Console) -> Option<(&'static str, Text)> {
    if let Some(redeemed) = voucher.latest(Kind::Redeem) {
        let by = reporter(redeemed, voucher);
        let by = by.map_or_else(|| Text::new("value-nobody"), |key| who(&key, voucher, telling.my_key));
        let text = Text::new("value-redeemed").with("at", console.times.both(redeemed.at)).with("by", by);
        let presented = redeemed.signed_by.contains(&voucher.key).then_some("value-presented");
        let owner = redeemed.party.filter(|party| *party != voucher.issuer);
        let owner = owner.filter(|party| redeemed.signed_by.contains(party)).map(|_| "value-owner-signed");
        let mut said = console.texts.say(&text);
        for more in presented.into_iter().chain(owner) {
            said.push_str(&console.texts.get(more));
        }
        return Some(("fact-redemption", value(said)));
    }
    if !telling.is_held() {
        return None;
    }
    let text = match telling.report.as_of {
        Some(at) => Text::new("value-no-redemption").with("asof", console.times.both(at)),
        None => Text::new("value-no-redemption-checkpoint").with("number", voucher.checkpoint.to_string()),
    };
    Some(("fact-redemption", text))
}

fn checkpoint(telling: &Telling, voucher: &VoucherFacts) -> Text {
    let found = telling.trusted.as_ref().filter(|_| telling.is_held());
    let number = voucher.checkpoint.to_string();
    if let Some(confirmations) = found.and_then(|trusted| trusted.confirmations) {
        let text = Text::new("value-checkpoint-pending").with("number", number);
        return text.with("confirmations", confirmations);
    }
    if let Some(block) = found.and_then(|trusted| trusted.proven).map(|proven| proven.block) {
        let text = Text::new("value-checkpoint-block").with("number", number);
        return text.with("block", block.number.to_string()).with("hash", block.hash.to_string());
    }
    let id = match found.map_or(TrustSource::None, |trusted| trusted.source) {
        TrustSource::Chain => "value-checkpoint-chain",
        TrustSource::File => "value-checkpoint-file",
        TrustSource::None | TrustSource::Block => "value-checkpoint-none",
    };
    Text::new(id).with("number", number)
}
