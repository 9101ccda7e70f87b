//! Mirrors: whole, resumed, grown, mended, and held against an operator who lies.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod published;

use protocol::Keccak;
use protocol::audit::HeadArray;
use protocol::heads::{Head, chunk_of, chunks_for};
use protocol::merkle::{TreeHead, inclusion_path, verify_inclusion};
use protocol::public_data::{DataPath, Part};
use published::{COUNTS, Published, SIZES};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;
use vouchsafe_cli::mirror::{Mirror, MirrorReport, newest_there};
use vouchsafe_cli::public_data::{DataError, FolderData, PublicData, TreeName, TreeNodes};

static HONEST: LazyLock<Published> = LazyLock::new(|| Published::new(|_, _| ()));

/// A folder as a source that counts, and may fall silent after some files.
struct Source {
    data: FolderData,
    left: AtomicI64,
    fetched: AtomicU64,
}

impl Source {
    fn of(folder: &Path) -> Self {
        let left = AtomicI64::new(i64::MAX);
        Self { data: FolderData::new(folder), left, fetched: AtomicU64::new(0) }
    }

    fn silent_after(folder: &Path, files: i64) -> Self {
        Self { left: AtomicI64::new(files), ..Self::of(folder) }
    }
}

impl PublicData for Source {
    fn fetch(&self, path: DataPath) -> Result<Vec<u8>, DataError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(DataError::Unreachable { whence: self.whence(), cause: "silence".to_owned() });
        }
        self.fetched.fetch_add(1, Ordering::SeqCst);
        self.data.fetch(path)
    }

    fn whence(&self) -> String {
        self.data.whence()
    }
}

/// Copies up to a checkpoint.
fn copy(published: &Published, source: &dyn PublicData, to: &Path, newest: usize) -> MirrorReport {
    let mut mirror = Mirror::open(to).unwrap();
    mirror.check_ledger(&published.ledger).unwrap();
    go_on(&mut mirror, published, source, newest)
}

/// Copies up to a checkpoint what the mirror has not seen before.
fn go_on(mirror: &mut Mirror, published: &Published, source: &dyn PublicData, newest: usize) -> MirrorReport {
    mirror
        .copy(source, &published.ledger, &published.checkpoints[newest], 4, &AtomicBool::new(false), &|_| ())
        .unwrap()
        .unwrap()
}

fn written(published: &Published, newest: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    published.write(folder.path(), newest);
    folder
}

/// The files of a folder by their paths, without what is no public data.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut rest = vec![folder.to_owned()];
    while let Some(next) = rest.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                rest.push(path);
            } else if name.parse::<DataPath>().is_ok() {
                found.insert(name, std::fs::read(&path).unwrap());
            } else {
                assert!([".lock", "mirror.json"].contains(&name.as_str()), "{name}");
            }
        }
    }
    found
}

/// What an honest mirror holds of these files: all but the heads.
fn without_heads(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    files.into_iter().filter(|(name, _)| !name.starts_with("head/")).collect()
}

#[test]
fn a_mirror_holds_everything_and_fetches_nothing_twice() {
    let from = written(&HONEST, 5);
    let to = tempfile::tempdir().unwrap();
    let source = Source::of(from.path());
    let report = copy(&HONEST, &source, to.path(), 5);
    assert_eq!((report.exit(), report.size, report.vouchers), (0, 700, COUNTS.iter().sum()));
    let due = without_heads(files(from.path()));
    assert!(due == files(to.path()), "{:?}", due.keys());
    assert_eq!(source.fetched.load(Ordering::SeqCst), due.len() as u64);
    assert_eq!((report.fetched, report.kept), (due.len() as u64, 0));
    let again = Source::silent_after(from.path(), 0);
    let report = copy(&HONEST, &again, to.path(), 5);
    assert_eq!((report.exit(), report.fetched, report.kept), (0, 0, due.len() as u64));
    assert_eq!(report.damaged_count, 0);
}

