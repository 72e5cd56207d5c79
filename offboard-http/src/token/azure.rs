//! Signing in by Microsoft's own library, `azure_identity`: as a workload, as a managed identity, with an assertion
//! that somebody else signs, by a developer's tools, or by any credential of that library.
//!
//! The library says what is asked; the rest is ours. The requests of the first three go over our [`Transport`], once: no redirects, our
//! limits, our retries by our clock (its own would go on for more than a minute where a certificate is not trusted), and
//! the claims of continuous access evaluation, which it does not send. What the sign-in service answers is read by us; what a
//! machine or a tool gives, by the library. Its credentials are made anew for each token, because the ones it keeps would
//! bring back a token that the service has refused; a credential that somebody else made keeps what it wants. Its texts, which
//! can name applications and people, do not get into failures, but for those about a configuration with which it cannot
//! begin: they name the file that is missing. What it holds of a secret while it asks is not wiped; what we hold is.

mod asked;
mod asserted;
mod failure;
mod line;
mod tools;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::TenantId;
use offboard_core::time::{Clock, Timestamp};
use url::Url;

use self::asked::{Asked, Entra};
use self::asserted::Asserted;
use self::tools::Tools;
use super::endpoint::{LONGEST, no_token};
use super::{PROVIDER, Secret, Token, TokenRequest, TokenSource, setback};
use crate::origin::OriginError;
use crate::transport::Transport;

/// Which managed identity of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManagedIdentity {
    /// The one that lives and dies with the machine.
    System,
    /// A user-assigned one, by its client id.
    Client(String),
    /// A user-assigned one, by the object id of its service principal.
    Object(String),
    /// A user-assigned one, by its Azure resource id. App Service does not take it.
    Resource(String),
}

/// A token source over Microsoft's `azure_identity`.
pub struct AzureIdentity {
    way: Way,
}

enum Way {
    /// The library asks the sign-in service, or the machine, over our transport.
    Asked(Asked),
    Tools(Tools),
    Credential(Arc<dyn TokenCredential>),
}

impl AzureIdentity {
    /// A workload with a federated credential: the application `client_id` of `tenant`, proven by the token that
    /// Kubernetes, or another platform, keeps fresh in `token_file`. The library wants an `authority` by https, and
    /// ignores its path.
    ///
    /// # Errors
    /// The authority is no address that tokens may come from.
    pub fn workload(
        transport: Arc<dyn Transport>,
        authority: &Url,
        tenant: TenantId,
        client_id: impl Into<String>,
        token_file: impl Into<PathBuf>,
    ) -> Result<Self, OriginError> {
        let entra = Entra::new(transport, authority, tenant, client_id.into())?;
        Ok(Self { way: Way::Asked(Asked::Workload { entra, file: token_file.into() }) })
    }

    /// The application `client_id` of `tenant`, proven by an assertion that `fetch` brings, a new one each time: the
    /// OpenID token of a build service, or one that a vault signs.
    ///
    /// # Errors
    /// As [`Self::workload`].
    pub fn assertion<F, T>(
        transport: Arc<dyn Transport>,
        authority: &Url,
        tenant: TenantId,
        client_id: impl Into<String>,
        fetch: F,
    ) -> Result<Self, OriginError>
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<Secret, ProviderError>> + Send + 'static,
    {
        let entra = Entra::new(transport, authority, tenant, client_id.into())?;
        Ok(Self { way: Way::Asked(Asked::Assertion { entra, assertion: Asserted::new(fetch) }) })
    }

    /// The managed identity of the Azure resource that this runs on: a virtual machine, App Service, Functions or
    /// Container Apps. Where it is asked, `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` say, which the platform sets.
    pub fn managed(transport: Arc<dyn Transport>, identity: ManagedIdentity) -> Self {
        Self { way: Way::Asked(Asked::Managed { transport, identity }) }
    }

    /// Whoever is signed in to the Azure CLI, or else to the Azure Developer CLI, for `tenant`. For a developer's desk:
    /// what such a token may do was decided for those tools, not for offboard.
    pub fn developer_tools(tenant: TenantId) -> Self {
        Self { way: Way::Tools(Tools::new(tenant)) }
    }

    /// Any credential of Microsoft's library, or of somebody else who implements its trait. It keeps its tokens by
    /// itself and does not take claims, so a token that the service has taken back cannot be replaced before its end.
    pub fn credential(credential: Arc<dyn TokenCredential>) -> Self {
        Self { way: Way::Credential(credential) }
    }

    /// Whether the next token can be asked to satisfy what a service demands.
    fn takes_claims(&self) -> bool {
        matches!(self.way, Way::Asked(Asked::Workload { .. } | Asked::Assertion { .. }))
    }
}

/// When a token ends, by the clock of whoever issued it.
fn end_of(token: &AccessToken) -> Timestamp {
    Timestamp::from_micros(token.expires_on.unix_timestamp().saturating_mul(1_000_000))
}

/// The library's token as one of ours, for the audience it was asked for.
fn ours(token: &AccessToken, wanted: &TokenRequest, now: Timestamp) -> Result<Token, ProviderError> {
    let ends = end_of(token).min(now + LONGEST);
    match token.token.secret() {
        "" => Err(no_token(None)),
        text => Ok(Token::new(Secret::new("access token", text), ends, &wanted.audience)),
    }
}

impl fmt::Debug for AzureIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Asked(asked) => write!(f, "AzureIdentity({asked:?})"),
            Way::Tools(tools) => write!(f, "AzureIdentity({tools:?})"),
            Way::Credential(_) => f.write_str("AzureIdentity(a credential of somebody else's)"),
        }
    }
}

#[async_trait]
impl TokenSource for AzureIdentity {
    async fn token(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, ProviderError> {
        if wanted.claims.is_some() && !self.takes_claims() {
            let message = "the service no longer takes the token, and demands what this way of signing in cannot ask for";
            let hint = "access was revoked, or conditional access forbids it: let an administrator look at the sign-in logs";
            let failure = Failure::new(Kind::Unauthenticated, message).code("claims_challenge").hint(hint);
            return Err(ProviderError::new(PROVIDER, failure));
        }
        let scope = wanted.audience.scope();
        let token = match &self.way {
            Way::Asked(asked) => {
                return Ok(setback::ask(clock, || asked.once(wanted, clock)).await?);
            }
            Way::Tools(tools) => tools.token(scope, clock).await?,
            Way::Credential(credential) => {
                credential.get_token(&[scope], None).await.map_err(|error| failure::foreign(&error))?
            }
        };
        ours(&token, wanted, clock.now())
    }
}

#[cfg(test)]
mod tests;
