//! Boards, alerts and pages name metrics that the node has, and every metric and alert is named where an operator looks.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;
use vouchsafe_node::api::problem::Kind;
use vouchsafe_node::observe::{self, Answered, LedgerFigures, metrics};
use vouchsafe_tests::repository;

const BOARD: &str = "deploy/grafana/vouchsafe-node.json";
const ALERTS: &str = "deploy/prometheus/alerts.yml";
const PAGE: &str = "docs/operations.md";

fn text(name: &str) -> String {
    fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The words of a text that begin so.
fn words(text: &str, beginning: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !is_part(c)).filter(|word| word.starts_with(beginning));
    words.map(str::to_owned).collect()
}

/// The families that the node registers, by its source: one without a sample is not shown.
fn registered() -> BTreeSet<String> {
    let source = text("node/src/observe/metrics.rs");
    let names = source.split("to.register(\"").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(|name| format!("vouchsafe_{name}")).collect()
}

/// Why the chain did not do something, by the names that the source gives.
fn chain_reasons() -> BTreeSet<String> {
    let source = text("node/src/observe/mod.rs");
    let arms = source.lines().filter(|line| line.trim_start().starts_with("AnchorError::"));
    let of_errors = arms.filter_map(|line| line.split("=> \"").nth(1));
    let others = source.split("count_chain_error(\"").skip(1);
    of_errors.chain(others).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The reasons that alerts ask for in this metric.
fn alerted(metric: &str) -> BTreeSet<String> {
    let alerts = text(ALERTS);
    let asking = format!("{metric}{{reason=");
    let asked = alerts.split(&asking).skip(1);
    let reasons = asked.filter_map(|rest| rest.trim_start_matches('~').split('"').nth(1));
    reasons.flat_map(|reasons| reasons.split('|')).map(str::to_owned).collect()
}

/// The metrics that the node has, as they are called in answers to queries.
fn known() -> BTreeSet<String> {
    let took = Duration::from_millis(1);
    let (method, route, status, problem) = ("GET", "/v1/ledger", 200, None);
    observe::answered(&Answered { method, route, status, problem, took });
    observe::step("Sell", "refused");
    observe::refused_step("Sell", "illegal");
    observe::refused("illegal");
    observe::verdict("genuine");
    observe::chain_silent();
    observe::sent(1, &anchors::Submission::AlreadyAnchored);
    observe::endpoint_trouble("chain.example", anchors::Trouble::Lags);
    observe::rate_limited("reads_per_address");
    let shown = metrics(&LedgerFigures::default());
    let described = shown.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let described: Vec<_> = described.map(|line| line.split_once(' ').expect("a name and a type")).collect();
    let names: BTreeSet<String> = described.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, registered(), "a family without a sample above");
    let mut known = BTreeSet::new();
    for (name, kind) in described {
        match kind {
            "counter" => known.extend([format!("{name}_total")]),
            "histogram" => known.extend(["bucket", "sum", "count"].map(|end| format!("{name}_{end}"))),
            _ => known.extend([name.to_owned()]),
        }
    }
    known
}

#[test]
fn boards_alerts_and_pages_name_metrics_that_exist() {
    let known = known();
    assert!(known.len() > 20, "{known:?}");
    for file in [BOARD, ALERTS, PAGE] {
        let named = words(&text(file), "vouchsafe_");
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}, the node has {known:?}");
    }
}

#[test]
fn every_metric_is_on_the_board() {
    let board = words(&text(BOARD), "vouchsafe_");
    let family = |name: &String| {
        let ends = ["_bucket", "_sum", "_count"];
        ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    };
    let shown: BTreeSet<String> = board.iter().map(family).collect();
    let missing: Vec<_> = known().into_iter().filter(|name| !shown.contains(&family(name))).collect();
    // What the stat panels of checkpoints show says more than the number of the newest one.
    let missing: Vec<_> = missing.iter().filter(|name| *name != "vouchsafe_anchored_checkpoint").collect();
    assert!(missing.is_empty(), "not on the board: {missing:?}");
}

#[test]
fn alerts_ask_for_reasons_that_the_node_gives_and_leave_none_of_the_chain_out() {
    let reasons = chain_reasons();
    assert!(reasons.len() > 15, "{reasons:?}");
    assert_eq!(alerted("vouchsafe_chain_errors_total"), reasons);
    let problems: BTreeSet<String> = Kind::ALL.iter().map(|kind| kind.name().to_owned()).collect();
    let refusals = alerted("vouchsafe_refusals_total");
    assert!(!refusals.is_empty() && refusals.is_subset(&problems), "{refusals:?}");
    let alerts = text(ALERTS);
    let asked = |of: &str| alerts.matches(of).count();
    let of_both = asked("chain_errors_total{reason=") + asked("refusals_total{reason=");
    assert_eq!(asked("{reason="), of_both, "reasons of a third metric");
}

#[test]
fn the_page_says_by_which_reason_trouble_shows() {
    let page = text(PAGE);
    let said = page.split("shows as `").skip(1).filter_map(|rest| rest.split('`').next());
    let said: BTreeSet<String> = said.map(str::to_owned).collect();
    assert_eq!(said, ["no_funds", "too_dear"].map(str::to_owned).into());
    assert!(said.is_subset(&chain_reasons()), "{said:?}");
}

#[test]
fn every_alert_is_explained() {
    let alerts: BTreeSet<String> = text(ALERTS)
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
        .map(str::to_owned)
        .collect();
    assert!(alerts.len() >= 10, "{alerts:?}");
    let mut explained = words(&text(PAGE), "Vouchsafe");
    explained.remove("Vouchsafe");
    assert_eq!(explained, alerts);
}

#[test]
fn the_board_is_json_with_a_query_in_every_panel() {
    let board: serde_json::Value = serde_json::from_str(&text(BOARD)).expect("JSON");
    let panels = board["panels"].as_array().expect("panels");
    for panel in panels {
        let targets = panel["targets"].as_array().expect("targets");
        let has_query =
            |target: &serde_json::Value| target["expr"].as_str().is_some_and(|expr| !expr.is_empty());
        assert!(!targets.is_empty() && targets.iter().all(has_query), "{panel}");
    }
}
