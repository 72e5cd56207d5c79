//! Access to a OneDrive, begun and ended, and copies of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Ask, Row, Undo, never, nobody, only, so};
use crate::judge::calls::Call;
use crate::world::{Drive, ItemKind, ItemRole};

pub(super) const GRANT_DRIVE_ACCESS: Row = Row {
    operation: "grant_drive_access",
    params: &["to"],
    undo: Undo::PutBack,
    holds: |ask| so(administers(ask, "to")?, "he was no administrator of the OneDrive"),
    part: |ask| part(ask, "to"),
    forward: |call, ask| sets(call, ask, true),
    back: |call, ask| sets(call, ask, false),
    owned: nobody,
    in_part: false,
};

pub(super) const END_DRIVE_ACCESS: Row = Row {
    operation: "end_drive_access",
    params: &["from"],
    undo: Undo::PutBack,
    holds: |ask| so(!administers(ask, "from")?, "he was still an administrator of the OneDrive"),
    part: |ask| part(ask, "from"),
    forward: |call, ask| sets(call, ask, false),
    back: |call, ask| sets(call, ask, true),
    owned: nobody,
    in_part: false,
};

pub(super) const SHARE_DRIVE: Row = Row {
    operation: "share_drive",
    params: &["to"],
    undo: Undo::PutBack,
    holds: |ask| {
        let role = role(ask, "to")?;
        so(role == Some(ItemRole::Write), "he could not change what inherits from the root folder")
    },
    part: |ask| share(ask, "to"),
    forward: invites,
    back: takes_away,
    owned: nobody,
    in_part: true,
};

pub(super) const END_DRIVE_SHARING: Row = Row {
    operation: "end_drive_sharing",
    params: &["from"],
    undo: Undo::PutBack,
    holds: |ask| so(role(ask, "from")?.is_none(), "he still had a permission of the root folder"),
    part: |ask| share(ask, "from"),
    forward: takes_away,
    back: invites,
    owned: nobody,
    in_part: false,
};

pub(super) const COPY_DRIVE: Row = Row {
    operation: "copy_drive",
    params: &["to", "folder"],
    undo: Undo::Impossible,
    holds: copied,
    part: |ask| copies(ask).into_iter().map(|(path, what)| (path, json!(what))).collect(),
    forward: |call, ask| {
        let Some(drive) = ask.began.drives.get(&ask.user) else { return false };
        let items = format!("/drives/{}/items/", drive.id.to_lowercase());
        call.method == http::Method::POST && call.path.contains(&items) && call.path.ends_with("/copy")
    },
    back: never,
    owned: nobody,
    in_part: false,
};

/// Whether everything of the OneDrive is in the folder, file by file with what is in it.
fn copied(ask: &Ask<'_>) -> Result<(), String> {
    let drive = ask.world.drives.get(&ask.user).ok_or("there was no OneDrive")?;
    let copies = copies(ask);
    let wrong = below(drive, None).into_iter().find(|(path, what)| copies.get(path) != Some(what));
    match wrong {
        None => Ok(()),
        Some((path, what)) => Err(match copies.get(&path) {
            Some(found) => format!("`{path}` was copied as {found} and is {what}"),
            None => format!("`{path}` was not copied"),
        }),
    }
}

/// What lies in the folder with the copies, by its path below it.
fn copies(ask: &Ask<'_>) -> BTreeMap<String, String> {
    let drive = ask.person("to").and_then(|to| ask.world.drives.get(&to));
    let folder = ask.text("folder").unwrap_or_default();
    drive.and_then(|drive| Some(below(drive, Some(drive.child(None, folder)?.0)))).unwrap_or_default()
}

/// Everything below a folder, or in the whole drive, by its path: what it is, and for a file what is in it.
fn below(drive: &Drive, folder: Option<&str>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (id, item) in drive.children(folder) {
        let what = match &item.kind {
            ItemKind::Folder {} => "a folder".to_owned(),
            ItemKind::File { size, hash } => format!("a file of {size} bytes ({hash})"),
            // What others share is not his.
            ItemKind::Shortcut {} => continue,
        };
        let name = item.name.to_lowercase();
        found.extend(below(drive, Some(id)).into_iter().map(|(path, what)| (format!("{name}/{path}"), what)));
        found.insert(name, what);
    }
    found
}

/// Whether the person of a parameter may do everything there, under whichever name.
fn administers(ask: &Ask<'_>, name: &str) -> Result<bool, String> {
    let who = ask.person(name).ok_or_else(|| format!("`{name}` is no user id"))?;
    let drive = ask.world.drives.get(&ask.user).ok_or("there was no OneDrive")?;
    Ok(drive.site_users.iter().any(|row| row.user == Some(who) && row.is_site_admin))
}

/// What the person of a parameter may do with the root folder.
fn role(ask: &Ask<'_>, name: &str) -> Result<Option<ItemRole>, String> {
    let who = ask.person(name).ok_or_else(|| format!("`{name}` is no user id"))?;
    let drive = ask.world.drives.get(&ask.user).ok_or("there was no OneDrive")?;
    Ok(drive.role_of(None, who))
}

fn share(ask: &Ask<'_>, name: &str) -> Map<String, Value> {
    role(ask, name).map(|role| only("role", role.map(ItemRole::name))).unwrap_or_default()
}

/// Whether a call invites somebody to the root folder of this OneDrive.
fn invites(call: &Call, ask: &Ask<'_>) -> bool {
    call.method == http::Method::POST && at_root(call, ask, "invite")
}

/// Whether a call takes a permission of the root folder away, or lessens it.
fn takes_away(call: &Call, ask: &Ask<'_>) -> bool {
    [http::Method::DELETE, http::Method::PATCH].contains(&call.method) && at_root(call, ask, "permissions/")
}

fn at_root(call: &Call, ask: &Ask<'_>, what: &str) -> bool {
    let Some(drive) = ask.began.drives.get(&ask.user) else { return false };
    let id = drive.id.to_lowercase();
    ["root", "items/root"].iter().any(|root| call.path.contains(&format!("/drives/{id}/{root}/{what}")))
}

fn part(ask: &Ask<'_>, name: &str) -> Map<String, Value> {
    administers(ask, name).map(|is| only("IsSiteAdmin", is)).unwrap_or_default()
}

/// Whether a call makes somebody an administrator of this OneDrive, or none.
fn sets(call: &Call, ask: &Ask<'_>, administrator: bool) -> bool {
    let Some(drive) = ask.began.drives.get(&ask.user) else { return false };
    let site = drive.site_path().to_lowercase();
    ["MERGE", "POST"].contains(&call.method.as_str())
        && call.path.starts_with(&format!("{site}/_api/web/getuserbyid("))
        && call.flag("/IsSiteAdmin") == Some(administrator)
}
