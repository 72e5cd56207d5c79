//! Taking a run back: a plan of its own, made by a pure function of plan, journal and a fresh reading. It is shown,
//! approved, captured, verified and resumed like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::drift;
use super::host::Engine;
use crate::error::Error;
use crate::facts::load::load;
use crate::facts::{Facet, Facts};
use crate::failure::{Failure, Kind, Retry};
use crate::id::{RunId, StepId};
use crate::journal::{RunState, Status, StepState};
use crate::operation::guard::Direction;
use crate::operation::{
    AnyOperation, Class, Finding, Findings, Judged, Permission, Reversal, Severity, Subject,
};
use crate::plan::document::{Source, Undone};
use crate::plan::judge::{DRIFT, Guards, judge, reads};
use crate::plan::step::ResidualRisk;
use crate::plan::{Action, Need, Plan, Step, order};
use crate::ports::Priority;
use crate::time::Timestamp;

type Operations = BTreeMap<StepId, Arc<dyn AnyOperation>>;

/// Before the title of what is taken back.
const TAKE_BACK: &str = "Take back: ";

/// When a plan to take something back is made, and by whom.
#[derive(Debug, Clone)]
pub struct Maker {
    /// When.
    pub at: Timestamp,
    /// By whom, as he calls himself.
    pub by: String,
}

impl Engine {
    /// Makes the plan that takes a run back. Nothing is changed.
    ///
    /// # Errors
    /// There is no such run, its journal was tampered with, or an operation of it is not known here.
    pub async fn undo_plan(&self, run: &RunId, made_by: &str) -> Result<Plan, Error> {
        let kept = self.kept(run).await?;
        let (plan, state) = (kept.approved.plan(), &kept.state);
        self.same_tenant(plan)?;
        let mut operations = Operations::new();
        let mut wanted = BTreeSet::from([Facet::User(plan.leaver.id)]);
        for step in plan.steps.iter().filter(|step| was_touched(state, step)) {
            let operation = self.catalog.load(&step.operation, step.version, &step.params)?;
            wanted.extend(reads(&subject(plan, step, operation.as_ref(), plan.made_at), &self.guards));
            operations.insert(step.id.clone(), operation);
        }
        let mut facts = plan.facts.clone();
        facts.as_of = self.now();
        let call = self.reading_call(Priority::Normal);
        load(&mut facts, &wanted, &self.providers, &self.profile.unused, &call, None).await;
        let maker = Maker { at: facts.as_of, by: made_by.to_owned() };
        let undone =
            Undone { run: run.clone(), entries: kept.checkpoint.count, head: kept.checkpoint.head.clone() };
        Ok(undo(plan, (undone, state), &facts.stable(), &operations, &self.guards, &maker))
    }
}

/// Something of this step was sent, or may have been.
pub(super) fn was_touched(run: &RunState, step: &Step) -> bool {
    // A process that died between recording the state before and the answer has sent something, for all that is known.
    let sent = |state: &StepState| {
        state.attempts > 0
            || state.first_sent_at.is_some()
            || matches!(state.status, Status::Captured | Status::Progressed)
    };
    run.step(&step.id).is_some_and(|state| sent(state) && state.first_before.is_some())
}

/// A step as it is judged when it is taken back.
pub(super) fn subject<'a>(
    plan: &Plan,
    step: &'a Step,
    operation: &'a dyn AnyOperation,
    at: Timestamp,
) -> Subject<'a> {
    Subject {
        id: &step.id,
        operation,
        params: &step.params,
        direction: Direction::Undo,
        leaver: plan.leaver.id,
        at,
    }
}

