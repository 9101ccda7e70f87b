//! Requests to a node: its own router before a ledger in memory, on which one batch is issued and anchored. The first byte of an
//! input chooses the resource, the others are the body, or the end of the path.

use crate::seeds;
use anchors::{AnchorReader as _, AnchorWriter as _, Clock, MemoryChain, Opening};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, Uri, header};
use protocol::dossier::Ledger as LedgerName;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::{Kind, Status};
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::{Frontier, TreeHash as _};
use protocol::signing::KeyPair;
use protocol::voucher::Record;
use protocol::{Digest, Keccak, LedgerId, PublicKey};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower_service::Service as _;
use vouchsafe_node::anchoring::{Anchoring, Next, Timing};
use vouchsafe_node::api::{ApiState, router};
use vouchsafe_node::config::RateConfig;
use vouchsafe_node::ledger::{Ledger, Setup, outbox};
use vouchsafe_node::store::{MemoryStore, Store};

const NOW: u64 = 1_790_000_000_000;
const VOUCHERS: u64 = 8;

/// A node without a socket.
struct Node {
    runtime: Runtime,
    router: Router,
    ledger: Ledger,
    _spool: TempDir,
}

static NODE: LazyLock<Node> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let spool = TempDir::new().expect("a folder");
    let (state, anchoring) = runtime.block_on(service(&spool));
    let ledger = state.ledger.clone();
    let node = Node { runtime, router: router(state), ledger, _spool: spool };
    assert_eq!(node.answer(&batch(node.name(), 0)), Some(StatusCode::CREATED), "the first batch");
    // Once: what is accepted later waits for ever, and is shown as pending.
    while node.runtime.block_on(anchoring.turn()).expect("a turn") != Next::Rest {}
    let question = format!("G{}", path_of_a_dossier());
    assert_eq!(node.answer(question.as_bytes()), Some(StatusCode::OK), "a dossier is put together");
    node
});

async fn service(spool: &TempDir) -> (ApiState, Anchoring) {
    let clock = Clock::new(|| NOW);
    let chain = MemoryChain::new(clock.clone());
    let operator = KeyPair::from_seed(&[15; 32]);
    let opening =
        Opening { salt: Digest::new([7; 32]), operator_key: operator.public(), bond_wei: 10_u128.pow(16) };
    chain.open(&opening).await.expect("opened");
    let name = LedgerName::opened_at(chain.origin(opening.salt));
    let facts = chain.ledger(name.id).await.expect("facts");
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new().expect("a store"));
    let genesis = protocol::checkpoint::Checkpoint::genesis(operator.public());
    outbox::record_opening(&*store, genesis, Some((&facts.opened, facts.finality))).expect("recorded");
    let ledger =
        Ledger::open(Setup { store, ledger: name, operator: operator.into(), clock, promise_ms: 3_600_000 })
            .expect("a ledger");
    let timing = Timing {
        interval: Duration::from_mins(1),
        heartbeat: Duration::from_hours(1),
        poll: Duration::from_millis(10),
    };
    let anchoring = Anchoring::new(ledger.clone(), Arc::new(chain.clone()), opening, timing);
    let state = ApiState {
        ledger,
        reader: Arc::new(chain),
        standing: anchoring.standing(),
        backing: tokio::sync::watch::Sender::new(None).subscribe(),
        devnet: None,
        site: "http://127.0.0.1:7311".to_owned(),
        anchor_interval_s: 60,
        batch_vouchers: 1000,
        audit_report: None,
        rates: RateConfig {
            reads_per_address: 0,
            files_per_address: 0,
            steps_per_address: 0,
            reads_per_voucher: 0,
            proxies: Vec::new(),
        },
        spool: spool.path().to_owned(),
    };
    (state, anchoring)
}

impl Node {
    fn name(&self) -> LedgerId {
        self.ledger.facts().id
    }

    /// The status of the answer; none where the input is no request.
    fn answer(&self, input: &[u8]) -> Option<StatusCode> {
        let (choice, rest) = input.split_first()?;
        let (method, path, kind) = match choice {
            b'S' => ("POST", "/v1/steps".to_owned(), "application/json"),
            b'M' => ("POST", "/v1/steps/many".to_owned(), "application/json"),
            b'V' => ("POST", "/v1/verify".to_owned(), "application/json"),
            b'C' => ("POST", "/v1/cases".to_owned(), "application/json"),
            b'B' => ("POST", "/v1/batches".to_owned(), "application/octet-stream"),
            b'G' => ("GET", format!("/v1/{}", std::str::from_utf8(rest).ok()?), ""),
            _ => return None,
        };
        let path: Uri = path.parse().ok()?;
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        let request = request.body(Body::from(rest.to_vec())).ok()?;
        let answer = self.runtime.block_on(async { self.router.clone().call(request).await });
        answer.map(|answer| answer.status()).ok()
    }
}

pub fn check(bytes: &[u8]) {
    let status = NODE.answer(bytes);
    assert!(status != Some(StatusCode::INTERNAL_SERVER_ERROR), "the node says that it has a defect");
}

fn issuer() -> KeyPair {
    KeyPair::from_seed(&[1; 32])
}

