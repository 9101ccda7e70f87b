//! A mirror that follows its ledger: what it holds is audited as the source is, up to the newest checkpoint or an older one.

use crate::follow::{PATIENCE, anchor, files, stop};
use crate::made::{chain, opened, story, trusted};
use crate::run::Folder;
use crate::server::serve;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// `vouchsafe mirror copy --follow` in the folder, whose source is down: it waits for it.
fn follows(folder: &Folder, from: &str, rpc: &str) -> Child {
    let typed = format!("mirror copy --from {from} --rpc {rpc} --follow --interval 1");
    let mut mirror = Command::new(env!("CARGO_BIN_EXE_vouchsafe"))
        .args(typed.split_whitespace())
        .current_dir(folder.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(mirror.stderr.take().unwrap()).lines();
    let first = said.next().unwrap().unwrap();
    assert!(first.contains("out of reach"), "the source is down, and it says {first}");
    // Whoever stops reading stops the writer.
    std::thread::spawn(move || said.for_each(drop));
    mirror
}

fn waits_for_whole(folder: &Folder, checkpoint: u64) {
    let begin = Instant::now();
    let due = format!("\"checkpoint\": {checkpoint},");
    let state = || std::fs::read_to_string(folder.path("copy/mirror.json")).unwrap_or_default();
    while !state().contains(&due) {
        assert!(begin.elapsed() < PATIENCE, "not up to checkpoint {checkpoint}: {}", state());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn mirror_follows_its_ledger_over_what_is_down_until_it_is_stopped() {
    let chain = chain();
    let mut made = story();
    anchor(&chain, &made, 0);
    let folder = Folder::of(&made);
    let asked = Arc::clone(&chain);
    let rpc = serve(move |_, _, body| (200, asked.answer(body)));
    let down = Arc::new(AtomicBool::new(true));
    let data = files(folder.path("data"), Arc::clone(&down));
    let mut waiting = follows(&folder, &data, &rpc);
    assert_eq!(stop(&mut waiting), Some(3), "nothing was copied");

    let mut mirror = follows(&folder, &data, &rpc);
    down.store(false, Ordering::Relaxed);
    waits_for_whole(&folder, made.newest().number);
    made.claim(30, 0);
    made.anchor();
    made.write(&folder.path("data"));
    anchor(&chain, &made, made.checkpoints.len() - 2);
    waits_for_whole(&folder, made.newest().number);
    std::fs::write(folder.path("trusted.json"), trusted(&made)).unwrap();
    // A look may be under way; what was whole stays so.
    assert_eq!(stop(&mut mirror), Some(0));
    let audited = folder.run("audit --from copy --trusted-checkpoint trusted.json --out audit");
    assert_eq!(audited.exit, Some(0), "{}{}", audited.out, audited.err);
    let usage = folder.run(&format!("mirror copy --from {data} --trusted-checkpoint trusted.json --follow"));
    assert_eq!(usage.exit, Some(2), "{}", usage.err);
    assert!(usage.err.contains("nothing to follow"), "{}", usage.err);
}

#[test]
fn mirror_that_grew_is_read_as_it_was_at_an_older_checkpoint() {
    for grown in [150, 300] {
        let mut made = opened();
        made.issue(400);
        for number in 0..100 {
            made.claim(number, 0);
        }
        made.anchor();
        let folder = Folder::of(&made);
        for number in 100..grown {
            made.claim(number, 0);
        }
        made.anchor();
        folder.remove("data");
        made.write(&folder.path("data"));
        std::fs::write(folder.path("newest.json"), trusted(&made)).unwrap();
        let succeeds = |typed: &str| {
            let ran = folder.run(typed);
            assert_eq!(ran.exit, Some(0), "{grown}: {typed}: {}{}", ran.out, ran.err);
        };
        succeeds("mirror copy --from data --trusted-checkpoint newest.json");
        assert!(!folder.path("copy/tile/0/000.p/101").exists(), "the wider part alone");
        succeeds("audit --from copy --trusted-checkpoint trusted.json --out audit");
        succeeds("mirror older --from copy --trusted-checkpoint trusted.json");
        assert!(folder.path("older/tile/entries/000.p/101").exists());
        // Of a web server the full part alone can be asked for without knowing its width.
        if grown > 256 {
            let from = files(folder.path("copy"), Arc::default());
            succeeds(&format!("audit --from {from} --trusted-checkpoint trusted.json --out over"));
        }
    }
}
