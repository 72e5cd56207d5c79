//! Give a successor full access to the mailbox (R95, G16, E17).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::mailbox::MailboxRight;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Gives one person full access. Its end is a step of its own, planned with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantFullAccess {
    /// Who is leaving.
    pub user: UserId,
    /// Who gets access.
    pub to: UserId,
    /// Outlook opens the mailbox by itself.
    pub auto_mapping: bool,
}

/// Whether one person has full access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullAccess {
    /// `AccessRights` has `FullAccess`, given on this mailbox and not denied.
    pub full_access: bool,
}

/// Whether `who` has full access to the mailbox of `user`.
pub(super) fn full_access(facts: &Facts, user: UserId, who: UserId) -> Judged<FullAccess> {
    let person = of(facts, who, |person| person.user.clone());
    no_mailbox(of(facts, user, |person| person.mailbox_rights.clone()).and_then(|rights| {
        person.map(|person| FullAccess {
            full_access: rights.iter().any(|right| {
                right.full_access && !right.deny && !right.inherited && person.is_called(&right.user)
            }),
        })
    }))
}

/// Changes the facts to whether `who` has full access.
pub(super) fn set_full_access(facts: &mut Facts, user: UserId, who: UserId, full_access: bool) {
    let Some(person) = facts.person(who).and_then(|person| person.user.known().cloned()) else { return };
    let Some(rights) = facts.person_mut(user).mailbox_rights.known_mut() else { return };
    rights.retain(|right| {
        right.inherited || right.deny || !right.full_access || !person.is_called(&right.user)
    });
    if full_access {
        let user = person.user_principal_name;
        rights.push(MailboxRight { user, full_access: true, deny: false, inherited: false });
        rights.sort();
    }
}

#[async_trait]
impl Operation for GrantFullAccess {
    type State = FullAccess;

    fn spec() -> Spec {
        Spec {
            name: "grant_full_access",
            version: 1,
            title: "Give full access to the mailbox",
            phase: Phase::Mail,
            door: Door::Exchange,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: EXCHANGE_LATENCY,
            give_up: Spec::patience(EXCHANGE_LATENCY),
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, to: EXAMPLE_SUCCESSOR, auto_mapping: true }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::MailboxRights(self.user), Facet::User(self.to)]
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
                "Add-MailboxPermission -Identity {} -User {} -AccessRights FullAccess -AutoMapping ${}",
                self.user, self.to, self.auto_mapping
            )],
            shown_by: "Get-MailboxPermission lists the successor with FullAccess".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<FullAccess> {
        full_access(facts, self.user, self.to)
    }

    fn effect(&self, facts: &mut Facts) {
        set_full_access(facts, self.user, self.to, true);
    }

    fn put_back(&self, facts: &mut Facts, before: &FullAccess) {
        set_full_access(facts, self.user, self.to, before.full_access);
    }

    fn reached(&self, seen: &Seen<FullAccess>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.full_access))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<FullAccess>) -> Result<(), Failure> {
        let delegates = &cx.providers.delegates;
        cx.receipt(delegates.grant_full_access(&cx.call, self.user, self.to, self.auto_mapping).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &FullAccess, _now: &FullAccess) -> Result<(), Failure> {
        if !before.full_access {
            cx.receipt(cx.providers.delegates.remove_full_access(&cx.call, self.user, self.to).await?);
        }
        Ok(())
    }
}
