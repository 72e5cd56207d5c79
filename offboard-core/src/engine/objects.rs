//! The objects that an engine writes to now. Writes to one object never overlap, also where they are of different leavers:
//! two of them may leave the same group.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use crate::id::ObjectKey;

/// What is being written to, over all runs that an engine and its clones carry.
#[derive(Debug, Default)]
pub(super) struct Objects(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    held: BTreeSet<ObjectKey>,
    /// How often something was released.
    releases: u64,
    waiting: Vec<Waker>,
}

/// The right to write to some objects, until it is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    objects: Arc<Objects>,
    keys: Vec<ObjectKey>,
}

impl Objects {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of `keys`, or nothing where one of them is being written to.
    pub(super) fn claim(self: &Arc<Self>, keys: Vec<ObjectKey>) -> Option<Claim> {
        let mut state = self.state();
        if keys.iter().any(|key| state.held.contains(key)) {
            return None;
        }
        state.held.extend(keys.iter().cloned());
        Some(Claim { objects: Arc::clone(self), keys })
    }

    /// How often something was released so far, to wait for more.
    pub(super) fn releases(&self) -> u64 {
        self.state().releases
    }

    /// Returns when something was released since `releases` was asked for.
    pub(super) async fn released_since(&self, releases: u64) {
        poll_fn(|cx| {
            let mut state = self.state();
            if state.releases > releases {
                return Poll::Ready(());
            }
            state.waiting.retain(|waker| !waker.will_wake(cx.waker()));
            state.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.objects.state();
            for key in &self.keys {
                state.held.remove(key);
            }
            state.releases += 1;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::id::GroupId;

    #[test]
    fn an_object_is_written_to_by_one_at_a_time() {
        let objects = Arc::new(Objects::default());
        let group = |n| ObjectKey::group(GroupId::from_u128(n));
        let first = objects.claim(vec![group(1), group(2)]).unwrap();
        assert!(objects.claim(vec![group(2), group(3)]).is_none());
        let other = objects.claim(vec![group(3)]).unwrap();
        let releases = objects.releases();
        let mut freed = Box::pin(objects.released_since(releases));
        assert!(freed.as_mut().now_or_never().is_none());
        drop(first);
        assert!(freed.now_or_never().is_some());
        assert!(objects.claim(vec![group(2)]).is_some() && objects.claim(vec![group(3)]).is_none());
        drop(other);
    }
}
