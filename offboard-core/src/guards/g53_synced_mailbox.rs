//! G53: directory sync can turn a shared mailbox back, and without a license it is then lost (R70, R86).

use super::removal::{self, Removal, removes};
use super::support::{Look, look, seen_mailbox, unknown};
use crate::facts::{Facet, Facts};
use crate::model::intent::{Intent, MailDisposition};
use crate::model::license::Brings;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses to take the license while on-premises Exchange may turn the mailbox back. That the task there was
/// acknowledged, and that a sync has passed since which left the mailbox shared, is an edge of the plan
/// ([`Need::Seen`](crate::plan::Need::Seen)); here it is judged what can be seen at the moment.
#[derive(Debug)]
pub struct SyncedMailbox;

impl Guard for SyncedMailbox {
    fn code(&self) -> &'static str {
        "G53"
    }

    fn requirement(&self) -> &'static str {
        "R86"
    }

    fn title(&self) -> &'static str {
        "A synced mailbox is shared on-premises too before its license goes"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let leaver = step.leaver;
        let mut facets = removal::reads(leaver);
        facets.extend([Facet::User(leaver), Facet::SyncBehavior(leaver), Facet::Recipient(leaver)]);
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
        let kept = matches!(
            intent.mail,
            MailDisposition::Shared | MailDisposition::SharedAndForward | MailDisposition::Forward
        );
        if !kept || !Removal::of(facts, step).takes(Brings::Mailbox) {
            return;
        }
        match look(facts.leaver.ad_is_master().as_ref()) {
            Look::There(true) => judge_mailbox(facts, step, findings),
            Look::There(false) | Look::Nothing => {}
            Look::Unknown(failure) => unknown(step, &Facet::User(step.leaver), &failure, findings),
        }
    }
}

fn judge_mailbox(facts: &Facts, step: &Subject<'_>, findings: &mut Findings) {
    let Some(mailbox) = seen_mailbox(facts, step, findings) else { return };
    if mailbox.is_exchange_cloud_managed {
        return;
    }
    let task = "have Set-RemoteMailbox -Type Shared done on-premises, wait for the next sync, and look again";
    if !mailbox.is_shared() {
        findings.block(
            "not_shared",
            format!(
                "the synced mailbox is {}: not converted yet, or turned back by directory sync",
                mailbox.recipient_type_details
            ),
            task,
        );
    }
    let user = facts.leaver.user.known();
    match user.and_then(|user| user.on_premises_last_sync_date_time) {
        None => findings.block(
            "last_sync",
            "when directory sync last wrote this account is not known, so nobody can say that a sync has passed",
            task,
        ),
        Some(at) => findings.warn(
            "sync_turns_it_back",
            format!(
                "on-premises Exchange is the master of the mailbox's type (last sync {at}); turned back and without \
                 a license it would be disconnected"
            ),
            "the step waits for the on-premises task; keep the account in the scope of directory sync as long as \
             the mailbox is wanted",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{E3, PLAN_1, Trial};

    fn synced() -> Trial {
        Trial::removing(&[E3]).synced().wanting(|intent| intent.mail = MailDisposition::Shared)
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&SyncedMailbox)
    }

    #[test]
    fn a_synced_mailbox_must_be_seen_shared_after_a_sync() {
        assert_eq!(keys(&synced()), ["block not_shared", "warn sync_turns_it_back"]);
        assert_eq!(keys(&synced().shared()), ["warn sync_turns_it_back"]);
        let never = synced().shared().with(|facts| {
            facts.leaver.user.known_mut().unwrap().on_premises_last_sync_date_time = None;
        });
        assert_eq!(keys(&never), ["block last_sync"]);
    }

    #[test]
    fn it_is_about_synced_mailboxes_that_stay_and_lose_their_license() {
        assert!(keys(&synced().wanting(|intent| intent.mail = MailDisposition::LetGo)).is_empty());
        assert!(keys(&synced().licensed(&[E3, PLAN_1])).is_empty());
        assert!(keys(&synced().mailbox(|m| m.is_exchange_cloud_managed = true)).is_empty());
        assert!(keys(&synced().with(|facts| facts.leaver.cloud_managed = Fact::Known(true))).is_empty());
        let cloud = Trial::removing(&[E3]).wanting(|intent| intent.mail = MailDisposition::Shared);
        assert!(keys(&cloud).is_empty());
    }

    #[test]
    fn what_cannot_be_read_stops_it() {
        assert_eq!(keys(&synced().blank(Facet::User)), ["block unknown:the directory object"]);
        assert_eq!(keys(&synced().blank(Facet::Recipient)), ["block unknown:the mailbox"]);
        assert_eq!(keys(&synced().blank(Facet::SyncBehavior)).len(), 2, "counts as Active Directory's");
    }
}
