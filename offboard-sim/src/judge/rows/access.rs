//! Full access to the leaver's mailbox, given and taken.

use serde_json::{Map, Value, json};

use super::{Ask, Row, Undo, nobody, only, so};
use crate::judge::calls::{Call, means};
use crate::world::MailboxPermission;

const RIGHT: &str = "FullAccess";

pub(super) const GRANT_FULL_ACCESS: Row = Row {
    operation: "grant_full_access",
    params: &["to"],
    undo: Undo::PutBack,
    holds: |ask| {
        let held = held(ask, "to")?.ok_or_else(|| format!("{} had no FullAccess", name(ask, "to")))?;
        // A right that was there already keeps its mapping, and nobody can read it.
        let there = Ask { world: ask.began, ..*ask };
        let new = self::held(&there, "to").ok().flatten().is_none();
        let wanted = ask.params.get("auto_mapping").and_then(Value::as_bool);
        let mapped = held.auto_mapping;
        so(!new || wanted.is_none_or(|wanted| wanted == mapped), format!("auto-mapping was {mapped}"))
    },
    part: |ask| part(ask, "to"),
    forward: |call, ask| touches(call, ask, "Add-MailboxPermission", "to"),
    back: |call, ask| touches(call, ask, "Remove-MailboxPermission", "to"),
    owned: nobody,
    in_part: false,
};

pub(super) const REMOVE_FULL_ACCESS: Row = Row {
    operation: "remove_full_access",
    params: &["from"],
    undo: Undo::PutBack,
    holds: |ask| so(held(ask, "from")?.is_none(), format!("{} had FullAccess", name(ask, "from"))),
    part: |ask| part(ask, "from"),
    forward: |call, ask| touches(call, ask, "Remove-MailboxPermission", "from"),
    back: |call, ask| touches(call, ask, "Add-MailboxPermission", "from"),
    owned: nobody,
    in_part: false,
};

fn held<'a>(ask: &Ask<'a>, param: &str) -> Result<Option<&'a MailboxPermission>, String> {
    let who = ask.person(param).ok_or_else(|| format!("`{param}` is no user id"))?;
    let permissions = &ask.mailbox()?.permissions;
    Ok(permissions
        .iter()
        .find(|held| held.user == who && held.access_rights.iter().any(|right| right == RIGHT)))
}

fn part(ask: &Ask<'_>, param: &str) -> Map<String, Value> {
    let held = held(ask, param).ok().flatten();
    let mut part = only(RIGHT, held.is_some());
    part.insert("AutoMapping".to_owned(), json!(held.map(|held| held.auto_mapping)));
    part
}

fn name(ask: &Ask<'_>, param: &str) -> String {
    let user = ask.person(param).and_then(|who| ask.world.users.get(&who));
    user.map_or_else(
        || ask.text(param).unwrap_or_default().to_owned(),
        |user| user.user_principal_name.clone(),
    )
}

fn touches(call: &Call, ask: &Ask<'_>, cmdlet: &str, param: &str) -> bool {
    let whom = ask.person(param);
    call.runs(cmdlet, ask.began, ask.user)
        && whom.is_some_and(|whom| call.text("/User").is_some_and(|text| means(text, ask.began, whom)))
}
