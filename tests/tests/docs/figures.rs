//! Tables and figures that people wrote, held against the constants, tables and artefacts that they speak of.

use super::{column, file, grouped, rows, section};
use anchors::{DEVELOPMENT_CHAIN_ID, FeePolicy};
use protocol::Digest;
use protocol::dossier::{Anchored, Memo, Step};
use protocol::entry::Entry;
use protocol::json::parse;
use protocol::verify::{DEFAULT_MAX_AGE_S, GRACE_MS, StepCode, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use vouchsafe_node::config::{AnchoringConfig, LimitConfig, RateConfig};
use vouchsafe_node::ledger::{MEMO_LIMIT, SIGNATURE_LIMIT};
use vouchsafe_node::store::{FjallOptions, Table};

const PROTOCOL: &str = "docs/protocol.md";
const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";
const TRUST: &str = "docs/TRUST.md";
const OPERATIONS: &str = "docs/operations.md";

/// Demands that a page says this, wherever its lines break.
#[track_caller]
fn says(page: &str, what: &str) {
    let text = file(page).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(what), "{page} does not say {what:?}");
}

/// The number in `NAME: type = number;` of a source file, where the constant is not public; a time is in seconds.
fn constant(source: &str, name: &str) -> u64 {
    let text = file(source);
    let value = text.split(&format!(" {name}")).nth(1).and_then(|rest| rest.split(['=', ';']).nth(1));
    value.and_then(number).unwrap_or_else(|| panic!("no {name} in {source}"))
}

/// `8`, `10_000`, `64 << 10`, `3 days`, `Duration::from_secs(30)`.
fn number(text: &str) -> Option<u64> {
    let text = text.trim().replace('_', "");
    let within = |call: &str| text.strip_prefix(call)?.strip_suffix(')')?.parse().ok();
    if text.starts_with("Duration::") {
        return within("Duration::fromsecs(").or_else(|| Some(within("Duration::frommins(")? * 60));
    }
    let mut words = text.split(' ');
    let first: u64 = words.next()?.parse().ok()?;
    match words.next() {
        Some("<<") => Some(first << words.next()?.parse::<u32>().ok()?),
        _ => Some(first),
    }
}

#[test]
fn steps_of_a_verification_are_the_codes_in_order() {
    let section = section(PROTOCOL, "## 10 Dossier");
    let steps = section.split("It takes these steps").nth(1).expect("the steps");
    let codes: Vec<_> = StepCode::ALL.iter().map(|step| step.code()).collect();
    assert_eq!(column(steps, 0), codes);
}

#[test]
fn verdicts_and_exit_codes_are_the_codes_in_order() {
    let table = rows(&section(PROTOCOL, "## 11 Verdict"));
    let written: Vec<_> = table.iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let due: Vec<_> = Verdict::ALL.iter().map(|v| (v.name().to_owned(), v.exit().to_string())).collect();
    assert_eq!(written, due);
    says(
        PROTOCOL,
        &format!("exit {} for an asker who takes only final ones", Verdict::GenuinePending.exit_code(true)),
    );
}

#[test]
fn tables_of_the_store_are_the_codes_in_order() {
    let written = column(&section(ARCHITECTURE, "## Where state lives"), 0);
    let due: Vec<_> = Table::ALL.iter().map(|table| table.name()).collect();
    assert_eq!(written, due);
}

#[test]
fn calls_of_the_contract_are_the_artefacts() {
    let artefact: Value = serde_json::from_str(&file("contracts/artifacts/Anchors.json")).expect("JSON");
    let items = artefact["abi"].as_array().expect("an ABI");
    let section = section(PROTOCOL, "## 12 Contract");
    let functions = items.iter().filter(|item| item["type"] == "function");
    let absent: Vec<_> = functions
        .map(|item| item["name"].as_str().expect("a name"))
        .filter(|name| !section.contains(&format!("`{name}`")) && !section.contains(&format!("{name}(")))
        .collect();
    assert!(absent.is_empty(), "section 12 does not name {absent:?}");
}

