//! Rights on mailboxes.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::mailbox::MailboxRight;

/// Reads and changes who may open a mailbox (CONTRACT C10).
#[async_trait]
pub trait Delegates: Debug + Send + Sync {
    /// Every right on the mailbox; nothing without a mailbox.
    async fn rights(&self, call: &Call, mailbox_of: UserId) -> Answer<Option<Vec<MailboxRight>>>;

    /// Gives `to` full access. With `auto_mapping` Outlook opens the mailbox by itself.
    async fn grant_full_access(
        &self,
        call: &Call,
        mailbox_of: UserId,
        to: UserId,
        auto_mapping: bool,
    ) -> Answer<Receipt>;

    /// Takes full access from `from`.
    async fn remove_full_access(&self, call: &Call, mailbox_of: UserId, from: UserId) -> Answer<Receipt>;
}
