//! Permissions of drive items, and invitations.
//!
//! Written from Microsoft's pages "Send a sharing invitation", "List sharing permissions on a driveItem", "Delete a sharing
//! permission from a file or folder", "Update sharing permission" and "permission resource type". A OneDrive of an organisation
//! does not say where a permission is inherited from.

use http::StatusCode;
use offboard_core::id::UserId;
use serde_json::{Map, Value, json};

use super::answer::Call;
use super::drive;
use super::error::Refusal;
use super::items::{invalid, item};
use super::names::Kind;
use super::page::USUAL;
use super::write::{boolean, text, texts};
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{Drive, Grant, Grantee, ItemRole, World};

/// Characters of a message that goes with an invitation.
const LONGEST_MESSAGE: usize = 2_000;

/// `GET .../permissions`: those in effect, the owner's first.
pub(super) fn list(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let (owner, drive) = drive::find(&view, call.key(0))?;
    let id = item(drive, item_key(call))?;
    let grants = drive.grants_of(id).iter().map(|grant| rendered(&view, drive, grant));
    let rows = owner_row(&view, owner).into_iter().chain(grants).collect();
    call.page(Kind::Permission, USUAL, rows)
}

/// `GET .../permissions/{id}`.
pub(super) fn get(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let (_, drive) = drive::find(&view, call.key(0))?;
    let id = item(drive, item_key(call))?;
    let grant =
        drive.grants_of(id).iter().find(|grant| grant.id == permission_key(call)).ok_or_else(missing)?;
    call.object(Kind::Permission, &rendered(&view, drive, grant))
}

/// `DELETE .../permissions/{id}`. What is inherited can only be taken away where it was given.
pub(super) fn delete(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let (owner, id) = own(cx.world, call)?;
    if let Some(drive) = cx.world.drives.get_mut(&owner) {
        drive.own_grants(id.as_deref()).retain(|grant| grant.id != permission_key(call));
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `PATCH .../permissions/{id}`: this role and no other, where the permission was given.
pub(super) fn update(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.properties(Kind::Permission)?;
    if let Some(other) = body.keys().find(|name| name.as_str() != "roles") {
        return Err(Refusal::not_simulated(format!("how to write the permission's property '{other}'")));
    }
    let role = role(&body)?;
    let (owner, id) = own(cx.world, call)?;
    let missing_drive = || Refusal::not_found(call.key(0));
    let drive = cx.world.drives.get_mut(&owner).ok_or_else(missing_drive)?;
    let grants = drive.own_grants(id.as_deref());
    let grant = grants.iter_mut().find(|grant| grant.id == permission_key(call)).ok_or_else(missing)?;
    grant.role = role;
    let grant = grant.clone();
    let drive = cx.world.drives.get(&owner).ok_or_else(missing_drive)?;
    call.object(Kind::Permission, &rendered(cx.world, drive, &grant))
}

/// `POST .../invite`: a permission for people of the organisation.
pub(super) fn invite(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.parameters(&[
        "recipients",
        "message",
        "requireSignIn",
        "sendInvitation",
        "roles",
        "expirationDateTime",
        "password",
        "retainInheritedPermissions",
    ])?;
    let (owner, drive) = drive::find(cx.world, call.key(0))?;
    let id = item(drive, item_key(call))?.map(str::to_owned);
    let role = role(&body)?;
    for name in ["requireSignIn", "sendInvitation"] {
        boolean(name, body.get(name).unwrap_or(&Value::Bool(false)))?;
    }
    // What the service may do with the permissions that are there otherwise is not known here.
    if body.get("retainInheritedPermissions") == Some(&Value::Bool(false)) {
        return Err(Refusal::not_simulated("an invitation that drops inherited permissions"));
    }
    if body.contains_key("password") || body.contains_key("expirationDateTime") {
        return Err(invalid("password and expirationDateTime do not apply to this drive."));
    }
    let message = text("message", body.get("message").unwrap_or(&Value::Null))?;
    if message.is_some_and(|message| message.chars().count() > LONGEST_MESSAGE) {
        return Err(invalid("The message is too long."));
    }
    let people = recipients(cx.world, &body)?;
    let mut rows = Vec::new();
    for (user, name) in people {
        let missing = || Refusal::not_found(call.key(0));
        let drive = cx.world.drives.get_mut(&owner).ok_or_else(missing)?;
        let given = drive.share(id.as_deref(), Grant::to_user(user, &name, role));
        let drive = cx.world.drives.get(&owner).ok_or_else(missing)?;
        rows.push(rendered(cx.world, drive, &given));
    }
    call.page(Kind::Permission, USUAL, rows)
}

/// The owner of the drive, and the item that has the permission of the path as its own.
fn own(world: &World, call: &Call<'_>) -> Result<(UserId, Option<String>), Refusal> {
    let (owner, drive) = drive::find(world, call.key(0))?;
    let id = item(drive, item_key(call))?.map(str::to_owned);
    if permission_key(call) == owner_id(world, owner) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "accessDenied", "The owner cannot be changed."));
    }
    if !drive.grants_of(id.as_deref()).iter().any(|grant| grant.id == permission_key(call)) {
        return Err(missing());
    }
    if id.as_deref().and_then(|id| drive.items.get(id)).is_some_and(|item| item.grants.is_none()) {
        return Err(invalid("Only sharing permissions that are not inherited can be changed or deleted."));
    }
    Ok((owner, id))
}

