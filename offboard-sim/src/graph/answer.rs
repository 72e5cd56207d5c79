//! One request to Graph: who calls, which operation, may he, the answer with its headers.

use http::{Method, StatusCode};

use super::error::Refusal;
use super::query::Query;
use super::routes::{Operation, find};
use super::{batch, path};
use crate::context::Context;
use crate::signin::{Caller, Refused};
use crate::wire::{Reply, Request};
use crate::world::Resource;

/// What an operation is given.
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) operation: &'static Operation,
    /// The keys of the path, decoded.
    pub(super) keys: Vec<String>,
    pub(super) query: Query,
    pub(super) caller: Caller,
}

impl Call<'_> {
    /// A key of the path.
    pub(super) fn key(&self, index: usize) -> &str {
        self.keys.get(index).map_or("", String::as_str)
    }

    /// Whether the caller holds any of these permissions.
    pub(super) fn may(&self, any_of: &[&str]) -> bool {
        any_of.iter().any(|permission| self.caller.permissions.contains(*permission))
    }
}

/// Answers a request to Graph.
pub(crate) fn answer(cx: &mut Context<'_>, request: &Request) -> Reply {
    let request_id = cx.guid();
    let reply = match carry_out(cx, request) {
        Ok(reply) => reply,
        Err(refusal) => refusal.reply(cx, request, &request_id),
    };
    finish(cx, request, reply, &request_id)
}

/// The error that goes with a status, for faults that answer in an operation's place.
pub(crate) fn usual_error(cx: &Context<'_>, request: &Request, status: StatusCode) -> Reply {
    let (code, message) = match status.as_u16() {
        400 => ("Request_BadRequest", "Invalid request."),
        401 => ("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
        403 => ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
        404 => ("Request_ResourceNotFound", "The resource does not exist."),
        409 => ("Conflict", "The request conflicts with the current state."),
        412 => ("preconditionFailed", "The resource has changed."),
        423 => ("locked", "The resource is locked."),
        429 => ("TooManyRequests", "Too many requests."),
        503 => ("serviceNotAvailable", "The service is temporarily unavailable."),
        504 => ("gatewayTimeout", "The server did not answer in time."),
        _ => ("generalException", "General exception while processing."),
    };
    let request_id = cx.guid();
    let reply = Refusal::new(status, code, message).reply(cx, request, &request_id);
    finish(cx, request, reply, &request_id)
}

/// The answer to a token that the service no longer takes, with what the next one must satisfy.
pub(crate) fn claims_challenge(cx: &Context<'_>, request: &Request) -> Reply {
    let request_id = cx.guid();
    let reply = Refusal::revoked(cx.now()).reply(cx, request, &request_id);
    finish(cx, request, reply, &request_id)
}

fn finish(cx: &Context<'_>, request: &Request, mut reply: Reply, request_id: &str) -> Reply {
    reply.set("request-id", request_id);
    reply.set("client-request-id", request.header("client-request-id").unwrap_or(request_id));
    reply.set_date(cx.now());
    reply.set("cache-control", "no-cache");
    if !reply.body.is_empty() && reply.status.is_success() {
        reply.set(
            "content-type",
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        );
        reply.set("odata-version", "4.0");
    }
    reply
}

fn carry_out(cx: &mut Context<'_>, request: &Request) -> Result<Reply, Refusal> {
    let caller = cx.caller(request, Resource::Graph).map_err(unauthenticated)?;
    let (version, rest) = request.path.trim_start_matches('/').split_once('/').unwrap_or(("", ""));
    if version == "beta" {
        return Err(Refusal::not_simulated("the beta version"));
    }
    if version != "v1.0" {
        return Err(Refusal::parse(format!("Invalid version: {version}")));
    }
    if rest == "$batch" {
        return batch::answer(cx, request);
    }
    let mut segments = path::segments(rest).map_err(Refusal::parse)?;
    if segments.first().is_some_and(|first| first == "me") {
        let user = caller
            .user
            .ok_or_else(|| Refusal::parse("/me request is only valid with delegated authentication flow."))?;
        if segments.len() > 1 {
            segments.splice(..1, ["users".to_owned(), user.to_string()]);
        }
    }
    let (operation, keys) = find(&request.method, &segments)?;
    let query = Query::parse(&request.query)?;
    let call = Call { request, operation, keys, query, caller };
    check_headers(request)?;
    if !operation.any_of.is_empty() && !call.may(operation.any_of) {
        return Err(Refusal::denied());
    }
    (operation.answer)(cx, &call)
}

fn unauthenticated(refused: Refused) -> Refusal {
    let message = match refused {
        Refused::Missing => "Access token is empty.",
        Refused::Malformed => "IDX14100: JWT is not well formed, there are not enough dots (.).",
        Refused::Signature => "Signature is invalid.",
        Refused::Expired => "Lifetime validation failed, the token is expired.",
        Refused::Audience => "Access token validation failure. Invalid audience.",
        Refused::Principal => "The identity of the calling application could not be established.",
        Refused::Revoked(at) => return Refusal::revoked(at),
    };
    Refusal::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
}

fn check_headers(request: &Request) -> Result<(), Refusal> {
    let writes = matches!(request.method, Method::POST | Method::PATCH | Method::PUT);
    if !writes || request.body.is_empty() {
        return Ok(());
    }
    let Some(kind) = request.header("content-type") else {
        let text = "Write requests (excluding DELETE) must contain the Content-Type header declaration.";
        return Err(Refusal::parse(text));
    };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let text = format!("A supported MIME type could not be found that matches the content type '{kind}'.");
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BadRequest", text))
}
