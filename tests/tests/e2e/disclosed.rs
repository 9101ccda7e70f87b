//! One serial and one order, shown to somebody and judged by him; and both in a case that outlives node and chain.

use crate::scene::{Batch, Scene};
use protocol::dossier::Dossier;
use serde_json::{Value, json};
use vouchsafe_tests::Anvil;

/// A voucher sold under an order, anchored and final, with `dossier.json` and both disclosures of it.
struct Disclosed {
    scene: Scene,
    anvil: Anvil,
    batch: Batch,
    salt: String,
}

impl Disclosed {
    async fn new() -> Self {
        let anvil = Anvil::start().await;
        let scene = Scene::on_anvil(&anvil).await;
        scene.issuer().await;
        let batch = scene.issue("stock", 2, "").await;
        let told = scene.types("sell --range 0 --order ORDER-1 --key issuer.key --json", 0).await.json();
        let salt = told["order"]["salt"].as_str().unwrap().to_owned();
        scene.anchored(&batch.vouchers[0], "dossier.json").await;
        anvil.mine(3).await;
        let voucher = batch.vouchers[0];
        scene
            .types(
                &format!(
                    "disclose serial {voucher} --cards stock.supplier --key issuer.key --out serial.json"
                ),
                0,
            )
            .await;
        let order = format!("disclose order {voucher} --order ORDER-1 --salt {salt} --out order.json");
        scene.types(&order, 0).await;
        Self { scene, anvil, batch, salt }
    }

    fn serial(&self) -> &str {
        self.batch.lines[0].split("----").next().unwrap()
    }

    fn code(&self) -> &str {
        self.batch.lines[0].split("----").nth(1).unwrap()
    }

    /// What `disclosure` says of a file.
    async fn judged(&self, file: &str, options: &str, standing: &str, exit: i32) -> Value {
        let said = self.scene.types(&format!("disclosure {file} {options} --json"), exit).await.json();
        assert_eq!(said["standing"], standing, "{said:#}");
        said
    }
}

#[tokio::test]
async fn a_serial_and_an_order_are_disclosed_and_judged_against_the_chain() {
    let case = Disclosed::new().await;
    let (scene, serial) = (&case.scene, case.serial());
    let trust = format!("--rpc {} --policy policy.json", case.anvil.url());
    let said = case.judged("serial.json", &trust, "proven", 0).await;
    assert_eq!((&said["serial"], &said["held_against"]), (&json!(serial), &json!("chain")), "{said:#}");
    let said = case.judged("order.json", &trust, "proven", 0).await;
    assert_eq!((&said["order"], &said["entries"][0]["kind"]), (&json!("ORDER-1"), &json!("Sell")));
    // The delivered line gives the same file as the supplier's, and neither file gives code or stamp away.
    let voucher = case.batch.vouchers[0];
    scene.types(&format!("disclose serial {voucher} --lines stock.txt --out of-line.json"), 0).await;
    assert_eq!(scene.read("of-line.json"), scene.read("serial.json"));
    let fragment = case.batch.lines[0].rsplit('#').next().unwrap();
    for file in ["serial.json", "order.json"] {
        let text = scene.read(file);
        assert!(!text.contains(case.code()) && !text.contains(fragment), "{file}: {text}");
    }

    let lie = scene.read("serial.json").replace(serial, "stock00000001");
    scene.write("lie.json", &lie);
    assert_eq!(case.judged("lie.json", &trust, "mismatch", 20).await["why"]["code"], "other_serial");
    scene.write("other.json", &scene.read("order.json").replace("ORDER-1", "ORDER-2"));
    assert_eq!(case.judged("other.json", &trust, "mismatch", 20).await["why"]["code"], "no_such_order");
    case.judged("serial.json", "--policy policy.json", "unknown", 3).await;
    case.judged("serial.json", &format!("--rpc {}", case.anvil.url()), "untrusted_issuer", 22).await;
    let other = case.batch.vouchers[1];
    let wrong = format!("disclose order {other} --order ORDER-1 --salt {} --out no.json", case.salt);
    scene.types(&wrong, 20).await;
    assert!(!scene.file("no.json").exists(), "what proves nothing is not written");

    let Disclosed { scene, anvil, .. } = case;
    let mut scene = scene;
    scene.ends_in_order().await;
    let typed = format!("disclosure order.json --dossier dossier.json {trust}");
    scene.types(&typed, 0).await;
    anvil.kill().await;
    scene.types(&typed, 3).await;
}

/// The lines of `case open`, by subject, with result and problem.
async fn opened(scene: &Scene, options: &str, exit: i32) -> Vec<String> {
    let said = scene.types(&format!("case open case.zip {options} --json"), exit).await.json();
    let checks = said["checks"].as_array().unwrap().iter();
    let of = |check: &Value| format!("{} {} {}", check["subject"], check["result"], check["problem"]);
    checks.map(of).map(|line| line.replace('"', "")).collect()
}

#[tokio::test]
async fn a_case_holds_against_the_chain_and_its_chain_proof_when_node_and_chain_are_gone() {
    let case = Disclosed::new().await;
    let Disclosed { mut scene, anvil, batch, .. } = case;
    let voucher = batch.vouchers[0];
    let rpc = format!("--rpc {}", anvil.url());
    let made = format!("case {voucher} {rpc} --files serial.json order.json --by Shop --out case.zip");
    scene.types(&made, 0).await;
    let lines = opened(&scene, &rpc, 0).await;
    let count = |wanted: &str| lines.iter().filter(|line| line.starts_with(wanted)).count();
    assert_eq!((count("disclosure passed"), count("chain-proof passed")), (2, 1), "{lines:#?}");
    assert!(lines.iter().all(|line| line.ends_with("passed null")), "{lines:#?}");
    // The node's own case, as its page asks for it, brings the proof as well.
    let body = json!({ "vouchers": [voucher], "files": [] });
    let zip = scene.node.http().post("/v1/cases", &body).await.is(200).body;
    std::fs::write(scene.file("of-node.zip"), &zip).unwrap();
    scene.types(&format!("case open of-node.zip {rpc} --extract of-node"), 0).await;

    scene.ends_in_order().await;
    anvil.kill().await;
    let folder = scene.file("of-node").join("dossiers");
    let kept = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let dossier = Dossier::parse(&std::fs::read_to_string(kept).unwrap()).unwrap();
    let block = dossier.checkpoint.proof.unwrap().header().unwrap();
    for file in ["case.zip", "of-node.zip"] {
        scene.types(&format!("case open {file} --block-hash {} --json", block.hash), 3).await;
    }
    // The block vouches for the newest checkpoint, which leads back to those before it, but not to when they were made.
    let lines = opened(&scene, &format!("--block-hash {}", block.hash), 3).await;
    let open: Vec<&String> = lines.iter().filter(|line| !line.ends_with("passed null")).collect();
    assert!(!open.is_empty(), "{lines:#?}");
    assert!(open.iter().all(|line| *line == "checkpoint unknown linked-only"), "{open:#?}");
    assert!(lines.contains(&"chain-proof passed null".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"checkpoint passed null".to_owned()), "{lines:#?}");
    let wrong = opened(&scene, &format!("--block-hash 0x{}", "11".repeat(32)), 3).await;
    assert!(wrong.contains(&"chain-proof unknown other-block".to_owned()), "{wrong:#?}");
    assert!(!wrong.contains(&"checkpoint passed null".to_owned()), "{wrong:#?}");
}
