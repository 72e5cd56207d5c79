//! Telephone numbers of Teams.

use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::page::PageSize;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::PhoneNumber;

/// `GET /admin/teams/telephoneNumberManagement/numberAssignments`; pages of 500, up to 1,000.
pub(super) fn assignments(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let rows = view.numbers.values().map(rendered).collect();
    call.page(Kind::NumberAssignment, PageSize { usual: 500, most: 1_000 }, rows)
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
