//! What became of a command's steps, and how it is told.

use super::args::Common;
use super::with_kind;
use super::words::vouchers_text;
use crate::console::{Console, plain};
use crate::failure::REFUSED;
use crate::lang::Text;
use crate::party::memo::OrderSalt;
use crate::party::step::Wish;
use protocol::lifecycle::Kind;
use serde::Serialize;
use serde_json::{Value, json};

/// Neighbouring vouchers and the entry that covers them.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Covered {
    /// First number.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// The entry's place in the log.
    pub index: u64,
    /// Its time, Unix milliseconds.
    pub at: u64,
}

/// Neighbouring vouchers whose step was refused.
#[derive(Debug, Clone)]
pub struct Refused {
    /// First number.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// For machines.
    pub reason: String,
    /// For people; [`Refused::said`] fills in the vouchers.
    pub text: Text,
    /// The evidence, as the node sent it.
    pub evidence: Value,
}

impl Refused {
    /// For people, with the vouchers' numbers.
    pub fn said(&self) -> Text {
        self.text.clone().with("vouchers", vouchers_text(self.first, self.count))
    }
}

/// What became of it all.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Accepted now.
    pub accepted: Vec<Covered>,
    /// Found done by an earlier run of the same command.
    pub already: Vec<Covered>,
    /// Standing in the ledger, but their receipts could not be kept.
    pub unkept: Vec<Covered>,
    /// Refused.
    pub refused: Vec<Refused>,
    /// Signed and not sent.
    pub signed: u64,
}

impl Outcome {
    /// Tells it, and gives the exit code: 1 as soon as one voucher was refused.
    pub fn tell(&self, wish: &Wish, order: Option<&OrderSalt>, common: &Common, console: &mut Console) -> u8 {
        let exit = if self.refused.is_empty() { 0 } else { REFUSED };
        if common.json {
            let value = self.json(wish, order, console);
            console.json(&value);
            return exit;
        }
        let accepted = total(&self.accepted);
        if accepted > 0 {
            let receipts = common.receipts.display().to_string();
            console
                .say(&with_kind("party-done", wish.kind).with("count", accepted).with("receipts", receipts));
        }
        let already = total(&self.already);
        if already > 0 {
            console.say(&with_kind("party-already", wish.kind).with("count", already));
        }
        for covered in &self.unkept {
            let text = with_kind("party-unkept", wish.kind)
                .with("vouchers", vouchers_text(covered.first, covered.count));
            console.say(&text.with("index", covered.index.to_string()));
        }
        if let Some(path) = common.sign_only.as_ref().filter(|_| self.signed > 0) {
            let file = path.display().to_string();
            console.say(&Text::new("party-signed-only").with("count", self.signed).with("file", file));
        }
        let taken = accepted + already + total(&self.unkept) + self.signed;
        if let Some(order) = order.filter(|_| taken > 0) {
            let id = if wish.kind == Kind::Sell { "party-order-sold" } else { "party-order-spent" };
            let text = Text::new(id).with("order", plain(&order.reference, 400));
            console.say(&text.with("salt", order.salt_hex()));
        }
        let refused: u64 = self.refused.iter().map(|refused| refused.count).sum();
        if refused > 0 {
            console.say(&with_kind("party-refused-total", wish.kind).with("count", refused));
        }
        exit
    }

    fn json(&self, wish: &Wish, order: Option<&OrderSalt>, console: &Console) -> Value {
        let refused: Vec<Value> = self
            .refused
            .iter()
            .map(|refused| {
                json!({
                    "first": refused.first,
                    "count": refused.count,
                    "reason": refused.reason,
                    "detail": console.texts.say(&refused.said()),
                    "evidence": refused.evidence,
                })
            })
            .collect();
        json!({
            "kind": wish.kind.name(),
            "accepted": self.accepted,
            "already": self.already,
            "unkept": self.unkept,
            "refused": refused,
            "signed": self.signed,
            "order": order.map(|order| json!({ "reference": order.reference, "salt": order.salt_hex() })),
        })
    }
}

fn total(covered: &[Covered]) -> u64 {
    covered.iter().map(|covered| covered.count).sum()
}
