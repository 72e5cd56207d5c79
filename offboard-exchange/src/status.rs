//! What a refusal means: one function from an answer to a failure (PEERS C5, CONTRACT C0).
//!
//! Exchange says what went wrong as `Ex…|Some.Dotnet.Exception|text`. The exception's type decides; the text is for
//! people and may be in their language. There are two exceptions, both of which have no type of their own: the
//! sentence by which the service throttles, and the one by which it says that a property belongs to the directory
//! on-premises.

use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_http::answer::Answer;
use offboard_http::redact;
use offboard_http::request::Idempotency;
use offboard_http::status;
use offboard_http::status::Verdict;
use serde_json::Value;

use crate::PROVIDER;
use crate::cmdlet::{Name, Repeat};

/// [`Failure::code`] of a cmdlet whose object does not exist.
pub const NOT_FOUND: &str = "ManagementObjectNotFoundException";
/// [`Failure::code`] of a write to something that Active Directory on-premises owns: a step hands it off.
pub const SYNCHRONIZED: &str = "synchronized_from_on_premises";
/// [`Failure::code`] of a write that the service answered with a question instead of doing it.
pub const NOT_CONFIRMED: &str = "not_confirmed";
/// [`Failure::code`] of a list whose next page the service has forgotten.
pub const PAGE_EXPIRED: &str = "page_expired";
/// [`Failure::code`] of the sentence by which the service throttles.
pub const CONCURRENT: &str = "concurrent_requests";

/// What of an answer decides.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Evidence<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `X-ExceptionType`.
    pub(crate) exception: Option<&'a str>,
    /// The body, if it is JSON.
    pub(crate) body: Option<&'a Value>,
    /// The body, if it is text.
    pub(crate) text: Option<&'a str>,
    /// The service's id of the request.
    pub(crate) request_id: Option<&'a str>,
}

/// How much of a text that is no JSON is looked at.
const TEXT_LIMIT: usize = 2_000;

/// The failure that `answer`, the refusal of a `cmdlet`, stands for.
pub(crate) fn failure(answer: &Answer, cmdlet: Name) -> ProviderError {
    let text = answer.text(TEXT_LIMIT);
    let request_id = answer.request_id();
    let evidence = Evidence {
        status: answer.status().as_u16(),
        exception: answer.header("x-exceptiontype"),
        body: answer.as_json(),
        text: text.as_deref(),
        request_id: request_id.as_deref(),
    };
    let mut error = classify(&evidence, cmdlet);
    if answer.repeated() && cmdlet.repeat() != Repeat::Read {
        // What an earlier attempt did, whose answer was lost, is not undone by the refusal of this one.
        error.failure.kind = Kind::Indeterminate;
    }
    error
}

/// What an answer means for sending again: the status, and the sentence by which the service throttles whatever the
/// status is.
pub(crate) fn verdict(answer: &Answer) -> Verdict {
    if answer.is_success() && answer.bytes().is_none() {
        return Verdict::Final;
    }
    let text = answer.text(TEXT_LIMIT);
    let evidence = Evidence { body: answer.as_json(), text: text.as_deref(), ..Evidence::default() };
    if says_throttled(&Refusal::read(&evidence), evidence.text) {
        return Verdict::Throttled;
    }
    status::verdict(answer.status())
}

/// What is said in the body of a refusal.
#[derive(Debug, Default, PartialEq, Eq)]
struct Refusal<'a> {
    /// The exception's type, without its namespace.
    exception: Option<&'a str>,
    /// The text for people.
    text: Option<&'a str>,
}

impl<'a> Refusal<'a> {
    fn read(evidence: &Evidence<'a>) -> Self {
        let error = evidence.body.and_then(|body| body.get("error"));
        let inner = error.and_then(|error| {
            // Both spellings occur, and in some the inner exception is missing.
            let inner = error.get("innererror").or_else(|| error.get("innerError"))?;
            inner.get("internalexception").or_else(|| inner.get("internalException")).or(Some(inner))
        });
        let text_of = |value: Option<&'a Value>, key: &str| {
            value.and_then(|value| value.get(key)).and_then(Value::as_str).filter(|text| !text.is_empty())
        };
        let detail = error.and_then(|error| error.get("details")).and_then(|details| details.get(0));
        let said = text_of(detail, "message")
            .or_else(|| text_of(inner, "message"))
            .or_else(|| text_of(error, "message"))
            .or(evidence.text);
        let (triple, text) = said.map_or((None, None), |said| {
            triple(said).map_or((None, Some(said)), |(exception, text)| (Some(exception), Some(text)))
        });
        let exception = triple
            .or(evidence.exception)
            // The outermost exception is always the gateway's own; only the one inside it says anything.
            .or_else(|| text_of(inner, "type").filter(|name| !name.ends_with("ODataServiceException")))
            .map(simple_name);
        Self { exception, text }
    }
}

/// The type and the text of `Ex6F9304|Some.Dotnet.Exception|text`. The first field may be empty, and the text may have
/// bars in it.
fn triple(said: &str) -> Option<(&str, &str)> {
    let mut fields = said.splitn(3, '|');
    let (code, exception, text) = (fields.next()?, fields.next()?, fields.next()?);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '`');
    let named = exception.contains('.') && exception.chars().all(is_name);
    (named && code.chars().all(|c| c.is_ascii_alphanumeric())).then_some((exception, text))
}

fn simple_name(exception: &str) -> &str {
    exception.rsplit(['.', '+']).next().unwrap_or(exception).trim()
}

fn contains(text: Option<&str>, sentence: &str) -> bool {
    text.is_some_and(|text| text.to_ascii_lowercase().contains(sentence))
}

