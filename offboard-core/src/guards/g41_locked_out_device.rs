//! G41: a device that is locked out never fetches its wipe (R73).

use super::support::{Look, look, look_mailbox, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says that a wipe may never run, because whoever has the phone can no longer sign in.
#[derive(Debug)]
pub struct LockedOutDevice;

impl Guard for LockedOutDevice {
    fn code(&self) -> &'static str {
        "G41"
    }

    fn requirement(&self) -> &'static str {
        "R73"
    }

    fn title(&self) -> &'static str {
        "A wipe may never reach a device whose owner is locked out"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["wipe_mobile_device"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::User(step.leaver), Facet::Recipient(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let blocked = match look(facts.leaver.user.as_ref()) {
            Look::There(user) => !user.account_enabled,
            Look::Nothing => false,
            Look::Unknown(failure) => return unknown_warns(&Facet::User(step.leaver), &failure, findings),
        };
        // A mailbox that cannot be read is said by G17.
        let disabled = matches!(look_mailbox(facts), Look::There(mailbox) if mailbox.account_disabled);
        if blocked || disabled {
            findings.warn(
                "locked_out",
                "the leaver is locked out first, so that a mail app cannot sign in to fetch the wipe: it may stay \
                 pending for ever",
                "that is the usual choice; where the phone matters more, wipe it before the last working moment, or \
                 in its device management",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::Trial;

    #[test]
    fn it_is_said_where_the_leaver_cannot_sign_in() {
        let wipe = || Trial::of("wipe_mobile_device");
        assert!(wipe().judge(&LockedOutDevice).is_empty());
        let blocked = wipe().with(|facts| facts.leaver.user.known_mut().unwrap().account_enabled = false);
        assert_eq!(blocked.judge(&LockedOutDevice), ["warn locked_out"]);
        let disabled = wipe().mailbox(|mailbox| mailbox.account_disabled = true);
        assert_eq!(disabled.judge(&LockedOutDevice), ["warn locked_out"]);
        assert_eq!(wipe().blank(Facet::User).judge(&LockedOutDevice), ["warn unknown:the directory object"]);
    }
}
