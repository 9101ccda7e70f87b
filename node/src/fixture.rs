//! A small ledger on a store and a chain in memory, for the tests of this crate.

use crate::anchoring::{Anchoring, Next, Timing};
use crate::ledger::outbox::record_opening;
use crate::ledger::{BatchHeader, Ledger, OperatorKeys, Outcome, Refused, Setup, StepRequest};
use crate::store::{MemoryStore, Store};
use anchors::{AnchorReader as _, AnchorWriter as _, Clock, MemoryChain, Opening};
use protocol::checkpoint::Checkpoint;
use protocol::dossier;
use protocol::entry::{Entry, Signed, memo_content};
use protocol::lifecycle::{Kind, Status};
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::Frontier;
use protocol::signing::KeyPair;
use protocol::verify::{Finality, Policy, Question, Report, TrustedChain, TrustedCheckpoint, verify};
use protocol::voucher::{Record, Stamp, StampSecret, voucher_key};
use protocol::{Digest, Keccak, PublicKey};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The time at which every fixture begins, Unix milliseconds.
pub const BEGIN: u64 = 1_790_000_000_000;
/// The operator of every fixture.
pub const OPERATOR: [u8; 32] = [0x0F; 32];

/// A key pair that is always the same.
pub fn key(seed: u8) -> KeyPair {
    KeyPair::from_seed(&[seed; 32])
}

/// What every fixture's ledger is opened with.
pub fn opening() -> Opening {
    let operator_key = KeyPair::from_seed(&OPERATOR).public();
    Opening { salt: Digest::new([7; 32]), operator_key, bond_wei: 10_u128.pow(16) }
}

/// A ledger, its chain, its job, its clock.
pub struct Fixture {
    pub ledger: Ledger,
    pub store: Arc<dyn Store>,
    pub chain: MemoryChain,
    pub anchoring: Anchoring,
    pub issuer: KeyPair,
    now: Arc<AtomicU64>,
}

/// Cards of the fixture's issuer.
pub struct Cards {
    pub stamps: Vec<Stamp>,
    pub keys: Vec<PublicKey>,
    pub header: BatchHeader,
    pub records: Vec<u8>,
}

