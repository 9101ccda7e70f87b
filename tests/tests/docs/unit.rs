//! The unit for systemd: a setting in another section than its own is ignored with a line in the journal, and nobody reads it.

use super::file;
use std::process::Command;
use vouchsafe_tests::{left_out, repository};

const UNIT: &str = "deploy/vouchsafe-node.service";

/// Settings of `[Unit]`, by systemd.unit(5), that a service may want.
const OF_UNITS: &[&str] = &[
    "After",
    "Before",
    "BindsTo",
    "Conflicts",
    "Description",
    "Documentation",
    "OnFailure",
    "PartOf",
    "Requires",
    "StartLimitAction",
    "StartLimitBurst",
    "StartLimitIntervalSec",
    "Wants",
];

/// Every setting with its section: section, name, value.
fn settings() -> Vec<(String, String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in file(UNIT).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{UNIT}: {line:?}"));
            found.push((section.clone(), name.to_owned(), value.to_owned()));
        }
    }
    found
}

fn seconds(name: &str) -> u64 {
    let of_name =
        |(_, setting, value): &(String, String, String)| (setting == name).then(|| value.parse().ok());
    settings().iter().find_map(of_name).flatten().unwrap_or_else(|| panic!("{UNIT}: {name}"))
}

#[test]
fn settings_stand_in_the_section_that_systemd_reads_them_in() {
    let settings = settings();
    assert!(settings.len() > 20, "{settings:?}");
    for (section, name, _) in settings {
        assert_eq!(section == "Unit", OF_UNITS.contains(&name.as_str()), "{name} in [{section}]");
    }
}

#[test]
fn a_node_that_always_fails_comes_to_the_limit_of_starts() {
    let until_the_last = seconds("RestartSec") * seconds("StartLimitBurst");
    assert!(until_the_last < seconds("StartLimitIntervalSec"), "it is started again for ever");
}

#[test]
fn systemd_knows_every_setting() {
    let Ok(checked) = Command::new("systemd-analyze").arg("verify").arg(repository().join(UNIT)).output()
    else {
        return left_out("the settings of the systemd unit", "systemd-analyze is not installed");
    };
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    // Of the file itself it speaks with the number of a line. That the program is not installed here is no fault of it.
    let faults: Vec<_> = said.lines().filter(|line| line.contains(&format!("{UNIT}:"))).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
