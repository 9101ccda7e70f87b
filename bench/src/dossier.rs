//! Dossiers: over HTTP beside an axum handler that returns as many constant bytes, and judged offline beside the bare
//! hashing of their proofs.

use crate::Scale;
use crate::http::{all, at_rate, request};
use crate::issue::Issued;
use crate::measure::{Figure, Goal, Spread, in_words, number, seconds};
use crate::process::until_at_rest;
use protocol::Keccak;
use protocol::dossier::Dossier;
use protocol::merkle::TreeHash as _;
use protocol::signing::verify_signature;
use protocol::verify::{Finality, Question, TrustedCheckpoint, verify};
use std::hint::black_box;
use std::io::BufRead as _;
use std::process::{Command, Stdio};
use vouchsafe_tests::{Program, path};

const CONNECTIONS: usize = 16;

/// All figures about dossiers.
pub async fn figures(scale: Scale, issued: &mut Issued) -> Vec<Figure> {
    until_at_rest(&issued.node.process().id().to_string()).await;
    let vouchers = issued.vouchers();
    let asked = if scale.small { 200 } else { 20_000 };
    let places = (0..asked).map(|n: usize| n.wrapping_mul(7_368_787) % vouchers.len());
    let requests: Vec<Vec<u8>> = places
        .filter_map(|at| vouchers.get(at))
        .map(|voucher| request("GET", &format!("/v1/vouchers/{voucher}/dossier"), ""))
        .collect();
    let voucher = vouchers.get(vouchers.len() / 2).expect("a voucher");
    let one = issued.node.http().get(&format!("/v1/vouchers/{voucher}/dossier")).await.is(200);
    let constant = Constant::start(one.body.len());
    let constants = vec![request("GET", "/", ""); requests.len()];
    let (mut ratios, mut rate, mut bare) = (Vec::new(), 0.0, 0.0);
    for round in 0..=scale.rounds().min(5) {
        let ours = all(&issued.address, &requests, CONNECTIONS, 200).await;
        let theirs = all(&constant.address, &constants, CONNECTIONS, 200).await;
        if round > 0 {
            ratios.push(theirs / ours);
            (rate, bare) = (number(asked) / ours, number(asked) / theirs);
        }
    }
    let latencies = at_rate(&issued.address, &requests, CONNECTIONS, rate / 2.0).await;
    let p99 = latencies.get(latencies.len() * 99 / 100).copied().unwrap_or(f64::NAN);
    let median = latencies.get(latencies.len() / 2).copied().unwrap_or(f64::NAN);
    let mut figures = vec![
        Figure {
            what: format!("dossiers over HTTP, random vouchers of {}, the store at rest", issued.count),
            beside: format!("an axum handler that returns {} constant bytes", one.body.len()),
            goal: Goal::AtLeast(0.4),
            unit: "of its rate",
            measured: Spread::of(ratios),
            behind: format!("{rate:.0}/s against {bare:.0}/s"),
        },
        Figure {
            what: "the same at half that load: 99 of 100 are answered within".to_owned(),
            beside: format!("{:.0} requests a second", rate / 2.0),
            goal: Goal::AtMost(20.0),
            unit: "ms",
            measured: Spread::single(p99 * 1e3),
            behind: format!("median {}", in_words(median)),
        },
    ];
    figures.push(offline(scale, &one.text()));
    figures.push(command(scale, &one.body));
    figures
}

