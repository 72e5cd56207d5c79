//! A request as an adapter describes it, before it has a token.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use url::Url;
use zeroize::{Zeroize, Zeroizing};

use crate::origin::Origin;

/// What sending a request a second time does. There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// It changes nothing.
    Read,
    /// It changes something, and sending it again is harmless.
    Safe,
    /// It must not happen twice: after a lost answer it is never sent again.
    Once,
}

/// What one request takes from one pool of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The pool's name, such as `identity`; see [`crate::quota`].
    pub pool: String,
    /// Its cost in the pool's units (resource units, or requests where the pool counts those).
    pub units: u32,
    /// How many writes it is.
    pub writes: u32,
}

/// The body of a request. It is wiped from memory when it is dropped.
#[derive(Clone, Default)]
pub enum Payload {
    /// No body.
    #[default]
    Empty,
    /// A JSON body.
    Json(Value),
    /// Bytes with their content type, for a body that was put together without copies (a password).
    Bytes {
        /// The `Content-Type`.
        content_type: &'static str,
        /// The bytes.
        bytes: Zeroizing<Vec<u8>>,
    },
}

impl Drop for Payload {
    fn drop(&mut self) {
        if let Self::Json(value) = self {
            wipe(value);
        }
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Json(_) => "Json(…)",
            Self::Bytes { .. } => "Bytes(…)",
        })
    }
}

/// Overwrites every text in `value`.
pub fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A request to be sent by [`Client`](crate::client::Client).
///
/// Its `Debug` shows method and path template only: URLs, headers and bodies hold names and secrets.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) template: &'static str,
    pub(crate) idempotency: Idempotency,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload,
    pub(crate) charges: Vec<Charge>,
    pub(crate) elsewhere: Option<Origin>,
    pub(crate) fresh: bool,
}

impl Request {
    /// A request. `template` is its path with names of parameters in place of values (`/users/{id}`); it is
    /// all that logs and observers ever see of the URL.
    pub fn new(method: Method, url: Url, template: &'static str, idempotency: Idempotency) -> Self {
        Self {
            method,
            url,
            template,
            idempotency,
            headers: HeaderMap::new(),
            payload: Payload::Empty,
            charges: Vec::new(),
            elsewhere: None,
            fresh: false,
        }
    }

    /// A `GET`.
    pub fn get(url: Url, template: &'static str) -> Self {
        Self::new(Method::GET, url, template, Idempotency::Read)
    }

    /// With a header. `Authorization`, `Host`, `Content-Length` and the method overrides are refused when sent.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.payload = Payload::Json(body);
        self
    }

    /// With a body of bytes.
    #[must_use]
    pub fn bytes(mut self, content_type: &'static str, bytes: Zeroizing<Vec<u8>>) -> Self {
        self.payload = Payload::Bytes { content_type, bytes };
        self
    }

    /// Charged to `pool`. A request may be charged to several; it waits for all of them.
    #[must_use]
    pub fn charge(mut self, pool: impl Into<String>, units: u32, writes: u32) -> Self {
        let pool = pool.into();
        // In one order everywhere: who waits for several pools never waits for someone who waits for him.
        match self.charges.binary_search_by(|charge| charge.pool.cmp(&pool)) {
            Ok(at) => {
                let charge = &mut self.charges[at];
                charge.units = charge.units.saturating_add(units);
                charge.writes = charge.writes.saturating_add(writes);
            }
            Err(at) => self.charges.insert(at, Charge { pool, units, writes }),
        }
        self
    }

    /// On a connection of its own, so that another replica may answer (agreeing reads).
    #[must_use]
    pub fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// To `origin` instead of the client's own, without a token: a monitor URL is its own capability.
    #[must_use]
    pub fn without_token_to(mut self, origin: Origin) -> Self {
        self.elsewhere = Some(origin);
        self
    }

    /// The same request to another URL: the next page.
    #[must_use]
    pub fn at(mut self, url: Url) -> Self {
        self.url = url;
        self
    }

    /// Where it goes.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Its path template.
    pub fn template(&self) -> &'static str {
        self.template
    }

    /// Its method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// What sending it twice does.
    pub fn idempotency(&self) -> Idempotency {
        self.idempotency
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {}, {:?})", self.method, self.template, self.idempotency)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn debug_shows_neither_url_nor_header_nor_body() {
        let url =
            Url::parse("https://graph.microsoft.com/v1.0/users/alex@contoso.com?$filter=canary").unwrap();
        let request = Request::new(Method::PATCH, url, "/users/{id}", Idempotency::Safe)
            .header(HeaderName::from_static("prefer"), HeaderValue::from_static("canary"))
            .json(json!({ "passwordProfile": { "password": "canary" } }));
        let shown = format!("{request:?} {:?}", request.payload);
        assert!(!shown.contains("canary") && !shown.contains("alex"), "{shown}");
        assert!(shown.contains("PATCH /users/{id}"), "{shown}");
    }

    #[test]
    fn charges_to_one_pool_add_up_and_stand_in_order() {
        let url = Url::parse("https://graph.microsoft.com/v1.0/$batch").unwrap();
        let request = Request::get(url, "/$batch").charge("b", 1, 0).charge("a", 2, 1).charge("b", 3, 1);
        let charge = |pool: &str, units, writes| Charge { pool: pool.to_owned(), units, writes };
        assert_eq!(request.charges, [charge("a", 2, 1), charge("b", 4, 1)]);
    }

    #[test]
    fn wiping_empties_every_text() {
        let mut body = json!({ "a": "secret", "b": ["secret", { "c": "secret" }], "n": 1 });
        wipe(&mut body);
        assert_eq!(body, json!({ "a": "", "b": ["", { "c": "" }], "n": 1 }));
    }
}
