//! Steps: taken, repeated, refused, and what a refusal shows.

use super::{Site, Then, changed, sending, signatures_json, step_json};
use crate::api::problem::Problem;
use crate::fixture::{Fixture, key};
use crate::ledger::Refused;
use axum::response::IntoResponse as _;
use protocol::PublicKey;
use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::Kind;
use protocol::receipt::Receipt;
use serde_json::{Value, json};

#[tokio::test]
async fn a_step_is_taken_once_and_answered_the_same_ever_after() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let sale = site.fixture.step(Kind::Sell, 3, 2, PublicKey::NOBODY, &[&site.fixture.issuer]);
    let taken = site.submit(&sale).await.with(201);
    assert_eq!(taken["receipt"]["index"], 1);
    site.fixture.pass(5);
    assert_eq!(site.submit(&sale).await.with(200), taken, "replayed: the same answer, no second entry");
    assert_eq!(site.get("/v1/ledger").await.with(200)["size"], 2);
    let text = |member: &Value| member.as_str().expect("a text").to_owned();
    let receipt = Receipt {
        index: 1,
        leaf: text(&taken["receipt"]["leaf"]).parse().expect("a digest"),
        anchor_by: taken["receipt"]["anchor_by"].as_u64().expect("a time"),
        signature: text(&taken["receipt"]["signature"]).parse().expect("a signature"),
    };
    let ledger = &site.fixture.ledger;
    assert!(receipt.is_signed_by(&ledger.operator().current().public(), ledger.facts().id));
    let bytes = protocol::digest::bytes_from_hex(&text(&taken["entry"])).expect("hex");
    assert_eq!(Entry::decode(&bytes).expect("98 bytes").leaf(), receipt.leaf);
}

#[tokio::test]
async fn of_two_racing_sales_one_is_taken_and_the_other_shows_the_first() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    let issuer = &site.fixture.issuer;
    let one = site.fixture.step(Kind::Sell, 3, 1, key(4).public(), &[issuer]);
    let other = site.fixture.step(Kind::Sell, 3, 1, key(5).public(), &[issuer]);
    let (one, other) = tokio::join!(site.submit(&one), site.submit(&other));
    let (won, lost) = if one.status == 201 { (one, other) } else { (other, one) };
    let won = won.with(201);
    let problem = lost.problem("already-moved");
    assert_eq!(problem["winner"]["index"], 1);
    assert_eq!(problem["winner"]["entry"], won["entry"]);
    assert_eq!(problem["winner"]["receipt"], won["receipt"]);
    assert_eq!(problem["winner"]["signatures"][0]["key"], issuer.public().to_string());
    assert_eq!(problem["incident"], true);
    site.fixture.anchor().await;
    let voucher = site.get(&format!("/v1/vouchers/{}", cards.keys[3])).await.with(200);
    assert_eq!(voucher["incidents"], 1);
    let dossier = site.get(&format!("/v1/vouchers/{}/dossier", cards.keys[3])).await.with(200);
    assert_eq!(dossier["incidents"].as_array().map(Vec::len), Some(1));
    let body = json!({ "voucher": cards.keys[3] });
    let report = site.post("/v1/verify", &body).await.with(200);
    assert_eq!(
        (&report["verdict"], &report["voucher"]["incidents"]),
        (&json!("resale_suspected"), &json!(1))
    );
}

#[tokio::test]
async fn each_step_of_a_list_is_answered_as_it_would_be_alone() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let issuer = &site.fixture.issuer;
    let sale = |number, to: u8| site.fixture.step(Kind::Sell, number, 1, key(to).public(), &[issuer]);
    let (first, second, beaten) = (sale(3, 4), sale(4, 4), sale(3, 5));
    let unsigned = site.fixture.step(Kind::Sell, 6, 1, key(4).public(), &[&key(9)]);
    let mut of_a_clock = sale(7, 4);
    of_a_clock.entry.at = 1;
    let list = [&first, &unsigned, &second, &beaten, &second, &of_a_clock];
    let before = refusals(&site, "unauthorised").await;
    let answers = site.submit_many(&list).await;
    assert!(refusals(&site, "unauthorised").await > before, "what is refused in a list counts, too");
    let statuses: Vec<_> = answers.iter().filter_map(|answer| answer["status"].as_u64()).collect();
    assert_eq!(statuses, [201, 403, 201, 409, 200, 400], "in the order of the list");
    assert_eq!(answers[0]["step"]["receipt"]["index"], 1);
    assert_eq!(answers[2]["step"]["receipt"]["index"], 2);
    assert_eq!(answers[4]["step"], answers[2]["step"], "the same step twice is one entry");
    // Alone they are answered with just that.
    for (step, answer) in list.into_iter().zip(&answers) {
        let alone = site.submit(step).await;
        let is_taken = answer["problem"].is_null();
        let (said, other) = if is_taken { ("step", "problem") } else { ("problem", "step") };
        assert_eq!((&alone.json, &Value::Null), (&answer[said], &answer[other]));
    }
    assert_eq!(site.get("/v1/ledger").await.with(200)["size"], 3);
}

