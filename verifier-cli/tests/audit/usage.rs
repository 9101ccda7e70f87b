//! Wrong input of each kind: exit 2, what is wrong, and what to do.

use crate::made::{origin, story};
use crate::run::Folder;

#[test]
fn wrong_usage_says_what_to_do() {
    let folder = Folder::of(&story());
    let other = "0x00000000000000000000000000000000000000000000000000000000000000ff";
    std::fs::write(
        folder.path("other.json"),
        folder.read("trusted.json").replace(&origin().ledger().to_string(), other),
    )
    .unwrap();
    std::fs::create_dir(folder.path("foreign")).unwrap();
    for (name, text) in
        [("cut.ndjson", "{\"ledger\":\"0x"), ("photo.jpg", "no text"), ("settled.json", "{\"pending\":[]}")]
    {
        std::fs::write(folder.path("foreign").join(name), text).unwrap();
    }
    let good = "--trusted-checkpoint trusted.json";
    for (typed, said) in [
        ("--from data", "--rpc URL"),
        (good, "--from URL"),
        ("--from nowhere --trusted-checkpoint trusted.json", "ledger.json"),
        ("--from data --trusted-checkpoint missing.json", "missing.json"),
        ("--from data --trusted-checkpoint other.json", other),
        ("--from data --trusted-checkpoint trusted.json --ledger 0x01", "--ledger"),
        (&format!("--from data {good} --ledger {other}"), other),
        (&format!("--from data {good} --follow"), "--rpc"),
        (&format!("--from data {good} --interval 5"), "--follow"),
        (&format!("--from data {good} --receipts nowhere"), "nowhere"),
        (&format!("--from data {good} --receipts foreign"), "none holds a receipt"),
        (&format!("--from data {good} --out trusted.json"), "trusted.json"),
        ("--from data --rpc nonsense", "--rpc"),
    ] {
        let ran = folder.run(&format!("audit {typed}"));
        assert_eq!(ran.exit, Some(2), "{typed}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(said), "{typed}: {}", ran.err);
        let chinese = folder.run(&format!("audit {typed} --lang zh")).err;
        assert!(chinese.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{chinese}");
    }
}

#[test]
fn chain_that_does_not_answer_is_exit_3() {
    let folder = Folder::of(&story());
    let ran = folder.run("audit --from data --rpc http://127.0.0.1:1/ --out audit");
    assert_eq!(ran.exit, Some(3), "{}", ran.err);
    assert!(ran.err.contains("127.0.0.1:1"), "{}", ran.err);
}

#[test]
fn folder_is_held_by_one_audit_at_a_time() {
    let folder = Folder::of(&story());
    folder.audit(0);
    let lock = std::fs::File::create(folder.path("audit/lock")).unwrap();
    lock.lock().unwrap();
    let ran = folder.run("audit --from data --trusted-checkpoint trusted.json --out audit");
    assert_eq!(ran.exit, Some(2), "{}", ran.err);
    assert!(ran.err.contains("another audit"), "{}", ran.err);
}
