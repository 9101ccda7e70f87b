//! A ledger in memory that decides by the protocol's life cycle, answers as the API says, and lies on demand.

use protocol::checkpoint::LedgerOrigin;
use protocol::digest::{bytes_from_hex, bytes_to_hex};
use protocol::entry::{Entry, Signed, signers};
use protocol::lifecycle::State;
use protocol::manifest::{Terms, manifest_digest};
use protocol::merkle::Tree;
use protocol::receipt::Receipt;
use protocol::signing::KeyPair;
use protocol::voucher::{Record, link_name};
use protocol::{Address, Digest, Keccak, PublicKey};
use serde_json::{Value, json};

/// How the double behaves beyond the rules.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a lie of its own, told alone")]
pub struct Lies {
    /// Receipts are signed by another key.
    pub foreign_receipts: bool,
    /// Another batch takes this many numbers just before each of the next batches.
    pub batches_before: u32,
    /// The next batch is taken, but the answer says that one voucher stands already: as after a lost answer.
    pub lost_answer: bool,
    /// The step at this index is said to be the latest of every voucher.
    pub told_step: Option<usize>,
    /// Dossiers prove nothing.
    pub foreign_dossiers: bool,
    /// Nothing is anchored yet, so that there are no dossiers.
    pub anchors_nothing: bool,
    /// Every voucher is said to have this number, and to stand as the one that has it.
    pub told_number: Option<usize>,
    /// No voucher is known any more.
    pub denies: bool,
    /// This many instructions are answered with `overloaded` first.
    pub overloaded: u32,
    /// Instructions after this many fail for good.
    pub fails_after: Option<usize>,
    /// This many instructions are answered with `rate-limited` first.
    pub limited: u32,
    /// So many instructions of each list are decided, the others are one too many.
    pub decides_of_a_list: Option<usize>,
    /// This many lists are answered with `overloaded` as a whole first.
    pub lists_overloaded: u32,
    /// Lists are not known here.
    pub lists_unknown: bool,
    /// A batch is said to stand already, and does not.
    pub invents_batches: bool,
    /// A list gets one answer too few.
    pub answers_missing: bool,
    /// A step is answered with a problem and a receipt.
    pub answers_twofold: bool,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

pub struct Batch {
    pub first: u64,
    pub manifest: String,
    pub terms: Terms,
    root: Digest,
    index: usize,
}

pub struct Logged {
    pub state: State,
    pub memo: Option<String>,
    pub signatures: Vec<Signed>,
}

pub struct Ledger {
    /// The double's own address.
    pub site: String,
    pub origin: LedgerOrigin,
    pub lies: Lies,
    pub log: Vec<Logged>,
    /// Index of each voucher's latest entry.
    pub heads: Vec<usize>,
    pub records: Vec<Record>,
    pub batches: Vec<Batch>,
    pub posted: Vec<String>,
}

const NOW: u64 = 1_790_000_000_000;

fn problem(status: u16, name: &str, mut members: Value) -> Answer {
    members["type"] = format!("urn:vouchsafe:problem:{name}").into();
    members["title"] = name.into();
    members["status"] = status.into();
    members["detail"] = "in the double's words".into();
    Answer { status, body: members }
}

/// Whether this is to happen once more.
const fn take_one(left: &mut u32) -> bool {
    let happens = *left > 0;
    *left = left.saturating_sub(1);
    happens
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

fn entry_of(value: &Value) -> Entry {
    Entry::decode(&bytes_from_hex(&text(value, "entry")).unwrap()).unwrap()
}

fn signed_of(value: &Value) -> Vec<Signed> {
    serde_json::from_value(value["signatures"].clone()).unwrap()
}

impl Ledger {
    pub fn new(site: &str) -> Self {
        let origin = LedgerOrigin {
            chain_id: 31337,
            contract: Address::new([1; 20]),
            opener: Address::new([2; 20]),
            salt: Digest::new([3; 32]),
        };
        Self {
            site: site.to_owned(),
            origin,
            lies: Lies::default(),
            log: Vec::new(),
            heads: Vec::new(),
            records: Vec::new(),
            batches: Vec::new(),
            posted: Vec::new(),
        }
    }

    pub fn vouchers(&self) -> usize {
        self.heads.len()
    }

    pub fn answer(&mut self, method: &str, path: &str, body: &[u8]) -> Answer {
        let ok = |body| Answer { status: 200, body };
        let missing = || problem(404, "not-found", json!({}));
        if method == "POST" {
            return match path {
                "/v1/batches" => {
                    self.posted.push(String::from_utf8_lossy(body).into_owned());
                    self.issue(body)
                }
                "/v1/steps/many" => self.steps(body),
                _ => missing(),
            };
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let words: Vec<&str> = path.split('/').skip(2).collect();
        match words.as_slice() {
            ["ledger"] => ok(self.ledger()),
            ["vouchers", name] => self.voucher(name),
            ["vouchers", _, "dossier"] if self.lies.foreign_dossiers => {
                ok(json!({ "format": "of another voucher" }))
            }
            ["vouchers", _, "dossier"] if self.lies.anchors_nothing => {
                problem(503, "not-anchored", json!({}))
            }
            ["vouchers", name, "dossier"] => match self.number(name) {
                Some(number) => ok(json!(self.dossier(number))),
                None => problem(404, "no-such-voucher", json!({})),
            },
            ["batches", root] => match self.batches.iter().find(|batch| batch.root.to_string() == *root) {
                Some(batch) => {
                    ok(json!({ "first": batch.first, "index": batch.index, "manifest": batch.manifest,
                    "terms": bytes_to_hex(&batch.terms.encode()) }))
                }
                None => missing(),
            },
            ["entries", index] => match index.parse().ok().filter(|index| *index < self.log.len()) {
                Some(index) => ok(self.entry(index)),
                None => missing(),
            },
            ["runs"] => ok(json!({ "runs": self.runs(query) })),
            _ => missing(),
        }
    }

    fn ledger(&self) -> Value {
        let LedgerOrigin { chain_id, contract, opener, salt } = self.origin;
        json!({
            "ledger": { "id": self.origin.ledger(), "chain_id": chain_id, "contract": contract, "opener": opener,
                "salt": salt },
            "operator_key": KeyPair::from_seed(&[9; 32]).public(), "size": self.log.len(),
            "vouchers": self.heads.len(), "site": self.site, "development_chain": true, "now": NOW,
        })
    }

    fn receipt(&self, index: usize) -> Receipt {
        let seed = if self.lies.foreign_receipts { [8; 32] } else { [9; 32] };
        let leaf = self.log[index].state.entry.leaf();
        Receipt::sign(&KeyPair::from_seed(&seed), self.origin.ledger(), index as u64, leaf, NOW + 60_000)
    }

    fn entry(&self, index: usize) -> Value {
        let Logged { state, memo, signatures } = &self.log[index];
        json!({ "index": index, "entry": bytes_to_hex(&state.entry.encode()), "memo": memo, "signatures": signatures,
            "receipt": self.receipt(index) })
    }

    fn number(&self, name: &str) -> Option<usize> {
        let found = self.records.iter().position(|record| link_name(&record.key) == name);
        found.filter(|_| !self.lies.denies)
    }

    fn voucher(&self, name: &str) -> Answer {
        let Some(number) = self.number(name) else { return problem(404, "no-such-voucher", json!({})) };
        let number = self.lies.told_number.unwrap_or(number);
        let (record, state) = (&self.records[number], &self.log[self.heads[number]].state);
        let batch = self.batches.iter().rfind(|batch| batch.first <= number as u64).unwrap();
        let body = json!({ "voucher": record.key, "number": number, "ledger": self.origin.ledger(),
            "label": record.label, "status": state.entry.status, "party": state.entry.party, "index": state.index,
            "leaf": state.entry.leaf(), "at": state.entry.at, "issuer": state.issuer,
            "terms": bytes_to_hex(&batch.terms.encode()), "batch_root": batch.root });
        Answer { status: 200, body }
    }

    fn runs(&self, query: &str) -> Vec<Value> {
        let asked = |name: &str| {
            let part = query.split('&').find_map(|part| part.strip_prefix(name)).unwrap();
            part.parse::<usize>().unwrap()
        };
        let (first, end) = (asked("first="), asked("first=") + asked("count="));
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for number in first..end.min(self.heads.len()) {
            match runs.last_mut() {
                Some((at, count)) if self.heads[*at] == self.heads[number] => *count += 1,
                _ => runs.push((number, 1)),
            }
        }
        let view = |(first, count): (usize, usize)| {
            let state = &self.log[self.lies.told_step.unwrap_or(self.heads[first])].state;
            json!({ "first": first, "count": count, "index": state.index, "leaf": state.entry.leaf(),
                "status": state.entry.status, "party": state.entry.party, "at": state.entry.at })
        };
        runs.into_iter().map(view).collect()
    }

    fn issue(&mut self, body: &[u8]) -> Answer {
        let end = body.iter().position(|byte| *byte == b'\n').unwrap();
        let line: Value = serde_json::from_slice(&body[..end]).unwrap();
        let records: Vec<Record> =
            body[end + 1..].chunks(64).map(|bytes| Record::decode(bytes).unwrap()).collect();
        let (entry, signatures, manifest) = (entry_of(&line), signed_of(&line), text(&line, "manifest"));
        let terms = Terms::decode(&bytes_from_hex(&text(&line, "terms")).unwrap()).unwrap();
        assert_eq!(line["ledger"], json!(self.origin.ledger()));
        protocol::manifest::Manifest::check_for_issue(&manifest).unwrap();
        let leaves = std::iter::once(terms.leaf(manifest_digest(&manifest)));
        let tree: Tree<Keccak> = leaves.chain(records.iter().map(Record::leaf)).collect();
        assert_eq!((entry.content, entry.count), (tree.root(), records.len() as u64));
        let instruction = entry.instruction(self.origin.ledger(), Digest::ZERO);
        assert!(signers(&signatures, &instruction).contains(&entry.party));
        if self.lies.batches_before > 0 {
            self.lies.batches_before -= 1;
            self.foreign_batch();
        }
        if entry.first != self.heads.len() as u64 {
            return problem(409, "first-moved", json!({ "first": self.heads.len() }));
        }
        let known = |record: &Record| self.records.iter().any(|known| known.key == record.key);
        if self.lies.invents_batches {
            let entry = bytes_to_hex(&Entry { count: 0, ..entry }.encode());
            let receipt = json!({ "index": 7, "leaf": Digest::ZERO, "anchor_by": NOW,
                "signature": format!("0x{}", "07".repeat(64)) });
            let body = json!({ "first": 0, "count": 1, "already": true, "receipt": receipt, "entry": entry });
            return Answer { status: 200, body };
        }
        if let Some(position) = records.iter().position(known) {
            let voucher = records[position].key;
            return problem(409, "duplicate-voucher", json!({ "voucher": voucher, "position": position }));
        }
        let index = self.append(entry, None, signatures);
        self.batches.push(Batch { first: entry.first, manifest, terms, root: entry.content, index });
        self.records.extend(&records);
        if std::mem::take(&mut self.lies.lost_answer) {
            return problem(409, "duplicate-voucher", json!({ "voucher": records[0].key, "position": 0 }));
        }
        let entry = bytes_to_hex(&self.log[index].state.entry.encode());
        let body = json!({ "first": self.batches.last().unwrap().first, "count": records.len(), "already": false,
            "receipt": self.receipt(index), "entry": entry });
        Answer { status: 201, body }
    }

    /// A batch of one voucher of another issuer.
    fn foreign_batch(&mut self) {
        let first = self.heads.len() as u64;
        let issuer = KeyPair::from_seed(&[7; 32]).public();
        let entry = Entry {
            kind: 1,
            status: 1,
            first,
            count: 1,
            prev: Entry::NO_PREV,
            at: 0,
            party: issuer,
            content: Digest::new([u8::try_from(first).unwrap(); 32]),
        };
        let index = self.append(entry, None, Vec::new());
        let terms = Terms::new(1, 1, protocol::manifest::Flags::default(), vec![], vec![]).unwrap();
        self.batches.push(Batch { first, manifest: String::new(), terms, root: entry.content, index });
        let key = PublicKey::new([u8::try_from(first).unwrap(); 32]);
        self.records.push(Record { key, label: Digest::ZERO });
    }

    fn append(&mut self, mut entry: Entry, memo: Option<String>, signatures: Vec<Signed>) -> usize {
        let index = self.log.len();
        entry.at = NOW + index as u64;
        let state = State::issued(&entry, index as u64).unwrap();
        self.heads.resize(usize::try_from(entry.first + entry.count).unwrap(), index);
        self.log.push(Logged { state, memo, signatures });
        index
    }

    fn steps(&mut self, body: &[u8]) -> Answer {
        if self.lies.lists_unknown {
            return problem(404, "not-found", json!({}));
        }
        if body.len() > 256 << 10 {
            return problem(413, "too-large", json!({}));
        }
        if take_one(&mut self.lies.lists_overloaded) {
            return problem(503, "overloaded", json!({}));
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let steps = body["steps"].as_array().unwrap();
        if steps.iter().any(|step| signed_of(step).len() > 8) {
            return problem(400, "malformed", json!({}));
        }
        let decided = self.lies.decides_of_a_list.unwrap_or(steps.len());
        let said = steps.iter().enumerate().map(|(place, step)| {
            self.posted.push(step.to_string());
            let Answer { status, body } =
                if place < decided { self.step(step) } else { problem(503, "overloaded", json!({})) };
            let is_problem = status >= 400;
            let (step, problem) = if is_problem { (Value::Null, body) } else { (body, Value::Null) };
            let problem = if self.lies.answers_twofold { json!({ "type": "x" }) } else { problem };
            let retry_after = matches!(status, 429 | 503).then_some(1);
            json!({ "status": status, "step": step, "problem": problem, "retry_after": retry_after })
        });
        let mut answers: Vec<Value> = said.collect();
        answers.truncate(steps.len() - usize::from(self.lies.answers_missing));
        Answer { status: 200, body: json!({ "answers": answers }) }
    }

    fn step(&mut self, body: &Value) -> Answer {
        let (mut entry, signatures) = (entry_of(body), signed_of(body));
        let memo = body["memo"].as_str().map(str::to_owned);
        assert_eq!(protocol::entry::memo_content(memo.as_deref()), entry.content);
        if take_one(&mut self.lies.overloaded) {
            return problem(503, "overloaded", json!({}));
        }
        if take_one(&mut self.lies.limited) {
            return problem(429, "rate-limited", json!({}));
        }
        if self.lies.fails_after.is_some_and(|after| self.posted.len() > after) {
            return problem(503, "storage", json!({}));
        }
        let number = usize::try_from(entry.first).unwrap();
        let latest = self.heads[number];
        if latest as u64 != entry.prev {
            let stands = self.log[latest].state.entry;
            if stands.without_clock() == entry {
                return self.accepted(200, latest);
            }
            return problem(409, "already-moved", json!({ "winner": self.entry(latest), "incident": true }));
        }
        let (state, voucher) = (self.log[latest].state, self.records[number].key);
        let terms = self.batches.iter().rfind(|batch| batch.first <= entry.first).unwrap().terms.clone();
        let instruction = entry.instruction(self.origin.ledger(), state.entry.leaf());
        let signed = signers(&signatures, &instruction);
        let demands = state.demands(&entry, &terms, Some(&voucher));
        if let Some(unmet) = demands.iter().find(|demand| !demand.is_met_by(&signed)) {
            return problem(403, "unauthorised", json!({ "role": unmet.role.name() }));
        }
        let index = self.log.len();
        entry.at = NOW + index as u64;
        let next = match state.step(&entry, index as u64, &terms, Some(&voucher)) {
            Ok(next) => next,
            Err(why) => return problem(422, "illegal", json!({ "reason": why.to_string() })),
        };
        let end = number + usize::try_from(entry.count).unwrap();
        self.heads[number..end].fill(index);
        self.log.push(Logged { state: next, memo, signatures });
        self.accepted(201, index)
    }

    fn accepted(&self, status: u16, index: usize) -> Answer {
        let entry = bytes_to_hex(&self.log[index].state.entry.encode());
        Answer { status, body: json!({ "entry": entry, "receipt": self.receipt(index) }) }
    }
}