#[test]
fn a_run_that_broke_off_anywhere_is_resumed_without_fetching_again() {
    let from = written(&HONEST, 5);
    let due = without_heads(files(from.path()));
    for after in (0..due.len()).step_by(3) {
        let to = tempfile::tempdir().unwrap();
        let broken = Source::silent_after(from.path(), i64::try_from(after).unwrap());
        let report = copy(&HONEST, &broken, to.path(), 5);
        assert_eq!((report.exit(), report.is_whole()), (3, false), "{after}");
        assert!(report.unavailable[0].problem.contains("silence"));
        // What a killed process leaves beside it: a file that was not whole.
        std::fs::create_dir_all(to.path().join(".unfinished")).unwrap();
        std::fs::write(to.path().join(".unfinished/tile_entries_000"), b"half").unwrap();
        let rest = Source::of(from.path());
        let report = copy(&HONEST, &rest, to.path(), 5);
        assert_eq!((report.exit(), report.damaged_count), (0, 0), "{after}: {report:?}");
        let fetched = broken.fetched.into_inner() + rest.fetched.into_inner();
        assert_eq!(fetched, due.len() as u64, "{after}");
        assert!(files(to.path()) == due);
    }
}

#[test]
fn a_mirror_grows_with_its_ledger_and_drops_what_it_outgrew() {
    let to = tempfile::tempdir().unwrap();
    let mut before = BTreeSet::new();
    for newest in 0..SIZES.len() {
        let from = written(&HONEST, newest as u64);
        let source = Source::of(from.path());
        let report = copy(&HONEST, &source, to.path(), newest);
        assert_eq!(report.exit(), 0, "{newest}: {report:?}");
        let due = without_heads(files(from.path()));
        assert!(files(to.path()) == due, "{newest}");
        let new = due.keys().filter(|name| !before.contains(*name)).count();
        assert_eq!(source.fetched.into_inner(), new as u64, "{newest}");
        before = due.into_keys().collect();
    }
}

#[test]
fn a_mirror_that_is_kept_open_reads_what_is_new_until_all_is_to_be_checked() {
    let to = tempfile::tempdir().unwrap();
    let mut mirror = Mirror::open(to.path()).unwrap();
    for (newest, size) in SIZES.into_iter().enumerate() {
        let from = written(&HONEST, newest as u64);
        let report = go_on(&mut mirror, &HONEST, &Source::of(from.path()), newest);
        assert_eq!((report.exit(), report.size), (0, size), "{newest}: {report:?}");
        assert!(files(to.path()) == without_heads(files(from.path())), "{newest}");
        let old = DataPath::Records { batch: 0, file: 0 };
        if newest == 2 {
            std::fs::write(to.path().join(old.to_string()), b"spoiled").unwrap();
            let from = written(&HONEST, 3);
            let report = go_on(&mut mirror, &HONEST, &Source::of(from.path()), 3);
            assert_eq!((report.exit(), report.damaged_count), (0, 0), "it was read again: {report:?}");
            assert!(report.kept < 8, "{report:?}");
            mirror.check_all();
            let report = go_on(&mut mirror, &HONEST, &Source::of(from.path()), 3);
            assert_eq!((report.exit(), report.damaged), (0, vec![old.to_string()]));
        }
    }
}

