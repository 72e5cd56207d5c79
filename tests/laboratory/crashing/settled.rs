//! An operation that may not be repeated unread, in a catalog of the tests: each time it is sent it would post one more
//! notice. It stands on the port of automatic replies, where it can be seen and counted.

use std::sync::Arc;

use async_trait::async_trait;
use offboard::core::facts::{Facet, Facts};
use offboard::core::id::ObjectKey;
use offboard::core::model::mailbox::AutomaticReplies;
use offboard::core::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Seen, Spec,
};
use offboard::core::time::Period;
use offboard::{Catalog, Failure, Kind, Policy, UserId};
use offboard_sim::{Exchanged, Tenant};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Stands in every notice, and nowhere else.
pub const NOTICE: &str = "Notice 4711";

/// Posts a notice.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PostNotice {
    /// Who is leaving.
    pub user: UserId,
}

/// What the service keeps and the notices in it.
fn posted(now: &AutomaticReplies) -> usize {
    now.internal_message.matches(NOTICE).count()
}

#[async_trait]
impl Operation for PostNotice {
    type State = AutomaticReplies;

    fn spec() -> Spec {
        Spec {
            name: "post_notice",
            version: 1,
            title: "Post a notice",
            phase: Phase::Mail,
            door: Door::Graph,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Settle,
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
            commands: vec![format!("Set-MailboxAutoReplyConfiguration -Identity {}", self.user)],
            shown_by: "the notice is there".to_owned(),
            deadline: None,
        }
    }

    fn state(&self, facts: &Facts) -> Judged<AutomaticReplies> {
        let replies =
            facts.person(self.user).map(|person| person.automatic_replies.clone()).unwrap_or_default();
        Judged::from_fact(replies, "there is no mailbox")
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(replies) = facts.person_mut(self.user).automatic_replies.known_mut() {
            replies.internal_message.push_str(NOTICE);
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &AutomaticReplies) {
        if let Some(replies) = facts.person_mut(self.user).automatic_replies.known_mut() {
            replies.clone_from(before);
        }
    }

    fn reached(&self, seen: &Seen<AutomaticReplies>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| posted(now) == 1))
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<AutomaticReplies>) -> Result<(), Failure> {
        let before = before.is().ok_or_else(|| Failure::new(Kind::Refused, "what is there is not known"))?;
        let mut wanted = before.clone();
        wanted.internal_message.push_str(NOTICE);
        cx.receipt(cx.providers.replies.set_automatic_replies(&cx.call, self.user, &wanted).await?);
        Ok(())
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &AutomaticReplies,
        _: &AutomaticReplies,
    ) -> Result<(), Failure> {
        cx.receipt(cx.providers.replies.set_automatic_replies(&cx.call, self.user, before).await?);
        Ok(())
    }
}

/// The built-in operations and this one.
pub fn catalog() -> Catalog {
    Catalog::builtin().with::<PostNotice>()
}

/// Block sign-in, and post a notice.
pub fn policy() -> Policy {
    let text = r#"
policy = "offboard.policy/1"
name = "notice"
applies_to = "member"
[access]
sign_in = "block"
password = "keep"
sessions = "keep"
exchange_account = "keep"
forwarding = "keep"
protocols = "keep"
methods = "keep"
[mail]
disposition = "keep"
[files]
disposition = "keep"
[licenses]
disposition = "keep"
[account]
disposition = "keep"
[groups]
disposition = "keep"
[voice]
numbers = "keep"
[[step]]
operation = "post_notice"
params = { user = "$leaver" }
"#;
    Policy::parse(text.as_bytes(), "notice.toml", &catalog()).unwrap()
}

/// Every time the notice was sent, whether or not it arrived.
pub fn sent(tenant: &Tenant) -> Vec<Arc<Exchanged>> {
    let has_it =
        |row: &Arc<Exchanged>| row.body.windows(NOTICE.len()).any(|window| window == NOTICE.as_bytes());
    tenant.recorder().mutating().into_iter().filter(has_it).collect()
}

/// How many notices there are in truth.
pub fn notices(tenant: &Tenant, upn: &str) -> usize {
    tenant.world(|world| {
        let owner = world.user_by_upn(upn).unwrap().id;
        world.mailbox_of(&owner).unwrap().auto_reply.internal_message.matches(NOTICE).count()
    })
}