fn entry(kind: Kind, first: u64, count: u64, party: PublicKey) -> Entry {
    let status = Status::InTrade.after(kind).unwrap_or(Status::InTrade).byte();
    let prev = if kind == Kind::Issue { Entry::NO_PREV } else { 0 };
    Entry { kind: kind.byte(), status, first, count, prev, at: 0, party, content: Digest::ZERO }
}

fn record(number: u64) -> Record {
    let seed = Keccak::leaf(&number.to_be_bytes());
    Record { key: KeyPair::from_seed(seed.as_bytes()).public(), label: Digest::ZERO }
}

fn path_of_a_dossier() -> String {
    format!("vouchers/{}/dossier", record(0).key)
}

/// A batch of made-up vouchers, signed by its issuer.
fn batch(ledger: LedgerId, first: u64) -> Vec<u8> {
    let flags = Flags { transferable: true, stamped: true, ..Flags::default() };
    let terms = Terms::new(VOUCHERS, 1, flags, Vec::new(), Vec::new()).expect("terms");
    let manifest = json!({
        "format": "vouchsafe/manifest@1",
        "issuer": { "name": "Studio" },
        "product": { "sku": "game-50", "title": "Game 50" },
        "code_form": "strip",
        "source_digest": Digest::ZERO,
        "created_at": "2026-09-21T08:00:00Z",
        "tool": "fuzz",
    })
    .to_string();
    let mut tree = Frontier::<Keccak>::default();
    tree.append(terms.leaf(manifest_digest(&manifest)), |_, _| ());
    (first..first + VOUCHERS).for_each(|number| tree.append(record(number).leaf(), |_, _| ()));
    let issue = Entry { content: tree.root(), ..entry(Kind::Issue, first, VOUCHERS, issuer().public()) };
    let line = json!({
        "ledger": ledger,
        "manifest": manifest,
        "terms": protocol::digest::bytes_to_hex(&terms.encode()),
        "entry": protocol::digest::bytes_to_hex(&issue.encode()),
        "signatures": [Signed::new("issuer", &issuer(), &issue.instruction(ledger, Digest::ZERO))],
    });
    let records = (first..first + VOUCHERS).flat_map(|number| record(number).encode());
    [b"B".as_slice(), line.to_string().as_bytes(), b"\n"].concat().into_iter().chain(records).collect()
}

/// A step that continues the batch of the ledger, signed by its issuer.
fn step(kind: Kind, number: u64) -> Value {
    let party = match kind {
        Kind::Transfer | Kind::Sell => PublicKey::new([2; 32]),
        _ => issuer().public(),
    };
    let entry = entry(kind, number, 1, party);
    let issue = NODE.ledger.view().and_then(|view| view.entry(0)).expect("a view").expect("the batch");
    let instruction = entry.instruction(NODE.name(), issue.state.entry.leaf());
    json!({
        "ledger": NODE.name(),
        "entry": protocol::digest::bytes_to_hex(&entry.encode()),
        "memo": null,
        "signatures": [Signed::new("issuer", &issuer(), &instruction)],
    })
}

pub fn seeds() -> Vec<Vec<u8>> {
    let batches = [batch(NODE.name(), 0), batch(NODE.name(), VOUCHERS)];
    let key = record(0).key;
    let question = json!({ "voucher": key, "my_key": issuer().public(), "as_of": true });
    let golden = seeds::dossiers();
    let golden = golden.iter().filter(|case| case["expect"]["ok"] == true).take(5);
    let questions = golden.map(|case| json!({ "dossier": case["dossier"] })).chain([question]);
    let paths = [
        format!("vouchers/{key}"),
        path_of_a_dossier(),
        format!("vouchers/{key}/dossier?checkpoint=1"),
        format!("vouchers/{key}/history"),
        format!("absences/{key}"),
        "checkpoints?from=0".to_owned(),
        "checkpoints/0".to_owned(),
        "entries/0".to_owned(),
        "receipts/0".to_owned(),
        "runs?first=0&count=8".to_owned(),
        "incidents?limit=9".to_owned(),
    ];
    let list = json!({ "steps": [step(Kind::Hold, 7), step(Kind::Release, 7), step(Kind::Sell, 6)] });
    let kinds = [Kind::Transfer, Kind::Sell, Kind::Redeem, Kind::Void, Kind::Hold, Kind::Claim, Kind::Return];
    batches
        .into_iter()
        .chain((0..).zip(kinds).map(|(number, kind)| format!("S{}", step(kind, number)).into_bytes()))
        .chain([format!("M{list}").into_bytes()])
        .chain(questions.map(|question| format!("V{question}").into_bytes()))
        .chain([format!("C{}", json!({ "vouchers": [key], "files": [] })).into_bytes()])
        .chain(paths.map(|path| format!("G{path}").into_bytes()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_come_through_to_the_ledger() {
        let statuses: Vec<_> = seeds().iter().filter_map(|seed| NODE.answer(seed)).collect();
        assert_eq!(statuses.len(), seeds().len(), "each seed is a request");
        let count = |status| statuses.iter().filter(|given| **given == status).count();
        assert!(count(StatusCode::CREATED) >= 2, "a batch and a step are accepted: {statuses:?}");
        assert!(count(StatusCode::OK) >= 10, "questions are answered: {statuses:?}");
        assert!(count(StatusCode::BAD_REQUEST) == 0, "nothing is malformed: {statuses:?}");
    }
}
