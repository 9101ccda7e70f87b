//! Measures an embedded store the way the node uses it: a bulk load in durable batches, point reads, single durable
//! commits, opening again. One engine a run, so that the peak memory is its own.
//!
//! `cargo run --release -- fjall|sled [ROWS] [CACHE_MIB]` prints one row of a Markdown table.
//! `cargo run --release -- torn` counts snapshots of fjall that show half of a batch.
//! The files go to a new folder below `TMPDIR`, which must be a disk.

mod torn;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

const BATCH: u64 = 10_000;
const READS: u64 = 100_000;
const SINGLES: u64 = 5_000;
/// What the node gives its store.
const CACHE_MIB: u64 = 64;

/// The part of a store that is measured.
trait Engine: Sized {
    fn open(folder: &Path, cache_bytes: u64) -> Outcome<Self>;
    /// Durable when it returns.
    fn commit(&self, rows: &[(Vec<u8>, Vec<u8>)]) -> Outcome<()>;
    fn get(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>>;
}

struct Fjall {
    rows: fjall::Keyspace,
    database: fjall::Database,
}

impl Engine for Fjall {
    /// With the sizes of the node's store.
    fn open(folder: &Path, cache_bytes: u64) -> Outcome<Self> {
        let database =
            fjall::Database::builder(folder).cache_size(cache_bytes).max_journaling_size(256 << 20).open()?;
        let options = || fjall::KeyspaceCreateOptions::default().max_memtable_size(16 << 20);
        Ok(Self { rows: database.keyspace("rows", options)?, database })
    }

    fn commit(&self, rows: &[(Vec<u8>, Vec<u8>)]) -> Outcome<()> {
        let mut batch = self.database.batch().durability(Some(fjall::PersistMode::SyncData));
        for (key, value) in rows {
            batch.insert(&self.rows, key.as_slice(), value.as_slice());
        }
        Ok(batch.commit()?)
    }

    fn get(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        Ok(self.rows.get(key)?.map(|value| value.to_vec()))
    }
}

struct Sled(sled::Db);

impl Engine for Sled {
    fn open(folder: &Path, cache_bytes: u64) -> Outcome<Self> {
        Ok(Self(sled::Config::new().path(folder).cache_capacity(cache_bytes).open()?))
    }

    fn commit(&self, rows: &[(Vec<u8>, Vec<u8>)]) -> Outcome<()> {
        let mut batch = sled::Batch::default();
        for (key, value) in rows {
            batch.insert(key.as_slice(), value.as_slice());
        }
        self.0.apply_batch(batch)?;
        self.0.flush()?;
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        Ok(self.0.get(key)?.map(|value| value.to_vec()))
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let engine = arguments.next().unwrap_or_default();
    let rows = arguments.next().map_or(Ok(1_000_000), |rows| rows.parse())?;
    let cache_mib = arguments.next().map_or(Ok(CACHE_MIB), |mib| mib.parse())?;
    let folder = std::env::temp_dir().join(format!("measure-store-{engine}-{}", std::process::id()));
    let outcome = match engine.as_str() {
        "fjall" => measure::<Fjall>("fjall 3.1.13", rows, cache_mib, &folder),
        "sled" => measure::<Sled>("sled 0.34.7", rows, cache_mib, &folder),
        "torn" => torn::count(&folder),
        other => Err(format!("unknown engine {other:?}: give fjall, sled or torn").into()),
    };
    fs::remove_dir_all(&folder).ok();
    outcome
}

fn measure<E: Engine>(name: &str, rows: u64, cache_mib: u64, folder: &Path) -> Outcome<()> {
    let engine = E::open(folder, cache_mib << 20)?;
    let mut slowest = Duration::ZERO;
    let mut load = Duration::ZERO;
    for first in (0..rows).step_by(BATCH as usize) {
        let batch: Vec<_> = (first..rows.min(first + BATCH)).map(row).collect();
        let begun = Instant::now();
        engine.commit(&batch)?;
        load += begun.elapsed();
        slowest = slowest.max(begun.elapsed());
    }
    let peak = peak_memory()?;
    let disk = disk_bytes(folder)?;

    let begun = Instant::now();
    for read in 0..READS {
        let (key, value) = row(noise(read) % rows);
        if engine.get(&key)?.as_ref() != Some(&value) {
            return Err("a row is missing or wrong".into());
        }
    }
    let reads = begun.elapsed();

    let disk_rate = synced_appends(folder)?;
    let begun = Instant::now();
    for single in rows..rows + SINGLES {
        engine.commit(&[row(single)])?;
    }
    let singles = begun.elapsed();

    drop(engine);
    let begun = Instant::now();
    let engine = E::open(folder, cache_mib << 20)?;
    let reopening = begun.elapsed();
    if engine.get(&row(rows + SINGLES - 1).0)?.is_none() {
        return Err("the last commit is gone".into());
    }
    println!(
        "| {name} | {cache_mib} | {:.2} | {} | {} | {} | {:.0} k | {:.1} k | {disk_rate:.1} k | {:.2} |",
        load.as_secs_f64(),
        slowest.as_millis(),
        peak >> 20,
        disk >> 20,
        READS as f64 / reads.as_secs_f64() / 1e3,
        SINGLES as f64 / singles.as_secs_f64() / 1e3,
        reopening.as_secs_f64(),
    );
    Ok(())
}

/// What the disk can do at this moment: thousands of appends a second to a plain file, each synced.
fn synced_appends(folder: &Path) -> Outcome<f64> {
    let mut file = fs::File::create(folder.join("plain"))?;
    let begun = Instant::now();
    for _ in 0..1000 {
        file.write_all(&[1; 250])?;
        file.sync_data()?;
    }
    Ok(1.0 / begun.elapsed().as_secs_f64())
}

/// A key of 32 and a value of 200 bytes that no compression makes smaller, different for every number.
fn row(number: u64) -> (Vec<u8>, Vec<u8>) {
    let bytes = |from: u64, words: u64| {
        (0..words).flat_map(move |word| noise(number * 64 + from + word).to_le_bytes())
    };
    (bytes(0, 4).collect(), bytes(4, 25).collect())
}

/// The mixing step of SplitMix64.
fn noise(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Peak resident memory of this process, in bytes.
fn peak_memory() -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib << 10)
}

/// Blocks used on the disk below `folder`, in bytes.
fn disk_bytes(folder: &Path) -> Outcome<u64> {
    use std::os::unix::fs::MetadataExt;
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata();
        bytes += match found {
            Ok(found) if found.is_dir() => disk_bytes(&entry.path())?,
            Ok(found) => found.blocks() * 512,
            // Background work may just have taken the file away.
            Err(_) => 0,
        };
    }
    Ok(bytes)
}