#[test]
fn a_mirror_that_is_kept_open_begins_anew_where_the_chain_has_another_checkpoint_by_now() {
    let other = Published::new(|number, heads| {
        if number == 2 {
            heads.fill(7..8, Head::new(4, 7).unwrap());
        }
    });
    let to = tempfile::tempdir().unwrap();
    let mut mirror = Mirror::open(to.path()).unwrap();
    let report = go_on(&mut mirror, &HONEST, &Source::of(written(&HONEST, 3).path()), 3);
    assert_eq!(report.exit(), 0, "{report:?}");
    let report = go_on(&mut mirror, &other, &Source::of(written(&other, 4).path()), 4);
    assert_eq!((report.exit(), report.contradictions[0].checkpoint), (30, 2), "{report:?}");
    // What stands in contradiction is looked at as a whole each time, and so is what breaks off.
    let report = go_on(&mut mirror, &other, &Source::of(written(&other, 5).path()), 5);
    assert_eq!((report.exit(), report.contradictions[0].checkpoint), (30, 2), "{report:?}");
    let report = go_on(&mut mirror, &HONEST, &Source::of(written(&HONEST, 2).path()), 2);
    assert_eq!((report.exit(), report.contradictions_count), (0, 0), "{report:?}");
    let report = go_on(&mut mirror, &HONEST, &Source::silent_after(written(&HONEST, 5).path(), 2), 5);
    assert_eq!((report.exit(), report.is_whole()), (3, false));
    let report = go_on(&mut mirror, &HONEST, &Source::of(written(&HONEST, 5).path()), 5);
    assert_eq!((report.exit(), report.contradictions_count), (0, 0), "{report:?}");
}

#[test]
fn a_file_that_was_damaged_is_named_and_mended() {
    let from = written(&HONEST, 4);
    let to = tempfile::tempdir().unwrap();
    copy(&HONEST, &Source::of(from.path()), to.path(), 4);
    let due = files(to.path());
    for (name, bytes) in &due {
        let mut flipped = bytes.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        for spoiled in [flipped, bytes[..middle].to_vec(), Vec::new()] {
            std::fs::write(to.path().join(name), spoiled).unwrap();
            let report = copy(&HONEST, &Source::of(from.path()), to.path(), 4);
            assert_eq!((report.exit(), &report.damaged), (0, &vec![name.clone()]), "{name}: {report:?}");
        }
        std::fs::remove_file(to.path().join(name)).unwrap();
        let report = copy(&HONEST, &Source::of(from.path()), to.path(), 4);
        assert_eq!((report.exit(), report.damaged_count, report.fetched), (0, 0, 1), "{name}");
    }
    assert!(files(to.path()) == due);
}

#[test]
fn a_source_that_withholds_or_spoils_a_file_is_told_and_the_rest_is_copied() {
    for name in [
        "tile/entries/000",
        "tile/entries/002.p/188",
        "batch/0/manifest",
        "batch/1/terms",
        "batch/1/records/1",
        "tile/0/001",
    ] {
        let from = written(&HONEST, 4);
        let whole = std::fs::read(from.path().join(name)).unwrap();
        let to = tempfile::tempdir().unwrap();
        let mut spoiled = whole.clone();
        spoiled[0] ^= 1;
        for content in [None, Some(&spoiled)] {
            match content {
                Some(content) => std::fs::write(from.path().join(name), content).unwrap(),
                None => std::fs::remove_file(from.path().join(name)).unwrap(),
            }
            let report = copy(&HONEST, &Source::of(from.path()), to.path(), 4);
            assert_eq!((report.exit(), report.contradictions_count), (3, 0), "{name}: {report:?}");
            let told: Vec<_> = report.unavailable.iter().filter_map(|file| file.path.as_deref()).collect();
            // Of a batch, any of its files may be the wrong one.
            let batch = name.strip_prefix("batch/").map(|rest| &rest[..1]);
            let fits = |told: &&str| {
                *told == name || batch.is_some_and(|batch| told.starts_with(&format!("batch/{batch}/")))
            };
            assert!(told.len() == 1 && told.iter().all(fits), "{name}: {told:?}");
            assert!(!to.path().join("mirror.json").exists());
        }
        std::fs::write(from.path().join(name), whole).unwrap();
        let report = copy(&HONEST, &Source::of(from.path()), to.path(), 4);
        assert_eq!(report.exit(), 0, "{name}: {report:?}");
        assert!(files(to.path()) == without_heads(files(from.path())), "{name}");
    }
}

#[test]
fn checkpoints_that_the_chain_does_not_name_are_refused() {
    let from = written(&HONEST, 4);
    let path = from.path().join("checkpoint/2");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"size\":256", "\"size\":255")).unwrap();
    let to = tempfile::tempdir().unwrap();
    let report = copy(&HONEST, &Source::of(from.path()), to.path(), 4);
    assert_eq!((report.exit(), report.unavailable[0].path.as_deref()), (3, Some("checkpoint/2")));
}

