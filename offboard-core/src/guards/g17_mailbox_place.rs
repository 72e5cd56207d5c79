//! G17: where the mailbox lies and what kind it is (C2).

use super::support::{Look, look, unknown};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::mailbox::Recipient;
use crate::operation::{Door, Findings, Guard, Phase, Subject};
use crate::time::Timestamp;

/// Refuses mail steps on a mailbox that is no person's, and says where a mailbox lies on-premises. Where there is
/// none the steps are skipped, with that reason.
#[derive(Debug)]
pub struct MailboxPlace;

/// `RecipientTypeDetails` of what belongs to no single person of this organisation.
const NOT_A_PERSONS: &[&str] = &[
    "RoomMailbox",
    "EquipmentMailbox",
    "LinkedMailbox",
    "LinkedRoomMailbox",
    "SchedulingMailbox",
    "WorkspaceMailbox",
    "DeskMailbox",
];

impl Guard for MailboxPlace {
    fn code(&self) -> &'static str {
        "G17"
    }

    fn requirement(&self) -> &'static str {
        "C2"
    }

    fn title(&self) -> &'static str {
        "The mailbox lies in Exchange Online and is a person's"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        let spec = step.spec();
        let mail = spec.door == Door::Exchange || (spec.door == Door::Graph && spec.phase == Phase::Mail);
        mail && step.direction == crate::operation::guard::Direction::Forward
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Recipient(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        match look(facts.leaver.recipient.as_ref()) {
            Look::There(Recipient::Cloud(mailbox)) => {
                let kind = mailbox.recipient_type_details.as_str();
                if NOT_A_PERSONS.iter().any(|other| kind.eq_ignore_ascii_case(other)) {
                    findings.block(
                        kind,
                        format!("the mailbox is a {kind}: a room or a thing does not leave"),
                        "check whom the plan means; a resource is retired by the people who manage it",
                    );
                }
            }
            Look::There(Recipient::OnPremises { recipient_type_details }) => findings.warn(
                "on_premises",
                format!(
                    "the mailbox lies on-premises ({recipient_type_details}), where offboard does not write"
                ),
                "this step becomes a task for the people who run Exchange on-premises",
            ),
            Look::Nothing => {}
            Look::Unknown(failure) => unknown(step, &Facet::Recipient(step.leaver), &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::Trial;

    const MAIL: [&str; 7] = [
        "block_exchange_account",
        "stop_forwarding",
        "convert_to_shared",
        "grant_full_access",
        "remove_full_access",
        "set_automatic_replies",
        "stop_automatic_replies",
    ];

    #[test]
    fn a_room_does_not_leave() {
        for name in MAIL {
            let room =
                |kind: &str| Trial::of(name).mailbox(|m| kind.clone_into(&mut m.recipient_type_details));
            assert_eq!(room("RoomMailbox").judge(&MailboxPlace), ["block RoomMailbox"], "{name}");
            assert_eq!(room("EquipmentMailbox").judge(&MailboxPlace), ["block EquipmentMailbox"], "{name}");
            assert!(room("UserMailbox").judge(&MailboxPlace).is_empty(), "{name}");
            assert!(room("SharedMailbox").judge(&MailboxPlace).is_empty(), "{name}");
        }
        assert!(!Trial::of("block_sign_in").applies(&MailboxPlace));
    }

    #[test]
    fn one_on_premises_is_a_task_there_and_none_is_no_finding() {
        let on_premises = Trial::of("convert_to_shared").with(|facts| {
            facts.leaver.recipient =
                Fact::Known(Recipient::OnPremises { recipient_type_details: "RemoteUserMailbox".to_owned() });
        });
        assert_eq!(on_premises.judge(&MailboxPlace), ["warn on_premises"]);
        let none = Trial::of("convert_to_shared").with(|facts| facts.leaver.recipient = Fact::Absent);
        assert!(none.judge(&MailboxPlace).is_empty());
    }

    #[test]
    fn containment_goes_on_where_exchange_does_not_answer() {
        let blank = |name| Trial::of(name).blank(Facet::Recipient).judge(&MailboxPlace);
        assert_eq!(blank("convert_to_shared"), ["block unknown:the mailbox"]);
        assert_eq!(blank("set_automatic_replies"), ["block unknown:the mailbox"]);
        assert_eq!(blank("block_exchange_account"), ["warn unknown:the mailbox"]);
        assert_eq!(blank("stop_forwarding"), ["warn unknown:the mailbox"]);
    }
}
