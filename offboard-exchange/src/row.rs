//! One object of a reply, read property by property.
//!
//! What must be there and is not, or has another shape, is a failure and never a default: a missing hold is not "no
//! hold".

use std::fmt;
use std::str::FromStr;

use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::time::Timestamp;
use serde_json::{Map, Value};

use crate::PROVIDER;
use crate::cmdlet::Name;
use crate::quantity;

/// An object that a cmdlet returned, without the notes about types that the service puts beside each property.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    cmdlet: Name,
    properties: Map<String, Value>,
}

impl Row {
    /// From the object as it came: every key with an `@` in it is a note, not a property (PEERS C3).
    pub fn new(cmdlet: Name, mut object: Map<String, Value>) -> Self {
        object.retain(|key, _| !key.contains('@'));
        Self { cmdlet, properties: object }
    }

    /// A failure about `property`. It does not repeat the value, which may be a name or a message.
    pub fn strange(&self, property: &str, wanted: &str) -> ProviderError {
        let seen = match self.properties.get(property) {
            None => "missing",
            Some(Value::Null) => "null",
            Some(Value::Bool(_)) => "a Boolean",
            Some(Value::Number(_)) => "a number",
            Some(Value::String(_)) => "a text",
            Some(Value::Array(_)) => "a list",
            Some(Value::Object(_)) => "an object",
        };
        let message = format!("{}: `{property}` is {seen}, not {wanted}", self.cmdlet);
        let failure = Failure::new(Kind::Protocol, message)
            .code("unexpected_property")
            .hint("the service answers otherwise than it is known to: report it with the request id");
        ProviderError::new(PROVIDER, failure)
    }

    /// The value, if it is there and not null.
    fn value(&self, property: &str) -> Option<&Value> {
        self.properties.get(property).filter(|value| !value.is_null())
    }

    /// A text that must be there; it may be empty.
    pub fn text(&self, property: &str) -> Result<&str, ProviderError> {
        self.value(property).and_then(Value::as_str).ok_or_else(|| self.strange(property, "a text"))
    }

    /// A text that may be cleared. The property itself must be there; empty is none.
    pub fn cleared_or_text(&self, property: &str) -> Result<Option<&str>, ProviderError> {
        match self.properties.get(property) {
            Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            _ => Err(self.strange(property, "a text or null")),
        }
    }

    /// A Boolean that must be there.
    pub fn flag(&self, property: &str) -> Result<bool, ProviderError> {
        self.optional_flag(property)?.ok_or_else(|| self.strange(property, "a Boolean"))
    }

    /// A Boolean that may be missing. Some serialisers of the service write `"True"`.
    pub fn optional_flag(&self, property: &str) -> Result<Option<bool>, ProviderError> {
        match self.value(property) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(self.strange(property, "a Boolean")),
        }
    }

    /// A list of texts; the property must be there, null is an empty list, and a single text is a list of one.
    pub fn texts(&self, property: &str) -> Result<Vec<String>, ProviderError> {
        let wanted = "a list of texts";
        match self.properties.get(property) {
            Some(Value::Null) => Ok(Vec::new()),
            Some(Value::String(text)) if text.is_empty() => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(vec![text.clone()]),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| self.strange(property, wanted)))
                .collect(),
            _ => Err(self.strange(property, wanted)),
        }
    }

    /// A whole number, as a number or as its digits.
    pub fn count(&self, property: &str) -> Result<u64, ProviderError> {
        let count = match self.value(property) {
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        count.ok_or_else(|| self.strange(property, "a whole number"))
    }

    /// A size in bytes.
    pub fn bytes(&self, property: &str) -> Result<u64, ProviderError> {
        let size = self.value(property).and_then(Value::as_str).and_then(quantity::bytes);
        size.ok_or_else(|| self.strange(property, "a size with its bytes in brackets"))
    }

    /// An id that must be there.
    pub fn id<T: FromStr>(&self, property: &str) -> Result<T, ProviderError> {
        let id = self.value(property).and_then(Value::as_str).and_then(|text| text.parse().ok());
        id.ok_or_else(|| self.strange(property, "a GUID"))
    }

    /// A point in time; without an offset it is UTC, which is what an application is answered in.
    pub fn time(&self, property: &str) -> Result<Timestamp, ProviderError> {
        let time = self.value(property).and_then(Value::as_str).and_then(|text| {
            let has_offset = text.ends_with(['Z', 'z']) || text.rfind(['+', '-']) > text.find('T');
            if has_offset { text.parse().ok() } else { format!("{text}Z").parse().ok() }
        });
        time.ok_or_else(|| self.strange(property, "a time"))
    }

    /// A point in time that may be cleared. The property itself must be there.
    pub fn cleared_or_time(&self, property: &str) -> Result<Option<Timestamp>, ProviderError> {
        match self.cleared_or_text(property)? {
            None => Ok(None),
            Some(_) => self.time(property).map(Some),
        }
    }

    /// A time in whole days (`365.00:00:00`), or nothing for `Unlimited`.
    pub fn days_or_unlimited(&self, property: &str) -> Result<Option<u32>, ProviderError> {
        let text = self.text(property)?;
        if text.eq_ignore_ascii_case("unlimited") {
            return Ok(None);
        }
        let days = text.strip_suffix(".00:00:00").and_then(|days| days.parse().ok());
        days.map(Some).ok_or_else(|| self.strange(property, "whole days or Unlimited"))
    }

    /// Whether the object has the property at all.
    pub fn has(&self, property: &str) -> bool {
        self.properties.contains_key(property)
    }
}

