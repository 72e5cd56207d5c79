//! Directory roles: held, eligible, defined.

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::page::USUAL;
use super::render;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{RoleAssignment, RoleDefinition};

fn rendered(row: &RoleAssignment) -> Value {
    json!({
        "id": row.id, "principalId": row.principal.id(), "roleDefinitionId": row.role,
        "directoryScopeId": row.scope, "appScopeId": null, "condition": null,
    })
}

/// `GET /roleManagement/directory/roleAssignments`
pub(super) fn assignments(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let held = view.role_assignments.values().filter(|row| !row.eligible);
    call.page(Kind::RoleAssignment, USUAL, held.map(rendered).collect())
}

/// `GET /roleManagement/directory/roleAssignments/{id}`
pub(super) fn assignment(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let row = view.role_assignments.get(&call.key(0).to_owned()).filter(|row| !row.eligible);
    let row = row.ok_or_else(|| Refusal::not_found(call.key(0)))?;
    call.object(Kind::RoleAssignment, &rendered(row))
}

/// `GET /roleManagement/directory/roleEligibilityScheduleInstances`: fails where PIM is not licensed.
pub(super) fn eligibilities(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    if !view.settings.has_pim {
        let text = "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "AadPremiumLicenseRequired", text));
    }
    let row = |row: &RoleAssignment| {
        json!({
            "id": row.id, "principalId": row.principal.id(), "roleDefinitionId": row.role,
            "directoryScopeId": row.scope, "appScopeId": null, "memberType": "Direct",
            "startDateTime": render::time(row.since), "endDateTime": null,
            "roleEligibilityScheduleId": row.id,
        })
    };
    let eligible = view.role_assignments.values().filter(|row| row.eligible);
    call.page(Kind::RoleEligibility, USUAL, eligible.map(row).collect())
}

/// `GET /roleManagement/directory/roleDefinitions`
pub(super) fn definitions(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let row = |role: &RoleDefinition| {
        json!({
            "id": role.id, "templateId": role.id, "displayName": role.display_name,
            "description": role.display_name, "isBuiltIn": role.is_built_in, "isEnabled": true,
        })
    };
    call.page(Kind::RoleDefinition, USUAL, view.role_definitions.values().map(row).collect())
}
