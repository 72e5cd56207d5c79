//! The way of a request through the tenant: faults, waiting, the door, the answer, the record.

use http::{Method, StatusCode};
use offboard_core::time::{Clock, Period};
use offboard_http::transport::{Reached, TransportError};

use crate::context::Context;
use crate::core::Core;
use crate::faults::{Fault, Seen};
use crate::recorder::Who;
use crate::wire::{Door, Reply, Request};
use crate::world::World;
use crate::{exchange, graph, quota, recorder, share_point, signin};

/// Sends one request. With `waiting`, answers take the tenant's time.
pub(crate) async fn send(
    core: &Core,
    request: http::Request<bytes::Bytes>,
    waiting: bool,
) -> Result<http::Response<bytes::Bytes>, TransportError> {
    let request = Request::from_http(request)?;
    let principal = principal(core, &request);
    let who = Who { principal: principal.clone(), part: None };
    let number = core.recorder.begin(&request, core.clock.now(), who);
    let faults = meet(core, &request, number, principal.as_deref());
    let timing = core.state().world.timing.clone();
    let latency = core.chance.between(timing.latency_min, timing.latency_max);
    let there = Period::micros(latency.as_micros() / 2);
    // Also when the caller gives up and drops this future.
    let ended = Ended { core, number };
    let broken = |reached, message: &str| Err(TransportError::new(reached, message));
    if faults.contains(&Fault::Refuse) {
        return broken(Reached::NotSent, "connection refused");
    }
    pause(core, there, waiting).await;
    if faults.contains(&Fault::ResetBefore) {
        return broken(Reached::MaybeSent, "connection reset by peer");
    }
    let reply = {
        let mut state = core.state();
        let state = &mut *state;
        let (world, history) = (&mut state.world, &mut state.history);
        let mut cx = Context { core, world, history, number, stale: None, scratch: false };
        carry_out(&mut cx, &request, &faults)
    };
    let slow =
        faults.iter().filter_map(|fault| if let Fault::Slow(period) = fault { Some(*period) } else { None });
    let back = slow.fold(latency.as_micros() - there.as_micros(), |sum, period| sum + period.as_micros());
    pause(core, Period::micros(back), waiting).await;
    if faults.contains(&Fault::DropAnswer) {
        return broken(Reached::MaybeSent, "connection reset before the answer was complete");
    }
    let reply = distort(reply, &faults);
    core.recorder.answered(number, core.clock.now(), &reply);
    drop(ended);
    Ok(reply.into_http())
}

/// Notes when a request ended, answered or not.
struct Ended<'a> {
    core: &'a Core,
    number: usize,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let now = self.core.clock.now();
        self.core.recorder.change(self.number, |row| row.answered = row.answered.or(Some(now)));
    }
}

/// One part of a batch. Nothing waits, and a broken connection is a part without an answer.
pub(crate) fn part(cx: &mut Context<'_>, request: &Request, id: &str) -> Option<Reply> {
    let core = cx.core;
    let principal = principal(core, request);
    let who = Who { principal: principal.clone(), part: Some((cx.number, id)) };
    let number = core.recorder.begin(request, cx.now(), who);
    let faults = meet(core, request, number, principal.as_deref());
    // A batch with such a part is not what the service would have answered by itself.
    core.recorder.change(cx.number, |row| {
        row.faults.extend(faults.iter().map(|fault| format!("part {id}: {}", fault.name())));
    });
    if faults.iter().any(|fault| matches!(fault, Fault::Refuse | Fault::ResetBefore)) {
        return None;
    }
    let reply = {
        let (world, history) = (&mut *cx.world, &mut *cx.history);
        let mut cx = Context { core, world, history, number, stale: cx.stale, scratch: cx.scratch };
        distort(carry_out(&mut cx, request, &faults), &faults)
    };
    if faults.iter().any(|fault| matches!(fault, Fault::DropAnswer | Fault::MissingPart)) {
        return None;
    }
    core.recorder.answered(number, cx.now(), &reply);
    Some(reply)
}

async fn pause(core: &Core, period: Period, waiting: bool) {
    if waiting && period > Period::ZERO {
        core.clock.sleep_until(core.clock.now() + period).await;
    }
}

/// Whose token a request carries.
fn principal(core: &Core, request: &Request) -> Option<String> {
    signin::bearer(&core.tokens, &request.headers).map(|claims| claims.to_string())
}

