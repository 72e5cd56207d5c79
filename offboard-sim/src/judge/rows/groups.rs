//! Membership of groups.

use http::Method;
use offboard_core::id::GroupId;
use serde_json::Value;

use super::{Ask, Row, Undo, nobody, only, so};
use crate::judge::calls::{Call, means};
use crate::world::Principal;

pub(super) const LEAVE_GROUP: Row = Row {
    operation: "leave_group",
    params: &["group"],
    undo: Undo::PutBack,
    holds: left,
    part: membership,
    forward: |call, ask| takes_out(call, ask),
    back: |call, ask| puts_in(call, ask),
    owned: nobody,
    in_part: false,
};

pub(super) const LEAVE_DISTRIBUTION_GROUP: Row = Row {
    operation: "leave_distribution_group",
    forward: |call, ask| changes(call, ask, "Remove-DistributionGroupMember"),
    back: |call, ask| changes(call, ask, "Add-DistributionGroupMember"),
    ..LEAVE_GROUP
};

pub(super) const LEAVE_LICENSING_GROUP: Row = Row {
    operation: "leave_licensing_group",
    params: &["group", "skus"],
    holds: |ask| {
        left(ask)?;
        let given = given(ask);
        so(given.is_empty(), format!("the group still gave {}", given.join(", ")))
    },
    part: |ask| {
        let mut part = membership(ask);
        if let Ok(group) = group(ask) {
            part.insert(format!("licenses of {group}"), Value::from(given(ask)));
        }
        part
    },
    forward: |call, ask| {
        takes_out(call, ask)
            || changes(call, ask, "Remove-DistributionGroupMember")
            || call.on_user(&Method::POST, "reprocessLicenseAssignment", ask.began, ask.user)
    },
    back: |call, ask| puts_in(call, ask) || changes(call, ask, "Add-DistributionGroupMember"),
    ..LEAVE_GROUP
};

/// The products that he has from the group.
fn given(ask: &Ask<'_>) -> Vec<String> {
    let (Ok(group), Ok(user)) = (group(ask), ask.user()) else { return Vec::new() };
    let rows = user.inherited_licenses.iter().filter(|row| row.group == group);
    rows.map(|row| row.sku.to_string()).collect()
}

fn group(ask: &Ask<'_>) -> Result<GroupId, String> {
    ask.text("group").and_then(|text| text.parse().ok()).ok_or_else(|| "`group` is no id".to_owned())
}

/// He is in it himself; what he is in through it is another matter.
fn is_in(ask: &Ask<'_>) -> Result<bool, String> {
    let group = ask.world.groups.get(&group(ask)?);
    Ok(group.is_some_and(|group| group.members.contains(&Principal::User(ask.user))))
}

fn left(ask: &Ask<'_>) -> Result<(), String> {
    // Whoever forgets `/$ref` takes him out of every group, and out of the world.
    so(ask.world.users.get(&ask.user).is_some(), "the user himself was gone")?;
    so(!is_in(ask)?, "he was a member")
}

fn membership(ask: &Ask<'_>) -> serde_json::Map<String, Value> {
    match (group(ask), is_in(ask)) {
        (Ok(group), Ok(member)) => only(&format!("member of {group}"), member),
        _ => serde_json::Map::new(),
    }
}

fn takes_out(call: &Call, ask: &Ask<'_>) -> bool {
    let Ok(group) = group(ask) else { return false };
    let path = format!("/groups/{group}/members/{}/$ref", ask.user);
    call.cmdlet.is_none() && call.method == Method::DELETE && call.path.ends_with(&path)
}

fn puts_in(call: &Call, ask: &Ask<'_>) -> bool {
    let Ok(group) = group(ask) else { return false };
    let object = call.text("/@odata.id").and_then(|text| text.rsplit('/').next()).unwrap_or_default();
    call.cmdlet.is_none()
        && call.method == Method::POST
        && call.path.ends_with(&format!("/groups/{group}/members/$ref"))
        && means(object, ask.began, ask.user)
}

/// A cmdlet with this name on this group, for him.
fn changes(call: &Call, ask: &Ask<'_>, cmdlet: &str) -> bool {
    let Ok(group) = group(ask) else { return false };
    call.cmdlet.as_deref() == Some(cmdlet)
        && call.text("/Identity").is_some_and(|text| text.eq_ignore_ascii_case(&group.to_string()))
        && call.text("/Member").is_some_and(|text| means(text, ask.began, ask.user))
}
