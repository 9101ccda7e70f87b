//! A supplier's file becomes a batch: both processes, as their users start them.

use crate::Scale;
use crate::measure::{Figure, Goal, Spread, in_words, number, seconds};
use crate::process::{bytes_below, peak};
use protocol::entry::Entry;
use protocol::signing::KeyPair;
use protocol::voucher::{Link, Stamp, StampSecret, voucher_key};
use protocol::{Digest, LedgerId, PublicKey};
use rayon::prelude::{IntoParallelIterator as _, ParallelIterator as _};
use std::fmt::Write as _;
use std::hint::black_box;
use std::ops::Range;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vouchsafe_tests::{Node, Program, Run, path};

/// A card as the supplier has it.
struct Card {
    serial: String,
    code: String,
}

/// A node with one batch on it, and the cards of that batch.
pub struct Issued {
    /// The node, running.
    pub node: Node,
    /// Its address without `http://`.
    pub address: String,
    /// The name of its ledger.
    pub ledger: LedgerId,
    /// The Issue entry.
    pub issue: Entry,
    /// The issuer.
    pub issuer: PublicKey,
    /// How many.
    pub count: usize,
    folder: TempDir,
}

/// Issues, and says how long it took and what it filled.
pub async fn figures(scale: Scale) -> (Vec<Figure>, Issued) {
    let count = scale.cards();
    let folder = TempDir::new().expect("a folder");
    let mut node = Node::on_devnet(&["--anchor-interval", "1"]).await;
    node.log_to_a_file();
    node.answer_all();
    node.start().await;
    make_issuer(&folder).await;
    let derived = derivations(count);
    write_cards(&folder, 0..count);
    let start = Instant::now();
    let of_command = issue(&folder, &node).await;
    until_anchored(&node, "vouchers", count).await;
    let took = start.elapsed().as_secs_f64();
    let of_node = peak(&node.process().id().to_string());
    let store = bytes_below(&node.data().join("store"));
    let (issue, issuer) = issue_entry(&node).await;
    let address = node.url().trim_start_matches("http://").to_owned();
    let ledger = node.ledger.parse().expect("a ledger");
    let peak_of = |who: &str, mebibytes: f64| Figure {
        what: format!("peak memory of {who} while {count} cards are issued"),
        beside: "its own".to_owned(),
        goal: Goal::AtMost(600.0),
        unit: "MiB",
        measured: Spread::single(mebibytes),
        behind: "VmHWM".to_owned(),
    };
    let figures = vec![
        Figure {
            what: format!("issue {count} cards: from file to durable receipt and anchored checkpoint"),
            beside: format!("the {count} key derivations alone, both cores"),
            goal: Goal::AtMost(1.5),
            unit: "times as long",
            measured: Spread::single(took / derived),
            behind: format!("{} against {}", in_words(took), in_words(derived)),
        },
        peak_of("the command", of_command),
        peak_of("the node", of_node),
        Figure {
            what: "store on disk, a voucher".to_owned(),
            beside: format!("{count} vouchers"),
            goal: Goal::AtMost(250.0),
            unit: "bytes",
            measured: Spread::single(number(usize::try_from(store).expect("a size")) / number(count)),
            behind: format!("{} MiB", store >> 20),
        },
    ];
    (figures, Issued { node, address, ledger, issue, issuer, count, folder })
}

fn card(number: usize) -> Card {
    let drawn = protocol::keccak(&[b"vouchsafe/bench/card", &number.to_be_bytes()]);
    let digits: u64 =
        drawn.as_bytes().iter().fold(7, |sum: u64, byte| sum.wrapping_mul(257) ^ u64::from(*byte));
    let code = 10_u64.pow(17) + digits % (9 * 10_u64.pow(17));
    Card { serial: format!("1620224{number:010}"), code: code.to_string() }
}

