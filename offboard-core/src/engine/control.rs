//! Beginning a run, going on with it, and what a person says to it.

use super::driver::{Drive, Ended, Pass, Until, drive};
use super::host::Engine;
use super::next;
use super::overtaken::Kept;
use super::reach;
use crate::error::{Error, ErrorKind};
use crate::id::{RunId, StepId};
use crate::journal::{
    EventKind, JournalError, Opening, RunRecord, RunState, RunStatus, RunSummary, Status, StepState,
};
use crate::plan::{ApprovedPlan, Plan};
use crate::report::Report;
use crate::time::Period;

/// What a person says to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// The hand-off was done.
    Acknowledge,
    /// What could not be read did happen, or did not.
    Settle {
        /// Whether it happened.
        happened: bool,
    },
}

impl Engine {
    /// Applies an approved plan. Applying the same plan with the same approval again goes on with the same run.
    ///
    /// With `supersede` the leaver's open runs end: their steps that have not written never will.
    ///
    /// # Errors
    /// Another run of the leaver is open, a cap is reached, the tenant is out of reach, or the journal or the lease fails.
    pub async fn apply(
        &self,
        approved: ApprovedPlan,
        policy: &[u8],
        supersede: bool,
        how: Drive,
    ) -> Result<(RunId, Ended), Error> {
        self.same_tenant(approved.plan())?;
        approved.plan().check_against(&self.catalog)?;
        let run = approved.run_id();
        let plan = approved.plan();
        let record = self.new_record(&approved, policy);
        self.within_the_cap(std::slice::from_ref(&approved)).await?;
        self.within_the_standing_number(&approved).await?;
        if !self.is_open_already(&run).await {
            // Before anything is touched; what comes in between is looked at again when nothing can.
            self.refuse_overtaken(plan).await?;
        }
        let how = self.within_reach(plan, reach::is_contained(plan, None), how).await?;
        let hold = self.host.clock.hold();
        let opening = self.journal.open(&record, supersede).await?;
        drop(hold);
        let record = if opening == Opening::Opened { record } else { self.record(&run).await? };
        let runs = self.runs().await?;
        self.take_its_place(&record, &runs, supersede && opening == Opening::Opened).await?;
        self.begin_not_overtaken(&run, approved.plan()).await?;
        Box::pin(drive(self, approved, how)).await
    }

    /// What is stored when the run of `approved` is opened now.
    pub(super) fn new_record(&self, approved: &ApprovedPlan, policy: &[u8]) -> RunRecord {
        let ((plan_bytes, approval_bytes), plan) = (approved.bytes(), approved.plan());
        RunRecord {
            run: approved.run_id(),
            tenant: self.tenant,
            leaver: plan.leaver.id,
            leaver_name: plan.leaver.name(),
            opened_at: self.now(),
            plan: plan_bytes.to_vec(),
            approval: approval_bytes.to_vec(),
            policy: policy.to_vec(),
            profile: self.profile_bytes.to_vec(),
        }
    }

    /// Goes on with a run. What stands still is looked at once more. One that is held back by its roster
    /// ([`Engine::held_back_by`]) is only contained, whatever `how` says.
    ///
    /// # Errors
    /// There is no such run, somebody else carries it, the tenant is out of reach, or the journal fails.
    pub async fn resume(&self, run: &RunId, how: Drive) -> Result<(RunId, Ended), Error> {
        let record = self.record(run).await?;
        let approved = record.reopen()?;
        let how = if self.comes_first(&approved).await?.is_some() {
            Drive { until: Until::Contained, pass: Pass::Containment, ..how }
        } else {
            how
        };
        let runs = self.runs().await?;
        Box::pin(self.carry_on(run, &runs, Drive { reconsider: true, ..how })).await
    }

    /// Goes on with a run; `runs` are those of the tenant.
    pub(super) async fn carry_on(
        &self,
        run: &RunId,
        runs: &[RunSummary],
        how: Drive,
    ) -> Result<(RunId, Ended), Error> {
        let Kept { record, approved, state, .. } = self.kept(run).await?;
        self.same_tenant(approved.plan())?;
        let contained = reach::is_contained(approved.plan(), Some(&state));
        let how = self.within_reach(approved.plan(), contained, how).await?;
        self.take_its_place(&record, runs, false).await?;
        self.begin_not_overtaken(run, approved.plan()).await?;
        Box::pin(drive(self, approved, how)).await
    }

    /// Ends a run: nothing of it is sent any more. What was sent is read back by a later `resume`.
    ///
    /// # Errors
    /// As [`Engine::resume`].
    pub async fn cancel(&self, run: &RunId, by: &str) -> Result<(), Error> {
        self.say_to_all(run, false, |_| EventKind::Cancelled { by: by.to_owned() }).await
    }

