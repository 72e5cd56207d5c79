//! Groups and their members.

use http::StatusCode;
use offboard_core::id::{GroupId, UserId};
use serde_json::Value;

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::page::USUAL;
use super::{render, users};
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{Group, Principal, World};

fn find<'a>(world: &'a World, key: &str) -> Result<&'a Group, Refusal> {
    let id: GroupId = key.parse().map_err(|_| Refusal::bad(format!("Invalid object identifier '{key}'.")))?;
    world.groups.get(&id).ok_or_else(|| Refusal::not_found(key))
}

/// `GET /groups`
pub(super) fn list(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    call.page(Kind::Group, USUAL, view.groups.values().map(render::group).collect())
}

/// `GET /groups/{id}`
pub(super) fn get(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    call.object(Kind::Group, &render::group(find(&view, call.key(0))?))
}

/// `GET /groups/{id}/members`
pub(super) fn members(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let rows = objects(&view, call, find(&view, call.key(0))?.members.iter());
    call.page(Kind::DirectoryObject, USUAL, rows)
}

/// `GET /groups/{id}/owners`
pub(super) fn owners(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let rows = objects(&view, call, find(&view, call.key(0))?.owners.iter());
    call.page(Kind::DirectoryObject, USUAL, rows)
}

/// `GET /groups/{id}/transitiveMembers`
pub(super) fn transitive_members(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let group = find(&view, call.key(0))?.id;
    let users = view.users.keys().into_iter().map(Principal::User);
    let inside = |member: &Principal| view.transitive_groups_of(*member).contains(&group);
    let found: Vec<Principal> = users.filter(inside).collect();
    call.page(Kind::DirectoryObject, USUAL, objects(&view, call, found.iter()))
}

/// Members that the caller may not read come with their ids only.
fn objects<'a>(world: &World, call: &Call<'_>, members: impl Iterator<Item = &'a Principal>) -> Vec<Value> {
    let sees_users =
        call.may(&["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]);
    let readable = |member: &Principal| !matches!(member, Principal::User(_)) || sees_users;
    members.filter_map(|member| render::directory_object(world, member, readable(member))).collect()
}

fn check_writable(call: &Call<'_>, group: &Group) -> Result<(), Refusal> {
    if group.is_dynamic() {
        return Err(Refusal::bad(
            "Insufficient privileges to update a group with dynamic membership: members follow its rule.",
        ));
    }
    if group.on_premises_sync_enabled == Some(true) {
        return Err(Refusal::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    if group.mail_enabled && !group.is_unified() {
        return Err(Refusal::bad("Cannot Update a mail-enabled security groups and or distribution list."));
    }
    let privileged = group.is_assignable_to_role && !call.may(&["RoleManagement.ReadWrite.Directory"]);
    if privileged || group.is_management_restricted {
        return Err(Refusal::denied());
    }
    Ok(())
}

/// `POST /groups/{id}/members/$ref`
pub(super) fn add_member(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body()?;
    let reference = body.get("@odata.id").and_then(Value::as_str);
    let reference = reference
        .ok_or_else(|| Refusal::bad("The property '@odata.id' is missing from the request payload."))?;
    let key = reference.rsplit('/').next().unwrap_or_default();
    let user = users::find(cx.world, key)?.id;
    let group = find(cx.world, call.key(0))?;
    check_writable(call, group)?;
    let id = group.id;
    if group.members.contains(&Principal::User(user)) {
        return Err(Refusal::bad(
            "One or more added object references already exist for the following modified properties: 'members'.",
        ));
    }
    if let Some(group) = cx.world.groups.get_mut(&id) {
        group.members.insert(Principal::User(user));
    }
    cx.world.group_changed(&id);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `DELETE /groups/{id}/members/{id}/$ref`
pub(super) fn remove_member(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let group = find(cx.world, call.key(0))?;
    let key = call.key(1);
    let user: UserId =
        key.parse().map_err(|_| Refusal::bad(format!("Invalid object identifier '{key}'.")))?;
    if !group.members.contains(&Principal::User(user)) {
        return Err(Refusal::not_found(key));
    }
    check_writable(call, group)?;
    let id = group.id;
    if let Some(group) = cx.world.groups.get_mut(&id) {
        group.members.remove(&Principal::User(user));
    }
    cx.world.group_changed(&id);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `DELETE /groups/{id}/members/{id}` without `/$ref`: deletes the user himself, as the service does (G32).
pub(super) fn delete_the_member_itself(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    find(cx.world, call.key(0))?;
    let id = users::find(cx.world, call.key(1))?.id;
    users::delete_by_id(cx, call, id)
}
