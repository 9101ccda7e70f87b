//! What is read from text beside the dossier: the asker's files, links, delivered lines, lists of vouchers, memos,
//! manifests, disclosures, challenges, kept receipts, files of instructions, addresses, a node's configuration.

use crate::seeds;
use anchors::Endpoint;
use casefile::{LedgerReceipt, ReadCheckpoint};
use protocol::LedgerId;
use protocol::disclosure::Disclosure;
use protocol::fraud::file::ChallengeFile;
use protocol::manifest::Manifest;
use protocol::time::parse_rfc3339;
use protocol::verify::{Opening, Policy, TrustedCheckpoint, memo_order, not_after};
use protocol::voucher::{CodeForm, Link, secret_link};
use serde_json::{Value, json};
use vouchsafe_cli::audit::Receipts;
use vouchsafe_cli::node_client::NodeAddress;
use vouchsafe_cli::party::instruction::read_file_text;
use vouchsafe_cli::party::selection::{Named, Range};
use vouchsafe_cli::source::DeliveredLine;
use vouchsafe_node::config::Config;

pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(trusted) = TrustedCheckpoint::parse(text) {
        let written = serde_json::to_string(&trusted).expect("a checkpoint is written");
        assert_eq!(TrustedCheckpoint::parse(&written), Ok(trusted));
    }
    // These hold secrets or have no form to be written in: reading them is all there is.
    let _ = Opening::parse(text);
    let _ = Policy::parse(text);
    let _ = (memo_order(text), not_after(text), parse_rfc3339(text));
    if Manifest::check_for_issue(text).is_ok() {
        assert!(Manifest::read(text).is_ok(), "issued, but not read");
    }
    for form in CodeForm::ALL {
        let formed = form.apply(text);
        assert!(form != CodeForm::Exact || *formed == text);
        assert!(form == CodeForm::Exact || !formed.contains('-'));
    }
    lines(text);
    evidence(text);
    let _ = read_file_text(text, LedgerId::new([7; 32]), "file");
    Receipts::default().add(bytes);
    if let Ok(config) = Config::parse(text) {
        assert_eq!(config.check(), Ok(()), "a node runs with it");
    }
    if let Ok(address) = text.parse::<NodeAddress>() {
        assert!(address.to_string().starts_with("http"), "{address}");
    }
    let _ = text.parse::<Endpoint>();
}

/// What parties hand to each other and to a judge: written again it is the same.
fn evidence(text: &str) {
    if let Ok(file) = ChallengeFile::parse(text) {
        assert_eq!(ChallengeFile::parse(&file.to_text()), Ok(file));
    }
    if let Ok(disclosure) = Disclosure::parse(text) {
        let written = serde_json::to_string(&disclosure).expect("a disclosure is written");
        assert!(Disclosure::parse(&written) == Ok(disclosure), "another disclosure");
    }
    if let Ok(receipt) = LedgerReceipt::parse(text) {
        let written = serde_json::to_string(&receipt).expect("a receipt is written");
        assert_eq!(LedgerReceipt::parse(&written), Ok(receipt));
    }
    if let Ok(read) = ReadCheckpoint::parse(text) {
        let written = serde_json::to_string(&read).expect("a checkpoint is written");
        assert_eq!(ReadCheckpoint::parse(&written), Ok(read));
    }
}

fn lines(text: &str) {
    if let Some(Link { site, voucher, stamp: Some(stamp) }) = Link::parse(text) {
        assert_eq!(*secret_link(&site, &voucher, &stamp), text, "two links for one voucher");
    }
    if let Ok(line) = DeliveredLine::parse(text) {
        assert_eq!(Named::parse(text).map(|named| named.voucher()), Some(line.link.voucher));
    }
    if let Ok(range) = text.parse::<Range>() {
        assert!(range.count > 0 && range.end() > range.first);
    }
    let _ = Named::parse_lines(text);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts: Vec<String> = [
        "2026-11-21T08:00:00.25+08:00",
        "100-149",
        "7:50",
        r#"{"order":"0x5f","nonce":"0x00112233445566778899aabbccddeeff","not_after":1790000000000}"#,
        "ＡＢ－12 \u{200b}cd",
    ]
    .map(str::to_owned)
    .into();
    let name = "A".repeat(43);
    texts.push(format!("https://v.example/v/{name}#{}", "A".repeat(22)));
    texts.push(format!("S-1----1234----https://v.example/v/{name}#{}", "A".repeat(22)));
    for case in seeds::dossiers().iter().take(20) {
        texts.extend(["trusted_checkpoint", "opening"].map(|member| case[member].to_string()));
        texts.extend(case["dossier"]["manifest"]["text"].as_str().map(str::to_owned));
        let ledger = &case["dossier"]["ledger"];
        let chain = json!({ "chain_id": 31337, "contract": ledger["contract"], "ledgers": [ledger["id"]] });
        let issuer = json!({ "key": case["dossier"]["voucher"]["key"], "name": "Studio" });
        texts.push(json!({ "chains": [chain], "issuers": [issuer], "max_age_s": 60 }).to_string());
        texts.push(instructions(&case["dossier"]["history"][0]));
    }
    for case in seeds::vectors("disclosures.json")["cases"].as_array().into_iter().flatten().take(8) {
        texts.push(case["disclosure"].to_string());
    }
    texts.extend(["https://user:word@shop.example/vouchers", NODE_TOML].map(str::to_owned));
    texts.extend(handed_on());
    texts.into_iter().map(String::into_bytes).collect()
}

const NODE_TOML: &str = r#"format = 1
site = "https://v.example"
listen = "127.0.0.1:7311"

[chain]
kind = "evm"
chain_id = 1
contract = "0x5fbdb2315678afecb367f032d93f642f64180aa3"
endpoints = ["https://rpc.example"]
fees = { max_fee_per_gas_gwei = 9 }

[ledger]
opener = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
salt = "0x94c1252e5dd7a11d7aee087bb00e5071b0025292cca5fb1f0bc1827a31de2f43"
bond_wei = 10000000000000000

[rates]
proxies = ["10.0.0.0/8"]
"#;

/// A receipt, a checkpoint that somebody read, a challenge.
fn handed_on() -> [String; 4] {
    let hash = format!("0x{:064x}", 7);
    let receipt = json!({ "ledger": hash, "index": 3, "leaf": hash, "anchor_by": 9, "signature": format!("0x{:0128x}", 7) });
    let kept = json!({ "entry": "0x00", "receipt": receipt, "memo": null });
    let case = seeds::vectors("dossiers/ok-redeemed.json");
    let mut read = case["trusted_checkpoint"].clone();
    read["source"] = json!("chain");
    read["final"] = json!(true);
    read["anchored"] = case["dossier"]["checkpoint"]["anchored"].clone();
    let checkpoint = &case["dossier"]["checkpoint"];
    let challenge = json!({ "format": "vouchsafe/challenge@1", "ledger": case["dossier"]["ledger"], "rule": "F8",
        "checkpoint": checkpoint, "newer": [], "proof": { "kind": "withheld_entry", "index": 1 } });
    [receipt, kept, read, challenge].map(|value| value.to_string())
}

fn instructions(item: &Value) -> String {
    let step = json!({
        "entry": item["entry"],
        "prev_leaf": format!("0x{:064x}", 0),
        "memo": item["memo"],
        "signatures": item["signatures"],
    });
    let ledger = LedgerId::new([7; 32]);
    json!({ "format": "vouchsafe/instructions@1", "ledger": ledger, "instructions": [step] }).to_string()
}
