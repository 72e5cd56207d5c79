//! The sign-in service's endpoints: a form goes in, a token or a refusal comes out.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::time::{Clock, Period, Timestamp};
use serde_json::{Map, Value};
use url::Url;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use super::setback::{self, Denied, Setback};
use super::{PROVIDER, Secret, Token, TokenRequest, capability};
use crate::origin::{Origin, OriginError};
use crate::transport::Transport;
use crate::{answer, json};

/// With continuous access evaluation a token lives up to 28 hours. A longer promise is a mistake that must not be
/// believed.
pub(super) const LONGEST: Period = Period::hours(28);

/// One endpoint of one tenant's sign-in service.
#[derive(Clone)]
pub(super) struct Endpoint {
    transport: Arc<dyn Transport>,
    url: Url,
}

/// What is asked for, wiped when it was sent.
pub(super) struct Form(Zeroizing<String>);

/// What the service answered with 200, and when it was asked.
pub(super) struct Granted {
    fields: Map<String, Value>,
    asked_at: Timestamp,
}

impl Form {
    pub(super) fn new(grant_type: &str, client_id: &str) -> Self {
        Self::bare().with("grant_type", grant_type).with("client_id", client_id)
    }

    pub(super) fn bare() -> Self {
        // Roomy, so that no copy of a secret is left behind by growing.
        Self(Zeroizing::new(String::with_capacity(16 * 1024)))
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(byte_serialize(name.as_bytes()));
        self.0.push('=');
        self.0.extend(byte_serialize(value.as_bytes()));
        self
    }

    /// The scope, and what the next token must satisfy.
    pub(super) fn wanting(self, scope: &str, claims: Option<&str>) -> Self {
        self.with("scope", scope).with("claims", &capability::announced(claims))
    }

    /// Goes on with a form that somebody else began.
    #[cfg(feature = "azure")]
    pub(super) fn begun(form: &[u8]) -> Option<Self> {
        let mut all = Self::bare();
        all.0.push_str(std::str::from_utf8(form).ok()?);
        Some(all)
    }

    pub(super) fn finish(mut self) -> Bytes {
        Bytes::from_owner(Zeroizing::new(std::mem::take(&mut *self.0).into_bytes()))
    }
}

/// An answer that holds no token.
pub(super) fn no_token(request_id: Option<String>) -> ProviderError {
    let failure = Failure::new(Kind::Protocol, "the sign-in service answered without a token");
    ProviderError::new(PROVIDER, failure.request_id(request_id))
}

impl Granted {
    /// Reads the answer to a form that was granted.
    pub(super) fn read(response: &http::Response<Bytes>, asked_at: Timestamp) -> Result<Self, ProviderError> {
        match json::parse(response.body()) {
            Ok(Value::Object(fields)) => Ok(Self { fields, asked_at }),
            _ => Err(no_token(answer::request_id(response.headers()))),
        }
    }

    /// The access token, bound to the audience it was asked for.
    pub(super) fn token(&mut self, wanted: &TokenRequest) -> Result<Token, ProviderError> {
        self.access_token(wanted).ok_or_else(|| no_token(None))
    }

    fn access_token(&mut self, wanted: &TokenRequest) -> Option<Token> {
        let life = self.seconds("expires_in")?.min(LONGEST);
        let bearer = self.text("token_type")?.eq_ignore_ascii_case("bearer");
        let secret = self.secret("access_token", "access token")?;
        bearer.then(|| Token::new(secret, self.asked_at + life, &wanted.audience))
    }

    /// Takes a secret out of the answer.
    pub(super) fn secret(&mut self, field: &str, name: &'static str) -> Option<Secret> {
        match self.fields.remove(field)? {
            Value::String(text) if !text.is_empty() => Some(Secret::new(name, text)),
            _ => None,
        }
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_str()
    }

    /// A number of seconds, which some of Microsoft's endpoints write as a text.
    pub(super) fn seconds(&self, field: &str) -> Option<Period> {
        let seconds = match self.fields.get(field)? {
            Value::Number(seconds) => seconds.as_i64()?,
            Value::String(seconds) => seconds.parse().ok()?,
            _ => return None,
        };
        Some(Period::seconds(seconds.clamp(0, 10 * 365 * 86_400)))
    }

    /// When the service was asked.
    pub(super) fn asked_at(&self) -> Timestamp {
        self.asked_at
    }
}

impl Endpoint {
    /// `name` (`token`, `devicecode`) of `tenant` (its id or a domain of it) at `authority`, such as
    /// `https://login.microsoftonline.com`.
    pub(super) fn new(
        transport: Arc<dyn Transport>,
        authority: &Url,
        tenant: &str,
        name: &str,
    ) -> Result<Self, OriginError> {
        Origin::of(authority)?;
        let mut url = authority.clone();
        url.set_query(None);
        url.set_fragment(None);
        url.path_segments_mut()
            .map_err(|()| OriginError::NotAbsolute)?
            .pop_if_empty()
            .extend([tenant, "oauth2", "v2.0", name]);
        Ok(Self { transport, url })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Asks, again where that may help. Each attempt gets a form of its own: an assertion must not be used twice.
    pub(super) async fn ask(
        &self,
        clock: &dyn Clock,
        form: impl Fn() -> Result<Form, ProviderError> + Send + Sync,
    ) -> Result<Granted, Denied> {
        let form = &form;
        setback::ask(clock, || async move { self.once(form()?, clock).await }).await
    }

    async fn once(&self, form: Form, clock: &dyn Clock) -> Result<Granted, Setback> {
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(self.url.as_str())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .body(form.finish())
            .map_err(|_| {
                let failure = Failure::new(Kind::InvalidRequest, "the sign-in URL cannot be built")
                    .hint("check the authority and the tenant in the configuration");
                ProviderError::new(PROVIDER, failure)
            })?;
        let asked_at = clock.now();
        let response =
            self.transport.send(request).await.map_err(|error| Setback::unreachable(&self.url, error))?;
        if response.status() != StatusCode::OK {
            return Err(Setback::refused(&response, clock.now()));
        }
        Ok(Granted::read(&response, asked_at)?)
    }
}
