//! G18: some organisations lose a mailbox only thirty days after its license (R54).

use super::removal::{self, Removal, removes};
use super::support::{Look, look, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::license::Brings;
use crate::operation::{Findings, Guard, Subject};
use crate::time::{Period, Timestamp};

/// How long Exchange delays the effect of a license removal where delicensing resiliency is on.
pub(super) const DELAY: Period = Period::days(30);

/// Says that the license is free now and the mailbox lives on until a date.
#[derive(Debug)]
pub struct DelayedDelicensing;

impl Guard for DelayedDelicensing {
    fn code(&self) -> &'static str {
        "G18"
    }

    fn requirement(&self) -> &'static str {
        "R54"
    }

    fn title(&self) -> &'static str {
        "Exchange can delay the effect of a license removal"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = removal::reads(step.leaver);
        facets.push(Facet::Organization);
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        now: Timestamp,
        findings: &mut Findings,
    ) {
        if !Removal::of(facts, step).takes(Brings::Mailbox) {
            return;
        }
        match look(facts.tenant.organization.as_ref()) {
            Look::There(organization) if organization.delayed_delicensing_enabled => {
                let until = step.at.max(now) + DELAY;
                findings.warn(
                    "delayed_delicensing",
                    format!(
                        "the license is free at once, but Exchange keeps the mailbox as it is until about {}; the \
                         leaver may get mail about it",
                        until.date()
                    ),
                    "nothing has to be done; Get-PendingDelicenseUser shows the date, Expedite-Delicensing ends it",
                );
            }
            Look::There(_) | Look::Nothing => {}
            Look::Unknown(failure) => unknown_warns(&Facet::Organization, &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{E3, PLAN_1, Trial};

    fn delayed() -> Trial {
        Trial::removing(&[E3]).with(|facts| {
            facts.tenant.organization.known_mut().unwrap().delayed_delicensing_enabled = true;
        })
    }

    #[test]
    fn the_date_is_said_where_the_effect_is_delayed() {
        let found = delayed().findings(&DelayedDelicensing);
        assert!(found[0].message.contains("2026-12-30"), "{}", found[0].message);
        assert_eq!(delayed().judge(&DelayedDelicensing), ["warn delayed_delicensing"]);
        assert!(Trial::removing(&[E3]).judge(&DelayedDelicensing).is_empty());
        assert!(delayed().licensed(&[E3, PLAN_1]).judge(&DelayedDelicensing).is_empty());
        assert_eq!(
            delayed().blank(|_| Facet::Organization).judge(&DelayedDelicensing),
            ["warn unknown:Exchange's settings"]
        );
    }
}
