//! Parties that speak to the node's API by themselves, faster than the command: they issue, step, keep their receipts, and
//! hold the node to them.

use crate::{Answer, Http};
use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, Signed, memo_content};
use protocol::lifecycle::{Kind, Status};
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::Frontier;
use protocol::receipt::Receipt;
use protocol::signing::KeyPair;
use protocol::voucher::Record;
use protocol::{Digest, Keccak, LedgerId, PublicKey};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// An issuer of vouchers that have keys and no codes: the node never sees more of a voucher than its key.
#[derive(Debug)]
pub struct Issuer {
    key: KeyPair,
    ledger: LedgerId,
}

/// Vouchers to be issued, or issued.
#[derive(Debug)]
pub struct Batch {
    /// Number of the first.
    pub first: u64,
    /// Their key pairs, in order.
    pub vouchers: Vec<KeyPair>,
    body: Vec<u8>,
}

/// An entry that the node gave a receipt for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its place in the log.
    pub index: u64,
    /// The entry.
    pub entry: Entry,
    /// The operator's promise.
    pub receipt: Receipt,
}

/// A signed instruction.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The entry, its clock 0.
    pub entry: Entry,
    body: String,
}

/// What came of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It stands.
    Accepted(Given),
    /// Another came first.
    Lost(Given),
    /// The node is overloaded, and did nothing.
    Later,
    /// The node refused it: the problem's name and all that it said.
    Refused(String, String),
    /// Nobody can know: no answer, or the store failed.
    NoAnswer(String),
}

impl Issuer {
    /// An issuer at the ledger of this name.
    pub fn new(seed: u8, ledger: &str) -> Self {
        Self { key: KeyPair::from_seed(&[seed; 32]), ledger: ledger.parse().expect("a ledger's name") }
    }

    /// The key pair.
    pub const fn key(&self) -> &KeyPair {
        &self.key
    }

    /// The ledger.
    pub const fn ledger(&self) -> LedgerId {
        self.ledger
    }

    /// Vouchers made of a seed, to be issued from number `first` on.
    pub fn batch(&self, seed: u64, first: u64, count: u64) -> Batch {
        let flags = Flags { transferable: true, stamped: true, ..Flags::default() };
        let terms = Terms::new(count, 1, flags, Vec::new(), Vec::new()).expect("terms");
        let manifest = json!({
            "format": "vouchsafe/manifest@1", "issuer": { "name": "Studio" },
            "product": { "sku": format!("sku-{seed}"), "title": "Game 50" }, "code_form": "strip",
            "source_digest": Digest::ZERO, "created_at": "2026-09-21T08:00:00Z", "tool": "test",
        });
        let manifest = manifest.to_string();
        let mut tree = Frontier::<Keccak>::default();
        tree.append(terms.leaf(manifest_digest(&manifest)), |_, _| ());
        let (mut vouchers, mut records) = (Vec::new(), Vec::new());
        for number in 0..count {
            let seed =
                protocol::keccak(&[b"a voucher of the tests", &seed.to_be_bytes(), &number.to_be_bytes()]);
            let pair = KeyPair::from_seed(seed.as_bytes());
            let record = Record { key: pair.public(), label: seed };
            tree.append(record.leaf(), |_, _| ());
            records.extend_from_slice(&record.encode());
            vouchers.push(pair);
        }
        let entry = Entry {
            kind: Kind::Issue.byte(),
            status: Status::InTrade.byte(),
            first,
            count,
            prev: Entry::NO_PREV,
            at: 0,
            party: self.key.public(),
            content: tree.root(),
        };
        let signed = Signed::new("issuer", &self.key, &entry.instruction(self.ledger, Digest::ZERO));
        let line = json!({
            "manifest": manifest, "terms": bytes_to_hex(&terms.encode()),
            "entry": bytes_to_hex(&entry.encode()), "signatures": [signed],
        });
        let body = [line.to_string().as_bytes(), b"\n", &records].concat();
        Batch { first, vouchers, body }
    }

    /// Issues it. The same batch sent again gets the same receipt.
    pub async fn issue(&self, node: &Http, batch: &Batch) -> Outcome {
        let sent = node.try_post("/v1/batches", "application/octet-stream", batch.body.clone()).await;
        outcome(sent, None)
    }

    /// A step after `before` without a memo, signed by these.
    pub fn step(
        &self,
        before: &Given,
        kind: Kind,
        range: (u64, u64),
        party: PublicKey,
        by: &[&KeyPair],
    ) -> Attempt {
        self.noted(before, kind, range, party, by, None)
    }

