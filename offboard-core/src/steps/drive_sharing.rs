//! What inviting somebody to a OneDrive and ending that share: what he may do by it, what it does not reach, and the commands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{needs_state, of};
use super::drive::{self, name_of, quoted};
use crate::facts::Facts;
use crate::failure::Failure;
use crate::id::UserId;
use crate::model::drive_sharing::{DrivePermission, DriveRole, OwnPermissions, permissions_of, role_of};
use crate::model::size::rounded;
use crate::operation::{Context, Instructions, Judged, Permission};

/// The right without which the service does not tell of every permission.
const TELLS: &str = "Sites.FullControl.All";

/// What one person may do with a OneDrive by a permission of its root folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveShare {
    /// What he may do with everything that inherits from the root folder; nothing where he has no permission there.
    pub role: Option<DriveRole>,
    /// What has permissions of its own, which those of the root folder do not reach; nothing where it could not be counted.
    pub not_reached: Option<OwnPermissions>,
}

/// What an invitation leaves out, in words.
pub(super) fn left_out(not_reached: Option<&OwnPermissions>) -> String {
    let Some(OwnPermissions { tally, places, first }) = not_reached else {
        return format!(
            "what has permissions of its own, or lies in what has, is not reached; it could not be counted, which takes `{TELLS}`"
        );
    };
    if *places == 0 {
        return "nothing has permissions of its own now; whatever gets some later is not reached".to_owned();
    }
    let count = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let more = places.saturating_sub(u64::try_from(first.len()).unwrap_or(u64::MAX));
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!(
        "{} and {} ({}) have permissions of their own, or lie in what has, and are not reached: {}{rest}",
        count(tally.files, "file"),
        count(tally.folders, "folder"),
        rounded(tally.bytes),
        first.join(", ")
    )
}

/// What `who` may do with the OneDrive of `user`.
pub(super) fn share(facts: &Facts, user: UserId, who: UserId) -> Judged<DriveShare> {
    let permissions = of(facts, user, |person| person.drive_permissions.clone());
    let permissions =
        drive::told(facts, user, permissions, "who may open the OneDrive", "look under \"Manage access\"");
    let share = permissions.map(|permissions| DriveShare {
        role: role_of(&permissions, who),
        not_reached: counted(facts, user),
    });
    Judged::from_fact(share, "there is no OneDrive")
}

/// What has permissions of its own, as far as somebody counted it to whom everything is told.
fn counted(facts: &Facts, user: UserId) -> Option<OwnPermissions> {
    let told = facts.caller.known().is_some_and(|caller| caller.graph_permissions.contains(TELLS));
    let apart = of(facts, user, |person| person.drive_apart.clone());
    apart.known().filter(|_| told).cloned()
}

/// Changes the facts to what `who` may do there.
pub(super) fn set_role(facts: &mut Facts, user: UserId, who: UserId, role: Option<DriveRole>) {
    let Some(permissions) = facts.person_mut(user).drive_permissions.known_mut() else { return };
    if role_of(permissions, who) == role {
        return;
    }
    permissions.retain(|permission| permission.to != Some(who) || permission.role().is_none());
    permissions.extend(role.map(|role| DrivePermission {
        // The service makes the id.
        id: String::new(),
        to: Some(who),
        roles: [role.name().to_owned()].into(),
    }));
    permissions.sort();
}

/// The drive.
pub(super) fn drive(facts: &Facts, user: UserId) -> Result<String, Failure> {
    let drive = of(facts, user, |person| person.drive.clone());
    drive.known().map(|drive| drive.id.clone()).ok_or_else(|| needs_state("where the OneDrive lies"))
}

/// The permissions by which `who` may do something there.
fn his(facts: &Facts, user: UserId, who: UserId) -> Result<Vec<DrivePermission>, Failure> {
    let permissions = of(facts, user, |person| person.drive_permissions.clone());
    let permissions = permissions.known().ok_or_else(|| needs_state("who may open the OneDrive"))?;
    Ok(permissions_of(permissions, who).filter(|permission| permission.role().is_some()).cloned().collect())
}

/// Takes from `who` whatever he may do by the root folder.
pub(super) async fn take(cx: &Context<'_>, user: UserId, who: UserId) -> Result<(), Failure> {
    let drive = drive(cx.facts, user)?;
    for permission in his(cx.facts, user, who)? {
        let port = &cx.providers.drive_permissions;
        cx.receipt(port.delete_permission(&cx.call, &drive, &permission.id).await?);
    }
    Ok(())
}

