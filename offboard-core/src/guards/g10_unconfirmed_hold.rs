//! G10: an account whose mailbox is to become inactive is not deleted before a hold is in effect (R22, R24, E11).

use super::support::{Look, look, look_mailbox, unknown, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::hold::{CONFIRMED_AFTER, HoldKind, holds_on};
use crate::model::intent::{Intent, MailDisposition};
use crate::model::mailbox::Mailbox;
use crate::model::organization::OrganizationConfig;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses to delete the account as long as nothing is seen that will keep the mailbox.
#[derive(Debug)]
pub struct UnconfirmedHold;

impl Guard for UnconfirmedHold {
    fn code(&self) -> &'static str {
        "G10"
    }

    fn requirement(&self) -> &'static str {
        "R24"
    }

    fn title(&self) -> &'static str {
        "An account is deleted only when the hold on its mailbox is in effect"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["delete_user"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Recipient(step.leaver), Facet::Organization]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        now: Timestamp,
        findings: &mut Findings,
    ) {
        if intent.mail != MailDisposition::Inactive {
            return;
        }
        let mailbox = match look_mailbox(facts) {
            Look::There(mailbox) => mailbox,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown(step, &Facet::Recipient(step.leaver), &failure, findings);
            }
        };
        if mailbox.litigation_hold_counts(now) {
            return;
        }
        // Something else may keep it, and then nothing is lost.
        let nothing = OrganizationConfig::default();
        let organization = match look(facts.tenant.organization.as_ref()) {
            Look::There(organization) => organization,
            Look::Nothing => &nothing,
            Look::Unknown(failure) => {
                unknown_warns(&Facet::Organization, &failure, findings);
                &nothing
            }
        };
        if !holds_on(mailbox, organization).iter().any(|hold| keeps(hold.kind)) {
            not_in_effect(mailbox, findings);
        }
    }
}

/// What keeps a mailbox by itself. A label is on one item, a delay hold ends, and what nobody here can read is nothing to
/// rely on; a Litigation Hold has to have had its time.
fn keeps(kind: HoldKind) -> bool {
    match kind {
        HoldKind::EDiscovery | HoldKind::InPlace | HoldKind::Retention | HoldKind::OrganizationRetention => {
            true
        }
        HoldKind::Litigation | HoldKind::Label | HoldKind::Delay | HoldKind::Strange => false,
    }
}

fn not_in_effect(mailbox: &Mailbox, findings: &mut Findings) {
    match (mailbox.litigation_hold_enabled, mailbox.litigation_hold_date) {
        (false, _) => findings.block(
            "no_hold",
            "no hold is on the mailbox: deleted with its account, it would be gone after 30 days and never inactive",
            "put the mailbox on Litigation Hold and wait until it is confirmed; then delete the account",
        ),
        (true, Some(date)) => findings.block(
            "young_hold",
            format!(
                "the Litigation Hold of {date} may not be in effect before {}; until then the mailbox would be gone and \
                 not inactive",
                date + CONFIRMED_AFTER
            ),
            "wait until the hold is confirmed, and resume",
        ),
        (true, None) => findings.block(
            "undated_hold",
            "Exchange does not say since when the Litigation Hold is on: it may be one of this hour",
            "look when it was placed (LitigationHoldDate); whoever knows that it is older than five hours can waive this",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{Trial, now};
    use crate::time::Period;

    const POLICY: &str = "mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:2";

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&UnconfirmedHold)
    }

    fn inactive() -> Trial {
        Trial::of("delete_user").wanting(|intent| intent.mail = MailDisposition::Inactive)
    }

    fn held(age: Option<Period>) -> Trial {
        inactive().mailbox(|mailbox| {
            mailbox.litigation_hold_enabled = true;
            mailbox.litigation_hold_date = age.map(|age| now() - age);
        })
    }

    #[test]
    fn the_account_stays_until_the_hold_is_in_effect() {
        assert_eq!(keys(&inactive()), ["block no_hold"]);
        assert_eq!(keys(&held(Some(Period::minutes(299)))), ["block young_hold"]);
        assert_eq!(keys(&held(None)), ["block undated_hold"]);
        assert!(keys(&held(Some(Period::minutes(300)))).is_empty());
        let let_go = inactive().wanting(|intent| intent.mail = MailDisposition::LetGo);
        assert!(keys(&let_go).is_empty(), "nobody wants it kept");
        let none = inactive().with(|facts| facts.leaver.recipient = Fact::Absent);
        assert!(keys(&none).is_empty(), "there is nothing to keep");
    }

    #[test]
    fn another_hold_that_lasts_keeps_it_too() {
        let entry = |entry: &str| {
            let entry = entry.to_owned();
            held(Some(Period::ZERO)).mailbox(|mailbox| mailbox.in_place_holds = vec![entry])
        };
        for lasting in [POLICY, "UniHabc", "cld0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e"] {
            assert!(keys(&entry(lasting)).is_empty(), "{lasting}");
        }
        for other in ["qqq", "mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:1"] {
            assert_eq!(keys(&entry(other)), ["block young_hold"], "{other}");
        }
        let everybody = held(Some(Period::ZERO)).with(|facts| {
            facts.tenant.organization.known_mut().unwrap().in_place_holds = vec![POLICY.to_owned()];
        });
        assert!(keys(&everybody).is_empty());
        let delayed = held(Some(Period::ZERO)).mailbox(|mailbox| mailbox.delay_hold_applied = true);
        assert_eq!(keys(&delayed), ["block young_hold"]);
    }

    #[test]
    fn what_cannot_be_read_is_no_hold() {
        assert_eq!(keys(&inactive().blank(Facet::Recipient)), ["block unknown:the mailbox"]);
        let unread = inactive().blank(|_| Facet::Organization);
        assert_eq!(keys(&unread), ["warn unknown:Exchange's settings", "block no_hold"]);
    }
}
