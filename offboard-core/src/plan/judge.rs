//! Judging one step: its operation's own check, and every guard that has anything to say. The same when a plan is
//! made, when it is checked, and directly before a write.

use std::collections::BTreeSet;

use super::document::Plan;
use crate::facts::{Facet, Facts};
use crate::failure::{Failure, Kind};
use crate::id::StepId;
use crate::model::intent::Intent;
use crate::operation::guard::Direction;
use crate::operation::{Class, Finding, Findings, Guard, Judged, Route, Severity, Subject};
use crate::time::Timestamp;

/// The guards of a host.
pub type Guards = [Box<dyn Guard>];

/// Everything that must be read to judge `step`.
pub fn reads(step: &Subject<'_>, guards: &Guards) -> BTreeSet<Facet> {
    let mut facets: BTreeSet<Facet> = step.operation.reads().into_iter().collect();
    // Whom a step is about is looked at before every write (G28).
    facets.insert(Facet::User(step.leaver));
    for guard in guards.iter().filter(|guard| guard.applies(step)) {
        facets.extend(guard.reads(step));
    }
    facets
}

/// Everything that speaks against `step`, most serious first.
pub fn judge(
    facts: &Facts,
    step: &Subject<'_>,
    intent: &Intent,
    guards: &Guards,
    now: Timestamp,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for guard in guards.iter().filter(|guard| guard.applies(step)) {
        let mut findings = Findings::of(guard.code(), guard.requirement(), Some(step.id.clone()));
        guard.judge(facts, step, intent, now, &mut findings);
        found.extend(findings.into_vec());
    }
    if step.direction == Direction::Forward {
        let mut findings = Findings::of(step.name(), "", Some(step.id.clone()));
        step.operation.check(facts, &mut findings);
        found.extend(findings.into_vec());
    }
    // Only containment writes where nobody could read what is there (rule 5).
    if let (Judged::Unknown(failure), false) =
        (step.operation.state(facts), step.spec().class == Class::Containment)
    {
        let mut findings = Findings::of(STATE, "f", Some(step.id.clone()));
        let by_hand =
            step.direction == Direction::Forward && matches!(step.operation.route(facts), Route::HandOff(_));
        match (by_hand, failure.kind) {
            (false, _) => findings.unknown("the state before", &failure),
            // That it is not offered here G48 and G44 say.
            (true, Kind::Unsupported) => {}
            // Whoever does it by hand sees it himself, and offboard writes nothing.
            (true, _) => findings.warn(
                "unknown:the state before",
                format!("the state before could not be read ({}); a person does this", failure.kind),
                failure.hint.unwrap_or_else(|| "look by hand what is there, before doing it".to_owned()),
            ),
        }
        found.extend(findings.into_vec());
    }
    found.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| a.code.cmp(&b.code)).then_with(|| a.key.cmp(&b.key))
    });
    found
}

/// The code of the finding that the state before a step could not be read.
pub const STATE: &str = "STATE";
/// The code of findings about drift.
pub const DRIFT: &str = "DRIFT";
/// The code of findings about the person's identity.
pub const IDENTITY: &str = "G28";

/// A state that was recorded and that this version does not understand.
pub fn not_understood(step: &StepId, failure: &Failure) -> Finding {
    Finding {
        code: STATE.to_owned(),
        severity: Severity::Never,
        key: "not_understood".to_owned(),
        requirement: "P19".to_owned(),
        message: failure.message.clone(),
        hint: "go on with the version of offboard that began this run".to_owned(),
        step: Some(step.clone()),
    }
}

/// Somebody else than the plan means. Nobody can waive that.
pub fn wrong_person(plan: &Plan, step: Option<StepId>, message: String) -> Finding {
    Finding {
        code: IDENTITY.to_owned(),
        severity: Severity::Never,
        key: plan.leaver.id.to_string(),
        requirement: "R70".to_owned(),
        message,
        hint: "look who this is, and make a new plan for the right person".to_owned(),
        step,
    }
}
