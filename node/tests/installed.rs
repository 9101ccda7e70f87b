//! What the binary makes for those who install it: completions and manual pages.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::process::Command;

fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vouchsafe-node")).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let (done, script) = run(&["completions", shell]);
        assert!(done && ["init", "serve", "fsck"].iter().all(|name| script.contains(name)), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    assert!(run(&["man", pages.to_str().unwrap()]).0);
    for name in ["vouchsafe-node.1", "vouchsafe-node-serve.1", "vouchsafe-node-fsck.1"] {
        assert!(pages.join(name).is_file(), "{name}");
    }
}

#[test]
fn no_time_between_two_checkpoints_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (done, _) = run(&["init", "--data", data.to_str().unwrap(), "--anchor-interval", "0"]);
    assert!(!done && !data.exists());
}
