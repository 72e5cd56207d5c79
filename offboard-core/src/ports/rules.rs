//! Inbox rules.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::mailbox::InboxRule;

/// Reads inbox rules and switches them on and off. Deleting one would destroy evidence, so nobody can.
#[async_trait]
pub trait Rules: Debug + Send + Sync {
    /// Every rule, hidden ones too; nothing without a mailbox.
    async fn inbox_rules(&self, call: &Call, id: UserId) -> Answer<Option<Vec<InboxRule>>>;

    /// Enables or disables the rule with this identity.
    async fn set_enabled(&self, call: &Call, id: UserId, rule: &InboxRule, enabled: bool) -> Answer<Receipt>;
}
