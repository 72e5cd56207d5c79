//! Chance from a seed.

use std::sync::{Mutex, PoisonError};

use offboard_core::time::{Entropy, Period};

/// Chance that repeats itself: the same seed gives the same bytes in the same order.
#[derive(Debug)]
pub struct SimEntropy(Mutex<Stream>);

impl SimEntropy {
    /// Chance from a seed.
    pub fn from_seed(seed: u64) -> Self {
        Self(Mutex::new(Stream::from_seed(seed)))
    }

    /// Chance that goes on as this one would, by itself.
    pub(crate) fn fork(&self) -> Self {
        Self(Mutex::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }

    /// The next number.
    pub(crate) fn next(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// A number below `bound` (0 if the bound is 0).
    pub(crate) fn below(&self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// A length of time between two, both included.
    pub(crate) fn between(&self, least: Period, most: Period) -> Period {
        let span = u64::try_from(most.as_micros() - least.as_micros()).unwrap_or(0);
        Period::micros(least.as_micros() + i64::try_from(self.below(span + 1)).unwrap_or(0))
    }

    /// The 128 bits of a random GUID.
    pub(crate) fn guid(&self) -> u128 {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().as_u128()
    }
}

impl Entropy for SimEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            let bytes = stream.next().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// A stream of numbers by a counter and a finalising mix: enough for a simulation, unfit for secrets.
#[derive(Debug, Clone)]
struct Stream {
    counter: u64,
}

impl Stream {
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

    fn from_seed(seed: u64) -> Self {
        Self { counter: seed.wrapping_mul(Self::STEP) ^ 0x5EED }
    }

    fn next(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(Self::STEP);
        let mut mixed = self.counter;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_one_stream() {
        let bytes = |seed| {
            let mut bytes = [0; 20];
            SimEntropy::from_seed(seed).fill(&mut bytes);
            bytes
        };
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
    }

    #[test]
    fn bounds_are_kept() {
        let chance = SimEntropy::from_seed(7);
        for _ in 0..1_000 {
            let period = chance.between(Period::millis(100), Period::millis(300));
            assert!(period >= Period::millis(100) && period <= Period::millis(300));
            assert!(chance.below(3) < 3);
        }
    }
}
