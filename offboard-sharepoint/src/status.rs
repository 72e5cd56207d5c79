//! What an answer that is no success means: one function.

use http::StatusCode;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_http::answer::Answer;
use offboard_http::request::Idempotency;
use offboard_http::{redact, status};

use crate::PROVIDER;
use crate::wire::{fault, is_own};

/// What SharePoint says of an application's token that was got with a secret.
const UNSUPPORTED_APP: &str = "Unsupported app only token";

/// How much of SharePoint's words is told.
pub(crate) const LONGEST: usize = 300;

/// The failure of an application that has no certificate.
pub(crate) fn certificate_needed() -> ProviderError {
    let failure = Failure::new(
        Kind::Unsupported,
        "SharePoint takes no token of an application that signed in with a client secret",
    )
    .code("certificate_needed")
    .hint("sign in with a certificate, or let a person do it with the commands that are printed");
    ProviderError::new(PROVIDER, failure)
}

/// The failure that `answer` stands for.
pub(crate) fn failure(answer: &Answer, how: Idempotency) -> ProviderError {
    let (code, said) = fault(answer.as_json());
    // What an earlier attempt did, whose answer was lost, is not undone by the refusal of this one.
    let in_doubt = answer.repeated() && how != Idempotency::Read;
    let no_application = said.is_some_and(|said| said.contains(UNSUPPORTED_APP));
    if answer.status() == StatusCode::UNAUTHORIZED && no_application && !in_doubt {
        return certificate_needed();
    }
    let kind = match (answer.status().as_u16(), how) {
        _ if in_doubt => Kind::Indeterminate,
        // Not SharePoint itself: the site may well be there.
        (404, Idempotency::Read) if !is_own(answer.as_json()) => Kind::Protocol,
        // "Not supported" is what hands a step to a person; a verb that the service refuses is a wrong request.
        (405 | 501, Idempotency::Read) => Kind::InvalidRequest,
        (200..=399, _) => Kind::Protocol,
        _ => status::kind(answer.status(), how),
    };
    let mut failure = answer.failure();
    failure.kind = kind;
    if let Some(said) = said {
        failure.message = [failure.message.as_str(), ": ", &redact::said(said, LONGEST)].concat();
    }
    if let Some(code) = code {
        failure = failure.code(code);
    }
    let hint = match kind {
        Kind::PermissionDenied => {
            "grant the application the permission `Sites.FullControl.All` of Office 365 SharePoint Online and consent to \
             it; a person must be an administrator of the site"
        }
        Kind::Unauthenticated => {
            "SharePoint does not take the token: see whether this sign-in gives tokens for its host"
        }
        Kind::Conflict if answer.status() == StatusCode::LOCKED => "the site is locked or archived",
        _ => return ProviderError::new(PROVIDER, failure),
    };
    ProviderError::new(PROVIDER, failure.hint(hint))
}
