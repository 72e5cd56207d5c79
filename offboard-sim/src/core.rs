//! What all handles of one tenant share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use offboard_core::time::Clock;

use crate::clock::SimClock;
use crate::entropy::SimEntropy;
use crate::faults::Faults;
use crate::recorder::Recorder;
use crate::tenant::App;
use crate::world::{History, World};

/// One tenant.
pub(crate) struct Core {
    pub(crate) clock: Arc<SimClock>,
    /// Chance that is lent to the program under test.
    pub(crate) entropy: Arc<SimEntropy>,
    /// The tenant's own chance: latencies, replicas, ids.
    pub(crate) chance: SimEntropy,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    /// Signs the tokens.
    pub(crate) key: String,
    pub(crate) tokens: crate::signin::Known,
    pub(crate) assertions: crate::signin::Used,
    pub(crate) sessions: crate::signin::Sessions,
    pub(crate) app: App,
    pub(crate) quota: Mutex<crate::quota::Quota>,
    state: Mutex<State>,
}

/// The truth with its past.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) history: History,
}

impl Core {
    pub(crate) fn new(seed: u64, clock: Arc<SimClock>, world: World, app: App) -> Self {
        let chance = SimEntropy::from_seed(seed ^ 0x7E4A_4717);
        let key = format!("{:032x}", chance.guid());
        let history = History::new(&world);
        Self {
            clock,
            entropy: Arc::new(SimEntropy::from_seed(seed)),
            chance,
            faults: Faults::default(),
            recorder: Recorder::default(),
            key,
            tokens: crate::signin::Known::default(),
            assertions: crate::signin::Used::default(),
            sessions: crate::signin::Sessions::default(),
            app,
            quota: Mutex::default(),
            state: Mutex::new(State { world, history }),
        }
    }

    /// What [`crate::Tenant::fork`] stands on. Connections do not come along: whatever was being asked is not answered.
    pub(crate) fn fork(&self) -> Self {
        let now = self.clock.now();
        let (world, history) = {
            let state = self.state();
            (state.world.clone(), state.history.clone())
        };
        Self {
            clock: Arc::new(SimClock::starting_at(now)),
            entropy: Arc::new(self.entropy.fork()),
            chance: self.chance.fork(),
            faults: self.faults.fork(),
            recorder: self.recorder.fork(now),
            key: self.key.clone(),
            tokens: crate::signin::Known::default(),
            assertions: self.assertions.fork(),
            sessions: self.sessions.fork(),
            app: self.app.clone(),
            quota: Mutex::new(self.quota.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            state: Mutex::new(State { world, history }),
        }
    }

    /// The truth as it is now: whatever was due has happened.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.settle(self.clock.now());
        state
    }
}

impl State {
    /// Carries out what was due, each at its time.
    fn settle(&mut self, now: offboard_core::time::Timestamp) {
        while let Some((at, what, effect)) = self.world.agenda.take_due(now) {
            self.world.now = self.world.now.max(at);
            effect(&mut self.world);
            self.history.record(&what, &self.world);
        }
        self.world.now = self.world.now.max(now);
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant").field("clock", &self.clock).finish_non_exhaustive()
    }
}
