//! Block the account in Exchange (R80): within thirty minutes no protocol lets it in, whatever Entra's tokens say.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Sets `AccountDisabled` on the mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockExchangeAccount {
    /// Who is leaving.
    pub user: UserId,
}

/// Whether Exchange lets the account in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExchangeAccount {
    /// `AccountDisabled`.
    pub account_disabled: bool,
}

#[async_trait]
impl Operation for BlockExchangeAccount {
    type State = ExchangeAccount;

    fn spec() -> Spec {
        Spec {
            name: "block_exchange_account",
            version: 1,
            title: "Block the account in Exchange",
            phase: Phase::LockOut,
            door: Door::Exchange,
            class: Class::Containment,
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
        Self { user: EXAMPLE_USER }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user)]
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
            commands: vec![format!("Set-Mailbox -Identity {} -AccountDisabled:$true", self.user)],
            shown_by: "AccountDisabled is true".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<ExchangeAccount> {
        no_mailbox(of(facts, self.user, |person| {
            person.mailbox().map(|mailbox| ExchangeAccount { account_disabled: mailbox.account_disabled })
        }))
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(mailbox) = facts.person_mut(self.user).mailbox_mut() {
            mailbox.account_disabled = true;
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &ExchangeAccount) {
        if let Some(mailbox) = facts.person_mut(self.user).mailbox_mut() {
            mailbox.account_disabled = before.account_disabled;
        }
    }

    fn reached(&self, seen: &Seen<ExchangeAccount>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.account_disabled))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<ExchangeAccount>) -> Result<(), Failure> {
        cx.receipt(cx.providers.mailboxes.set_account_disabled(&cx.call, self.user, true).await?);
        Ok(())
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &ExchangeAccount,
        _now: &ExchangeAccount,
    ) -> Result<(), Failure> {
        cx.receipt(
            cx.providers.mailboxes.set_account_disabled(&cx.call, self.user, before.account_disabled).await?,
        );
        Ok(())
    }
}
