//! `vouchsafe dossier` and `vouchsafe history`.

use crate::made::Made;
use crate::server::serve;
use crate::vectors;
use serde_json::{Value, json};

/// A node that knows one voucher, under any checkpoint.
fn node(made: &Made) -> String {
    let (dossier, name) = (serde_json::to_vec(&made.dossier()).unwrap(), Made::name());
    serve(move |_, path, _| {
        if path.starts_with(&format!("/v1/vouchers/{name}/dossier")) {
            (200, dossier.clone())
        } else {
            let problem =
                json!({ "type": "urn:vouchsafe:problem:no-such-voucher", "title": "none", "status": 404 });
            (404, problem.to_string().into_bytes())
        }
    })
}

#[test]
fn a_dossier_is_saved_once_and_judged_without_the_node() {
    let made = Made::on_paper("").transferred();
    let address = node(&made);
    let folder = made.folder();
    let line = format!("dossier {} --node {address}", Made::key());
    let saved = format!("{}.dossier.json", Made::name());
    let ran = folder.run(&line);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.out.contains(&saved), "{ran:?}");
    let again = folder.run(&line);
    assert_eq!(again.exit, 2);
    assert!(again.err.contains("--force"), "{again:?}");
    assert_eq!(folder.run(&format!("{line} --force --checkpoint 1")).exit, 0);
    let verify = format!("verify {saved} --trusted-checkpoint trusted.json --policy policy.json");
    assert_eq!(folder.run(&verify).exit, 0);
    // An editor saved it again, with what it puts before a text.
    let text = std::fs::read_to_string(folder.path().join(&saved)).unwrap();
    let folder = folder.with(&saved, format!("\u{feff}{text}"));
    assert_eq!(folder.run(&verify).exit, 0);
}

#[test]
fn a_dossier_goes_to_standard_output_byte_for_byte() {
    let made = Made::on_paper("");
    let ran = made.folder().run(&format!("dossier {}/v/{} --out -", node(&made), Made::name()));
    assert_eq!(ran.out, serde_json::to_string(&made.dossier()).unwrap());
}

#[test]
fn what_cannot_be_saved_is_told() {
    let made = Made::on_paper("");
    let address = node(&made);
    let folder = made.folder();
    let ran = folder.run(&format!("dossier {} --node {address} --out no/such/folder", Made::key()));
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(ran.err.contains("cannot be written"), "{ran:?}");
    let other = crate::made::pair(crate::made::BUYER).public();
    assert_eq!(folder.run(&format!("dossier {other} --node {address}")).exit, 3);
    let nowhere = crate::server::nowhere();
    assert_eq!(folder.run(&format!("dossier {other} --node {nowhere}")).exit, 3);
}

#[test]
fn a_history_names_every_hand() {
    let folder = vectors::folder("ok-redeemed");
    let ran =
        folder.run("history dossier.json --trusted-checkpoint trusted.json --policy policy.json --json");
    let history: Value = serde_json::from_str(&ran.out).unwrap();
    let kinds: Vec<&str> =
        history["history"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Issue", "Transfer", "Transfer", "Sell", "Claim", "Redeem"]);
    assert_eq!((&history["refuted"], ran.exit), (&json!(false), 0));
}

#[test]
fn a_refuted_history_says_so_and_exits_so() {
    let folder = vectors::folder("bad-signature");
    let ran = folder.run("history dossier.json --trusted-checkpoint trusted.json");
    assert_eq!(ran.exit, 30, "{ran:?}");
    assert!(ran.out.contains("This history is refuted"), "{ran:?}");
}

#[test]
fn a_history_comes_from_a_node_or_standard_input_too() {
    let made = Made::on_paper("").transferred();
    let address = node(&made);
    let folder = made.folder();
    let by_node = folder.run(&format!("history {} --node {address}", Made::key()));
    let dossier = serde_json::to_string(&made.dossier()).unwrap();
    assert_eq!(by_node, folder.run_with("history -", &dossier));
    assert!(by_node.out.contains("Transfer") && by_node.out.contains("--rpc URL"), "{by_node:?}");
}
