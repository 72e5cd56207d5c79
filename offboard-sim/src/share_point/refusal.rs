//! How SharePoint refuses.

use http::StatusCode;
use offboard_core::time::Timestamp;
use serde_json::{Value, json};

use crate::signin::challenge;
use crate::wire::Reply;

/// A refusal on its way out.
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
    /// The token is no longer taken since then.
    revoked: Option<Timestamp>,
}

impl Refusal {
    fn new(status: StatusCode, code: &str, text: &str) -> Self {
        let message = json!({ "lang": "en-US", "value": text });
        Self { status, body: json!({ "odata.error": { "code": code, "message": message } }), revoked: None }
    }

    /// 401, before SharePoint itself was reached.
    pub(super) fn early(text: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, body: json!({ "error_description": text }), revoked: None }
    }

    /// 401 with a claims challenge.
    pub(super) fn revoked(at: Timestamp) -> Self {
        Self { revoked: Some(at), ..Self::early("Access has been revoked.") }
    }

    pub(super) fn denied() -> Self {
        let code = "-2147024891, System.UnauthorizedAccessException";
        Self::new(StatusCode::FORBIDDEN, code, "Attempted to perform an unauthorized operation.")
    }

    pub(super) fn locked() -> Self {
        let code = "-2147024891, Microsoft.SharePoint.Client.ResourceLockedException";
        Self::new(StatusCode::LOCKED, code, "Access to this Web site has been blocked.")
    }

    pub(super) fn no_such_site() -> Self {
        Self::not_found("The site could not be found.")
    }

    pub(super) fn not_found(text: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "-2146232832, Microsoft.SharePoint.SPException", text)
    }

    pub(super) fn no_such_resource() -> Self {
        let code = "-1, Microsoft.SharePoint.Client.ResourceNotFoundException";
        Self::new(StatusCode::NOT_FOUND, code, "Cannot find resource for the request.")
    }

    pub(super) fn wrong_method() -> Self {
        let code = "-1, Microsoft.SharePoint.Client.ClientServiceException";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            code,
            "The HTTP method cannot be used to access the resource.",
        )
    }

    pub(super) fn bad(text: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "-1, Microsoft.SharePoint.Client.InvalidClientQueryException",
            text,
        )
    }

    pub(super) fn media_type(kind: &str) -> Self {
        let text = format!("The HTTP header {kind} is missing or its value is invalid.");
        Self::new(StatusCode::NOT_ACCEPTABLE, "-1, Microsoft.SharePoint.Client.ClientServiceException", &text)
    }

    pub(super) fn reply(self) -> Reply {
        let reply = Reply::json(self.status, &self.body);
        if self.status == StatusCode::UNAUTHORIZED {
            let header = challenge::header(challenge::SHARE_POINT, self.revoked);
            return reply.with("www-authenticate", &header);
        }
        reply
    }
}

/// The error that goes with a status, for faults that answer in an operation's place.
pub(crate) fn usual_error(status: StatusCode) -> Reply {
    let text = status.canonical_reason().unwrap_or("Error");
    match status {
        StatusCode::UNAUTHORIZED => Refusal::early("Invalid JWT token. The token is expired.").reply(),
        StatusCode::FORBIDDEN => Refusal::denied().reply(),
        _ => Refusal::new(status, "-1, Microsoft.SharePoint.SPException", text).reply(),
    }
}

/// The answer to a token that the service no longer takes, with what the next one must satisfy.
pub(crate) fn claims_challenge(now: Timestamp) -> Reply {
    Refusal::revoked(now).reply()
}

/// With the headers that every answer carries.
pub(super) fn dressed(now: Timestamp, mut reply: Reply) -> Reply {
    reply.set_date(now);
    reply
}
