//! What a data folder refuses, and what it never says.

use super::{AnchoringConfig, ChainConfig, Config, Folder, LedgerConfig};
use protocol::{Address, Digest};
use std::os::unix::fs::PermissionsExt as _;

fn config(chain: ChainConfig) -> Config {
    let ledger = LedgerConfig { opener: Address::new([1; 20]), salt: Digest::ZERO, bond_wei: 1 };
    Config::new(
        "https://example.org".to_owned(),
        "127.0.0.1:7311".parse().expect("an address"),
        chain,
        Some(Address::new([2; 20])),
        ledger,
    )
}

fn folder() -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(place.path().join("node"));
    folder.create().expect("made");
    (place, folder)
}

#[test]
fn what_was_saved_is_loaded_and_every_senseless_value_refused_in_words() {
    let (_place, folder) = folder();
    let good = config(ChainConfig::Devnet);
    folder.save(&good).expect("saved");
    assert_eq!(folder.load().expect("loaded"), good);
    let refused = |change: &dyn Fn(&mut Config), expected: &str| {
        let mut bad = config(ChainConfig::Devnet);
        change(&mut bad);
        folder.save(&bad).expect("saved");
        let said = folder.load().expect_err("refused").to_string();
        assert!(said.contains(expected) && said.contains("node.toml"), "{said}");
    };
    refused(&|bad| bad.anchoring.heartbeat_s = 0, "heartbeat_s is 0");
    refused(&|bad| bad.anchoring.interval_s = 3600, "promise_s 3600 is not above interval_s 3600");
    refused(&|bad| bad.anchoring.promise_s = u64::from(u32::MAX), "31 days");
    refused(&|bad| bad.limits.batch_vouchers = 0, "batch_vouchers is 0");
    refused(&|bad| bad.site = "example.org".to_owned(), "https://HOST");
    refused(&|bad| bad.site = "https://name:secret@example.org".to_owned(), "a name or a password");
    refused(&|bad| bad.format = 2, "format 2");
}

#[test]
fn any_interval_of_the_command_line_is_one_that_a_node_can_keep_up() {
    for interval_s in [1, 60, 3600, 86_400] {
        assert_eq!(AnchoringConfig::every(interval_s).check(), Ok(()), "{interval_s}");
    }
    assert_eq!(AnchoringConfig::every(60), AnchoringConfig::default());
    AnchoringConfig::every(u64::MAX).check().expect_err("too long");
    AnchoringConfig::every(0).check().expect_err("no time at all");
}

#[test]
fn an_access_key_in_the_configuration_is_not_quoted_where_its_line_is_wrong() {
    let (_place, folder) = folder();
    let path = folder.path().join("node.toml");
    let url = "https://rpc.example/KEY123";
    for (line, said) in [
        (format!("site = \"{url}"), "line 3"),
        (format!("endpoints = \"{url}\""), "invalid type: string \"…\", expected a sequence"),
        (format!("endpoints = '{url}\"KEY123'"), "expected a sequence"),
        (format!("kind = \"{url}\""), "unknown variant `…`"),
        (format!("kind = \"evm\"\nchain_id = \"{url}\""), "invalid type: string \"…\", expected u64"),
        (format!("\"{url}\" = 1"), "line"),
    ] {
        let kind = if line.contains("kind") { "" } else { "kind = \"evm\"\n" };
        std::fs::write(&path, format!("format = 1\n[chain]\n{line}\n{kind}")).expect("written");
        let refused = folder.load().expect_err("refused").to_string();
        assert!(refused.contains(said) && !refused.contains("KEY123"), "{line}: {refused}");
    }
}

#[test]
fn a_key_is_drawn_once_kept_for_its_owner_and_never_half() {
    let (_place, folder) = folder();
    let drawn = folder.draw_operator_key().expect("drawn").public();
    assert_eq!(folder.draw_operator_key().expect("the same").public(), drawn);
    let path = folder.path().join("operator.key");
    let mode = std::fs::metadata(&path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    // What a crash leaves while a key is written is in nobody's way.
    std::fs::rename(&path, folder.path().join("operator.new")).expect("moved");
    assert_ne!(folder.draw_operator_key().expect("drawn anew").public(), drawn);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changed");
    assert!(folder.load_operator_key().expect_err("exposed").to_string().contains("chmod 600"));
}

#[test]
fn a_folder_that_is_there_keeps_its_rights() {
    let place = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o755)).expect("changed");
    Folder::new(place.path()).create().expect("used");
    let mode = std::fs::metadata(place.path()).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode, 0o755);
}
