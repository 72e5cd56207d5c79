//! G12: end states of the mail that cannot be true together (CONTRACT f.4, R25), at the step that would make it so.

use super::removal::{self, Removal, removes};
use super::support::{Look, look_mailbox};
use crate::facts::{Facet, Facts};
use crate::model::intent::{AccountDisposition, Intent, LicensesDisposition, MailDisposition};
use crate::model::license::Brings;
use crate::model::mailbox::Mailbox;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses the step by which a plan would contradict what it wants of the mail.
#[derive(Debug)]
pub struct MailContradiction;

impl Guard for MailContradiction {
    fn code(&self) -> &'static str {
        "G12"
    }

    fn requirement(&self) -> &'static str {
        "R25"
    }

    fn title(&self) -> &'static str {
        "What is wanted of the mail must be possible together"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step) || step.is_forward(&["convert_to_shared", "set_automatic_replies", "set_forwarding"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        if removes(step) {
            let mut facets = removal::reads(step.leaver);
            facets.push(Facet::Recipient(step.leaver));
            facets
        } else {
            vec![]
        }
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        if removes(step) {
            return judge_removal(facts, step, intent, findings);
        }
        if intent.mail == MailDisposition::Inactive {
            findings.block(
                "inactive",
                "the mailbox is to become inactive; an inactive mailbox is not shared, answers nobody and \
                 forwards nothing",
                "choose one: an inactive mailbox, or one that goes on receiving",
            );
        }
        if step.is_forward(&["convert_to_shared", "set_forwarding"]) {
            judge_deletion(intent, findings);
        }
    }
}

/// The account anchors the mailbox: it stays as long as what is wanted of the mail lasts (R30, R66).
fn judge_deletion(intent: &Intent, findings: &mut Findings) {
    let anchored = matches!(
        intent.mail,
        MailDisposition::Shared | MailDisposition::SharedAndForward | MailDisposition::Forward
    );
    if intent.account != AccountDisposition::Delete || !anchored {
        return;
    }
    let over = matches!((intent.mail_until, intent.account_at), (Some(end), Some(at)) if end <= at);
    if !over {
        let when = intent.account_at.map_or("at once".to_owned(), |at| format!("on {}", at.date()));
        let until =
            intent.mail_until.map_or("without an end".to_owned(), |end| format!("until {}", end.date()));
        findings.block(
            "account_deleted",
            format!("the mailbox is to be kept {until}, and the account that anchors it deleted {when}"),
            "keep the account, or give the mail an end (mail.until) that is not later than the deletion",
        );
    }
}

