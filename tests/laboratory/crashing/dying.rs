//! A journal whose process dies right after an append: what was appended is durable, and nothing follows.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use offboard::core::id::StepId;
use offboard::core::journal::{Entry, Event, EventKind, JournalError, Lease, Opening, RunRecord};
use offboard::core::operation::Judged;
use offboard::core::time::{Period, Timestamp};
use offboard::{Drive, Journal as _, MemoryJournal, RunId, Until};

use super::Scene;
use super::around::{Around, Habit};
use super::polls::{Go, watched};

/// Never returns from the append that `last` counts to.
#[derive(Debug, Clone)]
pub struct Dying {
    appends: Arc<AtomicUsize>,
    last: usize,
    dead: Arc<AtomicBool>,
}

impl Dying {
    pub fn after(last: usize) -> Self {
        Self { appends: Arc::default(), last, dead: Arc::default() }
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Habit for Dying {
    async fn append(
        &self,
        inner: &MemoryJournal,
        lease: &Lease,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Entry>, JournalError> {
        if self.is_dead() {
            return pending().await;
        }
        // Asking whether the lease still holds makes nothing durable.
        let asks = events.is_empty();
        let entries = inner.append(lease, now, events).await?;
        if !asks && self.appends.fetch_add(1, Ordering::SeqCst) + 1 == self.last {
            self.dead.store(true, Ordering::SeqCst);
            return pending().await;
        }
        Ok(entries)
    }
}

/// While a run is opened, another one, whose process knows nothing of that, begins with one more step.
#[derive(Debug)]
pub struct Hasty {
    pub run: RunId,
    pub step: StepId,
}

#[async_trait]
impl Habit for Hasty {
    async fn open(
        &self,
        inner: &MemoryJournal,
        record: &RunRecord,
        supersede: bool,
    ) -> Result<Opening, JournalError> {
        let opened = inner.open(record, supersede).await?;
        let now = record.opened_at;
        let lease = inner.claim(&self.run, "a hasty process", now, Period::minutes(1), true).await?;
        let before = Judged::Nothing("not looked at".to_owned());
        let kind = EventKind::Captured { before, findings: Vec::new(), drift: Vec::new() };
        let event = Event { step: Some(self.step.clone()), at: now, kind };
        inner.append(&lease, now, vec![event]).await?;
        Ok(opened)
    }
}

impl Scene {
    /// Carries a fork of this scene until its `nth` append is durable, and drops the run there. Nothing, where the run
    /// is over before.
    pub fn dead_after_append(&self, nth: usize) -> Option<Self> {
        let scene = self.fork();
        let habit = Dying::after(nth);
        let journal = Around { inner: scene.journal.clone(), habit: habit.clone() };
        let engine = scene.engine_on(Arc::new(journal), "the first process");
        let clock = scene.tenant.clock();
        let run = scene.apply(&engine, Drive::until(Until::Done));
        let over = watched(&clock, run, |_| if habit.is_dead() { Go::Drop } else { Go::On });
        match over {
            Some(result) => {
                result.unwrap();
                None
            }
            None => Some(scene),
        }
    }
}
