//! A journal whose process dies right after an append: what was appended is durable, and nothing follows.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use offboard::core::id::{RosterId, StepId, TenantId};
use offboard::core::journal::{
    Entry, Event, EventKind, JournalError, Lease, Opening, RosterRecord, RunRecord, RunStatus, RunSummary,
};
use offboard::core::operation::Judged;
use offboard::core::time::{Period, Timestamp};
use offboard::{Drive, Journal, MemoryJournal, RunId, Until};

use super::Scene;
use super::polls::{Go, watched};

/// Never returns from the append that `last` counts to.
#[derive(Debug, Clone)]
pub struct DyingJournal {
    inner: MemoryJournal,
    appends: Arc<AtomicUsize>,
    last: usize,
    dead: Arc<AtomicBool>,
}

impl DyingJournal {
    pub fn new(inner: MemoryJournal, last: usize) -> Self {
        Self { inner, appends: Arc::default(), last, dead: Arc::default() }
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Journal for DyingJournal {
    async fn open(&self, record: &RunRecord, supersede: bool) -> Result<Opening, JournalError> {
        self.inner.open(record, supersede).await
    }

    async fn open_roster(
        &self,
        roster: &RosterRecord,
        runs: &[RunRecord],
    ) -> Result<Vec<Result<Opening, JournalError>>, JournalError> {
        self.inner.open_roster(roster, runs).await
    }

    async fn roster(&self, roster: &RosterId) -> Result<RosterRecord, JournalError> {
        self.inner.roster(roster).await
    }

    async fn rosters(&self, tenant: Option<TenantId>) -> Result<Vec<RosterRecord>, JournalError> {
        self.inner.rosters(tenant).await
    }

    async fn claim(
        &self,
        run: &RunId,
        owner: &str,
        now: Timestamp,
        ttl: Period,
        force: bool,
    ) -> Result<Lease, JournalError> {
        self.inner.claim(run, owner, now, ttl, force).await
    }

    async fn renew(&self, lease: &Lease, now: Timestamp, ttl: Period) -> Result<Lease, JournalError> {
        self.inner.renew(lease, now, ttl).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), JournalError> {
        self.inner.release(lease).await
    }

    async fn append(
        &self,
        lease: &Lease,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Entry>, JournalError> {
        if self.is_dead() {
            return pending().await;
        }
        // Asking whether the lease still holds makes nothing durable.
        let asks = events.is_empty();
        let entries = self.inner.append(lease, now, events).await?;
        if !asks && self.appends.fetch_add(1, Ordering::SeqCst) + 1 == self.last {
            self.dead.store(true, Ordering::SeqCst);
            return pending().await;
        }
        Ok(entries)
    }

    async fn mark(
        &self,
        lease: &Lease,
        status: RunStatus,
        wake_at: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        self.inner.mark(lease, status, wake_at).await
    }

    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        self.inner.read(run, after).await
    }

    async fn record(&self, run: &RunId) -> Result<RunRecord, JournalError> {
        self.inner.record(run).await
    }

    async fn runs(&self, tenant: Option<TenantId>) -> Result<Vec<RunSummary>, JournalError> {
        self.inner.runs(tenant).await
    }

    async fn started_since(&self, tenant: TenantId, since: Timestamp) -> Result<u32, JournalError> {
        self.inner.started_since(tenant, since).await
    }
}

/// While a run is opened in it, another one, whose process knows nothing of that, begins with one more step.
#[derive(Debug, Clone)]
pub struct HastyJournal {
    inner: MemoryJournal,
    run: RunId,
    step: StepId,
}

impl HastyJournal {
    pub fn new(inner: MemoryJournal, run: RunId, step: StepId) -> Self {
        Self { inner, run, step }
    }
}

#[async_trait]
impl Journal for HastyJournal {
    async fn open(&self, record: &RunRecord, supersede: bool) -> Result<Opening, JournalError> {
        let opened = self.inner.open(record, supersede).await?;
        let now = record.opened_at;
        let lease = self.inner.claim(&self.run, "a hasty process", now, Period::minutes(1), true).await?;
        let before = Judged::Nothing("not looked at".to_owned());
        let kind = EventKind::Captured { before, findings: Vec::new(), drift: Vec::new() };
        let event = Event { step: Some(self.step.clone()), at: now, kind };
        self.inner.append(&lease, now, vec![event]).await?;
        Ok(opened)
    }

    async fn open_roster(
        &self,
        roster: &RosterRecord,
        runs: &[RunRecord],
    ) -> Result<Vec<Result<Opening, JournalError>>, JournalError> {
        self.inner.open_roster(roster, runs).await
    }

    async fn roster(&self, roster: &RosterId) -> Result<RosterRecord, JournalError> {
        self.inner.roster(roster).await
    }

    async fn rosters(&self, tenant: Option<TenantId>) -> Result<Vec<RosterRecord>, JournalError> {
        self.inner.rosters(tenant).await
    }

    async fn claim(
        &self,
        run: &RunId,
        owner: &str,
        now: Timestamp,
        ttl: Period,
        force: bool,
    ) -> Result<Lease, JournalError> {
        self.inner.claim(run, owner, now, ttl, force).await
    }

    async fn renew(&self, lease: &Lease, now: Timestamp, ttl: Period) -> Result<Lease, JournalError> {
        self.inner.renew(lease, now, ttl).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), JournalError> {
        self.inner.release(lease).await
    }

    async fn append(
        &self,
        lease: &Lease,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Entry>, JournalError> {
        self.inner.append(lease, now, events).await
    }

    async fn mark(
        &self,
        lease: &Lease,
        status: RunStatus,
        wake_at: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        self.inner.mark(lease, status, wake_at).await
    }

    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        self.inner.read(run, after).await
    }

    async fn record(&self, run: &RunId) -> Result<RunRecord, JournalError> {
        self.inner.record(run).await
    }

    async fn runs(&self, tenant: Option<TenantId>) -> Result<Vec<RunSummary>, JournalError> {
        self.inner.runs(tenant).await
    }

    async fn started_since(&self, tenant: TenantId, since: Timestamp) -> Result<u32, JournalError> {
        self.inner.started_since(tenant, since).await
    }
}

impl Scene {
    /// Carries a fork of this scene until its `nth` append is durable, and drops the run there. Nothing, where the run
    /// is over before.
    pub fn dead_after_append(&self, nth: usize) -> Option<Self> {
        let scene = self.fork();
        let journal = DyingJournal::new(scene.journal.clone(), nth);
        let engine = scene.engine_on(Arc::new(journal.clone()), "the first process");
        let clock = scene.tenant.clock();
        let run = scene.apply(&engine, Drive::until(Until::Done));
        let over = watched(&clock, run, |_| if journal.is_dead() { Go::Drop } else { Go::On });
        match over {
            Some(result) => {
                result.unwrap();
                None
            }
            None => Some(scene),
        }
    }
}
