//! Opening the doors of a tenant.

#[cfg(feature = "azure")]
mod azure;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use offboard_core::failure::ProviderError;
use offboard_core::id::TenantId;
use offboard_core::model::cloud::{ClosedCloud, Cloud};
use offboard_core::model::organization::{AuthenticationType, OrganizationConfig};
use offboard_core::ports::{Answer, ByHand, Call, Organization, Providers};
use offboard_core::time::Host;
use offboard_exchange::{Exchange, HandOff, InvokeCommand};
use offboard_graph::{Graph, GraphCaller, GraphOrganization, Unusable};
use offboard_http::client::Wire;
use offboard_http::observe::Observer;
use offboard_http::origin::OriginError;
use offboard_http::quota::{Quotas, TenantSize};
use offboard_http::throttle::Throttle;
use offboard_http::token::{
    Certificate, ClientCertificate, ClientSecret, DeviceCode, DevicePrompt, Secret, TokenSource, Tokens,
};
use offboard_http::transport::Transport;
use offboard_sharepoint::SharePoint;
use url::Url;

/// How cmdlets reach Exchange Online.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExchangeDoor {
    /// The endpoint that Microsoft's own PowerShell module uses. Microsoft documents it for nobody else.
    #[default]
    InvokeCommand,
    /// None: every mail step is handed to a person, with the exact commands.
    HandOff,
}

/// What it takes to open the doors.
#[derive(Debug, Clone)]
pub struct Connect {
    /// Which organisation.
    pub tenant: TenantId,
    /// Where it lives.
    pub cloud: Cloud,
    /// How requests travel.
    pub transport: Arc<dyn Transport>,
    /// Who signs in.
    pub tokens: Arc<dyn TokenSource>,
    /// By what name the limits of this sign-in are counted: the application's id.
    pub app: String,
    /// How cmdlets reach Exchange Online.
    pub exchange: ExchangeDoor,
    /// Time and chance.
    pub host: Host,
    /// Is told of every attempt.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Connect {
    /// An application that signs in with a secret.
    ///
    /// # Errors
    /// The cloud is closed, or its sign-in address cannot be used.
    pub fn with_secret(
        tenant: TenantId,
        cloud: Cloud,
        transport: Arc<dyn Transport>,
        client_id: &str,
        secret: Secret,
        host: Host,
    ) -> Result<Self, ConnectError> {
        let authority = authority(&cloud)?;
        let tokens =
            ClientSecret::new(transport.clone(), &authority, &tenant.to_string(), client_id, secret)?;
        Ok(Self::with_tokens(tenant, cloud, transport, client_id, Arc::new(tokens), host))
    }

    /// An application that signs in with the key of a certificate.
    ///
    /// # Errors
    /// The cloud is closed, or its sign-in address cannot be used.
    pub fn with_certificate(
        tenant: TenantId,
        cloud: Cloud,
        transport: Arc<dyn Transport>,
        client_id: &str,
        certificate: Certificate,
        host: Host,
    ) -> Result<Self, ConnectError> {
        let (authority, name) = (authority(&cloud)?, tenant.to_string());
        let entropy = host.entropy.clone();
        let tokens =
            ClientCertificate::new(transport.clone(), &authority, &name, client_id, certificate, entropy)?;
        Ok(Self::with_tokens(tenant, cloud, transport, client_id, Arc::new(tokens), host))
    }

    /// A person who signs in on another device. `prompt` shows where to enter which code.
    ///
    /// # Errors
    /// The cloud is closed, or its sign-in address cannot be used.
    pub fn with_device_code(
        tenant: TenantId,
        cloud: Cloud,
        transport: Arc<dyn Transport>,
        client_id: &str,
        prompt: impl Fn(&DevicePrompt) + Send + Sync + 'static,
        host: Host,
    ) -> Result<Self, ConnectError> {
        let authority = authority(&cloud)?;
        let tokens = DeviceCode::new(transport.clone(), &authority, &tenant.to_string(), client_id, prompt)?;
        Ok(Self::with_tokens(tenant, cloud, transport, client_id, Arc::new(tokens), host))
    }

    /// A host that signs in by itself.
    pub fn with_tokens(
        tenant: TenantId,
        cloud: Cloud,
        transport: Arc<dyn Transport>,
        app: &str,
        tokens: Arc<dyn TokenSource>,
        host: Host,
    ) -> Self {
        Self {
            tenant,
            cloud,
            transport,
            tokens,
            app: app.to_owned(),
            exchange: ExchangeDoor::default(),
            host,
            observer: None,
        }
    }
}

