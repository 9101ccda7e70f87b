//! Answers of those whom a verifier asks: a chain's endpoint, a node, a server of public data. They come over HTTP from a
//! server of this process, as they would from a stranger's.
//!
//! The first byte of an input chooses the question, the second one which answer is made up, the others are its body. All
//! other answers of an endpoint are those of an honest chain.

use crate::ledger_on_chain::{CHAIN, CHECKPOINTS};
use anchors::{AnchorReader as _, Devnet, EvmChain, EvmOptions};
use protocol::PublicKey;
use protocol::dossier::Ledger;
use protocol::public_data::encode_ledger;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{LazyLock, Mutex, PoisonError};
use tokio::runtime::Runtime;
use vouchsafe_cli::node_client::{CheckpointView, LedgerView, NodeAddress, NodeClient, ReceiptView};
use vouchsafe_cli::public_data::{HttpData, PublicData as _};

/// What the server says next.
#[derive(Default)]
struct Script {
    /// To a node's or a file server's asker, always; to an endpoint's, in this turn alone.
    made_up: Vec<u8>,
    status: u16,
    turn: usize,
    /// Questions to the endpoint so far.
    asked: usize,
    /// Bodies of the honest answers, where somebody wants to know.
    said: Vec<Vec<u8>>,
}

static SCRIPT: Mutex<Option<Script>> = Mutex::new(None);

struct Asker {
    runtime: Runtime,
    chain: EvmChain,
    node: NodeClient,
    data: HttpData,
}

static ASKER: LazyLock<Asker> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its number");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(&stream));
        }
    });
    let endpoint = format!("http://{address}/rpc").parse().expect("an address");
    let chain = EvmChain::new(&EvmOptions::new(Devnet::chain(), vec![endpoint])).expect("a chain");
    let node: NodeAddress = format!("http://{address}").parse().expect("an address");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    plan(Script {
        made_up: encode_ledger(&Ledger::opened_at(CHAIN.origin)),
        status: 200,
        ..Script::default()
    });
    let data = HttpData::open(node.clone()).expect("a file server");
    Asker { runtime, chain, node: NodeClient::new(node).expect("a client"), data }
});

/// Answers the requests of one connection, until it ends.
fn serve(stream: &TcpStream) -> Option<()> {
    let mut requests = BufReader::new(stream);
    let _ = stream.set_nodelay(true);
    loop {
        let mut first = String::new();
        if requests.read_line(&mut first).ok()? == 0 {
            return None;
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            requests.read_line(&mut line).ok()?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            length =
                line.strip_prefix("content-length:").map_or(length, |text| text.trim().parse().unwrap_or(0));
        }
        let mut request = vec![0; length];
        requests.read_exact(&mut request).ok()?;
        let (status, body) = answer(first.starts_with("POST /rpc "), &request);
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n", body.len());
        (&*stream).write_all(&[head.as_bytes(), &body].concat()).ok()?;
    }
}

fn answer(is_endpoint: bool, request: &[u8]) -> (u16, Vec<u8>) {
    let mut script = SCRIPT.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(script) = script.as_mut() else { return (404, Vec::new()) };
    if !is_endpoint {
        return (script.status, script.made_up.clone());
    }
    script.asked += 1;
    if script.asked == script.turn {
        return (200, script.made_up.clone());
    }
    let honest = CHAIN.devnet.answer(request);
    script.said.push(honest.clone());
    (200, honest)
}

/// How much an endpoint is asked at most for one question; a turn past it lets the chain be honest.
const TURNS: u8 = 16;

fn plan(script: Script) -> Option<Script> {
    SCRIPT.lock().unwrap_or_else(PoisonError::into_inner).replace(script)
}

fn play(choice: u8, turn: u8, body: &[u8]) -> Vec<Vec<u8>> {
    // Before the script: who asks is made by a script of its own.
    let asker = &*ASKER;
    // No status that would be waited out.
    let status = [200, 200, 200, 404, 409, 422][usize::from(turn) % 6];
    let turn = usize::from(turn % TURNS);
    let script = Script { made_up: body.to_vec(), status, turn, ..Script::default() };
    plan(script);
    asker.ask(choice);
    plan(Script::default()).map(|script| script.said).unwrap_or_default()
}

