//! Every check finds the damage that it is there for: one row of each kind is changed at a time.

use super::fsck;
use crate::fixture::{Fixture, key};
use crate::ledger::rows::{Accepted, Batch, Block, Published, Run, decode, encode, key_number, number_key};
use crate::store::{Order, Row, Span, Table, WriteSet};
use protocol::lifecycle::{Kind, Status};
use protocol::manifest::Flags;
use protocol::{Digest, PublicKey};

/// A ledger in which every table has rows: batches, steps, a second sale, checkpoints, the last not final.
async fn full() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.issued(70).await;
    fixture.anchor().await;
    let shop = key(2);
    let wholesale = fixture.step(Kind::Transfer, 0, 40, shop.public(), &[&fixture.issuer]);
    fixture.ledger.submit(wholesale).await.expect("handed on");
    for (number, by) in [(3, &shop), (50, &fixture.issuer)] {
        let prev = u64::from(number < 40);
        for buyer in [4, 5] {
            let sale = fixture.step_after(prev, Kind::Sell, number, 1, key(buyer).public(), None, &[by]);
            let _ = fixture.ledger.submit(sale).await;
        }
    }
    fixture.pass(61);
    fixture.anchor().await;
    fixture.issue(&fixture.cards(2, 40, 70, Flags::default())).await.expect("issued");
    fixture.pass(61);
    // Cut, and not sent yet.
    fixture.anchoring.turn().await.expect("a turn");
    fixture
}

fn faults(fixture: &Fixture) -> Result<Vec<String>, String> {
    let snapshot = fixture.store.snapshot().expect("a snapshot");
    let found = fsck(&*snapshot, fixture.ledger.facts().id, |_, _| ());
    found.map(|found| found.faults).map_err(|error| error.to_string())
}

fn rows(fixture: &Fixture, table: Table) -> Vec<Row> {
    let snapshot = fixture.store.snapshot().expect("a snapshot");
    snapshot.rows(table, Span::all(), Order::Ascending).map(|row| row.expect("read")).collect()
}

/// Writes a row over, demands that fsck says these words, and puts everything back.
fn finds(fixture: &Fixture, table: Table, key: &[u8], value: Option<Vec<u8>>, words: &str) {
    let before = fixture.store.snapshot().expect("a snapshot").get(table, key).expect("read");
    let write = |value: Option<Vec<u8>>| {
        let mut writes = WriteSet::new();
        match value {
            Some(value) => writes.put(table, key, value),
            None => writes.delete(table, key),
        }
        fixture.store.commit(writes).expect("written");
    };
    write(value);
    let said = match faults(fixture) {
        Ok(faults) => faults.join("\n"),
        Err(error) => error,
    };
    assert!(said.contains(words), "{table:?}: no {words:?} in {said:?}");
    write(before);
    assert_eq!(faults(fixture), Ok(Vec::new()), "put back");
}

/// What can become of a tile: gone, cut short, and each of its nodes another.
fn others(tile: &[u8]) -> Vec<Option<Vec<u8>>> {
    let flipped = (0..tile.len()).step_by(32).map(|place| {
        let mut tile = tile.to_vec();
        tile[place] ^= 1;
        Some(tile)
    });
    [None, Some(tile[..tile.len() - 1].to_vec()), Some(tile[..tile.len() - 32].to_vec())]
        .into_iter()
        .chain(flipped)
        .collect()
}

fn entry(fixture: &Fixture, index: u64, change: impl FnOnce(&mut Accepted)) -> Vec<u8> {
    let view = fixture.ledger.view().expect("a view");
    let mut accepted = view.entry(index).expect("read").expect("an entry");
    change(&mut accepted);
    accepted.encode()
}

fn checkpoint(fixture: &Fixture, number: u64, change: impl FnOnce(&mut Published)) -> Vec<u8> {
    let view = fixture.ledger.view().expect("a view");
    let mut published = view.checkpoint(number).expect("read").expect("a checkpoint");
    change(&mut published);
    published.encode()
}

