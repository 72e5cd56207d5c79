//! G2: the account behind a shared mailbox is not deleted while the mailbox has to stay (R30, R66, R101).

use super::support::seen_mailbox;
use crate::facts::{Facet, Facts};
use crate::model::intent::{Intent, MailDisposition};
use crate::model::mailbox::Mailbox;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses to delete the account that anchors a shared mailbox, unless the policy gives the mailbox an end and that is
/// over at the moment of the deletion.
#[derive(Debug)]
pub struct SharedAnchored;

impl Guard for SharedAnchored {
    fn code(&self) -> &'static str {
        "G2"
    }

    fn requirement(&self) -> &'static str {
        "R66"
    }

    fn title(&self) -> &'static str {
        "The account behind a shared mailbox is not deleted while it has to stay"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["delete_user"])
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
        if !seen_mailbox(facts, step, findings).is_some_and(Mailbox::is_shared) {
            return;
        }
        let ours = matches!(intent.mail, MailDisposition::Shared | MailDisposition::SharedAndForward);
        let (why, hint) = match (ours, intent.mail_until) {
            (true, Some(end)) if end <= step.at => return,
            (true, Some(end)) => (
                format!("the policy keeps it until {end}"),
                "delete the account not before the end of the shared mailbox (account.after, mail.until)",
            ),
            (true, None) => (
                "the policy keeps it without an end".to_owned(),
                "keep the account, or give the shared mailbox an end (mail.until, mail.then)",
            ),
            (false, _) => (
                "others may be working in it, and the policy does not speak of it".to_owned(),
                "look who uses it; whoever has asked them can waive this, or choose `shared` with an end",
            ),
        };
        findings.block("shared", format!("the mailbox is shared and goes with the account: {why}"), hint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{Trial, now};
    use crate::time::Period;

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&SharedAnchored)
    }

    fn wanting(mail: MailDisposition, until: Option<Period>) -> Trial {
        Trial::of("delete_user").shared().wanting(|intent| {
            intent.mail = mail;
            intent.mail_until = until.map(|until| now() + until);
        })
    }

    #[test]
    fn a_shared_mailbox_keeps_the_account_until_its_end() {
        for mail in [MailDisposition::Shared, MailDisposition::SharedAndForward] {
            assert_eq!(keys(&wanting(mail, None)), ["block shared"]);
            assert_eq!(keys(&wanting(mail, Some(Period::seconds(1)))), ["block shared"]);
            assert!(keys(&wanting(mail, Some(Period::ZERO))).is_empty(), "it ends at that moment");
        }
    }

    #[test]
    fn one_that_was_shared_before_is_somebody_elses() {
        assert_eq!(keys(&wanting(MailDisposition::LetGo, Some(Period::ZERO))), ["block shared"]);
        assert!(keys(&Trial::of("delete_user")).is_empty(), "a person's mailbox");
    }

    #[test]
    fn a_mailbox_that_cannot_be_read_may_be_shared() {
        let unread = Trial::of("delete_user").blank(Facet::Recipient);
        assert_eq!(keys(&unread), ["block unknown:the mailbox"]);
        let none = Trial::of("delete_user").with(|facts| facts.leaver.recipient = Fact::Absent);
        assert!(keys(&none).is_empty());
    }
}
