//! Binding what was sent to the parameters a cmdlet has. Strict: a misspelt name is refused, never ignored.

use std::collections::BTreeMap;

use offboard_core::time::Timestamp;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::table::{Cmdlet, Parameter};

/// Common parameters of every cmdlet; the reference leaves them out.
const COMMON: [&str; 4] = ["ErrorAction", "WarningAction", "Verbose", "Debug"];

/// Parameters that fit one of the cmdlet's sets, with values of their types.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) cmdlet: &'static Cmdlet,
    values: BTreeMap<String, Value>,
}

/// A change to a list: `{"@odata.type": "#Exchange.GenericHashTable", "add": .., "remove": ..}`, or a new list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ListEdit {
    Replace(Vec<String>),
    Change { add: Vec<String>, remove: Vec<String> },
}

impl Bound {
    /// Binds `parameters` to `cmdlet`.
    pub(super) fn new(cmdlet: &'static Cmdlet, parameters: &Map<String, Value>) -> Result<Self, Refusal> {
        let mut values = BTreeMap::new();
        for (name, value) in parameters {
            if COMMON.contains(&name.as_str()) || name.ends_with("@odata.type") {
                continue;
            }
            let parameter = cmdlet.parameters.get(name).filter(|parameter| parameter.online());
            let parameter = parameter.ok_or_else(|| Refusal::ambiguous_set(name))?;
            if !converts(parameter, value) {
                return Err(Refusal::transformation(name, &parameter.kind, value));
            }
            values.insert(name.clone(), value.clone());
        }
        let given = values.keys().map(String::as_str);
        if cmdlet.sets.iter().any(|set| set.fits(given.clone())) {
            return Ok(Self { cmdlet, values });
        }
        if let [only] = cmdlet.sets.as_slice() {
            return Err(Refusal::missing(&only.missing(given)));
        }
        Err(Refusal::ambiguous_set(&given.collect::<Vec<_>>().join(", ")))
    }

    /// Whether the parameter was sent at all.
    pub(super) fn given(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Its text; `None` when absent, `null` or empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A boolean or switch; `None` when absent.
    pub(super) fn boolean(&self, name: &str) -> Option<bool> {
        self.values.get(name).and_then(Value::as_bool)
    }

    /// A switch: absent is off.
    pub(super) fn switch(&self, name: &str) -> bool {
        self.boolean(name).unwrap_or(false)
    }

    /// A whole number, sent as one or as text.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        whole(self.values.get(name)?)
    }

    /// A time. Exchange takes local formats as well; here it must carry its offset.
    pub(super) fn time(&self, name: &str) -> Option<Timestamp> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// A list, or an edit of one; `None` when absent. `null` empties.
    pub(super) fn list(&self, name: &str) -> Option<ListEdit> {
        Some(match self.values.get(name)? {
            Value::Object(table) => {
                let side = |key: &str| {
                    let found = table.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
                    found.map(|(_, value)| strings(value)).unwrap_or_default()
                };
                ListEdit::Change { add: side("add"), remove: side("remove") }
            }
            value => ListEdit::Replace(strings(value)),
        })
    }

