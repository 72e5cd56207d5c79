//! A journal in memory: for tests, demonstrations, and as the plainest statement of the contract.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::chain;
use super::event::{Entry, Event};
use super::port::{Journal, JournalError, Lease, Opening, RosterRecord, RunRecord, RunStatus, RunSummary};
use crate::id::{RosterId, RunId, TenantId};
use crate::plan::Plan;
use crate::time::{Period, Timestamp};

#[derive(Debug, Clone)]
struct Kept {
    record: RunRecord,
    entries: Vec<Entry>,
    status: RunStatus,
    wake_at: Option<Timestamp>,
    token: u64,
    owner: Option<(String, Timestamp)>,
}

/// Keeps runs until it is dropped. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    runs: Arc<Mutex<BTreeMap<RunId, Kept>>>,
    rosters: Arc<Mutex<BTreeMap<RosterId, RosterRecord>>>,
}

impl MemoryJournal {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy that goes on by itself: what a disk would hold if everybody died now.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            runs: Arc::new(Mutex::new(self.runs().clone())),
            rosters: Arc::new(Mutex::new(self.rosters().clone())),
        }
    }

    fn rosters(&self) -> MutexGuard<'_, BTreeMap<RosterId, RosterRecord>> {
        self.rosters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runs(&self) -> MutexGuard<'_, BTreeMap<RunId, Kept>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_run(run: &RunId) -> JournalError {
    JournalError::NoRun { run: run.to_string() }
}

impl Kept {
    fn held_by(&mut self, lease: &Lease, now: Timestamp) -> Result<(), JournalError> {
        let held = self.owner.as_ref().is_some_and(|(_, until)| *until > now);
        if self.token == lease.token && held {
            Ok(())
        } else {
            Err(JournalError::LeaseLost { run: lease.run.clone() })
        }
    }
}