/// Problems of this name that were answered with so far.
async fn refusals(site: &Site, name: &str) -> u64 {
    let metrics = site.get("/metrics").await.text;
    let line = format!("vouchsafe_refusals_total{{reason=\"{name}\"}} ");
    let count = metrics.lines().find_map(|of| of.strip_prefix(&line)?.parse().ok());
    count.unwrap_or(0)
}

#[tokio::test]
async fn a_list_that_can_not_be_read_is_refused_as_a_whole() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let step = step_json(&site.fixture.step(Kind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]));
    let foreign = bytes_to_hex(&[7; 32]);
    let say = async |steps: Value| site.post("/v1/steps/many", &json!({ "steps": steps })).await;
    for (wrong, place) in [
        (json!([step, changed(&step, "entry", json!("0x00"))]), "steps[1].entry"),
        (json!([step, changed(&step, "surplus", json!(1))]), "steps[1]"),
        (json!([]), "0 steps where 1 to 64 are taken"),
        (json!(vec![&step; 65]), "65 steps"),
        (json!({}), "steps"),
    ] {
        let problem = say(wrong).await.problem("malformed");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(place)), "{problem}");
    }
    say(json!([step, changed(&step, "ledger", json!(foreign))])).await.problem("wrong-ledger");
    let secret = json!({ "steps": [step], "code": "4711" });
    site.post("/v1/steps/many", &secret).await.problem("secret-sent");
    let secret = json!([changed(&step, "stamp", json!("4711"))]);
    say(secret).await.problem("secret-sent");
    say(json!([step, changed(&step, "memo", json!("{\"stamp\":\"4711\"}"))])).await.problem("secret-sent");
    let huge = changed(&step, "memo", json!("x".repeat(300_000)));
    say(json!([huge])).await.problem("too-large");
    assert_eq!(site.get("/v1/ledger").await.with(200)["size"], 1, "nothing of them was taken");
}

#[tokio::test]
async fn incidents_come_in_pages_and_a_replayed_attempt_is_kept_once() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let issuer = &site.fixture.issuer;
    for number in [3, 8] {
        let first = site.fixture.step(Kind::Sell, number, 1, key(4).public(), &[issuer]);
        let second = site.fixture.step(Kind::Sell, number, 1, key(5).public(), &[issuer]);
        let unsigned = site.fixture.step(Kind::Sell, number, 1, key(6).public(), &[&key(6)]);
        site.submit(&first).await.with(201);
        for _ in 0..2 {
            assert_eq!(site.submit(&second).await.problem("already-moved")["incident"], true);
        }
        assert_eq!(site.submit(&unsigned).await.problem("already-moved")["incident"], false);
    }
    let all = site.get("/v1/incidents").await.with(200);
    let firsts = |page: &Value| {
        let list = page["incidents"].as_array().expect("a list").iter();
        list.map(|incident| incident["voucher_first"].as_u64().expect("a number")).collect::<Vec<_>>()
    };
    let mut found = firsts(&all);
    found.sort_unstable();
    assert_eq!(found, [3, 8]);
    let page = site.get("/v1/incidents?limit=1").await.with(200);
    let next = page["next"].as_str().expect("more");
    let rest = site.get(&format!("/v1/incidents?limit=1&from={next}")).await.with(200);
    assert_eq!([firsts(&page), firsts(&rest)].concat(), firsts(&all));
    site.get("/v1/incidents?from=later").await.problem("malformed");
}