impl Fixture {
    /// A ledger that was just opened.
    pub async fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new().expect("a store"))).await
    }

    /// A ledger that was just opened, in a block that is not final.
    pub async fn unsettled() -> Self {
        let now = Arc::new(AtomicU64::new(BEGIN));
        let chain = MemoryChain::new(clock_of(&now));
        chain.hold_finality();
        Self::opened(Arc::new(MemoryStore::new().expect("a store")), chain, now).await
    }

    /// The same on a store of the caller's.
    pub async fn on(store: Arc<dyn Store>) -> Self {
        let now = Arc::new(AtomicU64::new(BEGIN));
        let chain = MemoryChain::new(clock_of(&now));
        Self::opened(store, chain, now).await
    }

    async fn opened(store: Arc<dyn Store>, chain: MemoryChain, now: Arc<AtomicU64>) -> Self {
        let opening = opening();
        chain.open(&opening).await.expect("opened");
        let origin = chain.origin(opening.salt);
        let facts = chain.ledger(origin.ledger()).await.expect("facts");
        let opened = Some((&facts.opened, facts.finality));
        record_opening(&*store, Checkpoint::genesis(facts.operator_key), opened).expect("recorded");
        Self::reopen(
            store,
            chain,
            now,
            dossier::Ledger::opened_at(origin),
            KeyPair::from_seed(&OPERATOR).into(),
        )
    }

    /// A ledger that is open on this chain, on a store that knows its opening and nothing else.
    pub async fn on_chain(chain: MemoryChain, now: u64, facts: dossier::Ledger) -> Self {
        let store = MemoryStore::new().expect("a store");
        let opened = chain.ledger(facts.id).await.expect("facts");
        let place = Some((&opened.opened, opened.finality));
        record_opening(&store, Checkpoint::genesis(opened.operator_key), place).expect("recorded");
        Self::reopened(Arc::new(store), chain, now, facts)
    }

    /// The same ledger after a restart of the node, on what is left of its store.
    pub fn reopened(store: Arc<dyn Store>, chain: MemoryChain, now: u64, facts: dossier::Ledger) -> Self {
        Self::reopen(store, chain, Arc::new(AtomicU64::new(now)), facts, KeyPair::from_seed(&OPERATOR).into())
    }

    /// The same ledger after a restart of the node, with these keys of its operator.
    pub fn restarted(&self, operator: OperatorKeys) -> Self {
        let (store, chain, now) = (Arc::clone(&self.store), self.chain.clone(), Arc::clone(&self.now));
        Self::reopen(store, chain, now, self.ledger.facts(), operator)
    }

    fn reopen(
        store: Arc<dyn Store>,
        chain: MemoryChain,
        now: Arc<AtomicU64>,
        facts: dossier::Ledger,
        operator: OperatorKeys,
    ) -> Self {
        let ledger = Ledger::open(Setup {
            store: Arc::clone(&store),
            ledger: facts,
            operator,
            clock: clock_of(&now),
            promise_ms: 3_600_000,
        })
        .expect("opened");
        let timing = Timing {
            interval: Duration::from_mins(1),
            heartbeat: Duration::from_hours(1),
            poll: Duration::from_millis(10),
        };
        let anchoring = Anchoring::new(ledger.clone(), Arc::new(chain.clone()), opening(), timing);
        Self { ledger, store, chain, anchoring, issuer: key(1), now }
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// The time now, Unix milliseconds.
    pub fn now(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }

    /// Cards that are not issued yet, signed for the number `first`; `batch` tells batches apart.
    pub fn cards(&self, batch: u8, count: u64, first: u64, flags: Flags) -> Cards {
        let flags = Flags { stamped: true, ..flags };
        let terms = Terms::new(count, 1, flags, Vec::new(), Vec::new()).expect("terms");
        let manifest = manifest_text(batch);
        let secret = StampSecret::new([batch; 32]);
        let mut tree = Frontier::<Keccak>::default();
        tree.append(terms.leaf(manifest_digest(&manifest)), |_, _| ());
        let (mut stamps, mut keys, mut records) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..count {
            let (serial, code) = (serial(batch, n), code(batch, n));
            let stamp = secret.stamp(self.ledger.facts().id, 0, &serial, &code).expect("short");
            let record = Record::of(&self.issuer.public(), &stamp, &serial, &code).expect("short");
            tree.append(record.leaf(), |_, _| ());
            records.extend_from_slice(&record.encode());
            keys.push(record.key);
            stamps.push(stamp);
        }
        let entry = Entry {
            kind: Kind::Issue.byte(),
            status: Status::InTrade.byte(),
            first,
            count,
            prev: Entry::NO_PREV,
            at: 0,
            party: self.issuer.public(),
            content: tree.root(),
        };
        let instruction = entry.instruction(self.ledger.facts().id, Digest::ZERO);
        let signatures = vec![Signed::new("issuer", &self.issuer, &instruction)];
        Cards { stamps, keys, header: BatchHeader { manifest, terms, entry, signatures }, records }
    }

    /// Issues cards.
    pub async fn issue(&self, cards: &Cards) -> Result<Outcome, Refused> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&cards.records).expect("written");
        self.ledger.issue(cards.header.clone(), file, ()).await
    }

    /// Issues a first batch of transferable cards.
    pub async fn issued(&self, count: u64) -> Cards {
        let flags = Flags { transferable: true, ..Flags::default() };
        let cards = self.cards(1, count, 0, flags);
        self.issue(&cards).await.expect("issued");
        cards
    }

    /// A step that continues the latest entry of voucher `first`, signed by these.
    pub fn step(&self, kind: Kind, first: u64, count: u64, party: PublicKey, by: &[&KeyPair]) -> StepRequest {
        let view = self.ledger.view().expect("a view");
        let (_, run) = view.runs(first, first + 1, 1).expect("runs")[0];
        self.step_after(run.index, kind, first, count, party, None, by)
    }

    /// A step that continues the entry at `prev`.
    #[expect(clippy::too_many_arguments, reason = "they are what an instruction says")]
    pub fn step_after(
        &self,
        prev: u64,
        kind: Kind,
        first: u64,
        count: u64,
        party: PublicKey,
        memo: Option<&str>,
        by: &[&KeyPair],
    ) -> StepRequest {
        let before = self.ledger.view().expect("a view").entry(prev).expect("read").expect("an entry").state;
        let status = before.status.after(kind).unwrap_or(Status::Sold).byte();
        let content = memo_content(memo);
        let entry = Entry { kind: kind.byte(), status, first, count, prev, at: 0, party, content };
        let instruction = entry.instruction(self.ledger.facts().id, before.entry.leaf());
        let signatures = by.iter().map(|signer| Signed::new("party", signer, &instruction)).collect();
        StepRequest { entry, memo: memo.map(str::to_owned), signatures }
    }

    /// The key pair of a card: who has it holds the code.
    pub fn voucher_key(&self, cards: &Cards, n: u64) -> KeyPair {
        let stamp = &cards.stamps[usize::try_from(n).expect("small")];
        voucher_key(&self.issuer.public(), stamp, &serial(1, n), &code(1, n)).expect("short")
    }

    /// Lets the anchoring job come to rest.
    pub async fn anchor(&self) {
        for _ in 0..20 {
            if self.anchoring.turn().await.expect("a turn") == Next::Rest {
                return;
            }
        }
        panic!("the anchoring job does not come to rest");
    }

    /// What a stranger who trusts this issuer finds out about a voucher, from its dossier and the chain.
    pub async fn judge(&self, voucher: &PublicKey, my_key: Option<PublicKey>) -> Report {
        let view = self.ledger.view().expect("a view");
        let now = view.voucher(voucher).expect("read").expect("a voucher");
        let under = view.latest_anchored().expect("read").expect("a checkpoint");
        let history = view.history(&now, usize::MAX).expect("read").expect("all of it");
        let dossier = view.dossier(&now, &history, &under).expect("read").expect("anchored");
        let text = serde_json::to_string(&dossier).expect("JSON");
        let facts = self.ledger.facts();
        let said = self.chain.checkpoint(facts.id, under.checkpoint.number).await.expect("on chain");
        let trusted = TrustedCheckpoint {
            ledger: facts.id,
            checkpoint: said.checkpoint,
            block_time: Some(said.place.block_time),
            superseded_at: said.superseded_at,
        };
        let chains = TrustedChain {
            chain_id: facts.origin.chain_id,
            contract: facts.origin.contract,
            ledgers: vec![facts.id],
        };
        let issuers = vec![(self.issuer.public(), "Studio".to_owned())];
        let policy = Policy { chains: vec![chains], issuers, max_age_s: 86_400 };
        verify(&Question {
            trusted: Some(&trusted),
            finality: Finality::Final,
            my_key,
            policy: Some(&policy),
            ..Question::of(&text, self.now())
        })
    }
}

fn clock_of(now: &Arc<AtomicU64>) -> Clock {
    let now = Arc::clone(now);
    Clock::new(move || now.load(Ordering::SeqCst))
}

fn serial(batch: u8, n: u64) -> String {
    format!("{batch}{n:09}")
}

fn code(batch: u8, n: u64) -> String {
    format!("CODE{batch}{n:012}")
}

fn manifest_text(batch: u8) -> String {
    serde_json::json!({
        "format": "vouchsafe/manifest@1",
        "issuer": { "name": "Studio" },
        "product": { "sku": format!("sku-{batch}"), "title": "Game 50" },
        "code_form": "strip",
        "source_digest": Digest::ZERO,
        "created_at": "2026-09-21T08:00:00Z",
        "tool": "test",
    })
    .to_string()
}