/// The key of the item; paths through the root folder have none.
fn item_key<'a>(call: &'a Call<'_>) -> &'a str {
    if call.operation.path.contains("/root/") { "root" } else { call.key(1) }
}

fn permission_key<'a>(call: &'a Call<'_>) -> &'a str {
    call.keys.last().map_or("", String::as_str)
}

fn role(body: &Map<String, Value>) -> Result<ItemRole, Refusal> {
    let roles = texts("roles", body.get("roles").unwrap_or(&Value::Null))?;
    match roles.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["read"] => Ok(ItemRole::Read),
        ["write"] => Ok(ItemRole::Write),
        _ => Err(invalid("roles must name one of read and write.")),
    }
}

/// The people who are invited, with their sign-in names.
fn recipients(world: &World, body: &Map<String, Value>) -> Result<Vec<(UserId, String)>, Refusal> {
    let rows = body.get("recipients").and_then(Value::as_array).filter(|rows| !rows.is_empty());
    let rows = rows.ok_or_else(|| invalid("At least one recipient is required."))?;
    let one = |row: &Value| {
        let Some(id) = row.get("objectId").and_then(Value::as_str) else {
            return Err(Refusal::not_simulated("inviting somebody by anything but his object id"));
        };
        let user = id.parse().ok().and_then(|id: UserId| world.users.get(&id));
        let user = user.ok_or_else(|| invalid("A recipient could not be resolved."))?;
        Ok((user.id, user.user_principal_name.clone()))
    };
    rows.iter().map(one).collect()
}

fn missing() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "itemNotFound", "The permission could not be found.")
}

fn owner_id(world: &World, owner: UserId) -> String {
    world
        .users
        .get(&owner)
        .map_or_else(String::new, |user| Grant::to_user(owner, &user.user_principal_name, ItemRole::Write).id)
}

fn owner_row(world: &World, owner: UserId) -> Option<Value> {
    let user = world.users.get(&owner)?;
    Some(json!({
        "id": owner_id(world, owner),
        "roles": ["owner"],
        "grantedToV2": granted_to(user.id, &user.display_name, &user.user_principal_name),
    }))
}

fn granted_to(id: UserId, name: &str, user_principal_name: &str) -> Value {
    let login = format!("i:0#.f|membership|{}", user_principal_name.to_lowercase());
    json!({
        "user": { "id": id, "displayName": name, "email": user_principal_name },
        "siteUser": { "displayName": name, "loginName": login },
    })
}

/// A permission as the service shows it.
fn rendered(world: &World, drive: &Drive, grant: &Grant) -> Value {
    let mut row = json!({ "id": grant.id, "roles": [grant.role.name()] });
    match &grant.to {
        Grantee::User(id) => {
            // Whoever is gone is still named by the site.
            let user = world.users.get(id).or_else(|| world.deleted_users.get(id).map(|row| &row.user));
            let (name, upn) = user.map_or(("", ""), |user| (&user.display_name, &user.user_principal_name));
            row["grantedToV2"] = granted_to(*id, name, upn);
        }
        Grantee::Link {} => {
            row["link"] = json!({ "type": "view", "scope": "organization", "webUrl": drive.web_url });
        }
    }
    row
}
