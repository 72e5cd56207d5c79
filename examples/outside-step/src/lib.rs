//! A step from outside the workspace: whatever automatic replies there are, nobody outside the organisation gets one.
//!
//! It stands on a facet and a port that offboard has already. See `docs/adding-a-step.md`.

use async_trait::async_trait;
use offboard::core::facts::{Facet, Facts};
use offboard::core::id::ObjectKey;
use offboard::core::model::mailbox::{AutomaticReplies, ExternalAudience};
use offboard::core::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal, Seen, Spec,
};
use offboard::{Failure, Kind, Period, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sets the external audience of automatic replies to nobody, and leaves their texts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InternalRepliesOnly {
    /// Who is leaving.
    pub user: UserId,
}

impl InternalRepliesOnly {
    fn wanted(now: &AutomaticReplies) -> AutomaticReplies {
        AutomaticReplies { external_audience: ExternalAudience::None, ..now.clone() }
    }
}

#[async_trait]
impl Operation for InternalRepliesOnly {
    type State = AutomaticReplies;

    fn spec() -> Spec {
        Spec {
            name: "internal_replies_only",
            version: 1,
            title: "Keep automatic replies inside",
            phase: Phase::Mail,
            door: Door::Graph,
            class: Class::Ordinary,
            after: &["set_automatic_replies"],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: Period::minutes(15),
            give_up: Spec::patience(Period::minutes(15)),
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        Self { user: UserId::from_u128(1) }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::AutomaticReplies(self.user)]
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
            commands: vec![format!("Set-MailboxAutoReplyConfiguration -Identity {} -ExternalAudience None", self.user)],
            shown_by: "ExternalAudience is None".to_owned(),
            deadline: None,
        }
    }

    fn state(&self, facts: &Facts) -> Judged<AutomaticReplies> {
        let replies = facts.person(self.user).map(|person| person.automatic_replies.clone()).unwrap_or_default();
        Judged::from_fact(replies, "there is no mailbox")
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(replies) = facts.person_mut(self.user).automatic_replies.known_mut() {
            *replies = Self::wanted(replies);
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &AutomaticReplies) {
        if let Some(replies) = facts.person_mut(self.user).automatic_replies.known_mut() {
            replies.clone_from(before);
        }
    }

    fn reached(&self, seen: &Seen<AutomaticReplies>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.external_audience == ExternalAudience::None))
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<AutomaticReplies>) -> Result<(), Failure> {
        let before = before.is().ok_or_else(|| Failure::new(Kind::Refused, "what the replies say is not known"))?;
        let wanted = Self::wanted(before);
        cx.receipt(cx.providers.replies.set_automatic_replies(&cx.call, self.user, &wanted).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &AutomaticReplies, _: &AutomaticReplies) -> Result<(), Failure> {
        cx.receipt(cx.providers.replies.set_automatic_replies(&cx.call, self.user, before).await?);
        Ok(())
    }
}
