//! A request as a door sees it, and an answer as it leaves.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use offboard_core::time::Timestamp;
use offboard_http::transport::{Reached, TransportError};
use serde_json::Value;

/// Which of the four services a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// `graph.microsoft.com`, or a path that begins with `/graph`.
    Graph,
    /// `outlook.office365.com`, or `/exchange`.
    Exchange,
    /// `contoso-my.sharepoint.com`, or `/sharepoint`.
    SharePoint,
    /// `login.microsoftonline.com`, or `/login`.
    SignIn,
}

impl Door {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Graph, "graph.microsoft.com", "/graph"),
        (Self::Exchange, "outlook.office365.com", "/exchange"),
        (Self::SharePoint, "contoso-my.sharepoint.com", "/sharepoint"),
        (Self::SignIn, "login.microsoftonline.com", "/login"),
    ];
}

/// Whether an address leads to one of the doors.
pub(crate) fn has_door(uri: &http::Uri) -> bool {
    door_of(uri).is_some()
}

/// The door that an address leads to, and the prefix of its paths. Sign-in is also found below no prefix: OAuth
/// libraries take an authority for a host without a path, and a managed identity has an address of its own.
fn door_of(uri: &http::Uri) -> Option<(Door, &'static str)> {
    let host = uri.host().unwrap_or_default();
    let by_host = Door::ALL.iter().find(|(_, name, _)| host.eq_ignore_ascii_case(name));
    let below = |prefix: &str| uri.path().strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
    let by_path = || Door::ALL.iter().find(|(_, _, prefix)| below(prefix));
    match (by_host, by_path()) {
        (Some((door, ..)), _) => Some((*door, "")),
        (None, Some((door, _, prefix))) => Some((*door, prefix)),
        (None, None) => crate::signin::is_ours(uri.path()).then_some((Door::SignIn, "")),
    }
}

/// A request that came in by a door.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) door: Door,
    pub(crate) method: Method,
    /// What links in answers begin with: scheme, host, port and the door's path prefix, without a slash at the end.
    pub(crate) origin: String,
    /// The path behind the origin, with its percent signs: `/v1.0/users/…`.
    pub(crate) path: String,
    /// What follows the question mark, as it came; empty if nothing does.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// Finds the door. An unknown host without a door's path is a host that does not exist.
    pub(crate) fn from_http(request: http::Request<Bytes>) -> Result<Self, TransportError> {
        let (parts, body) = request.into_parts();
        let uri = parts.uri;
        let scheme = uri.scheme_str().unwrap_or("http");
        let authority = uri.authority().map_or("", http::uri::Authority::as_str);
        let (door, prefix) =
            door_of(&uri).ok_or_else(|| TransportError::new(Reached::NotSent, "there is no such host"))?;
        let path = uri.path().strip_prefix(prefix).unwrap_or_default().to_owned();
        Ok(Self {
            door,
            method: parts.method,
            origin: format!("{scheme}://{authority}{prefix}"),
            path,
            query: uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
        })
    }

    /// A header's text, if there is one.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The URL as it was called.
    pub(crate) fn url(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{}", self.origin, self.path, self.query)
    }

    /// The body as JSON, if it is.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// An answer with a JSON body, as `application/json`.
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::bytes(status, "application/json", Bytes::from(body.to_string()))
    }

    /// An answer with any body.
    pub(crate) fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::empty(status);
        reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        reply.body = body.into();
        reply
    }

    /// The same with a header. A value that cannot stand in a header is left out.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a header. A value that cannot stand in a header is left out.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
    }

    /// Sets when the service says that it answered.
    pub(crate) fn set_date(&mut self, now: Timestamp) {
        let seconds = Duration::from_secs(u64::try_from(now.as_secs()).unwrap_or(0));
        self.set("date", &httpdate::fmt_http_date(UNIX_EPOCH + seconds));
    }

    /// The body as JSON, if it is.
    pub(crate) fn value(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn into_http(self) -> http::Response<Bytes> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
