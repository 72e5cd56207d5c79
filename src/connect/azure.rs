//! Opening the doors by Microsoft's own sign-in library (feature `azure`).

use std::path::PathBuf;
use std::sync::Arc;

use offboard_core::id::TenantId;
use offboard_core::model::cloud::Cloud;
use offboard_core::time::Host;
use offboard_http::token::azure::{AzureIdentity, ManagedIdentity};
use offboard_http::transport::Transport;

use super::{Connect, ConnectError, authority};

impl Connect {
    /// A workload with a federated credential: the application is proven by the token that Kubernetes, or another
    /// platform, keeps fresh in `token_file`. The cloud's sign-in must be by https.
    ///
    /// # Errors
    /// The cloud is closed, or its sign-in address cannot be used.
    pub fn with_workload_identity(
        tenant: TenantId,
        cloud: Cloud,
        transport: Arc<dyn Transport>,
        client_id: &str,
        token_file: impl Into<PathBuf>,
        host: Host,
    ) -> Result<Self, ConnectError> {
        let authority = authority(&cloud)?;
        let tokens = AzureIdentity::workload(transport.clone(), &authority, tenant, client_id, token_file)?;
        Ok(Self::with_tokens(tenant, cloud, transport, client_id, Arc::new(tokens), host))
    }

    /// The managed identity of the Azure resource that this runs on.
    pub fn with_managed_identity(
        tenant: TenantId,
        cloud: Cloud,
        transport: Arc<dyn Transport>,
        identity: ManagedIdentity,
        host: Host,
    ) -> Self {
        let app = match &identity {
            ManagedIdentity::Client(id) | ManagedIdentity::Object(id) | ManagedIdentity::Resource(id) => {
                id.clone()
            }
            _ => "managed identity".to_owned(),
        };
        let tokens = AzureIdentity::managed(transport.clone(), identity);
        Self::with_tokens(tenant, cloud, transport, &app, Arc::new(tokens), host)
    }

    /// Whoever is signed in to the Azure CLI, or else to the Azure Developer CLI, for this tenant.
    pub fn with_developer_tools(
        tenant: TenantId,
        cloud: Cloud,
        transport: Arc<dyn Transport>,
        host: Host,
    ) -> Self {
        let tokens = Arc::new(AzureIdentity::developer_tools(tenant));
        Self::with_tokens(tenant, cloud, transport, "developer tools", tokens, host)
    }
}
