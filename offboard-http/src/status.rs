//! What a status alone says. An adapter refines this with the service's own code, in its one function for that.

use http::StatusCode;
use offboard_core::failure::Kind;

use crate::request::Idempotency;

/// The kind of failure that `status` stands for when nothing else is known (CONTRACT B20).
///
/// A server error while writing is [`Kind::Indeterminate`]: a gateway that gave up says nothing about the service
/// behind it. The exceptions are 429, 503 and 509, by which the service says that it did nothing; and 503 is
/// not believed where repeating would be harmful.
pub fn kind(status: StatusCode, idempotency: Idempotency) -> Kind {
    match status.as_u16() {
        401 => Kind::Unauthenticated,
        403 => Kind::PermissionDenied,
        404 | 410 => Kind::NotFound,
        405 | 501 => Kind::Unsupported,
        409 | 412 | 423 => Kind::Conflict,
        424 => Kind::Unavailable,
        429 | 509 => Kind::Throttled,
        503 if idempotency != Idempotency::Once => Kind::Unavailable,
        408 | 500.. if idempotency == Idempotency::Read => Kind::Unavailable,
        408 | 500.. => Kind::Indeterminate,
        400..=499 => Kind::InvalidRequest,
        _ => Kind::Protocol,
    }
}

/// What the client does with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the adapter's to read.
    Final,
    /// The service limits us and did nothing: everything in the same pool waits.
    Throttled,
    /// Trying again may help; whether the request was carried out is not known.
    Transient,
}

/// The verdict by the status alone. An adapter whose service throttles in prose brings its own and falls back
/// to this.
pub fn verdict(status: StatusCode) -> Verdict {
    match status.as_u16() {
        429 | 503 | 509 => Verdict::Throttled,
        408 | 500 | 502 | 504 => Verdict::Transient,
        _ => Verdict::Final,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_error_while_writing_is_not_known_to_have_failed() {
        for (status, read, safe, once) in [
            (429, Kind::Throttled, Kind::Throttled, Kind::Throttled),
            (500, Kind::Unavailable, Kind::Indeterminate, Kind::Indeterminate),
            (503, Kind::Unavailable, Kind::Unavailable, Kind::Indeterminate),
            (504, Kind::Unavailable, Kind::Indeterminate, Kind::Indeterminate),
            (404, Kind::NotFound, Kind::NotFound, Kind::NotFound),
            (400, Kind::InvalidRequest, Kind::InvalidRequest, Kind::InvalidRequest),
            (302, Kind::Protocol, Kind::Protocol, Kind::Protocol),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(kind(status, Idempotency::Read), read, "{status}");
            assert_eq!(kind(status, Idempotency::Safe), safe, "{status}");
            assert_eq!(kind(status, Idempotency::Once), once, "{status}");
        }
    }
}
