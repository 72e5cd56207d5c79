//! How often requests may be sent again: a fifth of what is sent for the first time (P23), so that a service in
//! trouble is not met by more traffic than before.

use std::sync::{Mutex, PoisonError};

/// What each first attempt earns, in thousandths of a retry.
const EARNED: u32 = 200;

/// What one retry costs.
const RETRY: u32 = 1_000;

/// What a process starts with, and the most it can save: a small run may still retry.
const START: u32 = 10 * RETRY;
const MOST: u32 = 100 * RETRY;

/// The account of one client.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(START))
    }
}

impl Budget {
    /// A request is sent for the first time.
    pub(crate) fn earn(&self) {
        let mut balance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *balance = (*balance + EARNED).min(MOST);
    }

    /// Whether one more may be sent again.
    pub(crate) fn spend(&self) -> bool {
        let mut balance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match balance.checked_sub(RETRY) {
            Some(rest) => {
                *balance = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_stay_within_a_fifth() {
        let budget = Budget::default();
        let mut retries = 0;
        for _ in 0..10_000 {
            budget.earn();
            while budget.spend() {
                retries += 1;
            }
        }
        assert_eq!(retries, 10 + 2_000);
    }

    #[test]
    fn savings_are_bounded() {
        let budget = Budget::default();
        (0..1_000_000).for_each(|_| budget.earn());
        let mut retries = 0;
        while budget.spend() {
            retries += 1;
        }
        assert_eq!(retries, 100);
    }
}
