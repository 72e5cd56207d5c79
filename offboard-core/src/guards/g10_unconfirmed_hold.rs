//! G10: an account whose mailbox is to become inactive is not deleted before a hold is in effect (R22, R24, E11).

use super::support::{Look, look_mailbox, seen_holds, seen_mailbox, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::id::MailboxId;
use crate::model::hold::{CONFIRMED_AFTER, Hold, HoldKind};
use crate::model::intent::{Intent, MailDisposition};
use crate::model::mailbox::Mailbox;
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
        let planned = step.param::<MailboxId>("mailbox");
        if let (Look::Nothing, Some(mailbox)) = (look_mailbox(facts), planned) {
            return not_seen(mailbox, findings);
        }
        let Some(mailbox) = seen_mailbox(facts, step, findings) else { return };
        if let Some(planned) = planned.filter(|planned| *planned != mailbox.exchange_guid) {
            return another(planned, mailbox.exchange_guid, findings);
        }
        if mailbox.litigation_hold_counts(now) {
            return;
        }
        // Something else may keep it, and then nothing is lost.
        let (holds, unread) = seen_holds(facts, mailbox);
        if let Some(failure) = unread {
            unknown_warns(&Facet::Organization, &failure, findings);
        }
        if !holds.iter().any(keeps) {
            not_in_effect(mailbox, findings);
        }
    }
}

/// Whether a hold keeps a whole mailbox by itself: a retention policy does, for Exchange or everything. A case and an
/// In-Place Hold can hold what a query finds and nothing else, `skp` entries hold conversations (CONTRACT C4), a label is on
/// one item, a delay hold ends, and what nobody here can read is nothing to rely on. A Litigation Hold has to have had its time.
fn keeps(hold: &Hold) -> bool {
    matches!(hold.kind, HoldKind::Retention | HoldKind::OrganizationRetention) && !hold.id.starts_with("skp")
}

/// The plan saw this mailbox, and it is to outlive the account. Deleted now, nobody would know what became of it.
fn not_seen(mailbox: MailboxId, findings: &mut Findings) {
    findings.block(
        "not_seen",
        format!(
            "the mailbox {mailbox} is to become inactive with the account, and no such mailbox is seen now"
        ),
        "look what became of it (Get-Mailbox -IncludeInactiveMailbox, -SoftDeletedMailbox); then plan again",
    );
}

/// The hold on this one says nothing of the one that was meant.
fn another(planned: MailboxId, seen: MailboxId, findings: &mut Findings) {
    findings.block(
        "another_mailbox",
        format!(
            "the mailbox {planned} is to become inactive with the account, and now the account has another one, {seen}"
        ),
        "look what became of the first (Get-Mailbox -IncludeInactiveMailbox, -SoftDeletedMailbox); then plan again",
    );
}

fn not_in_effect(mailbox: &Mailbox, findings: &mut Findings) {
    match (mailbox.litigation_hold_enabled, mailbox.litigation_hold_date) {
        (false, _) => findings.block(
            "no_hold",
            "no hold that keeps the whole mailbox is on it: deleted with its account, it could be gone after 30 days and never \
             inactive",
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
        for lasting in [POLICY, "mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:3"] {
            assert!(keys(&entry(lasting)).is_empty(), "{lasting}");
        }
        let others = [
            "qqq",
            "mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:1",
            "skp0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:2",
            "UniHabc",
            "cld0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e",
        ];
        for other in others {
            assert_eq!(keys(&entry(other)), ["block young_hold"], "{other}");
        }
        let everybody = held(Some(Period::ZERO)).with(|facts| {
            facts.tenant.organization.known_mut().unwrap().in_place_holds = vec![POLICY.to_owned()];
        });
        assert!(keys(&everybody).is_empty());
        let conversations = held(Some(Period::ZERO)).with(|facts| {
            let skype = POLICY.replace("mbx", "skp");
            facts.tenant.organization.known_mut().unwrap().in_place_holds = vec![skype];
        });
        assert_eq!(keys(&conversations), ["block young_hold"]);
        let delayed = held(Some(Period::ZERO)).mailbox(|mailbox| mailbox.delay_hold_applied = true);
        assert_eq!(keys(&delayed), ["block young_hold"]);
    }

    #[test]
    fn a_mailbox_that_was_there_is_not_gone_unnoticed() {
        let planned = |mailbox: Option<MailboxId>| {
            inactive()
                .params(|params| params["mailbox"] = serde_json::json!(mailbox))
                .with(|facts| facts.leaver.recipient = Fact::Absent)
        };
        assert_eq!(keys(&planned(Some(MailboxId::from_u128(9)))), ["block not_seen"]);
        assert!(keys(&planned(None)).is_empty(), "there was none when it was planned");
        let unused = planned(Some(MailboxId::from_u128(9)))
            .with(|facts| facts.leaver.recipient = Fact::NotOffered(crate::facts::Why::Unused));
        assert_eq!(keys(&unused), ["block not_seen"]);
    }

    #[test]
    fn the_hold_on_another_mailbox_keeps_nothing() {
        let seen = |planned: MailboxId| {
            held(Some(Period::minutes(300)))
                .mailbox(|mailbox| mailbox.exchange_guid = MailboxId::from_u128(9))
                .params(|params| params["mailbox"] = serde_json::json!(planned))
        };
        assert_eq!(keys(&seen(MailboxId::from_u128(8))), ["block another_mailbox"]);
        assert!(keys(&seen(MailboxId::from_u128(9))).is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_no_hold() {
        assert_eq!(keys(&inactive().blank(Facet::Recipient)), ["block unknown:the mailbox"]);
        let unread = inactive().blank(|_| Facet::Organization);
        assert_eq!(keys(&unread), ["warn unknown:Exchange's settings", "block no_hold"]);
    }
}
