//! A disk and a clock that fail on demand, below a program that knows nothing of it: `tests/preload/faults.c`, loaded
//! into the program under test. The program is the one that users run; nothing in it is for tests.

use crate::repository;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

/// A kind of effect that a program has on its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Effect {
    /// Bytes written to a file of its folder.
    Write = 1,
    /// A sync of such a file.
    Sync = 2,
    /// A file made, renamed or removed there.
    Name = 4,
    /// The size of such a file set.
    Size = 8,
    /// Bytes sent to its chain.
    Send = 16,
}

impl Effect {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Write, Self::Sync, Self::Name, Self::Size, Self::Send];
    /// What has to do with files.
    pub const FILES: &[Self] = &[Self::Write, Self::Sync, Self::Name, Self::Size];
}

/// What becomes of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Act {
    /// The program is killed before it.
    KillBefore = 1,
    /// The program is killed when half of the bytes are written.
    KillHalfway = 2,
    /// The program is killed after it, before it hears of it.
    KillAfter = 3,
    /// It fails with an input/output error, this once.
    Broken = 4,
    /// It fails because the disk is full, this once.
    Full = 5,
    /// Half of the bytes are taken, and the program is told so.
    Short = 6,
    /// The program is killed and loses every byte that it had not synced. Needs [`Faults::track`].
    PowerCut = 7,
    /// Every such effect from here on fails with an input/output error.
    BrokenForGood = 8,
    /// The disk is full from here on.
    FullForGood = 9,
}

/// The plan of what fails, shared with the running program.
#[derive(Debug)]
pub struct Faults {
    _folder: TempDir,
    path: PathBuf,
    plan: File,
}

/// Places of the seven numbers in the file.
const SEEN: u64 = 0;
const DUE: u64 = 8;
const KINDS: u64 = 16;
const ACTION: u64 = 24;
const TRACKED: u64 = 32;
const CLOCK: u64 = 40;
const PAUSE: u64 = 48;

impl Default for Faults {
    fn default() -> Self {
        Self::new()
    }
}

impl Faults {
    /// Nothing fails yet.
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("plan");
        let options = File::options().read(true).write(true).create_new(true).open(&path);
        let plan = options.expect("a plan");
        plan.set_len(PAUSE + 8).expect("room for seven numbers");
        Self { _folder: folder, path, plan }
    }

    /// What a program needs in its environment to be under this plan: its data folder, and the port of its chain.
    pub fn environment(&self, folder: &Path, port: Option<u16>) -> Vec<(&'static str, String)> {
        let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
        let mut variables = vec![
            ("LD_PRELOAD", text(library())),
            ("VOUCHSAFE_FAULTS", text(&self.path)),
            ("VOUCHSAFE_FAULTS_FOLDER", text(folder)),
        ];
        variables.extend(port.map(|port| ("VOUCHSAFE_FAULTS_PORT", port.to_string())));
        variables
    }

    /// The `nth` effect of these kinds from now on meets this; 1 is the next.
    pub fn at(&self, nth: u64, kinds: &[Effect], act: Act) {
        self.none();
        self.set(ACTION, act as u64);
        self.set(KINDS, kinds.iter().fold(0, |all, kind| all | *kind as u64));
        self.set(DUE, self.seen() + nth);
    }

    /// Nothing fails from now on; effects of these kinds are counted.
    pub fn count(&self, kinds: &[Effect]) {
        self.none();
        self.set(KINDS, kinds.iter().fold(0, |all, kind| all | *kind as u64));
    }

    /// Nothing fails from now on.
    pub fn none(&self) {
        self.set(DUE, 0);
    }

    /// From now on it is remembered what a power cut would take back: before the program starts.
    pub fn track(&self) {
        self.set(TRACKED, 1);
    }

    /// Effects so far of the kinds that were named.
    pub fn seen(&self) -> u64 {
        let mut bytes = [0; 8];
        self.plan.read_exact_at(&mut bytes, SEEN).expect("a plan");
        u64::from_ne_bytes(bytes)
    }

    /// Whether the effect that was to fail has come.
    pub fn fired(&self) -> bool {
        let mut bytes = [0; 8];
        self.plan.read_exact_at(&mut bytes, DUE).expect("a plan");
        let due = u64::from_ne_bytes(bytes);
        due != 0 && self.seen() >= due
    }

    /// Sets the program's wall clock forward by so many milliseconds, or back.
    pub fn shift_clock(&self, millis: i64) {
        self.plan.write_all_at(&millis.to_ne_bytes(), CLOCK).expect("a plan");
    }

    /// Each sync takes so much longer from now on, those that wait for their end too.
    pub fn slow_disk(&self, pause: Duration) {
        self.set(PAUSE, u64::try_from(pause.as_millis()).expect("a time"));
    }

    fn set(&self, place: u64, number: u64) {
        self.plan.write_all_at(&number.to_ne_bytes(), place).expect("a plan");
    }
}

/// The library, built once by the system's C compiler.
fn library() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = BUILT.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("faults.so");
        let source = repository().join("tests/preload/faults.c");
        let mut compiler = Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(&path)
            .arg(source);
        let status = compiler.args(["-ldl", "-lpthread"]).status();
        assert!(
            status.as_ref().is_ok_and(std::process::ExitStatus::success),
            "no C compiler `cc`: {status:?}"
        );
        (folder, path)
    });
    path
}
