//! A range of keys, built by narrowing.

use std::cmp::Ordering;
use std::ops::Bound;

/// Which end of a span comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The smallest key first.
    Ascending,
    /// The greatest key first.
    Descending,
}

/// A range of keys within one table. Each call narrows it; a span narrowed to nothing yields no rows.
///
/// Keys compare as unsigned bytes, the shorter first where one begins with the other: so numbers belong
/// in keys as big-endian bytes of one width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
}

impl Span {
    /// Every key.
    pub const fn all() -> Self {
        Self { lower: Bound::Unbounded, upper: Bound::Unbounded }
    }

    /// The keys that begin with `prefix`.
    pub fn prefix(prefix: &[u8]) -> Self {
        let span = Self::all().at_least(prefix);
        match successor(prefix) {
            Some(end) => span.below(&end),
            None => span,
        }
    }

    /// Drops the keys less than `key`.
    #[must_use]
    pub fn at_least(self, key: &[u8]) -> Self {
        self.raise(Bound::Included(key.to_vec()))
    }

    /// Drops the keys less than or equal to `key`: the next page after a row begins here.
    #[must_use]
    pub fn above(self, key: &[u8]) -> Self {
        self.raise(Bound::Excluded(key.to_vec()))
    }

    /// Drops the keys greater than `key`.
    #[must_use]
    pub fn at_most(self, key: &[u8]) -> Self {
        self.lessen(Bound::Included(key.to_vec()))
    }

    /// Drops the keys greater than or equal to `key`.
    #[must_use]
    pub fn below(self, key: &[u8]) -> Self {
        self.lessen(Bound::Excluded(key.to_vec()))
    }

    /// True where no key can lie in the span.
    pub fn is_empty(&self) -> bool {
        match (&self.lower, &self.upper) {
            (Bound::Included(low), Bound::Included(high)) => low > high,
            (Bound::Included(low) | Bound::Excluded(low), Bound::Included(high) | Bound::Excluded(high)) => {
                low >= high
            }
            _ => false,
        }
    }

    /// The two bounds, for an implementation of the store.
    pub(crate) fn into_bounds(self) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
        (self.lower, self.upper)
    }

    fn raise(mut self, bound: Bound<Vec<u8>>) -> Self {
        if tighter(&bound, &self.lower, Ordering::Greater) {
            self.lower = bound;
        }
        self
    }

    fn lessen(mut self, bound: Bound<Vec<u8>>) -> Self {
        if tighter(&bound, &self.upper, Ordering::Less) {
            self.upper = bound;
        }
        self
    }
}

/// True if `new` leaves fewer keys than `old`, where a key on the `side` of another is the tighter one.
fn tighter(new: &Bound<Vec<u8>>, old: &Bound<Vec<u8>>, side: Ordering) -> bool {
    let (Bound::Included(new_key) | Bound::Excluded(new_key)) = new else { return false };
    let (Bound::Included(old_key) | Bound::Excluded(old_key)) = old else { return true };
    match new_key.cmp(old_key) {
        Ordering::Equal => matches!(new, Bound::Excluded(_)),
        order => order == side,
    }
}

/// The least key that is greater than every key beginning with `prefix`; none for `ff ff …` and for nothing.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix.get(..=kept)?.to_vec();
    if let Some(last) = end.last_mut() {
        *last = last.saturating_add(1);
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing_keeps_the_tighter_bound() {
        let span = Span::all().at_least(b"b").at_least(b"a").above(b"b").at_most(b"x").below(b"y");
        assert_eq!(span.into_bounds(), (Bound::Excluded(b"b".to_vec()), Bound::Included(b"x".to_vec())));
    }

    #[test]
    fn a_prefix_ends_before_the_next_one() {
        assert_eq!(successor(b"a"), Some(b"b".to_vec()));
        assert_eq!(successor(&[1, 0xff, 0xff]), Some(vec![2]));
        assert_eq!(successor(&[0xff, 0xff]), None);
        assert_eq!(successor(&[]), None);
    }

    #[test]
    fn spans_that_hold_no_key_say_so() {
        assert!(Span::all().at_least(b"b").at_most(b"a").is_empty());
        assert!(Span::all().above(b"a").at_most(b"a").is_empty());
        assert!(Span::prefix(b"a").at_least(b"b").is_empty());
        assert!(!Span::all().at_least(b"a").at_most(b"a").is_empty());
        assert!(!Span::all().is_empty());
    }
}
