//! A long row of items, cut into parts of 256: how tiles, bundles and chunk files are counted and named.

use crate::checkpoint::SIZE_LIMIT;
use std::fmt;
use std::ops::Range;

/// Items in a full part.
pub const PART_WIDTH: u64 = 256;

/// The items `256 * index ..` of a row: 256 of them, or fewer at the row's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    index: u64,
    width: u16,
}

impl Part {
    /// Part `index` of a row of `size` items; none where the row ends before it, or leaves 2^48 items.
    pub fn of(index: u64, size: u64) -> Option<Self> {
        let first = index.checked_mul(PART_WIDTH)?;
        let width = size.checked_sub(first)?.min(PART_WIDTH);
        Self::new(index, u16::try_from(width).ok()?)
    }

    /// Part `index` with its first `width` items: from 1 to 256.
    pub fn new(index: u64, width: u16) -> Option<Self> {
        let fits = (1..=PART_WIDTH).contains(&u64::from(width)) && index < SIZE_LIMIT / PART_WIDTH;
        fits.then_some(Self { index, width })
    }

    /// The parts of a row of `size` items, from the left.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        (0..size.div_ceil(PART_WIDTH)).filter_map(move |index| Self::of(index, size))
    }

    /// The part of a row of `size` items that holds item `item`.
    pub fn holding(item: u64, size: u64) -> Option<Self> {
        if item < size { Self::of(item / PART_WIDTH, size) } else { None }
    }

    /// Counted from the left, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Items in it: 1 to 256.
    pub const fn width(self) -> u64 {
        self.width as u64
    }

    /// Whether it has all of its 256 items, and so will never be longer.
    pub const fn is_full(self) -> bool {
        self.width as u64 == PART_WIDTH
    }

    /// Its first item, counted along the row.
    pub const fn first(self) -> u64 {
        self.index.saturating_mul(PART_WIDTH)
    }

    /// Its items, counted along the row.
    pub const fn items(self) -> Range<u64> {
        self.first()..self.first().saturating_add(self.width as u64)
    }

    /// From its name: groups of three digits, all but the last after an `x`, then `.p/W` unless it is full. Takes more
    /// spellings than there are; a path is held against its one spelling when it is whole.
    pub(super) fn parse(segments: &[&str]) -> Option<Self> {
        let (last, before) = segments.split_last()?;
        let partial = before.split_last().and_then(|(part, groups)| Some((groups, part.strip_suffix(".p")?)));
        let (groups, last, width) = match partial {
            Some((groups, part)) => (groups, part, last.parse().ok()?),
            None => (before, *last, 256),
        };
        let high = groups.iter().map(|group| group.strip_prefix('x'));
        let index = high
            .chain([Some(last)])
            .try_fold(0_u64, |index, group| index.checked_mul(1000)?.checked_add(group?.parse().ok()?))?;
        Self::new(index, width)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            let more = if place > 0 { ("x", "/") } else { ("", "") };
            write!(f, "{}{group:03}{}", more.0, more.1)?;
        }
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}
