//! The envelope of an answer of Exchange (PEERS C3, C5).

use serde_json::Value;

use crate::message::{Headers, header, is_json};
use crate::violation::{Findings, Violation};

pub(crate) fn check(status: u16, headers: &Headers, body: Option<&Value>) -> Vec<Violation> {
    let mut found = Findings::at(format!("Exchange -> {status}"));
    match (status, body) {
        (200 | 400..=599, Some(Value::Object(_))) => {
            let typed = header(headers, "content-type").is_some_and(is_json);
            found.require(typed, || "the Content-Type is not application/json".to_owned());
            match body {
                Some(body) if status == 200 => success(body, &mut found),
                Some(body) => failure(body, &mut found),
                None => {}
            }
        }
        (200, _) => found.add("a success has an object as its body, even where there is nothing to say"),
        // Throttling and failures of the gateway come as plain text, as garbage or as nothing.
        (400..=599, _) => {}
        _ => found.add("a call is answered with 200 or with an error"),
    }
    found.done()
}

fn success(body: &Value, found: &mut Findings) {
    for name in body.as_object().into_iter().flat_map(|members| members.keys()) {
        found.require(name == "value" || name.contains('@'), || {
            format!("body /{name}: not part of the envelope")
        });
    }
    if let Some(value) = body.get("value") {
        let objects = value.as_array().is_some_and(|items| items.iter().all(Value::is_object));
        found.require(objects, || "body /value: not a list of objects".to_owned());
    }
    warnings(body, "", found);
    if let Some(link) = body.get("@odata.nextLink").filter(|link| !link.is_null()) {
        let leads_back = link.as_str().is_some_and(|url| url.contains("://") && url.contains("/adminapi/"));
        found
            .require(leads_back, || "body /@odata.nextLink: not an absolute URL of the same door".to_owned());
    }
}

fn failure(body: &Value, found: &mut Findings) {
    let error = &body["error"];
    if !error.is_object() {
        return found.add("body /error: missing");
    }
    for name in ["code", "message"] {
        found.require(error[name].is_string(), || format!("body /error/{name}: not a string"));
    }
    let details = error["details"].as_array().map_or(&[][..], Vec::as_slice);
    for (at, detail) in details.iter().enumerate() {
        // Code (it may be empty), exception type, text; the text may hold more bars.
        let parts: Vec<_> = detail["message"].as_str().unwrap_or_default().splitn(3, '|').collect();
        let typed = matches!(parts[..], [_, kind, _] if kind.contains('.') && !kind.contains(' '));
        found.require(typed, || format!("body /error/details/{at}/message: not code|exception type|text"));
    }
    warnings(error, "/error", found);
}

/// Warnings are data in spite of their name; their annotation is spelt without the first at sign.
fn warnings(holder: &Value, here: &str, found: &mut Findings) {
    let Some(warnings) = holder.get("@adminapi.warnings") else { return };
    let lines = warnings.as_array().is_some_and(|lines| lines.iter().all(Value::is_string));
    found.require(lines, || format!("body {here}/@adminapi.warnings: not a list of strings"));
}
