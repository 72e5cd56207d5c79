//! What may be done now, and when to look again. Pure: a function of plan, run and time.

use std::collections::BTreeSet;

use super::backoff;
use crate::failure::Kind;
use crate::id::StepId;
use crate::journal::{RunState, Status, StepState};
use crate::operation::{Door, Repeat};
use crate::plan::{Need, Plan, Step, order};
use crate::time::{Period, Timestamp};

/// What is to be done with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Look at it, record the state before, write.
    Capture,
    /// Read it back.
    Verify,
}

/// A step that may be worked on now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Which.
    pub step: StepId,
    /// Through which door.
    pub door: Door,
    /// What is to be done.
    pub task: Task,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Next {
    /// What may be done now.
    pub ready: Vec<Work>,
    /// When a reading is due; nothing where none is waited for.
    pub look_at: Option<Timestamp>,
    /// When a date of the plan comes; nothing where none is waited for.
    pub date: Option<Timestamp>,
    /// A step may still write. A hand-off keeps nothing open.
    pub open: bool,
}

impl Next {
    /// When to look again, for whatever reason.
    pub fn wake(&self) -> Option<Timestamp> {
        self.look_at.into_iter().chain(self.date).min()
    }

    /// The same of a run that nobody carries on at `now`: what may be done is due at once.
    pub fn due(&self, now: Timestamp) -> Option<Timestamp> {
        if self.ready.is_empty() { self.wake() } else { Some(now) }
    }

    fn look(&mut self, at: Timestamp) {
        self.look_at = Some(self.look_at.map_or(at, |before| before.min(at)));
    }
}

/// How often it is looked whether a person has done what is to end.
const TASK_PATIENCE: Period = Period::days(1);

/// How often a write that repeats safely is sent again when it is not seen.
pub const ATTEMPTS: u32 = 3;

/// What comes next. `reconsider` names steps that stand still and that a person wants looked at once more.
pub fn next(plan: &Plan, run: &RunState, reconsider: &BTreeSet<StepId>, now: Timestamp) -> Next {
    let mut next = Next::default();
    for step in &plan.steps {
        let Some(state) = run.step(&step.id) else { continue };
        next.open |= !run.closed && may_still_write(state.status) && !never_begins(step, plan, state, now);
        let again = reconsider.contains(&step.id);
        match due(plan, step, state, run, again, now) {
            Due::Now(task) => next.ready.push(Work { step: step.id.clone(), door: step.door, task }),
            Due::Look(at) => next.look(at),
            Due::Date(at) => next.date = Some(next.date.map_or(at, |before| before.min(at))),
            Due::No => {}
        }
    }
    next
}

enum Due {
    Now(Task),
    Look(Timestamp),
    Date(Timestamp),
    No,
}

impl Due {
    fn at(at: Timestamp, now: Timestamp, task: Task) -> Self {
        if at <= now { Self::Now(task) } else { Self::Look(at) }
    }
}

fn due(plan: &Plan, step: &Step, state: &StepState, run: &RunState, again: bool, now: Timestamp) -> Due {
    // Of a run that was ended nothing is sent; what is in the air is still looked at, so that nobody has to guess. Nor is what
    // was to have ended by now: beginning it would never end.
    let may_send = || !run.closed && !has_ended(step, plan, now);
    match state.status {
        Status::Pending | Status::Deferred if !may_send() => Due::No,
        // A person may do it any day, and tells nobody: from the day of its end on it is looked at daily.
        Status::Pending | Status::Deferred if ends_a_task(plan, step, run) => {
            Due::Date(step.not_before.map_or(now, |date| date.max(now + TASK_PATIENCE)))
        }
        Status::Pending | Status::Deferred if !needs_met(plan, step, run) => Due::No,
        Status::Pending | Status::Deferred => match step.not_before {
            Some(date) if date > now => Due::Date(date),
            _ => Due::at(state.until.unwrap_or(now), now, Task::Capture),
        },
        Status::Applied => Due::at(state.since + backoff::FIRST_LOOK, now, Task::Verify),
        Status::Waiting => {
            let writes = state.under_way || send_again(step, state, now);
            let task = if writes && may_send() { Task::Capture } else { Task::Verify };
            Due::at(state.until.unwrap_or(now), now, task)
        }
        // A lost answer: what repeats safely is looked at and sent again, everything else is only read.
        Status::Indeterminate if step.repeat == Repeat::Safe && state.attempts < ATTEMPTS && may_send() => {
            Due::at(after_setback(state), now, Task::Capture)
        }
        // Long work knows by its cursor what has no answer.
        Status::Indeterminate if step.repeat == Repeat::Resume && may_send() => {
            let failure = state.failure.as_ref();
            let pause = failure.map(|failure| backoff::try_again(failure, state.attempts, state.since));
            Due::at(pause.unwrap_or(state.since), now, Task::Capture)
        }
        Status::Indeterminate => Due::Now(Task::Verify),
        Status::Blocked | Status::Failed if again && may_send() && needs_met(plan, step, run) => {
            Due::Now(Task::Capture)
        }
        // Once its end has come it is told as it was seen before.
        Status::Partial if has_ended(step, plan, now) => Due::No,
        Status::HandedOff | Status::Unverified | Status::Partial if again => Due::Now(Task::Verify),
        // Somebody says that it was done, and what loses data by it waits until that is seen.
        Status::Acknowledged if is_waited_for(step, plan, run) => {
            Due::at(state.since + backoff::FIRST_LOOK, now, Task::Verify)
        }
        _ => Due::No,
    }
}

