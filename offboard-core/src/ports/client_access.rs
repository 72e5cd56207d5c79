//! Ways into a mailbox.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::client_access::{ClientAccess, Protocols};

/// Reads and changes by which protocols a mailbox is reached (CONTRACT C6).
#[async_trait]
pub trait ClientAccessPort: Debug + Send + Sync {
    /// What is set now; nothing without a mailbox.
    async fn client_access(&self, call: &Call, id: UserId) -> Answer<Option<ClientAccess>>;

    /// Sets all protocols at once.
    async fn set_protocols(&self, call: &Call, id: UserId, protocols: &Protocols) -> Answer<Receipt>;
}
