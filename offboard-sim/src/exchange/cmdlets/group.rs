//! `Add-` and `Remove-DistributionGroupMember`: distribution lists and mail-enabled security groups (CONTRACT C10).

use offboard_core::id::{GroupId, UserId};

use super::super::bind::Bound;
use super::super::lookup::{self, SERVER};
use super::super::refusal::Refusal;
use super::super::reply::Output;
use super::only;
use crate::world::{Group, Principal, World};

/// The group that an identity means: by id, then by address, then by alias or name.
fn one<'a>(world: &'a World, identity: &str) -> Result<&'a Group, Refusal> {
    let groups = || world.groups.values().filter(|group| group.mail_enabled && !group.is_unified());
    let id = identity.parse::<GroupId>().ok();
    let same = |text: &str| text.eq_ignore_ascii_case(identity);
    let mut found: Vec<&Group> = groups().filter(|group| Some(group.id) == id).collect();
    if found.is_empty() {
        found = groups().filter(|group| group.mail.as_deref().is_some_and(same)).collect();
    }
    if found.is_empty() {
        found = groups().filter(|group| same(&group.mail_nickname) || same(&group.display_name)).collect();
    }
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(Refusal::not_found(identity, SERVER)),
        _ => Err(Refusal::ambiguous_object(identity)),
    }
}

/// The group and the member, where the caller may change it.
fn parties(seen: &World, bound: &Bound) -> Result<(GroupId, UserId), Refusal> {
    only(bound, &["Member", "BypassSecurityGroupManagerCheck"])?;
    let group = one(seen, bound.text("Identity").unwrap_or_default())?;
    let name = &group.display_name;
    if !bound.switch("BypassSecurityGroupManagerCheck") {
        // Nobody who calls here is a manager of a group.
        return Err(Refusal::rule(
            "Microsoft.Exchange.Configuration.Tasks.OperationRequiresGroupManagerException",
            "You don't have sufficient permissions. This operation can only be performed by a manager of the group.",
        ));
    }
    if group.on_premises_sync_enabled == Some(true) {
        return Err(Refusal::synchronized(&bound.cmdlet.name, "Member", name));
    }
    if group.is_dynamic() {
        return Err(Refusal::not_found(name, SERVER));
    }
    Ok((group.id, lookup::recipient(seen, bound.text("Member").unwrap_or_default())?))
}

/// `Add-DistributionGroupMember`.
pub(super) fn add(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    let (id, user) = parties(seen, bound)?;
    let added = world.groups.get_mut(&id).is_some_and(|group| group.members.insert(Principal::User(user)));
    if !added {
        let text = format!("The recipient \"{user}\" is already a member of the group \"{id}\".");
        return Err(Refusal::rule(
            "Microsoft.Exchange.Management.RecipientTasks.MemberAlreadyExistsException",
            text,
        ));
    }
    world.group_changed(&id);
    Ok(Output::done())
}

/// `Remove-DistributionGroupMember`.
pub(super) fn remove(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    let (id, user) = parties(seen, bound)?;
    let removed = world.groups.get_mut(&id).is_some_and(|group| group.members.remove(&Principal::User(user)));
    if !removed {
        let text = format!("The recipient \"{user}\" isn't a member of the group \"{id}\".");
        return Err(Refusal::rule(
            "Microsoft.Exchange.Management.RecipientTasks.MemberNotFoundException",
            text,
        ));
    }
    world.group_changed(&id);
    Ok(Output::done())
}