#[test]
fn heads_that_contradict_the_log_are_kept_with_the_tiles_that_lead_to_them() {
    const VICTIM: u64 = 40_000;
    let lie = |number, heads: &mut HeadArray| {
        if number == 3 {
            heads.fill(VICTIM..VICTIM + 1, Head::new(4, 7).unwrap());
        }
    };
    let liar = Published::new(lie);
    let from = written(&liar, 5);
    let to = tempfile::tempdir().unwrap();
    let report = copy(&liar, &Source::of(from.path()), to.path(), 5);
    assert_eq!((report.exit(), report.contradictions_count, report.is_whole()), (30, 1, true));
    let found = &report.contradictions[0];
    assert_eq!((found.what, found.checkpoint, found.voucher), ("heads", 3, Some(VICTIM)));
    let heads: Vec<String> = files(to.path()).into_keys().filter(|name| name.starts_with("head/")).collect();
    assert!(heads.iter().all(|name| name.starts_with("head/3/")), "{heads:?}");
    assert_eq!(heads.iter().filter(|name| name.contains("chunks")).count(), 1, "{heads:?}");
    // The mirror alone proves it.
    let mirror = FolderData::new(to.path());
    let checkpoint = liar.checkpoints[3];
    let (chunk, size) = (chunk_of(VICTIM), chunks_for(checkpoint.vouchers));
    let part = Part::holding(chunk, size).unwrap();
    let shown = mirror.head_chunks(3, part).unwrap()[usize::try_from(chunk - part.first()).unwrap()];
    assert_eq!(shown.word_of(VICTIM), Head::new(4, 7).unwrap());
    let nodes = TreeNodes::new(&mirror, TreeName::Heads(3), size);
    let path = inclusion_path::<Keccak, _>(&nodes, chunk, size).unwrap();
    let tree = TreeHead { size, root: checkpoint.head_root };
    verify_inclusion::<Keccak>(shown.leaf(), chunk, tree, &path).unwrap();
    // And so it does the next time, from what is there.
    let report = copy(&liar, &Source::silent_after(from.path(), 0), to.path(), 5);
    assert_eq!((report.exit(), report.fetched), (30, 0));
}

#[test]
fn heads_that_are_hidden_or_too_many_are_contradictions_too() {
    let lie = |number, heads: &mut HeadArray| {
        if number == 2 {
            heads.push(20, Head::new(1, 0).unwrap());
        }
    };
    let liar = Published::new(lie);
    let from = written(&liar, 4);
    let to = tempfile::tempdir().unwrap();
    let report = copy(&liar, &Source::of(from.path()), to.path(), 4);
    assert_eq!((report.exit(), report.contradictions[0].checkpoint), (30, 2));
    std::fs::remove_dir_all(from.path().join("head")).unwrap();
    let other = tempfile::tempdir().unwrap();
    let report = copy(&liar, &Source::of(from.path()), other.path(), 4);
    assert_eq!((report.exit(), report.contradictions[0].voucher), (30, None));
    assert!(report.unavailable[0].path.as_deref().unwrap().starts_with("head/2/"));
}

#[test]
fn a_folder_of_something_else_or_at_work_is_refused() {
    let to = tempfile::tempdir().unwrap();
    std::fs::write(to.path().join("letters.txt"), b"dear").unwrap();
    let mirror = Mirror::open(to.path()).unwrap();
    let failure = mirror.check_ledger(&HONEST.ledger).unwrap_err();
    assert_eq!((failure.exit, failure.text.id()), (2, "error-mirror-foreign"));
    let busy = Mirror::open(to.path()).err().unwrap();
    assert_eq!((busy.exit, busy.text.id()), (2, "error-mirror-busy"));
    let mine = tempfile::tempdir().unwrap();
    let from = written(&HONEST, 1);
    copy(&HONEST, &Source::of(from.path()), mine.path(), 1);
    let mut other = HONEST.ledger.origin;
    other.chain_id = 1;
    let other = protocol::dossier::Ledger::opened_at(other);
    let failure = Mirror::open(mine.path()).unwrap().check_ledger(&other).unwrap_err();
    assert_eq!((failure.exit, failure.text.id()), (2, "error-mirror-ledger"));
}