fn judge_removal(facts: &Facts, step: &Subject<'_>, intent: &Intent, findings: &mut Findings) {
    if !Removal::of(facts, step).takes(Brings::Mailbox) {
        return;
    }
    let shared = match look_mailbox(facts) {
        Look::There(mailbox) => Mailbox::is_shared(mailbox),
        Look::Nothing => return,
        // Taken for a person's mailbox, which is the one that a license keeps alive.
        Look::Unknown(_) => false,
    };
    let contradicted = match (intent.mail, intent.licenses) {
        (MailDisposition::Forward, _) => Some(("forward", "forwarding ends with the license")),
        (MailDisposition::Inactive, _) => {
            Some(("inactive", "the license must stay until the account is deleted, which frees the seat"))
        }
        (_, LicensesDisposition::KeepMailboxPlan) => {
            Some(("keep_mailbox_plan", "the licenses that bring the mailbox are to stay"))
        }
        (MailDisposition::Keep, _) if !shared => {
            Some(("keep", "the mail is to stay as it is, and without a license the mailbox is turned off"))
        }
        (MailDisposition::None, _) if !shared => {
            Some(("none", "the policy sees no mail to decide about, and there is a mailbox"))
        }
        _ => None,
    };
    if let Some((key, why)) = contradicted {
        findings.block(
            key,
            format!("the step takes the last license that brings a mailbox, but {why}"),
            "choose in the policy: another end for the mail, or licenses = \"keep_mailbox_plan\"",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{E3, PLAN_1, Trial, now};
    use crate::time::Period;

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&MailContradiction)
    }

    fn wanting(mail: MailDisposition) -> Trial {
        Trial::removing(&[E3]).wanting(|intent| intent.mail = mail)
    }

    #[test]
    fn some_ends_of_the_mail_need_the_license() {
        assert_eq!(keys(&wanting(MailDisposition::Forward)), ["block forward"]);
        assert_eq!(keys(&wanting(MailDisposition::Inactive)), ["block inactive"]);
        assert_eq!(keys(&wanting(MailDisposition::Keep)), ["block keep"]);
        assert_eq!(keys(&wanting(MailDisposition::None)), ["block none"]);
        assert!(keys(&wanting(MailDisposition::LetGo)).is_empty());
        assert!(keys(&wanting(MailDisposition::Shared)).is_empty());
        assert!(keys(&wanting(MailDisposition::Keep).shared()).is_empty(), "a shared one stays as it is");
        assert!(keys(&wanting(MailDisposition::Forward).licensed(&[E3, PLAN_1])).is_empty());
    }

    #[test]
    fn nothing_is_contradicted_where_there_is_no_mailbox() {
        let none = wanting(MailDisposition::None).with(|facts| facts.leaver.recipient = Fact::Absent);
        assert!(keys(&none).is_empty());
        assert_eq!(keys(&wanting(MailDisposition::None).blank(Facet::Recipient)), ["block none"]);
    }

    #[test]
    fn a_kept_mailbox_plan_is_kept() {
        let keeping =
            |trial: Trial| trial.wanting(|intent| intent.licenses = LicensesDisposition::KeepMailboxPlan);
        assert_eq!(keys(&keeping(wanting(MailDisposition::Shared))), ["block keep_mailbox_plan"]);
        assert!(keys(&keeping(wanting(MailDisposition::Shared).licensed(&[E3, PLAN_1]))).is_empty());
    }

    #[test]
    fn an_inactive_mailbox_is_neither_shared_nor_answers() {
        for name in ["convert_to_shared", "set_automatic_replies", "set_forwarding"] {
            let inactive = Trial::of(name).wanting(|intent| intent.mail = MailDisposition::Inactive);
            assert_eq!(keys(&inactive), ["block inactive"]);
            assert!(keys(&Trial::of(name)).is_empty());
        }
    }

    #[test]
    fn the_account_stays_as_long_as_mail_is_forwarded() {
        let deleted = |account| {
            Trial::of("set_forwarding").wanting(|intent| {
                intent.mail = MailDisposition::Forward;
                intent.account = account;
            })
        };
        assert_eq!(keys(&deleted(AccountDisposition::Delete)), ["block account_deleted"]);
        assert!(keys(&deleted(AccountDisposition::Keep)).is_empty());
    }

    #[test]
    fn the_account_stays_as_long_as_the_mailbox_is_wanted() {
        let deleted = |end: Option<i64>, at: Option<i64>| {
            Trial::of("convert_to_shared").wanting(|intent| {
                intent.mail = MailDisposition::Shared;
                intent.mail_until = end.map(|days| now() + Period::days(days));
                intent.account = AccountDisposition::Delete;
                intent.account_at = at.map(|days| now() + Period::days(days));
            })
        };
        for (end, at) in [(None, None), (None, Some(90)), (Some(90), Some(89)), (Some(90), None)] {
            assert_eq!(keys(&deleted(end, at)), ["block account_deleted"], "{end:?} {at:?}");
        }
        assert!(keys(&deleted(Some(90), Some(90))).is_empty());
        let kept = deleted(None, None).wanting(|intent| intent.account = AccountDisposition::Keep);
        assert!(keys(&kept).is_empty());
    }
}