/// It ends what is in the hands of a person.
fn ends_a_task(plan: &Plan, step: &Step, run: &RunState) -> bool {
    let handed_off = |id| run.step(id).is_some_and(|begin| begin.status == Status::HandedOff);
    let ends = |id| plan.step(id).is_some_and(|begin| order::is_end_of(step, begin));
    step.needs.keys().any(|id| handed_off(id) && ends(id))
}

/// The day on which what this one begins ends has come.
fn has_ended(step: &Step, plan: &Plan, now: Timestamp) -> bool {
    plan.steps.iter().any(|end| end.not_before.is_some_and(|at| at <= now) && order::is_end_of(end, step))
}

/// A step that may still come needs to see this one's result.
pub(super) fn is_waited_for(step: &Step, plan: &Plan, run: &RunState) -> bool {
    !run.closed
        && plan.steps.iter().any(|later| {
            later.needs.get(&step.id) == Some(&Need::Seen)
                && run.step(&later.id).is_some_and(|state| !state.status.is_over())
        })
}

/// When what has no answer is looked at again: at once, unless the service asked for time.
fn after_setback(state: &StepState) -> Timestamp {
    match &state.failure {
        Some(failure) if matches!(failure.kind, Kind::Throttled | Kind::Unavailable) => {
            backoff::try_again(failure, state.attempts, state.since)
        }
        _ => state.since,
    }
}

/// A write that was accepted and is not there after its latency was lost, or somebody reverted it (G5).
fn send_again(step: &Step, state: &StepState, now: Timestamp) -> bool {
    step.repeat == Repeat::Safe
        && state.attempts < ATTEMPTS
        && state.sent_at.is_some_and(|sent| now.since(sent) >= step.latency.times(2))
}

/// It has not begun, and its end has come.
pub(crate) fn never_begins(step: &Step, plan: &Plan, state: &StepState, now: Timestamp) -> bool {
    matches!(state.status, Status::Pending | Status::Deferred | Status::Blocked | Status::Failed)
        && has_ended(step, plan, now)
}

fn may_still_write(status: Status) -> bool {
    !status.is_over() && !matches!(status, Status::HandedOff | Status::Unverified | Status::Partial)
}

/// Whether everything is true of the earlier steps that must be.
pub fn needs_met(plan: &Plan, step: &Step, run: &RunState) -> bool {
    step.needs.iter().all(|(id, need)| {
        run.step(id).is_some_and(|earlier| match need {
            Need::Sent if plan.step(id).is_some_and(|begin| order::is_end_of(step, begin)) => {
                may_end(earlier.status)
            }
            Need::Sent => earlier.status.is_sent(),
            Need::Verified | Need::Seen => match earlier.status {
                Status::Verified | Status::Skipped | Status::Lapsed => true,
                Status::Acknowledged => *need == Need::Verified,
                Status::Settled => earlier.happened == Some(true),
                _ => false,
            },
        })
    })
}

/// What began can be ended: neither is it in the air, where a reading would say that there is nothing to end, nor may a
/// person still do it. What has not begun by the day of its end never does.
fn may_end(begin: Status) -> bool {
    use Status::{Applied, Captured, HandedOff, Indeterminate, Progressed, Waiting};
    !matches!(begin, Captured | Progressed | Applied | Waiting | Indeterminate | HandedOff)
}

/// The steps that stand still until somebody wants them looked at again.
pub fn standing_still(run: &RunState) -> BTreeSet<StepId> {
    run.steps
        .iter()
        .filter(|(_, state)| {
            matches!(
                state.status,
                Status::Blocked | Status::Failed | Status::HandedOff | Status::Unverified | Status::Partial
            )
        })
        .map(|(id, _)| id.clone())
        .collect()
}
