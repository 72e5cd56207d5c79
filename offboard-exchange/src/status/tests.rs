use serde_json::json;

use super::*;

/// A refusal as the service words it.
fn refusal(message: &str) -> Value {
    json!({
        "error": {
            "code": "BadRequest",
            "message": "Error executing cmdlet",
            "details": [{ "code": "Client", "target": "", "message": message }],
            "innererror": {
                "message": "Error executing cmdlet",
                "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            },
        },
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": [],
    })
}

fn of(status: u16, body: &Value, cmdlet: Name) -> ProviderError {
    classify(&Evidence { status, body: Some(body), ..Evidence::default() }, cmdlet)
}

#[test]
fn the_exception_decides_whatever_the_text_says() {
    use Name::{GetMailbox as Read, SetMailbox as Write};
    let not_found = "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|Het object is er niet.";
    for (status, message, cmdlet, kind, code) in [
        (404, not_found, Read, Kind::NotFound, Some(NOT_FOUND)),
        (404, not_found, Write, Kind::NotFound, Some(NOT_FOUND)),
        (400, not_found, Read, Kind::NotFound, Some(NOT_FOUND)),
        (
            400,
            "|System.Management.Automation.AmbiguousParameterSetException|Parameter set cannot be resolved | x",
            Write,
            Kind::InvalidRequest,
            Some("AmbiguousParameterSetException"),
        ),
        (
            400,
            "ExA|Microsoft.Exchange.Configuration.Tasks.TaskException|no",
            Write,
            Kind::InvalidRequest,
            Some("TaskException"),
        ),
        (
            500,
            "ExB|Microsoft.Exchange.Data.Directory.ADTransientException|later",
            Read,
            Kind::Unavailable,
            Some("ADTransientException"),
        ),
        (
            500,
            "ExB|Microsoft.Exchange.Data.Directory.ADTransientException|later",
            Write,
            Kind::Indeterminate,
            Some("ADTransientException"),
        ),
        (
            400,
            "ExC|Microsoft.Exchange.Data.Directory.UnableToWriteToAadException|x",
            Write,
            Kind::Unavailable,
            Some("UnableToWriteToAadException"),
        ),
        (
            400,
            "ExD|Microsoft.Exchange.WorkloadManagement.OverBudgetException|x",
            Write,
            Kind::Throttled,
            Some("OverBudgetException"),
        ),
        (
            403,
            "ExE|Microsoft.Exchange.Configuration.Authorization.CmdletAccessDeniedException|x",
            Write,
            Kind::PermissionDenied,
            Some("CmdletAccessDeniedException"),
        ),
    ] {
        let error = of(status, &refusal(message), cmdlet);
        assert_eq!(error.kind(), kind, "{message}");
        assert_eq!(error.failure.code.as_deref(), code, "{message}");
        assert_eq!(error.provider, "exchange");
    }
}

#[test]
fn what_the_directory_on_premises_owns_has_a_code_of_its_own() {
    let text = "ExF|Microsoft.Exchange.Configuration.Tasks.TaskException|The operation on mailbox \"x\" failed because \
                it's out of the current user's write scope. The action 'Set-Mailbox', 'ForwardingAddress', can't be \
                performed on the object 'x' because the object is being synchronized from your on-premises organization.";
    let error = of(400, &refusal(text), Name::SetMailbox);
    assert_eq!(error.kind(), Kind::InvalidRequest);
    assert_eq!(error.failure.code.as_deref(), Some(SYNCHRONIZED));
    assert_eq!(error.failure.retry, offboard_core::failure::Retry::No);
}

#[test]
fn the_status_decides_where_nothing_else_does() {
    for (status, read, write) in [
        (400, Kind::InvalidRequest, Kind::InvalidRequest),
        (401, Kind::Unauthenticated, Kind::Unauthenticated),
        (403, Kind::PermissionDenied, Kind::PermissionDenied),
        (404, Kind::NotFound, Kind::NotFound),
        (405, Kind::Unsupported, Kind::Unsupported),
        (408, Kind::Unavailable, Kind::Indeterminate),
        (429, Kind::Throttled, Kind::Throttled),
        (500, Kind::Unavailable, Kind::Indeterminate),
        (503, Kind::Unavailable, Kind::Unavailable),
        (504, Kind::Unavailable, Kind::Indeterminate),
    ] {
        let seen = Evidence { status, ..Evidence::default() };
        assert_eq!(classify(&seen, Name::GetMailbox).kind(), read, "{status}");
        assert_eq!(classify(&seen, Name::SetMailbox).kind(), write, "{status}");
    }
}

#[test]
fn only_the_object_itself_missing_is_an_answer() {
    let missing = refusal("Ex1|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|x");
    assert!(is_absent(&of(404, &missing, Name::GetMailbox)));
    let html = Evidence { status: 404, text: Some("<html>Not Found</html>"), ..Evidence::default() };
    assert!(!is_absent(&classify(&html, Name::GetMailbox)));
    assert!(!is_absent(&of(404, &json!({ "error": { "code": "NotFound" } }), Name::GetMailbox)));
    assert!(!is_absent(&of(403, &refusal("x"), Name::GetMailbox)));
}

#[test]
fn throttling_in_prose_is_throttling_under_any_status() {
    let sentence =
        "You have reached the maximum number of concurrent requests per tenant. Please wait and try again";
    for status in [400, 403, 429, 500, 503] {
        let plain = Evidence { status, text: Some(sentence), ..Evidence::default() };
        for error in [classify(&plain, Name::SetMailbox), of(status, &refusal(sentence), Name::SetMailbox)] {
            assert_eq!(error.kind(), Kind::Throttled, "{status}");
            assert_eq!(error.failure.code.as_deref(), Some(CONCURRENT), "{status}");
        }
    }
}

#[test]
fn garbage_with_403_names_what_is_missing_and_repeats_no_garbage() {
    let garbage = Evidence { status: 403, text: Some("\u{fffd} \u{fffd}canary"), ..Evidence::default() };
    let error = classify(&garbage, Name::SetMailbox);
    assert_eq!(error.kind(), Kind::PermissionDenied);
    assert!(!error.failure.message.contains("canary"), "{error}");
    let hint = error.failure.hint.unwrap();
    for part in ["Exchange.ManageAsApp", "Exchange Administrator", "\"Mail Recipients\"", "Set-Mailbox"] {
        assert!(hint.contains(part), "{part}: {hint}");
    }
}

#[test]
fn a_forgotten_page_is_read_again_from_the_start() {
    let text = "ExG|Microsoft.Exchange.Admin.OData.Core.ODataServiceException|Expired or Invalid pagination request. \
                Default Expiry time is 00:30:00";
    let error = of(400, &refusal(text), Name::GetInboxRule);
    assert_eq!((error.kind(), error.failure.code.as_deref()), (Kind::Unavailable, Some(PAGE_EXPIRED)));
}

#[test]
fn the_exception_is_found_wherever_it_stands() {
    for (inner, internal) in [("innererror", "internalexception"), ("innerError", "internalException")] {
        let body = json!({
            "error": {
                "code": "BadRequest",
                "message": "Error executing cmdlet",
                inner: {
                    "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
                    internal: {
                        "message": "Cannot convert the value.",
                        "type": "System.Management.Automation.ParameterTransformationException",
                    },
                },
            },
        });
        let error = of(400, &body, Name::SetMailbox);
        assert_eq!(error.failure.code.as_deref(), Some("ParameterTransformationException"), "{inner}");
        assert!(error.failure.message.ends_with("Cannot convert the value."), "{error}");
    }
    let header = Evidence {
        status: 500,
        exception: Some("Microsoft.Exchange.Data.Directory.UnableToWriteToAadException"),
        ..Evidence::default()
    };
    assert_eq!(classify(&header, Name::SetMailbox).kind(), Kind::Unavailable);
    // The gateway's own exception says nothing about what happened.
    let outer = json!({ "error": { "message": "x", "innererror": {
        "message": "y", "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException" } } });
    assert_eq!(of(400, &outer, Name::SetMailbox).failure.code, None);
}

#[test]
fn a_triple_is_split_twice_and_only_if_it_is_one() {
    for (said, wanted) in [
        ("Ex6F9304|A.B.NotFoundException|a|b|c", Some(("A.B.NotFoundException", "a|b|c"))),
        ("|A.B.NotFoundException|", Some(("A.B.NotFoundException", ""))),
        ("Ex1|A.Outer+Inner|x", Some(("A.Outer+Inner", "x"))),
        ("a sentence | with bars | in it.", None),
        ("Ex1|not a type|x", None),
        ("Ex1|NoNamespace|x", None),
        ("Ex1|A.B", None),
        ("", None),
    ] {
        assert_eq!(triple(said), wanted, "{said:?}");
    }
    assert_eq!(simple_name("A.Outer+Inner"), "Inner");
}

#[test]
fn a_message_is_one_short_line() {
    let body = refusal(&format!("Ex1|A.B.TaskException|one\r\n  two\u{1b}[2J {}", "x ".repeat(1_000)));
    let message = of(400, &body, Name::SetMailbox).failure.message;
    assert!(message.starts_with("Set-Mailbox was refused (400): one two [2J x"), "{message}");
    assert!(message.chars().count() < 350 && message.ends_with('…'), "{message}");
}

#[test]
fn strange_bodies_do_not_confuse() {
    for body in [
        json!(null),
        json!([]),
        json!("text"),
        json!({ "error": null }),
        json!({ "error": "text" }),
        json!({ "error": { "details": {} } }),
        json!({ "error": { "details": [] } }),
        json!({ "error": { "details": [{ "code": 5, "message": null }] } }),
        json!({ "error": { "innererror": { "internalexception": 7 } } }),
    ] {
        let error = of(400, &body, Name::SetMailbox);
        assert_eq!((error.kind(), error.failure.code), (Kind::InvalidRequest, None), "{body}");
    }
}
