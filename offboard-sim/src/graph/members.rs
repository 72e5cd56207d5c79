//! What a user or application is in, and what a user owns.

use offboard_core::id::CallerId;
use serde_json::Value;

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::page::USUAL;
use super::{organization, render, users};
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{Principal, World};

/// Permissions with which groups can be read; without one they come with their ids only.
pub(super) const SEE_GROUPS: &[&str] = &[
    "GroupMember.Read.All",
    "Group.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const SEE_ROLES: &[&str] = &[
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// `memberOf` and `transitiveMemberOf` of a user or an application, with and without a type cast.
pub(super) fn member_of(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let principal = principal(&view, call)?;
    let cast = cast_of(call);
    let transitive = call.operation.path.contains("transitiveMemberOf");
    let groups = if transitive {
        view.transitive_groups_of(principal).into_iter().collect()
    } else {
        view.groups_of(principal)
    };
    let mut rows: Vec<Value> = Vec::new();
    if matches!(cast, None | Some("group")) {
        let readable = call.may(SEE_GROUPS);
        let objects = groups.iter().map(|group| Principal::Group(*group));
        rows.extend(objects.filter_map(|group| render::directory_object(&view, &group, readable)));
    }
    if matches!(cast, None | Some("directoryRole")) {
        rows.extend(roles(&view, principal, transitive, call.may(SEE_ROLES)));
    }
    // Administrative units are not kept by this simulation: nobody is in one by name.
    let kind = match cast {
        Some("group") => Kind::Group,
        Some("directoryRole") => Kind::DirectoryRole,
        _ => Kind::DirectoryObject,
    };
    call.page(kind, USUAL, rows)
}

fn principal(world: &World, call: &Call<'_>) -> Result<Principal, Refusal> {
    if call.operation.path.starts_with("servicePrincipals") {
        let id: CallerId = organization::find_service_principal(world, call.key(0))?.id;
        return Ok(Principal::App(id));
    }
    Ok(Principal::User(users::find(world, call.key(0))?.id))
}

fn cast_of(call: &Call<'_>) -> Option<&'static str> {
    let last = call.operation.path.rsplit('/').next().unwrap_or_default();
    last.strip_prefix("microsoft.graph.")
}

/// Roles held for the whole tenant; through groups only where transitive membership was asked for.
fn roles(world: &World, principal: Principal, transitive: bool, readable: bool) -> Vec<Value> {
    let groups = world.transitive_groups_of(principal);
    let holds = |holder: Principal| {
        holder == principal
            || (transitive && matches!(holder, Principal::Group(group) if groups.contains(&group)))
    };
    let assignments = world.role_assignments.values();
    let held = assignments.filter(|row| !row.eligible && row.scope == "/" && holds(row.principal));
    let definitions = held.filter_map(|row| world.role_definitions.get(&row.role));
    definitions.map(|role| render::typed("directoryRole", render::directory_role(role), readable)).collect()
}

/// `ownedObjects` of a user, with and without a type cast.
pub(super) fn owned_objects(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let owner = Principal::User(users::find(&view, call.key(0))?.id);
    let cast = cast_of(call);
    // Only groups have owners in this simulation.
    let groups = view.groups.values().filter(|group| group.owners.contains(&owner));
    let groups = groups.filter(|_| matches!(cast, None | Some("group")));
    let readable = call.may(SEE_GROUPS);
    let rows = groups.map(|group| render::typed("group", render::group(group), readable)).collect();
    let kind = match cast {
        Some("group") => Kind::Group,
        Some("servicePrincipal") => Kind::ServicePrincipal,
        _ => Kind::DirectoryObject,
    };
    call.page(kind, USUAL, rows)
}
