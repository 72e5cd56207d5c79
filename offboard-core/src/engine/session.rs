//! One process carrying one run: the lease, the state, and the only place where events become durable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::lock::Mutex as AsyncMutex;
use serde_json::Value;

use super::claim::{Held, Tenure};
use super::driver::{Drive, Watch};
use super::host::Engine;
use super::next::next;
use super::reader::Reading;
use crate::error::Error;
use crate::facts::{Facet, Facts};
use crate::failure::{Failure, Kind};
use crate::id::{RunId, StepId};
use crate::journal::{Event, EventKind, JournalError, Lease, RunState, RunStatus, Status, StepState};
use crate::model::intent::Intent;
use crate::operation::guard::Direction;
use crate::operation::{AnyOperation, Door, Judged, Reached, Seen, Subject};
use crate::plan::{ApprovedPlan, Plan, Step};
use crate::ports::{Call, Mandate, Priority, Stop};
use crate::time::{Timestamp, random_guid};

pub(super) struct Session<'e> {
    pub engine: &'e Engine,
    pub approved: ApprovedPlan,
    pub operations: BTreeMap<StepId, Arc<dyn AnyOperation>>,
    /// What is wanted, by the plan and by this host's tenant profile, whichever is stricter.
    pub intent: Intent,
    pub stop: Stop,
    /// What was read a moment ago, for the first wave of each door.
    pub seed: Option<Reading>,
    watch: Option<Watch>,
    lease: Arc<Mutex<Lease>>,
    seat: AsyncMutex<Held>,
    mandate: Mandate,
    state: Mutex<RunState>,
    written: Mutex<BTreeMap<Facet, Timestamp>>,
    appending: AsyncMutex<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'e> Session<'e> {
    /// Takes the lease and folds the journal. What was captured and not finished by a process that is gone counts
    /// as a lost answer.
    pub(super) async fn begin(
        engine: &'e Engine,
        approved: ApprovedPlan,
        how: &Drive,
    ) -> Result<Self, Error> {
        let run = approved.run_id();
        let hold = engine.host.clock.hold();
        let (lease, seat) = engine.claim(&run, false).await?;
        let record = engine.journal.record(&run).await?;
        let entries = engine.journal.read(&run, 0).await?;
        drop(hold);
        crate::journal::chain::verify(&record, &entries, None)?;
        let state = RunState::fold(run, approved.plan(), record.opened_at, &entries)?;
        // An operation that this host does not know leaves its step waiting; the rest goes on.
        let operations = approved
            .plan()
            .steps
            .iter()
            .filter_map(|step| {
                let operation = engine.catalog.load(&step.operation, step.version, &step.params).ok()?;
                Some((step.id.clone(), operation))
            })
            .collect();
        let lease = Arc::new(Mutex::new(lease));
        let tenure = Tenure::new(engine, Arc::clone(&lease), how.stop.clone());
        let session = Self {
            engine,
            intent: engine.wanted(approved.plan()),
            approved,
            operations,
            stop: how.stop.clone(),
            seed: how.seed.clone(),
            watch: how.watch.clone(),
            lease,
            mandate: Mandate::of(Arc::new(tenure)),
            seat: AsyncMutex::new(seat),
            state: Mutex::new(state),
            written: Mutex::default(),
            appending: AsyncMutex::new(()),
        };
        let unfinished: Vec<(StepId, EventKind)> = session
            .with_state(|state| state.steps.clone())
            .into_iter()
            .filter(|(_, step)| matches!(step.status, Status::Captured | Status::Progressed))
            .map(|(id, _)| {
                let failure =
                    Failure::new(Kind::Indeterminate, "the process ended before it could record the answer");
                (id, EventKind::Indeterminate { failure, receipts: Vec::new() })
            })
            .collect();
        session.append(unfinished).await?;
        session.is_due_at_once().await?;
        Ok(session)
    }

    /// Says that the run wants to be looked at now: so it is found by whoever looks for what is due, if this process dies.
    async fn is_due_at_once(&self) -> Result<(), Error> {
        let (now, lease) = (self.engine.now(), lock(&self.lease).clone());
        let open = self.with_state(|state| next(self.plan(), state, &BTreeSet::new(), now).open);
        let _hold = self.engine.host.clock.hold();
        Ok(self.engine.journal.mark(&lease, RunStatus::of(open), Some(now)).await?)
    }

    pub(super) fn plan(&self) -> &Plan {
        self.approved.plan()
    }

    pub(super) fn run(&self) -> RunId {
        self.with_state(|state| state.run.clone())
    }

    pub(super) fn with_state<T>(&self, f: impl FnOnce(&RunState) -> T) -> T {
        f(&lock(&self.state))
    }

    pub(super) fn step_state(&self, id: &StepId) -> Option<StepState> {
        self.with_state(|state| state.step(id).cloned())
    }

    /// A step with its operation, if this host knows it.
    pub(super) fn step(&self, id: &StepId) -> Option<(&Step, &Arc<dyn AnyOperation>)> {
        Some((self.plan().step(id)?, self.operations.get(id)?))
    }

    pub(super) fn subject<'a>(&self, step: &'a Step, operation: &'a dyn AnyOperation) -> Subject<'a> {
        Subject {
            id: &step.id,
            operation,
            params: &step.params,
            direction: step.direction,
            leaver: self.plan().leaver.id,
            at: self.engine.now(),
        }
    }

    /// Makes events durable, all or none, and only then true here. Nothing is written that may not come next.
    pub(super) async fn append(&self, events: Vec<(StepId, EventKind)>) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let _one_at_a_time = self.appending.lock().await;
        let now = self.engine.now();
        let events: Vec<Event> =
            events.into_iter().map(|(step, kind)| Event { step: Some(step), at: now, kind }).collect();
        let mut state = self.with_state(RunState::clone);
        for event in &events {
            state.happen(event)?;
        }
        let lease = lock(&self.lease).clone();
        let hold = self.engine.host.clock.hold();
        let appended = self.engine.journal.append(&lease, now, events.clone()).await;
        drop(hold);
        if let Err(error) = appended {
            // What cannot be recorded must not be done: whatever has not left yet stays here.
            self.stop.stop();
            return Err(error.into());
        }
        *lock(&self.state) = state;
        if let Some(watch) = &self.watch {
            for event in &events {
                watch(&event.shown());
            }
        }
        Ok(())
    }

    /// Makes the lease last, if a quarter of it has passed.
    pub(super) async fn keep_lease(&self) -> Result<(), Error> {
        let (lease, now, ttl) = (lock(&self.lease).clone(), self.engine.now(), self.engine.profile.lease);
        if lease.until.since(now).times(4) > ttl.times(3) {
            return Ok(());
        }
        let _one_at_a_time = self.appending.lock().await;
        let hold = self.engine.host.clock.hold();
        let renewed = self.engine.journal.renew(&lease, now, ttl).await;
        drop(hold);
        match renewed {
            Ok(lease) => {
                *lock(&self.lease) = lease;
                Ok(())
            }
            Err(error) => {
                if matches!(error, JournalError::LeaseLost { .. }) {
                    self.stop.stop();
                }
                Err(error.into())
            }
        }
    }

    /// When the lease should next be renewed.
    pub(super) fn renew_at(&self) -> Timestamp {
        let ttl = self.engine.profile.lease.as_micros();
        lock(&self.lease).until - crate::time::Period::micros(ttl / 4 * 3)
    }

    /// Says in the index whether the run is over, and gives the lease back.
    pub(super) async fn end(&self, open: bool, wake: Option<Timestamp>) -> Result<(), Error> {
        let lease = lock(&self.lease).clone();
        let _hold = self.engine.host.clock.hold();
        self.engine.journal.mark(&lease, RunStatus::of(open), wake).await?;
        self.seat.lock().await.give_back(self.engine, &lease).await?;
        Ok(())
    }

    /// A call of this session. Its writes leave only while the lease lasts, is still ours, and nobody has said stop.
    pub(super) fn call(&self, priority: Priority, fresh: bool) -> Call {
        Call {
            id: random_guid(self.engine.host.entropy.as_ref()),
            priority,
            not_after: Some(lock(&self.lease).until),
            stop: self.stop.clone(),
            mandate: self.mandate.clone(),
            fresh,
            once: false,
        }
    }

    /// Remembers that what these facets say is older than our write.
    pub(super) fn wrote(&self, facets: impl IntoIterator<Item = Facet>) {
        let now = self.engine.now();
        lock(&self.written).extend(facets.into_iter().map(|facet| (facet, now)));
    }

    pub(super) fn written(&self) -> BTreeMap<Facet, Timestamp> {
        lock(&self.written).clone()
    }

    /// The facts as the plan and our own steps so far make them.
    pub(super) fn expected(&self) -> Facts {
        let mut facts = self.plan().facts.clone();
        for step in &self.plan().steps {
            let touched = self.step_state(&step.id).is_some_and(|state| state.first_before.is_some());
            let Some(operation) = self.operations.get(&step.id).filter(|_| touched) else { continue };
            match (step.direction, step.goal.is()) {
                (Direction::Forward, _) => operation.effect(&mut facts),
                (Direction::Undo, Some(goal)) => {
                    // A state that this version cannot read changes nothing, and shows as drift.
                    let _ = operation.put_back(&mut facts, goal);
                }
                (Direction::Undo, None) => {}
            }
        }
        facts
    }

    /// Whether what `step` wants is so.
    pub(super) fn reached(
        &self,
        step: &Step,
        operation: &dyn AnyOperation,
        now: &Judged<Value>,
        at: Timestamp,
    ) -> Result<Reached, Failure> {
        let Some(state) = self.step_state(&step.id) else { return Ok(Reached::NotYet) };
        match step.direction {
            Direction::Forward => operation.reached(&Seen {
                // Before anything was sent, what others did is no work of ours.
                before: match state.first_sent_at {
                    Some(_) => state.first_before.unwrap_or_else(|| now.clone()),
                    None => now.clone(),
                },
                now: now.clone(),
                applied_at: match step.door {
                    Door::Person => state.applied_at.max(self.last_hand(step, operation)),
                    Door::Graph | Door::Exchange | Door::SharePoint => state.applied_at,
                },
                at,
            }),
            Direction::Undo => match (step.goal.is(), now.is()) {
                (Some(goal), Some(now)) => Ok(Reached::when(
                    operation.restored(goal, now)? && operation.lasts(now, state.applied_at)?,
                )),
                _ => Ok(Reached::NotYet),
            },
        }
    }

    /// When this run last wrote, through other steps, what `operation` reads. Older readings show nothing of the work of
    /// people: what looks like it may be our own.
    fn last_hand(&self, step: &Step, operation: &dyn AnyOperation) -> Option<Timestamp> {
        let reads = operation.reads();
        let written = self.written();
        let here = reads.iter().filter_map(|facet| written.get(facet)).max().copied();
        let others = self
            .operations
            .iter()
            .filter(|(id, other)| **id != step.id && other.reads().iter().any(|facet| reads.contains(facet)));
        others.filter_map(|(id, _)| self.step_state(id)?.sent_at).chain(here).max()
    }

    /// The union of what must be read for these steps.
    pub(super) fn reads(&self, steps: &[StepId]) -> BTreeSet<Facet> {
        steps
            .iter()
            .filter_map(|id| self.step(id))
            .flat_map(|(step, operation)| {
                crate::plan::judge::reads(&self.subject(step, operation.as_ref()), &self.engine.guards)
            })
            .collect()
    }
}
