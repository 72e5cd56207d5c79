//! Telephone numbers of Teams.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::page::PageSize;
use super::users;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::PhoneNumber;

/// `GET /admin/teams/telephoneNumberManagement/numberAssignments`; pages of 500, up to 1,000.
pub(super) fn assignments(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let rows = view.numbers.values().map(rendered).collect();
    call.page(Kind::NumberAssignment, PageSize { usual: 500, most: 1_000 }, rows)
}

/// `POST .../unassignNumber`: takes a number from whoever has it.
pub(super) fn unassign(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.parameters(&["telephoneNumber", "numberType"])?;
    let key = find(cx, &body)?;
    if let Some(row) = cx.world.numbers.get_mut(&key) {
        row.assigned_to = None;
    }
    Ok(accepted(cx, call))
}

/// `POST .../assignNumber`: gives a free number to somebody who has a license for it.
pub(super) fn assign(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let known = ["telephoneNumber", "numberType", "assignmentTargetId", "assignmentCategory", "locationId"];
    let body = call.parameters(&known)?;
    let key = find(cx, &body)?;
    let target = body.get("assignmentTargetId").and_then(Value::as_str).unwrap_or_default();
    let user = users::find(cx.world, target)?.clone();
    if cx.world.numbers.get(&key).and_then(|row| row.assigned_to).is_some_and(|holder| holder != user.id) {
        return Err(Refusal::bad("The telephone number is assigned to another target."));
    }
    if !cx.world.plans_of(&user).iter().any(|plan| plan.is_voice()) {
        return Err(Refusal::bad("The target has no license for telephony."));
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(row) = cx.world.numbers.get_mut(&key) {
        row.assigned_to = Some(user.id);
        row.category = text("assignmentCategory").unwrap_or_else(|| "primary".to_owned());
        row.location_id = text("locationId").or(row.location_id.take());
    }
    Ok(accepted(cx, call))
}

/// The number that a body means, with or without its `+`, and of the type that it says.
fn find(cx: &Context<'_>, body: &Map<String, Value>) -> Result<String, Refusal> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (number, kind) = (text("telephoneNumber"), text("numberType"));
    let bare = number.trim_start_matches('+');
    let row = cx.world.numbers.values().find(|row| row.number.trim_start_matches('+') == bare);
    let row = row.ok_or_else(|| Refusal::not_found(&number))?;
    if row.number_type != kind {
        return Err(Refusal::bad("The number type does not match the telephone number."));
    }
    Ok(row.number.clone())
}

/// The service works on; where it is told.
fn accepted(cx: &Context<'_>, call: &Call<'_>) -> Reply {
    let place = format!(
        "{}/v1.0/admin/teams/telephoneNumberManagement/operations('{}')",
        call.request.origin,
        cx.guid()
    );
    Reply::empty(StatusCode::ACCEPTED).with("location", &place)
}

fn rendered(row: &PhoneNumber) -> Value {
    let assigned = row.assigned_to;
    json!({
        "id": row.number.trim_start_matches('+'),
        "telephoneNumber": row.number,
        "numberType": row.number_type,
        "activationState": "activated",
        "assignmentTargetId": assigned,
        "assignmentStatus": if assigned.is_some() { "userAssigned" } else { "unassigned" },
        "assignmentCategory": assigned.map(|_| &row.category),
        "locationId": row.location_id,
        "isoCountryCode": "DE",
        "capabilities": [],
    })
}
