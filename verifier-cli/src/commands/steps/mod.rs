//! The parties' steps: `transfer`, `sell`, `claim`, `use`, `redeem`, `void`, `hold`, `release`, `return`.
//!
//! They are one mechanism: name vouchers, learn where they stand, sign an instruction for each run of neighbours that
//! share their latest entry, send it, check and keep the receipt; of many, some at a time. The commands differ in kind, in who is in control
//! afterwards, and in whether the code must be shown.

mod args;
mod attempt;
mod joint;
mod outcome;
mod select;
mod take;
mod words;

pub use args::{OrderArgs, PlainArgs, SellArgs, SpendArgs, TransferArgs, key};
pub use words::kind_text;

use crate::commands::progress;
use crate::console::{Console, is_name};
use crate::failure::Failure;
use crate::keys::PartyKey;
use crate::lang::Text;
use crate::node_client::NodeClient;
use crate::party::memo::{Memo, OrderSalt, refuse_secrets};
use crate::party::receipts::Operator;
use crate::party::selection::Named;
use crate::party::step::{Afterwards, Wish};
use crate::source::read_text;
use args::Common;
use protocol::PublicKey;
use protocol::digest::LedgerId;
use protocol::lifecycle::Kind;
use select::Target;
use take::Desk;

/// One command's share in the mechanism.
struct Step<'a> {
    kind: Kind,
    afterwards: Option<Afterwards>,
    order: Option<&'a OrderArgs>,
    needs_code: bool,
    common: &'a Common,
}

/// To another holder.
pub fn transfer(args: &TransferArgs, console: &mut Console) -> Result<u8, Failure> {
    let afterwards = args.to.map(Afterwards::Named);
    Step { kind: Kind::Transfer, afterwards, order: None, needs_code: false, common: &args.common }
        .run(console)
}

/// To a buyer, named or not.
pub fn sell(args: &SellArgs, console: &mut Console) -> Result<u8, Failure> {
    let afterwards = Some(Afterwards::Named(args.to.unwrap_or(PublicKey::NOBODY)));
    let order = Some(&args.order);
    Step { kind: Kind::Sell, afterwards, order, needs_code: false, common: &args.common }.run(console)
}

/// By whoever holds the code.
pub fn claim(args: &PlainArgs, console: &mut Console) -> Result<u8, Failure> {
    Step { kind: Kind::Claim, afterwards: None, order: None, needs_code: true, common: &args.common }
        .run(console)
}

/// One of several uses.
pub fn use_once(args: &SpendArgs, console: &mut Console) -> Result<u8, Failure> {
    spend(Kind::Use, args, console)
}

/// The last use.
pub fn redeem(args: &SpendArgs, console: &mut Console) -> Result<u8, Failure> {
    spend(Kind::Redeem, args, console)
}

/// Called back for good.
pub fn void(args: &PlainArgs, console: &mut Console) -> Result<u8, Failure> {
    plain(Kind::Void, Afterwards::Unchanged, args, console)
}

/// Frozen.
pub fn hold(args: &PlainArgs, console: &mut Console) -> Result<u8, Failure> {
    plain(Kind::Hold, Afterwards::Unchanged, args, console)
}

/// No longer frozen.
pub fn release(args: &PlainArgs, console: &mut Console) -> Result<u8, Failure> {
    plain(Kind::Release, Afterwards::Unchanged, args, console)
}

/// Back to the seller.
pub fn take_back(args: &PlainArgs, console: &mut Console) -> Result<u8, Failure> {
    plain(Kind::Return, Afterwards::Seller, args, console)
}

fn spend(kind: Kind, args: &SpendArgs, console: &mut Console) -> Result<u8, Failure> {
    let afterwards = Some(Afterwards::Unchanged);
    let order = Some(&args.order);
    Step { kind, afterwards, order, needs_code: args.presented, common: &args.common }.run(console)
}

fn plain(kind: Kind, afterwards: Afterwards, args: &PlainArgs, console: &mut Console) -> Result<u8, Failure> {
    let afterwards = Some(afterwards);
    Step { kind, afterwards, order: None, needs_code: false, common: &args.common }.run(console)
}

