//! Licenses.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::{SkuId, UserId};
use crate::model::license::{LicenseAssignment, Licenses, SubscribedSku};

/// Reads and changes license assignments (CONTRACT B7, B8).
#[async_trait]
pub trait LicensePort: Debug + Send + Sync {
    /// What somebody has been assigned, and which way; nothing if the person does not exist.
    async fn licenses(&self, call: &Call, id: UserId) -> Answer<Option<Licenses>>;

    /// What the organisation bought.
    async fn subscribed_skus(&self, call: &Call) -> Answer<Vec<SubscribedSku>>;

    /// Removes directly assigned products, all in one call because their plans depend on each other.
    async fn remove(&self, call: &Call, id: UserId, skus: &[SkuId]) -> Answer<Receipt>;

    /// Makes the service look at somebody's group-based licenses now. It says what keeps one that does not go.
    async fn reprocess(&self, call: &Call, id: UserId) -> Answer<Receipt>;

    /// Assigns products directly, each with the plans disabled in it.
    async fn assign(&self, call: &Call, id: UserId, assignments: &[LicenseAssignment]) -> Answer<Receipt>;
}
