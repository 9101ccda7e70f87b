//! The same evidence gives the same bytes, and the report says what the evidence says.

use crate::unpacked::{Unpacked, golden, golden_evidence, golden_path, problems, trusted};
use vouchsafe_casefile::{Case, CaseDossier, EvidenceError, Trust};

/// The bytes of the added files.
fn contents() -> Vec<Vec<u8>> {
    let members = Unpacked::golden().0.into_iter();
    members.filter(|(name, _)| name.starts_with("files/")).map(|(_, bytes)| bytes).collect()
}

/// `UPDATE_CASE=1` writes the golden case anew from its own evidence, after the report was changed on purpose.
#[test]
fn the_golden_case_is_made_again_byte_for_byte() {
    let zip = Case::of(golden_evidence()).unwrap().zip(&contents()).unwrap();
    if std::env::var_os("UPDATE_CASE").is_some() {
        std::fs::write(golden_path(), &zip).unwrap();
    }
    assert!(zip == golden(), "the golden case and what its evidence gives now are different bytes");
}

#[test]
fn every_line_of_the_golden_case_passes() {
    let checks = Unpacked::golden().opened().judge(&trusted());
    assert_eq!(problems(&checks), Vec::<String>::new());
    assert!(checks.len() > 35, "{}", checks.len());
}

#[test]
fn without_anything_to_trust_the_checkpoints_alone_are_unknown() {
    let checks = Unpacked::golden().opened().judge(&Trust::default());
    assert_eq!(problems(&checks), ["unknown checkpoint not-held"; 3]);
}

#[test]
fn the_order_in_which_checkpoints_and_receipts_were_read_changes_nothing() {
    let mut evidence = golden_evidence();
    evidence.checkpoints.reverse();
    evidence.receipts.reverse();
    evidence.receipts.extend(evidence.receipts.clone());
    let case = Case::of(evidence).unwrap();
    assert!(case.zip(&contents()).unwrap() == golden());
}

#[test]
fn the_report_names_the_second_sale_its_signer_and_the_blocks() {
    let mut members = Unpacked::golden();
    for (language, words) in [
        ("en", ["held the voucher by entry #2", "Not yet in block 2", "In block 3", "vouchsafe case open"]),
        ("zh-CN", ["凭第 2 号记录持有这张凭证", "尚不在区块 2", "已在区块 3", "vouchsafe case open"]),
    ] {
        let html = String::from_utf8(members.bytes(&format!("report.{language}.html")).clone()).unwrap();
        for word in words {
            assert!(html.contains(word), "{word} in {language}");
        }
        assert!(members.bytes(&format!("report.{language}.pdf")).starts_with(b"%PDF-"));
    }
    let incident = String::from_utf8(members.bytes("incidents/").clone()).unwrap();
    assert!(incident.contains("\"instruction\": \"0x766f756368736166652f76312f696e737472756374696f6e"));
}

/// A row of a table, as the report writes its cells.
fn row<'a>(html: &'a str, begins: &str) -> &'a str {
    html.lines()
        .find(|line| line.starts_with("<tr>") && line.contains(begins))
        .unwrap_or_else(|| panic!("no {begins}"))
}

