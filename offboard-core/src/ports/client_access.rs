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

    /// Puts a device on the list of those that are not let in, or takes it off; the others on it stay.
    async fn set_device_blocked(
        &self,
        call: &Call,
        id: UserId,
        device_id: &str,
        blocked: bool,
    ) -> Answer<Receipt>;
}
