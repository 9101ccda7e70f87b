//! The chain of hands as a table.

use super::names::who;
use crate::console::{Console, columns, plain};
use crate::lang::Text;
use protocol::verify::{HistoryLine, VoucherFacts};

/// Columns that a memo may take.
const MEMO_COLUMNS: usize = 36;

/// Prints one row an entry, oldest first: when, what, who signed, who has it then, which numbers, what was written, and
/// whether it is anchored.
pub fn hands(lines: &[HistoryLine], voucher: &VoucherFacts, console: &mut Console) {
    let is_local = lines.iter().any(|line| console.times.local(line.at).is_some());
    let names = ["utc", "local", "kind", "signed", "party", "range", "memo", "anchored"];
    let shown = |name: &&&str| is_local || **name != "local";
    let names = names.iter().filter(shown);
    let header = names.map(|name| console.texts.say(&Text::new(format!("history-{name}")))).collect();
    let rows = lines.iter().map(|line| row(line, voucher, is_local, console));
    let table: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    for line in columns(&table) {
        console.line(&line);
    }
}

fn row(line: &HistoryLine, voucher: &VoucherFacts, is_local: bool, console: &Console) -> Vec<String> {
    let texts = &console.texts;
    let name = |key| texts.say(&who(key, voucher, None));
    let party = match &line.party {
        Some(key) => name(key),
        None => texts.get("value-nobody"),
    };
    let range = match line.count {
        1 => line.first.to_string(),
        count => {
            let last = (u128::from(line.first) + u128::from(count)).saturating_sub(1);
            format!("{}–{last}", line.first)
        }
    };
    let anchored = texts.get(if line.anchored { "history-yes" } else { "history-promised" });
    let local = is_local.then(|| console.times.local(line.at).unwrap_or_default());
    let utc = console.times.utc(line.at);
    let mut cells = vec![utc.trim_end_matches(" UTC").to_owned()];
    cells.extend(local);
    cells.extend([
        texts.say(&Text::new(format!("kind-{}", line.kind))),
        line.signed_by.iter().map(name).collect::<Vec<_>>().join(", "),
        party,
        range,
        line.memo.as_deref().map_or_else(|| texts.get("history-no-memo"), |memo| plain(memo, MEMO_COLUMNS)),
        anchored,
    ]);
    cells
}
