//! One outcome for each step, and the exit code that follows from all of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::next::never_begins;
use crate::failure::Failure;
use crate::id::StepId;
use crate::journal::{Status, StepState};
use crate::operation::{Class, Finding, Instructions, Judged};
use crate::plan::judge::DRIFT;
use crate::plan::{Plan, Step};
use crate::ports::Receipt;
use crate::time::Timestamp;

/// What has become of a step. `done` means read back and seen, never "the call returned".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Sent, read back and seen.
    Done,
    /// A person says that it happened; offboard has not seen it.
    Vouched,
    /// It was so before anything was sent.
    Already,
    /// Read back and seen as far as this way reaches, and that is not all of it: what it leaves out stands beside it.
    Partial,
    /// Sent, and nothing that can be read would show it.
    Sent,
    /// Sent and not seen yet, or put off for a time.
    Waiting,
    /// A person or another system must do it.
    HandedOff,
    /// There was nothing to do.
    Skipped,
    /// Findings stop it.
    Blocked,
    /// The service refused it.
    Failed,
    /// Nobody knows whether it happened; a person must look.
    Unknown,
    /// Its deadline passed without its being seen.
    Lapsed,
    /// A person ended it.
    Cancelled,
    /// Nobody has begun with it.
    NotStarted,
}

impl Outcome {
    /// Every outcome, in the order of a report's summary.
    pub const ALL: [Self; 14] = [
        Self::Done,
        Self::Vouched,
        Self::Already,
        Self::Partial,
        Self::Skipped,
        Self::Sent,
        Self::Waiting,
        Self::HandedOff,
        Self::Lapsed,
        Self::Blocked,
        Self::Failed,
        Self::Unknown,
        Self::Cancelled,
        Self::NotStarted,
    ];

    /// As it is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Vouched => "vouched",
            Self::Already => "already",
            Self::Partial => "partial",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
            Self::HandedOff => "handed_off",
            Self::Skipped => "skipped",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Lapsed => "lapsed",
            Self::Cancelled => "cancelled",
            Self::NotStarted => "not_started",
        }
    }

    fn of(state: &StepState) -> Self {
        match state.status {
            Status::Pending => Self::NotStarted,
            // The answer is not there: it may have happened.
            Status::Captured | Status::Progressed | Status::Indeterminate | Status::Unverified => {
                Self::Unknown
            }
            // Put off, nothing of it has left; or sent, and not seen yet.
            Status::Deferred | Status::Applied | Status::Waiting => Self::Waiting,
            Status::Failed => Self::Failed,
            Status::Blocked => Self::Blocked,
            Status::HandedOff => Self::HandedOff,
            Status::Verified if state.already => Self::Already,
            Status::Verified => Self::Done,
            Status::Partial => Self::Partial,
            Status::Acknowledged => Self::Vouched,
            Status::Sent => Self::Sent,
            Status::Skipped => Self::Skipped,
            Status::Settled if state.happened == Some(true) => Self::Vouched,
            Status::Settled | Status::Cancelled | Status::Superseded => Self::Cancelled,
            Status::Lapsed => Self::Lapsed,
        }
    }
}

/// One step in a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepReport {
    /// Its name in the plan.
    pub id: StepId,
    /// For people.
    pub title: String,
    /// Its operation.
    pub operation: String,
    /// With what.
    pub params: Value,
    /// How careful everybody was.
    pub class: Class,
    /// What has become of it.
    pub outcome: Outcome,
    /// In one line: why, or what is there.
    pub detail: String,
    /// What a person has said of it: his name, as he calls himself.
    pub vouched_by: Option<String>,
    /// Not earlier than this.
    pub not_before: Option<Timestamp>,
    /// What was there before.
    pub before: Option<Judged<Value>>,
    /// What was seen afterwards.
    pub after: Option<Judged<Value>>,
    /// When that was seen.
    pub seen_at: Option<Timestamp>,
    /// How often it was sent.
    pub attempts: u32,
    /// What the service said.
    pub receipts: Vec<Receipt>,
    /// What went wrong.
    pub failure: Option<Failure>,
    /// What speaks against it.
    pub findings: Vec<Finding>,
    /// Differences from the plan that were recorded.
    pub drift: Vec<String>,
    /// What a person is asked to do.
    pub instructions: Option<Instructions>,
}