fn says_throttled(refusal: &Refusal<'_>, text: Option<&str>) -> bool {
    let sentence = "maximum number of concurrent requests";
    contains(refusal.text, sentence) || contains(text, sentence)
}

/// The one function from what was seen to what it means.
pub(crate) fn classify(evidence: &Evidence<'_>, cmdlet: Name) -> ProviderError {
    let refusal = Refusal::read(evidence);
    let meaning = meaning(evidence, &refusal, cmdlet);
    let said = refusal.text.map_or_else(|| "no reason was given".to_owned(), one_line);
    let message = match meaning.kind {
        // Whoever is not let in is told nothing of use, often in bytes that are no text at all.
        Kind::PermissionDenied | Kind::Unauthenticated if refusal.exception.is_none() => {
            format!("{cmdlet} was refused ({})", evidence.status)
        }
        _ => format!("{cmdlet} was refused ({}): {said}", evidence.status),
    };
    let mut failure = Failure::new(meaning.kind, message).request_id(evidence.request_id.map(str::to_owned));
    failure.code = meaning.code.or(refusal.exception).map(str::to_owned);
    failure.hint = meaning.hint;
    ProviderError::new(PROVIDER, failure)
}

struct Meaning {
    kind: Kind,
    code: Option<&'static str>,
    hint: Option<String>,
}

fn meaning(evidence: &Evidence<'_>, refusal: &Refusal<'_>, cmdlet: Name) -> Meaning {
    let is = |kind: Kind, hint: &str| Meaning { kind, code: None, hint: Some(hint.to_owned()) };
    let coded = |kind, code, hint: &str| Meaning { code: Some(code), ..is(kind, hint) };
    let writes = cmdlet.writes();
    // A fault in the middle of a write leaves nobody knowing how far it came.
    let fault = if writes { Kind::Indeterminate } else { Kind::Unavailable };
    if says_throttled(refusal, evidence.text) {
        return coded(
            Kind::Throttled,
            CONCURRENT,
            "other tools are using Exchange of this tenant: wait, or stop them",
        );
    }
    if contains(refusal.text, "synchronized from your on-premises organization") {
        return coded(
            Kind::InvalidRequest,
            SYNCHRONIZED,
            "this property belongs to Active Directory on-premises: change it there, then let directory sync run",
        );
    }
    if evidence.status == 400 && contains(refusal.text, "invalid pagination request") {
        return coded(Kind::Unavailable, PAGE_EXPIRED, "read the list again from its start");
    }
    match refusal.exception {
        Some(NOT_FOUND) => {
            return is(
                Kind::NotFound,
                "Exchange does not know this object, or not yet: it may need some minutes",
            );
        }
        // The cmdlet could not hand its change to the directory, and so did not make it.
        Some("UnableToWriteToAadException") => {
            return is(
                Kind::Unavailable,
                "Exchange could not write to the directory just now: try again later",
            );
        }
        Some(
            "AmbiguousParameterSetException"
            | "ParameterTransformationException"
            | "ParameterBindingException",
        ) => {
            return is(
                Kind::InvalidRequest,
                "the service does not take these parameters: report it with the request id",
            );
        }
        Some("OverBudgetException" | "ThrottlingException") => {
            return is(Kind::Throttled, "Exchange limits how much is done at a time: wait");
        }
        Some("CmdletAccessDeniedException" | "UnauthorizedAccessException") => return denied(cmdlet),
        Some(name) if name.ends_with("TransientException") => {
            return is(fault, "Exchange says that this passes: try again later");
        }
        _ => {}
    }
    match evidence.status {
        401 => is(
            Kind::Unauthenticated,
            "the token is not valid for Exchange, or the application lacks the app role Exchange.ManageAsApp of \
             Office 365 Exchange Online",
        ),
        403 => denied(cmdlet),
        404 => coded(
            Kind::NotFound,
            "no_such_door",
            "nothing answers at this address: check the tenant id and the cloud",
        ),
        405 | 501 => is(
            Kind::Unsupported,
            "this door of Exchange does not take cmdlets: check the cloud's Exchange host",
        ),
        code => {
            let code = http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::BAD_REQUEST);
            Meaning { kind: status::kind(code, idempotency(cmdlet.repeat())), code: None, hint: None }
        }
    }
}

/// 403 has three causes that look alike: no app role that reaches Exchange, no Exchange role, or a cmdlet outside the
/// roles that one has, which then seems not to exist.
fn denied(cmdlet: Name) -> Meaning {
    let roles = cmdlet.roles().join("\" or \"");
    let hint = format!(
        "give whoever signs in the Entra role Exchange Administrator (for recipients Exchange Recipient Administrator \
         suffices) or an Exchange role group with \"{roles}\", which {cmdlet} needs: an application on its service principal, \
         and beside the app role Exchange.ManageAsApp; a person on his own account. A new role takes up to an hour to work"
    );
    Meaning { kind: Kind::PermissionDenied, code: None, hint: Some(hint) }
}

/// How offboard-http calls it.
pub(crate) fn idempotency(repeat: Repeat) -> Idempotency {
    match repeat {
        Repeat::Read => Idempotency::Read,
        Repeat::Safe => Idempotency::Safe,
        Repeat::Once => Idempotency::Once,
    }
}

/// `text` as one short line.
fn one_line(text: &str) -> String {
    redact::said(text, 300)
}

/// Whether a reading failed because the object is not there, which is an answer.
pub(crate) fn is_absent(error: &ProviderError) -> bool {
    error.kind() == Kind::NotFound && error.failure.code.as_deref() == Some(NOT_FOUND)
}

#[cfg(test)]
mod tests;