/// The plan that takes `run` back, from facts read a moment ago.
fn undo(
    plan: &Plan,
    (undone, run): (Undone, &RunState),
    facts: &Facts,
    operations: &Operations,
    guards: &Guards,
    maker: &Maker,
) -> Plan {
    let (mut steps, mut findings, mut risks) = (Vec::new(), Vec::new(), Vec::new());
    let mut future = facts.clone();
    for step in plan.steps.iter().rev() {
        let (Some(state), Some(operation)) = (run.step(&step.id), operations.get(&step.id)) else { continue };
        let operation = operation.as_ref();
        match ended(plan, (step, state), run, facts, operations) {
            Ending::IsNone => {}
            Ending::LeavesNothing => continue,
            Ending::Alone => {
                let what = format!(
                    "`{}` is not taken back: what it ended is not taken back either, and would not end any more; look at it by hand",
                    step.id
                );
                risks.push(ResidualRisk { what, requirement: "P13".to_owned() });
                continue;
            }
        }
        let mut risk = |what: String| risks.push(ResidualRisk { what, requirement: "P13".to_owned() });
        match (&operation.spec().reversal, &state.first_before) {
            (Reversal::Impossible { why }, _) => risk(format!("`{}` cannot be taken back: {why}", step.id)),
            (_, Some(Judged::Is(goal))) => {
                if let Reversal::Partial { why } = &operation.spec().reversal {
                    risk(format!("`{}` comes back in part: {why}", step.id));
                }
                findings.extend(changed_since(step, state, operation, facts, goal));
                let (back, found) = one(
                    plan,
                    (step, matches!(state.status, Status::Verified | Status::Partial)),
                    operation,
                    goal,
                    &mut future,
                    guards,
                    maker.at,
                );
                findings.extend(found);
                steps.push(back);
            }
            (_, Some(Judged::Unknown(failure))) => risk(format!(
                "`{}` is not taken back: the state before could not be read ({}); look at it by hand",
                step.id, failure.kind
            )),
            (_, Some(Judged::Nothing(_)) | None) => {}
        }
    }
    reverse_needs(plan, &mut steps);
    let mut intent = plan.intent.clone();
    intent.containment_only = steps.iter().all(|step| step.class == Class::Containment);
    let source = Source { undoes: Some(undone), ..plan.source.clone() };
    Plan {
        format: Plan::FORMAT.to_owned(),
        tenant: plan.tenant,
        leaver: plan.leaver.clone(),
        source,
        direction: Direction::Undo,
        made_at: maker.at,
        made_by: maker.by.clone(),
        intent,
        facts: facts.clone(),
        steps,
        findings,
        deadlines: Vec::new(),
        residual_risks: risks,
        not_judged: plan.not_judged.clone(),
    }
}

/// What a step has to do with an end on its day.
enum Ending {
    /// Nothing that keeps it from being taken back by itself.
    IsNone,
    /// Beginning and end leave what was there before: neither has anything to take back.
    LeavesNothing,
    /// It is the end of what was begun and is not taken back.
    Alone,
}

/// Whether taking back this end, or this beginning, makes sense. To begin anew what has ended only makes sense where its
/// beginning was not ours.
fn ended(
    plan: &Plan,
    (step, state): (&Step, &StepState),
    run: &RunState,
    facts: &Facts,
    operations: &Operations,
) -> Ending {
    let was_seen = |state: &StepState| state.status == Status::Verified;
    let begin = plan.steps.iter().find(|begin| order::is_end_of(step, begin));
    let end = plan.steps.iter().find(|end| order::is_end_of(end, step));
    if let Some((begin, began)) = begin.and_then(|begin| Some((begin, run.step(&begin.id)?))) {
        let ours = began.attempts > 0 || began.first_sent_at.is_some();
        return match operations.get(&begin.id).filter(|_| ours) {
            Some(operation) if is_as_before(operation.as_ref(), began, facts) && was_seen(state) => {
                Ending::LeavesNothing
            }
            Some(_) if matches!(began.first_before, Some(Judged::Is(_))) => Ending::IsNone,
            // It was so before us, and its end took it away.
            None if was_seen(began) || began.status == Status::Partial => Ending::IsNone,
            _ => Ending::Alone,
        };
    }
    let seen = end.and_then(|end| run.step(&end.id)).is_some_and(was_seen);
    match operations.get(&step.id) {
        Some(operation) if seen && is_as_before(operation.as_ref(), state, facts) => Ending::LeavesNothing,
        _ => Ending::IsNone,
    }
}

