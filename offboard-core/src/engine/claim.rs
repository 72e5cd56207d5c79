//! Who an engine is in a lease: somebody else in every claim. Two engines of one process, two clones of one engine
//! and two calls of one engine keep each other out as two machines do.
//!
//! What a dropped call held is remembered here: nobody writes under that name any more, so the same engine takes it up
//! again at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::host::Engine;
use crate::id::RunId;
use crate::journal::{Journal, JournalError, Lease};
use crate::ports::{Holder, Stop};
use crate::time::{Clock, Entropy, random_guid};

/// The names under which one engine, with all its clones, claims.
#[derive(Debug)]
pub(super) struct Claims {
    /// The process, as its host calls it, and this engine of it.
    engine: String,
    count: AtomicU64,
    /// The runs whose holder was dropped before it gave the lease back, and its name.
    left_behind: Mutex<BTreeMap<RunId, String>>,
}

impl Claims {
    /// Of a new engine in the process `owner`. That name stays in front: a journal that can tell that the process is
    /// dead still can.
    pub(super) fn new(owner: &str, entropy: &dyn Entropy) -> Self {
        Self {
            engine: format!("{owner}/{}", random_guid(entropy)),
            count: AtomicU64::new(0),
            left_behind: Mutex::default(),
        }
    }

    fn left_behind(&self) -> MutexGuard<'_, BTreeMap<RunId, String>> {
        self.left_behind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lease, and who holds it. Dropped before it is given back, it is left for the engine's next claim.
#[derive(Debug)]
pub(super) struct Held {
    claims: Arc<Claims>,
    run: RunId,
    name: String,
    is_ours: bool,
}

impl Held {
    /// Gives the lease back.
    pub(super) async fn give_back(&mut self, engine: &Engine, lease: &Lease) -> Result<(), JournalError> {
        engine.journal.release(lease).await?;
        self.is_ours = false;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.is_ours {
            self.claims.left_behind().insert(self.run.clone(), std::mem::take(&mut self.name));
        }
    }
}

/// The lease of a run that is being carried, as the writes that wait for their turn see it. Until they leave, another
/// process may have taken the run over: the journal knows.
#[derive(Debug)]
pub(super) struct Tenure {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    lease: Arc<Mutex<Lease>>,
    stop: Stop,
}

impl Tenure {
    pub(super) fn new(engine: &Engine, lease: Arc<Mutex<Lease>>, stop: Stop) -> Self {
        Self { journal: engine.journal.clone(), clock: engine.host.clock.clone(), lease, stop }
    }
}

#[async_trait]
impl Holder for Tenure {
    async fn still_holds(&self) -> bool {
        let lease = self.lease.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let _hold = self.clock.hold();
        // Nothing is appended; what is asked is whether something could be.
        let holds = self.journal.append(&lease, self.clock.now(), Vec::new()).await.is_ok();
        if !holds {
            self.stop.stop();
        }
        holds
    }
}

impl Engine {
    /// Takes the right to write into a run; with `force` from whoever has it.
    pub(super) async fn claim(&self, run: &RunId, force: bool) -> Result<(Lease, Held), JournalError> {
        let claims = Arc::clone(&self.claims);
        let left_behind = claims.left_behind().remove(run);
        let is_ours = left_behind.is_some();
        let name = left_behind
            .unwrap_or_else(|| format!("{}/{}", claims.engine, claims.count.fetch_add(1, Ordering::Relaxed)));
        let mut held = Held { claims, run: run.clone(), name, is_ours };
        let lease = self.journal.claim(run, &held.name, self.now(), self.profile.lease, force).await?;
        held.is_ours = true;
        Ok((lease, held))
    }
}
