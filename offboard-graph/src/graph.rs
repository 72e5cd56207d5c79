//! The adapter as its users see it.

use std::fmt;
use std::sync::Arc;

use offboard_core::id::TenantId;
use offboard_core::model::cloud::{ClosedCloud, Cloud};
use offboard_http::client::{Client, Settings, Wire};
use offboard_http::origin::OriginError;
use offboard_http::token::Audience;
use url::Url;

use crate::PROVIDER;
use crate::door::Door;

/// Microsoft Graph of one tenant. Clones share everything.
///
/// # One batch
/// Readings that are asked for at the same time leave as one `POST /$batch`, at most 20 of them; so do writes that
/// may be repeated. They share a batch only with calls of the same pool, urgency and freshness, so that a throttled
/// mailbox never holds up a lock-out. A single call travels alone. Each part is judged by itself: a part that was
/// throttled or met a fault is sent again alone; a part without exactly one answer is unknown.
#[derive(Clone)]
pub struct Graph(pub(crate) Arc<Door>);

/// Why there is no door to a cloud or tenant.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// The cloud was closed (G49).
    #[error(transparent)]
    Closed(#[from] ClosedCloud),
    /// The address of Graph cannot be used.
    #[error("`{0}` is not an address of Microsoft Graph: {1}")]
    Address(String, #[source] OriginError),
    /// The tenant is not named by its id.
    #[error("`{0}` is not a tenant id: set the directory (tenant) id that the admin center shows")]
    Tenant(String),
}

impl Graph {
    /// The Graph of `cloud`, for the tenant of `wire`.
    pub fn new(cloud: &Cloud, wire: Wire) -> Result<Self, Unusable> {
        Self::with_settings(cloud, wire, Settings::default())
    }

    /// With other settings than the usual ones. Urgency is always told to the service.
    pub fn with_settings(cloud: &Cloud, wire: Wire, mut settings: Settings) -> Result<Self, Unusable> {
        settings.tell_priority = true;
        let hosts = cloud.hosts()?;
        let address = hosts.graph;
        let unusable = |error| Unusable::Address(address.clone(), error);
        let base = [address.trim_end_matches('/'), "/v1.0"].concat();
        let base = Url::parse(&base).map_err(|_| unusable(OriginError::NotAbsolute))?;
        let mut audience = Audience::of(&base).map_err(unusable)?;
        if let Some(resource) = &hosts.graph_resource {
            audience = audience.with_scope([resource, "/.default"].concat());
        }
        let tenant: TenantId = wire.tenant.parse().map_err(|_| Unusable::Tenant(wire.tenant.clone()))?;
        let client = Client::new(PROVIDER, wire, audience, settings);
        Ok(Self(Arc::new(Door::new(client, base, cloud.clone(), tenant))))
    }

    /// The client behind it, for its token and its origin.
    pub fn client(&self) -> &Client {
        self.0.client()
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graph({})", self.client().origin())
    }
}
