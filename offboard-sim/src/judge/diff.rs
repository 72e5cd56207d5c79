//! What differs between two truths, for people and for "the world after undo equals the world before".

use serde_json::Value;

use crate::world::World;

/// Fields that only say when or how often something was changed, or that cannot be put back because nobody knows
/// the old value. They differ after an undo and are not reported.
pub const CLOCK_FIELDS: [&str; 9] = [
    "sign_in_sessions_valid_from",
    "last_password_change",
    "password",
    "force_change_password",
    "on_premises_last_sync_date_time",
    "updated",
    "change_number",
    "since",
    "deleted",
];

/// Every difference in one line: `users/alex@contoso.com/account_enabled: true, then false`. Rows of people and
/// mailboxes are named by the person.
pub fn diff(before: &World, after: &World) -> Vec<String> {
    let texts =
        (serde_json::to_value(before.apart_from(after)), serde_json::to_value(after.apart_from(before)));
    let (Ok(old), Ok(new)) = texts else { return vec!["a world could not be written down".to_owned()] };
    let mut lines = Vec::new();
    let name = |key: &str| named(before, key).or_else(|| named(after, key)).unwrap_or_else(|| key.to_owned());
    compare("", &old, &new, &name, &mut lines);
    lines
}

/// The person that an id in a path belongs to.
fn named(world: &World, key: &str) -> Option<String> {
    let user = key.parse().ok().and_then(|id| world.users.get(&id));
    let owner = || {
        let mailbox = key.parse().ok().and_then(|id| world.mailboxes.get(&id))?;
        world.users.get(&mailbox.owner)
    };
    user.or_else(owner).map(|user| user.user_principal_name.clone())
}

fn compare(path: &str, old: &Value, new: &Value, name: &dyn Fn(&str) -> String, lines: &mut Vec<String>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys.into_iter().filter(|key| !CLOCK_FIELDS.contains(&key.as_str())) {
                let (old, new) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                let slash = if path.is_empty() { "" } else { "/" };
                compare(&format!("{path}{slash}{}", name(key)), old, new, name, lines);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (old, new)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{index}]"), old, new, name, lines);
            }
        }
        _ => lines.push(format!("{path}: {}, then {}", short(old), short(new))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
