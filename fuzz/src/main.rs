//! libFuzzer over the target that `FUZZ_TARGET` names; its seeds are written to the folder that `FUZZ_SEEDS` names.

#![no_main]

use std::sync::OnceLock;
use vouchsafe_fuzz::{TARGETS, Target};

static CHOSEN: OnceLock<&Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(init: choose(), |bytes| {
    if let Some(target) = CHOSEN.get() {
        (target.check)(bytes);
    }
});

fn choose() {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        panic!("FUZZ_TARGET is {name:?}: one of {names:?} is due");
    };
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS").map(std::path::PathBuf::from) {
        for (number, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number:03}")), seed).expect("a folder for seeds");
        }
    }
    CHOSEN.get_or_init(|| target);
}
