//! Choices that can be made again: a test says its seed where it fails.

/// A stream of choices (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The choices that belong to a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A seed nobody has had: from `VOUCHSAFE_SEED`, where that is set, to see a failure again.
    pub fn seed() -> u64 {
        let given = std::env::var("VOUCHSAFE_SEED").ok();
        let given = given.map(|text| text.parse().expect("VOUCHSAFE_SEED is a number"));
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or_default());
        given.unwrap_or(now)
    }

    /// A number below `end`, which is not 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let place = self.below(u64::try_from(all.len()).expect("few"));
        &all[usize::try_from(place).expect("few")]
    }
}
