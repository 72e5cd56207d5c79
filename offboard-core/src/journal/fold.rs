//! The state of a run: the fold of its journal, and nothing else.

use std::collections::BTreeMap;

use serde_json::Value;

use super::event::{Entry, Event, EventKind};
use super::port::JournalError;
use super::transition::{Status, is_legal, status_of};
use crate::failure::Failure;
use crate::id::{RunId, StepId};
use crate::operation::{Finding, Instructions, Judged, Repeat};
use crate::plan::Plan;
use crate::ports::Receipt;
use crate::time::Timestamp;

/// What the journal says of one step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepState {
    /// How far it is.
    pub status: Status,
    /// When it got there.
    pub since: Timestamp,
    /// The state before the first write: what undo restores.
    pub first_before: Option<Judged<Value>>,
    /// The state before the last write: what reading back compares with.
    pub before: Option<Judged<Value>>,
    /// How often a write was tried.
    pub attempts: u32,
    /// How often it was put off in a row.
    pub deferrals: u32,
    /// When the last write was accepted, by the service's own clock where it said so; the latest that it can have been
    /// where the answer was lost.
    pub applied_at: Option<Timestamp>,
    /// When the first write left, by our clock; patience counts from here.
    pub first_sent_at: Option<Timestamp>,
    /// When the last write left, by our clock.
    pub sent_at: Option<Timestamp>,
    /// What the service said, of every try.
    pub receipts: Vec<Receipt>,
    /// How far long work is.
    pub cursor: Option<Value>,
    /// Long work has begun and is not over.
    pub under_way: bool,
    /// What went wrong last.
    pub failure: Option<Failure>,
    /// What stops it, or was found when it was looked at again.
    pub findings: Vec<Finding>,
    /// Differences from the plan that were recorded.
    pub drift: Vec<String>,
    /// What is asked of a person.
    pub instructions: Option<Instructions>,
    /// When to look again.
    pub until: Option<Timestamp>,
    /// What the event said in words.
    pub why: Option<String>,
    /// What was seen at the end.
    pub after: Option<Judged<Value>>,
    /// When it was seen.
    pub seen_at: Option<Timestamp>,
    /// It was so before anything was sent.
    pub already: bool,
    /// A person's name for what he vouched for or decided.
    pub by: Option<String>,
    /// What a person decided.
    pub happened: Option<bool>,
}

impl StepState {
    fn new(at: Timestamp) -> Self {
        Self {
            status: Status::Pending,
            since: at,
            first_before: None,
            before: None,
            attempts: 0,
            deferrals: 0,
            applied_at: None,
            first_sent_at: None,
            sent_at: None,
            receipts: Vec::new(),
            cursor: None,
            under_way: false,
            failure: None,
            findings: Vec::new(),
            drift: Vec::new(),
            instructions: None,
            until: None,
            why: None,
            after: None,
            seen_at: None,
            already: false,
            by: None,
            happened: None,
        }
    }

    fn sent(&mut self, at: Timestamp) {
        self.first_sent_at.get_or_insert(at);
        self.sent_at = Some(at);
    }

    fn apply(&mut self, status: Status, event: &Event) {
        let before = std::mem::replace(&mut self.status, status);
        self.since = event.at;
        self.until = None;
        let why = self.why.take();
        match &event.kind {
            EventKind::Captured { before, findings, drift } => {
                // The state before is that before the first byte left: an earlier look that sent nothing is none.
                if self.first_sent_at.is_none() {
                    self.first_before = Some(before.clone());
                }
                self.before = Some(before.clone());
                self.findings.clone_from(findings);
                self.drift.extend(drift.iter().cloned());
                self.failure = None;
            }
            EventKind::Progressed { cursor } => {
                self.cursor = Some(cursor.clone());
                // It is recorded before the next call: from now on something may have left.
                self.sent(event.at);
            }
            EventKind::Applied { receipts } => {
                self.attempts += 1;
                self.under_way = false;
                self.applied_at = receipts.iter().filter_map(|receipt| receipt.date).max().or(Some(event.at));
                self.sent(event.at);
                self.receipts.extend(receipts.iter().cloned());
            }
            EventKind::Failed { failure } => {
                self.attempts += 1;
                self.failure = Some(failure.clone());
            }
            EventKind::Indeterminate { failure, receipts } => {
                self.receipts.extend(receipts.iter().cloned());
                self.attempts += 1;
                // If it was accepted, then by now: what a later sync shows has written over it, or left it.
                self.applied_at = Some(event.at);
                self.sent(event.at);
                self.failure = Some(failure.clone());
            }
            EventKind::Deferred { until, why } => {
                self.deferrals += 1;
                self.until = Some(*until);
                self.why = Some(why.clone());
            }
            EventKind::Waiting { until, why } => {
                self.under_way |= matches!(before, Status::Captured | Status::Progressed);
                self.until = Some(*until);
                self.why = Some(why.clone());
            }
            EventKind::Blocked { findings } => self.findings.clone_from(findings),
            EventKind::Skipped { why } | EventKind::Unverified { why } | EventKind::Lapsed { why } => {
                self.why = Some(why.clone());
            }
            EventKind::HandedOff { instructions } => {
                self.instructions = Some(instructions.clone());
                // What shows the work of a person is what happened after he was asked.
                self.applied_at = Some(event.at);
            }
            EventKind::Verified { after, seen_at, already } => {
                self.after = Some(after.clone());
                self.seen_at = Some(*seen_at);
                self.already = *already;
            }
            EventKind::Partial { after, seen_at, why } => {
                self.after = Some(after.clone());
                self.seen_at = Some(*seen_at);
                self.why = Some(why.clone());
            }
            EventKind::Acknowledged { by } => {
                self.by = Some(by.clone());
                // What shows that it lasts is what a sync wrote after this word.
                self.applied_at = Some(event.at);
            }
            EventKind::Cancelled { by } => self.by = Some(by.clone()),
            EventKind::Settled { by, happened } => {
                self.by = Some(by.clone());
                self.happened = Some(*happened);
                // What was left out is what he has settled.
                self.why = why.filter(|_| before == Status::Partial);
            }
            EventKind::Superseded { by } => self.why = Some(format!("the run {by} took its place")),
            EventKind::Sent {} | EventKind::Observed { .. } | EventKind::Closed {} => {}
        }
    }
}

