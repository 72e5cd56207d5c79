//! Tokens: what one is, who may see it, and where it may go.

#[cfg(feature = "azure")]
pub mod azure;
mod cache;
mod callback;
mod capability;
mod certificate;
mod claims;
mod client_certificate;
mod client_secret;
mod device_code;
mod endpoint;
mod refusal;
mod setback;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderValue;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::time::{Clock, Timestamp};
use url::Url;
use zeroize::Zeroizing;

pub use cache::Tokens;
pub use callback::Callback;
pub use certificate::{Certificate, CertificateError};
pub use claims::{Claims, challenge};
pub use client_certificate::ClientCertificate;
pub use client_secret::ClientSecret;
pub use device_code::{DeviceCode, DevicePrompt};

use crate::origin::{Origin, OriginError};

/// The name under which failures of signing in are reported.
pub const PROVIDER: &str = "sign_in";

/// A text that is shown to nobody: wiped when dropped, never serialised, and its `Debug` prints its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    name: &'static str,
    value: Zeroizing<String>,
}

impl Secret {
    /// A secret; `name` is what is printed in its place.
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: Zeroizing::new(value.into()) }
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Which service a token is for: the one origin it may be sent to, and the scope it is asked with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Audience {
    origin: Origin,
    scope: String,
}

impl Audience {
    /// The service at `url`, with its `/.default` scope.
    pub fn of(url: &Url) -> Result<Self, OriginError> {
        let origin = Origin::of(url)?;
        let scope = format!("{origin}/.default");
        Ok(Self { origin, scope })
    }

    /// With another scope, where the service is known to its sign-in by another name than its own URL.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// The origin that its tokens may be sent to.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What to ask the sign-in service for.
    pub fn scope(&self) -> &str {
        &self.scope
    }
}

/// What a [`TokenSource`] is asked for.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// The service it is for.
    pub audience: Audience,
    /// The claims that the service demanded when it refused the last token (JSON, continuous access evaluation).
    pub claims: Option<String>,
}

/// A bearer token, bound to one origin.
#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    secret: Secret,
    expires_at: Timestamp,
    origin: Origin,
}

impl Token {
    /// A token that may be sent to the origin of `audience` until `expires_at`.
    pub fn new(secret: Secret, expires_at: Timestamp, audience: &Audience) -> Self {
        Self { secret, expires_at, origin: audience.origin.clone() }
    }

    /// When it ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The one origin it may be sent to.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The `Authorization` header for a request to `url`; refused for any other origin than the token's own.
    pub fn authorization(&self, url: &Url) -> Result<HeaderValue, ProviderError> {
        if !self.origin.holds(url) {
            let failure = Failure::new(Kind::Refused, format!("a token for {} stays there", self.origin))
                .code("foreign_origin")
                .hint(
                    "the URL leads to another service; if this came from an answer, do not trust that answer",
                );
            return Err(ProviderError::new(PROVIDER, failure));
        }
        let mut text = Zeroizing::new(Vec::with_capacity("Bearer ".len() + self.secret.expose().len()));
        text.extend_from_slice(b"Bearer ");
        text.extend_from_slice(self.secret.expose().as_bytes());
        // The header keeps these very bytes, so they are wiped with it.
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).map_err(|_| {
            let failure = Failure::new(Kind::Unauthenticated, "the token cannot stand in a header")
                .code("token_malformed")
                .hint("the token source returned something that is not an access token");
            ProviderError::new(PROVIDER, failure)
        })?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Where tokens come from. An implementation only fetches: keeping, renewing and sharing is done by [`Tokens`].
///
/// # Contract
/// * The token is for the audience that was asked for, and no other.
/// * `claims`, where present, are passed on to the sign-in service.
/// * Failures are [`Kind::Unauthenticated`] where nothing but a person can help, with a hint that says how.
#[async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// A new token.
    async fn token(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, ProviderError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        let audience = Audience::of(&Url::parse("https://graph.microsoft.com").unwrap()).unwrap();
        Token::new(Secret::new("access token", "canary"), Timestamp::from_micros(0), &audience)
    }

    #[test]
    fn a_token_goes_to_its_origin_only() {
        let token = token();
        let header =
            token.authorization(&Url::parse("https://graph.microsoft.com/v1.0/me").unwrap()).unwrap();
        assert_eq!(header, "Bearer canary");
        assert!(header.is_sensitive());
        for other in [
            "https://graph.microsoft.us/v1.0/me",
            "http://graph.microsoft.com/v1.0/me",
            "https://graph.microsoft.com:8443/v1.0/me",
            "https://graph.microsoft.com@evil.example/v1.0/me",
        ] {
            let refused = token.authorization(&Url::parse(other).unwrap()).unwrap_err();
            assert_eq!(refused.kind(), Kind::Refused, "{other}");
        }
    }

    #[test]
    fn debug_prints_the_name_only() {
        let shown = format!("{:?}", token());
        assert!(!shown.contains("canary") && shown.contains("access token"), "{shown}");
    }

    #[test]
    fn the_scope_follows_the_origin() {
        let audience = Audience::of(&Url::parse("https://graph.microsoft.us/v1.0").unwrap()).unwrap();
        assert_eq!(audience.scope(), "https://graph.microsoft.us/.default");
        assert_eq!(audience.with_scope("x/.default").scope(), "x/.default");
    }
}
