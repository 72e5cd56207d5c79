//! What lies in a OneDrive, and who may do everything there: Graph knows where it lies, SharePoint who, and the directory who
//! that is.

use futures_util::future::try_join_all;

use crate::failure::{Failure, Kind, ProviderError};
use crate::id::UserId;
use crate::model::drive::{Drive, DriveAdministrator, DriveEntry, DriveFolder, LoginOwner};
use crate::model::drive_sharing::{DrivePermission, OwnPermissions};
use crate::ports::{Answer, Call, Providers, Selector};

const READER: &str = "facts";

/// The administrators of somebody's OneDrive; nothing where he has none.
pub(super) async fn administrators(
    p: &Providers,
    call: &Call,
    of: UserId,
) -> Answer<Option<Vec<DriveAdministrator>>> {
    let Some(drive) = open(p, call, of, "who may open it").await? else { return Ok(None) };
    let Some(site) = drive.site_url else {
        let failure = Failure::new(Kind::Protocol, "Graph does not say in which site the OneDrive lies")
            .code("no_site_url")
            .hint("see whether the caller may read the site (Files.Read.All)");
        return Err(ProviderError::new(READER, failure));
    };
    let Some(logins) = p.sites.administrators(call, &site).await? else { return Ok(None) };
    let all = try_join_all(logins.into_iter().map(|login_name| async {
        let owner = owner(p, call, &login_name).await?;
        Ok::<_, ProviderError>(DriveAdministrator { login_name, owner })
    }));
    all.await.map(Some)
}

/// The permissions of the root folder of somebody's OneDrive; nothing where he has none.
pub(super) async fn permissions(
    p: &Providers,
    call: &Call,
    of: UserId,
) -> Answer<Option<Vec<DrivePermission>>> {
    let Some(drive) = open(p, call, of, "who may open it").await? else { return Ok(None) };
    p.drive_permissions.permissions(call, &drive.id).await
}

/// What in somebody's OneDrive has permissions of its own; nothing where he has none.
pub(super) async fn apart(p: &Providers, call: &Call, of: UserId) -> Answer<Option<OwnPermissions>> {
    let Some(drive) = open(p, call, of, "what is in it").await? else { return Ok(None) };
    p.drive_permissions.own_permissions(call, &drive.id).await
}

/// What lies at the top of somebody's OneDrive; nothing where he has none.
pub(super) async fn items(p: &Providers, call: &Call, of: UserId) -> Answer<Option<Vec<DriveEntry>>> {
    let Some(drive) = open(p, call, of, "what is in it").await? else { return Ok(None) };
    p.drive_files.entries(call, &drive.id, None).await
}

/// What lies in the folder of this name at the top; nothing where there is none.
pub(super) async fn folder(
    p: &Providers,
    call: &Call,
    of: UserId,
    name: &str,
) -> Answer<Option<DriveFolder>> {
    let Some(drive) = open(p, call, of, "what is in it").await? else { return Ok(None) };
    let Some(id) = p.drive_files.folder(call, &drive.id, name).await? else { return Ok(None) };
    let entries = p.drive_files.entries(call, &drive.id, Some(&id)).await?;
    Ok(entries.map(|entries| DriveFolder { id, entries }))
}

/// Somebody's OneDrive, if it can be looked into.
async fn open(p: &Providers, call: &Call, of: UserId, what: &str) -> Answer<Option<Drive>> {
    let drive = p.workloads.drive(call, of).await?;
    if drive.as_ref().is_some_and(|drive| drive.locked) {
        let message = format!("the OneDrive is locked or archived: it does not say {what}");
        let failure = Failure::new(Kind::Unsupported, message);
        return Err(ProviderError::new(READER, failure.code("locked")));
    }
    Ok(drive)
}

async fn owner(p: &Providers, call: &Call, login_name: &str) -> Answer<LoginOwner> {
    if !DriveAdministrator::may_be_a_person(login_name) {
        return Ok(LoginOwner::NoPerson);
    }
    let Some(name) = DriveAdministrator::sign_in_name(login_name) else { return Ok(LoginOwner::Unclear) };
    let found = p.directory.find(call, &Selector::UserPrincipalName(name.to_owned())).await?;
    Ok(match found.as_slice() {
        [one] => LoginOwner::Person(one.id),
        _ => LoginOwner::Unclear,
    })
}
