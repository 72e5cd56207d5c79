//! The credentials of Microsoft's library that ask over our transport.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, RetryOptions};
use azure_identity::{
    ClientAssertionCredential, ClientAssertionCredentialOptions, ManagedIdentityCredential,
    ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};
use offboard_core::id::TenantId;
use offboard_core::time::Clock;
use url::Url;

use super::asserted::Asserted;
use super::line::{Line, Over};
use super::{ManagedIdentity, failure, ours};
use crate::origin::{Origin, OriginError};
use crate::token::setback::Setback;
use crate::token::{Token, TokenRequest};
use crate::transport::Transport;

/// What is asked, of whom, and by what proof.
pub(super) enum Asked {
    Workload { entra: Entra, file: PathBuf },
    Assertion { entra: Entra, assertion: Asserted },
    Managed { transport: Arc<dyn Transport>, identity: ManagedIdentity },
}

/// An application at the sign-in service.
pub(super) struct Entra {
    transport: Arc<dyn Transport>,
    authority: Url,
    tenant: TenantId,
    client_id: String,
}

impl Entra {
    pub(super) fn new(
        transport: Arc<dyn Transport>,
        authority: &Url,
        tenant: TenantId,
        client_id: String,
    ) -> Result<Self, OriginError> {
        Origin::of(authority)?;
        if authority.scheme() != "https" {
            return Err(OriginError::Plain);
        }
        Ok(Self { transport, authority: authority.clone(), tenant, client_id })
    }

    fn options(&self, line: &Arc<Line>) -> ClientAssertionCredentialOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = self.authority.to_string();
        let cloud = Some(Arc::new(CloudConfiguration::Custom(cloud)));
        ClientAssertionCredentialOptions { client_options: ClientOptions { cloud, ..options(line) } }
    }
}

/// Over our line, and once: asking again is ours.
fn options(line: &Arc<Line>) -> ClientOptions {
    ClientOptions {
        transport: Some(line.transport()),
        retry: RetryOptions::none(),
        ..ClientOptions::default()
    }
}

impl Asked {
    /// One attempt.
    pub(super) async fn once(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, Setback> {
        let line = Arc::new(Line::new(self.over(wanted), clock.now()));
        let credential = self.credential(&line).map_err(|error| failure::unusable(&error, &self.hint()))?;
        let brought = credential.get_token(&[wanted.audience.scope()], None).await;
        if let Some(mut granted) = line.granted() {
            return Ok(granted.token(wanted)?);
        }
        let token =
            brought.map_err(|error| line.setback().unwrap_or_else(|| failure::foreign(&error).into()))?;
        Ok(ours(&token, wanted, clock.now())?)
    }

    /// How the request travels, and what it says beside what the library says.
    fn over(&self, wanted: &TokenRequest) -> Over {
        match self {
            Self::Workload { entra, .. } | Self::Assertion { entra, .. } => {
                Over::entra(entra.transport.clone(), wanted.claims.as_deref())
            }
            Self::Managed { transport, .. } => Over::Managed(transport.clone()),
        }
    }

    fn credential(&self, line: &Arc<Line>) -> azure_core::Result<Arc<dyn TokenCredential>> {
        Ok(match self {
            Self::Workload { entra, file } => {
                WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
                    credential_options: entra.options(line),
                    client_id: Some(entra.client_id.clone()),
                    tenant_id: Some(entra.tenant.to_string()),
                    token_file_path: Some(file.clone()),
                }))?
            }
            Self::Assertion { entra, assertion } => ClientAssertionCredential::new(
                entra.tenant.to_string(),
                entra.client_id.clone(),
                assertion.for_line(line),
                Some(entra.options(line)),
            )?,
            Self::Managed { identity, .. } => {
                ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                    user_assigned_id: match identity.clone() {
                        ManagedIdentity::System => None,
                        ManagedIdentity::Client(id) => Some(UserAssignedId::ClientId(id)),
                        ManagedIdentity::Object(id) => Some(UserAssignedId::ObjectId(id)),
                        ManagedIdentity::Resource(id) => Some(UserAssignedId::ResourceId(id)),
                    },
                    client_options: options(line),
                }))?
            }
        })
    }

    /// What to look at where it cannot begin.
    fn hint(&self) -> String {
        match self {
            Self::Workload { .. } => {
                "the platform writes this file: check the pod's service account and its label for workload identity, or name \
                 the right file"
                    .to_owned()
            }
            Self::Assertion { .. } => "check the client id".to_owned(),
            Self::Managed { .. } => "sign in in another way on this machine".to_owned(),
        }
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workload { entra, file } => {
                write!(f, "{} at {} by `{}`", entra.client_id, entra.authority, file.display())
            }
            Self::Assertion { entra, .. } => {
                write!(f, "{} at {} by an assertion", entra.client_id, entra.authority)
            }
            Self::Managed { identity, .. } => write!(f, "managed identity {identity:?}"),
        }
    }
}
