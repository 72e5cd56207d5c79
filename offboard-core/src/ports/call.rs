//! What every call to a port carries.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Who goes first when the service limits us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Cutting access: never waits behind anything else.
    Containment,
    /// A step, or a person who waits.
    Normal,
    /// Whatever can wait.
    Low,
}

/// A flag that stops every write that has not left yet.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    raised: AtomicBool,
    /// Who sleeps until it is.
    waiting: Mutex<Vec<Waker>>,
}

impl Stop {
    /// Stops.
    pub fn stop(&self) {
        self.0.raised.store(true, Ordering::SeqCst);
        let waiting = std::mem::take(&mut *self.waiting());
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.0.raised.load(Ordering::SeqCst)
    }

    /// Returns when it is stopped.
    pub async fn stopped(&self) {
        poll_fn(|cx| {
            if self.is_stopped() {
                return Poll::Ready(());
            }
            let mut waiting = self.waiting();
            waiting.retain(|waker| !waker.will_wake(cx.waker()));
            waiting.push(cx.waker().clone());
            drop(waiting);
            // It may have been raised between the two.
            if self.is_stopped() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call: its id, how urgent it is, and until when it may leave.
#[derive(Debug, Clone)]
pub struct Call {
    /// `client-request-id`: the same in the journal and in the tenant's own audit log.
    pub id: String,
    /// Who goes first.
    pub priority: Priority,
    /// A write that would leave later than this is refused: the lease that permits it has ended.
    pub not_after: Option<Timestamp>,
    /// A write that would leave after this flag was raised is refused.
    pub stop: Stop,
    /// A reading that must agree with an earlier one: on a fresh connection.
    pub fresh: bool,
    /// A write that nobody may repeat unread, whatever the port says of it: after a lost answer it is not sent again.
    pub once: bool,
}

impl Call {
    /// A call of ordinary urgency.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            priority: Priority::Normal,
            not_after: None,
            stop: Stop::default(),
            fresh: false,
            once: false,
        }
    }

    /// As urgent as this.
    #[must_use]
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }
}

/// What the service said when it accepted a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The call's id (`client-request-id`).
    pub call: String,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The service's own time (`Date`), the clock for everything it stamps.
    pub date: Option<Timestamp>,
    /// What the service warned of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn whoever_waits_for_a_stop_hears_it() {
        let (stop, copy) = (Stop::default(), Stop::default());
        let other = stop.clone();
        let mut heard = Box::pin(stop.stopped());
        assert!(heard.as_mut().now_or_never().is_none());
        other.stop();
        assert!(heard.now_or_never().is_some() && stop.is_stopped());
        assert!(!copy.is_stopped(), "another flag");
    }
}
