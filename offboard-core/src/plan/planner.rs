//! From what is wanted and what is known to a plan. Pure: the same input gives the same bytes.
//!
//! The steps are walked in their order over a copy of the facts, to which each step's effect is applied: a license
//! removal after a conversion is judged against a shared mailbox.

use std::sync::Arc;

use serde_json::Value;

use super::document::{Plan, Source};
use super::identity::Identity;
use super::judge::{Guards, judge};
use super::order::{Node, order};
use super::step::{Action, Step};
use crate::error::{Error, ErrorKind};
use crate::facts::Facts;
use crate::guards::{Begins, deadlines, not_judged, residual_risks};
use crate::id::StepId;
use crate::model::intent::Intent;
use crate::operation::guard::Direction;
use crate::operation::{AnyOperation, Catalog, Class, Finding, Judged, Route, Seen, Spec, Subject};
use crate::policy::{Derived, Draft};
use crate::time::Timestamp;

/// What a plan is made from, beside the facts.
#[derive(Debug)]
pub struct Wanted {
    /// What the policy means for this leaver.
    pub derived: Derived,
    /// Policy and profile.
    pub source: Source,
    /// When.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: String,
}

struct Made {
    draft: Draft,
    id: StepId,
    operation: Arc<dyn AnyOperation>,
    params: Value,
}

/// Makes the plan.
///
/// # Errors
/// The leaver's own directory object could not be read, an operation cannot be made, or steps wait in a circle.
pub fn plan(facts: &Facts, wanted: Wanted, catalog: &Catalog, guards: &Guards) -> Result<Plan, Error> {
    let facts = facts.stable();
    let Some(user) = facts.leaver.user.known() else {
        return Err(ErrorKind::Leaver(format!(
            "{} could not be read; without him there is no plan",
            facts.leaver.id
        ))
        .into());
    };
    let leaver = Identity::of(user);
    let Derived { mut intent, drafts, mut findings } = wanted.derived;
    let made = make(drafts, catalog)?;
    intent.containment_only = made.iter().all(|m| m.operation.spec().class == Class::Containment);
    let nodes: Vec<Node<'_>> = made
        .iter()
        .map(|m| Node {
            id: m.id.clone(),
            spec: m.operation.spec(),
            params: &m.params,
            not_before: m.draft.not_before,
            after: &m.draft.after,
            before: &m.draft.before,
        })
        .collect();
    let ordered = order(&nodes).map_err(|circle| ErrorKind::Usage(circle.to_string()))?;

    let mut future = facts.clone();
    let mut steps = Vec::with_capacity(made.len());
    for (index, needs) in ordered {
        let (step, found) = walk(&made[index], &mut future, &intent, guards, wanted.made_at);
        findings.extend(found);
        steps.push(Step { needs, ..step });
    }
    let begins = Begins::of(&steps, |step| Some(step.not_before.unwrap_or(wanted.made_at)));
    Ok(Plan {
        format: Plan::FORMAT.to_owned(),
        tenant: facts.tenant.id,
        leaver,
        source: wanted.source,
        direction: Direction::Forward,
        made_at: wanted.made_at,
        made_by: wanted.made_by,
        deadlines: deadlines(&facts, &intent, begins),
        residual_risks: residual_risks(&facts, &intent),
        not_judged: not_judged(),
        intent,
        facts,
        steps,
        findings,
    })
}

/// The operations of the drafts, each with its name in the plan.
fn make(drafts: Vec<Draft>, catalog: &Catalog) -> Result<Vec<Made>, Error> {
    let mut made: Vec<Made> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let operation = catalog.make(&draft.operation, &draft.params)?;
        let name = match draft.params.get("task").and_then(Value::as_str) {
            Some(task) => format!("{}:{task}", draft.operation),
            None => draft.operation.clone(),
        };
        let same = made.iter().filter(|m| m.id.as_str().split('#').next() == Some(name.as_str())).count();
        let id = StepId::new(if same == 0 { name } else { format!("{name}#{}", same + 1) });
        // As the operation spells them: the plan's bytes do not depend on how a policy wrote a number.
        let params = operation.params();
        made.push(Made { draft, id, operation, params });
    }
    Ok(made)
}

/// One step over the planned future, and what speaks against it.
fn walk(
    made: &Made,
    future: &mut Facts,
    intent: &Intent,
    guards: &Guards,
    now: Timestamp,
) -> (Step, Vec<Finding>) {
    let operation = made.operation.as_ref();
    let spec = operation.spec();
    let at = made.draft.not_before.unwrap_or(now);
    let before = operation.state(future);
    let action = action(operation, future, &before, at);
    let subject = Subject {
        id: &made.id,
        operation,
        params: &made.params,
        direction: Direction::Forward,
        leaver: future.leaver.id,
        at,
    };
    let findings = match action {
        Action::Skip { .. } => Vec::new(),
        _ => judge(future, &subject, intent, guards, at),
    };
    let permissions = operation.permissions(future);
    if !matches!(action, Action::Skip { .. } | Action::NoOp {}) {
        operation.effect(future);
    }
    let step = Step {
        id: made.id.clone(),
        operation: spec.name.to_owned(),
        version: spec.version,
        title: title(spec, &made.params),
        params: made.params.clone(),
        direction: Direction::Forward,
        phase: spec.phase,
        door: spec.door,
        class: spec.class,
        needs: std::collections::BTreeMap::new(),
        not_before: made.draft.not_before,
        goal: operation.state(future),
        before,
        action,
        reversal: spec.reversal.clone(),
        repeat: spec.repeat,
        latency: spec.latency,
        permissions,
    };
    (step, findings)
}

/// What will happen at a step, as far as these facts tell.
pub fn action(operation: &dyn AnyOperation, facts: &Facts, before: &Judged<Value>, at: Timestamp) -> Action {
    match operation.route(facts) {
        Route::Skip(why) => Action::Skip { why },
        Route::HandOff(instructions) => Action::HandOff { instructions },
        Route::Observe => Action::Observe {},
        Route::Change => {
            if let Judged::Nothing(why) = before {
                Action::Skip { why: why.clone() }
            } else {
                let seen = Seen { before: before.clone(), now: before.clone(), applied_at: None, at };
                match operation.reached(&seen) {
                    Ok(reached) if reached.is_seen() => Action::NoOp {},
                    _ => Action::Change {},
                }
            }
        }
    }
}

/// What the step does, with the task where one operation stands for several.
fn title(spec: &Spec, params: &Value) -> String {
    match params.get("task").and_then(Value::as_str) {
        Some(task) => format!("{}: {}", spec.title, task.replace('_', " ")),
        None => spec.title.to_owned(),
    }
}