/// The library's judgement less its signatures, beside one hash for each node of its proofs.
fn offline(scale: Scale, text: &str) -> Figure {
    let dossier = Dossier::parse(text).expect("a dossier");
    let trusted = TrustedCheckpoint {
        ledger: dossier.ledger.id,
        checkpoint: dossier.checkpoint.checkpoint,
        block_time: None,
        superseded_at: None,
    };
    let question =
        Question { trusted: Some(&trusted), finality: Finality::Final, as_of: true, ..Question::of(text, 0) };
    let nodes = dossier.manifest.path.len()
        + dossier.voucher.path.len()
        + dossier.head.path.len()
        + dossier.history.iter().map(|item| item.path.len()).sum::<usize>();
    let instructions: Vec<_> = dossier
        .history
        .iter()
        .scan(protocol::Digest::ZERO, |prev, item| {
            let instruction = item.step.entry.instruction(dossier.ledger.id, *prev);
            *prev = item.step.entry.leaf();
            Some((instruction, item.step.signatures.clone()))
        })
        .collect();
    let repeats = if scale.small { 10 } else { 2_000 };
    let signatures = || {
        for (instruction, signed) in &instructions {
            for signed in signed {
                assert!(verify_signature(&signed.key, instruction, &signed.signature), "a signature");
            }
        }
    };
    let hashing = || {
        let node = (0..nodes).fold(protocol::Digest::ZERO, |hash, _| Keccak::node(&hash, &hash));
        black_box(node);
    };
    let (mut ratios, mut ours, mut theirs) = (Vec::new(), 0.0, 0.0);
    for _ in 0..scale.rounds() {
        let judged = seconds(|| (0..repeats).for_each(|_| drop(black_box(verify(&question)))));
        let signed = seconds(|| (0..repeats).for_each(|_| signatures()));
        let hashed = seconds(|| (0..repeats).for_each(|_| hashing()));
        ratios.push((judged - signed) / hashed);
        (ours, theirs) = ((judged - signed) / number(repeats), hashed / number(repeats));
    }
    Figure {
        what: "verify a dossier in the library, its signatures not counted".to_owned(),
        beside: format!("the {nodes} hashes of its proofs"),
        goal: Goal::AtMost(3.0),
        unit: "times as long",
        measured: Spread::of(ratios),
        behind: format!("{} against {}; the text is {} bytes", in_words(ours), in_words(theirs), text.len()),
    }
}

/// The command on a file, from its start to its verdict.
fn command(scale: Scale, dossier: &[u8]) -> Figure {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("dossier.json"), dossier).expect("a file");
    let run = || {
        let mut command = Command::new(path(Program::Vouchsafe));
        command.args(["verify", "dossier.json"]).current_dir(folder.path());
        let out = command.stdin(Stdio::null()).output().expect("the command");
        // Claimed by somebody who is not named: everything was checked before that could be said.
        assert_eq!(out.status.code(), Some(11), "{}", String::from_utf8_lossy(&out.stdout));
    };
    let rounds = if scale.small { 2 } else { 20 };
    run();
    let took: Vec<f64> = (0..rounds).map(|_| seconds(run) * 1e3).collect();
    Figure {
        what: "`vouchsafe verify FILE`, from its start to its verdict".to_owned(),
        beside: "a process of its own".to_owned(),
        goal: Goal::AtMost(30.0),
        unit: "ms",
        measured: Spread::of(took),
        behind: format!("{} bytes of dossier", dossier.len()),
    }
}

/// A process that serves constant bytes, and ends with this value.
struct Constant {
    child: std::process::Child,
    address: String,
}

impl Constant {
    fn start(size: usize) -> Self {
        let this = std::env::current_exe().expect("the path of this program");
        let mut child = Command::new(this)
            .args(["--probe", "constant", &size.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut address = String::new();
        let said = child.stdout.take().expect("a pipe");
        std::io::BufReader::new(said).read_line(&mut address).expect("its address");
        Self { child, address: address.trim().to_owned() }
    }
}

impl Drop for Constant {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the process of [`Constant`] does: never ends by itself.
pub async fn serve_constant(size: usize) {
    let bytes: axum::body::Bytes = vec![b'x'; size].into();
    let app = axum::Router::new().route("/", axum::routing::get(move || std::future::ready(bytes.clone())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("its address"));
    axum::serve(listener, app).await.expect("served");
}
