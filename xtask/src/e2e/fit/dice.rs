//! Random choices that a seed repeats.

/// A generator of 64-bit numbers (SplitMix64).
#[derive(Debug, Clone)]
pub(in crate::e2e) struct Dice(u64);

impl Dice {
    /// The generator of one seed.
    pub(in crate::e2e) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and without, `sides`.
    pub(in crate::e2e) fn roll(&mut self, sides: usize) -> usize {
        let sides = u64::try_from(sides.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % sides).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub(in crate::e2e) fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    /// One of the choices, which are not empty.
    pub(in crate::e2e) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.roll(choices.len())]
    }
}