#[tokio::test]
async fn what_the_life_cycle_forbids_is_named() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let issuer = &site.fixture.issuer;
    let nobody = PublicKey::NOBODY;
    let unsigned = site.fixture.step(Kind::Sell, 3, 1, nobody, &[&key(9)]);
    assert_eq!(site.submit(&unsigned).await.problem("unauthorised")["role"], "holder");
    let sale = site.fixture.step(Kind::Sell, 3, 1, nobody, &[issuer]);
    site.submit(&sale).await.with(201);
    let again = site.fixture.step(Kind::Sell, 3, 1, nobody, &[issuer]);
    assert_eq!(site.submit(&again).await.problem("illegal")["reason"], "transition");
    let to_nobody = site.fixture.step(Kind::Transfer, 5, 1, nobody, &[issuer]);
    assert_eq!(site.submit(&to_nobody).await.problem("illegal")["reason"], "party");
    let mixed = site.fixture.step_after(0, Kind::Sell, 2, 3, nobody, None, &[issuer]);
    let problem = site.submit(&mixed).await;
    assert!(matches!(problem.status.as_u16(), 409 | 422), "{}", problem.text);
    let beyond = site.fixture.step_after(0, Kind::Sell, 19, 2, nobody, None, &[issuer]);
    assert_eq!(site.submit(&beyond).await.problem("not-found")["vouchers"], 20);
    let elsewhere = site.fixture.step_after(1, Kind::Sell, 6, 1, nobody, None, &[issuer]);
    assert_eq!(site.submit(&elsewhere).await.problem("illegal")["reason"], "unlinked");
}

#[tokio::test]
async fn an_instruction_past_its_time_is_expired() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let memo = json!({ "not_after": site.fixture.now() + 1000 }).to_string();
    let nobody = PublicKey::NOBODY;
    let sale = site.fixture.step_after(0, Kind::Sell, 3, 1, nobody, Some(&memo), &[&site.fixture.issuer]);
    site.fixture.pass(2);
    let problem = site.submit(&sale).await.problem("expired");
    assert_eq!(problem["at"].as_u64().zip(problem["not_after"].as_u64()).map(|(at, by)| at - by), Some(1000));
}

#[tokio::test]
async fn a_step_for_another_ledger_is_told_so_and_without_a_name_it_is_unsigned() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let sale = site.fixture.step(Kind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    let ours = site.fixture.ledger.facts().id;
    let other = protocol::LedgerId::new([0x77; 32]);
    let leaf = site
        .fixture
        .ledger
        .view()
        .expect("a view")
        .entry(0)
        .expect("read")
        .expect("there")
        .state
        .entry
        .leaf();
    let elsewhere = sale.entry.instruction(other, leaf);
    let body = step_json(&sale);
    let named = changed(&body, "ledger", json!(other));
    let problem = site.post("/v1/steps", &named).await.problem("wrong-ledger");
    assert_eq!(problem["ledger"], ours.to_string());
    let signed = [Signed::new("holder", &site.fixture.issuer, &elsewhere)];
    let unnamed = changed(&body, "signatures", signatures_json(&signed));
    site.post("/v1/steps", &unnamed).await.problem("unauthorised");
    site.post("/v1/steps", &changed(&body, "ledger", json!(ours))).await.with(201);
}

