//! What a node withholds is named, with a challenge for it; it contradicts nothing. What a copy lacks is named alone. A source
//! that shows something else than was anchored is no liar's proof.

use crate::made::{opened, story, trusted};
use crate::run::Folder;
use ledgers::published::{Published, pair, voucher, word};
use protocol::dossier::Memo;
use protocol::fraud::Withheld;
use protocol::fraud::file::Charge;
use protocol::lifecycle::Kind;
use serde_json::{Value, json};

fn withheld(folder: &Folder, made: &Published, report: &Value, code: &str) -> Withheld {
    assert_eq!(report["result"], "unchecked");
    assert_eq!(report["contradictions_total"], 0, "{report:#}");
    let unchecked = &report["unchecked"][0];
    assert_eq!(unchecked["code"], code, "{report:#}");
    let Charge::Challenge(challenge) = folder.challenge(made, unchecked).charge else { panic!("{report:#}") };
    challenge.leaf
}

#[test]
fn withheld_entries_records_and_chunks_are_challenged() {
    let made = story();
    let folder = Folder::of(&made);
    folder.remove("data/tile/entries");
    let report = folder.audit_node(3);
    assert_eq!(withheld(&folder, &made, &report, "entry_withheld"), Withheld::Entry { index: 0 });
    assert_eq!(report["checkpoint"], 0);

    for (gone, due) in [("manifest", 0), ("terms", 0), ("records/0", 1)] {
        let folder = Folder::of(&made);
        folder.remove(&format!("data/batch/0/{gone}"));
        let report = folder.audit_node(3);
        let Withheld::Record { issue, leaf } = withheld(&folder, &made, &report, "record_withheld") else {
            panic!("{report:#}")
        };
        assert_eq!((issue.index, leaf), (0, due), "{gone}");
    }

    let mut hiding = story();
    hiding.heads[3] = word(2, 2);
    hiding.anchor();
    let folder = Folder::of(&hiding);
    folder.remove(&format!("data/head/{}/chunks", hiding.newest().number));
    // What was withheld once is asked for again, and what was lied about is found when it is shown.
    for _ in 0..2 {
        let report = folder.audit_node(3);
        assert_eq!(withheld(&folder, &hiding, &report, "chunk_withheld"), Withheld::Chunk { chunk: 0 });
        assert_eq!(report["checkpoint"], hiding.newest().number - 1);
    }
    hiding.write(&folder.path("data"));
    let report = folder.audit_node(30);
    assert_eq!(report["contradictions"][0]["code"], "stale_head", "{report:#}");
}

#[test]
fn nothing_is_hidden_behind_a_batch_that_is_withheld() {
    let honest = story();
    let mut lying = honest.clone();
    lying.take(Kind::Sell, 2, 3..4, 1, &pair("buyer", 1), None, &[pair("shop", 0)]);
    lying.anchor();
    for (made, exit) in [(honest, 3), (lying, 30)] {
        let folder = Folder::of(&made);
        let records = std::fs::read(folder.path("data/batch/0/records/0")).unwrap();
        folder.remove("data/batch/0/records/0");
        for _ in 0..2 {
            let report = folder.audit_node(exit);
            assert_eq!(report["unchecked"][0]["code"], "record_withheld", "{report:#}");
            folder.challenge(&made, &report["unchecked"][0]);
            assert_eq!(
                (&report["entries"], &report["checkpoint"]),
                (&json!(0), &json!(0)),
                "with all at hand"
            );
            for found in report["contradictions"].as_array().unwrap() {
                assert_eq!(found["code"], "double_spend");
                folder.challenge(&made, found);
            }
        }
        std::fs::write(folder.path("data/batch/0/records/0"), records).unwrap();
        let report = folder.audit_node(if exit == 30 { 30 } else { 0 });
        assert_eq!(report["contradictions_total"], u64::from(exit == 30));
        assert_eq!((&report["unchecked"], &report["entries"]), (&json!([]), &json!(made.size())));
    }
}

#[test]
fn entry_that_is_not_the_anchored_one_is_withheld_and_no_contradiction() {
    let made = story();
    let mut other = made.clone();
    // A source that spoils an entry: every signature of it is wrong, and the log root is another.
    other.steps[4].entry.party = voucher(3);
    let folder = Folder::of(&made);
    other.write(&folder.path("other"));
    std::fs::remove_dir_all(folder.path("data/tile/entries")).unwrap();
    std::fs::rename(folder.path("other/tile/entries"), folder.path("data/tile/entries")).unwrap();
    let report = folder.audit_node(3);
    assert_eq!(withheld(&folder, &made, &report, "entry_withheld"), Withheld::Entry { index: 4 });
    // Another source has it: the audit begins anew and is clean.
    folder.remove("data");
    made.write(&folder.path("data"));
    assert_eq!(folder.audit(0)["entries"], 6);
}

