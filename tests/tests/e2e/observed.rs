//! What an operator sees of a running node: log lines that name the request or the work that they belong to.

use protocol::lifecycle::Kind;
use protocol::signing::KeyPair;
use serde_json::Value;
use vouchsafe_tests::{Act, Effect, Faults, Issuer, Node, Outcome, until};

/// The lines of the log so far that hold this text.
fn lines(node: &mut Node, text: &str) -> Vec<Value> {
    let said = node.process().said();
    let lines = said.lines().filter(|line| line.contains(text));
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The request that the only line with this text belongs to.
fn request_of(node: &mut Node, text: &str) -> String {
    let found = lines(node, text);
    let [line] = found.as_slice() else { panic!("{} lines say {text:?}", found.len()) };
    assert_eq!(line["span"]["name"], "request", "{line}");
    line["span"]["id"].as_str().unwrap_or_else(|| panic!("no id: {line}")).to_owned()
}

#[tokio::test]
async fn every_line_of_a_request_names_it_and_every_other_its_work() {
    let mut node = Node::on_devnet(&["--anchor-interval", "1"]).await;
    let faults = Faults::new();
    node.under(&faults, None);
    node.start().await;
    let issuer = Issuer::new(1, &node.ledger);
    let Outcome::Accepted(issue) = issuer.issue(node.http(), &issuer.batch(1, 0, 4)).await else {
        panic!("not issued")
    };
    for (seed, first) in [(2, true), (3, false)] {
        let buyer = KeyPair::from_seed(&[seed; 32]).public();
        let sale = issuer.step(&issue, Kind::Sell, (0, 1), buyer, &[issuer.key()]);
        let outcome = sale.submit_alone(node.http()).await;
        assert_eq!(matches!(outcome, Outcome::Accepted(_)), first, "{outcome:?}");
    }
    node.process().says("\"status\":409").await;
    let of_the_incident = request_of(&mut node, "second sale was signed");
    assert_eq!(of_the_incident, request_of(&mut node, "\"status\":409"), "named as its answer is");

    node.process().says("checkpoint anchored").await;
    for text in ["checkpoint cut", "checkpoint sent", "checkpoint anchored"] {
        let found = lines(&mut node, text);
        assert!(
            !found.is_empty() && found.iter().all(|line| line["span"]["work"] == "anchoring"),
            "{found:?}"
        );
        assert!(found.iter().all(|line| line["number"].is_u64()), "{found:?}");
    }

    // Said on another thread than the one that has the request: its probe writes nothing, and asks for a sync.
    faults.at(1, &[Effect::Write, Effect::Sync], Act::BrokenForGood);
    let found = until("the node not ready, and a line that says why", async || {
        let asked = node.http().get("/readyz").await.status;
        let found = lines(&mut node, "failed: ");
        (asked == 503 && !found.is_empty()).then_some(found)
    })
    .await;
    for line in found {
        let is_named = line["span"]["id"].is_string() || line["span"]["work"].is_string();
        assert!(is_named, "{line}");
    }
    let ids = |found: Vec<Value>| found.iter().map(|line| line["span"]["id"].clone()).collect::<Vec<_>>();
    let failed = ids(lines(&mut node, "\"route\":\"/readyz\",\"status\":503"));
    let told = ids(lines(&mut node, "failed: "));
    assert!(failed.iter().any(|id| told.contains(id)), "{failed:?} are not among {told:?}");
}
