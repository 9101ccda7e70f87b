//! Each target over its seeds and over what the corpus keeps: what failed once fails never again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use vouchsafe_fuzz::TARGETS;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

#[test]
fn what_must_hold_holds_for_seeds_and_corpus() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(seeds.len() > 5, "{} has {} seeds", target.name, seeds.len());
        for seed in &seeds {
            (target.check)(seed);
        }
        for file in fs::read_dir(corpus().join(target.name)).expect("a folder of the corpus") {
            (target.check)(&fs::read(file.expect("a file").path()).expect("an input"));
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4000))]

    /// docs/TRUST.md, "What a changed dossier can say".
    #[test]
    fn no_changed_dossier_is_accepted_with_another_meaning(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 8..64)) {
        let target = TARGETS.iter().find(|target| target.name == "mutated").expect("a target");
        (target.check)(&bytes);
    }
}

#[test]
fn each_target_has_its_folder_and_each_folder_its_target() {
    let folders = fs::read_dir(corpus()).expect("the corpus");
    let folders: BTreeSet<String> = folders
        .map(|folder| folder.expect("a folder").file_name().into_string().expect("a plain name"))
        .collect();
    assert_eq!(folders, TARGETS.iter().map(|target| target.name.to_owned()).collect());
}