    /// What a person says to one step of a run.
    ///
    /// # Errors
    /// The step is not in a state to which that can be said; or as [`Engine::resume`].
    pub async fn say(&self, run: &RunId, step: &StepId, word: &Word, by: &str) -> Result<(), Error> {
        let (plan, state) = self.state(run).await?;
        let (Some(now), Some(planned)) = (state.step(step), plan.step(step)) else {
            let known: Vec<&str> = plan.steps.iter().map(|step| step.id.as_str()).collect();
            return Err(ErrorKind::Usage(format!(
                "the run {run} has no step `{step}`; its steps are {}",
                known.join(", ")
            ))
            .into());
        };
        if by.trim().is_empty() {
            return Err(
                ErrorKind::Usage("nobody says so: the name of whoever vouches is empty".to_owned()).into()
            );
        }
        let by = by.trim().to_owned();
        let kind = match word {
            Word::Acknowledge if now.status == Status::HandedOff => EventKind::Acknowledged { by },
            Word::Acknowledge => {
                return Err(ErrorKind::Usage(format!(
                    "`{step}` is {}; only a hand-off is acknowledged (`settle` decides what could not be read)",
                    in_words(now.status)
                ))
                .into());
            }
            Word::Settle { .. } if matches!(now.status, Status::Applied | Status::Waiting) => {
                return Err(ErrorKind::Usage(format!(
                    "`{step}` is still being read back; only what nobody could read is settled (`resume` goes on reading)"
                ))
                .into());
            }
            Word::Settle { happened: true }
                if now.status == Status::HandedOff && next::is_waited_for(planned, &plan, &state) =>
            {
                return Err(ErrorKind::Usage(format!(
                    "`{step}` is handed off, and what loses data by a mere word waits for it; acknowledge it (`ack`) once it is \
                     done: it is then looked at, and settled only if nobody can see it"
                ))
                .into());
            }
            // What is not begun any more may have been seen to in another way.
            Word::Settle { happened } if next::never_begins(planned, &plan, now, self.now()) => {
                EventKind::Settled { by, happened: *happened }
            }
            Word::Settle { .. } if matches!(now.status, Status::Pending | Status::Deferred) => {
                return Err(ErrorKind::Usage(format!(
                    "nothing of `{step}` was sent; there is nothing to settle (`cancel` ends it)"
                ))
                .into());
            }
            Word::Settle { happened: false } if now.status == Status::Partial => {
                return Err(ErrorKind::Usage(format!(
                    "`{step}` was seen in part, and that much did happen; settle it as happened once the rest is handed over, \
                     or take the run back (`undo`)"
                ))
                .into());
            }
            Word::Settle { happened } => EventKind::Settled { by, happened: *happened },
        };
        let said = crate::journal::Event { step: Some(step.clone()), at: self.now(), kind: kind.clone() };
        if state.check(&said).is_err() {
            return Err(ErrorKind::Usage(format!(
                "`{step}` is {}; there is nothing left to decide about it",
                in_words(now.status)
            ))
            .into());
        }
        self.append_alone(run, vec![(step.clone(), kind)]).await
    }

    /// What has become of a run, by its journal alone.
    ///
    /// # Errors
    /// There is no such run, or its journal was tampered with.
    pub async fn report(&self, run: &RunId) -> Result<Report, Error> {
        let Kept { record, approved, state, checkpoint, .. } = self.kept(run).await?;
        Ok(Report::new(&approved, &record, &state, &checkpoint, self.now()))
    }

    /// The plan and the folded state of a run.
    ///
    /// # Errors
    /// As [`Engine::report`].
    pub async fn state(&self, run: &RunId) -> Result<(Plan, RunState), Error> {
        let kept = self.kept(run).await?;
        Ok((kept.approved.plan().clone(), kept.state))
    }

    /// The runs of the tenant.
    pub(super) async fn runs(&self) -> Result<Vec<RunSummary>, JournalError> {
        let _hold = self.host.clock.hold();
        self.journal.runs(Some(self.tenant)).await
    }

    pub(super) async fn record(&self, run: &RunId) -> Result<RunRecord, JournalError> {
        let _hold = self.host.clock.hold();
        self.journal.record(run).await
    }

    async fn is_open_already(&self, run: &RunId) -> bool {
        self.record(run).await.is_ok()
    }

