//! `Get-`, `Add-`, `Remove-MailboxPermission`: who may open whose mailbox (CONTRACT C10).

use offboard_core::id::UserId;

use super::super::bind::{Bound, ListEdit};
use super::super::lookup::{self, Among, Found};
use super::super::refusal::Refusal;
use super::super::reply::{Output, Row};
use super::only;
use crate::world::{MailboxPermission, World};

/// `Get-MailboxPermission`.
pub(super) fn get(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["User", "ResultSize", "IncludeUserWithDisplayName", "UseCustomRouting"])?;
    let found = lookup::some(world, bound.text("Identity"), Among::Mailboxes)?;
    let only = bound.text("User").map(|user| lookup::recipient(world, user)).transpose()?;
    let rows = found.iter().flat_map(|found| {
        let own = only.is_none().then(|| row(found, "NT AUTHORITY\\SELF", &["FullAccess", "ReadPermission"]));
        let given = found.mailbox.permissions.iter();
        let given = given.filter(move |permission| only.is_none_or(|only| only == permission.user));
        let given = given.map(|permission| {
            let rights: Vec<_> = permission.access_rights.iter().map(String::as_str).collect();
            row(found, &lookup::shown(world, permission.user), &rights)
        });
        own.into_iter().chain(given).collect::<Vec<_>>()
    });
    Ok(Output::rows(rows.collect()))
}

fn row(found: &Found<'_>, user: &str, rights: &[&str]) -> Row {
    Row::default()
        .text("Identity", found.name())
        .text("User", user)
        .list("AccessRights", rights.iter().copied())
        .flag("IsInherited", false)
        .flag("Deny", false)
        .text("InheritanceType", "All")
}

/// The rights that were sent, spelled as Exchange spells them; one text may hold several.
fn rights(bound: &Bound) -> Vec<String> {
    let Some(ListEdit::Replace(sent)) = bound.list("AccessRights") else { return Vec::new() };
    let known = &bound.cmdlet.parameters["AccessRights"].values;
    let spelled = |word: &str| {
        let word = word.trim();
        known
            .iter()
            .find(|known| known.eq_ignore_ascii_case(word))
            .cloned()
            .unwrap_or_else(|| word.to_owned())
    };
    let mut rights: Vec<_> = sent.iter().flat_map(|text| text.split(',')).map(spelled).collect();
    rights.sort();
    rights.dedup();
    rights
}

fn parties(seen: &World, bound: &Bound) -> Result<(offboard_core::id::MailboxId, UserId), Refusal> {
    if bound.switch("Deny") {
        return Err(Refusal::not_simulated(&bound.cmdlet.name, "Deny"));
    }
    let guid = lookup::one(seen, bound.text("Identity").unwrap_or_default(), Among::Mailboxes)?.mailbox.guid;
    Ok((guid, lookup::recipient(seen, bound.text("User").unwrap_or_default())?))
}

/// `Add-MailboxPermission`. A right that is there already is left as it is, its auto-mapping too.
pub(super) fn add(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["User", "AccessRights", "AutoMapping", "InheritanceType", "Deny"])?;
    lookup::target(seen, world, bound.text("Identity"))?;
    let (guid, user) = parties(seen, bound)?;
    let wanted = rights(bound);
    let auto_mapping = bound.boolean("AutoMapping").unwrap_or(true);
    let changed = lookup::change(world, guid, |mailbox| {
        if let Some(held) = mailbox.permissions.iter_mut().find(|held| held.user == user) {
            if wanted.iter().all(|right| held.access_rights.contains(right)) {
                return;
            }
            held.access_rights.extend(wanted.iter().cloned());
            held.access_rights.sort();
            held.access_rights.dedup();
            held.auto_mapping = auto_mapping;
        } else {
            mailbox.permissions.push(MailboxPermission { user, access_rights: wanted.clone(), auto_mapping });
        }
    });
    let shown = lookup::shown(world, user);
    let found = lookup::one(world, &guid.to_string(), Among::Mailboxes)?;
    if !changed {
        return Ok(Output::warned(format!(
            "The appropriate access control entry is already present on the object \"{}\" for account \"{shown}\".",
            found.name()
        )));
    }
    let rights: Vec<_> = wanted.iter().map(String::as_str).collect();
    Ok(Output::rows(vec![row(&found, &shown, &rights)]))
}

/// `Remove-MailboxPermission`, of somebody's rights or (`ClearAutoMapping`) of every automatic mapping.
pub(super) fn remove(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    only(
        bound,
        &["User", "AccessRights", "InheritanceType", "Deny", "ClearAutoMapping", "BypassMasterAccountSid"],
    )?;
    let target = lookup::target(seen, world, bound.text("Identity"))?;
    if bound.switch("ClearAutoMapping") {
        lookup::change(world, target, |mailbox| {
            mailbox.permissions.iter_mut().for_each(|held| held.auto_mapping = false);
        });
        return Ok(Output::done());
    }
    if !bound.given("User") {
        return Err(Refusal::ambiguous_set("Identity"));
    }
    let (guid, user) = parties(seen, bound)?;
    let gone = rights(bound);
    let changed = lookup::change(world, guid, |mailbox| {
        for held in mailbox.permissions.iter_mut().filter(|held| held.user == user) {
            held.access_rights.retain(|right| !gone.contains(right));
        }
        mailbox.permissions.retain(|held| !held.access_rights.is_empty());
    });
    if changed {
        return Ok(Output::done());
    }
    Ok(Output::warned(format!(
        "Can't remove the access control entry on the object \"{}\" for account \"{}\" because the ACE isn't present.",
        bound.text("Identity").unwrap_or_default(),
        lookup::shown(world, user)
    )))
}