#[test]
fn limits_are_the_constants() {
    let limits = LimitConfig::default();
    says(
        PROTOCOL,
        &format!("memos of up to {} bytes, {SIGNATURE_LIMIT} signatures", grouped(MEMO_LIMIT as u64)),
    );
    says(PROTOCOL, &format!("batches of up to 2^{} vouchers", limits.batch_vouchers.ilog2()));
    assert!(limits.batch_vouchers.is_power_of_two());
    says(PROTOCOL, &format!("`max_age_s` is {}", grouped(DEFAULT_MAX_AGE_S)));
    says(PROTOCOL, &format!("superseded more than {} minutes ago", GRACE_MS / 60_000));
    says(TRUST, &format!("superseded more than {} minutes ago", GRACE_MS / 60_000));
    let sequencer = "node/src/ledger/sequencer.rs";
    says(ARCHITECTURE, &format!("groups of up to {} entries", constant(sequencer, "GROUP")));
    says(ARCHITECTURE, &format!("The queue: {} places", grouped(constant(sequencer, "QUEUE"))));
    let api = "node/src/api/mod.rs";
    let (uploads, verdicts) = (constant(api, "UPLOADS"), constant(api, "VERDICTS"));
    says(ARCHITECTURE, &format!("{uploads} uploads, {verdicts} verdicts, "));
    let rates = RateConfig::default();
    let (reads, steps) = (rates.reads_per_address, rates.steps_per_address);
    says(
        ARCHITECTURE,
        &format!(
            "{} questions and {} steps of one address",
            grouped(u64::from(reads)),
            grouped(u64::from(steps))
        ),
    );
    assert_eq!(rates.files_per_address, steps, "as the text says");
    let voucher = grouped(u64::from(rates.reads_per_voucher));
    says(ARCHITECTURE, &format!("{voucher} questions about one voucher"));
    let incidents = constant("node/src/ledger/decide.rs", "INCIDENTS_PER_ENTRY");
    says(ARCHITECTURE, &format!("at most {incidents} against one entry"));
    let height = constant("node/src/ledger/tiles.rs", "HEIGHT");
    says(ARCHITECTURE, &format!("up to {} nodes, from level {height} upwards", 1 << height));
    let ingested = constant("node/src/store/fjall/mod.rs", "INGESTED_FROM");
    says("docs/decisions/0013-trees-in-tiles.md", &format!("from {} rows on", grouped(ingested)));
}

