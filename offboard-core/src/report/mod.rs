//! The report: a fold of plan and journal in which every planned step has exactly one outcome.

mod html;
mod outcome;
mod text;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use outcome::{Counts, Exit, Outcome, StepReport};

use crate::guards::{Begins, deadlines};
use crate::id::{Digest, RunId, TenantId};
use crate::journal::chain::Checkpoint;
use crate::journal::{RunRecord, RunState, Status};
use crate::operation::Finding;
use crate::operation::guard::Direction;
use crate::plan::step::{Deadline, NotJudged, ResidualRisk};
use crate::plan::{ApprovedPlan, Identity, Plan, Waiver};
use crate::time::Timestamp;

/// What has become of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`Report::FORMAT`].
    pub format: String,
    /// The run.
    pub run: RunId,
    /// The organisation.
    pub tenant: TenantId,
    /// Whom it is about.
    pub leaver: Identity,
    /// The policy's own name.
    pub policy: String,
    /// Forward, or taking a run back.
    pub direction: Direction,
    /// The plan's digest.
    pub plan: Digest,
    /// Who made the plan, as he calls himself.
    pub made_by: String,
    /// Who approved it, as he calls himself.
    pub approved_by: String,
    /// His ticket.
    pub ticket: Option<String>,
    /// What he waived.
    pub waivers: Vec<Waiver>,
    /// When the run began.
    pub opened_at: Timestamp,
    /// As of when this report is.
    pub as_of: Timestamp,
    /// A step may still write.
    pub open: bool,
    /// When the run next wants to be looked at.
    pub wake_at: Option<Timestamp>,
    /// How many steps came to what.
    pub counts: Counts,
    /// The exit code of the command line.
    pub exit: u8,
    /// Every step of the plan, each with one outcome.
    pub steps: Vec<StepReport>,
    /// What the ids in the steps are called: products and people.
    pub names: BTreeMap<String, String>,
    /// Findings of the plan that are no step's.
    pub findings: Vec<Finding>,
    /// Dates that follow.
    pub deadlines: Vec<Deadline>,
    /// What no step can mend.
    pub residual_risks: Vec<ResidualRisk>,
    /// Rules that nobody judged.
    pub not_judged: Vec<NotJudged>,
    /// The journal as it was: how many entries, and the hash of the last.
    pub journal: Checkpoint,
}

impl Report {
    /// The format this version writes.
    pub const FORMAT: &'static str = "offboard.report/1";

    /// From a plan and what its journal says.
    pub fn new(
        approved: &ApprovedPlan,
        record: &RunRecord,
        state: &RunState,
        journal: &Checkpoint,
        now: Timestamp,
    ) -> Self {
        let (plan, approval) = (approved.plan(), approved.approval());
        let next = crate::engine::next::next(plan, state, &std::collections::BTreeSet::new(), now);
        let steps: Vec<StepReport> =
            plan.steps.iter().map(|step| StepReport::new(plan, step, state.step(&step.id))).collect();
        let counts = Counts::of(&steps);
        Self {
            format: Self::FORMAT.to_owned(),
            run: record.run.clone(),
            tenant: record.tenant,
            leaver: plan.leaver.clone(),
            policy: plan.source.policy.clone(),
            direction: plan.direction,
            plan: approved.digest().clone(),
            made_by: plan.made_by.clone(),
            approved_by: approval.by.clone(),
            ticket: approval.ticket.clone(),
            waivers: approval.waivers.clone(),
            opened_at: record.opened_at,
            as_of: now,
            open: next.open,
            wake_at: next.wake(),
            exit: Exit::of(&steps).code(),
            counts,
            names: names(plan),
            steps,
            findings: plan.findings.iter().filter(|finding| finding.step.is_none()).cloned().collect(),
            deadlines: dates(plan, state),
            residual_risks: plan.residual_risks.clone(),
            not_judged: plan.not_judged.clone(),
            journal: journal.clone(),
        }
    }

    /// The report as a document.
    pub fn to_json(&self) -> Vec<u8> {
        crate::document::to_bytes(self)
    }

    /// For a terminal: plain lines, no colour, nothing that a name could smuggle in.
    pub fn to_text(&self) -> String {
        text::render(self)
    }

    /// One file for a browser: no script, nothing fetched, nothing that a name could smuggle in.
    pub fn to_html(&self) -> String {
        html::render(self)
    }

    /// Whether another step of the plan does the same: what the world shows may be its doing.
    pub fn has_twin(&self, step: &StepReport) -> bool {
        let same = |other: &&StepReport| {
            other.id != step.id && other.operation == step.operation && other.params == step.params
        };
        self.steps.iter().any(|other| same(&other))
    }

    /// `text` with names in place of the ids that have one.
    fn named(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id.as_str(), name))
    }

    /// How a run that came to this ends on the command line.
    pub fn exit(&self) -> Exit {
        Exit::of(&self.steps)
    }
}

/// The dates that follow: from when a step was sent, where it was; else from when it is planned.
fn dates(plan: &Plan, state: &RunState) -> Vec<Deadline> {
    if plan.direction == Direction::Undo {
        return plan.deadlines.clone();
    }
    let begins = Begins::of(&plan.steps, |step| {
        let planned = step.not_before.unwrap_or(plan.made_at);
        let Some(now) = state.step(&step.id) else { return Some(planned) };
        match now.status {
            Status::Skipped | Status::Cancelled | Status::Superseded => None,
            _ => Some(now.sent_at.or(now.applied_at).unwrap_or(planned.max(now.since))),
        }
    });
    deadlines(&plan.facts, &plan.intent, begins)
}

/// What the plan knows of the names behind ids.
fn names(plan: &Plan) -> BTreeMap<String, String> {
    let skus = plan.facts.tenant.skus.known().into_iter().flatten();
    let people = plan.facts.people.values().filter(|person| person.user.known().is_some());
    skus.map(|sku| (sku.sku_id.to_string(), sku.sku_part_number.clone()))
        .chain(people.map(|person| (person.id.to_string(), person.name())))
        .collect()
}

/// A value in a line: short, and without braces where there is only one thing to say.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(brief).collect::<Vec<_>>().join(", "),
        Value::Object(fields) if fields.is_empty() => "none".to_owned(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name} {}", brief(value)))
            .collect::<Vec<_>>()
            .join("; "),
    }
}
