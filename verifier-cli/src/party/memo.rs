//! Memos: what the parties of a step write beside it (docs/protocol.md section 5). Contents are public, so every memo
//! gets a nonce that nobody can guess; it follows from the signer's key, so that a repeated command writes the same memo.

use crate::failure::Failure;
use crate::keys::PartyKey;
use crate::source::DeliveredLine;
use protocol::PublicKey;
use protocol::digest::{Digest, LedgerId, bytes_to_hex};
use protocol::entry::{Entry, memo_content};
use protocol::json::{Json, parse};
use protocol::time::parse_rfc3339;
use protocol::voucher::{Stamp, order_reference, secret_link};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// Bytes of the longest memo: far more than an order, a price and a reason.
const MAX_BYTES: usize = 16 * 1024;

/// What a memo will say; without members there is no memo.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memo {
    members: Map<String, Value>,
}

/// An order, and the salt by which its buyer opens the memo later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSalt {
    /// The order's reference, as buyer and seller know it.
    pub reference: String,
    /// 16 bytes; whoever has them and guesses the reference can open the memo.
    pub salt: [u8; 16],
}

impl OrderSalt {
    /// The salt that was given, else one of the signer's own, the same for the same order.
    pub fn new(reference: &str, salt: Option<[u8; 16]>, signer: &PartyKey, ledger: LedgerId) -> Self {
        let derive = || signer.derive("order-salt", &[ledger.as_bytes(), reference.as_bytes()]);
        Self { reference: reference.to_owned(), salt: salt.unwrap_or_else(derive) }
    }

    /// As it is given on.
    pub fn salt_hex(&self) -> String {
        bytes_to_hex(&self.salt)
    }

    fn digest(&self) -> Result<Digest, Failure> {
        order_reference(&self.salt, &self.reference).map_err(|_| Failure::usage("party-order-too-long"))
    }
}

/// Characters of a secret that stands nowhere by chance; a shorter one counts where it stands as a word.
const LONG: usize = 8;

/// Refuses a memo in which everybody would read a secret: a member that is named as secrets are, or a code or stamp of a
/// line that is at hand. `text` is JSON.
pub fn refuse_secrets<'l>(
    text: &str,
    lines: impl IntoIterator<Item = &'l DeliveredLine>,
) -> Result<(), Failure> {
    let value = parse(text).unwrap_or(Json::Null);
    if let Some(name) = value.secret_member() {
        return Err(Failure::usage("party-memo-secret-member").with("member", name));
    }
    // The text itself, too: a number that is read may be a rounded one.
    let mut texts = vec![text];
    texts_in(&value, &mut texts);
    let folded: Vec<String> = texts.iter().map(|text| fold(text).to_string()).collect();
    let shows = |secret: &str| {
        let wanted = fold(secret);
        let is_long = wanted.chars().count() >= LONG;
        if is_long { folded.iter().any(|text| text.contains(&*wanted)) } else { stands_alone(secret, &texts) }
    };
    for line in lines {
        if shows(&line.code)
            || line.link.stamp.as_ref().is_some_and(|stamp| stamp_texts(stamp).iter().any(|text| shows(text)))
        {
            return Err(
                Failure::usage("party-memo-holds-code").with("voucher", line.link.voucher.to_string())
            );
        }
    }
    Ok(())
}

/// Every name and text of a JSON value.
fn texts_in<'j>(value: &'j Json, texts: &mut Vec<&'j str>) {
    match value {
        Json::Text(text) => texts.push(text),
        Json::List(items) => items.iter().for_each(|item| texts_in(item, texts)),
        Json::Object(members) => members.iter().for_each(|(name, value)| {
            texts.push(name);
            texts_in(value, texts);
        }),
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Number(_) => {}
    }
}

/// Letters and digits alone, in capitals: however a code is divided, it is the same code.
fn fold(text: &str) -> Zeroizing<String> {
    // Room for the longest capitals, so that growing leaves no copies behind.
    let mut folded = Zeroizing::new(String::with_capacity(3 * text.len()));
    folded.extend(text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_uppercase));
    folded
}

fn stands_alone(word: &str, texts: &[&str]) -> bool {
    let is_word = |text: &str, at: usize| {
        let (before, after) = (text.get(..at), text.get(at + word.len()..));
        let ends = |char: Option<char>| !char.is_some_and(char::is_alphanumeric);
        ends(before.and_then(|text| text.chars().next_back()))
            && ends(after.and_then(|text| text.chars().next()))
    };
    texts.iter().any(|text| text.match_indices(word).any(|(at, _)| is_word(text, at)))
}