#[test]
fn limits_that_an_operator_meets_are_the_constants() {
    let serve = |name| constant("node/src/serve.rs", name);
    let api = |name| constant("node/src/api/mod.rs", name);
    let upload = |name| constant("node/src/api/upload.rs", name);
    let (connections, quiet) = (grouped(serve("CONNECTIONS")), serve("HEAD_TIME"));
    says(OPERATIONS, &format!("closes a connection that says nothing for {quiet} seconds"));
    says(OPERATIONS, &format!("takes at most {connections} at a time"));
    says(OPERATIONS, &format!("`LimitNOFILE` less {}", serve("OTHER_FILES")));
    let (headers, deaf) = (serve("HEAD_BYTES") >> 10, serve("DEAF_MILLIS") / 1000);
    says(
        ARCHITECTURE,
        &format!(
            "{connections} connections, {quiet} seconds to say what is wanted, {headers} KiB of headers, \
             {deaf} seconds to take a byte of an answer"
        ),
    );
    let at_work = format!(
        "{} requests at work, {} uploads, {} verdicts, {} lists of steps",
        api("AT_WORK"),
        api("UPLOADS"),
        api("VERDICTS"),
        api("LISTS")
    );
    let waiting = grouped(constant("node/src/ledger/sequencer.rs", "QUEUE"));
    says(OPERATIONS, &format!("Beyond {at_work} or {waiting} waiting steps"));
    says(ARCHITECTURE, &format!("Limits: {at_work}, {waiting} waiting instructions at a time"));
    assert_eq!((upload("HEAD_START"), constant("node/src/api/health.rs", "PROBE_AGE")), (60, 2));
    says(
        OPERATIONS,
        &format!("slower than {} KiB a second is given up after its first minute", upload("PACE") >> 10),
    );
    let incoming = constant("node/src/api/request.rs", "INCOMING") >> 10;
    let outgoing = constant("node/src/api/outgoing.rs", "AT_ONCE") >> 10;
    let of_one = constant("node/src/api/outgoing.rs", "OF_ONE") >> 10;
    let small = constant("node/src/api/outgoing.rs", "SMALL") >> 10;
    assert_eq!(constant("node/src/api/request.rs", "UNCOUNTED") >> 10, small);
    says(ARCHITECTURE, &format!("{incoming} MiB of bodies coming in"));
    says(
        ARCHITECTURE,
        &format!("{outgoing} MiB of answers on their way out, {of_one} MiB of them to one address"),
    );
    says(OPERATIONS, &format!("that are still being taken, {of_one} MiB of one address"));
    says(
        ARCHITECTURE,
        &format!("those up to {small} KiB aside, and for more than {} long", api("LONG_HISTORIES")),
    );
    says(OPERATIONS, &format!("beyond {incoming} MiB of bodies coming in or {outgoing} MiB of answers"));
    let pace = constant("node/src/api/outgoing.rs", "PACE") >> 10;
    assert_eq!(constant("node/src/api/outgoing.rs", "HEAD_START"), 30);
    says(OPERATIONS, &format!("taken slower than {pace} KiB a second after half a minute"));
    says(OPERATIONS, "with a sync every two seconds");
    let FjallOptions { cache_bytes, memtable_bytes, journal_bytes, reserve_bytes } = FjallOptions::default();
    says(OPERATIONS, &format!("keeps {} MiB of what it read", cache_bytes >> 20));
    says(
        OPERATIONS,
        &format!("{} MiB, and up to {} MiB while", memtable_bytes >> 20, (5 * memtable_bytes) >> 20),
    );
    says(OPERATIONS, &format!("a journal of up to {} MiB", journal_bytes >> 20));
    says(OPERATIONS, &format!("while {} MiB are still free", reserve_bytes >> 20));
    assert_eq!(constant("node/src/api/rates.rs", "PART_OF_A_VOUCHER"), 10);
    says(ARCHITECTURE, "of which one address gets a tenth");
    let watch = constant("node/src/run.rs", "WATCH");
    says(ARCHITECTURE, &format!("| {watch} s, the chain |"));
    says(TRUST, &format!("challenges every {watch} seconds"));
}

#[test]
fn fees_are_the_policys_and_gas_is_the_snapshots() {
    says(
        ARCHITECTURE,
        &format!("{} s is replaced at the same nonce", FeePolicy::default().stuck_after.as_secs()),
    );
    assert!(file("anchors/src/evm/fees.rs").contains("wei.div_ceil(8)"), "the page says an eighth");
    says(ARCHITECTURE, "by one that pays an eighth more");
    let gas_of = |contract: &str, is_meant: fn(&str) -> bool| -> Vec<u64> {
        let snapshot = file(&format!("contracts/snapshots/{contract}.json"));
        let snapshot: Value = serde_json::from_str(&snapshot).expect("JSON");
        let calls = snapshot.as_object().expect("an object").iter().filter(|(call, _)| is_meant(call));
        calls.filter_map(|(_, gas)| gas.as_str()?.parse().ok()).collect()
    };
    let gas = gas_of("Anchors", |call| call.starts_with("anchor,"));
    let thousands = |gas: Option<&u64>| gas.map(|gas| grouped((gas + 500) / 1000 * 1000)).expect("a call");
    let (least, most) = (thousands(gas.iter().min()), thousands(gas.iter().max()));
    says(OPERATIONS, &format!("A checkpoint costs from {least} to {most} gas"));
    // Walks are priced apart, before anything is shown.
    let reports = gas_of("FraudProofs", |call| !call.starts_with("reach"));
    let at_most = constant("verifier-cli/src/commands/challenge/court.rs", "LAST_CALL_GAS");
    assert!(reports.len() > 12 && reports.iter().all(|gas| *gas <= at_most), "{reports:?} of {at_most}");
}

