//! Drift: the tenant is neither as it was planned nor as our own steps made it.
//!
//! Towards less or equal work it is recorded; towards more or other work it stops the step for a new plan. A field is
//! a JSON pointer in the step's state; what the service stamps by its clock is never drift.

use serde_json::Value;

use crate::facts::Facts;
use crate::operation::{AnyOperation, Judged};

/// One field that is otherwise than it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// JSON pointer.
    pub pointer: String,
    /// There is less to do than was planned, or as much.
    pub harmless: bool,
    /// For people: what is there, and what was planned.
    pub text: String,
}

/// What the step leaves there that found `before`, whether or not anybody has seen it yet.
pub fn left_by(operation: &dyn AnyOperation, mut facts: Facts, before: &Value) -> Judged<Value> {
    // A recorded state that this version cannot read is refused when the step's turn comes.
    let _ = operation.put_back(&mut facts, before);
    operation.effect(&mut facts);
    operation.state(&facts)
}

/// The fields of `now` that are none of `expected`: the planned state before, the planned state after, and what our
/// own steps have made of it since.
pub fn between(expected: &[&Value], now: &Value, clock_fields: &[&str]) -> Vec<Drift> {
    let mut drifts = Vec::new();
    compare(String::new(), expected, now, clock_fields, &mut drifts);
    drifts
}

fn compare(
    pointer: String,
    expected: &[&Value],
    now: &Value,
    clock_fields: &[&str],
    drifts: &mut Vec<Drift>,
) {
    if expected.contains(&now) || clock_fields.iter().any(|field| pointer.ends_with(&format!("/{field}"))) {
        return;
    }
    match now {
        Value::Object(fields) if expected.iter().any(|e| e.is_object()) => {
            for (name, value) in fields {
                let inner: Vec<&Value> = expected.iter().filter_map(|e| e.get(name)).collect();
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                if inner.is_empty() {
                    drifts.push(Drift {
                        text: format!("{pointer} was added: {value}"),
                        pointer,
                        harmless: false,
                    });
                } else {
                    compare(pointer, &inner, value, clock_fields, drifts);
                }
            }
            for e in expected.iter().take(1) {
                for name in e.as_object().into_iter().flatten().map(|(name, _)| name) {
                    if !fields.contains_key(name) {
                        let pointer = format!("{pointer}/{name}");
                        drifts.push(Drift { text: format!("{pointer} is gone"), pointer, harmless: true });
                    }
                }
            }
        }
        Value::Array(items) if expected.iter().any(|e| e.is_array()) => {
            let planned: Vec<&Value> = expected.iter().filter_map(|e| e.as_array()).flatten().collect();
            let added: Vec<&Value> = items.iter().filter(|item| !planned.contains(item)).collect();
            if added.is_empty() {
                drifts.push(Drift {
                    text: format!("{pointer} has fewer entries than planned"),
                    pointer: pointer.clone(),
                    harmless: true,
                });
            }
            for item in added {
                drifts.push(Drift {
                    pointer: pointer.clone(),
                    harmless: false,
                    text: format!("{pointer} has an entry that was not planned: {item}"),
                });
            }
        }
        _ => {
            let planned = expected.first().map_or_else(|| "nothing".to_owned(), ToString::to_string);
            drifts.push(Drift {
                text: format!("{pointer} is {now}, planned was {planned}"),
                pointer,
                harmless: false,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn drift(expected: Value, now: Value) -> Vec<(String, bool)> {
        between(&[&expected], &now, &["at"]).into_iter().map(|d| (d.pointer, d.harmless)).collect()
    }

    #[test]
    fn less_work_is_harmless_and_other_work_is_not() {
        let planned = json!({"direct": {"a": [], "b": []}, "at": 1});
        assert_eq!(drift(planned.clone(), json!({"direct": {"a": [], "b": []}, "at": 2})), []);
        assert_eq!(
            drift(planned.clone(), json!({"direct": {"a": []}, "at": 1})),
            [("/direct/b".to_owned(), true)]
        );
        assert_eq!(
            drift(planned.clone(), json!({"direct": {"a": [], "b": [], "c": []}, "at": 1})),
            [("/direct/c".to_owned(), false)]
        );
        assert_eq!(
            drift(planned, json!({"direct": {"a": ["x"], "b": []}, "at": 1})),
            [("/direct/a".to_owned(), false)]
        );
        assert_eq!(
            drift(json!({"kind": "UserMailbox"}), json!({"kind": "RoomMailbox"})),
            [("/kind".to_owned(), false)]
        );
    }
}
