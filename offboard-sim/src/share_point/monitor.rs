//! Asking after a copy by the URL that stands for it: `GET /_api/v2.0/monitor/{id}`.
//!
//! The URL is the right to ask. A token of another service is not passed over but refused, as people report.

use http::{Method, StatusCode};
use serde_json::json;

use crate::context::Context;
use crate::wire::{Reply, Request};
use crate::world::CopyState;

/// The answer, if this is what was asked for.
pub(super) fn answer(cx: &Context<'_>, request: &Request) -> Option<Reply> {
    let job = request.path.strip_prefix("/_api/v2.0/monitor/")?;
    if request.method != Method::GET {
        return Some(refusal(StatusCode::METHOD_NOT_ALLOWED, "invalidRequest"));
    }
    if request.header("authorization").is_some() {
        return Some(refusal(StatusCode::UNAUTHORIZED, "unauthenticated"));
    }
    Some(match cx.world.copy_state(job) {
        None => refusal(StatusCode::NOT_FOUND, "itemNotFound"),
        Some(CopyState::InProgress(percent)) => Reply::json(
            StatusCode::ACCEPTED,
            &json!({ "operation": "ItemCopy", "percentageComplete": percent, "status": "inProgress" }),
        ),
        Some(CopyState::Completed(item)) => Reply::json(
            StatusCode::ACCEPTED,
            &json!({ "percentageComplete": 100.0, "resourceId": item, "status": "completed" }),
        ),
        Some(CopyState::Failed(code)) => Reply::json(
            StatusCode::OK,
            &json!({ "id": job, "status": "failed", "error": { "code": code, "message": "The copy failed." } }),
        ),
    })
}

fn refusal(status: StatusCode, code: &str) -> Reply {
    let message = status.canonical_reason().unwrap_or("Error");
    Reply::json(status, &json!({ "error": { "code": code, "message": message } }))
}
