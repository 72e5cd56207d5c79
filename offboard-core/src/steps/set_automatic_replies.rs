//! Automatic replies, with different texts for people inside and outside (R96, C7, E21).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Turns automatic replies on. Their end is a step of its own, planned with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAutomaticReplies {
    /// Who is leaving.
    pub user: UserId,
    /// The text for people inside the organisation.
    pub internal: String,
    /// The text for people outside.
    pub external: String,
    /// Who outside gets it.
    pub audience: ExternalAudience,
}

/// The words of a reply, without the markup that the service wraps around them.
pub(super) fn words(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => {
                in_tag = true;
                text.push(' ');
            }
            '>' if in_tag => in_tag = false,
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn replies(facts: &Facts, user: UserId) -> Judged<AutomaticReplies> {
    no_mailbox(of(facts, user, |person| person.automatic_replies.clone()))
}

pub(super) async fn put(cx: &Context<'_>, user: UserId, wanted: &AutomaticReplies) -> Result<(), Failure> {
    cx.receipt(cx.providers.replies.set_automatic_replies(&cx.call, user, wanted).await?);
    Ok(())
}

/// The same settings, words compared and not their markup.
pub(super) fn same(a: &AutomaticReplies, b: &AutomaticReplies) -> bool {
    let schedule =
        |r: &AutomaticReplies| (r.state == AutoReplyState::Scheduled).then_some((r.start_time, r.end_time));
    a.state == b.state
        && a.external_audience == b.external_audience
        && words(&a.internal_message) == words(&b.internal_message)
        && words(&a.external_message) == words(&b.external_message)
        && schedule(a) == schedule(b)
}

impl SetAutomaticReplies {
    fn wanted(&self) -> AutomaticReplies {
        AutomaticReplies {
            state: AutoReplyState::Enabled,
            internal_message: self.internal.clone(),
            external_message: self.external.clone(),
            external_audience: self.audience,
            start_time: None,
            end_time: None,
        }
    }
}

#[async_trait]
impl Operation for SetAutomaticReplies {
    type State = AutomaticReplies;

    fn spec() -> Spec {
        Spec {
            name: "set_automatic_replies",
            version: 1,
            title: "Set automatic replies",
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
        Self {
            user: EXAMPLE_USER,
            internal: "I have left Contoso. My manager reads this mailbox.".to_owned(),
            external: "Thank you for your message. This mailbox is read by a colleague.".to_owned(),
            audience: ExternalAudience::All,
        }
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
        let quoted = |text: &str| text.replace('\'', "''");
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "Exchange Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                "Set-MailboxAutoReplyConfiguration -Identity {} -AutoReplyState Enabled -InternalMessage '{}' \
                 -ExternalMessage '{}' -ExternalAudience {:?}",
                self.user,
                quoted(&self.internal),
                quoted(&self.external),
                self.audience
            )],
            shown_by: "AutoReplyState is Enabled with these texts".to_owned(),
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
        let wanted = self.wanted();
        if let Some(replies) = facts.person_mut(self.user).automatic_replies.known_mut() {
            *replies = wanted;
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &AutomaticReplies) {
        if let Some(replies) = facts.person_mut(self.user).automatic_replies.known_mut() {
            replies.clone_from(before);
        }
    }

    fn reached(&self, seen: &Seen<AutomaticReplies>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| same(now, &self.wanted())))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<AutomaticReplies>) -> Result<(), Failure> {
        put(cx, self.user, &self.wanted()).await
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

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn markup_of_the_service_is_not_a_difference() {
        assert_eq!(words("<html>\n<body>\nGone &amp; away\n</body>\n</html>\n"), words("Gone &amp; away"));
        assert_ne!(words("<p>Gone</p>"), words("<p>Away</p>"));
        assert_eq!(words("1 &lt; 2 <b>and</b> 3"), "1 < 2 and 3");
    }
}
