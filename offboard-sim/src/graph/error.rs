//! Errors in the shape of Graph.

use http::StatusCode;
use offboard_core::time::Timestamp;
use serde_json::json;

use crate::context::Context;
use crate::signin::challenge;
use crate::wire::{Reply, Request};

/// A request that was refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// When access was revoked, where that is the reason: it makes a claims challenge.
    revoked: Option<Timestamp>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), revoked: None }
    }

    /// 401 with a claims challenge: access was revoked.
    pub(super) fn revoked(at: Timestamp) -> Self {
        let text = "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", text);
        Self { revoked: Some(at), ..refusal }
    }

    /// 400 `Request_BadRequest`.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 400 `BadRequest`: the request could not be parsed.
    pub(super) fn parse(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 403 `Authorization_RequestDenied`.
    pub(super) fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    /// 404 `Request_ResourceNotFound`.
    pub(super) fn not_found(what: impl std::fmt::Display) -> Self {
        let message = format!(
            "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// 501: the service can, this simulation cannot. Said aloud rather than answered wrongly.
    pub(super) fn not_simulated(what: impl std::fmt::Display) -> Self {
        let message = format!("The simulated tenant does not know {what}.");
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// The refusal as an answer.
    pub(super) fn reply(&self, cx: &Context<'_>, request: &Request, request_id: &str) -> Reply {
        let client = request.header("client-request-id").unwrap_or(request_id);
        let date = cx.now().to_string();
        let body = json!({ "error": {
            "code": self.code,
            "message": self.message,
            "innerError": {
                "date": date.split(['.', 'Z']).next().unwrap_or_default(),
                "request-id": request_id,
                "client-request-id": client,
            },
        }});
        let reply = Reply::json(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            return reply.with("www-authenticate", &challenge::header(challenge::GRAPH, self.revoked));
        }
        reply
    }
}
