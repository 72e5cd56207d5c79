//! Automatic replies.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::mailbox::AutomaticReplies;

/// Reads and changes automatic replies (CONTRACT B12, C7).
#[async_trait]
pub trait Replies: Debug + Send + Sync {
    /// What is set now; nothing without a mailbox.
    async fn automatic_replies(&self, call: &Call, id: UserId) -> Answer<Option<AutomaticReplies>>;

    /// Sets all of it.
    async fn set_automatic_replies(
        &self,
        call: &Call,
        id: UserId,
        replies: &AutomaticReplies,
    ) -> Answer<Receipt>;
}
