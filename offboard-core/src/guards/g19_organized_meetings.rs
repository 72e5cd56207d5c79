//! G19: meetings that the leaver organised are cancelled while the mailbox can still send, or never (N2).

use super::removal::{self, Removal, removes};
use super::support::{Look, look, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::license::Brings;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says that future meetings would stay in calendars and rooms.
#[derive(Debug)]
pub struct OrganizedMeetings;

impl Guard for OrganizedMeetings {
    fn code(&self) -> &'static str {
        "G19"
    }

    fn requirement(&self) -> &'static str {
        "N2"
    }

    fn title(&self) -> &'static str {
        "Organised meetings are cancelled before the license goes"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = removal::reads(step.leaver);
        facets.push(Facet::Meetings(step.leaver));
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        if !Removal::of(facts, step).takes(Brings::Mailbox) {
            return;
        }
        match look(facts.leaver.meetings.as_ref()) {
            Look::There(meetings) if meetings.organized > 0 => findings.warn(
                "organized_meetings",
                format!(
                    "{} meetings with others in the next {} days are organised by the leaver; rooms stay booked",
                    meetings.organized, meetings.days
                ),
                format!(
                    "cancel them before the license goes: Remove-CalendarEvents -Identity {} \
                     -CancelOrganizedMeetings -QueryWindowInDays {}; offboard does not do it yet",
                    step.leaver, meetings.days
                ),
            ),
            Look::There(_) | Look::Nothing => {}
            Look::Unknown(failure) => unknown_warns(&Facet::Meetings(step.leaver), &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{E3, PLAN_1, Trial};

    fn organizing(organized: u32) -> Trial {
        Trial::removing(&[E3]).with(|facts| facts.leaver.meetings.known_mut().unwrap().organized = organized)
    }

    #[test]
    fn meetings_are_counted_while_they_can_be_cancelled() {
        assert_eq!(organizing(3).judge(&OrganizedMeetings), ["warn organized_meetings"]);
        assert!(organizing(0).judge(&OrganizedMeetings).is_empty());
        assert!(organizing(3).licensed(&[E3, PLAN_1]).judge(&OrganizedMeetings).is_empty());
        assert_eq!(
            organizing(0).blank(Facet::Meetings).judge(&OrganizedMeetings),
            ["warn unknown:the organised meetings"]
        );
    }
}
