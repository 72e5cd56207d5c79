//! Convert the mailbox to a shared one (R26 to R28, N3, N4, G6, G53).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{
    DIRECTORY_GIVE_UP, EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of, sync_has_passed,
};
use crate::facts::{Facet, Fact, Facts, Person};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::mailbox::Mailbox;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::time::Timestamp;

/// Makes a person's mailbox a shared one. The account keeps it alive and must stay (G2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertToShared {
    /// Who is leaving.
    pub user: UserId,
}

/// What kind of mailbox it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxKind {
    /// `RecipientTypeDetails`.
    pub recipient_type_details: String,
    /// On-premises Exchange is the master of the type, and its next sync may turn the mailbox back.
    pub synced: bool,
    /// `onPremisesLastSyncDateTime`.
    pub on_premises_last_sync_date_time: Option<Timestamp>,
}

impl MailboxKind {
    fn is_shared(&self) -> bool {
        self.recipient_type_details == Mailbox::SHARED
    }
}

#[async_trait]
impl Operation for ConvertToShared {
    type State = MailboxKind;

    fn spec() -> Spec {
        Spec {
            name: "convert_to_shared",
            version: 1,
            title: "Convert the mailbox to shared",
            phase: Phase::Mail,
            door: Door::Exchange,
            class: Class::Destructive,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: EXCHANGE_LATENCY,
            give_up: DIRECTORY_GIVE_UP,
            clock_fields: &["on_premises_last_sync_date_time"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::User(self.user), Facet::SyncBehavior(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "Exchange Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![format!("Set-Mailbox -Identity {} -Type Shared", self.user)],
            shown_by: "RecipientTypeDetails is SharedMailbox".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<MailboxKind> {
        let mailbox = of(facts, self.user, |person| {
            person
                .mailbox()
                .map(|mailbox| (mailbox.recipient_type_details.clone(), mailbox.is_exchange_cloud_managed))
        });
        no_mailbox(mailbox.and_then(|(recipient_type_details, cloud_managed)| {
            let last_sync = of(facts, self.user, |person| person.user.clone());
            let master = of(facts, self.user, Person::ad_is_master);
            match (master, last_sync) {
                (Fact::Known(master), Fact::Known(user)) => Fact::Known(MailboxKind {
                    recipient_type_details,
                    synced: master && !cloud_managed,
                    on_premises_last_sync_date_time: user.on_premises_last_sync_date_time,
                }),
                (_, user) => user.and_then(|_| Fact::default()),
            }
        }))
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(mailbox) = facts.person_mut(self.user).mailbox_mut() {
            Mailbox::SHARED.clone_into(&mut mailbox.recipient_type_details);
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &MailboxKind) {
        if let Some(mailbox) = facts.person_mut(self.user).mailbox_mut() {
            mailbox.recipient_type_details.clone_from(&before.recipient_type_details);
        }
    }

    fn reached(&self, seen: &Seen<MailboxKind>) -> Reached {
        let seen_so = |now: &MailboxKind| now.is_shared() && self.lasts(now, seen.applied_at);
        Reached::when(seen.now.is().is_some_and(seen_so))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<MailboxKind>) -> Result<(), Failure> {
        cx.receipt(cx.providers.mailboxes.set_shared(&cx.call, self.user, true).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &MailboxKind, _now: &MailboxKind) -> Result<(), Failure> {
        cx.receipt(cx.providers.mailboxes.set_shared(&cx.call, self.user, before.is_shared()).await?);
        Ok(())
    }

    fn restored(&self, before: &MailboxKind, now: &MailboxKind) -> bool {
        before.recipient_type_details == now.recipient_type_details
    }

    fn lasts(&self, now: &MailboxKind, applied_at: Option<Timestamp>) -> bool {
        sync_has_passed(now.synced, now.on_premises_last_sync_date_time, applied_at)
    }
}
