//! How long to wait before looking, or trying, again.

use crate::failure::Failure;
use crate::time::{Period, Timestamp};

/// After a write was accepted.
pub const FIRST_LOOK: Period = Period::seconds(2);

/// How long a wave of containment waits for its readings before it writes all the same.
pub const CONTAINMENT_PATIENCE: Period = Period::seconds(3);

/// Before something that is not there is looked for again, where undo needs it.
pub const COMES_BACK: Period = Period::minutes(15);

/// A reading this young need not be made again before a write.
pub const FRESH: Period = Period::seconds(10);

/// When a write that is not seen yet is looked at again: often at first, then every five minutes, after a day
/// every two hours.
pub fn look_again(sent_at: Timestamp, now: Timestamp) -> Timestamp {
    let waited = now.since(sent_at);
    let pause = if waited < Period::seconds(15) {
        Period::seconds(3)
    } else if waited < Period::minutes(2) {
        Period::seconds(15)
    } else if waited < Period::minutes(10) {
        Period::minutes(1)
    } else if waited < Period::hours(2) {
        Period::minutes(5)
    } else if waited < Period::days(1) {
        Period::minutes(30)
    } else {
        // What takes days, such as a phone that is switched off, is not asked after every five minutes.
        Period::hours(2)
    };
    now + pause
}

/// When a write that was not even begun is tried again.
pub fn try_again(failure: &Failure, tries: u32, now: Timestamp) -> Timestamp {
    now + failure.retry.pause().unwrap_or_else(|| Period::seconds(5 * i64::from(2_u32.pow(tries.min(6)))))
}