#[test]
fn the_newest_checkpoint_of_a_source_is_found_wherever_it_is() {
    for newest in 0..6 {
        let from = written(&HONEST, newest);
        let source = FolderData::new(from.path());
        for asked in [newest, newest + 1, newest + 2, newest + 7, 1 << 40] {
            assert_eq!(newest_there(&source, asked).unwrap(), Some(newest), "{asked}");
        }
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(newest_there(&FolderData::new(empty.path()), 9).unwrap(), None);
}

#[test]
fn a_source_that_is_behind_takes_nothing_away_and_is_named() {
    let to = tempfile::tempdir().unwrap();
    copy(&HONEST, &Source::of(written(&HONEST, 5).path()), to.path(), 5);
    let (due, state) = (files(to.path()), std::fs::read(to.path().join("mirror.json")).unwrap());
    let behind = written(&HONEST, 3);
    let report = copy(&HONEST, &Source::of(behind.path()), to.path(), 3);
    assert_eq!(report.exit(), 0, "{report:?}");
    let now = files(to.path());
    assert!(due.iter().all(|(name, bytes)| now.get(name) == Some(bytes)), "something is lost");
    assert_eq!(std::fs::read(to.path().join("mirror.json")).unwrap(), state);

    let trusted = to.path().with_extension("json");
    let mut checkpoint = serde_json::to_value(HONEST.checkpoints[5]).unwrap();
    checkpoint["ledger"] = serde_json::json!(HONEST.ledger.id);
    std::fs::write(&trusted, checkpoint.to_string()).unwrap();
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_vouchsafe"))
        .arg("mirror")
        .arg(to.path())
        .arg("--from")
        .arg(behind.path())
        .arg("--trusted-checkpoint")
        .arg(&trusted)
        .output()
        .unwrap();
    std::fs::remove_file(trusted).unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(ran.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("up to checkpoint 5") && said.contains("has checkpoint 3"), "{said}");
    assert!(due.iter().all(|(name, bytes)| files(to.path()).get(name) == Some(bytes)), "something is lost");
}

#[test]
fn a_bad_answer_takes_nothing_away() {
    for (lost, spoiled, good) in [
        (
            "batch/1/records/1",
            "batch/1/records/0",
            ["batch/1/records/0", "batch/1/manifest", "batch/1/terms"],
        ),
        ("tile/0/002.p/188", "tile/1/000.p/2", ["tile/1/000.p/2", "tile/0/000", "tile/0/001"]),
    ] {
        let from = written(&HONEST, 4);
        let to = tempfile::tempdir().unwrap();
        copy(&HONEST, &Source::of(from.path()), to.path(), 4);
        let due = files(to.path());
        let path = from.path().join(spoiled);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[0] ^= 1;
        std::fs::write(path, bytes).unwrap();
        let mut damaged = due[lost].clone();
        damaged[0] ^= 1;
        // The folder's copy is gone, or wrong: whether the source has the right one, its other files do not show.
        for content in [None, Some(damaged)] {
            match content {
                Some(content) => std::fs::write(to.path().join(lost), content).unwrap(),
                None => std::fs::remove_file(to.path().join(lost)).unwrap(),
            }
            let report = copy(&HONEST, &Source::of(from.path()), to.path(), 4);
            let now = files(to.path());
            for name in good {
                assert!(now.get(name) == Some(&due[name]), "{name} is lost for want of {lost}: {report:?}");
            }
        }
        let report = copy(&HONEST, &Source::of(written(&HONEST, 4).path()), to.path(), 4);
        assert_eq!((report.exit(), report.fetched), (0, 1), "{lost}: {report:?}");
        assert!(files(to.path()) == due);
    }
}
