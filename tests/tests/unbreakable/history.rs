//! Whether what clients saw is what one ledger would have shown that does one thing after the other.
//!
//! Each voucher is a register that holds the index of its latest entry. The log says in which order its writes took effect,
//! so the question is no search: the order of the log must respect the order in which clients saw things happen, and
//! each read must give the write that was the latest at some moment between its question and its answer.

use std::collections::BTreeMap;
use std::time::Instant;

/// What a client learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learnt {
    /// Its instruction stands at this index.
    Wrote(u64),
    /// The voucher's latest entry is this one, or was a moment ago.
    Read(u64),
    /// An entry stands at this index by now; whether it is the latest, nobody said.
    Saw(u64),
}

/// One question and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    /// The voucher.
    pub voucher: u64,
    /// Before the question was sent.
    pub asked: Instant,
    /// After the answer had come.
    pub answered: Instant,
    /// The answer.
    pub learnt: Learnt,
}

/// Why a history can not have come from such a ledger.
pub fn contradiction(events: &[Event]) -> Option<String> {
    let mut by_voucher: BTreeMap<u64, Vec<Event>> = BTreeMap::new();
    for event in events {
        by_voucher.entry(event.voucher).or_default().push(*event);
    }
    by_voucher.into_values().find_map(|events| contradicted(&events)).or_else(|| order(events))
}

/// Over the whole ledger: an entry that was answered for before another was asked for stands before it.
fn order(events: &[Event]) -> Option<String> {
    let mut writes: Vec<(u64, &Event)> = events.iter().filter_map(written).collect();
    writes.sort_by_key(|(index, _)| *index);
    if let Some(pair) = writes.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Some(format!("index {} was given to two instructions", pair[0].0));
    }
    // From the end of the log: the earliest answer among all later entries.
    let mut earliest: Option<(u64, Instant)> = None;
    for (index, event) in writes.into_iter().rev() {
        if let Some((later, answered)) = earliest
            && answered < event.asked
        {
            return Some(format!("entry {later} was answered for before entry {index} was asked for"));
        }
        if earliest.is_none_or(|(_, answered)| event.answered < answered) {
            earliest = Some((index, event.answered));
        }
    }
    None
}

fn written(event: &Event) -> Option<(u64, &Event)> {
    match event.learnt {
        Learnt::Wrote(index) => Some((index, event)),
        Learnt::Read(_) | Learnt::Saw(_) => None,
    }
}

/// One register: no event shows an older state than one that had ended before it began, and none shows a write that
/// was not asked for yet.
fn contradicted(events: &[Event]) -> Option<String> {
    let shown = |event: &Event| match event.learnt {
        Learnt::Wrote(index) | Learnt::Read(index) | Learnt::Saw(index) => index,
    };
    let asked: BTreeMap<u64, Instant> =
        events.iter().filter_map(written).map(|(index, write)| (index, write.asked)).collect();
    for event in events {
        if asked.get(&shown(event)).is_some_and(|asked| *asked > event.answered) {
            return Some(format!("{event:?} shows an entry that nobody had asked for"));
        }
    }
    let mut by_answer: Vec<&Event> = events.iter().collect();
    by_answer.sort_by_key(|event| event.answered);
    let mut by_question = by_answer.clone();
    by_question.sort_by_key(|event| event.asked);
    let mut ended = by_answer.into_iter().peekable();
    let mut newest = None;
    for event in by_question {
        while let Some(before) = ended.next_if(|before| before.answered < event.asked) {
            newest = newest.max(Some(shown(before)));
        }
        let is_state = !matches!(event.learnt, Learnt::Saw(_));
        if is_state && newest > Some(shown(event)) {
            return Some(format!("{event:?} came after entry {newest:?} had been shown"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn event(voucher: u64, asked: u64, answered: u64, learnt: Learnt) -> Event {
        let begin = *BEGIN;
        let at = |millis| begin + Duration::from_millis(millis);
        Event { voucher, asked: at(asked), answered: at(answered), learnt }
    }

    static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

    #[test]
    fn a_history_of_one_ledger_is_believed() {
        let events = [
            event(0, 0, 10, Learnt::Wrote(1)),
            event(0, 5, 30, Learnt::Wrote(2)),
            event(0, 6, 7, Learnt::Read(1)),
            event(0, 12, 14, Learnt::Read(1)),
            event(0, 13, 15, Learnt::Read(2)),
            event(1, 20, 40, Learnt::Wrote(3)),
            event(0, 31, 32, Learnt::Read(2)),
            event(0, 33, 34, Learnt::Saw(1)),
        ];
        assert_eq!(contradiction(&events), None);
    }

    #[test]
    fn what_no_ledger_shows_is_found() {
        let wrote = event(0, 0, 10, Learnt::Wrote(1));
        let newer = event(0, 11, 20, Learnt::Wrote(2));
        for (lie, word) in [
            (event(0, 21, 22, Learnt::Read(1)), "had been shown"),
            (event(0, 3, 4, Learnt::Read(2)), "nobody had asked for"),
            (event(0, 5, 9, Learnt::Wrote(2)), "given to two"),
            (event(1, 30, 31, Learnt::Wrote(0)), "was asked for"),
        ] {
            let said = contradiction(&[wrote, newer, lie]).expect("a contradiction");
            assert!(said.contains(word), "{said}");
        }
    }
}