#[tokio::test]
async fn damage_of_entries_is_found() {
    let fixture = full().await;
    let at = |index: u64| number_key(index);
    let finds = |index: u64, words: &str, change: &dyn Fn(&mut Accepted)| {
        finds(&fixture, Table::Entries, &at(index), Some(entry(&fixture, index, change)), words);
    };
    finds(1, "lacks the signature of the holder", &|entry| entry.signatures.clear());
    finds(0, "lacks the issuer's signature", &|entry| entry.signatures.clear());
    finds(1, "the memo of entry 1 is another", &|entry| entry.memo = Some("{}".to_owned()));
    finds(1, "tile 0 on level 0 of the log", &|entry| entry.state.entry.at += 1);
    finds(2, "earlier than the one before", &|entry| entry.state.entry.at = 0);
    finds(2, "the stored state is not the one", &|entry| entry.state.seller = None);
    finds(2, "does not continue the latest entry", &|entry| entry.state.entry.prev = 0);
    finds(2, "entry 2: the ", &|entry| {
        entry.state.entry.status = Status::Voided.byte();
        entry.state.status = Status::Voided;
    });
    finds(4, "issues from number 71 where 70 is due", &|entry| entry.state.entry.first = 71);
    for bit in 0..64 {
        finds(4, "the batch of entry 4 does not fit it", &|entry| entry.state.entry.count ^= 1 << bit);
        finds(4, "where 70 is due", &|entry| entry.state.entry.first ^= 1 << bit);
        finds(1, "entry 1", &|entry| entry.state.entry.count ^= 1 << bit);
        finds(1, "entry 1", &|entry| entry.state.entry.first ^= 1 << bit);
    }
    super::tests::finds(&fixture, Table::Entries, &at(3), None, "stands where entry 3 is due");
    super::tests::finds(&fixture, Table::Entries, &at(3), Some(vec![1, 2]), "entries lacks a readable row 3");
}

#[tokio::test]
async fn damage_of_batches_is_found() {
    let fixture = full().await;
    let first = number_key(0);
    let batch = |change: &dyn Fn(&mut Batch)| {
        let rows = rows(&fixture, Table::Batches);
        let mut batch: Batch = decode(Table::Batches, 0, &rows[0].value).expect("a batch");
        change(&mut batch);
        Some(encode(&batch))
    };
    let finds = |table, key: &[u8], value, words| finds(&fixture, table, key, value, words);
    finds(Table::Batches, &first, batch(&|batch| batch.index = 9), "does not fit it");
    finds(Table::Batches, &first, batch(&|batch| batch.terms.truncate(3)), "batches lacks a readable row");
    finds(Table::Batches, &first, batch(&|batch| batch.manifest.push(' ')), "of the batch of entry 0");
    finds(Table::Batches, &number_key(110), batch(&|_| ()), "has no Issue entry");
    let block = Block::of(0, 69).key();
    finds(Table::Records, &block, None, "the record of voucher 63 is missing");
    let row = rows(&fixture, Table::Records)[4].value.clone();
    finds(Table::Records, &block, Some(row[..row.len() - 1].to_vec()), "the record of voucher 69 is missing");
    let other = |place: usize| {
        let mut row = row.clone();
        row[place] ^= 1;
        Some(row)
    };
    finds(Table::Records, &block, other(0), "voucher 63 is not found by its key");
    finds(Table::Records, &block, other(63), "the records of entry 0 lead to another batch root");
    let voucher = rows(&fixture, Table::Vouchers)[0].key.clone();
    finds(Table::Vouchers, &voucher, None, "is not found by its key");
    finds(Table::Vouchers, &voucher, Some(number_key(109).to_vec()), "is not found by its key");
    for tile in rows(&fixture, Table::BatchTiles) {
        for other in others(&tile.value) {
            finds(Table::BatchTiles, &tile.key, other, "the stored nodes of the batch");
        }
    }
    let request = rows(&fixture, Table::Requests)[0].clone();
    finds(Table::Requests, &request.key, None, "is not found by its root");
    finds(Table::Requests, &[9; 32], Some(number_key(0).to_vec()), "where its batch does not begin");
}

