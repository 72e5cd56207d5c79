//! Who may act on whom (CONTRACT B3.1).

use std::collections::BTreeSet;

use offboard_core::id::UserId;

use super::answer::Call;
use super::error::Refusal;
use crate::seed::roles::BUILT_IN;
use crate::world::{Principal, World};

/// What is done to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Disable, delete, restore, and other sensitive actions.
    Sensitive,
    /// Reset the password.
    Password,
    /// Invalidate the refresh tokens.
    Revoke,
}

const AUTHENTICATION: &str = "Authentication Administrator";
const USER: &str = "User Administrator";
const PRIVILEGED: &str = "Privileged Authentication Administrator";
const GLOBAL: &str = "Global Administrator";
const PASSWORD: &str = "Password Administrator";
const HELPDESK: &str = "Helpdesk Administrator";

const HIGHEST: &[&str] = &[PRIVILEGED, GLOBAL];

/// Refuses what the caller's roles do not allow on this target.
///
/// For an application its permission is enough on a target without privileges, the password apart: there it
/// must hold User Administrator at least. A signed-in user needs a role always, unless he is the target.
pub(super) fn check(world: &World, call: &Call<'_>, target: &UserId, action: Action) -> Result<(), Refusal> {
    let restricted = world.users.get(target).is_some_and(|user| user.is_management_restricted);
    if restricted {
        // Roles of the whole tenant do not count here (G25).
        return Err(Refusal::denied());
    }
    let delegated = call.caller.user.is_some();
    let own = call.caller.user.as_ref() == Some(target);
    if own && action == Action::Revoke {
        return Ok(());
    }
    let privileged = is_privileged(world, target);
    if !privileged && !delegated && action != Action::Password {
        return Ok(());
    }
    let held = role_names(world, call.caller.principal());
    let enough = enough(world, target, action);
    let enough: &[&str] = if delegated || privileged { &enough } else { &[USER, PRIVILEGED, GLOBAL] };
    if enough.iter().any(|role| held.contains(*role)) { Ok(()) } else { Err(Refusal::denied()) }
}

/// Whether the target holds a role now (one that he may activate does not count), or is member or owner of a role-assignable group.
pub(super) fn is_privileged(world: &World, target: &UserId) -> bool {
    let principal = Principal::User(*target);
    !world.roles_of(principal, false).is_empty() || in_role_assignable_group(world, principal)
}

fn in_role_assignable_group(world: &World, principal: Principal) -> bool {
    let groups = world.transitive_groups_of(principal);
    world.groups.values().any(|group| {
        group.is_assignable_to_role && (groups.contains(&group.id) || group.owners.contains(&principal))
    })
}

/// The names of the roles that somebody holds; a custom role counts as one that only the highest may touch.
fn role_names(world: &World, principal: Principal) -> BTreeSet<&'static str> {
    let held = world.roles_of(principal, false);
    let name = |id: &offboard_core::id::RoleId| {
        let known = BUILT_IN.iter().find(|(_, known)| offboard_core::id::RoleId::from_u128(*known) == *id);
        known.map_or("custom", |(name, _)| *name)
    };
    held.iter().map(|(id, _)| name(id)).collect()
}

/// The roles of which the caller needs one: those that are enough for every role the target holds.
fn enough(world: &World, target: &UserId, action: Action) -> Vec<&'static str> {
    let principal = Principal::User(*target);
    if in_role_assignable_group(world, principal) {
        return HIGHEST.to_vec();
    }
    let rows = match action {
        Action::Sensitive => sensitive,
        Action::Password | Action::Revoke => credential,
    };
    let mut enough = rows("");
    for role in role_names(world, principal) {
        let allowed = rows(role);
        enough.retain(|caller| allowed.contains(caller));
    }
    enough
}

/// Who may disable, delete or restore somebody who holds this role; empty text: no role.
fn sensitive(role: &str) -> Vec<&'static str> {
    match role {
        ""
        | "Directory Readers"
        | "Guest Inviter"
        | "Message Center Reader"
        | PASSWORD
        | "Reports Reader"
        | "Usage Summary Reports Reader" => vec![AUTHENTICATION, USER, PRIVILEGED, GLOBAL],
        AUTHENTICATION => vec![AUTHENTICATION, PRIVILEGED, GLOBAL],
        "Groups Administrator" | HELPDESK | USER => vec![USER, PRIVILEGED, GLOBAL],
        _ => HIGHEST.to_vec(),
    }
}

/// Who may reset the password of somebody who holds this role, or end his sessions.
fn credential(role: &str) -> Vec<&'static str> {
    match role {
        "" | "Directory Readers" | "Guest Inviter" | PASSWORD => {
            vec![PASSWORD, HELPDESK, AUTHENTICATION, USER, PRIVILEGED, GLOBAL]
        }
        HELPDESK => vec![HELPDESK, USER, PRIVILEGED, GLOBAL],
        "Message Center Reader" | "Reports Reader" | "Usage Summary Reports Reader" => {
            vec![HELPDESK, AUTHENTICATION, USER, PRIVILEGED, GLOBAL]
        }
        AUTHENTICATION => vec![AUTHENTICATION, PRIVILEGED, GLOBAL],
        "Groups Administrator" | USER => vec![USER, PRIVILEGED, GLOBAL],
        _ => HIGHEST.to_vec(),
    }
}
