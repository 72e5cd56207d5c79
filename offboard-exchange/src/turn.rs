//! One write at a time for each mailbox (CONTRACT D6), the most urgent first.
//!
//! How many calls are in flight at once over all mailboxes is the client's affair (`offboard_http::quota`).

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use offboard_core::ports::Priority;

use crate::cmdlet::Identity;

/// Who writes to which mailbox, and who waits for it.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: u64,
    busy: BTreeSet<Identity>,
    /// By mailbox, urgency and arrival.
    waiting: BTreeMap<(Identity, Priority, u64), Waker>,
}

impl Turns {
    /// Waits until nobody else writes to `mailbox`. The turn ends when what is returned is dropped; so does the wait.
    pub(crate) async fn take(&self, mailbox: Identity, priority: Priority) -> Turn<'_> {
        let number = {
            let mut state = self.state();
            state.next += 1;
            state.next
        };
        let place = Place { turns: self, key: (mailbox, priority, number) };
        poll_fn(|context| {
            let mut state = self.state();
            let ahead = state.first_in_line(mailbox).is_some_and(|first| first < place.key);
            if state.busy.contains(&mailbox) || ahead {
                state.waiting.insert(place.key, context.waker().clone());
                return Poll::Pending;
            }
            state.waiting.remove(&place.key);
            state.busy.insert(mailbox);
            Poll::Ready(())
        })
        .await;
        Turn { turns: self, mailbox }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, so a poisoned one is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn first_in_line(&self, mailbox: Identity) -> Option<(Identity, Priority, u64)> {
        let first = self.waiting.range((mailbox, Priority::Containment, 0)..).next()?;
        Some(*first.0).filter(|(of, ..)| *of == mailbox)
    }

    /// Wakes whoever is next, if nobody writes.
    fn wake(&self, mailbox: Identity) {
        if self.busy.contains(&mailbox) {
            return;
        }
        if let Some(waker) = self.first_in_line(mailbox).and_then(|key| self.waiting.get(&key)) {
            waker.wake_by_ref();
        }
    }
}

/// A place in the line, which is given up when it is dropped.
struct Place<'a> {
    turns: &'a Turns,
    key: (Identity, Priority, u64),
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        // Somebody behind may have been woken for nothing because we stood before him.
        if state.waiting.remove(&self.key).is_some() {
            state.wake(self.key.0);
        }
    }
}

/// The right to write to a mailbox, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    mailbox: Identity,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        state.busy.remove(&self.mailbox);
        state.wake(self.mailbox);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use offboard_core::id::UserId;

    use super::*;

    fn mailbox(number: u128) -> Identity {
        UserId::from_u128(number).into()
    }

    #[test]
    fn one_mailbox_is_written_to_by_one_and_others_are_free() {
        let turns = Turns::default();
        let first = turns.take(mailbox(1), Priority::Normal).now_or_never().unwrap();
        let mut second = Box::pin(turns.take(mailbox(1), Priority::Normal));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(turns.take(mailbox(2), Priority::Low).now_or_never().is_some());
        drop(first);
        assert!(second.as_mut().now_or_never().is_some());
    }

    #[test]
    fn containment_overtakes_and_equals_keep_their_order() {
        let turns = Turns::default();
        let first = turns.take(mailbox(1), Priority::Normal).now_or_never().unwrap();
        let mut normal = Box::pin(turns.take(mailbox(1), Priority::Normal));
        let mut later = Box::pin(turns.take(mailbox(1), Priority::Normal));
        let mut urgent = Box::pin(turns.take(mailbox(1), Priority::Containment));
        assert!(normal.as_mut().now_or_never().is_none());
        assert!(later.as_mut().now_or_never().is_none());
        assert!(urgent.as_mut().now_or_never().is_none());
        drop(first);
        assert!(normal.as_mut().now_or_never().is_none(), "somebody more urgent waits");
        let turn = urgent.as_mut().now_or_never().unwrap();
        drop(turn);
        assert!(later.as_mut().now_or_never().is_none(), "somebody came before");
        assert!(normal.as_mut().now_or_never().is_some());
    }

    #[test]
    fn giving_up_lets_the_next_one_in() {
        let turns = Turns::default();
        let first = turns.take(mailbox(1), Priority::Normal).now_or_never().unwrap();
        let mut urgent = Box::pin(turns.take(mailbox(1), Priority::Containment));
        let mut normal = Box::pin(turns.take(mailbox(1), Priority::Normal));
        assert!(urgent.as_mut().now_or_never().is_none());
        assert!(normal.as_mut().now_or_never().is_none());
        drop(first);
        drop(urgent);
        assert!(normal.as_mut().now_or_never().is_some());
        assert!(turns.state().waiting.is_empty());
    }

    #[tokio::test]
    async fn whoever_waits_is_woken() {
        let turns = std::sync::Arc::new(Turns::default());
        let running = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let tasks = (0..50).map(|n| {
            let (turns, running) = (turns.clone(), running.clone());
            tokio::spawn(async move {
                let priority = if n % 3 == 0 { Priority::Containment } else { Priority::Normal };
                let turn = turns.take(mailbox(n % 2), priority).await;
                if n % 2 == 0 {
                    assert_eq!(running.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                    tokio::task::yield_now().await;
                    running.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                }
                drop(turn);
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    }
}
