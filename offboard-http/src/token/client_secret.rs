//! Signing in as an application with a secret (OAuth 2.0 client credentials).

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use offboard_core::failure::ProviderError;
use offboard_core::time::Clock;
use url::Url;

use super::endpoint::{Endpoint, Form};
use super::{Secret, Token, TokenRequest, TokenSource};
use crate::origin::OriginError;
use crate::transport::Transport;

/// An application that proves itself with a client secret.
pub struct ClientSecret {
    endpoint: Endpoint,
    client_id: String,
    secret: Secret,
}

impl ClientSecret {
    /// The application `client_id` of `tenant` (its id or a domain of it) at `authority`, such as
    /// `https://login.microsoftonline.com`.
    pub fn new(
        transport: Arc<dyn Transport>,
        authority: &Url,
        tenant: &str,
        client_id: impl Into<String>,
        secret: Secret,
    ) -> Result<Self, OriginError> {
        let endpoint = Endpoint::new(transport, authority, tenant, "token")?;
        Ok(Self { endpoint, client_id: client_id.into(), secret })
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientSecret({} at {})", self.client_id, self.endpoint.url())
    }
}

#[async_trait]
impl TokenSource for ClientSecret {
    async fn token(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, ProviderError> {
        let form = || {
            let form =
                Form::new("client_credentials", &self.client_id).with("client_secret", self.secret.expose());
            Ok(form.wanting(wanted.audience.scope(), wanted.claims.as_deref()))
        };
        self.endpoint.ask(clock, form).await?.token(wanted)
    }
}

#[cfg(test)]
mod tests;
