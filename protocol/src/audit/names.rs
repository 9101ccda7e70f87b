//! The names of all vouchers: by number, and whether one stands twice.

use crate::digest::PublicKey;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

/// Voucher keys by their numbers, and the way back. 32 bytes a voucher, and about 20 for the way back.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    keys: Vec<PublicKey>,
    /// By the first eight bytes of a key, which are a hash of their own as long as nobody looks for collisions.
    numbers: HashMap<u64, u64>,
    /// Keys whose first eight bytes another key has, too: nobody can fill this by accident, nor fast on purpose.
    alike: HashMap<PublicKey, u64>,
    /// Numbers of vouchers of which no record was shown: few ranges.
    hidden: Vec<Range<u64>>,
}

impl Names {
    /// From the keys in the order of their numbers.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        let mut names = Self::default();
        for key in keys {
            names.push(key);
        }
        names
    }

    /// All keys, in the order of their numbers.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The key of a number, if its record was shown.
    pub fn key(&self, number: u64) -> Option<&PublicKey> {
        let is_hidden = self.hidden.iter().any(|range| range.contains(&number));
        self.keys.get(usize::try_from(number).ok()?).filter(|_| !is_hidden)
    }

    /// The lowest number of this voucher.
    pub fn number_of(&self, key: &PublicKey) -> Option<u64> {
        let number = *self.numbers.get(&beginning(key))?;
        if self.key(number) == Some(key) { Some(number) } else { self.alike.get(key).copied() }
    }

    /// Gives the next number to a voucher; the number that it has already, if it has one.
    pub fn push(&mut self, key: PublicKey) -> Option<u64> {
        let number = u64::try_from(self.keys.len()).unwrap_or(u64::MAX);
        let before = self.number_of(&key);
        if before.is_none() {
            match self.numbers.entry(beginning(&key)) {
                Entry::Vacant(place) => {
                    place.insert(number);
                }
                Entry::Occupied(_) => {
                    self.alike.insert(key, number);
                }
            }
        }
        self.keys.push(key);
        before
    }

    /// Gives the next numbers to vouchers of which no record was shown.
    pub fn pass_over(&mut self, count: u64) {
        if count > 0 {
            let first = self.keys.len();
            let end = first.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
            self.keys.resize(end, PublicKey::NOBODY);
            let number = |place| u64::try_from(place).unwrap_or(u64::MAX);
            self.hidden.push(number(first)..number(end));
        }
    }

    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize) {
        self.keys.reserve(more);
        self.numbers.reserve(more);
    }
}

fn beginning(key: &PublicKey) -> u64 {
    let (first, _) = key.as_bytes().split_at(8);
    first.try_into().map(u64::from_be_bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(first: u8, last: u8) -> PublicKey {
        let mut bytes = [first; 32];
        bytes[31] = last;
        PublicKey::new(bytes)
    }

    #[test]
    fn a_name_that_stands_twice_is_found_even_among_names_that_begin_alike() {
        let mut names = Names::default();
        for (number, name) in [key(1, 0), key(1, 1), key(2, 0), key(1, 2)].into_iter().enumerate() {
            assert_eq!(names.push(name), None);
            assert_eq!(names.number_of(&name), Some(number as u64));
        }
        assert_eq!(names.push(key(1, 1)), Some(1));
        assert_eq!(names.push(key(1, 0)), Some(0));
        assert_eq!(names.push(key(1, 2)), Some(3));
        assert_eq!(names.number_of(&key(3, 0)), None);
        assert_eq!(names.key(4), Some(&key(1, 1)));
        assert_eq!(Names::new(names.keys().to_vec()).number_of(&key(1, 2)), Some(3));
    }
}
