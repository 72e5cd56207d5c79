//! G20: a block in Exchange may also stop those who are to use the mailbox (R49 to R51, open point h.10).

use super::support::{Look, look_mailbox};
use crate::facts::{Facet, Facts};
use crate::model::intent::{Intent, MailDisposition};
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says what Microsoft does not document about a blocked account whose mailbox stays in use.
#[derive(Debug)]
pub struct DelegatesBehindABlock;

impl Guard for DelegatesBehindABlock {
    fn code(&self) -> &'static str {
        "G20"
    }

    fn requirement(&self) -> &'static str {
        "R49"
    }

    fn title(&self) -> &'static str {
        "A block in Exchange may also stop successors, replies and forwarding"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["block_exchange_account"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Recipient(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        _step: &Subject<'_>,
        intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let wanted = matches!(
            intent.mail,
            MailDisposition::Shared | MailDisposition::SharedAndForward | MailDisposition::Forward
        );
        // A mailbox that cannot be read is said by G17, and does not hold containment up.
        let shared = matches!(look_mailbox(facts), Look::There(mailbox) if mailbox.is_shared());
        if wanted || shared {
            findings.warn(
                "mailbox_in_use",
                "the mailbox stays in use after the block; whether AccountDisabled also stops delegates, automatic \
                 replies or forwarding is documented nowhere",
                "have a successor open the mailbox afterwards; if he cannot, take this one step back (undo) once \
                 sign-in is blocked and the password is reset",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::Trial;

    #[test]
    fn it_is_said_where_somebody_goes_on_using_the_mailbox() {
        let with = |mail| Trial::of("block_exchange_account").wanting(|intent| intent.mail = mail);
        for mail in [MailDisposition::Shared, MailDisposition::SharedAndForward, MailDisposition::Forward] {
            assert_eq!(with(mail).judge(&DelegatesBehindABlock), ["warn mailbox_in_use"]);
        }
        assert!(with(MailDisposition::LetGo).judge(&DelegatesBehindABlock).is_empty());
        let shared = with(MailDisposition::Keep).shared();
        assert_eq!(shared.judge(&DelegatesBehindABlock), ["warn mailbox_in_use"]);
    }
}
