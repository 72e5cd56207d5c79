//! Access to a OneDrive, begun and ended.

use serde_json::Map;

use super::{Ask, Row, Undo, nobody, only, so};
use crate::judge::calls::Call;

pub(super) const GRANT_DRIVE_ACCESS: Row = Row {
    operation: "grant_drive_access",
    params: &["to"],
    undo: Undo::PutBack,
    holds: |ask| so(administers(ask, "to")?, "he was no administrator of the OneDrive"),
    part: |ask| part(ask, "to"),
    forward: |call, ask| sets(call, ask, true),
    back: |call, ask| sets(call, ask, false),
    owned: nobody,
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
};

/// Whether the person of a parameter may do everything there, under whichever name.
fn administers(ask: &Ask<'_>, name: &str) -> Result<bool, String> {
    let who = ask.person(name).ok_or_else(|| format!("`{name}` is no user id"))?;
    let drive = ask.world.drives.get(&ask.user).ok_or("there was no OneDrive")?;
    Ok(drive.site_users.iter().any(|row| row.user == Some(who) && row.is_site_admin))
}

fn part(ask: &Ask<'_>, name: &str) -> Map<String, serde_json::Value> {
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
