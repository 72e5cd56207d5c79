//! The recycle bin of users.

use http::StatusCode;
use offboard_core::id::UserId;
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::page::USUAL;
use super::privilege::{self, Action};
use super::{render, users};
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{DeletedUser, World};

/// A deleted user: the object id is put before his name, and the date stands with it.
fn rendered(world: &World, row: &DeletedUser) -> Value {
    let mut object = render::user(world, &row.user);
    let upn = format!("{}{}", row.user.id.to_string().replace('-', ""), row.user.user_principal_name);
    object["userPrincipalName"] = json!(upn);
    object["deletedDateTime"] = json!(render::time(row.deleted));
    render::typed("user", object, true)
}

fn key_of(call: &Call<'_>) -> Result<UserId, Refusal> {
    let key = call.key(0);
    key.parse().map_err(|_| Refusal::bad(format!("Invalid object identifier '{key}'.")))
}

/// `GET /directory/deletedItems/microsoft.graph.user`
pub(super) fn list(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    if call.query.order.is_some()
        && !(call.query.count && call.request.header("consistencylevel") == Some("eventual"))
    {
        return Err(Refusal::bad(
            "Sorting is supported with 'ConsistencyLevel: eventual' and $count=true only.",
        ));
    }
    let rows = view.deleted_users.values().map(|row| rendered(&view, row)).collect();
    call.page(Kind::User, USUAL, rows)
}

/// `GET /directory/deletedItems/{id}`
pub(super) fn get(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let row = view.deleted_users.get(&key_of(call)?);
    call.object(Kind::User, &rendered(&view, row.ok_or_else(|| Refusal::not_found(call.key(0)))?))
}

/// `POST /directory/deletedItems/{id}/restore`
pub(super) fn restore(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = key_of(call)?;
    let body = if call.request.body.is_empty() {
        serde_json::Map::new()
    } else {
        call.parameters(&["autoReconcileProxyConflict", "newUserPrincipalName"])?
    };
    let row = cx.world.deleted_users.get(&id).cloned().ok_or_else(|| Refusal::not_found(call.key(0)))?;
    if row.user.is_owned_by_active_directory() {
        return Err(Refusal::bad("Unable to restore an on-premises mastered Directory Sync object."));
    }
    privilege::check(cx.world, call, &id, Action::Sensitive)?;
    let wanted = body.get("newUserPrincipalName").and_then(Value::as_str);
    let upn = wanted.unwrap_or(&row.user.user_principal_name).to_owned();
    if cx.world.user_by_upn(&upn).is_some() {
        return Err(conflict("userPrincipalName"));
    }
    let reconcile = body.get("autoReconcileProxyConflict").and_then(Value::as_bool).unwrap_or(false);
    let taken = |address: &&String| cx.world.user_by_address(address).is_some();
    let clash: Vec<String> = row.user.proxy_addresses.iter().filter(taken).cloned().collect();
    if !clash.is_empty() && !reconcile {
        return Err(conflict("proxyAddresses"));
    }
    cx.world.restore_user(&id);
    if let Some(user) = cx.world.users.get_mut(&id) {
        user.user_principal_name = upn;
        user.proxy_addresses.retain(|address| !clash.contains(address));
    }
    let user = users::find(cx.world, call.key(0))?;
    let mut object = render::typed("user", render::user(cx.world, user), true);
    object["@odata.context"] =
        json!(format!("{}/v1.0/$metadata#directoryObjects/$entity", call.request.origin));
    Ok(Reply::json(StatusCode::OK, &object))
}

fn conflict(property: &str) -> Refusal {
    let text = format!("Another object with the same value for property {property} already exists.");
    Refusal::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", text)
}

/// `DELETE /directory/deletedItems/{id}`: for good.
pub(super) fn purge(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = key_of(call)?;
    if !cx.world.deleted_users.contains(&id) {
        return Err(Refusal::not_found(call.key(0)));
    }
    privilege::check(cx.world, call, &id, Action::Sensitive)?;
    cx.world.purge_user(&id);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
