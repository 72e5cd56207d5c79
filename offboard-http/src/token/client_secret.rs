//! Signing in as an application with a secret (OAuth 2.0 client credentials).

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use offboard_core::failure::{Failure, Kind, ProviderError, Retry};
use offboard_core::time::{Clock, Period, Timestamp};
use serde_json::Value;
use url::Url;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::{PROVIDER, Secret, Token, TokenRequest, TokenSource};
use crate::origin::{Origin, OriginError};
use crate::transport::{Transport, TransportError};
use crate::{answer, json, retry_after};

/// Asking for a token changes nothing, so a lost or refused answer is simply asked again, this often.
const ATTEMPTS: u32 = 3;

/// The pauses before asking again, where the service does not say.
const PAUSES: [Period; 2] = [Period::seconds(1), Period::seconds(3)];

/// The longest pause that is waited for here; a longer one goes to the caller.
const PATIENCE: Period = Period::seconds(30);

/// An application that proves itself with a client secret.
pub struct ClientSecret {
    transport: Arc<dyn Transport>,
    endpoint: Url,
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
        Origin::of(authority)?;
        let mut endpoint = authority.clone();
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        endpoint
            .path_segments_mut()
            .map_err(|()| OriginError::NotAbsolute)?
            .pop_if_empty()
            .extend([tenant, "oauth2", "v2.0", "token"]);
        Ok(Self { transport, endpoint, client_id: client_id.into(), secret })
    }

    fn request(&self, wanted: &TokenRequest) -> Result<http::Request<Bytes>, http::Error> {
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(1024));
        form.append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("scope", wanted.audience.scope())
            .append_pair("client_secret", self.secret.expose());
        if let Some(claims) = &wanted.claims {
            form.append_pair("claims", claims);
        }
        let body = Zeroizing::new(form.finish().into_bytes());
        http::Request::builder()
            .method(Method::POST)
            .uri(self.endpoint.as_str())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .body(Bytes::from_owner(body))
    }

    async fn ask(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, Setback> {
        let request = self.request(wanted).map_err(|_| {
            let failure = Failure::new(Kind::InvalidRequest, "the sign-in URL cannot be built")
                .hint("check the authority and the tenant in the configuration");
            Setback::last(failure)
        })?;
        let asked_at = clock.now();
        let response = self.transport.send(request).await.map_err(|error| self.unreachable(error))?;
        let request_id = answer::request_id(response.headers());
        let body = json::parse(response.body()).unwrap_or(Value::Null);
        if response.status() == StatusCode::OK {
            return token(body, asked_at, wanted).ok_or_else(|| {
                let failure = Failure::new(Kind::Protocol, "the sign-in service answered without a token");
                Setback::last(failure.request_id(request_id))
            });
        }
        let failure = refused(response.status(), &body).request_id(request_id);
        let wait = retry_after::wait(response.headers(), clock.now());
        Err(match failure.kind {
            Kind::Throttled | Kind::Unavailable => Setback { failure, again: true, wait, source: None },
            _ => Setback::last(failure),
        })
    }

    fn unreachable(&self, error: TransportError) -> Setback {
        let host = self.endpoint.host_str().unwrap_or_default();
        let failure = Failure::new(Kind::Unavailable, format!("no answer from {host}: {}", error.message))
            .code("sign_in_unreachable")
            .hint(format!("check the network, a proxy, and the name {host}"));
        Setback { failure, again: true, wait: None, source: Some(error) }
    }
}

/// One attempt that brought no token.
struct Setback {
    failure: Failure,
    again: bool,
    wait: Option<Period>,
    source: Option<TransportError>,
}

impl Setback {
    fn last(failure: Failure) -> Self {
        Self { failure, again: false, wait: None, source: None }
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientSecret({} at {})", self.client_id, self.endpoint)
    }
}

