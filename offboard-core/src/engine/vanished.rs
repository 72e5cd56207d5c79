//! A mailbox that the plan saw and that is not there any more. Nothing to do is no answer then: mail that was to be kept is on its
//! way out, and what waits for the mailbox would go on.

use super::session::Session;
use crate::facts::{Facet, Fact, Facts};
use crate::model::mailbox::Recipient;
use crate::operation::guard::Direction;
use crate::operation::{AnyOperation, Class, Finding, Severity};
use crate::plan::Action;
use crate::plan::judge::DRIFT;
use crate::plan::order::LICENSES;
use crate::plan::step::Step;

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
    let was_there = |user| {
        let person = session.plan().facts.person(user);
        person.is_some_and(|person| matches!(person.recipient, Fact::Known(Recipient::Cloud(_))))
    };
    let is_gone = |user| now.person(user).is_some_and(|person| matches!(person.recipient, Fact::Absent));
    let gone = operation
        .reads()
        .iter()
        .any(|facet| matches!(facet, Facet::Recipient(user) if was_there(*user) && is_gone(*user)));
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
    let takes_it =
        |step: &&Step| LICENSES.contains(&step.operation.as_str()) || step.operation == "delete_user";
    session
        .plan()
        .steps
        .iter()
        .filter(takes_it)
        .any(|step| session.step_state(&step.id).is_some_and(|state| state.first_sent_at.is_some()))
}
