//! What asking tells: nothing to who guesses, and nothing to who looks later.

use super::Site;
use crate::fixture::{Fixture, key};
use crate::ledger::rows::number_key;
use crate::store::{MemoryStore, Order, Row, Rows, Snapshot, Span, Store, StoreError, Table, WriteSet};
use protocol::PublicKey;
use protocol::lifecycle::Kind;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

type Reads = Arc<Mutex<BTreeMap<Table, usize>>>;

/// A store that counts what is read of each table.
struct Counting {
    below: MemoryStore,
    reads: Reads,
}

struct CountingSnapshot(Box<dyn Snapshot>, Reads);

impl Store for Counting {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(CountingSnapshot(self.below.snapshot()?, Arc::clone(&self.reads))))
    }
    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.below.commit(writes)
    }
    fn stage(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.below.stage(writes)
    }
}

impl CountingSnapshot {
    fn count(&self, table: Table) {
        *self.1.lock().expect("no panic").entry(table).or_default() += 1;
    }
}

impl Snapshot for CountingSnapshot {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.count(table);
        self.0.get(table, key)
    }
    fn rows(&self, table: Table, span: Span, order: Order) -> Rows {
        self.count(table);
        self.0.rows(table, span, order)
    }
}

/// The shape of an answer: its members, and how long each text is.
fn shape(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), shape(member))).collect()
        }
        serde_json::Value::String(text) => json!(text.len()),
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_name_that_is_not_issued_costs_the_same_and_is_answered_the_same() {
    let reads = Reads::default();
    let below = MemoryStore::new().expect("a store");
    let site = Site::of(Fixture::on(Arc::new(Counting { below, reads: Arc::clone(&reads) })).await);
    let cards = site.fixture.issued(20).await;
    site.fixture.anchor().await;
    // Rows of an import that broke off, and of one that another took the place of.
    let (staged, overwritten) = (key(31).public(), key(32).public());
    let mut rows = WriteSet::new();
    rows.put(Table::Vouchers, *staged.as_bytes(), number_key(20).to_vec());
    let record = [staged.as_bytes().as_slice(), &[0; 32]].concat();
    rows.put(Table::Records, crate::ledger::rows::Block::of(20, 20).key(), record);
    rows.put(Table::Vouchers, *overwritten.as_bytes(), number_key(3).to_vec());
    site.fixture.store.commit(rows).expect("committed");
    let mut neighbour = *cards.keys[3].as_bytes();
    neighbour[31] ^= 1;
    let strangers = [key(9).public(), staged, overwritten, PublicKey::new(neighbour), PublicKey::NOBODY];
    for ask in ["vouchers/{}", "vouchers/{}/dossier", "vouchers/{}/history", "absences/{}", "verify", "cases"]
    {
        let mut seen = Vec::new();
        for stranger in strangers {
            reads.lock().expect("no panic").clear();
            let reply = match ask {
                "verify" => site.post("/v1/verify", &json!({ "voucher": stranger })).await,
                "cases" => site.post("/v1/cases", &json!({ "vouchers": [stranger] })).await,
                _ => site.get(&format!("/v1/{}", ask.replace("{}", &stranger.to_string()))).await,
            };
            assert!(reply.text.contains("\"absence\""), "{}", reply.text);
            assert_eq!(reply.text.matches("\"signature\"").count(), 1, "one signature is made for each");
            seen.push((reply.status, shape(&reply.json), reads.lock().expect("no panic").clone()));
        }
        assert!(seen.iter().all(|one| *one == seen[0]), "{ask}: {seen:#?}");
    }
}

fn everything(store: &dyn Store) -> Vec<(Table, Row)> {
    let snapshot = store.snapshot().expect("a snapshot");
    let rows = |table| snapshot.rows(table, Span::all(), Order::Ascending).map(move |row| (table, row));
    Table::ALL.into_iter().flat_map(rows).map(|(table, row)| (table, row.expect("a row"))).collect()
}

#[tokio::test]
async fn looking_leaves_no_trace_in_what_the_ledger_keeps_or_shows() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    let sale = site.fixture.step(Kind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    site.submit(&sale).await.with(201);
    site.fixture.anchor().await;
    let (sold, stranger) = (cards.keys[3], key(9).public());
    let dossier = site.get(&format!("/v1/vouchers/{sold}/dossier")).await.text;
    let kept = everything(&*site.fixture.store);
    for _ in 0..5 {
        for voucher in [sold, stranger] {
            for path in ["", "/dossier", "/history"] {
                site.get(&format!("/v1/vouchers/{voucher}{path}")).await;
            }
            site.get(&format!("/v1/absences/{voucher}")).await;
            site.post("/v1/verify", &json!({ "voucher": voucher })).await.with(200);
        }
        site.get("/v1/entries/1").await.with(200);
        site.get("/v1/runs?first=3&count=1").await.with(200);
    }
    assert_eq!(everything(&*site.fixture.store), kept);
    assert_eq!(site.get(&format!("/v1/vouchers/{sold}/dossier")).await.text, dossier);
    let metrics = site.get("/metrics").await.text;
    for voucher in [sold, stranger] {
        let name = voucher.to_string();
        assert!(!metrics.contains(&name[2..]), "a voucher stands in the metrics");
    }
}
