//! G13: a hold that was removed lately goes on for thirty days, and longer on a blocked account (C4).

use super::removal::removes;
use super::support::{Look, look_mailbox, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::{Intent, MailDisposition};
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says that a delay hold is there, which nobody asked for and which does not end by itself.
#[derive(Debug)]
pub struct DelayHold;

impl Guard for DelayHold {
    fn code(&self) -> &'static str {
        "G13"
    }

    fn requirement(&self) -> &'static str {
        "R24"
    }

    fn title(&self) -> &'static str {
        "A hold that was removed lately still holds"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step) || step.is_forward(&["convert_to_shared", "delete_user"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Recipient(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        if intent.mail == MailDisposition::Inactive {
            return;
        }
        let mailbox = match look_mailbox(facts) {
            Look::There(mailbox) => mailbox,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown_warns(&Facet::Recipient(step.leaver), &failure, findings);
            }
        };
        let flags = [
            (mailbox.delay_hold_applied, "DelayHoldApplied", "RemoveDelayHoldApplied"),
            (mailbox.delay_release_hold_applied, "DelayReleaseHoldApplied", "RemoveDelayReleaseHoldApplied"),
        ];
        for (_, property, switch) in flags.into_iter().filter(|(applied, ..)| *applied) {
            findings.warn(
                property,
                format!(
                    "{property} is set: a hold was removed less than 30 days ago; on a blocked account this does \
                     not end by itself, and a deleted account would leave an inactive mailbox"
                ),
                format!(
                    "whoever answers for holds clears it (role Legal Hold): Set-Mailbox -Identity {} -{switch}",
                    step.leaver
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{E3, Trial};

    #[test]
    fn a_delay_hold_is_said_unless_it_serves_the_end() {
        let delayed = |trial: Trial| {
            trial.mailbox(|mailbox| {
                mailbox.delay_hold_applied = true;
                mailbox.delay_release_hold_applied = true;
            })
        };
        for trial in [Trial::of("convert_to_shared"), Trial::removing(&[E3]), Trial::of("delete_user")] {
            assert!(trial.judge(&DelayHold).is_empty());
            let delayed = delayed(trial);
            assert_eq!(delayed.judge(&DelayHold), ["warn DelayHoldApplied", "warn DelayReleaseHoldApplied"]);
            let wanted = delayed.wanting(|intent| intent.mail = MailDisposition::Inactive);
            assert!(wanted.judge(&DelayHold).is_empty());
        }
    }

    #[test]
    fn a_mailbox_that_cannot_be_read_may_have_one() {
        let unread = Trial::of("convert_to_shared").blank(Facet::Recipient);
        assert_eq!(unread.judge(&DelayHold), ["warn unknown:the mailbox"]);
    }
}
