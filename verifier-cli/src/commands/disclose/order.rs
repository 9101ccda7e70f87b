//! `disclose order`: an order's reference with its salt, and where it is wanted the memo that names it.

use super::{Beside, Common, mismatch, write};
use crate::console::Console;
use crate::failure::Failure;
use crate::keys::PartyKey;
use crate::lang::Text;
use crate::party::memo::OrderSalt;
use crate::party::receipts::memos_in;
use protocol::disclosure::{Disclosure, Opened, Unopened};
use protocol::verify::{Order, memo_order};
use std::path::PathBuf;

/// The options of `disclose order`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The voucher and the file.
    #[command(flatten)]
    pub common: Common,
    /// The order's reference.
    #[arg(long, value_name = "REF")]
    pub order: String,
    /// The order's salt, 32 hex digits, as sell printed it; without it it follows from your key.
    #[arg(long, value_name = "HEX", required_unless_present = "key")]
    pub salt: Option<String>,
    /// Your key file, if the salt was not given to sell: it follows from the key; - is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "salt")]
    pub key: Option<PathBuf>,
    /// Disclose the whole memo too, for who has a dossier that withholds it: with price and reason, if they stand in it.
    #[arg(long)]
    pub with_memo: bool,
    /// The file of receipts that your steps keep; the memo is looked for there if the dossier withholds it.
    #[arg(long, value_name = "FILE", requires = "with_memo")]
    pub receipts: Option<PathBuf>,
}

/// Makes the file.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let beside = Beside::of(&args.common, console)?;
    let order = order(args, &beside)?;
    let ledger = beside.dossier.ledger.id;
    let memo = if args.with_memo { Some(memo(args, &beside, &order)?) } else { None };
    let disclosure = Disclosure::of_order(ledger, beside.voucher(), order, memo);
    match beside.open(&disclosure) {
        Ok(Opened::Serial | Opened::Order { .. }) => {}
        // The dossier in hand can not tell; the one that it is shown with may.
        Err(Unopened::MemoWithheld { .. }) => console.remark(&Text::new("disclosure-unchecked")),
        Err(why) => return Err(mismatch(&why, console)),
    }
    write(&disclosure, "order", &args.common, console)
}

fn order(args: &Args, beside: &Beside) -> Result<Order, Failure> {
    if let Some(salt) = &args.salt {
        return Order::from_hex(&args.order, salt).ok_or_else(|| Failure::usage("error-salt"));
    }
    let missing = || Failure::usage("error-missing-argument").with("option", "--key");
    let key = PartyKey::read(args.key.as_deref().ok_or_else(missing)?)?;
    let OrderSalt { reference, salt } = OrderSalt::new(&args.order, None, &key, beside.dossier.ledger.id);
    Ok(Order { reference, salt })
}

/// The memo that names the order: the dossier's, else the one that was kept with the receipt.
fn memo(args: &Args, beside: &Beside, order: &Order) -> Result<String, Failure> {
    let wanted = order.digest().map(|digest| digest.to_string());
    let names_it = |memo: &String| wanted.is_some() && memo_order(memo) == wanted;
    let dossier = &beside.dossier;
    let history = dossier.history.iter().map(|item| &item.step);
    let steps = history.chain(dossier.pending.iter().map(|item| &item.step));
    if let Some(memo) = steps.filter_map(|step| step.memo.text().map(str::to_owned)).find(names_it) {
        return Ok(memo);
    }
    let kept = args.receipts.as_deref().map(memos_in).transpose()?.unwrap_or_default();
    kept.into_iter().find(names_it).ok_or_else(|| Failure::usage("error-no-memo"))
}
