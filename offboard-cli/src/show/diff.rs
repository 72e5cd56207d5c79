//! What changes between two states of a step, field by field.

use std::fmt::Write as _;

use offboard::Catalog;
use offboard::core::operation::Judged;
use offboard::core::plan::Step;
use offboard::core::report::StepReport;
use serde_json::Value;

use super::names::Names;
use super::style::Style;
use super::text::{clean, fold};

/// The field that tells two things in a list apart.
const IDENTITY: &str = "identity";

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
pub fn changes(before: &Value, after: &Value, names: &Names) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", before, after, names, &mut found);
    found
}

fn compare(field: &str, before: &Value, after: &Value, names: &Names, found: &mut Vec<Change>) {
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
fn members(field: &str, was: &[Value], is: &[Value], names: &Names, found: &mut Vec<Change>) {
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

fn below(field: &str, key: &str, names: &Names) -> String {
    let key = clean(names.get(key));
    match field {
        "" => key,
        // Behind the words that say which thing it is.
        thing if thing.ends_with(')') => format!("{thing} {key}"),
        table => format!("{table}.{key}"),
    }
}

fn labelled(field: &str, what: &str) -> String {
    if field.is_empty() { what.to_owned() } else { format!("{field}: {what}") }
}

fn entry(field: &str, key: &str, value: &Value, names: &Names) -> String {
    let empty = matches!(value, Value::Null)
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(serde_json::Map::is_empty);
    let key = clean(names.get(key));
    let what = if empty { key } else { format!("{key} ({})", brief(value, names)) };
    labelled(field, &what)
}

/// A value in a line.
pub fn brief(value: &Value, names: &Names) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) => clean(names.get(text)),
        Value::Number(number) => number.to_string(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(|item| brief(item, names)).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let said: Vec<String> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| format!("{} {}", clean(names.get(name)), brief(value, names)))
                .collect();
            if said.is_empty() { "none".to_owned() } else { said.join("; ") }
        }
    }
}

/// Writes what a step of a plan would change. What the service stamps by its own clock is not known before.
pub fn of_plan(out: &mut String, step: &Step, names: &Names, style: &Style, indent: usize) {
    let mut goal = step.goal.clone();
    let before = step.before.is();
    if let (Some(spec), Judged::Is(Value::Object(fields))) =
        (Catalog::builtin().spec(&step.operation), &mut goal)
    {
        let moves = |name: &str, value: &Value| before.and_then(|before| before.get(name)) != Some(value);
        for (name, value) in fields.iter_mut() {
            if spec.clock_fields.contains(&name.as_str()) && moves(name, value) {
                *value = Value::String("when it is done".to_owned());
            }
        }
    }
    write(out, &step.before, &goal, names, style, indent);
}

/// Writes what was seen to have changed.
pub fn of_step(out: &mut String, step: &StepReport, names: &Names, style: &Style, indent: usize) {
    if let (Some(before), Some(after)) = (&step.before, &step.after) {
        write(out, before, after, names, style, indent);
    }
}

/// Writes the differences of two states, indented by `indent`. Unknown is said as unknown.
pub fn write(
    out: &mut String,
    before: &Judged<Value>,
    after: &Judged<Value>,
    names: &Names,
    style: &Style,
    indent: usize,
) {
    let pad = " ".repeat(indent);
    match (before, after) {
        (Judged::Is(before), Judged::Is(after)) => {
            for change in changes(before, after, names) {
                one(out, &change, style, indent);
            }
        }
        (Judged::Unknown(failure), Judged::Is(after)) => {
            let text = format!("now unknown ({}) -> {}", failure.kind, brief(after, names));
            fold(out, &format!("{pad}{} ", style.yellow("?")), &text, indent + 2, style.width());
        }
        (Judged::Unknown(failure), _) => {
            let _ = writeln!(out, "{pad}{} now unknown ({})", style.yellow("?"), failure.kind);
        }
        (Judged::Nothing(_), Judged::Is(after)) => {
            one(out, &Change::Added { what: brief(after, names) }, style, indent);
        }
        (Judged::Is(before), _) => {
            one(out, &Change::Removed { what: brief(before, names) }, style, indent);
        }
        (Judged::Nothing(_), _) => {}
    }
}

fn one(out: &mut String, change: &Change, style: &Style, indent: usize) {
    let pad = " ".repeat(indent);
    let (mark, text) = match change {
        Change::Was { field, was, is } => (style.yellow("~"), labelled(field, &format!("{was} -> {is}"))),
        Change::Added { what } => (style.green("+"), what.clone()),
        Change::Removed { what } => (style.red("-"), what.clone()),
    };
    fold(out, &format!("{pad}{mark} "), &text, indent + 2, style.width());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(before: &Value, after: &Value) -> String {
        let mut out = String::new();
        write(
            &mut out,
            &Judged::Is(before.clone()),
            &Judged::Is(after.clone()),
            &Names::default(),
            &Style::plain(),
            0,
        );
        out
    }

    #[test]
    fn fields_lists_and_tables_are_compared_each_in_its_way() {
        assert_eq!(
            shown(&json!({"enabled": true, "x": 1}), &json!({"enabled": false, "x": 1})),
            "~ enabled: yes -> no\n"
        );
        assert_eq!(shown(&json!({"to": ["a", "b"]}), &json!({"to": ["b", "c"]})), "- to: a\n+ to: c\n");
        assert_eq!(
            shown(&json!({"direct": {"E3": ["yammer"], "BI": []}}), &json!({"direct": {}})),
            "- direct: BI\n- direct: E3 (yammer)\n"
        );
        assert_eq!(shown(&json!(null), &json!("later")), "~ none -> later\n");
        assert_eq!(shown(&json!({"a": 1}), &json!({"a": 1})), "");
    }

    #[test]
    fn things_with_an_identity_are_compared_each_with_itself() {
        let rule = |on: bool| json!({"rules": [{"identity": "1", "name": "", "hidden": true, "enabled": on, "to": ["x"]}]});
        assert_eq!(
            shown(&rule(true), &rule(false)),
            "~ rules (hidden yes; identity 1; to x) enabled: yes -> no\n"
        );
        let two = json!({"rules": [{"identity": "2", "enabled": true}]});
        assert_eq!(
            shown(&rule(true), &two),
            "- rules: enabled yes; hidden yes; identity 1; name empty; to x\n+ rules: enabled yes; identity 2\n"
        );
    }

    #[test]
    fn the_unknown_is_not_nothing() {
        let mut out = String::new();
        let failure = offboard::Failure::new(offboard::Kind::Unavailable, "gone");
        let goal = Judged::Is(json!({"a": 1}));
        write(&mut out, &Judged::Unknown(failure), &goal, &Names::default(), &Style::plain(), 2);
        assert_eq!(out, "  ? now unknown (unavailable) -> a 1\n");
    }
}