impl StepReport {
    pub(super) fn new(plan: &Plan, step: &Step, state: Option<&StepState>, now: Timestamp) -> Self {
        let outcome = state.map_or(Outcome::NotStarted, Outcome::of);
        let mut findings: Vec<Finding> = plan.findings_of(&step.id).cloned().collect();
        for finding in state.into_iter().flat_map(|state| &state.findings) {
            if !findings.contains(finding) {
                findings.push(finding.clone());
            }
        }
        let mut detail = state.map_or_else(String::new, |state| detail(step, state, outcome));
        if state.is_some_and(|state| never_begins(step, plan, state, now)) {
            let was = if detail.is_empty() { detail } else { format!(" ({detail})") };
            detail = format!(
                "its end has come, so that it is not begun any more{was}; whoever has seen to it says so with `settle`"
            );
        }
        Self {
            id: step.id.clone(),
            title: step.title.clone(),
            operation: step.operation.clone(),
            params: step.params.clone(),
            class: step.class,
            outcome,
            detail,
            vouched_by: state.and_then(|state| state.by.clone()),
            not_before: step.not_before,
            before: state.and_then(|state| state.first_before.clone()),
            after: state.and_then(|state| state.after.clone()),
            seen_at: state.and_then(|state| state.seen_at),
            attempts: state.map_or(0, |state| state.attempts),
            receipts: state.map(|state| state.receipts.clone()).unwrap_or_default(),
            failure: state.and_then(|state| state.failure.clone()),
            findings,
            drift: state.map(|state| state.drift.clone()).unwrap_or_default(),
            instructions: state.and_then(|state| state.instructions.clone()),
        }
    }
}

fn detail(step: &Step, state: &StepState, outcome: Outcome) -> String {
    match outcome {
        Outcome::Vouched if state.status == Status::Settled => match &state.why {
            Some(left_out) => format!("seen in part, and the rest settled as happened: {left_out}"),
            None => "settled as happened, not seen by offboard".to_owned(),
        },
        Outcome::Vouched => "acknowledged, not seen by offboard".to_owned(),
        Outcome::Done => state.seen_at.map_or_else(String::new, |at| format!("seen at {}", at.to_seconds())),
        Outcome::Already => "it was so before".to_owned(),
        Outcome::NotStarted => match step.not_before {
            Some(date) => format!("not before {}", date.to_seconds()),
            None if step.needs.is_empty() => String::new(),
            None => {
                let needs: Vec<&str> = step.needs.keys().map(StepId::as_str).collect();
                format!("waits for {}", needs.join(", "))
            }
        },
        Outcome::Blocked => {
            state.findings.first().map_or_else(String::new, |f| format!("{}: {}", f.code, f.message))
        }
        Outcome::HandedOff => {
            state.instructions.as_ref().map_or_else(String::new, |i| format!("{}: {}", i.system, i.why))
        }
        Outcome::Failed | Outcome::Unknown => state
            .failure
            .as_ref()
            .map(|failure| failure.message.clone())
            .or_else(|| state.why.clone())
            .unwrap_or_else(|| "the answer is not there".to_owned()),
        _ => state.why.clone().unwrap_or_default(),
    }
}

/// How many steps came to what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Counts(std::collections::BTreeMap<Outcome, u32>);

impl Counts {
    pub(super) fn of(steps: &[StepReport]) -> Self {
        let mut counts = Self::default();
        for step in steps {
            *counts.0.entry(step.outcome).or_default() += 1;
        }
        counts
    }

    /// How many came to `outcome`.
    pub fn get(&self, outcome: Outcome) -> u32 {
        self.0.get(&outcome).copied().unwrap_or(0)
    }
}

/// How a command ends (DESIGN 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything is done and seen.
    Done,
    /// Refused by a guard.
    Refused,
    /// Partly done.
    Partly,
    /// Unknown, or a person must do something.
    Person,
    /// Something waits.
    Waiting,
    /// The tenant is not as the plan expects it.
    Drift,
}

impl Exit {
    /// Where several apply, the first.
    const ORDER: [Self; 6] =
        [Self::Drift, Self::Person, Self::Refused, Self::Partly, Self::Waiting, Self::Done];

    /// Where several apply, the first of drift, person, refused, partly, waiting.
    pub fn of(steps: &[StepReport]) -> Self {
        let any = |outcomes: &[Outcome]| steps.iter().any(|step| outcomes.contains(&step.outcome));
        let drifted = steps
            .iter()
            .any(|step| step.outcome == Outcome::Blocked && step.findings.iter().any(|f| f.code == DRIFT));
        if drifted {
            Self::Drift
        } else if any(&[Outcome::Unknown, Outcome::HandedOff]) {
            Self::Person
        } else if any(&[Outcome::Blocked]) {
            Self::Refused
        } else if any(&[Outcome::Failed, Outcome::Cancelled, Outcome::Lapsed, Outcome::Partial]) {
            Self::Partly
        } else if any(&[Outcome::Waiting, Outcome::NotStarted]) {
            Self::Waiting
        } else {
            Self::Done
        }
    }

    /// Of several, the one that counts.
    pub fn first(exits: impl IntoIterator<Item = Self>) -> Self {
        let all: Vec<Self> = exits.into_iter().collect();
        Self::ORDER.into_iter().find(|exit| all.contains(exit)).unwrap_or(Self::Done)
    }

    /// With this code.
    pub fn with_code(code: u8) -> Option<Self> {
        Self::ORDER.into_iter().find(|exit| exit.code() == code)
    }

    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 3,
            Self::Partly => 4,
            Self::Person => 5,
            Self::Waiting => 6,
            Self::Drift => 7,
        }
    }
}
