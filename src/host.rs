//! The machine's own clock and chance: the only place that asks for either.

use async_trait::async_trait;
use offboard_core::time::{Clock, Entropy, Host, Timestamp};
use std::sync::Arc;

/// The clock of this machine. Waiting needs a tokio runtime.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the machine's clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the home of the machine's clock")]
    async fn sleep_until(&self, until: Timestamp) {
        // The machine's clock may be set while we sleep, so it is asked again.
        while self.now() < until {
            let rest: std::time::Duration = until.since(self.now()).into();
            tokio::time::sleep(rest.min(std::time::Duration::from_mins(1))).await;
        }
    }
}

/// The operating system's random numbers, fit for secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::panic,
        reason = "without random numbers there is no password to set; going on would set a known one"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            panic!("the operating system gives no random numbers: {error}");
        }
    }
}

/// This machine.
pub fn system() -> Host {
    Host { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
}
