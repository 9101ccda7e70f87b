//! The demo as a newcomer runs it, and the README's transcript of it: produced here, never typed.

use protocol::keccak;
use std::collections::HashMap;
use std::path::Path;
use tempfile::TempDir;
use tokio::process::Command;
use vouchsafe_tests::{Http, Process, Program, Run, path, repository, until};

/// Set, the block in the README is written anew.
const UPDATE: &str = "UPDATE_TRANSCRIPT";
const BEGIN: &str = "<!-- transcript:begin -->\n";
const END: &str = "<!-- transcript:end -->";

/// The demo, with a folder for its files, so that it can be seen what it leaves there.
fn demo(options: &[&str], temporary: &Path) -> Run {
    // It types this command: a demo of yesterday's command shows nothing.
    path(Program::Vouchsafe);
    Run::new(Program::Node, [&["demo"], options].concat()).env("TMPDIR", temporary).env("TZ", "UTC")
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).expect("a folder").next().is_none()
}

#[tokio::test]
async fn the_readme_shows_what_the_demo_tells() {
    let temporary = TempDir::new().expect("a folder");
    let told = demo(&[], temporary.path()).end().await.exits(0);
    assert_eq!(told.stderr, "");
    assert!(is_empty(temporary.path()), "the demo leaves files behind");
    let block = format!("{BEGIN}```text\n{}```\n{END}", Steady::default().of(&told.stdout));

    let file = repository().join("README.md");
    let readme = std::fs::read_to_string(&file).expect("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("the transcript's begin in README.md");
    let (shown, after) = rest.split_once(END).expect("the transcript's end in README.md");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&file, format!("{before}{block}{after}")).expect("README.md is written");
        return;
    }
    let shown = format!("{BEGIN}{shown}{END}");
    let differs = shown.lines().zip(block.lines()).find(|(shown, told)| shown != told);
    assert!(
        shown == block,
        "README.md shows another transcript than the demo tells ({differs:?}): run this test with {UPDATE}=1"
    );
}

#[tokio::test]
async fn the_node_stays_when_asked_no_secret_was_told_and_it_ends_as_it_says() {
    let temporary = TempDir::new().expect("a folder");
    let told = demo(&["--stay", "--lang", "zh"], temporary.path()).end().await.exits(0).stdout;
    let after = |name: &str| {
        let found = told.lines().find_map(|line| line.trim().strip_prefix(name));
        found.unwrap_or_else(|| panic!("no {name} in:\n{told}")).trim().to_owned()
    };
    let (address, folder, stop) = (after("地址"), after("文件夹"), after("停止"));
    assert!(Http::new(&address).answers("/readyz").await, "no node at {address}");

    let folder = Path::new(&folder);
    let shop_ready = std::fs::read_to_string(folder.join("shop-ready.txt")).expect("the shop-ready file");
    assert_eq!(shop_ready.lines().count(), 1000);
    for line in shop_ready.lines() {
        let mut fields = line.split("----");
        let (serial, code) = (fields.next().expect("a serial"), fields.next().expect("a code"));
        let stamp = line.rsplit('#').next().expect("a stamp");
        assert!([serial, code, stamp].iter().all(|secret| !told.contains(secret)), "a card is told");
    }
    for key in ["issuer.key", "wholesaler.key", "shop.key", "buyer.key", "node/operator.key"] {
        let key = std::fs::read_to_string(folder.join(key)).expect("a key file");
        let secrets =
            key.split(|character: char| !character.is_ascii_hexdigit()).filter(|word| word.len() >= 64);
        // The public half stands there too, and is told by its ends only.
        assert!(
            secrets.clone().count() > 0 && secrets.clone().all(|secret| !told.contains(secret)),
            "a key is told"
        );
    }
    let log = std::fs::read_to_string(folder.join("node.log")).expect("the node's log");
    assert!(!log.contains("panicked"), "{log}");

    let mut shell = Command::new("sh");
    shell.args(["-c", &stop]);
    assert!(Process::start(shell).ended().await.success(), "{stop}");
    let node = Http::new(&address);
    until("the node is gone", async || (!node.answers("/healthz").await).then_some(())).await;
    assert!(is_empty(temporary.path()), "{stop} leaves files behind");
}

#[tokio::test]
async fn a_demo_that_is_stopped_leaves_nothing_behind() {
    let temporary = TempDir::new().expect("a folder");
    let mut command = Command::new(path(Program::Node));
    command.arg("demo").env("TMPDIR", temporary.path()).env("LC_ALL", "C.UTF-8");
    let mut demo = Process::start(command);
    let export = demo.says("export VOUCHSAFE_NODE=").await;
    let (_, address) = export.split_once('=').expect("an address");
    demo.says("3. ").await;
    assert!(!is_empty(temporary.path()));
    assert_eq!(demo.stop().await.code(), Some(1));
    assert!(is_empty(temporary.path()), "files are left");
    assert!(!Http::new(address).answers("/healthz").await, "the node still runs");
}

