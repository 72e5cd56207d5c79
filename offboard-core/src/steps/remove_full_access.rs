//! Take full access to the mailbox back from a successor, when its time is over.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route};
use super::grant_full_access::{FullAccess, full_access, set_full_access};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Takes full access from one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveFullAccess {
    /// Who is leaving.
    pub user: UserId,
    /// Whose access ends.
    pub from: UserId,
}

#[async_trait]
impl Operation for RemoveFullAccess {
    type State = FullAccess;

    fn spec() -> Spec {
        Spec {
            name: "remove_full_access",
            version: 1,
            title: "End full access to the mailbox",
            phase: Phase::Mail,
            door: Door::Exchange,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Partial {
                why: "whether Outlook opened the mailbox by itself is not kept".to_owned(),
            },
            repeat: Repeat::Safe,
            latency: EXCHANGE_LATENCY,
            give_up: Spec::patience(EXCHANGE_LATENCY),
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, from: EXAMPLE_SUCCESSOR }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::MailboxRights(self.user), Facet::User(self.from)]
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
            commands: vec![format!(
                "Remove-MailboxPermission -Identity {} -User {} -AccessRights FullAccess -Confirm:$false",
                self.user, self.from
            )],
            shown_by: "Get-MailboxPermission does not list the successor".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<FullAccess> {
        full_access(facts, self.user, self.from)
    }

    fn effect(&self, facts: &mut Facts) {
        set_full_access(facts, self.user, self.from, false);
    }

    fn put_back(&self, facts: &mut Facts, before: &FullAccess) {
        set_full_access(facts, self.user, self.from, before.full_access);
    }

    fn reached(&self, seen: &Seen<FullAccess>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| !now.full_access))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<FullAccess>) -> Result<(), Failure> {
        cx.receipt(cx.providers.delegates.remove_full_access(&cx.call, self.user, self.from).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &FullAccess, _now: &FullAccess) -> Result<(), Failure> {
        if before.full_access {
            cx.receipt(cx.providers.delegates.grant_full_access(&cx.call, self.user, self.from, true).await?);
        }
        Ok(())
    }
}
