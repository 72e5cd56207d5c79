//! `[[step]]`: steps of somebody else's catalog.

use serde_json::{Map, Value};

use super::error::Refusal;
use super::file::CustomStep;
use crate::document::lined::Node;
use crate::id::UserId;
use crate::operation::Catalog;
use crate::operation::catalog::CatalogError;

/// Stands for the leaver's object id inside parameters.
const LEAVER: &str = "$leaver";

/// Operations that a key of the policy asks for. They are asked for there and nowhere else: end states are judged
/// by keys (CONTRACT f.4), and an access that a step gives would have no end.
const KEYED: &[(&str, &str)] = &[
    ("block_sign_in", "access.sign_in = \"block\""),
    ("reset_password", "access.password = \"reset\""),
    ("revoke_sign_in_sessions", "access.sessions = \"revoke\""),
    ("final_revoke", "access.sessions = \"revoke\""),
    ("block_exchange_account", "access.exchange_account = \"block\""),
    ("stop_forwarding", "access.forwarding = \"stop\""),
    ("block_protocols", "access.protocols = \"block\""),
    ("cancel_meetings", "mail.meetings = { do = \"cancel\", for = \"P365D\" }"),
    ("wipe_mobile_device", "devices.mobile = \"wipe_and_block\""),
    ("block_mobile_device", "devices.mobile = \"block\""),
    ("convert_to_shared", "mail.disposition = \"shared\""),
    ("place_litigation_hold", "mail.disposition = \"inactive\""),
    ("set_forwarding", "mail.disposition = \"forward\""),
    ("grant_full_access", "mail.full_access = { to = [...], until = \"...\" }"),
    ("set_automatic_replies", "mail.auto_reply = { text = \"...\" }"),
    ("grant_drive_access", "files = { disposition = \"grant\", to = [...], until = \"...\" }"),
    ("share_drive", "files = { disposition = \"grant\", by = \"invitation\", to = [...], until = \"...\" }"),
    ("copy_drive", "files = { disposition = \"copy\", to = [...] }"),
    ("leave_distribution_group", "groups.disposition = \"leave\""),
    ("leave_group", "groups.disposition = \"leave\""),
    ("leave_licensing_group", "licenses.disposition = \"remove\""),
    ("delete_user", "account.disposition = \"delete\""),
    ("remove_licenses", "licenses.disposition = \"remove\""),
    ("unassign_phone_number", "voice.numbers = \"unassign\""),
];

/// The parameters with the leaver's id in its places.
pub(super) fn params_for(params: &Map<String, Value>, leaver: UserId) -> Value {
    fn put(value: &Value, leaver: &str) -> Value {
        match value {
            Value::String(text) if text == LEAVER => Value::String(leaver.to_owned()),
            Value::Array(items) => items.iter().map(|item| put(item, leaver)).collect(),
            Value::Object(members) => {
                Value::Object(members.iter().map(|(key, value)| (key.clone(), put(value, leaver))).collect())
            }
            other => other.clone(),
        }
    }
    let leaver = leaver.to_string();
    Value::Object(params.iter().map(|(key, value)| (key.clone(), put(value, &leaver))).collect())
}

/// Refuses steps that the catalog cannot make, or that belong to a key.
pub(super) fn check(steps: &[CustomStep], tree: &Node, catalog: &Catalog) -> Result<(), Refusal> {
    for (index, step) in steps.iter().enumerate() {
        let at = index.to_string();
        let on = |path: &[&str]| tree.line_of(&[&["step", at.as_str()], path].concat());
        let name = &step.operation;
        if let Some((_, key)) = KEYED.iter().find(|(operation, _)| operation == name) {
            return Err(Refusal::on(on(&["operation"]), format!("`{name}` has a key of its own"))
                .hint(format!("write `{key}`")));
        }
        // Any id shows whether the parameters fit.
        let sample = params_for(&step.params, UserId::from_u128(1));
        catalog.make(name, &sample).map_err(|error| match error {
            CatalogError::Params { .. } => Refusal::on(on(&["params"]), error.to_string())
                .hint(format!("they look like {}", example(catalog, name))),
            _ => unknown(on(&["operation"]), error.to_string()),
        })?;
        for (key, names) in [("after_steps", &step.after_steps), ("before_steps", &step.before_steps)] {
            for (index, other) in names.iter().enumerate() {
                let line = on(&[key, index.to_string().as_str()]);
                if other == name {
                    return Err(
                        Refusal::on(line, format!("`{name}` cannot wait for itself")).hint("leave it out")
                    );
                }
                if catalog.spec(other).is_none() {
                    return Err(unknown(
                        line,
                        format!("`{key}` names `{other}`; known are: {}", known(catalog)),
                    ));
                }
            }
            if let Some(both) = step.after_steps.iter().find(|other| step.before_steps.contains(other)) {
                return Err(Refusal::on(
                    on(&[key]),
                    format!("`{name}` cannot come after and before `{both}`"),
                )
                .hint("leave one of the two out"));
            }
        }
    }
    Ok(())
}

fn known(catalog: &Catalog) -> String {
    catalog.factories().map(|factory| factory.spec().name).collect::<Vec<_>>().join(", ")
}

fn example(catalog: &Catalog, name: &str) -> Value {
    let factory = catalog.factories().find(|factory| factory.spec().name == name);
    factory.map_or(Value::Null, |factory| factory.example())
}

fn unknown(line: usize, message: String) -> Refusal {
    Refusal::on(line, message).hint("mend the name, or run a host whose catalog has the operation")
}
