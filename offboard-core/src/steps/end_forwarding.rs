//! End the forwarding to somebody, when its time is over.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route};
use super::set_forwarding::{Forwarding, forwarding, instructions, owned_elsewhere, put_back, set};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::operation::{
    Class, Context, Door, Findings, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat,
    Reversal, Route, Seen, Spec,
};
use crate::ports::ForwardingState;

/// Clears the forwarding if it goes to this one; what goes to somebody else is not this step's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndForwarding {
    /// Who is leaving.
    pub user: UserId,
    /// Who gets the mail no longer.
    pub to: UserId,
}

#[async_trait]
impl Operation for EndForwarding {
    type State = Forwarding;

    fn spec() -> Spec {
        Spec {
            name: "end_forwarding",
            version: 1,
            title: "End forwarding of new mail",
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
        Self { user: EXAMPLE_USER, to: EXAMPLE_SUCCESSOR }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::User(self.to), Facet::Recipient(self.to)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        let cloud = format!(
            "Set-Mailbox -Identity {} -ForwardingAddress $null -DeliverToMailboxAndForward:$false",
            self.user
        );
        let shown_by = "ForwardingAddress is empty";
        instructions(facts, self.user, why, (cloud, "-Clear altRecipient, deliverAndRedirect", shown_by))
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    /// `ForwardingSmtpAddress` is ignored beside the other one, and acts as soon as that is gone.
    fn check(&self, facts: &Facts, findings: &mut Findings) {
        if let Judged::Is(Forwarding { forwarding, to_them: true }) = self.state(facts)
            && let Some(waiting) = &forwarding.forwarding_smtp_address
        {
            findings.block(
                format!("waiting:{waiting}"),
                format!("when this ends, mail is forwarded to {waiting}, which is set beside it"),
                "clear ForwardingSmtpAddress first, or waive this if mail is to go there",
            );
        }
    }

    fn state(&self, facts: &Facts) -> Judged<Forwarding> {
        forwarding(facts, self.user, self.to)
    }

    fn effect(&self, facts: &mut Facts) {
        if let Judged::Is(state) = self.state(facts)
            && state.to_them
        {
            let smtp = state.forwarding.forwarding_smtp_address;
            set(
                facts,
                self.user,
                &ForwardingState { forwarding_smtp_address: smtp, ..ForwardingState::default() },
            );
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &Forwarding) {
        set(facts, self.user, &before.forwarding);
    }

    fn reached(&self, seen: &Seen<Forwarding>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| !now.to_them))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<Forwarding>) -> Result<(), Failure> {
        let answer = cx.providers.mailboxes.end_forwarding(&cx.call, self.user).await;
        cx.receipt(answer.map_err(owned_elsewhere)?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &Forwarding, _now: &Forwarding) -> Result<(), Failure> {
        put_back(cx, self.user, self.to, before).await
    }
}