    /// The names sent, without those that say how to run instead of what to do.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        const MANNER: [&str; 4] = ["Identity", "Confirm", "WhatIf", "Force"];
        self.values.keys().map(String::as_str).filter(|name| !MANNER.contains(name))
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// Whether `value` converts to the parameter's .NET type.
fn converts(parameter: &Parameter, value: &Value) -> bool {
    let word = |text: &str| {
        parameter.values.is_empty()
            || text.is_empty()
            || parameter.values.iter().any(|known| known.eq_ignore_ascii_case(text))
    };
    let words = |value: &Value| match value {
        Value::String(text) => word(text),
        Value::Array(items) => items.iter().all(|item| item.as_str().is_some_and(word)),
        _ => false,
    };
    match parameter.kind.as_str() {
        "Boolean" | "System.Boolean" | "SwitchParameter" => {
            value.is_boolean() || (value.is_null() && parameter.may_be_null())
        }
        "Int32" | "Int64" => whole(value).is_some(),
        "DateTime" | "ExDateTime" => {
            value.is_null() || value.as_str().is_some_and(|text| text.parse::<Timestamp>().is_ok())
        }
        "Unlimited" | "ByteQuantifiedSize" | "EnhancedTimeSpan" => {
            value.is_null() || value.is_string() || value.is_u64()
        }
        kind if kind.ends_with("[]") => value.is_null() || words(value),
        "MultiValuedProperty" | "ProxyAddressCollection" => match value {
            Value::Null => true,
            Value::Object(table) => hash_table(table),
            other => words(other),
        },
        // Addresses, identities and enumerations: text that the cmdlet itself looks at.
        _ => value.is_null() || value.as_str().is_some_and(word),
    }
}

/// An edit must say that it is one, and holds nothing but additions and removals.
fn hash_table(table: &Map<String, Value>) -> bool {
    table.get("@odata.type").and_then(Value::as_str) == Some("#Exchange.GenericHashTable")
        && table.iter().all(|(key, value)| match key.to_ascii_lowercase().as_str() {
            "add" | "remove" => match value {
                Value::Array(items) => items.iter().all(Value::is_string),
                other => other.is_string(),
            },
            other => other.contains('@'),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::refusal::{AMBIGUOUS_SET, BINDING, TRANSFORMATION};
    use super::super::table::cmdlet;
    use super::*;

    fn bind(name: &str, parameters: Value) -> Result<Bound, &'static str> {
        let parameters = parameters.as_object().unwrap();
        Bound::new(cmdlet(name).unwrap(), parameters).map_err(|refusal| refusal.exception())
    }

    #[test]
    fn a_misspelt_parameter_is_refused() {
        assert!(bind("Set-Mailbox", json!({"Identity": "a", "AccountDisabled": true})).is_ok());
        for wrong in ["AcountDisabled", "accountDisabled", "DomainController", "Database"] {
            let parameters = json!({"Identity": "a", wrong: true});
            assert_eq!(bind("Set-Mailbox", parameters).unwrap_err(), AMBIGUOUS_SET, "{wrong}");
        }
    }

    #[test]
    fn a_missing_mandatory_parameter_is_refused() {
        assert_eq!(bind("Get-MailboxAutoReplyConfiguration", json!({})).unwrap_err(), BINDING);
        assert_eq!(
            bind("Add-MailboxPermission", json!({"Identity": "a", "User": "b"})).unwrap_err(),
            AMBIGUOUS_SET
        );
        assert!(bind("Get-Mailbox", json!({})).is_ok());
    }

    #[test]
    fn parameters_of_two_sets_do_not_mix() {
        let owner = json!({"Identity": "a", "Owner": "b"});
        assert!(bind("Add-MailboxPermission", owner).is_ok());
        let mixed = json!({"Identity": "a", "Owner": "b", "User": "c", "AccessRights": "FullAccess"});
        assert_eq!(bind("Add-MailboxPermission", mixed).unwrap_err(), AMBIGUOUS_SET);
    }

    #[test]
    fn values_must_convert() {
        for (parameter, value, fits) in [
            ("Type", json!("Shared"), true),
            ("Type", json!("shared"), true),
            ("Type", json!("SharedMailbox"), false),
            ("AccountDisabled", json!(true), true),
            ("AccountDisabled", json!("true"), false),
            ("ForwardingAddress", Value::Null, true),
            ("ForwardingAddress", json!(["a"]), false),
            ("GrantSendOnBehalfTo", json!({"@odata.type": "#Exchange.GenericHashTable", "add": "a"}), true),
            ("GrantSendOnBehalfTo", json!({"add": "a"}), false),
            ("GrantSendOnBehalfTo", json!({"@odata.type": "#Exchange.GenericHashTable", "put": "a"}), false),
        ] {
            let bound = bind("Set-Mailbox", json!({"Identity": "a", parameter: value}));
            assert_eq!(bound.err(), (!fits).then_some(TRANSFORMATION), "{parameter} {value}");
        }
    }

    #[test]
    fn a_list_is_replaced_or_edited() {
        let edit = json!({"@odata.type": "#Exchange.GenericHashTable", "add": "a", "Remove": ["b"]});
        let bound = bind("Set-Mailbox", json!({"Identity": "x", "GrantSendOnBehalfTo": edit})).unwrap();
        let change = ListEdit::Change { add: vec!["a".to_owned()], remove: vec!["b".to_owned()] };
        assert_eq!(bound.list("GrantSendOnBehalfTo"), Some(change));
        assert_eq!(bound.list("EmailAddresses"), None);
        assert_eq!(bound.names().collect::<Vec<_>>(), ["GrantSendOnBehalfTo"]);
    }
}
