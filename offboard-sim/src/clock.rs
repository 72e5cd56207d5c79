//! The tenant's clock: virtual, where waiting costs nothing, or on the wall, for servers.

mod run;
mod wall;

use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use async_trait::async_trait;
use offboard_core::time::{Clock, Hold, Period, Timestamp};

use wall::Wall;

/// A clock that a simulated tenant and the program under test share.
///
/// *Virtual*: time stands still while anything is being computed and jumps to the next sleeper when nothing is
/// ([`SimClock::block_on`]). A [hold](Clock::hold) keeps it from jumping: real work is under way elsewhere.
///
/// *Wall*: time passes by itself, from any start.
pub struct SimClock {
    state: Arc<Mutex<State>>,
    wall: Option<Wall>,
}

#[derive(Debug)]
struct State {
    now: Timestamp,
    next: u64,
    sleepers: BTreeMap<(Timestamp, u64), Waker>,
    holds: usize,
    /// Who runs [`SimClock::block_on`], to be told when the last hold ends.
    runner: Option<Waker>,
}

impl SimClock {
    /// A virtual clock that shows `start`.
    pub fn starting_at(start: Timestamp) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(start))), wall: None }
    }

    /// A clock that shows `start` now and goes on by itself, as fast as the machine's. Sleeping needs a tokio
    /// runtime with time.
    pub fn wall(start: Timestamp) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(start))), wall: Some(Wall::from(start)) }
    }

    /// A clock that shows the machine's time and goes on with it: for a server whose callers have their own clock.
    pub fn of_the_machine() -> Self {
        Self::wall(Wall::of_the_machine())
    }

    /// Whether time passes by itself.
    pub fn is_wall(&self) -> bool {
        self.wall.is_some()
    }

    /// Moves a virtual clock on and wakes who slept until then. On the wall it does nothing.
    pub fn advance(&self, by: Period) {
        let to = self.state().now + by;
        self.jump_to(to);
    }

    fn jump_to(&self, to: Timestamp) {
        let woken: Vec<Waker> = {
            let mut state = self.state();
            state.now = state.now.max(to);
            let next = state.now + Period::micros(1);
            let later = state.sleepers.split_off(&(next, 0));
            std::mem::replace(&mut state.sleepers, later).into_values().collect()
        };
        woken.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn new(now: Timestamp) -> Self {
        Self { now, next: 0, sleepers: BTreeMap::new(), holds: 0, runner: None }
    }
}

#[async_trait]
impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        self.wall.as_ref().map_or_else(|| self.state().now, Wall::now)
    }

    async fn sleep_until(&self, until: Timestamp) {
        if let Some(wall) = &self.wall {
            return wall.sleep_until(until).await;
        }
        let mut sleep = Sleep { state: &self.state, until, key: None };
        poll_fn(|cx| sleep.poll(cx.waker())).await;
    }

    fn hold(&self) -> Hold {
        self.state().holds += 1;
        let state = Arc::clone(&self.state);
        Hold::new(move || {
            let runner = {
                let mut state = lock(&state);
                state.holds -= 1;
                if state.holds == 0 { state.runner.clone() } else { None }
            };
            if let Some(runner) = runner {
                runner.wake();
            }
        })
    }
}

impl fmt::Debug for SimClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SimClock({})", self.now())
    }
}

/// One sleep; leaves no sleeper behind when it is dropped.
struct Sleep<'a> {
    state: &'a Mutex<State>,
    until: Timestamp,
    key: Option<(Timestamp, u64)>,
}

impl Sleep<'_> {
    fn poll(&mut self, waker: &Waker) -> Poll<()> {
        let mut state = lock(self.state);
        if state.now >= self.until {
            return Poll::Ready(());
        }
        let key = *self.key.get_or_insert_with(|| {
            state.next += 1;
            (self.until, state.next)
        });
        state.sleepers.insert(key, waker.clone());
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            lock(self.state).sleepers.remove(&key);
        }
    }
}
