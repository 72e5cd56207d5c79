//! What every call to a port carries.

use std::fmt::Debug;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use async_trait::async_trait;
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
    /// What stops this one too.
    above: Option<Stop>,
}

impl Stop {
    /// A flag of its own, which this one raises too: what stops one of many leaves the others alone.
    #[must_use]
    pub fn below(&self) -> Self {
        Self(Arc::new(Flag { above: Some(self.clone()), ..Flag::default() }))
    }

    /// Stops.
    pub fn stop(&self) {
        self.0.raised.store(true, Ordering::SeqCst);
        let waiting = std::mem::take(&mut *self.waiting());
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.0.raised.load(Ordering::SeqCst) || self.0.above.as_ref().is_some_and(Self::is_stopped)
    }

    /// Returns when it is stopped.
    pub async fn stopped(&self) {
        poll_fn(|cx| {
            if self.is_stopped() {
                return Poll::Ready(());
            }
            self.wake_later(cx.waker());
            // It may have been raised between the two.
            if self.is_stopped() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn wake_later(&self, waker: &Waker) {
        let mut waiting = self.waiting();
        waiting.retain(|known| !known.will_wake(waker));
        waiting.push(waker.clone());
        drop(waiting);
        if let Some(above) = &self.0.above {
            above.wake_later(waker);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever may write, and may lose that to somebody else while a write waits for its turn.
#[async_trait]
pub trait Holder: Debug + Send + Sync {
    /// Whether he still may. What cannot be found out is no.
    async fn still_holds(&self) -> bool;
}

/// By whose leave a write is sent: all of these must still have it when the bytes leave. Nobody's is always good.
#[derive(Debug, Clone, Default)]
pub struct Mandate(Vec<Arc<dyn Holder>>);

impl Mandate {
    /// Of one holder.
    pub fn of(holder: Arc<dyn Holder>) -> Self {
        Self(vec![holder])
    }

    /// What travels together needs the leave of all of them, each of whom is asked once.
    pub fn all<'a>(mandates: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all: Vec<Arc<dyn Holder>> = Vec::new();
        for holder in mandates.into_iter().flat_map(|mandate| &mandate.0) {
            if !all.iter().any(|known| Arc::ptr_eq(known, holder)) {
                all.push(Arc::clone(holder));
            }
        }
        Self(all)
    }

    /// Whether every holder still has it.
    pub async fn stands(&self) -> bool {
        for holder in &self.0 {
            if !holder.still_holds().await {
                return false;
            }
        }
        true
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
    /// A write whose mandate was lost while it waited is refused: somebody else has taken over.
    pub mandate: Mandate,
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
            mandate: Mandate::default(),
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

impl Receipt {
    /// Of a call that found nothing to do, and so nothing to send (P4).
    pub fn nothing(call: &Call) -> Self {
        Self { call: call.id.clone(), request_id: None, date: None, warnings: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[derive(Debug)]
    struct Asked(std::sync::atomic::AtomicU32, bool);

    #[async_trait]
    impl Holder for Asked {
        async fn still_holds(&self) -> bool {
            self.0.fetch_add(1, Ordering::SeqCst);
            self.1
        }
    }

    #[test]
    fn what_travels_together_needs_the_leave_of_all() {
        let holder = |holds| Arc::new(Asked(0.into(), holds));
        let (one, other, lost) = (holder(true), holder(true), holder(false));
        let of = |holder: &Arc<Asked>| Mandate::of(holder.clone());
        let stands = |mandates: &[Mandate]| Mandate::all(mandates).stands().now_or_never().unwrap();
        assert!(stands(&[]) && stands(&[of(&one), of(&other), of(&one)]));
        assert_eq!(one.0.load(Ordering::SeqCst), 1, "asked once");
        assert!(!stands(&[of(&one), of(&lost)]));
    }

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

    #[test]
    fn what_stops_one_of_many_leaves_the_others_alone_and_what_stops_all_stops_each() {
        let all = Stop::default();
        let (one, other) = (all.below(), all.below());
        let mut heard = Box::pin(other.stopped());
        assert!(heard.as_mut().now_or_never().is_none());
        one.stop();
        assert!(one.is_stopped() && !other.is_stopped() && !all.is_stopped());
        all.stop();
        assert!(heard.now_or_never().is_some() && other.is_stopped());
    }
}
