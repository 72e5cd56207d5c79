//! What changes between two states of a step, field by field, in words for people.

use serde_json::Value;

use super::plain::clean;
use crate::model::size::rounded;

/// What an id is called; an id without a name is its own.
pub type Naming<'a> = &'a dyn Fn(&str) -> String;

/// The field that tells two things in a list apart.
const IDENTITY: &str = "identity";

/// The field that counts bytes.
const BYTES: &str = "bytes";

/// How many things of a table are said in one line.
const SAID: usize = 8;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It had another value.
    Was {
        /// Which field.
        field: String,
        /// Before.
        was: String,
        /// After.
        is: String,
    },
    /// It is there afterwards.
    Added {
        /// Which field, and what.
        what: String,
    },
    /// It is gone afterwards.
    Removed {
        /// Which field, and what.
        what: String,
    },
}

/// The differences between two values.
pub fn changes(before: &Value, after: &Value, names: Naming<'_>) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", before, after, names, &mut found);
    found
}

fn compare(field: &str, before: &Value, after: &Value, names: Naming<'_>, found: &mut Vec<Change>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(was), Value::Object(is)) => {
            for (key, value) in was {
                match is.get(key) {
                    Some(now) => compare(&below(field, key, names), value, now, names, found),
                    None => found.push(Change::Removed { what: entry(field, key, value, names) }),
                }
            }
            for (key, value) in is.iter().filter(|(key, _)| !was.contains_key(*key)) {
                found.push(Change::Added { what: entry(field, key, value, names) });
            }
        }
        (Value::Array(was), Value::Array(is)) if identified(was) && identified(is) => {
            members(field, was, is, names, found);
        }
        (Value::Array(was), Value::Array(is)) => {
            let item = |value: &Value| labelled(field, &brief(value, names));
            for value in was.iter().filter(|value| !is.contains(value)) {
                found.push(Change::Removed { what: item(value) });
            }
            for value in is.iter().filter(|value| !was.contains(value)) {
                found.push(Change::Added { what: item(value) });
            }
        }
        _ => found.push(Change::Was {
            field: field.to_owned(),
            was: brief(before, names),
            is: brief(after, names),
        }),
    }
}

/// Whether these are things with an identity of their own: rules, for example.
fn identified(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(|item| item.get(IDENTITY).is_some_and(|id| !id.is_null()))
}

/// Things are compared each with itself; what stays the same of one tells which it is.
fn members(field: &str, was: &[Value], is: &[Value], names: Naming<'_>, found: &mut Vec<Change>) {
    let with =
        |list: &[Value], item: &Value| list.iter().find(|other| other[IDENTITY] == item[IDENTITY]).cloned();
    for item in was {
        match with(is, item) {
            Some(now) => {
                let label = format!("{field} ({})", brief(&common(item, &now), names));
                compare(&label, item, &now, names, found);
            }
            None => found.push(Change::Removed { what: labelled(field, &brief(item, names)) }),
        }
    }
    for item in is.iter().filter(|item| with(was, item).is_none()) {
        found.push(Change::Added { what: labelled(field, &brief(item, names)) });
    }
}

/// The fields that both have alike and that say something.
fn common(one: &Value, other: &Value) -> Value {
    let says =
        |value: &Value| !matches!(value, Value::Null | Value::Bool(false)) && value.as_str() != Some("");
    let fields = one.as_object().into_iter().flatten();
    let same = fields.filter(|(key, value)| other.get(key.as_str()) == Some(value) && says(value));
    Value::Object(same.map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn below(field: &str, key: &str, names: Naming<'_>) -> String {
    let key = clean(&names(key));
    match field {
        "" => key,
        // Behind the words that say which thing it is.
        thing if thing.ends_with(')') => format!("{thing} {key}"),
        table => format!("{table}.{key}"),
    }
}

/// What changed, with its field before it where it has one.
pub fn labelled(field: &str, what: &str) -> String {
    if field.is_empty() { what.to_owned() } else { format!("{field}: {what}") }
}

fn entry(field: &str, key: &str, value: &Value, names: Naming<'_>) -> String {
    let empty = matches!(value, Value::Null)
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(serde_json::Map::is_empty);
    let key = clean(&names(key));
    let what = if empty { key } else { format!("{key} ({})", brief(value, names)) };
    labelled(field, &what)
}

/// A value in a line.
pub fn brief(value: &Value, names: Naming<'_>) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => clean(&names(text)),
        Value::Number(number) => number.to_string(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(|item| brief(item, names)).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let said: Vec<String> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| match (name.as_str(), value, value.as_u64()) {
                    (BYTES, _, Some(bytes)) => rounded(bytes),
                    (_, Value::Object(_), _) => format!("{} ({})", clean(&names(name)), brief(value, names)),
                    _ => format!("{} {}", clean(&names(name)), brief(value, names)),
                })
                .collect();
            // A table of things can be long. Of one thing everything is said.
            let table = fields.values().all(Value::is_object);
            match said.len() {
                0 => "none".to_owned(),
                more if table && more > SAID => {
                    format!("{}; and {} more", said[..SAID].join("; "), more - SAID)
                }
                _ => said.join("; "),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_license_that_is_gone_is_named_as_gone() {
        let name = |id: &str| if id == "6fd2" { "ENTERPRISEPACK".to_owned() } else { id.to_owned() };
        let before = json!({ "direct": { "6fd2": [] } });
        let found = changes(&before, &json!({ "direct": {} }), &name);
        assert_eq!(found, [Change::Removed { what: "direct: ENTERPRISEPACK".to_owned() }]);
    }

    #[test]
    fn things_within_a_thing_are_told_apart_and_sizes_are_for_people() {
        let named = |id: &str| id.to_owned();
        let files = json!({ "Q3.xlsx": { "bytes": 1_610_612_735_u64, "files": 1 }, "Old": { "bytes": 9, "files": 2 } });
        assert_eq!(brief(&files, &named), "Old (9 bytes; files 2); Q3.xlsx (1.49 GiB; files 1)");
        let many: serde_json::Map<_, _> =
            (0..11).map(|n| (format!("f{n:02}"), json!({ "files": n }))).collect();
        let said = brief(&Value::Object(many), &named);
        assert!(said.starts_with("f00 (files 0); ") && said.ends_with("f07 (files 7); and 3 more"), "{said}");
    }

    #[test]
    fn each_rule_is_a_change_of_its_own() {
        let rule = |id: &str, on: bool| json!({ "identity": id, "enabled": on, "to": ["x"] });
        let before = json!({ "rules": [rule("1", true), rule("2", true)] });
        let after = json!({ "rules": [rule("1", false), rule("2", false)] });
        let found = changes(&before, &after, &|id: &str| id.to_owned());
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
