//! G25: people in a restricted management administrative unit (B1).

use super::support::{Look, look, unknown};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::operation::{Door, Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses to touch somebody whom only administrators of his unit may touch. Whether the caller is one cannot be
/// read here, so whoever knows it waives this; containment is tried, and the service has the last word.
#[derive(Debug)]
pub struct RestrictedUnit;

impl Guard for RestrictedUnit {
    fn code(&self) -> &'static str {
        "G25"
    }

    fn requirement(&self) -> &'static str {
        "B1"
    }

    fn title(&self) -> &'static str {
        "A restricted management unit is for its own administrators"
    }

    /// What a person does by hand takes that person's rights.
    fn applies(&self, step: &Subject<'_>) -> bool {
        step.spec().door != Door::Person
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::User(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let user = match look(facts.leaver.user.as_ref()) {
            Look::There(user) => user,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown(step, &Facet::User(step.leaver), &failure, findings);
            }
        };
        if !user.is_management_restricted {
            return;
        }
        let (key, message) = (
            "restricted_management",
            "the leaver is in a restricted management administrative unit: roles for the whole tenant are refused",
        );
        if step.contains() {
            let hint = "it is tried; what the service refuses is a task for an administrator of that unit";
            findings.warn(key, message, hint);
        } else {
            let hint = "run this with a role that is scoped to the unit; whoever knows the caller's to be can waive it";
            findings.block(key, message, hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::Trial;

    fn restricted(trial: Trial) -> Trial {
        trial.with(|facts| facts.leaver.user.known_mut().unwrap().is_management_restricted = true)
    }

    #[test]
    fn only_containment_is_tried() {
        let of = |name| restricted(Trial::of(name)).judge(&RestrictedUnit);
        assert_eq!(of("convert_to_shared"), ["block restricted_management"]);
        assert_eq!(of("remove_licenses"), ["block restricted_management"]);
        assert_eq!(of("block_sign_in"), ["warn restricted_management"]);
        let undo = restricted(Trial::of("block_sign_in").undone());
        assert_eq!(undo.judge(&RestrictedUnit), ["block restricted_management"]);
        for name in ["convert_to_shared", "block_sign_in"] {
            assert!(Trial::of(name).judge(&RestrictedUnit).is_empty());
        }
        assert!(!Trial::of("on_premises_task").applies(&RestrictedUnit));
    }

    #[test]
    fn an_unread_leaver_may_be_in_one() {
        let blank = |name| Trial::of(name).blank(Facet::User).judge(&RestrictedUnit);
        assert_eq!(blank("convert_to_shared"), ["block unknown:the directory object"]);
        assert_eq!(blank("block_sign_in"), ["warn unknown:the directory object"]);
    }
}
