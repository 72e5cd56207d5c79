//! The gate of a pool: once the service has said "later", nobody in that pool asks before then.

use std::collections::BTreeMap;

use offboard_core::time::{Period, Timestamp};

/// The longest pause that is our own choice, where the service throttles without saying for how long.
const LONGEST_GUESS: Period = Period::seconds(64);

#[derive(Debug, Clone, Copy)]
struct Gate {
    closed_at: Timestamp,
    until: Timestamp,
    /// How often in a row it was closed without a word on how long.
    streak: u32,
}

/// The gates of all pools, by pool key.
#[derive(Debug, Default)]
pub(super) struct Gates(BTreeMap<String, Gate>);

impl Gates {
    /// Until when `pool` is closed, if it is.
    pub(super) fn until(&self, pool: &str, now: Timestamp) -> Option<Timestamp> {
        self.0.get(pool).map(|gate| gate.until).filter(|until| *until > now)
    }

    /// Closes `pool` because of a request that left at `sent_at`: for `wait`, else for 2, 4, 8 … seconds and up
    /// to a quarter more by `chance`. A gate never opens earlier than somebody was told. Returns how long it is closed.
    pub(super) fn close(
        &mut self,
        pool: &str,
        wait: Option<Period>,
        sent_at: Timestamp,
        now: Timestamp,
        chance: f64,
    ) -> Period {
        let gate = self.0.entry(pool.to_owned()).or_insert(Gate { closed_at: now, until: now, streak: 0 });
        let wait = wait.unwrap_or_else(|| {
            // A flock of requests that were under way together is one refusal, not a row of them.
            if gate.streak == 0 || sent_at >= gate.closed_at {
                gate.streak = gate.streak.saturating_add(1);
            }
            guess(gate.streak, chance)
        });
        gate.closed_at = now;
        gate.until = gate.until.max(now + wait);
        gate.until.since(now)
    }

    /// Takes note that a request to `pool` which left at `sent_at` was not throttled.
    pub(super) fn passed(&mut self, pool: &str, sent_at: Timestamp) {
        if self.0.get(pool).is_some_and(|gate| sent_at >= gate.until) {
            self.0.remove(pool);
        }
    }

    /// The gates that are closed at `now`.
    pub(super) fn export(&self, now: Timestamp) -> BTreeMap<String, Timestamp> {
        let closed = self.0.iter().filter(|(_, gate)| gate.until > now);
        closed.map(|(pool, gate)| (pool.clone(), gate.until)).collect()
    }

    /// Closes `pool` until `until`, as a run before this one was told.
    pub(super) fn import(&mut self, pool: String, until: Timestamp, now: Timestamp) {
        // A time from a file is not trusted further than a service would be.
        let until = until.min(now + crate::retry_after::LONGEST);
        let gate = self.0.entry(pool).or_insert(Gate { closed_at: now, until, streak: 0 });
        gate.until = gate.until.max(until);
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // a pause of seconds, not a sum
fn guess(streak: u32, chance: f64) -> Period {
    let pause = Period::seconds(1 << streak.clamp(1, 6)).min(LONGEST_GUESS);
    Period::micros((pause.as_micros() as f64 * (1.0 + 0.25 * chance)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_gate_never_opens_earlier_than_somebody_was_told() {
        let mut gates = Gates::default();
        gates.close("a", Some(Period::seconds(30)), at(0), at(0), 0.0);
        gates.close("a", Some(Period::seconds(5)), at(0), at(1), 0.0);
        assert_eq!(gates.until("a", at(29)), Some(at(30)));
        assert_eq!(gates.until("a", at(30)), None);
        assert_eq!(gates.until("b", at(1)), None);
    }

    #[test]
    fn without_a_word_the_pauses_double_per_refusal_not_per_request() {
        let mut gates = Gates::default();
        let mut now = at(0);
        for pause in [2, 4, 8, 16, 32, 64, 64, 64] {
            for _ in 0..20 {
                gates.close("a", None, now, now + Period::millis(100), 0.0);
            }
            let until = gates.until("a", now + Period::millis(100)).unwrap();
            assert_eq!(until.since(now), Period::millis(pause * 1_000 + 100));
            now = until;
        }
        gates.passed("a", now);
        gates.close("a", None, now, now, 1.0);
        assert_eq!(gates.until("a", now), Some(now + Period::millis(2_500)));
    }

    #[test]
    fn gates_survive_a_restart() {
        let mut before = Gates::default();
        before.close("a", Some(Period::seconds(30)), at(0), at(0), 0.0);
        before.close("b", Some(Period::seconds(3)), at(0), at(0), 0.0);
        let mut after = Gates::default();
        for (pool, until) in before.export(at(10)) {
            after.import(pool, until, at(10));
        }
        assert_eq!(after.until("a", at(10)), Some(at(30)));
        assert_eq!(after.until("b", at(10)), None);
        after.import("c".to_owned(), at(10_000_000), at(10));
        assert_eq!(after.until("c", at(10)), Some(at(10 + 86_400)));
    }
}
