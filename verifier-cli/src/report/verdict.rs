//! The verdict, and in one sentence what it means.

use super::names::{reporter, who};
use super::{Telling, steps};
use crate::console::{Console, Tone};
use crate::lang::Text;
use protocol::lifecycle::{Kind, Status};
use protocol::verify::{HistoryLine, Verdict, VoucherFacts};

/// The icon, which says the same as colour and word.
pub(super) const fn icon(verdict: Verdict) -> (&'static str, Tone) {
    match verdict {
        Verdict::Genuine | Verdict::GenuineUnclaimed => ("✔", Tone::Good),
        Verdict::GenuinePending => ("…", Tone::Care),
        Verdict::Unknown | Verdict::UntrustedIssuer => ("?", Tone::Care),
        Verdict::Sold | Verdict::SoldBefore | Verdict::OnHold | Verdict::Expired => ("!", Tone::Care),
        Verdict::Refuted
        | Verdict::Mismatch
        | Verdict::NotFound
        | Verdict::Voided
        | Verdict::Spent
        | Verdict::ResaleSuspected => ("✖", Tone::Bad),
    }
}

/// The word for a status byte; the byte itself where section 6 has none.
pub(super) fn status_text(status: u8) -> Text {
    match Status::from_byte(status) {
        Some(status) => Text::new(format!("status-{}", status.name())),
        None => Text::new("value-node").with("node", status.to_string()),
    }
}

pub(super) fn tell(telling: &Telling, console: &mut Console) {
    let text = text(telling, console);
    let (icon, tone) = icon(telling.report.verdict);
    let word = console.texts.say(&text);
    let word = console.paint.paint(tone, &format!("{icon} {word}"));
    console.line(&word);
    if let Some(meaning) = console.texts.attribute(&text, "meaning") {
        console.line(&format!("  {meaning}"));
    }
    if let Some(cause) = &telling.cause {
        let cause = console.texts.say(&cause.text);
        console.line(&format!("  {cause}"));
    }
}

/// The verdict's message with everything that its texts may speak of.
pub(super) fn text(telling: &Telling, console: &Console) -> Text {
    let report = &telling.report;
    let text = Text::new(format!("verdict-{}", report.verdict.name()));
    let as_of = report.as_of.map_or_else(
        || telling.absence.as_ref().map(|(_, trusted)| checkpoint_label(trusted.checkpoint.number)),
        |at| Some(console.times.both(at)),
    );
    let text = text.with("asof", as_of.unwrap_or_default());
    let failed = report.failed_step().and_then(|step| Some((step.code.code(), step.detail()?)));
    let text = match failed {
        Some((step, detail)) => {
            text.with("step", step).with("detail", steps::detail_text(detail, &console.texts))
        }
        None => text,
    };
    match &report.voucher {
        Some(voucher) => with_facts(text, report.verdict, voucher, telling, console),
        None => text,
    }
}

fn checkpoint_label(number: u64) -> String {
    format!("#{number}")
}

fn with_facts(
    text: Text,
    verdict: Verdict,
    voucher: &VoucherFacts,
    telling: &Telling,
    console: &Console,
) -> Text {
    let time = |line: Option<&HistoryLine>| line.map(|line| console.times.both(line.at)).unwrap_or_default();
    let decisive = match verdict {
        Verdict::Sold | Verdict::ResaleSuspected => sale(voucher),
        _ => voucher.history.last(),
    };
    let at = match verdict {
        Verdict::Expired => voucher.redeem_by.map(|at| console.times.both(at)).unwrap_or_default(),
        _ => time(decisive),
    };
    let by = decisive.and_then(|line| reporter(line, voucher));
    let by = by.map_or_else(|| Text::new("value-nobody"), |key| who(&key, voucher, telling.my_key));
    let returned = voucher.history.iter().rposition(|line| line.kind == Kind::Return.name());
    let before = returned.map_or(&[][..], |place| voucher.history.get(..place).unwrap_or_default());
    let sold = before.iter().rfind(|line| line.kind == Kind::Sell.name());
    text.with("at", at)
        .with("by", by)
        .with("incidents", voucher.incidents)
        .with("sold", time(sold))
        .with("returned", time(returned.and_then(|place| voucher.history.get(place))))
}

/// The latest Sell; a voucher that was claimed straight out of trade has none.
fn sale(voucher: &VoucherFacts) -> Option<&HistoryLine> {
    voucher.latest(Kind::Sell).or_else(|| voucher.latest(Kind::Claim))
}