#[tokio::test]
async fn damage_of_trees_and_runs_is_found() {
    let fixture = full().await;
    let finds = |table, key: &[u8], value, words| finds(&fixture, table, key, value, words);
    for tile in rows(&fixture, Table::LogTiles) {
        for other in others(&tile.value) {
            finds(Table::LogTiles, &tile.key, other, "of the log is another");
        }
    }
    for chunk in rows(&fixture, Table::HeadChunks) {
        finds(Table::HeadChunks, &chunk.key, Some(vec![9; 128]), "of the heads at checkpoint");
    }
    for tile in rows(&fixture, Table::HeadTiles) {
        for other in others(&tile.value).into_iter().flatten() {
            finds(Table::HeadTiles, &tile.key, Some(other), "of the heads at checkpoint");
        }
    }
    for row in rows(&fixture, Table::Runs) {
        let first = key_number(Table::Runs, &row.key).expect("a number");
        let run: Run = decode(Table::Runs, first, &row.value).expect("a run");
        let other = encode(&Run { index: run.index + 1, ..run });
        finds(Table::Runs, &row.key, Some(other), "the stored runs");
        finds(Table::Runs, &row.key, None, "the stored runs");
    }
}

#[tokio::test]
async fn damage_of_the_counts_of_batches_is_found() {
    let fixture = full().await;
    let wrong = || Some(crate::ledger::census::Census::issued(9999).encode());
    for row in rows(&fixture, Table::Censuses) {
        finds(&fixture, Table::Censuses, &row.key, wrong(), "are not those of the log");
    }
    finds(&fixture, Table::Censuses, &number_key(9999), wrong(), "where none begins");
}

#[tokio::test]
async fn damage_of_checkpoints_and_the_outbox_is_found() {
    let fixture = full().await;
    let newest = rows(&fixture, Table::Checkpoints).len() as u64 - 1;
    let finds = |number: u64, words: &str, change: &dyn Fn(&mut Published)| {
        let value = checkpoint(&fixture, number, change);
        finds(&fixture, Table::Checkpoints, &number_key(number), Some(value), words);
    };
    finds(1, "has another log root", &|one| one.checkpoint.log_root = Digest::ZERO);
    finds(1, "has another head root", &|one| one.checkpoint.head_root = Digest::ZERO);
    finds(1, "counts other vouchers", &|one| one.checkpoint.vouchers += 1);
    finds(2, "does not name the one before it", &|one| one.checkpoint.previous = Digest::ZERO);
    finds(2, "does not name the one before it", &|one| one.checkpoint.operator_key = PublicKey::NOBODY);
    finds(newest, "of sizes that the log never had", &|one| one.checkpoint.size += 1);
    finds(newest, "waits to be sent and is final", &|one| one.is_final = true);
    let finds = |table, key: &[u8], value, words| super::tests::finds(&fixture, table, key, value, words);
    finds(Table::Checkpoints, &number_key(0), None, "checkpoint 0, the opening of the ledger, is missing");
    finds(Table::Outbox, &number_key(newest), None, "is not final and can not be sent");
    finds(Table::Outbox, &number_key(99), Some(vec![0]), "or does not exist");
    let wrong = encode(&crate::ledger::rows::OutboxRow { consistency: vec![[9; 32]; 2] });
    finds(Table::Outbox, &number_key(newest), Some(wrong), "the proof to send with checkpoint");
}

#[tokio::test]
async fn damage_of_incidents_is_found() {
    let fixture = full().await;
    let all = rows(&fixture, Table::Incidents);
    assert_eq!(all.len(), 2);
    for row in all {
        // The last byte of a row belongs to a signature.
        let mut value = row.value.clone();
        *value.last_mut().expect("bytes") ^= 1;
        finds(&fixture, Table::Incidents, &row.key, Some(value), "proves nothing");
        finds(
            &fixture,
            Table::Incidents,
            &[&row.key[..8], &[9; 32]].concat(),
            Some(row.value),
            "proves nothing",
        );
    }
}
