//! Random runs of a store beside a sorted map that cannot be wrong.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::{Order, Row, Span, Store, Table, WriteSet};
use super::Place;

/// Few tables and short keys of few letters, so that calls meet on the same rows.
const TABLES: [Table; 2] = [Table::Entries, Table::Vouchers];

type Model = BTreeMap<(Table, Vec<u8>), Vec<u8>>;
type Change = (Table, Vec<u8>, Option<Vec<u8>>);

#[derive(Clone, Debug)]
enum Step {
    Write { changes: Vec<Change>, durable: bool },
    Reopen,
    Compare { table: Table, low: Vec<u8>, high: Vec<u8>, descending: bool },
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![Just(0_u8), Just(1), Just(0x7f), Just(0xff)], 1..4)
}

fn table() -> impl Strategy<Value = Table> {
    prop::sample::select(TABLES.to_vec())
}

fn step() -> impl Strategy<Value = Step> {
    let change = (table(), key(), prop::option::weighted(0.7, vec(any::<u8>(), 0..300)));
    prop_oneof![
        6 => (vec(change, 0..12), any::<bool>()).prop_map(|(changes, durable)| Step::Write { changes, durable }),
        1 => Just(Step::Reopen),
        6 => (table(), key(), key(), any::<bool>()).prop_map(|(table, low, high, descending)| Step::Compare {
            table,
            low,
            high,
            descending
        }),
    ]
}

/// Runs random steps on the store and on the map, comparing as it goes. Cases share the store: each begins where the
/// one before ended, so that old rows pile up as in a life.
pub(in super::super) fn agrees_with_a_sorted_map(place: &dyn Place) {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    runner
        .run(&vec(step(), 1..24), |steps| {
            let mut store = Some(place.open()?);
            let mut model = read_all(&**store.as_ref().ok_or_else(closed)?)?;
            for step in steps {
                match step {
                    Step::Write { changes, durable } => {
                        write(&**store.as_ref().ok_or_else(closed)?, &mut model, changes, durable)?;
                    }
                    Step::Reopen => {
                        drop(store.take());
                        store = Some(place.open()?);
                    }
                    Step::Compare { table, low, high, descending } => {
                        let order = if descending { Order::Descending } else { Order::Ascending };
                        compare(&**store.as_ref().ok_or_else(closed)?, &model, table, (&low, &high), order)?;
                    }
                }
            }
            let all = read_all(&**store.as_ref().ok_or_else(closed)?)?;
            prop_assert_eq!(all, model);
            Ok(())
        })
        .unwrap();
}

fn closed() -> TestCaseError {
    TestCaseError::fail("the store is closed")
}

fn read_all(store: &dyn Store) -> Result<Model, TestCaseError> {
    let snapshot = store.snapshot()?;
    let mut model = Model::new();
    for table in TABLES {
        for row in snapshot.rows(table, Span::all(), Order::Ascending) {
            let Row { key, value } = row?;
            model.insert((table, key), value);
        }
    }
    Ok(model)
}

fn write(
    store: &dyn Store,
    model: &mut Model,
    changes: Vec<Change>,
    durable: bool,
) -> Result<(), TestCaseError> {
    let mut writes = WriteSet::new();
    for (table, key, value) in changes {
        if let Some(value) = value {
            writes.put(table, key.clone(), value.clone());
            model.insert((table, key), value);
        } else {
            writes.delete(table, key.clone());
            model.remove(&(table, key));
        }
    }
    Ok(if durable { store.commit(writes) } else { store.stage(writes) }?)
}

fn compare(
    store: &dyn Store,
    model: &Model,
    table: Table,
    (low, high): (&[u8], &[u8]),
    order: Order,
) -> Result<(), TestCaseError> {
    let snapshot = store.snapshot()?;
    let rows: Result<Vec<Row>, _> =
        snapshot.rows(table, Span::all().at_least(low).below(high), order).collect();
    let mut expected: Vec<Row> =
        of_table(model, table).filter(|row| *row.key >= *low && *row.key < *high).collect();
    if order == Order::Descending {
        expected.reverse();
    }
    prop_assert_eq!(rows?, expected);
    prop_assert_eq!(snapshot.get(table, low)?, model.get(&(table, low.to_vec())).cloned());
    let floor = of_table(model, table).filter(|row| *row.key <= *high).last();
    prop_assert_eq!(snapshot.floor(table, high)?, floor);
    let prefixed: Result<Vec<Row>, _> =
        snapshot.rows(table, Span::prefix(&low[..1]), Order::Ascending).collect();
    let expected: Vec<Row> = of_table(model, table).filter(|row| row.key.starts_with(&low[..1])).collect();
    prop_assert_eq!(prefixed?, expected);
    Ok(())
}

fn of_table(model: &Model, wanted: Table) -> impl Iterator<Item = Row> {
    let of = model.iter().filter(move |((table, _), _)| *table == wanted);
    of.map(|((_, key), value)| Row { key: key.clone(), value: value.clone() })
}
