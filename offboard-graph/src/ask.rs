//! A request to Graph before it is known whether it travels alone or in a batch.

use std::fmt;

use http::{HeaderName, HeaderValue, Method};
use offboard_core::id::UserId;
use offboard_http::quota;
use offboard_http::request::{Idempotency, Payload, Request};
use serde_json::Value;
use url::Url;

use crate::need::Need;
use crate::wire::path::Path;
use crate::wire::query::Query;

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// One request: what it does, what it costs and what it needs.
pub(crate) struct Ask {
    pub(crate) method: Method,
    path: Path,
    query: Query,
    pub(crate) template: &'static str,
    pub(crate) idempotency: Idempotency,
    payload: Payload,
    pub(crate) need: &'static Need,
    pub(crate) pool: String,
    pub(crate) units: u32,
    /// The header `Prefer`: in which form it is answered.
    pub(crate) prefer: Option<&'static str>,
    /// Its body holds a secret, so whatever the service says of it is not repeated.
    pub(crate) secret: bool,
}

impl Ask {
    /// A reading of the directory; it costs one unit unless it says more.
    pub(crate) fn get(template: &'static str, path: Path, need: &'static Need) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Query::default(),
            template,
            idempotency: Idempotency::Read,
            payload: Payload::Empty,
            need,
            pool: quota::IDENTITY.to_owned(),
            units: 1,
            prefer: None,
            secret: false,
        }
    }

    /// A write to the directory that may be sent again (CONTRACT B20).
    pub(crate) fn safe_write(
        method: Method,
        template: &'static str,
        path: Path,
        need: &'static Need,
    ) -> Self {
        Self { method, idempotency: Idempotency::Safe, ..Self::get(template, path, need) }
    }

    /// A write that must not happen twice: after a lost answer it is not sent again.
    pub(crate) fn once(method: Method, template: &'static str, path: Path, need: &'static Need) -> Self {
        Self { idempotency: Idempotency::Once, ..Self::safe_write(method, template, path, need) }
    }

    /// With this query.
    pub(crate) fn query(mut self, query: Query) -> Self {
        self.query = query;
        self
    }

    /// With this body.
    pub(crate) fn body(mut self, body: Value) -> Self {
        self.payload = Payload::Json(body);
        self
    }

    /// With a body that holds a secret.
    pub(crate) fn secret_body(mut self, body: Value) -> Self {
        self.secret = true;
        self.body(body)
    }

    /// Answered in this form, if the service knows it.
    pub(crate) fn prefer(mut self, form: &'static str) -> Self {
        self.prefer = Some(form);
        self
    }

    /// At this price in resource units (CONTRACT D2).
    pub(crate) fn units(mut self, units: u32) -> Self {
        self.units = units;
        self
    }

    /// From another pool than the directory's.
    pub(crate) fn pool(mut self, pool: &'static str) -> Self {
        pool.clone_into(&mut self.pool);
        self
    }

    /// From the pool of somebody's mailbox.
    pub(crate) fn mailbox(mut self, of: UserId) -> Self {
        self.pool = [quota::OUTLOOK, "/", &of.to_string()].concat();
        self
    }

    /// Whether it changes nothing.
    pub(crate) fn reads(&self) -> bool {
        self.idempotency == Idempotency::Read
    }

    /// How many writes it is.
    pub(crate) fn writes(&self) -> u32 {
        u32::from(!self.reads())
    }

    /// Path and query below the version.
    pub(crate) fn relative(&self) -> String {
        match self.query.as_str() {
            Some(query) => [self.path.as_str(), "?", query].concat(),
            None => self.path.as_str().to_owned(),
        }
    }

    /// Its body, for a part of a batch; the copy is wiped with the batch.
    pub(crate) fn json(&self) -> Option<Value> {
        if let Payload::Json(body) = &self.payload { Some(body.clone()) } else { None }
    }

    /// As a request of its own below `base`.
    pub(crate) fn alone(&self, base: &Url) -> Result<Request, url::ParseError> {
        let url = Url::parse(&[base.as_str(), &self.relative()].concat())?;
        let request = Request::new(self.method.clone(), url, self.template, self.idempotency).charge(
            self.pool.clone(),
            self.units,
            self.writes(),
        );
        let request = self.preferred(request);
        Ok(match self.json() {
            Some(body) => request.json(body),
            None => request,
        })
    }

    /// A request for the next page of the answer.
    pub(crate) fn page(&self, url: Url) -> Request {
        self.preferred(Request::get(url, self.template).charge(self.pool.clone(), self.units, 0))
    }

    fn preferred(&self, request: Request) -> Request {
        match self.prefer {
            Some(form) => request.header(PREFER, HeaderValue::from_static(form)),
            None => request,
        }
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ask({} {})", self.method, self.template)
    }
}
