//! Signing in as an application with a certificate: a client assertion that we sign.
//!
//! Microsoft identity platform, certificate credentials: `PS256`, `x5t#S256`, addressed to the token endpoint, good for
//! minutes, each with an id of its own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::time::{Clock, Entropy, Period, random_guid};
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::endpoint::{Endpoint, Form};
use super::{PROVIDER, Token, TokenRequest, TokenSource};
use crate::origin::OriginError;
use crate::transport::Transport;

/// How long an assertion is good. It is used at once.
const LIFE: Period = Period::minutes(5);

/// `client_assertion_type` of a signed assertion (RFC 7523).
pub(super) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An application that proves itself with the key of its certificate.
pub struct ClientCertificate {
    endpoint: Endpoint,
    client_id: String,
    certificate: Certificate,
    entropy: Arc<dyn Entropy>,
}

impl ClientCertificate {
    /// The application `client_id` of `tenant` (its id or a domain of it) at `authority`, such as
    /// `https://login.microsoftonline.com`. `entropy` names each assertion.
    pub fn new(
        transport: Arc<dyn Transport>,
        authority: &Url,
        tenant: &str,
        client_id: impl Into<String>,
        certificate: Certificate,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OriginError> {
        let endpoint = Endpoint::new(transport, authority, tenant, "token")?;
        Ok(Self { endpoint, client_id: client_id.into(), certificate, entropy })
    }

    fn assertion(&self, clock: &dyn Clock) -> Result<Zeroizing<String>, ProviderError> {
        let now = clock.now();
        let refuse = |message: String, hint: &str| {
            let failure =
                Failure::new(Kind::Unauthenticated, message).code("certificate_not_valid").hint(hint);
            Err(ProviderError::new(PROVIDER, failure))
        };
        if now >= self.certificate.not_after() {
            return refuse(
                format!("the certificate ended at {}", self.certificate.not_after()),
                "make a new certificate, upload it to the app registration, and configure it",
            );
        }
        if now < self.certificate.not_before() {
            return refuse(
                format!("the certificate begins at {}", self.certificate.not_before()),
                "compare this machine's clock with the real time",
            );
        }
        let header =
            json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": self.certificate.thumbprint() }).to_string();
        let claims = json!({
            "aud": self.endpoint.url().as_str(),
            "iss": self.client_id,
            "sub": self.client_id,
            "jti": random_guid(self.entropy.as_ref()),
            "iat": now.as_secs(),
            "nbf": now.as_secs(),
            "exp": (now + LIFE).as_secs(),
        })
        .to_string();
        let mut jwt = Zeroizing::new(String::with_capacity(2048));
        URL_SAFE_NO_PAD.encode_string(header, &mut jwt);
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut jwt);
        let Some(signature) = self.certificate.sign(jwt.as_bytes()) else {
            return refuse(
                "the certificate's key cannot sign".to_owned(),
                "make a certificate with an RSA key of 2048 bits or more",
            );
        };
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut jwt);
        Ok(jwt)
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientCertificate({} at {}, {:?})", self.client_id, self.endpoint.url(), self.certificate)
    }
}

#[async_trait]
impl TokenSource for ClientCertificate {
    async fn token(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, ProviderError> {
        let form = || {
            let form = Form::new("client_credentials", &self.client_id)
                .with("client_assertion_type", JWT_BEARER)
                .with("client_assertion", &self.assertion(clock)?);
            Ok(form.wanting(wanted.audience.scope(), wanted.claims.as_deref()))
        };
        self.endpoint.ask(clock, form).await?.token(wanted)
    }
}

#[cfg(test)]
mod tests;