/// What the journal says of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunState {
    /// The run.
    pub run: RunId,
    /// Its steps, in the plan's names.
    pub steps: BTreeMap<StepId, StepState>,
    /// Facts that dates wait for.
    pub observed: BTreeMap<String, Value>,
    /// How many entries were folded.
    pub entries: u64,
    /// Nothing of it is sent any more.
    pub closed: bool,
    repeats: BTreeMap<StepId, Repeat>,
}

impl RunState {
    /// Before the first entry.
    pub fn new(run: RunId, plan: &Plan, opened_at: Timestamp) -> Self {
        Self {
            run,
            steps: plan.steps.iter().map(|step| (step.id.clone(), StepState::new(opened_at))).collect(),
            observed: BTreeMap::new(),
            entries: 0,
            closed: false,
            repeats: plan.steps.iter().map(|step| (step.id.clone(), step.repeat)).collect(),
        }
    }

    /// The fold of all of `entries`.
    ///
    /// # Errors
    /// An entry names a step that the plan does not have, or may not follow the one before.
    pub fn fold(
        run: RunId,
        plan: &Plan,
        opened_at: Timestamp,
        entries: &[Entry],
    ) -> Result<Self, JournalError> {
        let mut state = Self::new(run, plan, opened_at);
        for entry in entries {
            state.add(entry)?;
        }
        Ok(state)
    }

    /// Adds one entry.
    ///
    /// # Errors
    /// As [`RunState::fold`].
    pub fn add(&mut self, entry: &Entry) -> Result<(), JournalError> {
        self.happen(&entry.event)
    }

    /// Adds one event, written or about to be.
    ///
    /// # Errors
    /// As [`RunState::fold`].
    pub fn happen(&mut self, event: &Event) -> Result<(), JournalError> {
        self.check(event)?;
        self.entries += 1;
        match (&event.step, &event.kind) {
            (Some(id), kind) => {
                if let (Some(step), Some(status)) = (self.steps.get_mut(id), status_of(kind)) {
                    step.apply(status, event);
                }
            }
            (None, EventKind::Observed { key, value }) => {
                self.observed.insert(key.clone(), value.clone());
            }
            (None, EventKind::Closed {}) => self.closed = true,
            (None, _) => {}
        }
        Ok(())
    }

    /// Whether this event may come next; as [`RunState::fold`].
    pub(crate) fn check(&self, event: &Event) -> Result<(), JournalError> {
        let illegal = |why: String| Err(JournalError::Illegal { run: self.run.clone(), why });
        let Some(id) = &event.step else {
            return match event.kind {
                EventKind::Observed { .. } | EventKind::Closed {} => Ok(()),
                _ => illegal(format!("`{}` belongs to a step and names none", event.kind.name())),
            };
        };
        let (Some(step), Some(repeat)) = (self.steps.get(id), self.repeats.get(id)) else {
            return illegal(format!("the plan has no step `{id}`"));
        };
        match status_of(&event.kind) {
            Some(to) if is_legal(step.status, to, *repeat) => Ok(()),
            Some(to) => illegal(format!("`{id}`: {to:?} may not follow {:?}", step.status)),
            None => illegal(format!("`{}` belongs to no step", event.kind.name())),
        }
    }

    /// What is known of a step of the plan.
    pub fn step(&self, id: &StepId) -> Option<&StepState> {
        self.steps.get(id)
    }
}
