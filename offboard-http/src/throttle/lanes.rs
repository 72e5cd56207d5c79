//! How many requests of a pool may be in flight, for services that count those.

use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use offboard_core::ports::call::Priority;

use super::bucket::Ticket;

/// What containment may have in flight beyond the others: enough for one person's first writes.
const EXTRA: u32 = 3;

#[derive(Debug, Default)]
struct Lane {
    in_flight: u32,
    waiting: BTreeMap<Ticket, Option<Waker>>,
}

impl Lane {
    /// Wakes all who might go: they look again, in order.
    fn wake(&mut self) {
        self.waiting.values_mut().filter_map(Option::take).for_each(Waker::wake);
    }
}

/// The lanes of all pools.
#[derive(Debug, Clone, Default)]
pub(super) struct Lanes(Arc<Mutex<HashMap<String, Lane>>>);

/// A place in a lane; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    lanes: Lanes,
    pool: String,
}

/// A place in the queue; given up when dropped.
struct Queued<'a> {
    lanes: &'a Lanes,
    pool: &'a str,
    ticket: Ticket,
}

impl Lanes {
    /// Waits for a place among `at_most` in `pool`.
    pub(super) async fn enter(&self, pool: &str, at_most: u32, ticket: Ticket) -> Place {
        let queued = Queued { lanes: self, pool, ticket };
        let limit = if ticket.0 == Priority::Containment { at_most.saturating_add(EXTRA) } else { at_most };
        poll_fn(|context| {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let lane = lanes.entry(pool.to_owned()).or_default();
            let first = lane.waiting.range(..ticket).next().is_none();
            if lane.in_flight < limit && first {
                lane.in_flight += 1;
                lane.waiting.remove(&ticket);
                lane.wake();
                return Poll::Ready(());
            }
            lane.waiting.insert(ticket, Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
        drop(queued);
        Place { lanes: self.clone(), pool: pool.to_owned() }
    }

    fn with(&self, pool: &str, change: impl FnOnce(&mut Lane)) {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get_mut(pool) {
            change(lane);
            lane.wake();
            if lane.in_flight == 0 && lane.waiting.is_empty() {
                lanes.remove(pool);
            }
        }
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.lanes.with(self.pool, |lane| {
            lane.waiting.remove(&self.ticket);
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lanes.with(&self.pool, |lane| lane.in_flight = lane.in_flight.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn no_more_than_the_limit_are_in_flight_and_the_urgent_pass() {
        let lanes = Lanes::default();
        let enter = |priority, n| lanes.enter("exchange", 2, (priority, n));
        let first = enter(Priority::Normal, 1).now_or_never().unwrap();
        let _second = enter(Priority::Normal, 2).now_or_never().unwrap();
        assert!(enter(Priority::Normal, 3).now_or_never().is_none());
        let _urgent = enter(Priority::Containment, 4).now_or_never().unwrap();
        drop(first);
        assert!(enter(Priority::Normal, 5).now_or_never().is_none(), "the urgent one counts");
    }

    #[test]
    fn nobody_slips_in_before_those_who_wait() {
        let lanes = Lanes::default();
        let first = lanes.enter("p", 1, (Priority::Normal, 1)).now_or_never().unwrap();
        let mut second = Box::pin(lanes.enter("p", 1, (Priority::Normal, 2)));
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        assert!(lanes.enter("p", 1, (Priority::Normal, 3)).now_or_never().is_none());
        assert!(lanes.enter("p", 1, (Priority::Containment, 4)).now_or_never().is_some());
        assert!(second.now_or_never().is_some());
    }

    #[tokio::test]
    async fn places_go_to_those_who_wait_in_order() {
        let lanes = Lanes::default();
        let first = lanes.enter("p", 1, (Priority::Normal, 1)).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let wait = |priority, n| {
            let (lanes, order) = (lanes.clone(), Arc::clone(&order));
            tokio::spawn(async move {
                let _place = lanes.enter("p", 1, (priority, n)).await;
                order.lock().unwrap().push(n);
            })
        };
        let all = [wait(Priority::Low, 2), wait(Priority::Normal, 3), wait(Priority::Normal, 4)];
        let given_up = tokio::spawn({
            let lanes = lanes.clone();
            async move { drop(lanes.enter("p", 1, (Priority::Normal, 0)).await) }
        });
        tokio::task::yield_now().await;
        given_up.abort();
        let _ = given_up.await;
        drop(first);
        for task in all {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [3, 4, 2]);
        assert!(lanes.0.lock().unwrap().is_empty());
    }
}
