//! What inviting somebody to a OneDrive and ending that share: what he may do by it, what it does not reach, and the commands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{needs_state, of};
use super::drive_access::quoted;
use crate::facts::{Fact, Facts, Why};
use crate::failure::{Failure, Kind};
use crate::id::UserId;
use crate::model::drive::{DriveEntry, DriveTally};
use crate::model::drive_sharing::{DrivePermission, DriveRole};
use crate::model::size::rounded;
use crate::operation::{Context, Instructions, Judged, Permission, Route};

/// How many names are listed.
const NAMED: usize = 10;

/// What one person may do with a OneDrive by a permission of its root folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveShare {
    /// What he may do with everything that inherits from the root folder; nothing where he has no permission there.
    pub role: Option<DriveRole>,
    /// What has permissions of its own, which those of the root folder do not reach; nothing where the service does not tell.
    pub not_reached: Option<NotReached>,
}

/// Files and folders with permissions of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotReached {
    /// How many there are, with everything below them, and how much.
    pub tally: DriveTally,
    /// How many of them hang on nothing above them: what is below one of them is not counted here.
    pub places: u64,
    /// The paths of the first of these.
    pub first: Vec<String>,
}

impl NotReached {
    fn of(apart: &[DriveEntry]) -> Self {
        Self {
            tally: apart.iter().fold(DriveTally::default(), |sum, entry| sum.plus(entry.tally)),
            places: u64::try_from(apart.len()).unwrap_or(u64::MAX),
            first: apart.iter().take(NAMED).map(|entry| entry.name.clone()).collect(),
        }
    }
}

/// What an invitation leaves out, in words.
pub(super) fn left_out(not_reached: Option<&NotReached>) -> String {
    let Some(not_reached) = not_reached else {
        return "what has permissions of its own is not reached, and SharePoint does not tell this sign-in how much that is: it \
                takes `Sites.FullControl.All`"
            .to_owned();
    };
    let NotReached { tally, places, first } = not_reached;
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
    let sharing = of(facts, user, |person| person.drive_sharing.clone());
    let drive = facts.person(user).and_then(|person| person.drive.known());
    let sharing = match (sharing, drive) {
        // Nobody may read in this that there is no OneDrive: what was given there may still be in effect.
        (Fact::NotOffered(Why::Cloud), Some(drive)) => Fact::Unknown(not_told(drive.locked)),
        (sharing, _) => sharing,
    };
    let share = sharing.map(|sharing| DriveShare {
        role: sharing.role_of(who),
        not_reached: sharing.apart.as_deref().map(NotReached::of),
    });
    Judged::from_fact(share, "there is no OneDrive")
}

fn not_told(locked: bool) -> Failure {
    let (why, hint) = if locked {
        ("it is locked or archived", "unlock it, and resume")
    } else {
        ("this cloud does not tell", "look in the OneDrive, under \"Manage access\"")
    };
    Failure::new(Kind::Unsupported, format!("who may open the OneDrive is not known: {why}"))
        .code("not_offered")
        .hint(hint)
}

/// Changes the facts to what `who` may do there.
pub(super) fn set_role(facts: &mut Facts, user: UserId, who: UserId, role: Option<DriveRole>) {
    let Some(sharing) = facts.person_mut(user).drive_sharing.known_mut() else { return };
    if sharing.role_of(who) == role {
        return;
    }
    sharing.permissions.retain(|permission| permission.to != Some(who));
    sharing.permissions.extend(role.map(|role| DrivePermission {
        // The service makes the id.
        id: String::new(),
        to: Some(who),
        roles: [role.name().to_owned()].into(),
    }));
    sharing.permissions.sort();
}

/// The drive.
pub(super) fn drive(facts: &Facts, user: UserId) -> Result<String, Failure> {
    let drive = of(facts, user, |person| person.drive.clone());
    drive.known().map(|drive| drive.id.clone()).ok_or_else(|| needs_state("where the OneDrive lies"))
}