/// The faults that meet this request, noted in its record.
fn meet(core: &Core, request: &Request, number: usize, principal: Option<&str>) -> Vec<Fault> {
    let cmdlet = recorder::cmdlet(request);
    let reading = request.method == Method::GET
        || cmdlet.as_deref().is_some_and(|name| name.to_ascii_lowercase().starts_with("get-"));
    let neither = request.path.ends_with("/$batch") || request.door == Door::SignIn;
    let body = String::from_utf8_lossy(&request.body);
    let path = match request.door {
        Door::Graph => graph::canonical_path(&request.path),
        _ => request.path.clone(),
    };
    let faults = core.faults.meeting(&Seen {
        method: &request.method,
        path: &path,
        cmdlet: cmdlet.as_deref(),
        caller: principal,
        text: &format!("{} {body}", request.query),
        writes: if neither { None } else { Some(!reading) },
        at: core.clock.now(),
    });
    core.recorder.change(number, |row| row.faults = faults.iter().map(Fault::name).collect());
    faults
}

fn carry_out(cx: &mut Context<'_>, request: &Request, faults: &[Fault]) -> Reply {
    if let Some(reply) = faults.iter().find_map(|fault| instead(cx, request, fault)) {
        return reply;
    }
    if let Some(reply) = quota::refused(cx, request) {
        return reply;
    }
    cx.stale = faults.iter().find_map(|fault| if let Fault::Stale(by) = fault { Some(*by) } else { None });
    cx.core.recorder.change(cx.number, |row| row.carried_out = Some(cx.world.now));
    let semantics = faults
        .iter()
        .find(|fault| matches!(fault, Fault::NothingHappens | Fault::Later(_) | Fault::RevertedBySync));
    let what = format!("{} {}", request.method, request.path);
    let reply = match semantics {
        Some(Fault::NothingHappens) => on_a_copy(cx, request).0,
        Some(Fault::Later(delay)) => {
            let (reply, copy) = on_a_copy(cx, request);
            cx.world.carry_out_later(*delay, &what, &copy);
            reply
        }
        Some(Fault::RevertedBySync) => {
            let before = cx.world.clone();
            let reply = route(cx, request);
            cx.world.revert_at_next_sync(&what, before);
            reply
        }
        _ => route(cx, request),
    };
    if !cx.scratch {
        cx.history.record(&what, cx.world);
    }
    reply
}

fn on_a_copy(cx: &mut Context<'_>, request: &Request) -> (Reply, World) {
    let mut copy = cx.world.clone();
    let (core, number, stale) = (cx.core, cx.number, cx.stale);
    let history = &mut *cx.history;
    let mut on_copy = Context { core, world: &mut copy, history, number, stale, scratch: true };
    let reply = route(&mut on_copy, request);
    (reply, copy)
}

fn route(cx: &mut Context<'_>, request: &Request) -> Reply {
    match request.door {
        Door::Graph => graph::answer(cx, request),
        Door::Exchange => exchange::answer(cx, request),
        Door::SharePoint => share_point::answer(cx, request),
        Door::SignIn => signin::answer(cx, request),
    }
}

/// Faults that answer in the door's place.
fn instead(cx: &Context<'_>, request: &Request, fault: &Fault) -> Option<Reply> {
    match fault {
        Fault::Status { status, body, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut reply = match body {
                Some(body) => Reply::json(status, body),
                None => usual_body(cx, request, status),
            };
            if let Some(after) = retry_after {
                reply.set("retry-after", after);
            }
            Some(reply)
        }
        Fault::Prose { status, text } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            Some(Reply::bytes(status, "text/plain; charset=utf-8", text.clone()))
        }
        Fault::TokenExpired => Some(usual_body(cx, request, StatusCode::UNAUTHORIZED)),
        Fault::ClaimsChallenge => Some(match request.door {
            Door::Graph => graph::claims_challenge(cx, request),
            Door::Exchange => exchange::claims_challenge(cx.now()),
            Door::SharePoint => share_point::claims_challenge(cx.now()),
            Door::SignIn => usual_body(cx, request, StatusCode::UNAUTHORIZED),
        }),
        _ => None,
    }
}

fn usual_body(cx: &Context<'_>, request: &Request, status: StatusCode) -> Reply {
    match request.door {
        Door::Graph => graph::usual_error(cx, request, status),
        Door::Exchange => exchange::bare(status),
        Door::SharePoint => share_point::usual_error(status),
        Door::SignIn => Reply::bytes(status, "text/plain; charset=utf-8", status.to_string()),
    }
}

fn distort(mut reply: Reply, faults: &[Fault]) -> Reply {
    for fault in faults {
        match fault {
            Fault::Truncated => reply.body.truncate(reply.body.len() / 2),
            Fault::Html => {
                let page =
                    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>";
                reply = Reply::bytes(StatusCode::OK, "text/html; charset=utf-8", page);
            }
            Fault::Garbage(bytes) => {
                reply = Reply::bytes(StatusCode::OK, "application/json", bytes.clone());
            }
            Fault::EmptyOk => reply = Reply::empty(StatusCode::OK),
            _ => {}
        }
    }
    reply
}