#[async_trait]
impl TokenSource for ClientSecret {
    async fn token(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, ProviderError> {
        let mut attempt = 0;
        loop {
            let setback = match self.ask(wanted, clock).await {
                Ok(token) => return Ok(token),
                Err(setback) => setback,
            };
            let pause = PAUSES.get(attempt as usize).copied();
            let wait = setback.wait.or(pause).unwrap_or(Period::ZERO);
            attempt += 1;
            if setback.again && attempt < ATTEMPTS && wait <= PATIENCE {
                clock.sleep_until(clock.now() + wait).await;
                continue;
            }
            let mut failure = setback.failure;
            if let Some(wait) = setback.wait {
                failure = failure.retry(Retry::After(millis(wait)));
            }
            let mut error = ProviderError::new(PROVIDER, failure);
            error.source = setback.source.map(Into::into);
            return Err(error);
        }
    }
}

/// Whole milliseconds, rounded up.
fn millis(wait: Period) -> u64 {
    u64::try_from(wait.as_micros()).unwrap_or(0).div_ceil(1_000)
}

fn token(body: Value, asked_at: Timestamp, wanted: &TokenRequest) -> Option<Token> {
    let Value::Object(mut fields) = body else { return None };
    let life = match fields.get("expires_in")? {
        Value::Number(seconds) => seconds.as_i64()?,
        Value::String(seconds) => seconds.parse().ok()?,
        _ => return None,
    };
    let Some(Value::String(text)) = fields.remove("access_token") else { return None };
    let bearer = fields.get("token_type")?.as_str()?.eq_ignore_ascii_case("bearer");
    // A day is more than any token lives; a longer promise is a mistake that must not be believed.
    let expires_at = asked_at + Period::seconds(life.clamp(0, 86_400));
    (bearer && !text.is_empty())
        .then(|| Token::new(Secret::new("access token", text), expires_at, &wanted.audience))
}

/// What a refusal means, by the numbers of the sign-in service. Its own text names the application and is not kept.
fn refused(status: StatusCode, body: &Value) -> Failure {
    let number = body
        .pointer("/error_codes/0")
        .and_then(Value::as_u64)
        .or_else(|| described(body.get("error_description")?.as_str()?));
    let (message, hint) = match number {
        Some(7_000_222) => (
            "the client secret has expired",
            "create a new secret for this app registration, and put it into the configuration",
        ),
        Some(7_000_215) => (
            "the client secret is wrong",
            "configure the secret's value, not its id; it is shown only when it is created",
        ),
        Some(90_002) => (
            "the tenant is unknown to this sign-in service",
            "check the tenant id, and the cloud: a tenant lives in one cloud only",
        ),
        Some(700_016) => (
            "the application is unknown in this tenant",
            "check the client id, and that an administrator has consented to the application in this tenant",
        ),
        Some(7_000_112) => {
            ("the application is disabled", "enable its enterprise application in this tenant")
        }
        Some(7_000_229) => (
            "the application has no service principal in this tenant",
            "an administrator of this tenant must consent to the application",
        ),
        Some(500_011) => (
            "the service that the token is for is unknown in this tenant",
            "check the cloud in the configuration, and that the tenant uses this service",
        ),
        Some(1_002_012 | 70_011) => ("the scope is not valid", "check the cloud in the configuration"),
        Some(53_003 | 530_003 | 530_035) => (
            "conditional access forbids this sign-in",
            "let an administrator look up the request in the sign-in log of the service principal",
        ),
        _ => {
            let code = body.get("error").and_then(Value::as_str).filter(|code| is_code(code));
            let kind = match status.as_u16() {
                429 => Kind::Throttled,
                408 | 500.. => Kind::Unavailable,
                _ => Kind::Unauthenticated,
            };
            let mut failure = Failure::new(kind, format!("signing in was refused with {status}"))
                .hint("check tenant, client id and secret in the configuration");
            failure.code = number.map(|number| format!("AADSTS{number}")).or(code.map(str::to_owned));
            return failure;
        }
    };
    let number = number.unwrap_or_default();
    Failure::new(Kind::Unauthenticated, message).code(format!("AADSTS{number}")).hint(hint)
}

fn is_code(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The number in `AADSTS7000222: …`.
fn described(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("AADSTS")?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests;