impl fmt::Debug for Row {
    /// The names of the properties only: their values are names and messages of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.cmdlet)?;
        f.debug_set().entries(self.properties.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use offboard_core::id::MailboxId;
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        let Value::Object(object) = json!({ "A": value }) else { unreachable!() };
        Row::new(Name::GetMailbox, object)
    }

    #[test]
    fn notes_about_types_are_no_properties() {
        let Value::Object(object) =
            json!({ "A@odata.type": "#Guid", "A@data.type": "System.Guid", "A": "x", "@odata.id": "y" })
        else {
            unreachable!()
        };
        let row = Row::new(Name::GetMailbox, object);
        assert_eq!(row.text("A").unwrap(), "x");
        assert_eq!(row.properties.len(), 1);
    }

    #[test]
    fn booleans_come_in_two_spellings_and_no_other() {
        for (value, wanted) in [
            (json!(true), Some(true)),
            (json!("True"), Some(true)),
            (json!("false"), Some(false)),
            (json!(1), None),
            (json!("yes"), None),
            (json!(""), None),
            (Value::Null, None),
        ] {
            assert_eq!(row(value.clone()).flag("A").ok(), wanted, "{value}");
        }
    }

    #[test]
    fn what_is_missing_is_a_failure_and_never_a_default() {
        let empty = Row::new(Name::GetMailbox, Map::new());
        for error in [
            empty.flag("A").unwrap_err(),
            empty.text("A").unwrap_err(),
            empty.cleared_or_text("A").unwrap_err(),
            empty.texts("A").unwrap_err(),
            empty.count("A").unwrap_err(),
            empty.bytes("A").unwrap_err(),
            empty.id::<MailboxId>("A").unwrap_err(),
            empty.time("A").unwrap_err(),
            empty.cleared_or_time("A").unwrap_err(),
            empty.days_or_unlimited("A").unwrap_err(),
        ] {
            assert_eq!(error.kind(), Kind::Protocol);
            assert!(error.failure.message.contains("`A` is missing"), "{error}");
        }
    }

    #[test]
    fn null_clears_a_text_and_empties_a_list() {
        assert_eq!(row(Value::Null).cleared_or_text("A").unwrap(), None);
        assert_eq!(row(json!("")).cleared_or_text("A").unwrap(), None);
        assert_eq!(row(json!("x")).cleared_or_text("A").unwrap(), Some("x"));
        assert!(row(json!(7)).cleared_or_text("A").is_err());
        assert_eq!(row(Value::Null).texts("A").unwrap(), Vec::<String>::new());
        assert_eq!(row(json!("x")).texts("A").unwrap(), ["x"]);
        assert_eq!(row(json!(["x", "y"])).texts("A").unwrap(), ["x", "y"]);
        assert!(row(json!(["x", 7])).texts("A").is_err());
    }

    #[test]
    fn numbers_sizes_ids_and_times() {
        assert_eq!(row(json!(7)).count("A").unwrap(), 7);
        assert_eq!(row(json!("18446744073709551615")).count("A").unwrap(), u64::MAX);
        for bad in [json!(-1), json!(1.5), json!(""), json!("x")] {
            assert!(row(bad.clone()).count("A").is_err(), "{bad}");
        }
        assert_eq!(row(json!("1 KB (1,024 bytes)")).bytes("A").unwrap(), 1024);
        assert!(row(json!(1024)).bytes("A").is_err());
        assert!(row(json!("")).id::<MailboxId>("A").is_err());
        for same in [
            "2026-11-30T16:00:00Z",
            "2026-11-30T16:00:00.0000000Z",
            "2026-11-30T17:00:00+01:00",
            "2026-11-30T11:00:00-05:00",
            "2026-11-30T16:00:00",
        ] {
            let time = row(json!(same)).time("A").unwrap();
            assert_eq!(time.to_string(), "2026-11-30T16:00:00Z", "{same}");
        }
        assert!(row(json!("11/30/2026 4:00 PM")).time("A").is_err());
    }

    #[test]
    fn days_are_whole_or_unlimited() {
        let days = |text: &str| row(json!(text)).days_or_unlimited("A").ok();
        assert_eq!(days("Unlimited"), Some(None));
        assert_eq!(days("2555.00:00:00"), Some(Some(2_555)));
        for bad in ["2555.01:00:00", "00:00:00", "2555", "", "-1.00:00:00"] {
            assert_eq!(days(bad), None, "{bad}");
        }
        let time = |value: Value| row(value).cleared_or_time("A").ok();
        assert_eq!(time(Value::Null), Some(None));
        assert_eq!(
            time(json!("2026-11-30T16:00:00.0000000Z")).flatten().unwrap().to_string(),
            "2026-11-30T16:00:00Z"
        );
        assert_eq!(time(json!("yesterday")), None);
    }

    #[test]
    fn neither_a_failure_nor_debug_repeats_the_value() {
        let row = row(json!("canary"));
        let error = row.flag("A").unwrap_err();
        let shown = format!("{row:?} {error:?}");
        assert!(!shown.contains("canary") && shown.contains("\"A\""), "{shown}");
    }
}
