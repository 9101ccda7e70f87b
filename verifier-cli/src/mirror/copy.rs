//! One file at a time: kept where the folder has it as it should be, else fetched, checked and written.

use crate::failure::Failure;
use crate::public_data::{DataError, FolderData, PublicData};
use protocol::merkle::NoSuchNode;
use protocol::public_data::DataPath;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Why a file is not in the mirror.
#[derive(Debug)]
pub enum Problem {
    /// The source has not got it, or nothing that fits.
    Data(DataError),
    /// This machine cannot keep it.
    Own(Failure),
    /// Somebody asked to stop.
    Stopped,
}

impl From<DataError> for Problem {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

impl From<NoSuchNode> for Problem {
    fn from(error: NoSuchNode) -> Self {
        Self::Data(error.into())
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Own(failure)
    }
}

/// What a run did with files.
#[derive(Debug, Default)]
pub struct Counts {
    /// Were there, as they should be.
    pub kept: u64,
    /// Were fetched.
    pub fetched: u64,
    /// Bytes fetched.
    pub bytes: u64,
    /// Were there and were something else: each was named, and fetched again.
    pub damaged: Vec<DataPath>,
}

/// Files that were fetched, and were not seen yet to be those that are due.
#[derive(Debug, Default)]
pub struct Fresh(Mutex<Vec<DataPath>>);

/// A source and a folder, and as many files on the way at a time as there are threads in the pool.
pub struct Copying<'a> {
    source: &'a dyn PublicData,
    folder: &'a FolderData,
    pool: rayon::ThreadPool,
    stop: &'a AtomicBool,
    kept: AtomicU64,
    fetched: AtomicU64,
    bytes: AtomicU64,
    damaged: Mutex<Vec<DataPath>>,
}

impl<'a> Copying<'a> {
    /// Copies from there to here, until somebody asks to stop.
    pub fn new(
        source: &'a dyn PublicData,
        folder: &'a FolderData,
        jobs: usize,
        stop: &'a AtomicBool,
    ) -> Result<Self, Failure> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
        let pool = pool.map_err(|error| Failure::unknown("error-threads").with_foreign("cause", error))?;
        let (kept, fetched, bytes) = Default::default();
        Ok(Self { source, folder, pool, stop, kept, fetched, bytes, damaged: Mutex::default() })
    }

    /// A file that `check` accepts, the folder's or else the source's, which is then in the folder.
    pub fn obtain<T>(
        &self,
        path: DataPath,
        check: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, Problem> {
        self.obtain_noting(path, check, &Fresh::default())
    }

    /// The same for a `check` that does not show that the file is the one which is due. Of those that turn out to be of no
    /// use, what was fetched can be taken away again, and what was there before stays.
    pub fn obtain_noting<T>(
        &self,
        path: DataPath,
        check: impl Fn(&[u8]) -> Result<T, String>,
        fresh: &Fresh,
    ) -> Result<T, Problem> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Problem::Stopped);
        }
        // Under its own name: a web server with the mirror gives nothing out of a wider part.
        match self.folder.held(path) {
            Ok(bytes) => {
                if let Ok(found) = check(&bytes) {
                    self.kept.fetch_add(1, Ordering::Relaxed);
                    return Ok(found);
                }
                self.name_damaged(path);
            }
            Err(error) if !error.is_missing() => self.name_damaged(path),
            Err(_) => {}
        }
        let found = self.fetch_anew(path, check)?;
        fresh.0.lock().unwrap_or_else(PoisonError::into_inner).push(path);
        Ok(found)
    }

    /// The source's file, if `check` accepts it, in place of the folder's.
    pub fn fetch_anew<T>(
        &self,
        path: DataPath,
        check: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, Problem> {
        let bytes = self.source.fetch(path)?;
        let found = check(&bytes).map_err(|problem| self.does_not_fit(path, problem))?;
        self.keep(path, &bytes)?;
        Ok(found)
    }

    /// Writes a file that was fetched.
    pub fn keep(&self, path: DataPath, bytes: &[u8]) -> Result<(), Failure> {
        self.folder.put(path, bytes)?;
        self.fetched.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// What the source has is not what the chain vouches for.
    pub fn does_not_fit(&self, path: DataPath, problem: impl std::fmt::Display) -> Problem {
        DataError::damaged(path, self.source.whence(), problem).into()
    }

    /// Says that the folder's file is not what it should be.
    pub fn name_damaged(&self, path: DataPath) {
        let mut damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        damaged.push(path);
    }

    /// The folder's bytes of a file, if it is there.
    pub fn local(&self, path: DataPath) -> Option<Vec<u8>> {
        self.folder.held(path).ok()
    }

    /// The source's bytes of a file.
    pub fn remote(&self, path: DataPath) -> Result<Vec<u8>, Problem> {
        Ok(self.source.fetch(path)?)
    }

    /// Takes away what was fetched and nothing vouches for.
    pub fn discard(&self, fresh: Fresh) {
        let paths = fresh.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        for path in paths {
            self.folder.remove(path);
        }
    }

    /// Does the same for each of many, several at a time; the results are in their order.
    pub fn each<T: Sync, R: Send>(&self, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        self.pool.install(|| items.par_iter().with_max_len(1).map(&work).collect())
    }

    /// What was done.
    pub fn into_counts(self) -> Counts {
        Counts {
            kept: self.kept.into_inner(),
            fetched: self.fetched.into_inner(),
            bytes: self.bytes.into_inner(),
            damaged: self.damaged.into_inner().unwrap_or_else(PoisonError::into_inner),
        }
    }
}