/// What a step changed is as it was before it.
fn is_as_before(operation: &dyn AnyOperation, state: &StepState, facts: &Facts) -> bool {
    let (Some(Judged::Is(before)), Judged::Is(now)) = (&state.first_before, operation.state(facts)) else {
        return false;
    };
    operation.restored(before, &now).unwrap_or(false)
}

/// The step that takes one back, and what speaks against it.
pub(super) fn one(
    plan: &Plan,
    (step, seen): (&Step, bool),
    operation: &dyn AnyOperation,
    goal: &Value,
    future: &mut Facts,
    guards: &Guards,
    now: Timestamp,
) -> (Step, Vec<Finding>) {
    let before = operation.state(future);
    // What was sent and never seen may still be on its way: only what was seen and is gone needs nothing.
    let restored = seen && before.is().is_some_and(|now| operation.restored(goal, now).unwrap_or(false));
    let mut found = judge(future, &subject(plan, step, operation, now), &plan.intent, guards, now);
    let mut findings = Findings::of(operation.spec().name, "P13", Some(step.id.clone()));
    let permissions: Vec<Permission> = operation.permissions(future);
    // A recorded state that this version cannot read is refused when the step's turn comes.
    let _ = operation.undo_check(future, goal, &mut findings);
    let _ = operation.put_back(future, goal);
    found.extend(findings.into_vec());
    let back = Step {
        title: match step.title.strip_prefix(TAKE_BACK) {
            // What was taken back is done again.
            Some(done) => done.to_owned(),
            None => format!("{TAKE_BACK}{}", step.title),
        },
        direction: Direction::Undo,
        needs: BTreeMap::new(),
        not_before: None,
        action: if restored { Action::NoOp {} } else { Action::Change {} },
        before,
        goal: Judged::Is(goal.clone()),
        permissions,
        ..step.clone()
    };
    (back, found)
}

/// Fields that are neither as we left them nor as they were before: somebody else changed them since. They stay,
/// unless a waiver for this step says otherwise.
fn changed_since(
    step: &Step,
    state: &StepState,
    operation: &dyn AnyOperation,
    facts: &Facts,
    goal: &Value,
) -> Vec<Finding> {
    let Judged::Is(now) = operation.state(facts) else { return Vec::new() };
    // What we left is what was seen; where nothing was, what the step makes of the state before. The plan's own facts
    // may never have held that: cutting access is planned without reading Exchange.
    let left = state.after.clone().unwrap_or_else(|| drift::left_by(operation, facts.clone(), goal));
    let expected: Vec<&Value> = [left.is(), Some(goal)].into_iter().flatten().collect();
    drift::between(&expected, &now, operation.spec().clock_fields)
        .into_iter()
        .map(|drift| Finding {
            code: DRIFT.to_owned(),
            severity: Severity::Block,
            key: drift.pointer,
            requirement: "P13".to_owned(),
            message: format!("somebody changed it after us: {}", drift.text),
            hint:
                "it stays as it is, unless exactly this is waived; then it is set to what was there before us"
                    .to_owned(),
            step: Some(step.id.clone()),
        })
        .collect()
}

/// What protected data on the way there protects it on the way back. Edges that only hurried containment do not
/// hold up giving access back to the wrong person's victim.
fn reverse_needs(plan: &Plan, steps: &mut [Step]) {
    let here: BTreeSet<StepId> = steps.iter().map(|step| step.id.clone()).collect();
    for step in steps {
        for later in &plan.steps {
            let protects = later.needs.get(&step.id).is_some_and(|need| *need >= Need::Verified);
            // What was ended is begun anew before its beginning is taken back, or it would stay.
            let ended = plan.step(&step.id).is_some_and(|begin| order::is_end_of(later, begin));
            if (protects || ended) && here.contains(&later.id) {
                step.needs.insert(later.id.clone(), Need::Verified);
            }
        }
    }
}

/// Why a step takes nothing back where nobody knows what is there, or what was.
pub(super) fn not_known(now: &Judged<Value>) -> Failure {
    let Judged::Unknown(failure) = now else {
        return Failure::new(Kind::Refused, "the state to go back to is not known");
    };
    let message = format!("what is there now is not known: {}", failure.message);
    Failure { kind: Kind::Refused, retry: Retry::No, message, ..failure.clone() }
}