/// Opens one run.
fn open(
    runs: &mut BTreeMap<RunId, Kept>,
    record: &RunRecord,
    supersede: bool,
) -> Result<Opening, JournalError> {
    if runs.contains_key(&record.run) {
        return Ok(Opening::Existing);
    }
    let other = runs.values().find(|kept| {
        kept.status == RunStatus::Open
            && kept.record.tenant == record.tenant
            && kept.record.leaver == record.leaver
    });
    if let (Some(other), false) = (other, supersede) {
        return Err(JournalError::AlreadyOpen {
            run: other.record.run.clone(),
            leaver_name: other.record.leaver_name.clone(),
        });
    }
    let kept = Kept {
        record: record.clone(),
        entries: Vec::new(),
        status: RunStatus::Open,
        wake_at: None,
        token: 0,
        owner: None,
    };
    runs.insert(record.run.clone(), kept);
    Ok(Opening::Opened)
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn open(&self, record: &RunRecord, supersede: bool) -> Result<Opening, JournalError> {
        open(&mut self.runs(), record, supersede)
    }

    async fn open_roster(
        &self,
        roster: &RosterRecord,
        runs: &[RunRecord],
    ) -> Result<Vec<Result<Opening, JournalError>>, JournalError> {
        self.rosters().entry(roster.roster.clone()).or_insert_with(|| roster.clone());
        let mut kept = self.runs();
        Ok(runs.iter().map(|record| open(&mut kept, record, false)).collect())
    }

    async fn roster(&self, roster: &RosterId) -> Result<RosterRecord, JournalError> {
        let none = || JournalError::NoRoster { roster: roster.to_string() };
        self.rosters().get(roster).cloned().ok_or_else(none)
    }

    async fn rosters(&self, tenant: Option<TenantId>) -> Result<Vec<RosterRecord>, JournalError> {
        let mut list: Vec<RosterRecord> = self
            .rosters()
            .values()
            .filter(|kept| tenant.is_none_or(|tenant| kept.tenant == tenant))
            .cloned()
            .collect();
        list.sort_by(|a, b| b.opened_at.cmp(&a.opened_at).then_with(|| a.roster.cmp(&b.roster)));
        Ok(list)
    }

    async fn claim(
        &self,
        run: &RunId,
        owner: &str,
        now: Timestamp,
        ttl: Period,
        force: bool,
    ) -> Result<Lease, JournalError> {
        let mut runs = self.runs();
        let kept = runs.get_mut(run).ok_or_else(|| no_run(run))?;
        if let Some((holder, until)) = &kept.owner
            && *until > now
            && holder != owner
            && !force
        {
            return Err(JournalError::Leased { run: run.clone(), owner: holder.clone(), until: *until });
        }
        kept.token += 1;
        kept.owner = Some((owner.to_owned(), now + ttl));
        Ok(Lease { run: run.clone(), token: kept.token, until: now + ttl })
    }

    async fn renew(&self, lease: &Lease, now: Timestamp, ttl: Period) -> Result<Lease, JournalError> {
        let mut runs = self.runs();
        let kept = runs.get_mut(&lease.run).ok_or_else(|| no_run(&lease.run))?;
        kept.held_by(lease, now)?;
        if let Some((_, until)) = &mut kept.owner {
            *until = now + ttl;
        }
        Ok(Lease { until: now + ttl, ..lease.clone() })
    }

    async fn release(&self, lease: &Lease) -> Result<(), JournalError> {
        let mut runs = self.runs();
        let kept = runs.get_mut(&lease.run).ok_or_else(|| no_run(&lease.run))?;
        if kept.token == lease.token {
            kept.owner = None;
        }
        Ok(())
    }

    async fn append(
        &self,
        lease: &Lease,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Entry>, JournalError> {
        let mut runs = self.runs();
        let kept = runs.get_mut(&lease.run).ok_or_else(|| no_run(&lease.run))?;
        kept.held_by(lease, now)?;
        let mut added = Vec::with_capacity(events.len());
        for event in events {
            let seq = kept.entries.len() as u64 + 1;
            let previous =
                kept.entries.last().map_or_else(|| chain::genesis(&kept.record), |entry| entry.hash.clone());
            let entry = chain::link(&previous, seq, event);
            kept.entries.push(entry.clone());
            added.push(entry);
        }
        Ok(added)
    }

    async fn mark(
        &self,
        lease: &Lease,
        status: RunStatus,
        wake_at: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        let mut runs = self.runs();
        let kept = runs.get_mut(&lease.run).ok_or_else(|| no_run(&lease.run))?;
        if kept.token != lease.token {
            return Err(JournalError::LeaseLost { run: lease.run.clone() });
        }
        kept.status = status;
        kept.wake_at = wake_at;
        Ok(())
    }

    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        let runs = self.runs();
        let kept = runs.get(run).ok_or_else(|| no_run(run))?;
        Ok(kept.entries.iter().filter(|entry| entry.seq > after).cloned().collect())
    }

    async fn record(&self, run: &RunId) -> Result<RunRecord, JournalError> {
        self.runs().get(run).map(|kept| kept.record.clone()).ok_or_else(|| no_run(run))
    }

    async fn runs(&self, tenant: Option<TenantId>) -> Result<Vec<RunSummary>, JournalError> {
        let runs = self.runs();
        let mut list: Vec<RunSummary> = runs
            .values()
            .filter(|kept| tenant.is_none_or(|tenant| kept.record.tenant == tenant))
            .map(|kept| RunSummary {
                run: kept.record.run.clone(),
                tenant: kept.record.tenant,
                leaver: kept.record.leaver,
                leaver_name: kept.record.leaver_name.clone(),
                opened_at: kept.record.opened_at,
                status: kept.status.clone(),
                entries: kept.entries.len() as u64,
                wake_at: kept.wake_at,
            })
            .collect();
        list.sort_by(|a, b| b.opened_at.cmp(&a.opened_at).then_with(|| a.run.cmp(&b.run)));
        Ok(list)
    }

    async fn started_since(&self, tenant: TenantId, since: Timestamp) -> Result<u32, JournalError> {
        let runs = self.runs();
        let people: std::collections::BTreeSet<_> = runs
            .values()
            .filter(|kept| kept.record.tenant == tenant && kept.record.opened_at >= since)
            .filter(|kept| {
                Plan::from_bytes(&kept.record.plan).is_ok_and(|(plan, _)| !plan.is_containment_only())
            })
            .map(|kept| kept.record.leaver)
            .collect();
        Ok(u32::try_from(people.len()).unwrap_or(u32::MAX))
    }
}