/// Whether a challenge was written.
fn accuses(folder: &Folder) -> bool {
    let written = std::fs::read_dir(folder.path("audit")).unwrap();
    written.flatten().any(|file| file.file_name().to_string_lossy().starts_with("challenge-"))
}

#[test]
fn copy_that_lacks_something_accuses_nobody() {
    let made = story();
    let mut hiding = made.clone();
    hiding.heads[3] = word(2, 2);
    hiding.anchor();
    let chunks = format!("head/{}/chunks", hiding.newest().number);
    for (made, gone, code) in [
        (&made, "tile/entries", "entry_withheld"),
        (&made, "batch/0/terms", "record_withheld"),
        (&made, "batch/0/records/0", "record_withheld"),
        (&hiding, &chunks, "chunk_withheld"),
    ] {
        let folder = Folder::of(made);
        folder.remove(&format!("data/{gone}"));
        copy_lacks(&folder, code);
    }
    let folder = Folder::of(&made);
    let bundle = folder.path("data/tile/entries/000.p/6");
    let mut bytes = std::fs::read(&bundle).unwrap();
    let digit = bytes.iter().position(|byte| *byte == b'0').unwrap() + 40;
    bytes[digit] = if bytes[digit] == b'1' { b'2' } else { b'1' };
    std::fs::write(&bundle, bytes).unwrap();
    copy_lacks(&folder, "entry_withheld");

    let typed = "audit --trusted-checkpoint trusted.json --out asked --from";
    let asked = folder.run(&format!("{typed} {}", folder.node()));
    assert_eq!(asked.exit, Some(3), "{}", asked.err);
    assert!(asked.out.contains("own node") && asked.out.contains("vouchsafe challenge"), "{}", asked.out);
    // What nobody can have, a copy proves.
    let mut padded = story();
    padded.heads.resize(41, word(1, 0));
    padded.anchor_counting(40);
    let folder = Folder::of(&padded);
    folder.audit(30);
    assert!(accuses(&folder));
    let told = folder.run("audit --from data --trusted-checkpoint trusted.json --out audit --fresh");
    assert!(told.out.contains("vouchsafe challenge") && !told.out.contains("own node"), "{}", told.out);
}

fn copy_lacks(folder: &Folder, code: &str) {
    let report = folder.audit(3);
    let unchecked = &report["unchecked"][0];
    assert_eq!(unchecked["code"], code, "{report:#}");
    assert_eq!((&unchecked["rule"], &unchecked["file"]), (&Value::Null, &Value::Null), "{report:#}");
    assert!(!accuses(folder), "{code}");
    // The same as often as it is asked for.
    let typed = "audit --from data --trusted-checkpoint trusted.json --out audit";
    let told = folder.run(typed).out;
    assert!(told.contains("vouchsafe mirror data") && !told.contains("vouchsafe challenge"), "{told}");
    let told = folder.run(&format!("{typed} --lang zh")).out;
    assert!(told.contains("副本") && !told.contains("vouchsafe challenge"), "{told}");
}

#[test]
fn data_that_ends_early_is_not_called_clean() {
    let mut made = story();
    let folder = Folder::of(&made);
    made.claim(30, 0);
    made.anchor();
    std::fs::write(folder.path("trusted.json"), trusted(&made)).unwrap();
    let report = folder.audit(3);
    assert_eq!(report["unchecked"][0]["code"], "data_behind");
    assert_eq!((&report["checkpoint"], &report["anchored"]), (&json!(4), &json!(5)));
}

#[test]
fn damaged_or_foreign_state_is_not_gone_on_with() {
    let folder = Folder::of(&story());
    folder.audit(0);
    let state = std::fs::read(folder.path("audit/state")).unwrap();
    for damage in [0, 40, state.len() / 2, state.len() - 1] {
        let mut damaged = state.clone();
        damaged[damage] ^= 1;
        std::fs::write(folder.path("audit/state"), damaged).unwrap();
        let ran = folder.run("audit --from data --trusted-checkpoint trusted.json --out audit");
        assert_eq!(ran.exit, Some(0), "byte {damage}: {}", ran.err);
        assert!(ran.err.contains("begins anew"), "byte {damage}: {}", ran.err);
    }
    std::fs::write(folder.path("audit/state"), &state[..state.len() / 3]).unwrap();
    assert_eq!(folder.audit(0)["signatures"], 7);
}

#[test]
fn state_of_a_history_that_is_not_anchored_is_not_gone_on_with() {
    let mut other = opened();
    other.issue(7);
    other.anchor();
    let folder = Folder::of(&other);
    folder.audit(0);
    let mut made = story();
    made.steps[1].memo = Memo::Text("{}".to_owned());
    folder.remove("data");
    made.write(&folder.path("data"));
    std::fs::write(folder.path("trusted.json"), trusted(&made)).unwrap();
    let report = folder.audit(30);
    assert_eq!((&report["entries"], &report["contradictions_total"]), (&json!(6), &json!(1)));
}
