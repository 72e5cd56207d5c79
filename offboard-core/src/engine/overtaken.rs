//! A plan that takes a run back knows how far that run had come. What the run wrote afterwards is in no step of it, and
//! would stay as it is while the report says that the run was taken back.

use super::host::Engine;
use super::undo::was_touched;
use crate::error::{Error, ErrorKind};
use crate::id::{RunId, StepId};
use crate::journal::chain::{self, Checkpoint};
use crate::journal::{Entry, EventKind, RunRecord, RunState};
use crate::plan::document::Undone;
use crate::plan::{ApprovedPlan, Plan};

/// A run as its journal has it.
pub(super) struct Kept {
    pub record: RunRecord,
    pub approved: ApprovedPlan,
    pub state: RunState,
    pub checkpoint: Checkpoint,
    pub entries: Vec<Entry>,
}

impl Engine {
    /// Reads a whole run, and checks its chain.
    pub(super) async fn kept(&self, run: &RunId) -> Result<Kept, Error> {
        let record = self.record(run).await?;
        let approved = record.reopen()?;
        let entries = {
            let _hold = self.host.clock.hold();
            self.journal.read(run, 0).await?
        };
        let checkpoint = chain::verify(&record, &entries, None)?;
        let state = RunState::fold(run.clone(), approved.plan(), record.opened_at, &entries)?;
        Ok(Kept { record, approved, state, checkpoint, entries })
    }

    /// Refuses a plan that takes a run back which has written since to steps that the plan does not know of, or from
    /// another state than it would restore.
    pub(super) async fn refuse_overtaken(&self, plan: &Plan) -> Result<(), Error> {
        let Some(undone) = &plan.source.undoes else { return Ok(()) };
        let now = self.kept(&undone.run).await?;
        let steps = overtaken(&now, undone)?;
        if steps.is_empty() {
            return Ok(());
        }
        Err(ErrorKind::Overtaken { run: undone.run.clone(), steps }.into())
    }

    /// The same for a run that is open already and has taken the place of the other, which therefore writes no more:
    /// what is found now is the last word. A run that must not begin is ended.
    pub(super) async fn begin_not_overtaken(&self, run: &RunId, plan: &Plan) -> Result<(), Error> {
        if plan.source.undoes.is_none() || self.state(run).await?.1.entries > 0 {
            return Ok(());
        }
        if let Err(refusal) = self.refuse_overtaken(plan).await {
            if matches!(refusal.kind(), ErrorKind::Overtaken { .. }) {
                let by = "offboard";
                self.say_to_all(run, false, |_| EventKind::Cancelled { by: by.to_owned() }).await?;
            }
            return Err(refusal);
        }
        Ok(())
    }
}

/// The steps to which the run has written since, in its plan's order.
fn overtaken(now: &Kept, undone: &Undone) -> Result<Vec<StepId>, Error> {
    let checkpoint = Checkpoint { count: undone.entries, head: undone.head.clone() };
    chain::verify(&now.record, &now.entries, Some(&checkpoint))?;
    let plan = now.approved.plan();
    let entries = now.entries.iter().take_while(|entry| entry.seq <= undone.entries);
    let mut then = RunState::new(undone.run.clone(), plan, now.record.opened_at);
    for entry in entries {
        then.add(entry)?;
    }
    let before = |state: &RunState, step: &StepId| state.step(step).and_then(|s| s.first_before.clone());
    Ok(plan
        .steps
        .iter()
        .filter(|step| was_touched(&now.state, step))
        .filter(|step| !was_touched(&then, step) || before(&then, &step.id) != before(&now.state, &step.id))
        .map(|step| step.id.clone())
        .collect())
}