impl Step<'_> {
    fn run(&self, console: &mut Console) -> Result<u8, Failure> {
        let common = self.common;
        if self.order.and_then(|args| args.order.as_deref()).is_some_and(|order| !is_name(order)) {
            return Err(Failure::usage("party-order-unfit"));
        }
        let key = PartyKey::read(&common.key)?;
        let named = match common.from {
            Some(_) => Vec::new(),
            None => select::named(common, console, self.needs_code)?,
        };
        let site = common
            .vouchers
            .iter()
            .find_map(|text| protocol::voucher::Link::parse(text))
            .map(|link| link.site);
        let address = common.node.address(site.or_else(|| select::site(&named)).as_deref())?;
        let node = NodeClient::new(address)?.telling(console.waiting());
        let operator = operator(&node)?;
        let order = self.order_salt(&key, operator.ledger);
        let afterwards = self.afterwards.unwrap_or(Afterwards::Named(key.public()));
        let wish = Wish { kind: self.kind, afterwards, memo: self.memo(order.as_ref(), &named)? };
        let mut desk = Desk::new(&node, operator, &key, &wish, common)?;
        let taken = match &common.from {
            Some(path) => joint::send(&mut desk, path, console),
            None => self
                .targets(&node, operator.ledger, &named, console)
                .and_then(|targets| desk.take_all(targets, console)),
        };
        let saved = match &common.sign_only {
            Some(path) if !desk.signed.is_empty() => joint::save(&desk, path),
            _ => Ok(()),
        };
        if saved.is_err() {
            // Nobody has them.
            desk.outcome.signed = 0;
        }
        // What was accepted before something stopped the rest is told all the same.
        let exit = desk.outcome.tell(&wish, order.as_ref(), common, console);
        taken.and(saved).map(|()| exit)
    }

    fn targets(
        &self,
        node: &NodeClient,
        ledger: LedgerId,
        named: &[Named],
        console: &mut Console,
    ) -> Result<Vec<Target>, Failure> {
        let bar = progress::bar(console, named.len() as u64, "party-bar-asking");
        let each = || bar.inc(1);
        let (ranges, now) = (self.common.range.clone(), console.times.now());
        if self.needs_code {
            // A claim needs the voucher's own signature, which fits no other number.
            return select::opened(node, ledger, named, self.kind != Kind::Claim, now, each);
        }
        let (targets, unproven) = select::numbers(node, ledger, named, ranges, now, each)?;
        bar.finish_and_clear();
        if unproven > 0 {
            console.remark(&Text::new("party-numbers-unproven").with("count", unproven));
        }
        Ok(targets)
    }

    fn order_salt(&self, key: &PartyKey, ledger: LedgerId) -> Option<OrderSalt> {
        let order = self.order?;
        order.order.as_deref().map(|reference| OrderSalt::new(reference, order.salt, key, ledger))
    }

    /// The memo, unless a secret that is at hand here stands in what was given for it.
    fn memo(&self, order: Option<&OrderSalt>, named: &[Named]) -> Result<Memo, Failure> {
        let lines = || named.iter().filter_map(Named::delivered);
        let mut memo = match &self.common.memo {
            Some(path) => {
                let text = read_text(path)?;
                let memo = Memo::from_text(&text)?;
                refuse_secrets(&text, lines())?;
                memo
            }
            None => Memo::default(),
        };
        memo.add_text("price", self.common.price.as_deref())?;
        memo.add_text("reason", self.common.reason.as_deref())?;
        memo.refuse_secrets(lines())?;
        memo.add_order(order)?;
        memo.add_not_after(self.common.not_after.as_deref())?;
        Ok(memo)
    }
}

/// Whose receipts count: the operator's of a ledger whose name is computed from where it was opened.
pub fn operator(node: &NodeClient) -> Result<Operator, Failure> {
    let view = node.ledger()?;
    let misnamed = || Failure::refused("party-ledger-misnamed").with("node", node.address().to_string());
    let ledger = view.ledger.origin().ok_or_else(misnamed)?.ledger();
    Ok(Operator { ledger, key: view.operator_key })
}

/// A text with the words for a kind.
fn with_kind(id: &'static str, kind: Kind) -> Text {
    Text::new(id).with("kind", kind_text(kind))
}