impl Asker {
    fn ask(&self, choice: u8) {
        let Self { runtime, chain, node, data } = self;
        let ledger = CHAIN.ledger;
        match choice {
            b'h' => drop(runtime.block_on(chain.head())),
            b'l' => drop(runtime.block_on(chain.latest(ledger))),
            b'j' => drop(runtime.block_on(chain.judges(ledger))),
            b't' => drop(runtime.block_on(chain.transaction(CHAIN.tx))),
            b'o' => {
                if let Ok(facts) = runtime.block_on(chain.ledger(ledger)) {
                    assert_eq!(facts.origin.ledger(), ledger, "another ledger's opening");
                }
            }
            b'0'..=b'2' => {
                let number = u64::from(choice - b'0');
                if let Ok(read) = runtime.block_on(chain.checkpoint(ledger, number)) {
                    assert_eq!(read.hash, read.checkpoint.hash(ledger), "a hash of something else");
                }
            }
            b'p' => {
                let number = CHECKPOINTS - 1;
                if let Ok(proof) = runtime.block_on(chain.proof(&CHAIN.origin, number)) {
                    let hash = proof.header().expect("a header that was read").hash;
                    assert!(proof.check(hash, &CHAIN.origin, number).is_ok(), "a proof that does not hold");
                }
            }
            b'L' => drop(node.ledger().map(|LedgerView { ledger, .. }| ledger.origin())),
            b'V' => drop(node.voucher(&PublicKey::new([1; 32]))),
            b'R' => drop(node.runs(0, 8)),
            b'C' => drop(node.get::<CheckpointView>("v1/checkpoints/1")),
            b'P' => drop(node.get::<ReceiptView>("v1/receipts/1")),
            b'D' => {
                if let Ok(text) = node.dossier(&PublicKey::new([1; 32]), None, true) {
                    assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "no JSON");
                }
            }
            b'F' => drop((data.ledger(), data.checkpoint(1))),
            _ => {}
        }
    }
}

pub fn check(bytes: &[u8]) {
    if let [choice, turn, body @ ..] = bytes {
        play(*choice, *turn, body);
    }
}

/// What an honest chain answers, in each turn, and what nodes say.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for choice in *b"hljto012p" {
        let said = play(choice, 0, b"");
        assert!(!said.is_empty(), "nothing is asked for {:?}", char::from(choice));
        for (turn, body) in (1..TURNS).zip(said) {
            seeds.push([&[choice, turn], body.as_slice()].concat());
        }
    }
    let hash = format!("0x{}", "07".repeat(32));
    let signature = "0x".to_owned() + &"07".repeat(64);
    let origin = &CHAIN.origin;
    let name = json!({ "id": CHAIN.ledger, "chain_id": origin.chain_id, "contract": origin.contract,
        "opener": origin.opener, "salt": origin.salt });
    let checkpoint = json!({ "number": 1, "size": 0, "vouchers": 0, "log_root": hash, "head_root": hash,
        "operator_key": hash, "previous": hash, "hash": hash, "finality": "final" });
    let receipt = json!({ "index": 1, "leaf": hash, "anchor_by": 1, "signature": signature });
    let said: [(u8, Value); 6] = [
        (
            b'L',
            json!({ "ledger": name, "operator_key": hash, "size": 1, "vouchers": 1, "site": "https://v.example",
            "development_chain": true, "now": 1 }),
        ),
        (
            b'V',
            json!({ "voucher": hash, "number": 1, "ledger": hash, "label": hash, "status": 1, "party": hash,
            "index": 1, "leaf": hash, "at": 1, "issuer": hash, "terms": "0x00", "batch_root": hash }),
        ),
        (b'C', checkpoint),
        (b'P', json!({ "entry": "0x00", "receipt": receipt })),
        (b'F', name.clone()),
        (b'D', json!({ "type": "urn:vouchsafe:problem:no-such-voucher", "title": "no", "detail": "none" })),
    ];
    seeds.extend(said.iter().map(|(choice, body)| [&[*choice, 0], body.to_string().as_bytes()].concat()));
    seeds
}
