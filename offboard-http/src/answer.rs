//! What the service answered.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::time::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::json::{self, JsonError};
use crate::request::Idempotency;

/// The body of an answer.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// JSON, whatever content type it claimed.
    Json(Value),
    /// Bytes that are not JSON, and why: a file, HTML of a proxy, a plain sentence, garbage.
    Other(Bytes, JsonError),
}

/// A final answer: no retry of ours would change it. Its `Debug` shows no body.
#[derive(Clone)]
pub struct Answer {
    pub(crate) provider: &'static str,
    pub(crate) template: &'static str,
    pub(crate) idempotency: Idempotency,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) sent_at: Timestamp,
    pub(crate) received_at: Timestamp,
    pub(crate) attempts: u32,
    pub(crate) repeated: bool,
}

impl Answer {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// A header's value, where it is text. `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The service's id of the request, for its support.
    pub fn request_id(&self) -> Option<String> {
        request_id(&self.headers)
    }

    /// The service's own time.
    pub fn date(&self) -> Option<Timestamp> {
        crate::retry_after::date(&self.headers)
    }

    /// When the request that got this answer left, by our clock.
    pub fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    /// When the answer was there, by our clock.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// How often the request was sent for it.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// An earlier attempt lost its answer and may have been carried out: "not found" after a delete, or "already
    /// exists" after a create, may be our own doing.
    pub fn repeated(&self) -> bool {
        self.repeated
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The body as JSON; an answer that should have been JSON and is not is [`Kind::Protocol`] when reading,
    /// and [`Kind::Indeterminate`] when a write that claims success cannot be understood.
    pub fn json(&self) -> Result<&Value, ProviderError> {
        match &self.body {
            Body::Json(value) => Ok(value),
            Body::Empty => Err(self.not_understood("the answer is empty")),
            Body::Other(_, error) => Err(self.not_understood(&error.to_string())),
        }
    }

    /// The body as JSON, if it is that.
    pub fn as_json(&self) -> Option<&Value> {
        match &self.body {
            Body::Json(value) => Some(value),
            Body::Empty | Body::Other(..) => None,
        }
    }

    /// The body as `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        T::deserialize(self.json()?).map_err(|error| {
            let mut failure = self.not_understood("the answer has another shape than expected");
            failure.source = Some(Box::new(error));
            failure
        })
    }

    /// The bytes of a body that is not JSON.
    pub fn bytes(&self) -> Option<&Bytes> {
        match &self.body {
            Body::Other(bytes, _) => Some(bytes),
            Body::Empty | Body::Json(_) => None,
        }
    }

    /// A body that is no JSON as text, its first `limit` characters, control characters replaced; for classifying
    /// services that answer in prose. It may hold names: it is not for logs.
    pub fn text(&self, limit: usize) -> Option<String> {
        let bytes = self.bytes()?;
        let bytes = bytes.get(..bytes.len().min(limit.saturating_mul(4))).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes);
        Some(text.chars().take(limit).map(|c| if c.is_control() { ' ' } else { c }).collect())
    }

    /// The service's own code, `error.code` of its JSON, if it looks like one.
    pub fn code(&self) -> Option<&str> {
        let code = self.as_json()?.pointer("/error/code")?.as_str()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        (!code.is_empty() && code.len() <= 100 && code.bytes().all(plain)).then_some(code)
    }

    /// A failure by the status alone, with the request id: what an adapter starts from before it has read the
    /// service's own code. Only meaningful if [`is_success`](Self::is_success) is false.
    pub fn failure(&self) -> Failure {
        let kind = crate::status::kind(self.status, self.idempotency);
        Failure::new(kind, format!("{} answered {}", self.template, self.status))
            .request_id(self.request_id())
    }

    /// A failure for an answer that cannot be understood.
    pub fn not_understood(&self, why: &str) -> ProviderError {
        let kind = match (self.is_success(), self.idempotency) {
            (true, Idempotency::Read) => Kind::Protocol,
            (true, _) => Kind::Indeterminate,
            (false, idempotency) => match crate::status::kind(self.status, idempotency) {
                Kind::InvalidRequest => Kind::Protocol,
                kind => kind,
            },
        };
        let message = format!("{} answered {}, but {why}", self.template, self.status);
        ProviderError::new(self.provider, Failure::new(kind, message).request_id(self.request_id()))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {}, request {:?})", self.template, self.status, self.request_id())
    }
}

/// Reads a body: JSON if it is that, else its bytes.
pub(crate) fn body(bytes: Bytes) -> Body {
    if bytes.is_empty() {
        return Body::Empty;
    }
    match json::parse(&bytes) {
        Ok(value) => Body::Json(value),
        Err(error) => Body::Other(bytes, error),
    }
}

/// The service's id of the request, from the headers in which its parts put it.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    ["request-id", "x-ms-request-id"]
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
        .filter(|id| !id.is_empty() && id.len() <= 128)
        .map(str::to_owned)
}
