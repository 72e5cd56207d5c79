//! G1: an account that forwards mail is not deleted (R30, R33, R66, R101). Graph itself would delete it.

use super::support::{Look, look, seen_mailbox, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::mailbox::InboxRule;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses to delete the account behind a forwarding. It is never cleared silently: stopping it is a step of its own.
#[derive(Debug)]
pub struct ForwardingAnchored;

impl Guard for ForwardingAnchored {
    fn code(&self) -> &'static str {
        "G1"
    }

    fn requirement(&self) -> &'static str {
        "R30"
    }

    fn title(&self) -> &'static str {
        "An account that forwards mail is not deleted"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["delete_user"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Recipient(step.leaver), Facet::InboxRules(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let Some(mailbox) = seen_mailbox(facts, step, findings) else { return };
        for target in mailbox.forwarding_address.iter().chain(&mailbox.forwarding_smtp_address) {
            findings.block(
                target.clone(),
                format!("the mailbox forwards to {target}, and the forwarding ends with the account"),
                "keep the account as long as mail is to be forwarded, or stop forwarding first as a step of its own",
            );
        }
        match look(facts.leaver.inbox_rules.as_ref()) {
            Look::There(rules) => {
                for rule in rules.iter().filter(|rule| rule.enabled && rule.carries_away()) {
                    dies_with_the_mailbox(rule, findings);
                }
            }
            Look::Nothing => {}
            Look::Unknown(failure) => unknown_warns(&Facet::InboxRules(step.leaver), &failure, findings),
        }
    }
}

fn dies_with_the_mailbox(rule: &InboxRule, findings: &mut Findings) {
    findings.warn(
        rule.identity.clone(),
        format!(
            "the rule `{}` sends mail to {}; it ends with the mailbox",
            rule.name,
            rule.sends_to.join(", ")
        ),
        "whoever relies on that mail is to be told",
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::Trial;

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&ForwardingAnchored)
    }

    #[test]
    fn forwarding_of_either_kind_keeps_the_account() {
        let forwarding = |internal: bool| {
            Trial::of("delete_user").mailbox(|mailbox| {
                let target = Some("smtp:sales@contoso.com".to_owned());
                if internal {
                    mailbox.forwarding_address = target;
                } else {
                    mailbox.forwarding_smtp_address = target;
                }
            })
        };
        assert_eq!(keys(&forwarding(true)), ["block smtp:sales@contoso.com"]);
        assert_eq!(keys(&forwarding(false)), ["block smtp:sales@contoso.com"]);
        assert_eq!(keys(&forwarding(false).shared()), ["block smtp:sales@contoso.com"]);
        assert!(keys(&Trial::of("delete_user")).is_empty());
    }

    #[test]
    fn a_rule_that_carries_mail_away_is_only_said() {
        let with = |enabled: bool, sends_to: &[&str]| {
            let rule = InboxRule {
                identity: "7".to_owned(),
                name: "to sales".to_owned(),
                enabled,
                hidden: false,
                sends_to: sends_to.iter().map(|to| (*to).to_owned()).collect(),
            };
            Trial::of("delete_user").with(|facts| facts.leaver.inbox_rules = Fact::Known(vec![rule]))
        };
        assert_eq!(keys(&with(true, &["sales@contoso.com"])), ["warn 7"]);
        assert!(keys(&with(false, &["sales@contoso.com"])).is_empty());
        assert!(keys(&with(true, &[])).is_empty());
    }

    #[test]
    fn a_mailbox_that_cannot_be_read_may_forward() {
        let unread = Trial::of("delete_user").blank(Facet::Recipient);
        assert_eq!(keys(&unread), ["block unknown:the mailbox"]);
        let none = Trial::of("delete_user").with(|facts| facts.leaver.recipient = Fact::Absent);
        assert!(keys(&none).is_empty());
        let rules = Trial::of("delete_user").blank(Facet::InboxRules);
        assert_eq!(keys(&rules), ["warn unknown:the inbox rules"]);
    }
}
