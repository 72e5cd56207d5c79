//! G19: meetings that the leaver organised are cancelled while the mailbox can still send, or never (N2).

use super::removal::{self, Removal, removes};
use super::support::{Look, look, look_mailbox, unknown, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::license::Brings;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says that future meetings would stay in calendars and rooms, and refuses to cancel them where the mailbox cannot tell
/// anybody.
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
        removes(step) || step.is_forward(&["cancel_meetings"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        if !removes(step) {
            return vec![Facet::Recipient(step.leaver)];
        }
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
        if !removes(step) {
            return judge_cancelling(facts, step, findings);
        }
        if !Removal::of(facts, step).takes(Brings::Mailbox) {
            return;
        }
        match look(facts.leaver.meetings.as_ref()) {
            Look::There(meetings) if !meetings.organized.is_empty() => findings.warn(
                "organized_meetings",
                format!(
                    "{} meetings with others in the next {} days are organised by the leaver; rooms stay booked",
                    meetings.organized.len(),
                    meetings.days
                ),
                "cancel them before the license goes: `mail.meetings` in the policy",
            ),
            Look::There(_) | Look::Nothing => {}
            Look::Unknown(failure) => unknown_warns(&Facet::Meetings(step.leaver), &failure, findings),
        }
    }
}

/// A mailbox without a license sends nothing, and cancels nothing.
fn judge_cancelling(facts: &Facts, step: &Subject<'_>, findings: &mut Findings) {
    match look_mailbox(facts) {
        Look::There(mailbox) if mailbox.sku_assigned == Some(false) && !mailbox.is_shared() => findings
            .block(
                "cannot_send",
                "the mailbox has no license, so that nobody would be told that the meetings are cancelled",
                "license the mailbox first, or ask the people and rooms concerned by hand",
            ),
        Look::There(_) | Look::Nothing => {}
        Look::Unknown(failure) => unknown(step, &Facet::Recipient(step.leaver), &failure, findings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{E3, PLAN_1, Trial};
    use crate::model::meeting::Meeting;

    fn organizing(organized: usize) -> Trial {
        let meeting = |number: usize| Meeting { id: number.to_string(), series: false, next: None };
        Trial::removing(&[E3]).with(|facts| {
            facts.leaver.meetings.known_mut().unwrap().organized = (0..organized).map(meeting).collect();
        })
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

    #[test]
    fn a_mailbox_that_cannot_send_cancels_nothing() {
        let cancel = || Trial::of("cancel_meetings");
        assert!(cancel().judge(&OrganizedMeetings).is_empty());
        let unlicensed = || cancel().mailbox(|mailbox| mailbox.sku_assigned = Some(false));
        assert_eq!(unlicensed().judge(&OrganizedMeetings), ["block cannot_send"]);
        assert!(unlicensed().shared().judge(&OrganizedMeetings).is_empty());
        assert_eq!(cancel().blank(Facet::Recipient).judge(&OrganizedMeetings), ["block unknown:the mailbox"]);
    }
}
