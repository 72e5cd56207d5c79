//! A mailbox that the plan saw and that is not there any more. Nothing to do is no answer then: mail that was to be kept is on its
//! way out, and what waits for the mailbox would go on.

use super::session::Session;
use crate::facts::{Facet, Fact, Facts};
use crate::model::mailbox::Recipient;
use crate::operation::guard::Direction;
use crate::operation::{AnyOperation, Class, Finding, Severity};
use crate::plan::Action;
use crate::plan::judge::DRIFT;
use crate::plan::step::Step;

/// What takes a mailbox along.
const TAKES_IT: [&str; 3] = ["remove_licenses", "leave_licensing_group", "delete_user"];

/// The finding, where somebody else took away the mailbox that this step was planned to change. Containment goes on all the same:
/// what is not there lets nobody in.
pub(super) fn mailbox(
    session: &Session<'_>,
    step: &Step,
    operation: &dyn AnyOperation,
    now: &Facts,
) -> Option<Finding> {
    let changes = step.direction == Direction::Forward
        && step.class != Class::Containment
        && matches!(step.action, Action::Change {});
    if !changes || taken_by_this_run(session) {
        return None;
    }
    let there = |facts: &Facts, facet: &Facet| match facet {
        Facet::Recipient(user) => facts.person(*user).map(|person| person.recipient.clone()),
        _ => None,
    };
    let planned = &session.plan().facts;
    let gone = operation.reads().into_iter().any(|facet| {
        matches!(there(planned, &facet), Some(Fact::Known(Recipient::Cloud(_))))
            && matches!(there(now, &facet), Some(Fact::Absent))
    });
    gone.then(|| Finding {
        code: DRIFT.to_owned(),
        severity: Severity::Block,
        key: "mailbox".to_owned(),
        requirement: "P7".to_owned(),
        message: "the mailbox that the plan saw is not there any more".to_owned(),
        hint: "see who took its license: a mailbox that lost it comes back with it for 30 days; then resume, or make a new plan"
            .to_owned(),
        step: Some(step.id.clone()),
    })
}

/// Whether this run itself has begun something that a mailbox goes with.
fn taken_by_this_run(session: &Session<'_>) -> bool {
    session
        .plan()
        .steps
        .iter()
        .filter(|step| TAKES_IT.contains(&step.operation.as_str()))
        .any(|step| session.step_state(&step.id).is_some_and(|state| state.first_sent_at.is_some()))
}
