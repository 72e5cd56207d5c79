//! Token buckets, one per pool and limit, with a queue by urgency.

use std::collections::BTreeMap;

use offboard_core::ports::call::Priority;
use offboard_core::time::{Period, Timestamp};

use crate::quota::Rate;

/// The part of a published quota that we use: clocks differ, and so does the counting.
const SHARE: f64 = 0.95;

/// The part of a bucket that only containment may take.
const RESERVE: f64 = 0.1;

/// Who waits: the more urgent first, then the earlier.
pub(super) type Ticket = (Priority, u64);

/// One limit of one pool, as a bucket that fills by time.
#[derive(Debug)]
pub(super) struct Bucket {
    capacity: f64,
    per_micro: f64,
    /// Below zero after a request that cost more than was there, or after the service told us so.
    level: f64,
    filled_at: Timestamp,
    waiting: BTreeMap<Ticket, f64>,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // amounts far below 2^52
impl Bucket {
    pub(super) fn new(rate: Rate, now: Timestamp) -> Self {
        let capacity = f64::from(rate.amount) * SHARE;
        let per_micro = capacity / (rate.per.as_micros().max(1) as f64);
        Self { capacity, per_micro, level: capacity, filled_at: now, waiting: BTreeMap::new() }
    }

    fn fill(&mut self, now: Timestamp) {
        let passed = now.since(self.filled_at).as_micros() as f64;
        self.level = (self.level + passed * self.per_micro).min(self.capacity);
        self.filled_at = self.filled_at.max(now);
    }

    /// When `ticket` may take `cost`: `None` if now. Until then it stays in the queue.
    pub(super) fn turn(&mut self, ticket: Ticket, cost: u32, now: Timestamp) -> Option<Timestamp> {
        self.fill(now);
        let cost = f64::from(cost);
        let reserve = if ticket.0 == Priority::Containment { 0.0 } else { self.capacity * RESERVE };
        // More than the bucket can ever hold goes when it is full, and leaves a debt.
        let own = (cost + reserve).min(self.capacity);
        let ahead: f64 = self.waiting.range(..ticket).map(|(_, cost)| cost).sum();
        let missing = own + ahead - self.level;
        self.waiting.insert(ticket, cost);
        // A millionth of a unit is rounding, not a lack.
        if missing <= 1e-6 {
            return None;
        }
        let micros = (missing / self.per_micro).ceil() as i64;
        // Never so soon that waiting turns into spinning.
        Some(now + Period::micros(micros).max(Period::millis(1)))
    }

    /// Takes what `ticket` was queued with.
    pub(super) fn take(&mut self, ticket: Ticket) {
        if let Some(cost) = self.waiting.remove(&ticket) {
            self.level -= cost;
        }
    }

    /// Forgets `ticket`.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
    }

    /// Corrects the level by what a request really cost, compared with what it was charged.
    pub(super) fn correct(&mut self, more: f64) {
        self.level = (self.level - more).min(self.capacity);
    }

    /// The service has counted `used` of its limit (1.2 is a fifth too much): so we have no more than the rest.
    pub(super) fn used(&mut self, used: f64, now: Timestamp) {
        self.fill(now);
        self.level = self.level.min(self.capacity * (1.0 - used));
    }

    /// The service refused: somebody used what we thought was there. What is left is for containment, and the
    /// others go on at the rate, not in a burst.
    pub(super) fn refused(&mut self, now: Timestamp) {
        self.used(1.0 - RESERVE, now);
    }

    /// Whether forgetting it would change nothing.
    pub(super) fn is_idle(&mut self, now: Timestamp) -> bool {
        self.fill(now);
        self.waiting.is_empty() && self.level >= self.capacity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1_000)
    }

    fn bucket() -> Bucket {
        Bucket::new(Rate::new(100, 10), at(0)) // 95 units, 9.5 a second, 9.5 in reserve
    }

    fn go(bucket: &mut Bucket, ticket: Ticket, cost: u32, now: Timestamp) -> bool {
        let goes = bucket.turn(ticket, cost, now).is_none();
        if goes {
            bucket.take(ticket);
        }
        goes
    }

    #[test]
    fn it_gives_its_burst_and_then_its_rate() {
        let mut bucket = bucket();
        let mut sent = 0;
        for n in 0..200 {
            sent += u32::from(go(&mut bucket, (Priority::Normal, n), 1, at(0)));
            bucket.leave((Priority::Normal, n));
        }
        assert_eq!(sent, 85, "95 without the reserve");
        assert_eq!(bucket.turn((Priority::Normal, 200), 1, at(0)), Some(Timestamp::from_micros(52_632)));
    }

    #[test]
    fn containment_passes_the_queue_and_takes_the_reserve() {
        let mut bucket = bucket();
        assert!(go(&mut bucket, (Priority::Normal, 0), 85, at(0)));
        for n in 1..50 {
            assert!(!go(&mut bucket, (Priority::Normal, n), 1, at(0)));
        }
        for n in 50..59 {
            assert!(go(&mut bucket, (Priority::Containment, n), 1, at(0)));
        }
        // The tenth finds the reserve empty, and waits only for itself.
        let turn = bucket.turn((Priority::Containment, 60), 2, at(0)).unwrap();
        assert!(turn <= at(106), "{turn}");
    }

    #[test]
    fn the_queue_is_served_in_order_and_leaving_it_helps_the_rest() {
        let mut bucket = bucket();
        assert!(go(&mut bucket, (Priority::Normal, 0), 85, at(0)));
        let first = bucket.turn((Priority::Normal, 1), 10, at(0)).unwrap();
        let second = bucket.turn((Priority::Normal, 2), 1, at(0)).unwrap();
        assert!(first < second);
        assert!(!go(&mut bucket, (Priority::Normal, 2), 1, at(200)), "the first still waits");
        bucket.leave((Priority::Normal, 1));
        assert!(go(&mut bucket, (Priority::Normal, 2), 1, at(200)));
    }

    #[test]
    fn a_cost_beyond_the_bucket_goes_when_it_is_full() {
        let mut bucket = Bucket::new(Rate::new(5, 10), at(0)); // 4.75
        assert!(go(&mut bucket, (Priority::Normal, 0), 20, at(0)));
        let next = bucket.turn((Priority::Normal, 1), 1, at(0)).unwrap();
        assert!(next > at(30_000), "a debt of 15 is paid first: {next}");
    }

    #[test]
    fn the_service_knows_better() {
        let mut bucket = bucket();
        bucket.used(1.2, at(0));
        let next = bucket.turn((Priority::Containment, 1), 1, at(0)).unwrap();
        assert!(next > at(2_000), "{next}");
        bucket.leave((Priority::Containment, 1));
        assert!(bucket.is_idle(at(60_000)));
    }
}
