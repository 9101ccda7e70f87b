//! What is read from text beside the dossier: the asker's files, links, delivered lines, lists of vouchers, memos,
//! manifests, files of instructions.

use crate::seeds;
use protocol::LedgerId;
use protocol::manifest::Manifest;
use protocol::time::parse_rfc3339;
use protocol::verify::{Opening, Policy, TrustedCheckpoint, memo_order, not_after};
use protocol::voucher::{CodeForm, Link, secret_link};
use serde_json::{Value, json};
use vouchsafe_cli::party::instruction::read_file_text;
use vouchsafe_cli::party::selection::{Named, Range};
use vouchsafe_cli::source::DeliveredLine;

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
    let _ = read_file_text(text, LedgerId::new([7; 32]), "file");
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
    texts.into_iter().map(String::into_bytes).collect()
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