#[test]
fn clock_and_blocks_stand_side_by_side_and_hands_are_drawn() {
    let mut members = Unpacked::golden();
    let html = String::from_utf8(members.bytes("report.en.html").clone()).unwrap();
    let transfer = row(&html, "<strong>#2<br>Transfer</strong>");
    let places = [
        "Operator&#39;s clock\">2026-11-22",
        "Not yet in block 2 (2026-11-22",
        "In block 3 (2026-11-22",
        "Signed by\"><strong>B</strong>",
    ];
    let found: Vec<usize> =
        places.iter().map(|words| transfer.find(words).unwrap_or_else(|| panic!("{words}"))).collect();
    assert!(found.is_sorted(), "{transfer}");
    let graphs: Vec<&str> =
        html.split("<svg ").skip(1).map(|rest| rest.split("</svg>").next().unwrap()).collect();
    assert_eq!(graphs.len(), 2);
    for (graph, refused) in graphs.into_iter().zip([true, false]) {
        assert!(graph.contains("role=\"img\" aria-label=\"Who had voucher 0x"), "{graph}");
        assert!(graph.contains("#1 Transfer") && graph.contains("signed by A"), "{graph}");
        assert_eq!(graph.contains("Refused: sale to"), refused, "{graph}");
    }
    for added in golden_evidence().files {
        let hash = hex::encode(added.sha256);
        let told = row(&html, &hash);
        assert!(told.contains(&added.by) && told.contains(&added.name), "{told}");
    }
    for words in [
        "Take vouchsafe 0.1.0, from its source",
        "What is proven, and by what",
        "What is not proven",
        "came without a chain proof",
    ] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn what_parties_wrote_cannot_become_part_of_the_page() {
    let evil = "<script>alert(1)</script>\u{202e}\u{0}\n'\"&😀".to_owned() + &"长".repeat(70_000);
    let mut evidence = golden_evidence();
    let mut dossier: serde_json::Value = serde_json::from_str(evidence.dossiers[0].text()).unwrap();
    dossier["history"].as_array_mut().unwrap().last_mut().unwrap()["memo"] = evil.clone().into();
    evidence.dossiers[0] = CaseDossier::read(dossier.to_string()).unwrap();
    evidence.files[0].name = "<b>\u{202e}gpj.exe".to_owned();
    evidence.files[0].by = "\u{2066}<i>".to_owned();
    evidence.tool = "<u>tool".to_owned();
    let case = Case::of(evidence).unwrap();
    for (name, bytes) in case.members().iter().filter(|(name, _)| name.rsplit('.').next() == Some("html")) {
        let html = String::from_utf8(bytes.clone()).unwrap();
        for forbidden in ["<script", "<b>", "<i>", "<u>", "\u{202e}", "\u{2066}", "\u{0}"] {
            assert!(!html.contains(forbidden), "{forbidden:?} in {name}");
        }
        assert!(html.contains("&lt;script&gt;") && html.contains("⟨U+202E⟩"), "{name}");
        assert!(html.len() < 200_000, "{}", html.len());
    }
    let names: Vec<&str> = case.members().iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.iter().all(|name| !name.contains(['<', '\u{202e}'])), "{names:?}");
}

#[test]
fn what_is_no_case_is_refused_with_its_reason() {
    let with = |change: fn(&mut vouchsafe_casefile::Evidence)| {
        let mut evidence = golden_evidence();
        change(&mut evidence);
        evidence.check()
    };
    assert_eq!(with(|_| {}), Ok(()));
    assert_eq!(with(|evidence| evidence.dossiers.clear()), Err(EvidenceError::NoVoucher));
    let twice = with(|evidence| evidence.dossiers.extend(evidence.dossiers.clone()));
    assert!(matches!(twice, Err(EvidenceError::Twice(_))));
    assert_eq!(with(|evidence| evidence.files[0].by.clear()), Err(EvidenceError::Name(0)));
    assert_eq!(with(|evidence| evidence.files[0].name = "x".repeat(121)), Err(EvidenceError::Name(121)));
    let large = with(|evidence| evidence.files[0].size = 1 << 30);
    assert!(matches!(large, Err(EvidenceError::LargeFile { size: 1_073_741_824, .. })));
    let many = with(|evidence| evidence.files = vec![evidence.files[0].clone(); 101]);
    assert_eq!(many, Err(EvidenceError::TooManyFiles(101)));
    let stranger = Case::of(golden_evidence()).unwrap().zip(&[b"nobody's".to_vec()]);
    assert!(stranger.unwrap_err().to_string().contains("no added file"));
}