#[tokio::test]
async fn a_step_of_the_wrong_form_is_refused_with_its_place_and_without_its_values() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let sale = site.fixture.step(Kind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    let good = step_json(&sale);
    let entry = bytes_to_hex(&sale.entry.encode());
    let issue = Entry { kind: 1, ..sale.entry };
    let unknown = Entry { kind: 11, ..sale.entry };
    let timed = Entry { at: 1, ..sale.entry };
    let hex = |entry: Entry| json!(bytes_to_hex(&entry.encode()));
    let no_prev = Entry { prev: 900, ..sale.entry };
    let cases = [
        (changed(&good, "entry", json!(entry[..entry.len() - 2])), "step.entry: 97 bytes where 98 are due"),
        (changed(&good, "entry", json!(format!("{entry}00"))), "step.entry: 99 bytes where 98 are due"),
        (
            changed(&good, "entry", json!(entry.to_uppercase())),
            "step.entry: bytes are written as lower-case hex",
        ),
        (changed(&good, "entry", Value::Null), "\"entry\" is missing"),
        (changed(&good, "entry", hex(issue)), "/v1/batches"),
        (changed(&good, "entry", hex(unknown)), "kind 11 does not exist"),
        (changed(&good, "entry", hex(timed)), "at = 0"),
        (changed(&good, "entry", hex(no_prev)), "900"),
        (changed(&good, "memo", json!("other")), "not the hash of the memo"),
        (changed(&good, "memo", json!("x".repeat(16 * 1024 + 1))), "at most 16384"),
        (changed(&good, "memo", json!(7)), "step.memo: a text is due"),
        (changed(&good, "signatures", json!({})), "step.signatures: a list is due"),
        (changed(&good, "signatures", json!([{ "role": "x" }])), "step.signatures[0]: the member \"key\""),
        (changed(&good, "signatures", json!(vec![good["signatures"][0].clone(); 9])), "at most 8"),
        (changed(&good, "note", json!(1)), "unknown member \"note\""),
        (json!([good]), "step: an object is due"),
    ];
    for (body, place) in cases {
        let detail = site.post("/v1/steps", &body).await.problem("malformed")["detail"].to_string();
        assert!(detail.replace('\\', "").contains(place), "{detail} does not say {place}");
    }
    let mut odd = good["signatures"][0].clone();
    odd["hint"] = json!("SECRET-VALUE");
    let reply = site.post("/v1/steps", &changed(&good, "signatures", json!([odd]))).await;
    assert!(!reply.text.contains("SECRET-VALUE"));
    reply.problem("malformed");
    for text in ["", "{", "{\"entry\":1,\"entry\":2}", "null", "{\"entry\":\"\\ud800\"}"] {
        site.post_text("/v1/steps", "application/json", text).await.problem("malformed");
    }
    site.post_text("/v1/steps", "application/json", vec![0xff, 0xfe]).await.problem("malformed");
    assert_eq!(site.get("/v1/ledger").await.with(200)["size"], 1, "none of it was taken");
}

#[tokio::test]
async fn bodies_of_another_type_or_size_are_refused() {
    let site = Site::new().await;
    let problem = site.post_text("/v1/steps", "text/plain", "{}").await.problem("wrong-content-type");
    assert_eq!(problem["due"], "application/json");
    site.post_text("/v1/steps", "application/json; charset=utf-8", "{}").await.problem("malformed");
    let large = format!("{{\"memo\":\"{}\"}}", "x".repeat(200 << 10));
    let problem = site.post_text("/v1/steps", "application/json", large).await.problem("too-large");
    assert_eq!(problem["limit"], 128 << 10);
    let cut_off = sending([b"{\"entry\":".to_vec()], Then::CutOff);
    let problem = site.post_text("/v1/steps", "application/json", cut_off).await.problem("malformed");
    assert_eq!(problem["detail"], "the body was cut off before its end");
}

#[tokio::test]
async fn a_step_that_carries_a_secret_is_refused_before_anything_else() {
    let site = Site::new().await;
    let body = json!({ "entry": "0x", "signatures": [], "opening": { "code": "ABCD-EFGH" } });
    let reply = site.post("/v1/steps", &body).await;
    assert!(!reply.text.contains("ABCD-EFGH"));
    let detail = reply.problem("secret-sent")["detail"].to_string();
    assert!(detail.contains("codes, stamps and serials never go to a node"), "{detail}");
}

#[tokio::test]
async fn a_memo_has_no_member_that_is_named_as_a_secret() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let step = step_json(&site.fixture.step(Kind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]));
    for memo in
        [r#"{"stamp":"ABCD-EFGH"}"#, r#"{"note":[{"secret":"ABCD-EFGH"}]}"#, r#"[{"code":"ABCD-EFGH"}]"#]
    {
        let reply = site.post("/v1/steps", &changed(&step, "memo", json!(memo))).await;
        assert!(!reply.text.contains("ABCD-EFGH"));
        let detail = reply.problem("secret-sent")["detail"].to_string();
        assert!(detail.contains("memo: the member"), "{detail}");
    }
    assert_eq!(site.get("/v1/ledger").await.with(200)["size"], 1, "nothing of them was taken");
    // What is no secret's name, or no JSON, is refused for its hash alone.
    for memo in [r#"{"note":"code","order":"stamp"}"#, "code: none"] {
        let reply = site.post("/v1/steps", &changed(&step, "memo", json!(memo))).await;
        reply.problem("malformed");
    }
}

#[tokio::test]
async fn an_overloaded_sequencer_says_when_to_come_back() {
    let fixture = Fixture::new().await;
    let unasked = |accepted: &crate::ledger::rows::Accepted| fixture.ledger.receipt(accepted);
    let response = Problem::of(Refused::Overloaded, unasked).into_response();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "2");
}
