//! The report: a fold of plan and journal in which every planned step has exactly one outcome.

mod access;
pub mod diff;
mod html;
mod outcome;
pub mod plain;
pub mod roster;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use access::Verdict;
pub use outcome::{Counts, Exit, Outcome, StepReport};
pub use roster::RosterReport;

use crate::guards::{Begins, deadlines};
use crate::id::{Digest, RunId, TenantId};
use crate::journal::chain::Checkpoint;
use crate::journal::{RunRecord, RunState, Status};
use crate::model::role::BUILT_IN;
use crate::operation::guard::Direction;
use crate::operation::{Finding, Judged};
use crate::plan::step::{Deadline, NotJudged, ResidualRisk};
use crate::plan::{ApprovedPlan, Identity, Plan, Step, Waiver};
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
    /// When he did.
    pub approved_at: Timestamp,
    /// His ticket.
    pub ticket: Option<String>,
    /// What he waived.
    pub waivers: Vec<Waiver>,
    /// When the run began.
    pub opened_at: Timestamp,
    /// When this report was made. It says what was recorded until then, and nothing newer.
    pub as_of: Timestamp,
    /// When something was last recorded: whatever the tenant has become since, nobody has looked.
    pub recorded_at: Timestamp,
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
        let next = crate::engine::next::next(plan, state, &BTreeSet::new(), now);
        let steps: Vec<StepReport> =
            plan.steps.iter().map(|step| StepReport::new(plan, step, state.step(&step.id), now)).collect();
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
            approved_at: approval.at,
            ticket: approval.ticket.clone(),
            waivers: approval.waivers.clone(),
            opened_at: record.opened_at,
            as_of: now,
            recorded_at: state.steps.values().map(|step| step.since).fold(record.opened_at, Timestamp::max),
            open: next.open,
            wake_at: next.wake(),
            exit: Exit::of(&steps).code(),
            counts,
            names: names(plan, &steps),
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

    /// Whether access is cut (or given back), in one sentence; nothing where no step is about it.
    pub fn verdict(&self) -> Option<Verdict> {
        access::verdict(self)
    }

    /// What an id is called.
    fn name(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// The people and groups that a step is about beside the leaver.
    fn about(&self, step: &StepReport) -> Option<String> {
        let leaver = self.leaver.id.to_string();
        let fields = step.params.as_object()?.iter();
        let said: Vec<String> = fields
            .filter_map(|(key, value)| Some((key, value.as_str()?)))
            .filter(|(_, id)| *id != leaver)
            .filter_map(|(key, id)| Some(format!("{} {}", key.replace('_', " "), self.names.get(id)?)))
            .collect();
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// How many risks and rules there are, in one line, where they are not said in full; nothing where there are none.
    pub fn remarks(&self) -> Option<String> {
        let count = |n: usize, one: &str, many: &str| match n {
            0 => None,
            1 => Some(one.to_owned()),
            n => Some(format!("{n} {many}")),
        };
        let said = [
            count(self.residual_risks.len(), "one risk that no step can mend", "risks that no step can mend"),
            count(
                self.not_judged.len(),
                "one rule that this version does not judge",
                "rules that this version does not judge",
            ),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join(", and "))
    }

    /// How a run that came to this ends on the command line.
    pub fn exit(&self) -> Exit {
        Exit::of(&self.steps)
    }
}

/// The dates that follow: from when a step was sent, where it was; else from when it is planned.
fn dates(plan: &Plan, state: &RunState) -> Vec<Deadline> {
    if plan.direction == Direction::Undo {
        // What was to be back by then is back.
        let is_back = |step: &Step| state.step(&step.id).is_some_and(|now| now.status == Status::Verified);
        let over = plan.steps.iter().all(is_back);
        return if over { Vec::new() } else { plan.deadlines.clone() };
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

/// What the plan knows of the names behind the ids that stand in the steps.
fn names(plan: &Plan, steps: &[StepReport]) -> BTreeMap<String, String> {
    let mut said = BTreeSet::new();
    for step in steps {
        words(&step.params, &mut said);
        for state in [&step.before, &step.after].into_iter().flatten().filter_map(Judged::is) {
            words(state, &mut said);
        }
    }
    let facts = &plan.facts;
    let people = facts.people.values().filter(|person| person.user.known().is_some());
    let groups = facts.leaver.memberships.known().into_iter().chain(facts.leaver.direct_groups.known());
    let skus = || facts.tenant.skus.known().into_iter().flatten();
    people
        .map(|person| (person.id.to_string(), person.name()))
        .chain(
            groups
                .flatten()
                .filter_map(|row| row.group.known())
                .map(|group| (group.id.to_string(), group.display_name.clone())),
        )
        .chain(skus().map(|sku| (sku.sku_id.to_string(), sku.sku_part_number.clone())))
        .chain(skus().flat_map(|sku| &sku.service_plans).map(|plan| (plan.id.to_string(), plan.name.clone())))
        .chain(BUILT_IN.iter().map(|(_, id, name)| (id.to_string(), (*name).to_owned())))
        .filter(|(id, _)| said.contains(id))
        .collect()
}

/// Every text and every key in `value`.
fn words(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| words(item, found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                found.insert(key.clone());
                words(value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
