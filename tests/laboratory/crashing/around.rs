//! A journal around another one, in which something goes wrong: what a [`Habit`] does not say goes through.

use std::fmt::Debug;

use async_trait::async_trait;
use offboard::core::id::{RosterId, TenantId};
use offboard::core::journal::{
    Entry, Event, JournalError, Lease, Opening, RosterRecord, RunRecord, RunStatus, RunSummary,
};
use offboard::core::time::{Period, Timestamp};
use offboard::{Journal, MemoryJournal, RunId};

/// What is done otherwise than by the journal within.
#[async_trait]
pub trait Habit: Debug + Send + Sync {
    async fn open(
        &self,
        inner: &MemoryJournal,
        record: &RunRecord,
        supersede: bool,
    ) -> Result<Opening, JournalError> {
        inner.open(record, supersede).await
    }

    async fn append(
        &self,
        inner: &MemoryJournal,
        lease: &Lease,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Entry>, JournalError> {
        inner.append(lease, now, events).await
    }

    async fn runs(
        &self,
        inner: &MemoryJournal,
        tenant: Option<TenantId>,
    ) -> Result<Vec<RunSummary>, JournalError> {
        inner.runs(tenant).await
    }
}

/// The journal.
#[derive(Debug)]
pub struct Around<H> {
    pub inner: MemoryJournal,
    pub habit: H,
}

#[async_trait]
impl<H: Habit> Journal for Around<H> {
    async fn open(&self, record: &RunRecord, supersede: bool) -> Result<Opening, JournalError> {
        self.habit.open(&self.inner, record, supersede).await
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
        self.habit.append(&self.inner, lease, now, events).await
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
        self.habit.runs(&self.inner, tenant).await
    }

    async fn started_since(&self, tenant: TenantId, since: Timestamp) -> Result<u32, JournalError> {
        self.inner.started_since(tenant, since).await
    }
}
