//! What the operator asks of a node that runs: a socket in its data folder, open to whoever may write there.
//!
//! One request a connection, a line: `backup PATH`. Answers are lines too: `rows N` while it works, at the end `done N` or
//! `failed WHY`.

use crate::backup::backup;
use crate::config::Folder;
use crate::observe;
use crate::store::Store;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// No request is longer.
const LINE_BYTES: u64 = 8192;
/// How long a request may take to come: one after the other is heard.
const PATIENCE: Duration = Duration::from_secs(5);

/// The socket of a running node; gone when it ends.
pub struct Control {
    path: PathBuf,
    ended: Arc<AtomicBool>,
}

impl Control {
    /// Listens, on a thread of its own. A node that can not listen here runs all the same, and says so.
    pub fn listen(folder: &Folder, store: &Arc<dyn Store>) -> Option<Self> {
        let path = folder.control();
        match bind(&path) {
            Ok(listener) => {
                let (folder, store) = (folder.clone(), Arc::downgrade(store));
                let ended = Arc::new(AtomicBool::new(false));
                let over = Arc::clone(&ended);
                std::thread::spawn(move || {
                    let _said = observe::background("control").entered();
                    for stream in listener.incoming().map_while(Result::ok) {
                        let Some(store) = store.upgrade().filter(|_| !over.load(Ordering::SeqCst)) else {
                            break;
                        };
                        if let Err(error) = answer(&folder, &*store, &stream) {
                            observe::failed("answering the operator", &error);
                        }
                    }
                });
                Some(Self { path, ended })
            }
            Err(error) => {
                observe::failed("listening for the operator", &error);
                None
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread, which then ends.
        let _ = UnixStream::connect(&self.path);
        let _ = std::fs::remove_file(&self.path);
    }
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    // What an earlier run left: the lock of the store says that no other node is at work here.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

fn answer(folder: &Folder, store: &dyn Store, stream: &UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = String::new();
    BufReader::new(stream.take(LINE_BYTES)).read_line(&mut request)?;
    let mut out = stream;
    let Some(to) = request.trim_end_matches('\n').strip_prefix("backup ") else {
        return writeln!(out, "failed unknown request");
    };
    // Whoever went away gets his backup all the same.
    let told = |rows| drop(writeln!(&*stream, "rows {rows}"));
    match backup(folder, store, Path::new(to), told) {
        Ok(rows) => writeln!(out, "done {rows}"),
        Err(error) => writeln!(out, "failed {error}"),
    }
}

/// Has the node of this folder make a backup; none where no node runs. `progress` is told how many rows are copied.
pub fn ask_backup(
    folder: &Folder,
    to: &Path,
    mut progress: impl FnMut(u64),
) -> io::Result<Option<Result<u64, String>>> {
    let Ok(mut stream) = UnixStream::connect(folder.control()) else { return Ok(None) };
    let to = std::path::absolute(to)?;
    let to = to.to_str().filter(|text| !text.contains('\n'));
    let to = to.ok_or_else(|| io::Error::other("the folder's name is no line of text"))?;
    writeln!(stream, "backup {to}")?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        match line.split_once(' ') {
            Some(("rows", rows)) => progress(rows.parse().unwrap_or_default()),
            Some(("done", rows)) => return Ok(Some(Ok(rows.parse().unwrap_or_default()))),
            Some(("failed", why)) => return Ok(Some(Err(why.to_owned()))),
            _ => break,
        }
    }
    Ok(Some(Err("the node ended before it was done".to_owned())))
}
