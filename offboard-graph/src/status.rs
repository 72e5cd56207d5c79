//! What an answer that is no success means: one function (CONTRACT B20).

use http::StatusCode;
use offboard_core::failure::{Failure, Kind, ProviderError, Retry};
use offboard_http::request::Idempotency;
use offboard_http::status;

use crate::PROVIDER;
use crate::ask::Ask;
use crate::reply::Reply;
use crate::wire::Malformed;
use crate::wire::fault::Fault;

/// The failure that `reply` to `ask` stands for.
pub(crate) fn failure(ask: &Ask, reply: &Reply) -> ProviderError {
    let fault = reply.fault();
    // What an earlier attempt did, whose answer was lost, is not undone by the refusal of this one.
    let in_doubt = reply.repeated && !ask.reads();
    let kind = if in_doubt { Kind::Indeterminate } else { kind(reply.status, &fault, ask.idempotency) };
    let said = fault.message.as_deref().filter(|_| !ask.secret && !reply.muted);
    let code = fault.code.as_deref();
    let message = [
        Some([ask.template, " answered ", reply.status.as_str()].concat()),
        code.map(|code| [" ", code].concat()),
        said.map(|said| [": ", said].concat()),
    ];
    let mut failure = Failure::new(kind, message.into_iter().flatten().collect::<String>())
        .request_id(reply.request_id.clone().or(fault.request_id.clone()));
    if let Some(code) = code {
        failure = failure.code(code);
    }
    if let Some(hint) = hint(ask, reply, kind, &fault) {
        failure = failure.hint(hint);
    }
    if let Some(wait) = reply.wait.filter(|_| kind == Kind::Throttled || kind == Kind::Unavailable) {
        failure = failure.retry(Retry::After(u64::try_from(wait.as_micros()).unwrap_or(0).div_ceil(1_000)));
    } else if fault.is(&["Directory_ConcurrencyViolation"]) {
        failure = failure.retry(Retry::Later);
    }
    ProviderError::new(PROVIDER, failure)
}

/// An answer that claims success and cannot be understood: nothing was learned by a reading, and a write may or may
/// not have happened.
pub(crate) fn not_understood(ask: &Ask, reply: &Reply, why: &str) -> ProviderError {
    let kind = if ask.reads() { Kind::Protocol } else { Kind::Indeterminate };
    let message = [ask.template, " answered ", reply.status.as_str(), ", but ", why].concat();
    let failure = Failure::new(kind, message).code("not_understood").request_id(reply.request_id.clone());
    ProviderError::new(PROVIDER, failure)
}

/// As [`not_understood`], for a body that is not as Graph documents it. A property that the caller has no permission
/// for is left out by the service, so the hint names the permission.
pub(crate) fn malformed(ask: &Ask, reply: &Reply, why: &Malformed) -> ProviderError {
    let mut error = not_understood(ask, reply, &why.0);
    error.failure.hint =
        Some(["the service may leave out what the caller may not see: ", &ask.need.hint()].concat());
    error
}

fn kind(status: StatusCode, fault: &Fault, idempotency: Idempotency) -> Kind {
    if fault.is(&["Authorization_RequestDenied", "ErrorAccessDenied", "accessDenied"]) {
        return Kind::PermissionDenied;
    }
    if fault.is(&["InvalidAuthenticationToken"]) {
        return Kind::Unauthenticated;
    }
    if fault.is(&["TooManyRequests", "activityLimitReached"]) {
        return Kind::Throttled;
    }
    if fault.is(&[
        "Request_MultipleObjectsWithSameKeyValue",
        "nameAlreadyExists",
        "Directory_ConcurrencyViolation",
    ]) {
        return Kind::Conflict;
    }
    match (status.as_u16(), idempotency) {
        // "Not supported" is taken for "this cloud does not have it" by whoever reads facts. Only our own table of
        // clouds may say that; a verb that a service refuses is a wrong request.
        (405 | 501, Idempotency::Read) => Kind::InvalidRequest,
        (200..=399, _) => Kind::Protocol,
        _ => status::kind(status, idempotency),
    }
}

/// What to do where the token itself is not taken.
pub(crate) const SIGN_IN_AGAIN: &str = "the service does not take the token: sign in again (a ready token: fetch a new one), and check that \
     neither the application nor the person was blocked in the tenant";

fn hint(ask: &Ask, reply: &Reply, kind: Kind, fault: &Fault) -> Option<String> {
    let text = match kind {
        Kind::PermissionDenied => return Some(ask.need.hint()),
        Kind::Unauthenticated => SIGN_IN_AGAIN,
        Kind::InvalidRequest if fault.says("on-premises mastered") => {
            "Active Directory owns this object: make the change there, and let directory sync carry it over"
        }
        Kind::InvalidRequest if fault.says("inherited from a group membership") => {
            "the license comes through a group, or a plan of it depends on one that does: remove the person from the \
             licensing group"
        }
        Kind::Conflict if reply.status == StatusCode::LOCKED => "the object is locked or archived",
        Kind::NotFound if fault.code.is_none() => {
            "this answer is not Graph's own: check the address of the service and what stands between (a proxy)"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests;
