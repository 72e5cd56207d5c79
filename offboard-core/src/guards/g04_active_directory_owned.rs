//! G4: what Active Directory owns cannot be written in the cloud (R70, R98, C3).

use super::support::{Look, look, look_mailbox, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says which of a step's writes belongs to Active Directory. Of the operations there are, only those about internal
/// forwarding write such an attribute (`altRecipient`).
#[derive(Debug)]
pub struct ActiveDirectoryOwned;

impl Guard for ActiveDirectoryOwned {
    fn code(&self) -> &'static str {
        "G4"
    }

    fn requirement(&self) -> &'static str {
        "R98"
    }

    fn title(&self) -> &'static str {
        "What Active Directory owns is changed in Active Directory"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["stop_forwarding", "set_forwarding", "end_forwarding"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let leaver = step.leaver;
        vec![Facet::User(leaver), Facet::SyncBehavior(leaver), Facet::Recipient(leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        // A mailbox that cannot be read is said by G17.
        let Look::There(mailbox) = look_mailbox(facts) else { return };
        let sets = step.is_forward(&["set_forwarding"]);
        let (what, hint) = match &mailbox.forwarding_address {
            _ if sets => (
                "mail is to be forwarded".to_owned(),
                "set altRecipient of the account in Active Directory, where the cloud refuses it",
            ),
            Some(target) => (
                format!("mail is forwarded to {target}"),
                "clear altRecipient of the account in Active Directory as well",
            ),
            None => return,
        };
        if mailbox.is_exchange_cloud_managed {
            return;
        }
        match look(facts.leaver.ad_is_master().as_ref()) {
            Look::There(true) => findings.warn(
                "forwarding_address",
                format!(
                    "{what}, and Active Directory is the master of this attribute: the cloud may refuse to change \
                     it, or directory sync may change it back"
                ),
                hint,
            ),
            Look::There(false) | Look::Nothing => {}
            Look::Unknown(failure) => unknown_warns(&Facet::User(step.leaver), &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::Trial;

    fn forwarding() -> Trial {
        Trial::of("stop_forwarding")
            .synced()
            .mailbox(|mailbox| mailbox.forwarding_address = Some("Sales".to_owned()))
    }

    #[test]
    fn internal_forwarding_of_a_synced_leaver_is_active_directorys() {
        assert_eq!(forwarding().judge(&ActiveDirectoryOwned), ["warn forwarding_address"]);
        let smtp = forwarding().mailbox(|mailbox| {
            mailbox.forwarding_smtp_address = mailbox.forwarding_address.take();
        });
        assert!(smtp.judge(&ActiveDirectoryOwned).is_empty());
    }

    #[test]
    fn so_is_forwarding_that_is_set_up() {
        assert_eq!(
            Trial::of("set_forwarding").synced().judge(&ActiveDirectoryOwned),
            ["warn forwarding_address"]
        );
        assert!(Trial::of("set_forwarding").judge(&ActiveDirectoryOwned).is_empty());
        assert!(Trial::of("end_forwarding").synced().judge(&ActiveDirectoryOwned).is_empty());
    }

    #[test]
    fn moved_authority_frees_it() {
        let cloud = forwarding().mailbox(|mailbox| mailbox.is_exchange_cloud_managed = true);
        assert!(cloud.judge(&ActiveDirectoryOwned).is_empty());
        let moved = forwarding().with(|facts| facts.leaver.cloud_managed = crate::facts::Fact::Known(true));
        assert!(moved.judge(&ActiveDirectoryOwned).is_empty());
        let unread = forwarding().blank(Facet::User);
        assert_eq!(unread.judge(&ActiveDirectoryOwned), ["warn unknown:the directory object"]);
    }
}
