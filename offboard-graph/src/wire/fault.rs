//! The error that Graph answers with (CONTRACT B20).

use offboard_http::redact;
use serde_json::Value;

/// Codes that say more than the ones around them: with any of these, the innermost is believed.
const KNOWN: &[&str] = &[
    "AadPremiumLicenseRequired",
    "activityLimitReached",
    "Authorization_IdentityNotFound",
    "Authorization_RequestDenied",
    "Directory_ConcurrencyViolation",
    "ErrorAccessDenied",
    "ErrorItemNotFound",
    "InvalidAuthenticationToken",
    "MailboxNotEnabledForRESTAPI",
    "MailboxNotSupportedForRESTAPI",
    "Request_MultipleObjectsWithSameKeyValue",
    "Request_ResourceNotFound",
    "ResourceNotFound",
    "TooManyRequests",
    "accessDenied",
    "itemNotFound",
    "locked",
    "nameAlreadyExists",
    "resourceLocked",
];

/// No chain of inner errors is followed further than this.
const DEEPEST: usize = 8;

/// No message is kept longer than this.
const LONGEST: usize = 240;

/// What an error body says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fault {
    /// The most specific code that is known, else the outermost.
    pub(crate) code: Option<String>,
    /// The message, on one line.
    pub(crate) message: Option<String>,
    /// The service's id of the request.
    pub(crate) request_id: Option<String>,
}

impl Fault {
    /// Reads the body of an answer; one that is no error of Graph has nothing to say.
    pub(crate) fn of(body: Option<&Value>) -> Self {
        let Some(outer) = body.and_then(|body| body.get("error")) else { return Self::default() };
        let mut fault = Self { message: text(outer, "message").map(one_line), ..Self::default() };
        let mut specific = None;
        let mut level = Some(outer);
        for _ in 0..DEEPEST {
            let Some(error) = level else { break };
            if let Some(code) = text(error, "code").filter(|code| is_code(code)) {
                fault.code.get_or_insert_with(|| code.to_owned());
                if KNOWN.iter().any(|known| known.eq_ignore_ascii_case(code)) {
                    specific = Some(code.to_owned());
                }
            }
            if let Some(id) = text(error, "request-id").filter(|id| id.len() <= 128) {
                fault.request_id.get_or_insert_with(|| id.to_owned());
            }
            level = ["innerError", "innererror"].iter().find_map(|name| error.get(*name));
        }
        fault.code = specific.or(fault.code);
        fault
    }

    /// Whether the code is one of these.
    pub(crate) fn is(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.iter().any(|one| one.eq_ignore_ascii_case(code)))
    }

    /// Whether the message has this in it. Only for the two texts that have no code of their own (B20).
    pub(crate) fn says(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.message.as_deref().is_some_and(|message| message.to_ascii_lowercase().contains(&text))
    }
}

fn text<'a>(error: &'a Value, name: &str) -> Option<&'a str> {
    error.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A code is a word, not a sentence.
fn is_code(code: &str) -> bool {
    code.len() <= 80 && code.bytes().all(|byte| byte.is_ascii_graphic())
}

fn one_line(message: &str) -> String {
    let line = message.split(['\r', '\n']).map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    redact::said(line, LONGEST)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_most_specific_known_code_is_taken() {
        let body = json!({ "error": {
            "code": "UnknownError", "message": "No.\r\nSecond line",
            "innerError": {
                "request-id": "r-1", "code": "ErrorAccessDenied",
                "innererror": { "code": "somethingInternal" }
            }
        } });
        let fault = Fault::of(Some(&body));
        assert_eq!(fault.code.as_deref(), Some("ErrorAccessDenied"));
        assert_eq!(fault.message.as_deref(), Some("No."));
        assert_eq!(fault.request_id.as_deref(), Some("r-1"));
    }

    #[test]
    fn without_a_known_code_the_outermost_counts() {
        let body = json!({ "error": { "code": "Request_BadRequest", "innerError": { "code": "x" } } });
        assert_eq!(Fault::of(Some(&body)).code.as_deref(), Some("Request_BadRequest"));
    }

    #[test]
    fn nonsense_says_nothing() {
        for body in
            [json!(null), json!({}), json!({ "error": "x" }), json!({ "error": { "code": 7 } }), json!([])]
        {
            assert_eq!(Fault::of(Some(&body)), Fault::default(), "{body}");
        }
        assert_eq!(Fault::of(None), Fault::default());
        let sentence = json!({ "error": { "code": "not a code", "message": "a\u{1b}[31mb" } });
        let fault = Fault::of(Some(&sentence));
        assert_eq!((fault.code, fault.message.as_deref()), (None, Some("a [31mb")));
    }

    #[test]
    fn inner_errors_are_not_followed_for_ever() {
        let mut error = json!({ "code": "itemNotFound" });
        for _ in 0..DEEPEST {
            error = json!({ "innerError": error });
        }
        assert_eq!(Fault::of(Some(&json!({ "error": error }))).code, None);
    }
}
