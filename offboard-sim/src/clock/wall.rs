//! The one place where the simulated tenant looks at the machine's clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use offboard_core::time::{Period, Timestamp};

/// Time that passes by itself, from a chosen start.
#[derive(Debug)]
pub(super) struct Wall {
    start: Timestamp,
    began: Instant,
}

impl Wall {
    #[expect(clippy::disallowed_methods, reason = "a server's clock has to move by itself")]
    pub(super) fn from(start: Timestamp) -> Self {
        Self { start, began: Instant::now() }
    }

    #[expect(clippy::disallowed_methods, reason = "a server's clock may have to agree with its callers'")]
    pub(super) fn of_the_machine() -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
    }

    pub(super) fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.start + Period::micros(passed)
    }

    #[expect(clippy::disallowed_methods, reason = "a server's clock has to move by itself")]
    pub(super) async fn sleep_until(&self, until: Timestamp) {
        let left = until.since(self.now());
        if left > Period::ZERO {
            tokio::time::sleep(left.into()).await;
        }
    }
}

/// A moment of the machine's, whatever the tenant's clock shows.
#[derive(Debug)]
pub(super) struct Deadline(Instant);

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs virtual time for a while means the machine's time"
)]
impl Deadline {
    pub(super) fn after(period: Duration) -> Self {
        Self(Instant::now() + period)
    }

    /// How long until then; nothing is left once it has come.
    pub(super) fn left(&self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}
