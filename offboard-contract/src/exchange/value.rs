//! Values of cmdlet parameters as JSON carries them (PEERS C2).

use serde_json::Value;

use super::table::Parameter;
use crate::text::{is_guid, is_instant};

/// The type of an edit of a list: `{"@odata.type": ..., "add": [...], "remove": [...]}`.
const HASH_TABLE: &str = "#Exchange.GenericHashTable";

/// What speaks against a value, if anything does. The value itself is not repeated.
pub(crate) fn check(parameter: &Parameter, value: &Value) -> Option<String> {
    let kind = parameter.kind.rsplit('.').next().unwrap_or_default();
    if value.is_null() {
        let clears = parameter.may_be_null()
            || !matches!(kind, "Boolean" | "SwitchParameter" | "Guid" | "Unlimited")
                && integer(kind).is_none();
        return (!clears).then(|| format!("is a {kind} and cannot be null"));
    }
    let wrong = match kind {
        "Boolean" | "SwitchParameter" => (!value.is_boolean()).then_some("true or false"),
        "Guid" => (!text(value).is_some_and(is_guid)).then_some("a GUID"),
        "DateTime" | "ExDateTime" => {
            (!text(value).is_some_and(is_instant)).then_some("an instant in ISO 8601")
        }
        "EnhancedTimeSpan" => {
            (!text(value).is_some_and(is_time_span)).then_some("a time span (days.hours:minutes:seconds)")
        }
        "Unlimited" => {
            let fits = text(value).is_some_and(|t| !t.trim().is_empty()) || value.is_u64();
            (!fits).then_some("a number, a size, a time span or Unlimited")
        }
        "SmtpAddress" => (!text(value).is_some_and(|t| t.contains('@'))).then_some("a mail address"),
        "ProxyAddress" => {
            (!text(value).is_some_and(|t| t.contains('@'))).then_some("a mail address, with or without smtp:")
        }
        // Types without a described shape: lists of objects of Teams and the like.
        "Object" | "List" | "Array" | "PSCredential" | "X509Certificate2" => None,
        kind if let Some((least, most)) = integer(kind) => {
            (!value.as_i64().is_some_and(|n| (least..=most).contains(&n)))
                .then_some("a whole number in its range")
        }
        kind if is_list(kind) => return list(parameter, kind, value),
        kind => {
            let blank_id = kind.ends_with("IdParameter") && text(value).is_some_and(|t| t.trim().is_empty());
            (value.as_str().is_none() || blank_id).then_some("a string that is not empty; null clears it")
        }
    };
    match wrong {
        Some(wanted) => Some(format!("is a {kind}: {wanted}")),
        None => words(parameter, value),
    }
}

/// A list is an array of strings, one string, or an edit.
fn list(parameter: &Parameter, kind: &str, value: &Value) -> Option<String> {
    let Some(edit) = value.as_object() else {
        let fits =
            value.is_string() || value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
        return if fits {
            words(parameter, value)
        } else {
            Some(format!("is a {kind}: strings, or an edit of the list"))
        };
    };
    let editable =
        matches!(kind, "MultiValuedProperty" | "ProxyAddressCollection") || kind.ends_with("IdParameter[]");
    if !editable {
        return Some(format!("is a {kind}: it is given whole and cannot be edited"));
    }
    if edit.get("@odata.type").and_then(Value::as_str) != Some(HASH_TABLE) {
        return Some(format!("an edit of a list needs \"@odata.type\": \"{HASH_TABLE}\""));
    }
    let changes: Vec<_> = edit.iter().filter(|(key, _)| *key != "@odata.type").collect();
    if changes.is_empty() {
        return Some("an edit of a list adds or removes something".to_owned());
    }
    changes.into_iter().find_map(|(key, change)| match key.as_str() {
        "add" | "remove" => {
            let fits = change.is_string()
                || change.as_array().is_some_and(|items| items.iter().all(Value::is_string));
            if fits { words(parameter, change) } else { Some(format!("{key} of an edit holds strings")) }
        }
        other => Some(format!("an edit of a list has add and remove, not {other:?}")),
    })
}

/// Where the page lists the words a parameter may be, each given word is one of them.
fn words(parameter: &Parameter, value: &Value) -> Option<String> {
    if parameter.values.is_empty() {
        return None;
    }
    let mut given: Vec<&str> = match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::String(words) => words.split(',').map(str::trim).collect(),
        _ => return None,
    };
    given.retain(|word| !parameter.values.iter().any(|known| known == word));
    (!given.is_empty()).then(|| format!("is one of {}", parameter.values.join(", ")))
}

fn integer(kind: &str) -> Option<(i64, i64)> {
    Some(match kind {
        "Int16" => (i16::MIN.into(), i16::MAX.into()),
        "Int32" => (i32::MIN.into(), i32::MAX.into()),
        "Int64" => (i64::MIN, i64::MAX),
        "UInt32" => (0, u32::MAX.into()),
        _ => return None,
    })
}

fn is_list(kind: &str) -> bool {
    kind.ends_with("[]") || matches!(kind, "MultiValuedProperty" | "ProxyAddressCollection")
}

fn is_time_span(text: &str) -> bool {
    let clock =
        text.rsplit_once('.').map_or(text, |(days, clock)| if clock.contains(':') { clock } else { days });
    clock.split(':').count() == 3 && text.bytes().all(|byte| byte.is_ascii_digit() || b".:".contains(&byte))
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}
