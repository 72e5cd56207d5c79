//! From a path to what answers it: the command, a batch of commands, or the list of commands.

use http::{Method, StatusCode};
use offboard_core::time::Period;
use serde_json::json;

use super::access::{self, Rights};
use super::cmdlets::HANDLERS;
use super::refusal::{self, MALFORMED, Refusal};
use super::reply::json_reply;
use super::{batch, run};
use crate::context::Context;
use crate::signin::Caller;
use crate::wire::{Door, Reply, Request};
use crate::world::Resource;

/// How many commands of one tenant may run at once, where quotas are enforced.
const AT_ONCE: usize = 10;
/// The window of the rate limit, and how many commands fit in it.
const WINDOW: Period = Period::minutes(15);
const LIMIT: i64 = 30_000;

/// Answers a request to Exchange.
pub(crate) fn answer(cx: &mut Context<'_>, request: &Request) -> Reply {
    let reply = route(cx, request);
    dressed(cx, request, reply)
}

/// With the headers that every answer carries.
fn dressed(cx: &Context<'_>, request: &Request, reply: Reply) -> Reply {
    let now = cx.now().as_secs();
    let reset = (now / WINDOW.as_secs() + 1) * WINDOW.as_secs();
    let reset = offboard_core::time::Timestamp::from_micros(reset * 1_000_000);
    let used = i64::try_from(cx.number).unwrap_or(LIMIT) % LIMIT;
    let mut reply = reply
        .with("request-id", &cx.guid())
        .with("rate-limit-limit", &LIMIT.to_string())
        .with("rate-limit-remaining", &(LIMIT - used).to_string())
        .with("rate-limit-reset", &reset.to_string())
        .with("x-concurrencycount", &cx.core.recorder.in_flight(Door::Exchange).to_string());
    reply.set_date(cx.now());
    if let Some(id) = request.header("client-request-id") {
        reply.set("client-request-id", id);
    }
    reply
}

fn route(cx: &mut Context<'_>, request: &Request) -> Reply {
    let segments: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let ["adminapi", version, tenant, resource] = segments.as_slice() else {
        return refusal::bare(StatusCode::NOT_FOUND);
    };
    let command = *resource == "InvokeCommand";
    let batch = matches!(*resource, "$batch" | "%24batch");
    let module = resource.split('(').next() == Some("EXOModuleFile");
    match (command || batch, *version) {
        (true, "beta") if request.method == Method::POST => {}
        (true, "beta" | "v1.0") => return Reply::empty(StatusCode::METHOD_NOT_ALLOWED).with("allow", "POST"),
        (false, "beta" | "v1.0") if module && request.method == Method::GET => {}
        _ => return refusal::bare(StatusCode::NOT_FOUND),
    }
    let caller = match access::admitted(cx.caller(request, Resource::Exchange)) {
        Ok(caller) => caller,
        Err((why, revoked)) => return refusal::unauthorized(why, revoked),
    };
    if !tenant.eq_ignore_ascii_case(&cx.world.organization.id.to_string()) {
        return refusal::bare(StatusCode::NOT_FOUND);
    }
    if module {
        return exported(cx, &caller);
    }
    if !cx.world.settings.exchange.invoke_command {
        return refusal::bare(StatusCode::FORBIDDEN);
    }
    if cx.world.timing.quotas && cx.core.recorder.in_flight(Door::Exchange) > AT_ONCE {
        return refusal::too_many_at_once();
    }
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        return refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let Some(body) = request.json() else {
        return Refusal::rule(MALFORMED, "The request body is not valid JSON.").reply();
    };
    if batch { batch::answer(cx, request, &body) } else { run::answer(cx, request, &caller, &body) }
}

/// Which cmdlets the caller may run, as the official module asks when it starts.
fn exported(cx: &Context<'_>, caller: &Caller) -> Reply {
    let rights = Rights::of(cx.world, caller);
    let names: Vec<_> =
        HANDLERS.iter().filter(|handler| rights.show(handler.roles)).map(|handler| handler.name).collect();
    if names.is_empty() {
        return refusal::unknown_cmdlet();
    }
    json_reply(200, &json!({ "value": [{ "exportedCmdlets": names.join(",") }] }))
}