/// Where a cloud signs in.
fn authority(cloud: &Cloud) -> Result<Url, ConnectError> {
    let authority = cloud.hosts()?.authority;
    Url::parse(&authority).map_err(|_| ConnectError::Address(authority))
}

/// Doors that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The cloud is closed (G49).
    #[error(transparent)]
    Closed(#[from] ClosedCloud),
    /// Sign-in has no such address.
    #[error("`{0}` is not an address that tokens can come from")]
    Address(String),
    /// An address cannot be used.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// Graph cannot be reached like this.
    #[error(transparent)]
    Graph(#[from] Unusable),
    /// Exchange cannot be reached like this.
    #[error(transparent)]
    Exchange(#[from] ProviderError),
}

/// The doors of one tenant, and what they share.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The organisation.
    pub tenant: TenantId,
    /// Where it lives.
    pub cloud: Cloud,
    /// The ports.
    pub providers: Providers,
    /// Time and chance.
    pub host: Host,
    /// The tokens of this sign-in.
    pub tokens: Arc<Tokens>,
    /// The limits of the services, as they are now.
    pub throttle: Arc<Throttle>,
}

/// The settings that Exchange keeps, behind the port that Graph answers the rest of.
#[derive(Debug)]
struct ExchangeSettings(Exchange);

#[async_trait]
impl Organization for ExchangeSettings {
    async fn domain(&self, _: &Call, _: &str) -> Answer<Option<AuthenticationType>> {
        Ok(None)
    }

    async fn one_drive_retention_days(&self, _: &Call) -> Answer<Option<u32>> {
        Ok(None)
    }

    async fn organization_config(&self, call: &Call) -> Answer<Option<OrganizationConfig>> {
        self.0.organization_config(call).await
    }
}

/// Opens the doors. Nothing is sent yet.
///
/// # Errors
/// The cloud is closed, or an address cannot be used.
pub fn connect(with: Connect) -> Result<Connection, ConnectError> {
    let hosts = with.cloud.hosts()?;
    let tokens = Arc::new(Tokens::new(with.tokens, with.host.clock.clone()));
    let throttle = Arc::new(Throttle::new(with.host.clone(), Quotas::published(TenantSize::default())));
    let wire = Wire {
        transport: with.transport,
        tokens: tokens.clone(),
        throttle: throttle.clone(),
        host: with.host.clone(),
        observer: with.observer,
        tenant: with.tenant.to_string(),
        app: with.app,
    };
    let share_point = SharePoint::new(wire.clone(), &hosts);
    let graph = Graph::new(&with.cloud, wire.clone())?;
    let mut caller = GraphCaller::new(graph.clone());
    let (exchange, settings): (Exchange, Option<Arc<dyn Organization>>) = match with.exchange {
        ExchangeDoor::InvokeCommand => {
            let channel = InvokeCommand::of(wire, &hosts, with.tenant)?;
            caller = caller.with_exchange(tokens.clone(), channel.client().audience().clone());
            let exchange = Exchange::new(channel);
            (exchange.clone(), Some(Arc::new(ExchangeSettings(exchange))))
        }
        ExchangeDoor::HandOff => (Exchange::new(HandOff), None),
    };
    let providers = Providers {
        directory: Arc::new(graph.clone()),
        deletions: Arc::new(graph.clone()),
        roles: Arc::new(graph.clone()),
        licenses: Arc::new(graph.clone()),
        organization: Arc::new(GraphOrganization::new(graph.clone(), settings)),
        caller: Arc::new(caller),
        workloads: Arc::new(graph.clone()),
        drive_files: Arc::new(graph.clone()),
        drive_permissions: Arc::new(graph.clone()),
        groups: Arc::new(graph.clone()),
        telephony: Arc::new(graph.clone()),
        replies: Arc::new(graph),
        sites: Arc::new(share_point),
        mailboxes: Arc::new(exchange.clone()),
        rules: Arc::new(exchange.clone()),
        calendars: Arc::new(exchange.clone()),
        client_access: Arc::new(exchange.clone()),
        mobile_devices: Arc::new(exchange.clone()),
        delegates: Arc::new(exchange.clone()),
        distribution_groups: Arc::new(exchange),
        on_premises: Arc::new(ByHand),
        custom: BTreeMap::new(),
    };
    Ok(Connection { tenant: with.tenant, cloud: with.cloud, providers, host: with.host, tokens, throttle })
}
