//! Whether the tenant can be asked at all. That it cannot is a matter of the machine or of the credential, and no finding
//! about a step: then nothing is judged, and whatever was recorded stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use super::backoff;
use super::driver::Drive;
use super::host::Engine;
use super::reader::Reading;
use crate::error::{Error, ErrorKind};
use crate::facts::load::Patience;
use crate::facts::{Facet, Fact, Facts};
use crate::failure::{Failure, Kind};
use crate::journal::{RunState, Status};
use crate::operation::Class;
use crate::plan::{Plan, Step};
use crate::ports::{Call, Priority};
use crate::time::Timestamp;

/// The codes of what never got to a service: to the tenant's, or to the one that signs us in.
const NOTHING_WAS_SENT: [&str; 2] = ["not_sent", "sign_in_unreachable"];

/// Why the tenant could not be asked about the leaver, where that is why he is unknown: it does not take the credential, or
/// nothing could be sent to it. A service that answers, be it that it cannot answer now, is in reach.
pub(super) fn out_of_reach(facts: &Facts) -> Option<&Failure> {
    let Fact::Unknown(failure) = &facts.leaver.user else { return None };
    let silent = failure.code.as_deref().is_some_and(|code| NOTHING_WAS_SENT.contains(&code));
    (silent || failure.kind == Kind::Unauthenticated).then_some(failure)
}

/// Every step that cuts access has been tried; `run` is nothing where it has not begun.
pub(super) fn is_contained(plan: &Plan, run: Option<&RunState>) -> bool {
    plan.steps
        .iter()
        .filter(|step| step.class == Class::Containment)
        .all(|step| run.and_then(|run| run.step(&step.id)).is_some_and(|state| state.status.is_sent()))
}

/// Every step that cuts access, of those that `counts` and whose time has come, was sent, refused or handed to somebody.
/// What was put off, or has no answer, is still to come.
pub(super) fn has_contained(
    plan: &Plan,
    run: &RunState,
    now: Timestamp,
    counts: impl Fn(&Step) -> bool,
) -> bool {
    let due = |step: &&Step| {
        step.class == Class::Containment && step.not_before.is_none_or(|at| at <= now) && counts(step)
    };
    plan.steps.iter().filter(due).all(|step| {
        run.step(&step.id).is_some_and(|state| {
            state.status.is_sent() && !matches!(state.status, Status::Deferred | Status::Indeterminate)
        })
    })
}

impl Engine {
    /// Reads the leaver before a run begins or goes on. What was read is taken over by the first wave. As long as access is
    /// not cut (`contained`), the reading is waited for no longer than a wave does: cutting access goes on where reading fails.
    ///
    /// # Errors
    /// The tenant does not take the credential, or cannot be reached. Nothing was recorded.
    pub(super) async fn within_reach(
        &self,
        plan: &Plan,
        contained: bool,
        how: Drive,
    ) -> Result<Drive, Error> {
        if how.seed.is_some() {
            return Ok(how);
        }
        let priority = if contained { Priority::Normal } else { Priority::Containment };
        let patience = (!contained).then(|| Patience {
            clock: self.host.clock.clone(),
            until: self.now() + backoff::CONTAINMENT_PATIENCE,
        });
        let call = Call { stop: how.stop.clone(), ..self.reading_call(priority) };
        let wanted = BTreeSet::from([Facet::User(plan.leaver.id)]);
        let mut reading = Reading::of(plan.facts.clone());
        reading.refresh(self, &wanted, &BTreeMap::new(), &call, patience.as_ref()).await;
        match out_of_reach(&reading.facts) {
            Some(failure) => Err(ErrorKind::Provider(failure.clone()).into()),
            None => Ok(Drive { seed: reading.facts.leaver.user.known().is_some().then_some(reading), ..how }),
        }
    }
}
