//! The entries that are some voucher's latest, with what of a history decides the next step.

use crate::digest::PublicKey;
use crate::entry::Entry;
use crate::lifecycle::State;
use std::collections::HashMap;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Latest {
    pub entry: Entry,
    /// The party before the latest Sell, as a place in the list of sellers.
    pub seller: Option<u32>,
    /// Use entries so far.
    pub used: u32,
    pub was_returned: bool,
    /// How many vouchers have it as their latest.
    pub vouchers: u64,
}

/// Latest entries by their log index.
#[derive(Debug, Clone, Default)]
pub(super) struct LatestEntries {
    entries: HashMap<u64, Latest>,
    /// Sellers are few and stand in many states: each is kept once.
    sellers: Vec<PublicKey>,
    places: HashMap<PublicKey, u32>,
}

impl LatestEntries {
    pub fn get(&self, index: u64) -> Option<&Latest> {
        self.entries.get(&index)
    }

    /// The state of the vouchers whose latest entry it is, if its status is one of the life cycle's.
    pub fn state(&self, index: u64, issuer: PublicKey) -> Option<State> {
        let latest = self.entries.get(&index)?;
        let place = latest.seller.and_then(|place| usize::try_from(place).ok());
        Some(State {
            entry: latest.entry,
            index,
            status: latest.entry.status()?,
            issuer,
            seller: place.and_then(|place| self.sellers.get(place)).copied(),
            used: u64::from(latest.used),
            was_returned: latest.was_returned,
        })
    }

    /// Keeps an entry as the latest of so many vouchers; `state` is the one after it, where its history is legal.
    pub fn insert(&mut self, index: u64, entry: Entry, state: Option<&State>, vouchers: u64) {
        if vouchers == 0 {
            return;
        }
        let seller = state.and_then(|state| state.seller).map(|seller| self.place(seller));
        let used = state.map_or(0, |state| u32::try_from(state.used).unwrap_or(u32::MAX));
        let was_returned = state.is_some_and(|state| state.was_returned);
        self.entries.insert(index, Latest { entry, seller, used, was_returned, vouchers });
    }

    /// So many vouchers have another latest entry now.
    pub fn leave(&mut self, index: u64, vouchers: u64) {
        let Some(latest) = self.entries.get_mut(&index) else { return };
        latest.vouchers = latest.vouchers.saturating_sub(vouchers);
        if latest.vouchers == 0 {
            self.entries.remove(&index);
        }
    }

    fn place(&mut self, seller: PublicKey) -> u32 {
        let next = u32::try_from(self.sellers.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(seller).or_insert(next);
        if place == next {
            self.sellers.push(seller);
        }
        place
    }

    /// All of them in the order of the log, and the sellers that they name.
    pub fn all(&self) -> (Vec<(u64, Latest)>, &[PublicKey]) {
        let mut all: Vec<_> = self.entries.iter().map(|(index, latest)| (*index, *latest)).collect();
        all.sort_unstable_by_key(|(index, _)| *index);
        (all, &self.sellers)
    }

    /// From what [`LatestEntries::all`] gave.
    pub fn new(all: impl IntoIterator<Item = (u64, Latest)>, sellers: Vec<PublicKey>) -> Self {
        let places = (0_u32..).zip(&sellers).map(|(place, seller)| (*seller, place)).collect();
        Self { entries: all.into_iter().collect(), sellers, places }
    }
}
