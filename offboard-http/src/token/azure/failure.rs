//! What it means when Microsoft's library brings no token.

use std::error::Error as _;

use azure_core::error::{Error, ErrorKind};
use bytes::Bytes;
use http::{Response, StatusCode};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::time::Timestamp;
use serde_json::Value;

use crate::json;
use crate::token::PROVIDER;
use crate::token::endpoint::no_token;
use crate::token::refusal::{described, numbered};
use crate::token::setback::{Setback, caused};
use crate::transport::TransportError;

fn said(failure: Failure) -> ProviderError {
    ProviderError::new(PROVIDER, failure)
}

/// The library asks what it was not given a way to ask, or in a way that is no HTTP.
pub(super) fn unasked() -> ProviderError {
    said(Failure::new(Kind::Protocol, "the token request cannot be sent").code("credential_unusable"))
}

/// The credential cannot even begin. These texts are the library's own, about the configuration.
pub(super) fn unusable(error: &Error, hint: &str) -> ProviderError {
    let mut message = format!("signing in cannot begin: {error}");
    if let Some(cause) = error.source() {
        message = format!("{message}: {cause}");
    }
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    said(Failure::new(Kind::Unauthenticated, message).code("credential_unusable").hint(hint))
}

/// A failure of somebody else's credential. Its text may hold anything, so only its kind is said.
pub(super) fn foreign(error: &Error) -> ProviderError {
    match root(error) {
        ErrorKind::DataConversion => no_token(None),
        ErrorKind::Io | ErrorKind::Connection => said(
            Failure::new(Kind::Unavailable, "the credential could not reach its service")
                .code("sign_in_unreachable")
                .hint("check the network and a proxy"),
        ),
        ErrorKind::HttpResponse { status, .. } if u16::from(*status) >= 500 || u16::from(*status) == 429 => {
            said(
                Failure::new(
                    Kind::Unavailable,
                    format!("the credential's service answered {}", u16::from(*status)),
                )
                .hint("try again"),
            )
        }
        _ => said(
            Failure::new(Kind::Unauthenticated, "the credential gave no token")
                .code("credential_refused")
                .hint("ask the credential itself for a token, and see what it says"),
        ),
    }
}

/// The kind of what lies at the bottom: the library wraps everything into one of its own.
fn root(error: &Error) -> &ErrorKind {
    let mut kind = error.kind();
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(inner) = error.downcast_ref::<Error>() {
            kind = inner.kind();
        } else if error.is::<serde_json::Error>() {
            return &ErrorKind::DataConversion;
        }
        next = error.source();
    }
    kind
}

/// Nobody answers for the machine's identity. Asking again would wait once more for what is not there.
pub(super) fn no_machine(error: TransportError) -> ProviderError {
    let message = format!("this machine has no managed identity that answers: {}", error.message);
    let failure = Failure::new(Kind::Unavailable, message)
        .code("sign_in_unreachable")
        .hint("only Azure gives a machine an identity (a virtual machine, App Service, Functions, Container Apps): sign in in another way elsewhere");
    caused(failure, error)
}

/// The service that the token is for is unknown in the tenant; the machine has a word of its own for that.
const UNKNOWN_SERVICE: u64 = 500_011;

/// What the identity of the machine answered.
///
/// Microsoft, "How to use managed identities for Azure resources on an Azure VM to acquire an access token", error
/// handling: 404 and 410 while the service is renewed, 429 and 5xx for a while, 400 for what nobody will mend by asking.
pub(super) fn machine(response: &Response<Bytes>, now: Timestamp) -> Setback {
    let body = json::parse(response.body()).unwrap_or(Value::Null);
    let said = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let unknown = (said("error") == "invalid_resource").then_some(UNKNOWN_SERVICE);
    // The machine passes on what the sign-in service said.
    let told = unknown.or_else(|| described(said("error_description"))).and_then(numbered);
    let failure = match response.status() {
        StatusCode::TOO_MANY_REQUESTS => {
            Failure::new(Kind::Throttled, "too many ask for the machine's identity").hint("try again later")
        }
        status
            if status.is_server_error() || status == StatusCode::NOT_FOUND || status == StatusCode::GONE =>
        {
            Failure::new(Kind::Unavailable, format!("the machine's identity answered {status}"))
                .hint("the platform may be renewing it: try again in a minute")
        }
        status => told.unwrap_or_else(|| refused(status)),
    };
    Setback::because(None, failure, response, now)
}

/// What it means where the machine passes nothing on.
fn refused(status: StatusCode) -> Failure {
    if status == StatusCode::BAD_REQUEST {
        return Failure::new(Kind::Unauthenticated, "this machine has no such managed identity")
            .code("identity_not_found")
            .hint("assign the identity to this resource, and check its client id; without one the system-assigned identity is meant");
    }
    Failure::new(Kind::Unauthenticated, format!("the machine's identity was refused with {status}"))
        .code("identity_refused")
        .hint(
            "IDENTITY_ENDPOINT and IDENTITY_HEADER must be those that the platform has set for this process",
        )
}
