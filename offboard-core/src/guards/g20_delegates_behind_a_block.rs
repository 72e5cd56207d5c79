//! G20: a block in Exchange may also stop those who are to use the mailbox (R49 to R51, open point h.10).

use super::support::{Look, look, look_mailbox, unknown};
use crate::facts::{Facet, Facts};
use crate::model::intent::{Intent, MailDisposition};
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says what Microsoft does not document about a blocked account whose mailbox stays in use, and refuses to block the
/// protocols of a mailbox that somebody else uses.
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
        step.is_forward(&["block_exchange_account", "block_protocols"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = vec![Facet::Recipient(step.leaver)];
        if step.is_forward(&["block_protocols"]) {
            facets.push(Facet::MailboxRights(step.leaver));
        }
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
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
        if step.is_forward(&["block_protocols"]) {
            return judge_protocols(facts, step, wanted || shared, findings);
        }
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

/// A protocol lets in everybody or nobody.
fn judge_protocols(facts: &Facts, step: &Subject<'_>, in_use: bool, findings: &mut Findings) {
    let hint = "block the account in Exchange instead (`exchange_account = \"block\"`), which shuts out the leaver alone";
    if in_use {
        findings.block(
            "mailbox_in_use",
            "the mailbox stays in use, and blocked protocols shut out everybody who uses it",
            hint,
        );
    }
    match look(facts.leaver.mailbox_rights.as_ref()) {
        Look::There(rights) => {
            for right in rights.iter().filter(|right| right.full_access && !right.deny && !right.inherited) {
                findings.block(
                    format!("used_by:{}", right.user),
                    format!("{} has full access to the mailbox, and would be shut out too", right.user),
                    hint,
                );
            }
        }
        Look::Nothing => {}
        Look::Unknown(failure) => unknown(step, &Facet::MailboxRights(step.leaver), &failure, findings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::Trial;
    use crate::model::mailbox::MailboxRight;

    #[test]
    fn protocols_stay_where_somebody_else_uses_the_mailbox() {
        let block = || Trial::of("block_protocols");
        assert!(block().judge(&DelegatesBehindABlock).is_empty());
        assert_eq!(block().shared().judge(&DelegatesBehindABlock), ["block mailbox_in_use"]);
        let forward = block().wanting(|intent| intent.mail = MailDisposition::Forward);
        assert_eq!(forward.judge(&DelegatesBehindABlock), ["block mailbox_in_use"]);
        let right = |deny: bool| {
            block().with(|facts| {
                let user = "blake@contoso.com".to_owned();
                let right = MailboxRight { user, full_access: true, deny, inherited: false };
                facts.leaver.mailbox_rights.known_mut().unwrap().push(right);
            })
        };
        assert_eq!(right(false).judge(&DelegatesBehindABlock), ["block used_by:blake@contoso.com"]);
        assert!(right(true).judge(&DelegatesBehindABlock).is_empty());
        assert_eq!(
            block().blank(Facet::MailboxRights).judge(&DelegatesBehindABlock),
            ["block unknown:the rights on the mailbox"]
        );
    }

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