/// A stamp as links have it, and as hex.
fn stamp_texts(stamp: &Stamp) -> Vec<Zeroizing<String>> {
    if stamp.is_none() {
        return Vec::new();
    }
    let link = secret_link("", &PublicKey::NOBODY, stamp);
    let in_link = link.rsplit('#').next().unwrap_or_default().to_owned();
    let hex = Zeroizing::new(bytes_to_hex(stamp.expose()));
    vec![Zeroizing::new(in_link), Zeroizing::new(hex.trim_start_matches("0x").to_owned())]
}

impl Memo {
    /// With the members of a JSON text: one object, no name twice.
    pub fn from_text(text: &str) -> Result<Self, Failure> {
        let wrong = |problem: String| Failure::usage("party-memo-malformed").with("problem", problem);
        match parse(text).map_err(|error| wrong(error.to_string()))? {
            Json::Object(_) => {}
            _ => return Err(wrong("not an object".to_owned())),
        }
        let members = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { members })
    }

    /// Adds a text, unless the memo already has that member.
    pub fn add_text(&mut self, name: &'static str, text: Option<&str>) -> Result<(), Failure> {
        self.add(name, text.map(Value::from))
    }

    /// Refuses what was written so far where a secret stands in it.
    pub fn refuse_secrets<'l>(
        &self,
        lines: impl IntoIterator<Item = &'l DeliveredLine>,
    ) -> Result<(), Failure> {
        refuse_secrets(&text_of(&self.members)?, lines)
    }

    /// Adds the order.
    pub fn add_order(&mut self, order: Option<&OrderSalt>) -> Result<(), Failure> {
        let digest = order.map(OrderSalt::digest).transpose()?;
        self.add("order", digest.map(|digest| Value::from(digest.to_string())))
    }

    /// Adds the time after which the step may not be accepted: RFC 3339 or Unix milliseconds.
    pub fn add_not_after(&mut self, time: Option<&str>) -> Result<(), Failure> {
        let Some(time) = time else { return Ok(()) };
        let millis = time.parse().ok().or_else(|| parse_rfc3339(time)).filter(|millis| *millis < 1 << 53);
        let millis =
            millis.ok_or_else(|| Failure::usage("party-not-a-time").with("option", "--not-after"))?;
        self.add("not_after", Some(Value::from(millis)))
    }

    fn add(&mut self, name: &'static str, value: Option<Value>) -> Result<(), Failure> {
        let Some(value) = value else { return Ok(()) };
        match self.members.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(Failure::usage("party-memo-twice").with("member", name)),
        }
    }

    /// Whether it names an order: what makes one sale or redemption another than the next.
    pub fn names_order(&self) -> bool {
        self.members.contains_key("order")
    }

    /// The memo of this step (whose content does not count), with its nonce; none without members.
    pub fn text_for(
        &self,
        step: &Entry,
        ledger: LedgerId,
        signer: &PartyKey,
    ) -> Result<Option<String>, Failure> {
        if self.members.is_empty() {
            return Ok(None);
        }
        let mut members = self.members.clone();
        if !members.contains_key("nonce") {
            let place = Entry { content: memo_content(Some(&text_of(&members)?)), ..step.without_clock() };
            let nonce = signer.derive("memo-nonce", &[ledger.as_bytes(), &place.encode()]);
            members.insert("nonce".to_owned(), Value::from(bytes_to_hex(&nonce)));
        }
        let text = text_of(&members)?;
        if text.len() > MAX_BYTES {
            return Err(Failure::usage("party-memo-too-long")
                .with("bytes", text.len())
                .with("limit", MAX_BYTES));
        }
        Ok(Some(text))
    }
}

