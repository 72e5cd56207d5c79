//! Stop automatic replies, when their time is over.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route};
use super::set_automatic_replies::{put, replies, same};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::mailbox::{AutoReplyState, AutomaticReplies};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Turns automatic replies off and leaves their texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopAutomaticReplies {
    /// Who is leaving.
    pub user: UserId,
}

#[async_trait]
impl Operation for StopAutomaticReplies {
    type State = AutomaticReplies;

    fn spec() -> Spec {
        Spec {
            name: "stop_automatic_replies",
            version: 1,
            title: "Stop automatic replies",
            phase: Phase::Mail,
            door: Door::Graph,
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
        Self { user: EXAMPLE_USER }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::AutomaticReplies(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::graph(&["MailboxSettings.ReadWrite"])]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "Exchange Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                "Set-MailboxAutoReplyConfiguration -Identity {} -AutoReplyState Disabled",
                self.user
            )],
            shown_by: "AutoReplyState is Disabled".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<AutomaticReplies> {
        replies(facts, self.user)
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(replies) = facts.person_mut(self.user).automatic_replies.known_mut() {
            replies.state = AutoReplyState::Disabled;
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &AutomaticReplies) {
        if let Some(replies) = facts.person_mut(self.user).automatic_replies.known_mut() {
            replies.clone_from(before);
        }
    }

    fn reached(&self, seen: &Seen<AutomaticReplies>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.state == AutoReplyState::Disabled))
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<AutomaticReplies>) -> Result<(), Failure> {
        let before = before.is().ok_or_else(|| super::common::needs_state("what the replies say now"))?;
        put(cx, self.user, &AutomaticReplies { state: AutoReplyState::Disabled, ..before.clone() }).await
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &AutomaticReplies,
        _now: &AutomaticReplies,
    ) -> Result<(), Failure> {
        put(cx, self.user, before).await
    }

    fn restored(&self, before: &AutomaticReplies, now: &AutomaticReplies) -> bool {
        same(before, now)
    }
}
