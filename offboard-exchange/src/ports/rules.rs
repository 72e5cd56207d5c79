//! Inbox rules.

use async_trait::async_trait;
use offboard_core::failure::ProviderError;
use offboard_core::id::UserId;
use offboard_core::model::mailbox::InboxRule;
use offboard_core::ports::{Answer, Call, Receipt, Rules};

use crate::cmdlet::{RuleIdentity, inbox_rule};
use crate::exchange::Exchange;
use crate::row::Row;

#[async_trait]
impl Rules for Exchange {
    /// No property says that a rule is hidden: it is one that is listed only when hidden ones are asked for. So two
    /// lists are read, unless the longer one is empty.
    async fn inbox_rules(&self, call: &Call, id: UserId) -> Answer<Option<Vec<InboxRule>>> {
        let Some(mut rules) = self.read_all(call, inbox_rule::get(id, true), rule).await? else {
            return Ok(None);
        };
        if rules.is_empty() {
            return Ok(Some(rules));
        }
        let Some(visible) = self.read_all(call, inbox_rule::get(id, false), rule).await? else {
            return Ok(None);
        };
        for rule in &mut rules {
            rule.hidden = !visible.iter().any(|other| other.identity == rule.identity);
        }
        // A rule that was made between the two readings is a rule.
        for rule in visible {
            if rules.iter().all(|other| other.identity != rule.identity) {
                rules.push(rule);
            }
        }
        Ok(Some(rules))
    }

    async fn set_enabled(&self, call: &Call, id: UserId, rule: &InboxRule, enabled: bool) -> Answer<Receipt> {
        let cmdlet = inbox_rule::set_enabled(id, RuleIdentity::of(rule)?, enabled);
        self.write(call, cmdlet).await
    }
}

fn rule(row: &Row) -> Result<InboxRule, ProviderError> {
    let mut sends_to = Vec::new();
    for property in ["ForwardTo", "ForwardAsAttachmentTo", "RedirectTo"] {
        sends_to.extend(row.texts(property)?);
    }
    Ok(InboxRule {
        identity: row.count("RuleIdentity")?.to_string(),
        // A rule that a tool made may have no name.
        name: row.cleared_or_text("Name")?.unwrap_or_default().to_owned(),
        enabled: row.flag("Enabled")?,
        hidden: false,
        sends_to,
    })
}