    /// Refuses to begin with more people than the tenant profile allows in a day. Cutting access has no cap.
    pub(super) async fn within_the_cap(&self, plans: &[ApprovedPlan]) -> Result<(), Error> {
        let mut more = 0;
        for plan in plans.iter().filter(|plan| !plan.plan().is_containment_only()) {
            more += u32::from(!self.is_open_already(&plan.run_id()).await);
        }
        let cap = self.profile.caps.per_day;
        let _hold = self.host.clock.hold();
        let started = self.journal.started_since(self.tenant, self.now() - Period::days(1)).await?;
        if more == 0 || started.saturating_add(more) <= cap {
            return Ok(());
        }
        Err(ErrorKind::Cap { started, more, cap }.into())
    }

    /// Two runs of one leaver are open only while a newer one takes the place of an older one. Whoever meets the two
    /// finishes that, also where the process that had begun with it is gone.
    async fn take_its_place(
        &self,
        record: &RunRecord,
        runs: &[RunSummary],
        newest: bool,
    ) -> Result<(), Error> {
        let open = |run: &&RunSummary| run.leaver == record.leaver && run.status == RunStatus::Open;
        let (own, others): (Vec<_>, Vec<_>) = runs.iter().filter(open).partition(|run| run.run == record.run);
        if own.is_empty() {
            return Ok(());
        }
        // A run that was opened a moment ago is the newest, whatever a clock that was ahead has written.
        let newer = others.iter().find(|other| !newest && other.opened_at > record.opened_at);
        if let Some(newer) = newer {
            let (run, leaver_name) = (newer.run.clone(), newer.leaver_name.clone());
            return Err(JournalError::AlreadyOpen { run, leaver_name }.into());
        }
        for older in others {
            let by = record.run.clone();
            self.say_to_all(&older.run, true, move |_| EventKind::Superseded { by: by.clone() }).await?;
        }
        Ok(())
    }

    /// Ends every step that has sent nothing, and the run: what is in the air is read back, and never sent again.
    pub(super) async fn say_to_all(
        &self,
        run: &RunId,
        force: bool,
        kind: impl Fn(&StepId) -> EventKind,
    ) -> Result<(), Error> {
        let (plan, state) = self.state(run).await?;
        let steps = plan
            .steps
            .iter()
            .filter(|step| state.step(&step.id).is_some_and(is_ended_by_a_word))
            .map(|step| (Some(step.id.clone()), kind(&step.id)));
        self.append_with(run, force, steps.chain([(None, EventKind::Closed {})]).collect()).await
    }

    async fn append_alone(&self, run: &RunId, events: Vec<(StepId, EventKind)>) -> Result<(), Error> {
        let events = events.into_iter().map(|(step, kind)| (Some(step), kind)).collect();
        self.append_with(run, false, events).await
    }

    /// Writes what a person says, under a lease of its own.
    async fn append_with(
        &self,
        run: &RunId,
        force: bool,
        events: Vec<(Option<StepId>, EventKind)>,
    ) -> Result<(), Error> {
        let _hold = self.host.clock.hold();
        let now = self.now();
        let (lease, mut seat) = self.claim(run, force).await?;
        let (plan, mut state) = self.state(run).await?;
        let events: Vec<crate::journal::Event> =
            events.into_iter().map(|(step, kind)| crate::journal::Event { step, at: now, kind }).collect();
        for event in &events {
            state.happen(event)?;
        }
        self.journal.append(&lease, now, events).await?;
        let rest = next::next(&plan, &state, &std::collections::BTreeSet::new(), now);
        // What waited for this word can be done now.
        self.journal.mark(&lease, RunStatus::of(rest.open), rest.due(now)).await?;
        seat.give_back(self, &lease).await?;
        Ok(())
    }

    /// The runs that want to be looked at now: a date has come, or a reading is due.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn due(&self) -> Result<Vec<RunId>, Error> {
        let now = self.now();
        Ok(self
            .runs()
            .await?
            .into_iter()
            .filter(|run| run.wake_at.is_some_and(|at| at <= now))
            .map(|run| run.run)
            .collect())
    }
}

/// Nothing of it is so, and nothing was sent.
fn is_ended_by_a_word(state: &StepState) -> bool {
    !state.status.is_over() && state.status != Status::Partial && !in_the_air(state)
}

/// Sent, for all that is known: nobody can end that by saying so, it has to be read back.
fn in_the_air(state: &StepState) -> bool {
    state.first_sent_at.is_some() || matches!(state.status, Status::Captured | Status::Progressed)
}

/// Where a fresh drive goes by default.
impl Default for Drive {
    fn default() -> Self {
        Self::until(Until::Sent)
    }
}

/// `handed off`, for people.
fn in_words(status: Status) -> String {
    let mut words = String::new();
    for c in format!("{status:?}").chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}
