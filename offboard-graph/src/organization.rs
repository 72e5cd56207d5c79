//! Settings of the organisation.

use std::sync::Arc;

use async_trait::async_trait;
use offboard_core::failure::{Failure, Kind, ProviderError, Retry};
use offboard_core::model::organization::{AuthenticationType, OrganizationConfig};
use offboard_core::ports::{Answer, Call, Organization};

use crate::PROVIDER;
use crate::ask::Ask;
use crate::door::NO_OBJECT;
use crate::graph::Graph;
use crate::need;
use crate::wire::organization::{DOMAIN_SELECT, DomainBody, SHAREPOINT_SELECT, SharepointSettings};
use crate::wire::path::Path;
use crate::wire::query::Query;

/// The settings that Graph knows, and for Exchange's own the door to Exchange.
#[derive(Debug, Clone)]
pub struct GraphOrganization {
    graph: Graph,
    exchange: Option<Arc<dyn Organization>>,
}

impl GraphOrganization {
    /// Domains and SharePoint from `graph`. Of `exchange` only
    /// [`organization_config`](Organization::organization_config) is asked; without it those settings are unknown.
    pub fn new(graph: Graph, exchange: Option<Arc<dyn Organization>>) -> Self {
        Self { graph, exchange }
    }
}

#[async_trait]
impl Organization for GraphOrganization {
    async fn domain(&self, call: &Call, name: &str) -> Answer<Option<AuthenticationType>> {
        // No domain has such a name.
        let Ok(path) = Path::new("domains").data(name) else { return Ok(None) };
        let ask = Ask::get("/domains/{id}", path, &need::DOMAINS).query(Query::select(DOMAIN_SELECT));
        self.graph.0.read(call, ask, NO_OBJECT, DomainBody::authentication).await
    }

    async fn one_drive_retention_days(&self, call: &Call) -> Answer<Option<u32>> {
        let ask =
            Ask::get("/admin/sharepoint/settings", Path::new("admin/sharepoint/settings"), &need::SHAREPOINT)
                .query(Query::select(&SHAREPOINT_SELECT))
                .pool(offboard_http::quota::FILES);
        let understand = |settings: SharepointSettings| {
            let [name] = SHAREPOINT_SELECT;
            settings.deleted_user_personal_site_retention_period_in_days.nullable(name)
        };
        Ok(self.graph.0.read(call, ask, &[], understand).await?.flatten())
    }

    async fn organization_config(&self, call: &Call) -> Answer<Option<OrganizationConfig>> {
        if let Some(exchange) = &self.exchange {
            return exchange.organization_config(call).await;
        }
        // Not "not offered": whether holds apply to everybody is then not known.
        let failure = Failure::new(Kind::Unavailable, "Exchange's settings cannot be read without its door")
            .code("no_exchange_door")
            .hint("configure the Exchange door")
            .retry(Retry::No);
        Err(ProviderError::new(PROVIDER, failure))
    }
}