/// Takes from `who` whatever he may do by the root folder.
pub(super) async fn take(cx: &Context<'_>, user: UserId, who: UserId) -> Result<(), Failure> {
    let drive = drive(cx.facts, user)?;
    let sharing = of(cx.facts, user, |person| person.drive_sharing.clone());
    let sharing = sharing.known().ok_or_else(|| needs_state("who may open the OneDrive"))?;
    for permission in sharing.of(who) {
        let port = &cx.providers.drive_permissions;
        cx.receipt(port.delete_permission(&cx.call, &drive, &permission.id).await?);
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

/// Who does it here (G44). What could not be read changes nothing: the state says so.
pub(super) fn route(facts: &Facts, user: UserId, by_hand: impl FnOnce(&str) -> Instructions) -> Route {
    match facts.person(user).map(|person| &person.drive) {
        Some(Fact::Absent) => Route::Skip("there is no OneDrive".to_owned()),
        Some(Fact::NotOffered(Why::Unused)) => Route::Skip("OneDrive is not used".to_owned()),
        Some(Fact::NotOffered(_)) => Route::HandOff(by_hand("this cloud does not offer the OneDrive here")),
        Some(Fact::Known(drive)) if drive.locked => {
            Route::HandOff(by_hand("the OneDrive is locked or archived; nobody can change it like that"))
        }
        Some(Fact::Known(_) | Fact::Unknown(_)) | None => Route::Change,
    }
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
    let id = known.known().map_or("<id of the drive>".to_owned(), |drive| quoted(&drive.id));
    let list = format!("Get-MgDriveItemPermission -DriveId {id} -DriveItemId root");
    let mut commands = Vec::new();
    if known.known().is_some_and(|drive| drive.locked) {
        commands.push(
            "unlock the OneDrive first (Set-SPOSite -LockState Unlock; archived: Set-SPOSiteArchiveState -ArchiveState Active)"
                .to_owned(),
        );
    }
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
    use crate::id::TenantId;
    use crate::model::cloud::Cloud;
    use crate::model::drive::Drive;
    use crate::time::Timestamp;

    fn entry(name: &str, files: u64, folders: u64, bytes: u64) -> DriveEntry {
        DriveEntry { name: name.to_owned(), id: name.to_owned(), tally: DriveTally { files, folders, bytes } }
    }

    #[test]
    fn a_drive_that_does_not_say_it_is_not_said_to_be_none() {
        let (leaver, megan) = (UserId::from_u128(1), UserId::from_u128(2));
        let seen = |drive, sharing| {
            let mut facts =
                Facts::new(TenantId::from_u128(3), Cloud::Worldwide, leaver, Timestamp::from_micros(0));
            (facts.leaver.drive, facts.leaver.drive_sharing) = (drive, sharing);
            share(&facts, leaver, megan)
        };
        let drive = |locked| {
            Fact::Known(Drive {
                id: "b!1".to_owned(),
                web_url: String::new(),
                site_url: None,
                used: None,
                remaining: None,
                locked,
            })
        };
        let said = |judged: Judged<DriveShare>| match judged {
            Judged::Unknown(failure) => failure.message,
            other => panic!("{other:?}"),
        };
        assert!(said(seen(drive(true), Fact::NotOffered(Why::Cloud))).contains("locked"));
        assert!(said(seen(drive(false), Fact::NotOffered(Why::Cloud))).contains("cloud"));
        assert!(matches!(seen(Fact::Absent, Fact::Absent), Judged::Nothing(_)));
        assert!(matches!(seen(Fact::Absent, Fact::NotOffered(Why::Unused)), Judged::Nothing(_)));
    }

    #[test]
    fn what_is_left_out_is_counted_and_named() {
        assert!(left_out(None).contains("Sites.FullControl.All"));
        assert!(left_out(Some(&NotReached::of(&[]))).starts_with("nothing has permissions of its own"));
        let two = NotReached::of(&[entry("Pictures", 1, 1, 1_024), entry("Plan.docx", 1, 0, 512)]);
        assert_eq!(
            left_out(Some(&two)),
            "2 files and 1 folder (1.50 KiB) have permissions of their own, or lie in what has, and are not reached: \
             Pictures, Plan.docx"
        );
        let many: Vec<DriveEntry> = (0..13).map(|n| entry(&format!("f{n}"), 1, 0, 0)).collect();
        assert!(left_out(Some(&NotReached::of(&many))).ends_with("f9, and 3 more"));
    }
}