fn text_of(members: &Map<String, Value>) -> Result<String, Failure> {
    serde_json::to_string(members)
        .map_err(|error| Failure::usage("party-memo-malformed").with("problem", error.to_string()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use protocol::verify::{memo_order, not_after};

    const LEDGER: LedgerId = LedgerId::new([4; 32]);

    fn step(first: u64) -> Entry {
        Entry {
            kind: 3,
            status: 2,
            first,
            count: 1,
            prev: 0,
            at: 0,
            party: PublicKey::NOBODY,
            content: Digest::ZERO,
        }
    }

    #[test]
    fn without_members_there_is_no_memo() {
        let key = PartyKey::new(&[1; 32], None);
        assert_eq!(Memo::default().text_for(&step(0), LEDGER, &key).unwrap(), None);
    }

    #[test]
    fn a_repeated_command_writes_the_same_memo_and_another_place_or_signer_another() {
        let (key, other) = (PartyKey::new(&[1; 32], None), PartyKey::new(&[2; 32], None));
        let mut memo = Memo::from_text(r#"{"note": "第一批"}"#).unwrap();
        memo.add_text("price", Some("45.10")).unwrap();
        memo.add_not_after(Some("2026-09-21T08:00:00Z")).unwrap();
        let text = memo.text_for(&step(0), LEDGER, &key).unwrap();
        assert_eq!(text, memo.text_for(&Entry { at: 9, ..step(0) }, LEDGER, &key).unwrap());
        assert_ne!(text, memo.text_for(&step(1), LEDGER, &key).unwrap());
        assert_ne!(text, memo.text_for(&step(0), LEDGER, &other).unwrap());
        let text = text.unwrap();
        assert_eq!(not_after(&text), Some(1_789_977_600_000));
        let members: Map<String, Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(members["nonce"].as_str().unwrap().len(), 2 + 32);
        assert_eq!((&members["price"], &members["note"]), (&Value::from("45.10"), &Value::from("第一批")));
    }

    #[test]
    fn the_buyer_opens_the_order_with_the_salt() {
        let key = PartyKey::new(&[1; 32], None);
        let order = OrderSalt::new("ORD-2026-1", None, &key, LEDGER);
        assert_eq!(order, OrderSalt::new("ORD-2026-1", None, &key, LEDGER));
        assert_ne!(order.salt, OrderSalt::new("ORD-2026-2", None, &key, LEDGER).salt);
        let mut memo = Memo::default();
        memo.add_order(Some(&order)).unwrap();
        assert!(memo.names_order());
        let text = memo.text_for(&step(0), LEDGER, &key).unwrap().unwrap();
        let opened = order_reference(&order.salt, "ORD-2026-1").unwrap();
        assert_eq!(memo_order(&text), Some(opened.to_string()));
    }

    #[test]
    fn no_memo_shows_a_secret() {
        let stamp = Stamp::new([0xfb; 16]);
        let address = secret_link("https://v.example", &PublicKey::new([7; 32]), &stamp);
        let line = |code: &str| DeliveredLine::parse(&format!("S-1----{code}----{}", *address)).unwrap();
        let (long, short) = (line("8812-3456-7890"), line("4711"));
        let in_link = address.split_once('#').unwrap().1;
        let refused = |text: &str| {
            let refused = refuse_secrets(text, [&long, &short]).err();
            refused.map_or(String::new(), |failure| {
                assert!(!format!("{failure:?}").contains("8812"), "the value is repeated");
                failure.text.id().to_owned()
            })
        };
        for text in [
            r#"{"note": "for 881234567890"}"#,
            r#"{"note": ["x8812 3456 7890"]}"#,
            r#"{"8812-3456-7890": 1}"#,
            r#"{"note": 881234567890}"#,
            r#"{"note": "\u0038812-3456-7890"}"#,
            r#"{"note": "pin 4711."}"#,
            r#"{"pin": 4711}"#,
            &format!(r#"{{"note": "https://v.example/v/x#{in_link}"}}"#),
            &format!(r#"{{"note": "0x{}"}}"#, "fb".repeat(16)),
        ] {
            assert_eq!(refused(text), "party-memo-holds-code", "{text}");
        }
        for text in [r#"{"stamp": "abc", "serial": "1", "secret": "x"}"#, r#"{"more": [{"code": null}]}"#] {
            assert_eq!(refused(text), "party-memo-secret-member", "{text}");
        }
        assert_eq!(refused(r#"{"note": "47110 of 8812", "price": "45.10", "serials": 2}"#), "");
    }

    #[test]
    fn what_is_no_memo_is_refused() {
        for text in ["", "[]", "\"a\"", r#"{"a": 1, "a": 2}"#] {
            assert_eq!(Memo::from_text(text).unwrap_err().text.id(), "party-memo-malformed", "{text}");
        }
        let mut memo = Memo::from_text(r#"{"price": "1"}"#).unwrap();
        assert_eq!(memo.add_text("price", Some("2")).unwrap_err().text.id(), "party-memo-twice");
        assert_eq!(memo.add_not_after(Some("tomorrow")).unwrap_err().text.id(), "party-not-a-time");
    }
}
