//! From the request as an adapter describes it to the one that leaves.

use bytes::Bytes;
use http::Uri;
use http::header::{self, HeaderName, HeaderValue};
use offboard_core::failure::ProviderError;
use offboard_core::ports::call::Priority;

use super::{Inner, Journey};
use crate::json;
use crate::request::Payload;
use crate::transport::Fresh;

/// Headers that belong to the client or to HTTP itself.
pub(super) const RESERVED: [HeaderName; 7] = [
    header::AUTHORIZATION,
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::COOKIE,
    header::USER_AGENT,
];

impl Inner {
    /// The request, without its token.
    pub(super) fn message(&self, journey: &Journey<'_>) -> Result<http::Request<Bytes>, ProviderError> {
        let (call, request) = (journey.call, journey.request);
        let uri = Uri::try_from(request.url.as_str())
            .map_err(|_| self.refuse("url", format!("{} has a URL that cannot be sent", request.template)))?;
        let id = HeaderValue::from_str(&call.id)
            .map_err(|_| self.refuse("call_id", "the id of the call cannot stand in a header".to_owned()))?;
        let mut message = http::Request::new(journey.body.clone());
        *message.method_mut() = request.method.clone();
        *message.uri_mut() = uri;
        let headers = message.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, self.settings.user_agent.clone());
        if let Some(kind) = content_type(&request.payload) {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        headers.extend(request.headers.clone());
        headers.insert("client-request-id", id);
        if self.settings.tell_priority {
            let priority = match call.priority {
                Priority::Containment => "High",
                Priority::Normal => "Normal",
                Priority::Low => "Low",
            };
            headers.insert("x-ms-throttle-priority", HeaderValue::from_static(priority));
        }
        if request.fresh || call.fresh {
            message.extensions_mut().insert(Fresh);
        }
        Ok(message)
    }
}

/// The bytes of a payload, which wipe themselves when the last of them is dropped.
pub(super) fn body(payload: &Payload) -> Bytes {
    match payload {
        Payload::Empty => Bytes::new(),
        Payload::Json(value) => Bytes::from_owner(json::to_wiped_bytes(value)),
        Payload::Bytes { bytes, .. } => Bytes::from_owner(bytes.clone()),
    }
}

fn content_type(payload: &Payload) -> Option<&'static str> {
    match payload {
        Payload::Empty => None,
        Payload::Json(_) => Some("application/json"),
        Payload::Bytes { content_type, .. } => Some(content_type),
    }
}
