//! What people do in Active Directory when they are asked to.

use serde_json::{Map, Value, json};

use super::{Ask, Row, Undo, never, nobody, only, so};
use crate::world::RecipientType;

/// No request of the program's can bring this about, so only the truth is looked at.
pub(super) const ON_PREMISES_TASK: Row = Row {
    operation: "on_premises_task",
    params: &["task"],
    undo: Undo::NoLonger,
    holds: accomplished,
    part: |ask| {
        let Some(row) = ask.world.active_directory.get(&ask.user) else { return Map::new() };
        let mut part = only("enabled", row.enabled);
        part.insert("in_scope".to_owned(), Value::Bool(row.in_scope));
        part.insert("mailbox_type".to_owned(), json!(row.mailbox_type));
        part
    },
    forward: never,
    back: never,
    owned: nobody,
    in_part: false,
};

fn accomplished(ask: &Ask<'_>) -> Result<(), String> {
    let row = ask.world.active_directory.get(&ask.user).ok_or("Active Directory had no such account")?;
    match ask.text("task").unwrap_or_default() {
        "disable_account" => so(!row.enabled, "the account was enabled in Active Directory"),
        // The world does not count them; that the password moved is all that anybody can see.
        "reset_password_twice" => {
            let (now, then) = (ask.user()?.last_password_change, ask.began.users.get(&ask.user));
            let moved = then.is_none_or(|then| now > then.last_password_change);
            so(moved, format!("the password had last been changed at {now}, before the run"))
        }
        // Without a counterpart on-premises nothing turns the mailbox back.
        "convert_remote_mailbox" => {
            let kind = row.mailbox_type.unwrap_or(ask.mailbox()?.recipient_type);
            so(kind == RecipientType::SharedMailbox, format!("the remote mailbox was a {}", kind.as_str()))
        }
        "keep_in_sync_scope" => so(row.in_scope, "the account had left the scope of directory sync"),
        other => Err(format!("there is no task `{other}`")),
    }
}