#[test]
fn times_of_anchoring_are_the_defaults() {
    let AnchoringConfig { interval_s, heartbeat_s, promise_s } = AnchoringConfig::default();
    says(TRUST, &format!("anchors every {interval_s} seconds while steps come in"));
    says(TRUST, &format!("every {} hours when quiet", heartbeat_s / 3600));
    assert_eq!((heartbeat_s % 3600, promise_s), (0, 3600), "the page says an hour");
    says(TRUST, "its receipts promise an anchor within an hour");
    says(TRUST, &format!("Its chain id is {DEVELOPMENT_CHAIN_ID}"));
}

#[test]
fn figures_of_the_contract_are_its_constants() {
    let bonds = "contracts/src/Bonds.sol";
    let hearing = constant("contracts/src/IBonds.sol", "HEARING");
    says(PROTOCOL, &format!("{hearing} days later the bond may leave"));
    let challenges = "contracts/src/Challenges.sol";
    assert_eq!(constant("anchors/src/fraud/events.rs", "ANSWER_DAYS"), constant(challenges, "ANSWER_TIME"));
    let asked = constant(challenges, "ANSWER_TIME") + constant(challenges, "SETTLE_TIME");
    assert_eq!(hearing - asked, 10, "the pages say ten");
    says(PROTOCOL, "Of a closed ledger he asks within ten days");
    assert_eq!(constant(bonds, "COMMITMENT_BLOCKS"), 2, "the page says two");
    says(PROTOCOL, "At least two blocks later");
    says(
        PROTOCOL,
        &format!("a ring of the {} newest checkpoint hashes", constant("contracts/src/Anchors.sol", "RING")),
    );
}

#[test]
fn json_nests_as_deep_as_the_page_says() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let accepted = (1..1000).take_while(|depth| parse(&nested(*depth)).is_ok()).count();
    says(PROTOCOL, &format!("nesting of more than {accepted} levels"));
}

#[test]
fn the_commit_point_is_where_the_page_says() {
    says(ARCHITECTURE, "Commit point: from here on every accepted entry of the group is in the log");
    let source = file("node/src/ledger/sequencer.rs");
    assert!(source.contains("Commit point: from here on every accepted entry of the group is in the log"));
}

/// The names of members, with the way to them.
fn members(value: &Value, way: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            let way = format!("{way}.{name}");
            members(value, &way, found);
            found.insert(way);
        }),
        Value::Array(items) => items.iter().for_each(|item| members(item, &format!("{way}[]"), found)),
        _ => {}
    }
}

#[test]
fn the_dossier_shown_has_the_members_of_real_ones() {
    let section = section(PROTOCOL, "## 10 Dossier");
    let shown = section.split("```json").nth(1).and_then(|rest| rest.split("```").next()).expect("a dossier");
    let mut written = BTreeSet::new();
    members(&serde_json::from_str(shown).expect("JSON"), "", &mut written);
    let mut real = BTreeSet::new();
    for name in
        super::files_below("tests/vectors/dossiers", ".json").iter().filter(|name| name.contains("/ok-"))
    {
        let vector: Value = serde_json::from_str(&file(name)).expect("JSON");
        members(&vector["dossier"], "", &mut real);
    }
    // No vector has a hint where it was anchored, or an incident: their members are asked of the types.
    let anchored = Anchored { tx: Digest::ZERO, block_number: 0, block_hash: Digest::ZERO, block_time: 0 };
    members(&json!(anchored), ".checkpoint.anchored", &mut real);
    let entry = Entry::decode(&[0; Entry::WIDTH]).expect("98 bytes");
    members(&json!(Step { entry, memo: Memo::None, signatures: vec![] }), ".incidents[]", &mut real);
    // Signatures have one shape, which the history shows; one vector has a member that nobody knows.
    let counts = |way: &String| !way.contains("[].signatures[]") && !way.starts_with(".later");
    written.retain(counts);
    real.retain(counts);
    assert_eq!(written, real);
}
