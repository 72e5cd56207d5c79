//! The OneDrive of a user.

use http::StatusCode;
use offboard_core::id::UserId;
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::users;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{Drive, DriveState, User, World};

/// `GET /users/{id}/drive`: 404 where none was ever opened, 423 locked or archived, 403 refused (B11).
pub(super) fn of_user(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let user = users::find(&view, call.key(0))?;
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "ResourceNotFound", "User's mysite not found.");
    let drive = view.drives.get(&user.id).ok_or_else(missing)?;
    open(drive)?;
    call.object(Kind::Drive, &rendered(&view, call, drive, Some(user)))
}

/// `GET /drives/{id}`.
pub(super) fn get(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let (owner, drive) = find(&view, call.key(0))?;
    call.object(Kind::Drive, &rendered(&view, call, drive, view.users.get(&owner)))
}

/// The drive with this id, if it can be read, and whose it is.
pub(super) fn find<'a>(world: &'a World, id: &str) -> Result<(UserId, &'a Drive), Refusal> {
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "itemNotFound", "The resource could not be found.");
    let owner = world.drive_owner(id).ok_or_else(missing)?;
    let drive = world.drives.get(&owner).ok_or_else(missing)?;
    open(drive)?;
    Ok((owner, drive))
}

fn open(drive: &Drive) -> Result<(), Refusal> {
    match drive.state {
        DriveState::Ok => Ok(()),
        DriveState::Locked => {
            Err(Refusal::new(StatusCode::LOCKED, "resourceLocked", "Access to this site has been blocked."))
        }
        DriveState::Forbidden => Err(Refusal::new(StatusCode::FORBIDDEN, "accessDenied", "Access denied")),
    }
}

fn rendered(view: &World, call: &Call<'_>, drive: &Drive, owner: Option<&User>) -> Value {
    // Where everything lies below one address, so does the site.
    let site = match call.request.origin.strip_suffix("/graph") {
        Some(base) => format!("{base}/sharepoint{}", drive.site_path()),
        None => drive.web_url.strip_suffix("/Documents").unwrap_or(&drive.web_url).to_owned(),
    };
    let owner = owner.map(
        |user| json!({ "user": { "id": user.id, "displayName": user.display_name, "email": user.mail } }),
    );
    json!({
        "id": drive.id,
        "driveType": "business",
        "name": "OneDrive",
        "webUrl": drive.web_url,
        "owner": owner,
        "sharePointIds": { "siteUrl": site, "tenantId": view.organization.id },
        "quota": {
            "deleted": 0, "remaining": drive.total.saturating_sub(drive.used), "state": "normal",
            "total": drive.total, "used": drive.used,
        },
    })
}
