//! The OneDrive of a user.

use http::StatusCode;
use serde_json::json;

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::users;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::DriveState;

/// `GET /users/{id}/drive`: 404 where none was ever opened, 423 locked or archived, 403 refused (B11).
pub(super) fn of_user(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let user = users::find(&view, call.key(0))?;
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "ResourceNotFound", "User's mysite not found.");
    let drive = view.drives.get(&user.id).ok_or_else(missing)?;
    match drive.state {
        DriveState::Ok => {}
        DriveState::Locked => {
            return Err(Refusal::new(
                StatusCode::LOCKED,
                "resourceLocked",
                "Access to this site has been blocked.",
            ));
        }
        DriveState::Forbidden => {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "accessDenied", "Access denied"));
        }
    }
    // Where everything lies below one address, so does the site.
    let site = match call.request.origin.strip_suffix("/graph") {
        Some(base) => format!("{base}/sharepoint{}", drive.site_path()),
        None => drive.web_url.strip_suffix("/Documents").unwrap_or(&drive.web_url).to_owned(),
    };
    let owner = json!({ "user": { "id": user.id, "displayName": user.display_name, "email": user.mail } });
    let object = json!({
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
    });
    call.object(Kind::Drive, &object)
}