/// Leaves `who` no more than `role` of what he may do by the root folder.
pub(super) async fn lessen(
    cx: &Context<'_>,
    user: UserId,
    who: UserId,
    role: DriveRole,
) -> Result<(), Failure> {
    let drive = drive(cx.facts, user)?;
    for permission in his(cx.facts, user, who)?.iter().filter(|permission| permission.role() > Some(role)) {
        let port = &cx.providers.drive_permissions;
        cx.receipt(port.set_role(&cx.call, &drive, &permission.id, role).await?);
    }
    Ok(())
}

/// Lets `who` do so much by the root folder.
pub(super) async fn give(
    cx: &Context<'_>,
    user: UserId,
    who: UserId,
    role: DriveRole,
) -> Result<(), Failure> {
    let drive = drive(cx.facts, user)?;
    cx.receipt(cx.providers.drive_permissions.invite(&cx.call, &drive, who, role).await?);
    Ok(())
}

pub(super) fn permissions() -> Vec<Permission> {
    vec![Permission::graph(&["Files.ReadWrite.All", "Sites.ReadWrite.All"])]
}

/// How a person does it.
pub(super) fn by_hand(
    facts: &Facts,
    user: UserId,
    who: UserId,
    why: &str,
    role: Option<DriveRole>,
) -> Instructions {
    let known = of(facts, user, |person| person.drive.clone());
    let (_, mut commands) = if known.known().is_some_and(|drive| drive.locked) {
        drive::site(facts, user)
    } else {
        (String::new(), Vec::new())
    };
    // A locked one does not say its id.
    let id = if let Some(id) = known.known().map(|drive| drive.id.as_str()).filter(|id| !id.is_empty()) {
        quoted(id)
    } else {
        commands
            .push(format!("$drive = (Get-MgUserDefaultDrive -UserId {}).Id", quoted(&name_of(facts, user))));
        "$drive".to_owned()
    };
    let list = format!("Get-MgDriveItemPermission -DriveId {id} -DriveItemId root");
    let (command, shown_by) = if let Some(role) = role {
        let command = format!(
            "Invoke-MgInviteDriveItem -DriveId {id} -DriveItemId root -BodyParameter @{{ recipients = @(@{{ objectId = '{who}' }}); \
             roles = @('{}'); requireSignIn = $true; sendInvitation = $false }}",
            role.name()
        );
        (command, format!("{list} lists {who} with the role {}", role.name()))
    } else {
        let command = format!(
            "{list} | Where-Object {{ $_.GrantedToV2.User.Id -eq '{who}' }} | \
             ForEach-Object {{ Remove-MgDriveItemPermission -DriveId {id} -DriveItemId root -PermissionId $_.Id }}"
        );
        (command, format!("{list} does not list {who}"))
    };
    commands.push(command);
    Instructions {
        system: "Microsoft Graph PowerShell".to_owned(),
        role: "an application with Files.ReadWrite.All, or an administrator of the site".to_owned(),
        why: why.to_owned(),
        commands,
        shown_by,
        deadline: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::drive::{DriveEntry, DriveTally};

    fn entry(name: &str, files: u64, folders: u64, bytes: u64) -> DriveEntry {
        DriveEntry { name: name.to_owned(), id: name.to_owned(), tally: DriveTally { files, folders, bytes } }
    }

    #[test]
    fn what_is_left_out_is_counted_and_named() {
        assert!(left_out(None).contains("Sites.FullControl.All"));
        assert!(
            left_out(Some(&OwnPermissions::of(vec![]))).starts_with("nothing has permissions of its own")
        );
        let two = OwnPermissions::of(vec![entry("Pictures", 1, 1, 1_024), entry("Plan.docx", 1, 0, 512)]);
        assert_eq!(
            left_out(Some(&two)),
            "2 files and 1 folder (1.50 KiB) have permissions of their own, or lie in what has, and are not reached: \
             Pictures, Plan.docx"
        );
        let many: Vec<DriveEntry> = (0..13).map(|n| entry(&format!("f{n}"), 1, 0, 0)).collect();
        assert!(left_out(Some(&OwnPermissions::of(many))).ends_with(", and 3 more"));
    }
}