#[tokio::test]
async fn without_the_command_it_says_what_to_build() {
    let node = path(Program::Node);
    let beside = TempDir::new_in(node.parent().expect("a folder")).expect("a folder");
    let alone = beside.path().join("vouchsafe-node");
    std::fs::hard_link(&node, &alone).expect("a link");
    let mut command = Command::new(alone);
    command.arg("demo");
    let mut demo = Process::start(command);
    demo.says("vouchsafe is not in ").await;
    assert_eq!(demo.ended().await.code(), Some(1));
    assert!(demo.said().contains("cargo build --bins"), "{}", demo.said());
}

/// Makes a transcript steady: what differs from run to run is put in the form of one run, and what was the same before is
/// the same after.
#[derive(Default)]
struct Steady {
    ids: HashMap<String, usize>,
}

impl Steady {
    fn of(&mut self, told: &str) -> String {
        let lines = told.lines().map(|line| self.line(line));
        lines.fold(String::new(), |text, line| text + &line + "\n")
    }

    fn line(&mut self, line: &str) -> String {
        let line = in_shape(line, "0000-00-00 00:00:00", "2026-09-21 08:00:00");
        let line = in_shape(&line, "127.0.0.1:00000", "127.0.0.1:47311");
        let line = number_after(&line, "Done in ", "…");
        let line = number_after(&line, "Checkpoint:    ", "2");
        self.ids(&line)
    }

    /// Shortened hex: other digits, the same for the same id.
    fn ids(&mut self, line: &str) -> String {
        let mut parts = line.split("0x");
        let mut steady = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let head = hex_len(part);
            let tail = part.get(head..).and_then(|rest| rest.strip_prefix('…'));
            let (Some(tail), true) = (tail, head >= 4) else {
                steady = steady + "0x" + part;
                continue;
            };
            let tail = hex_len(tail);
            let end = head + '…'.len_utf8() + tail;
            // Where the command cut it, there is no tail, and the head alone is the name.
            let name = if tail == 0 {
                part[..head].to_owned()
            } else {
                part[..4].to_owned() + &part[end - tail..end]
            };
            let known = self.ids.len();
            let number = *self.ids.entry(name).or_insert(known);
            let digits = keccak(&[b"transcript", &number.to_be_bytes()]).to_string();
            steady = steady + &digits[..2 + head] + "…" + &digits[digits.len() - tail..] + &part[end..];
        }
        steady
    }
}

fn hex_len(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_hexdigit).count()
}

/// Replaces what has the shape of `shape`, where 0 stands for any digit.
fn in_shape(line: &str, shape: &str, with: &str) -> String {
    let fits = |text: &str| {
        let alike =
            |(byte, shape): (u8, u8)| if shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
        text.len() >= shape.len() && text.bytes().zip(shape.bytes()).all(alike)
    };
    let mut steady = String::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let taken = if fits(rest) { shape.len() } else { character.len_utf8() };
        steady.push_str(if fits(rest) { with } else { &rest[..taken] });
        rest = &rest[taken..];
    }
    steady
}

/// Replaces the number after a text.
fn number_after(line: &str, text: &str, with: &str) -> String {
    let Some((before, rest)) = line.split_once(text) else { return line.to_owned() };
    let after = rest.trim_start_matches(|character: char| character.is_ascii_digit() || character == '.');
    format!("{before}{text}{with}{after}")
}

#[test]
fn ids_times_and_ports_become_steady_and_stay_apart() {
    let mut steady = Steady::default();
    let first = steady.line("0x83a3…9f1c at 2031-02-03 04:05:06 UTC on 127.0.0.1:33333, key 0x83a30000…9f1c");
    let again = steady.line("0x83a3…9f1c 0x1111…2222 0x123 plain");
    let digits = keccak(&[b"transcript", &0_usize.to_be_bytes()]).to_string();
    let (head, tail) = (&digits[..6], &digits[62..]);
    let known = format!("{head}…{tail}");
    assert_eq!(
        first,
        format!("{known} at 2026-09-21 08:00:00 UTC on 127.0.0.1:47311, key {}…{tail}", &digits[..10])
    );
    assert!(again.starts_with(&format!("{known} 0x")) && again.ends_with(" 0x123 plain"), "{again}");
    assert!(!again.contains("1111") && again.matches(&known).count() == 1, "{again}");
}
