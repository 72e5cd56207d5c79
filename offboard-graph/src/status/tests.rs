use http::Method;
use offboard_core::id::UserId;
use serde_json::{Value, json};

use super::*;
use crate::need;
use crate::wire::path::Path;

fn reading() -> Ask {
    Ask::get("/users/{id}", Path::user(UserId::from_u128(1)), &need::USERS)
}

fn write() -> Ask {
    let path = Path::user(UserId::from_u128(1));
    Ask::safe_write(Method::PATCH, "/users/{id}", path, &need::SET_ACCOUNT_ENABLED)
}

fn reply(status: u16, body: impl Into<Option<Value>>) -> Reply {
    Reply {
        location: None,
        status: StatusCode::from_u16(status).unwrap(),
        body: body.into(),
        garbled: false,
        request_id: Some("r-1".into()),
        date: None,
        wait: None,
        repeated: false,
        muted: false,
    }
}

fn error(code: &str, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message } })
}

#[test]
fn every_status_and_code_has_its_kind() {
    for (status, code, read, written) in [
        (400, "Request_BadRequest", Kind::InvalidRequest, Kind::InvalidRequest),
        (400, "Request_MultipleObjectsWithSameKeyValue", Kind::Conflict, Kind::Conflict),
        (400, "Authorization_RequestDenied", Kind::PermissionDenied, Kind::PermissionDenied),
        (401, "InvalidAuthenticationToken", Kind::Unauthenticated, Kind::Unauthenticated),
        (403, "Authorization_RequestDenied", Kind::PermissionDenied, Kind::PermissionDenied),
        (403, "ErrorAccessDenied", Kind::PermissionDenied, Kind::PermissionDenied),
        (403, "Forbidden", Kind::PermissionDenied, Kind::PermissionDenied),
        (404, "Request_ResourceNotFound", Kind::NotFound, Kind::NotFound),
        (405, "Request_BadRequest", Kind::InvalidRequest, Kind::Unsupported),
        (409, "nameAlreadyExists", Kind::Conflict, Kind::Conflict),
        (409, "Directory_ConcurrencyViolation", Kind::Conflict, Kind::Conflict),
        (412, "PreconditionFailed", Kind::Conflict, Kind::Conflict),
        (423, "locked", Kind::Conflict, Kind::Conflict),
        (424, "", Kind::Unavailable, Kind::Unavailable),
        (429, "TooManyRequests", Kind::Throttled, Kind::Throttled),
        (403, "activityLimitReached", Kind::Throttled, Kind::Throttled),
        (500, "generalException", Kind::Unavailable, Kind::Indeterminate),
        (501, "notSupported", Kind::InvalidRequest, Kind::Unsupported),
        (502, "", Kind::Unavailable, Kind::Indeterminate),
        (503, "serviceNotAvailable", Kind::Unavailable, Kind::Unavailable),
        (504, "", Kind::Unavailable, Kind::Indeterminate),
        (509, "", Kind::Throttled, Kind::Throttled),
        (302, "", Kind::Protocol, Kind::Protocol),
    ] {
        let reply = reply(status, error(code, "why"));
        assert_eq!(failure(&reading(), &reply).kind(), read, "{status} {code}");
        assert_eq!(failure(&write(), &reply).kind(), written, "{status} {code}");
    }
}

#[test]
fn a_refusal_names_the_permission_and_the_role() {
    let denied = reply(403, error("Authorization_RequestDenied", "Insufficient privileges.\nMore."));
    let failed = failure(&write(), &denied);
    assert_eq!(
        failed.failure.message,
        "/users/{id} answered 403 Authorization_RequestDenied: Insufficient privileges."
    );
    assert_eq!(failed.failure.code.as_deref(), Some("Authorization_RequestDenied"));
    assert_eq!(failed.failure.request_id.as_deref(), Some("r-1"));
    let hint = failed.failure.hint.unwrap();
    assert!(hint.contains("`User.EnableDisableAccount.All`"), "{hint}");
    assert!(hint.contains("Privileged Authentication Administrator"), "{hint}");
}

#[test]
fn the_two_texts_without_a_code_have_a_hint() {
    for (said, wanted) in [
        (
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects \
             currently undergoing migration.",
            "Active Directory",
        ),
        (
            "User license is inherited from a group membership and it cannot be removed directly from the user.",
            "licensing group",
        ),
    ] {
        let hint = failure(&write(), &reply(400, error("Request_BadRequest", said))).failure.hint.unwrap();
        assert!(hint.contains(wanted), "{hint}");
    }
    assert_eq!(failure(&write(), &reply(400, error("Request_BadRequest", "x"))).failure.hint, None);
}

#[test]
fn what_is_said_of_a_secret_is_not_repeated() {
    let ask = write().secret_body(json!({ "passwordProfile": { "password": "canary" } }));
    let echo = error("Request_BadRequest", "The password canary is too weak.");
    let failed = failure(&ask, &reply(400, echo));
    assert!(!format!("{failed:?} {failed} {ask:?}").contains("canary"));
}

#[test]
fn a_part_that_says_when_to_come_back_is_believed() {
    let mut throttled = reply(429, error("TooManyRequests", "slow down"));
    throttled.wait = Some(offboard_core::time::Period::millis(2_500));
    assert_eq!(failure(&reading(), &throttled).failure.retry, Retry::After(2_500));
    throttled.wait = None;
    assert_eq!(failure(&reading(), &throttled).failure.retry, Retry::Later);
}

#[test]
fn success_that_cannot_be_understood_is_not_success() {
    let garbled = reply(200, None);
    assert_eq!(not_understood(&reading(), &garbled, "x").kind(), Kind::Protocol);
    assert_eq!(not_understood(&write(), &garbled, "x").kind(), Kind::Indeterminate);
    let hint = malformed(&reading(), &garbled, &Malformed::missing("accountEnabled")).failure.hint.unwrap();
    assert!(hint.contains("`User.Read.All`"), "{hint}");
}
