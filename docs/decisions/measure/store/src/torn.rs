//! Counts snapshots of fjall that show a part of a batch.
//!
//! One thread moves a number through three keyspaces, one batch a step, while table files are written in the
//! background; another takes snapshots and looks whether the three agree.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode, Readable};

use crate::Outcome;

const BATCHES: u32 = 20_000;
/// Rows beside the number, so that tables fill up and get written.
const FILLERS: u32 = 50;

/// Prints how many snapshots were taken and how many were torn.
pub fn count(folder: &Path) -> Outcome<()> {
    for memtable_kib in [16, 256, 16 << 10] {
        let folder = folder.join(memtable_kib.to_string());
        let database = Database::builder(&folder).open()?;
        let options = || KeyspaceCreateOptions::default().max_memtable_size(memtable_kib << 10);
        let tables = ["a", "b", "c"].map(|name| database.keyspace(name, options));
        let tables: Vec<Keyspace> = tables.into_iter().collect::<Result<_, _>>()?;
        let done = AtomicBool::new(false);
        let (taken, torn) = thread::scope(|scope| {
            let reader = scope.spawn(|| look(&database, &tables, &done));
            let written = write(&database, &tables);
            done.store(true, Ordering::Release);
            let seen = reader.join().unwrap_or(Err(fjall::Error::Poisoned));
            written.and(seen)
        })?;
        println!(
            "tables of {memtable_kib} KiB in memory, {BATCHES} batches: {torn} of {taken} snapshots torn"
        );
    }
    Ok(())
}

fn write(database: &Database, tables: &[Keyspace]) -> fjall::Result<()> {
    for number in 0..BATCHES {
        let mut batch = database.batch().durability(Some(PersistMode::Buffer));
        for table in tables {
            batch.insert(table, "number", number.to_be_bytes());
            for filler in 0..FILLERS {
                let key = (u64::from(number) << 32 | u64::from(filler)).to_be_bytes();
                batch.insert(table, key, [0; 200]);
            }
        }
        batch.commit()?;
    }
    Ok(())
}

fn look(database: &Database, tables: &[Keyspace], done: &AtomicBool) -> fjall::Result<(u64, u64)> {
    let (mut taken, mut torn) = (0, 0);
    while !done.load(Ordering::Acquire) {
        let snapshot = database.snapshot();
        let numbers: Vec<_> =
            tables.iter().map(|table| snapshot.get(table, "number")).collect::<Result<_, _>>()?;
        taken += 1;
        torn += u64::from(numbers.iter().any(|number| *number != numbers[0]));
    }
    Ok((taken, torn))
}