/// Makes the key with which [`issue`] signs.
pub async fn make_issuer(folder: &TempDir) {
    let out = folder.path().join("issuer.key").display().to_string();
    Run::vouchsafe(["keygen", "--issuer", "--out", &out]).end().await.exits(0);
}

/// Writes the supplier's file with the cards of these numbers.
pub fn write_cards(folder: &TempDir, numbers: Range<usize>) {
    let mut text = String::from("serial,code,face\n");
    for Card { serial, code } in numbers.map(card) {
        let _ = writeln!(text, "{serial},{code},30");
    }
    std::fs::write(folder.path().join("cards.csv"), text).expect("the supplier's file");
}

/// Seconds that all cores need to derive so many keys and nothing else.
fn derivations(count: usize) -> f64 {
    let secret = StampSecret::new([7; 32]);
    let (issuer, ledger) = (KeyPair::from_seed(&[1; 32]).public(), LedgerId::new([2; 32]));
    let derive = |number: usize| {
        let Card { serial, code } = card(number);
        let stamp = secret.stamp(ledger, 0, &serial, &code).expect("short");
        black_box(voucher_key(&issuer, &stamp, &serial, &code).expect("short").public());
    };
    seconds(|| (0..count).into_par_iter().for_each(derive))
}

/// Issues the cards of the supplier's file: when it returns, the command has checked the receipt. Its peak in MiB.
pub async fn issue(folder: &TempDir, node: &Node) -> f64 {
    let mut command = Command::new(path(Program::Vouchsafe));
    let typed =
        "issue cards.csv --key issuer.key --product BENCH-30 --issuer-name Bench --out shop-ready.txt";
    command.args(typed.split(' ')).args(["--node", node.url()]).current_dir(folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the command");
    let (id, mut peaked) = (child.id().to_string(), 0.0_f64);
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        peaked = peaked.max(peak(&id));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success(), "issue: {status}");
    peaked
}

/// Waits until the newest anchored checkpoint counts so many of these.
pub async fn until_anchored(node: &Node, what: &str, count: usize) {
    loop {
        let ledger = node.http().get("/v1/ledger").await.is(200).json();
        let newest = &ledger["checkpoint"];
        if newest[what].as_u64() >= Some(count as u64) && !newest["anchored"].is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn issue_entry(node: &Node) -> (Entry, PublicKey) {
    let step = node.http().get("/v1/entries/0").await.is(200).json();
    let bytes = protocol::digest::bytes_from_hex(step["entry"].as_str().expect("hex")).expect("hex");
    let entry = Entry::decode(&bytes).expect("an entry");
    (entry, entry.party)
}

impl Issued {
    /// The vouchers' names, in order.
    pub fn vouchers(&self) -> Vec<PublicKey> {
        self.links().into_iter().map(|(voucher, _)| voucher).collect()
    }

    fn links(&self) -> Vec<(PublicKey, Stamp)> {
        let text =
            std::fs::read_to_string(self.folder.path().join("shop-ready.txt")).expect("the shop's file");
        let link = |line: &str| {
            let link = Link::parse(line.splitn(3, "----").nth(2)?)?;
            Some((link.voucher, link.stamp?))
        };
        text.lines().map(|line| link(line).expect("a link")).collect()
    }

    /// The key pair of each card, as its buyer derives it; computed as they are asked for.
    pub fn keys(&self) -> Vec<KeyPair> {
        let derive = |(number, (voucher, stamp)): (usize, (PublicKey, Stamp))| {
            let Card { serial, code } = card(number);
            let pair = voucher_key(&self.issuer, &stamp, &serial, &code).expect("short");
            assert_eq!(pair.public(), voucher, "the derived key is the link's");
            pair
        };
        let links: Vec<_> = self.links().into_iter().enumerate().collect();
        links.into_par_iter().map(derive).collect()
    }

    /// The leaf of the Issue entry: what the first step of each voucher names.
    pub fn issue_leaf(&self) -> Digest {
        self.issue.leaf()
    }
}
