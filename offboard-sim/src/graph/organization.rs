//! The organisation, its domains, its settings, its applications.

use http::StatusCode;
use offboard_core::id::CallerId;
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::page::USUAL;
use super::render;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{AppRole, Resource, ServicePrincipal, World};

fn organization_of(world: &World) -> Value {
    let organization = &world.organization;
    let last = world.users.values().filter_map(|user| user.on_premises_last_sync_date_time).max();
    let domain = |domain: &crate::world::Domain| {
        json!({
            "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": domain.is_default,
            "isInitial": domain.is_initial, "name": domain.name,
            "type": if domain.is_federated { "Federated" } else { "Managed" },
        })
    };
    json!({
        "id": organization.id,
        "deletedDateTime": null,
        "displayName": organization.display_name,
        "countryLetterCode": organization.country,
        "createdDateTime": render::time(organization.created),
        "onPremisesSyncEnabled": organization.on_premises_sync_enabled.then_some(true),
        "onPremisesLastSyncDateTime": last.map(render::time),
        "tenantType": "AAD",
        "verifiedDomains": world.domains.values().map(domain).collect::<Value>(),
    })
}

/// `GET /organization`
pub(super) fn list(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    call.page(Kind::Organization, USUAL, vec![organization_of(&view)])
}

/// `GET /organization/{id}`
pub(super) fn get(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    if !call.key(0).eq_ignore_ascii_case(&view.organization.id.to_string()) {
        return Err(Refusal::not_found(call.key(0)));
    }
    call.object(Kind::Organization, &organization_of(&view))
}

/// `GET /domains`
pub(super) fn domains(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    call.page(Kind::Domain, USUAL, view.domains.values().map(render::domain).collect())
}

/// `GET /domains/{name}`
pub(super) fn domain(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let domain = view.domains.get(&call.key(0).to_ascii_lowercase());
    call.object(Kind::Domain, &render::domain(domain.ok_or_else(|| Refusal::not_found(call.key(0)))?))
}

/// `GET /admin/sharepoint/settings`
pub(super) fn sharepoint_settings(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let object = json!({
        "id": view.organization.id,
        "deletedUserPersonalSiteRetentionPeriodInDays": view.settings.one_drive_retention_days,
        "sharingCapability": "externalUserAndGuestSharing",
        "isResharingByExternalUsersEnabled": false,
    });
    call.object(Kind::SharePointSettings, &object)
}

/// The application that a key names: an object id, or `appId=…`.
pub(super) fn find_service_principal<'a>(
    world: &'a World,
    key: &str,
) -> Result<&'a ServicePrincipal, Refusal> {
    if let Some(client) = key.strip_prefix("appId=") {
        return world.app_by_client_id(client).ok_or_else(|| Refusal::not_found(key));
    }
    let id: CallerId =
        key.parse().map_err(|_| Refusal::bad(format!("Invalid object identifier '{key}'.")))?;
    world.service_principals.get(&id).ok_or_else(|| Refusal::not_found(key))
}

/// `GET /servicePrincipals`
pub(super) fn service_principals(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let rows = view.service_principals.values().map(render::service_principal).collect();
    call.page(Kind::ServicePrincipal, USUAL, rows)
}

/// `GET /servicePrincipals/{id}`
pub(super) fn service_principal(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    call.object(
        Kind::ServicePrincipal,
        &render::service_principal(find_service_principal(&view, call.key(0))?),
    )
}

/// `GET /servicePrincipals/{id}/appRoleAssignedTo`: who was granted roles of this application.
pub(super) fn app_role_assigned_to(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let resource = find_service_principal(&view, call.key(0))?;
    let holders = view.service_principals.values();
    let rows = holders.flat_map(|holder| granted(resource, holder)).collect();
    call.page(Kind::AppRoleAssignment, USUAL, rows)
}

fn granted(resource: &ServicePrincipal, holder: &ServicePrincipal) -> Vec<Value> {
    let of = match resource.display_name.as_str() {
        "Microsoft Graph" => Resource::Graph,
        "Office 365 Exchange Online" => Resource::Exchange,
        "Office 365 SharePoint Online" => Resource::SharePoint,
        _ => return Vec::new(),
    };
    let rows = resource
        .app_roles
        .iter()
        .filter(|(value, _)| holder.granted.contains(&AppRole { resource: of, value: (*value).clone() }));
    rows.map(|(_, id)| {
        json!({
            "id": format!("{}-{id}", holder.id),
            "deletedDateTime": null,
            "appRoleId": id,
            "principalDisplayName": holder.display_name,
            "principalId": holder.id,
            "principalType": "ServicePrincipal",
            "resourceDisplayName": resource.display_name,
            "resourceId": resource.id,
        })
    })
    .collect()
}

/// 404 in the words of Exchange behind Graph.
pub(super) fn no_mailbox() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "MailboxNotEnabledForRESTAPI",
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
    )
}
