//! G8: what a retention policy knows a mailbox by stays as it is until the account is deleted (R97, R24).

use super::support::{seen_holds, seen_mailbox, unknown};
use crate::facts::{Facet, Facts};
use crate::model::hold::HoldKind;
use crate::model::intent::{Intent, MailDisposition};
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says by which retention policy a mailbox that is to become inactive would stop being known if it were converted: as another
/// kind of mailbox it can fall out of the policy, and then it is deleted with its account.
///
/// G12 refuses the same conversion whatever holds the mailbox. This guard adds one finding for each policy, so that whoever
/// would waive G12 sees what it puts at risk and has to waive that too. No step here changes names or addresses, which would
/// do the same.
#[derive(Debug)]
pub struct HeldIdentity;

impl Guard for HeldIdentity {
    fn code(&self) -> &'static str {
        "G8"
    }

    fn requirement(&self) -> &'static str {
        "R97"
    }

    fn title(&self) -> &'static str {
        "A mailbox that a retention policy is to keep stays what it is"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["convert_to_shared"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Recipient(step.leaver), Facet::Organization]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        if intent.mail != MailDisposition::Inactive {
            return;
        }
        let Some(mailbox) = seen_mailbox(facts, step, findings) else { return };
        let (holds, unread) = seen_holds(facts, mailbox);
        if let Some(failure) = unread {
            unknown(step, &Facet::Organization, &failure, findings);
        }
        let policy = |kind| matches!(kind, HoldKind::Retention | HoldKind::OrganizationRetention);
        for hold in holds.into_iter().filter(|hold| policy(hold.kind)) {
            findings.block(
                hold.id.clone(),
                format!(
                    "the retention policy {} is to make the mailbox inactive; converted, it can fall out of the policy",
                    hold.id
                ),
                "leave kind, name and addresses of the mailbox as they are until the account is deleted",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::Trial;

    const POLICY: &str = "mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:2";

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&HeldIdentity)
    }

    fn inactive() -> Trial {
        Trial::of("convert_to_shared").wanting(|intent| intent.mail = MailDisposition::Inactive)
    }

    fn held(trial: Trial, entry: &str) -> Trial {
        trial.mailbox(|mailbox| mailbox.in_place_holds = vec![entry.to_owned()])
    }

    #[test]
    fn what_a_retention_policy_is_to_keep_is_not_converted() {
        assert_eq!(keys(&held(inactive(), POLICY)), [format!("block {POLICY}")]);
        assert!(keys(&inactive()).is_empty(), "no policy knows it");
        assert!(keys(&held(inactive(), "UniHabc")).is_empty(), "a case names the mailbox itself");
        let shared = held(inactive(), POLICY).wanting(|intent| intent.mail = MailDisposition::Shared);
        assert!(keys(&shared).is_empty(), "it is not to become inactive");
        let everybody = inactive().with(|facts| {
            facts.tenant.organization.known_mut().unwrap().in_place_holds = vec![POLICY.to_owned()];
        });
        assert_eq!(keys(&everybody), [format!("block {POLICY}")]);
    }

    #[test]
    fn what_cannot_be_read_may_be_such_a_policy() {
        let unread = inactive().blank(|_| Facet::Organization);
        assert_eq!(keys(&unread), ["block unknown:Exchange's settings"]);
        assert_eq!(keys(&inactive().blank(Facet::Recipient)), ["block unknown:the mailbox"]);
    }
}
