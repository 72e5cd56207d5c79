//! Stop forwarding that the leaver set up (N5, E14): the mailbox's own, and rules that forward or redirect, hidden
//! ones too. Rules are disabled and never deleted: they are evidence.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::{Failure, Kind};
use crate::id::{ObjectKey, UserId};
use crate::model::mailbox::InboxRule;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::ports::ForwardingState;

/// Clears forwarding and disables every rule that carries mail away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopForwarding {
    /// Who is leaving.
    pub user: UserId,
}

/// Every way in which the mailbox carries mail away by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaks {
    /// The mailbox's own forwarding.
    pub forwarding: ForwardingState,
    /// Rules that forward or redirect, enabled or not, by their identity.
    pub rules: Vec<InboxRule>,
}

impl Leaks {
    fn forwards(&self) -> bool {
        self.forwarding.forwarding_address.is_some() || self.forwarding.forwarding_smtp_address.is_some()
    }

    fn rule(&self, identity: &str) -> Option<&InboxRule> {
        self.rules.iter().find(|rule| rule.identity == identity)
    }
}

impl StopForwarding {
    fn set_rules(&self, facts: &mut Facts, enabled: impl Fn(&InboxRule) -> bool) {
        if let Some(rules) = facts.person_mut(self.user).inbox_rules.known_mut() {
            for rule in rules.iter_mut().filter(|rule| rule.carries_away()) {
                rule.enabled = enabled(rule);
            }
        }
    }
}

#[async_trait]
impl Operation for StopForwarding {
    type State = Leaks;

    fn spec() -> Spec {
        Spec {
            name: "stop_forwarding",
            version: 1,
            title: "Stop forwarding and forwarding rules",
            phase: Phase::LockOut,
            door: Door::Exchange,
            class: Class::Containment,
            after: &[],
            before: &[],
            reversal: Reversal::Partial {
                why:
                    "disabling a rule can drop the part of it that only Outlook on the person's computer knew"
                        .to_owned(),
            },
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
        vec![Facet::Recipient(self.user), Facet::InboxRules(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        let mut commands = vec![format!(
            "Set-Mailbox -Identity {} -ForwardingAddress $null -ForwardingSmtpAddress $null",
            self.user
        )];
        match of(facts, self.user, |person| person.inbox_rules.clone()) {
            Fact::Known(rules) => {
                commands.extend(rules.iter().filter(|rule| rule.carries_away() && rule.enabled).map(
                    |rule| {
                        format!(
                            "Disable-InboxRule -Mailbox {} -Identity {} -Confirm:$false",
                            self.user, rule.identity
                        )
                    },
                ));
            }
            _ => commands.push(format!(
                "Get-InboxRule -Mailbox {} -IncludeHidden; disable each rule that forwards or redirects",
                self.user
            )),
        }
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "Exchange Administrator".to_owned(),
            why: why.to_owned(),
            commands,
            shown_by: "the mailbox forwards nothing and no enabled rule forwards or redirects".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<Leaks> {
        let forwarding = of(facts, self.user, |person| person.mailbox().map(ForwardingState::of));
        no_mailbox(forwarding.and_then(|forwarding| {
            of(facts, self.user, |person| person.inbox_rules.clone()).map(|mut rules| {
                rules.retain(InboxRule::carries_away);
                rules.sort();
                Leaks { forwarding, rules }
            })
        }))
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(mailbox) = facts.person_mut(self.user).mailbox_mut()
            && mailbox.forwards()
        {
            ForwardingState::default().set_on(mailbox);
        }
        self.set_rules(facts, |_| false);
    }

    fn put_back(&self, facts: &mut Facts, before: &Leaks) {
        if let Some(mailbox) = facts.person_mut(self.user).mailbox_mut() {
            before.forwarding.set_on(mailbox);
        }
        self.set_rules(facts, |rule| before.rule(&rule.identity).is_some_and(|before| before.enabled));
    }

    fn reached(&self, seen: &Seen<Leaks>) -> Reached {
        Reached::when(
            seen.now.is().is_some_and(|now| !now.forwards() && now.rules.iter().all(|rule| !rule.enabled)),
        )
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<Leaks>) -> Result<(), Failure> {
        let (mailboxes, rules) = (&cx.providers.mailboxes, &cx.providers.rules);
        // What could not be read is cleared all the same: clearing forwarding that is not there harms nobody.
        let mut failures: Vec<Failure> = Vec::new();
        if before.is().is_none_or(Leaks::forwards) {
            match mailboxes.set_forwarding(&cx.call, self.user, &ForwardingState::default()).await {
                Ok(receipt) => cx.receipt(receipt),
                Err(error) => failures.push(error.into()),
            }
        }
        // Everything is tried: one stubborn rule must not leave the others running. What could not be read is looked
        // at again.
        if before.is().is_none() {
            failures.push(Failure::new(Kind::Unavailable, "the inbox rules could not be read"));
        }
        for rule in before.is().into_iter().flat_map(|leaks| &leaks.rules).filter(|rule| rule.enabled) {
            match rules.set_enabled(&cx.call, self.user, rule, false).await {
                Ok(receipt) => cx.receipt(receipt),
                Err(error) => failures.push(error.into()),
            }
        }
        // A lost answer is the one to tell: nobody may take the whole for refused.
        failures.sort_by_key(|failure| failure.kind != Kind::Indeterminate);
        failures.into_iter().next().map_or(Ok(()), Err)
    }

    async fn undo(&self, cx: &Context<'_>, before: &Leaks, now: &Leaks) -> Result<(), Failure> {
        if before.forwarding != now.forwarding {
            cx.receipt(cx.providers.mailboxes.set_forwarding(&cx.call, self.user, &before.forwarding).await?);
        }
        for rule in &before.rules {
            if let Some(current) = now.rule(&rule.identity)
                && current.enabled != rule.enabled
            {
                cx.receipt(cx.providers.rules.set_enabled(&cx.call, self.user, rule, rule.enabled).await?);
            }
        }
        Ok(())
    }

    fn restored(&self, before: &Leaks, now: &Leaks) -> bool {
        before.forwarding == now.forwarding
            && before
                .rules
                .iter()
                .all(|rule| now.rule(&rule.identity).is_some_and(|now| now.enabled == rule.enabled))
    }
}