    /// A step after `before`; a memo of its own makes it differ from every other.
    pub fn noted(
        &self,
        before: &Given,
        kind: Kind,
        (first, count): (u64, u64),
        party: PublicKey,
        by: &[&KeyPair],
        memo: Option<&str>,
    ) -> Attempt {
        let status = Status::from_byte(before.entry.status).and_then(|status| status.after(kind));
        let status = status.unwrap_or(Status::Sold).byte();
        let prev = before.index;
        let content = memo_content(memo);
        let entry = Entry { kind: kind.byte(), status, first, count, prev, at: 0, party, content };
        let instruction = entry.instruction(self.ledger, before.entry.leaf());
        let signed: Vec<Signed> = by.iter().map(|by| Signed::new("party", by, &instruction)).collect();
        let entry_hex = bytes_to_hex(&entry.encode());
        let body = json!({ "entry": entry_hex, "memo": memo, "signatures": signed }).to_string();
        Attempt { entry, body }
    }
}

impl Batch {
    /// What is sent to the node.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl Attempt {
    /// What is sent to the node.
    pub fn body(&self) -> &[u8] {
        self.body.as_bytes()
    }

    /// Submits it, every other time in a list. The same instruction sent again gets the same receipt, whichever way.
    pub async fn submit(&self, node: &Http) -> Outcome {
        static SENT: AtomicUsize = AtomicUsize::new(0);
        if SENT.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            return self.submit_alone(node).await;
        }
        let list = format!(r#"{{"steps":[{}]}}"#, self.body);
        let sent = node.try_post("/v1/steps/many", JSON, list).await.map(of_the_step);
        outcome(sent, Some(self.entry))
    }

    /// Submits it in a request of its own, whose status is the step's.
    pub async fn submit_alone(&self, node: &Http) -> Outcome {
        let sent = node.try_post("/v1/steps", JSON, self.body.as_bytes()).await;
        outcome(sent, Some(self.entry))
    }
}

const JSON: &str = "application/json";

/// What was answered to a list of one step, as it is to the step alone.
fn of_the_step(mut answer: Answer) -> Answer {
    if answer.status == 200 {
        let said = answer.json()["answers"][0].take();
        let status = said["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        answer.status = status.unwrap_or_else(|| panic!("no status in {said}"));
        answer.retry_after = said["retry_after"].as_u64().map(|wait_s| wait_s.to_string());
        answer.body =
            if said["step"].is_null() { &said["problem"] } else { &said["step"] }.to_string().into();
    }
    answer
}

impl Given {
    /// Whether the operator signed it, for this ledger.
    pub fn is_signed_by(&self, operator: &PublicKey, ledger: LedgerId) -> bool {
        self.receipt.leaf == self.entry.leaf() && self.receipt.is_signed_by(operator, ledger)
    }

    /// Demands that the node still honours it.
    pub async fn honoured(&self, node: &Http) -> Result<(), reqwest::Error> {
        let index = self.index;
        let stands = node.try_get(&format!("/v1/entries/{index}")).await?.is(200).json();
        assert_eq!(given(&stands), *self, "entry {index}");
        Ok(())
    }
}

fn outcome(sent: Result<Answer, reqwest::Error>, asked: Option<Entry>) -> Outcome {
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) => return Outcome::NoAnswer(error.to_string()),
    };
    let said = answer.json();
    if let 200 | 201 = answer.status {
        let given = given(&said);
        assert!(asked.is_none_or(|asked| given.entry.without_clock() == asked), "another entry: {said}");
        return Outcome::Accepted(given);
    }
    let name = said["type"].as_str().and_then(|urn| urn.rsplit(':').next()).unwrap_or_default();
    match name {
        "already-moved" => Outcome::Lost(given(&said["winner"])),
        "storage" => Outcome::NoAnswer(answer.text()),
        "overloaded" | "rate-limited" => {
            assert!(answer.retry_after.is_some(), "when to come back is missing: {said}");
            Outcome::Later
        }
        name => Outcome::Refused(name.to_owned(), answer.text()),
    }
}

/// An entry with its receipt, as answers show both.
fn given(said: &Value) -> Given {
    let hex = said["entry"].as_str().and_then(|text| text.strip_prefix("0x")).unwrap_or_default();
    let entry =
        Entry::decode(&hex::decode(hex).expect("hex")).unwrap_or_else(|| panic!("no entry in {said}"));
    let receipt = &said["receipt"];
    let text = |name: &str| receipt[name].as_str().unwrap_or_default();
    let number = |name: &str| receipt[name].as_u64().unwrap_or_else(|| panic!("no {name} in {said}"));
    let receipt = Receipt {
        index: number("index"),
        leaf: text("leaf").parse().expect("a leaf"),
        anchor_by: number("anchor_by"),
        signature: text("signature").parse().expect("a signature"),
    };
    Given { index: receipt.index, entry, receipt }
}
