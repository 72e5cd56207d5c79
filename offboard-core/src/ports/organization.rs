//! Settings of the organisation. They are read and never changed.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call};
use crate::model::organization::{AuthenticationType, OrganizationConfig};

/// Reads settings of the organisation.
#[async_trait]
pub trait Organization: Debug + Send + Sync {
    /// How the people of a domain sign in; nothing for a domain that is not the organisation's.
    async fn domain(&self, call: &Call, name: &str) -> Answer<Option<AuthenticationType>>;

    /// Days a deleted person's OneDrive is kept.
    async fn one_drive_retention_days(&self, call: &Call) -> Answer<Option<u32>>;

    /// Exchange's settings.
    async fn organization_config(&self, call: &Call) -> Answer<Option<OrganizationConfig>>;
}
