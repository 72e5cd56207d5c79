//! Licenses of users, and the products of the organisation.

use std::collections::BTreeSet;

use http::StatusCode;
use offboard_core::id::{ServicePlanId, SkuId, UserId};
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::page::USUAL;
use super::users::find;
use super::{render, write};
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{DirectLicense, ServicePlan, Sku, User, World};

/// `POST /users/{id}/assignLicense`: all of it or nothing.
pub(super) fn assign(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.parameters(&["addLicenses", "removeLicenses"])?;
    let rows = |name: &str| {
        let missing = || {
            Refusal::bad(format!(
                "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: {name}."
            ))
        };
        body.get(name).ok_or_else(missing)?.as_array().cloned().ok_or_else(|| write::wrong(name))
    };
    let (add, remove) = (rows("addLicenses")?, rows("removeLicenses")?);
    let mut user = find(cx.world, call.key(0))?.clone();
    if user.is_management_restricted {
        return Err(Refusal::denied());
    }
    for sku in &remove {
        remove_one(&mut user, sku)?;
    }
    for license in &add {
        add_one(cx, &mut user, license)?;
    }
    let id = user.id;
    cx.world.users.insert(id, user);
    cx.world.licenses_changed(&id);
    answer(cx, call, &id)
}

/// The user as it is now, in the answer to an action.
fn answer(cx: &Context<'_>, call: &Call<'_>, id: &UserId) -> Result<Reply, Refusal> {
    let user = find(cx.world, &id.to_string())?;
    let mut object = render::user(cx.world, user);
    if let Some(fields) = object.as_object_mut() {
        fields.remove("employeeLeaveDateTime");
        fields.insert(
            "@odata.context".to_owned(),
            json!(format!("{}/v1.0/$metadata#users/$entity", call.request.origin)),
        );
    }
    Ok(Reply::json(StatusCode::OK, &object))
}

fn sku_of(value: &Value) -> Result<SkuId, Refusal> {
    value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| write::wrong("skuId"))
}

fn remove_one(user: &mut User, sku: &Value) -> Result<(), Refusal> {
    let sku = sku_of(sku)?;
    if user.direct_licenses.remove(&sku).is_some() {
        return Ok(());
    }
    if user.inherited_licenses.iter().any(|license| license.sku == sku) {
        return Err(Refusal::bad(
            "User license is inherited from a group membership and it cannot be removed directly from the user.",
        ));
    }
    Err(Refusal::bad("User does not have a corresponding license."))
}

fn add_one(cx: &Context<'_>, user: &mut User, license: &Value) -> Result<(), Refusal> {
    let fields = license.as_object().ok_or_else(|| write::wrong("addLicenses"))?;
    if let Some(name) =
        fields.keys().find(|name| !["skuId", "disabledPlans"].contains(&name.as_str()) && !name.contains('@'))
    {
        return Err(Refusal::bad(format!(
            "Invalid property '{name}' on type 'microsoft.graph.assignedLicense'."
        )));
    }
    let id = sku_of(fields.get("skuId").unwrap_or(&Value::Null))?;
    let sku = cx.world.skus.get(&id).ok_or_else(|| {
        Refusal::bad(format!("License {id} does not correspond to a valid company License."))
    })?;
    if user.usage_location.is_none() {
        return Err(Refusal::bad("License assignment cannot be done for user with invalid usage location."));
    }
    if !user.skus().contains(&id) && cx.world.consumed(&id) >= sku.enabled {
        return Err(Refusal::bad(format!(
            "Subscription with SKU {id} does not have any available licenses."
        )));
    }
    let mut disabled_plans = BTreeSet::new();
    for plan in fields.get("disabledPlans").and_then(Value::as_array).into_iter().flatten() {
        let plan: Option<ServicePlanId> = plan.as_str().and_then(|text| text.parse().ok());
        let plan = plan.filter(|plan| sku.plans.iter().any(|known| known.id == *plan));
        disabled_plans.insert(
            plan.ok_or_else(|| {
                Refusal::bad("One or more of the disabled plans is not part of the license.")
            })?,
        );
    }
    user.direct_licenses.insert(id, DirectLicense { disabled_plans, updated: cx.now() });
    Ok(())
}

/// `POST /users/{id}/reprocessLicenseAssignment`
pub(super) fn reprocess(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    call.no_body()?;
    let id = find(cx.world, call.key(0))?.id;
    cx.world.process_group_licenses(&id);
    answer(cx, call, &id)
}

/// `GET /users/{id}/licenseDetails`
pub(super) fn details(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let user = find(&view, call.key(0))?;
    let skus = user.skus();
    let rows = skus.iter().filter_map(|id| view.skus.get(id)).map(|sku| {
        json!({
            "id": detail_id(user, sku),
            "skuId": sku.id,
            "skuPartNumber": sku.part_number,
            "servicePlans": sku.plans.iter().map(|plan| detail_plan(user, sku, plan)).collect::<Value>(),
        })
    });
    call.page(Kind::LicenseDetails, USUAL, rows.collect())
}

fn detail_id(user: &User, sku: &Sku) -> String {
    format!("{}_{}", user.id, sku.id)
}

fn detail_plan(user: &User, sku: &Sku, plan: &ServicePlan) -> Value {
    let direct = user.direct_licenses.get(&sku.id).map(|license| &license.disabled_plans);
    let inherited = user.inherited_licenses.iter().filter(|license| license.sku == sku.id);
    let mut ways = direct.into_iter().chain(inherited.map(|license| &license.disabled_plans));
    let works = ways.any(|disabled| !disabled.contains(&plan.id));
    json!({
        "servicePlanId": plan.id,
        "servicePlanName": plan.name,
        "appliesTo": plan.applies_to,
        "provisioningStatus": if works { "Success" } else { "Disabled" },
    })
}

/// `GET /subscribedSkus`
pub(super) fn subscribed_skus(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let rows = view.skus.values().map(|sku| subscribed(&view, sku)).collect();
    call.page(Kind::SubscribedSku, USUAL, rows)
}

fn subscribed(world: &World, sku: &Sku) -> Value {
    let plan = |plan: &ServicePlan| {
        json!({
            "servicePlanId": plan.id, "servicePlanName": plan.name, "appliesTo": plan.applies_to,
            "provisioningStatus": "Success",
        })
    };
    json!({
        "id": format!("{}_{}", world.organization.id, sku.id),
        "accountId": world.organization.id,
        "accountName": world.organization.display_name,
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": world.consumed(&sku.id),
        "prepaidUnits": { "enabled": sku.enabled, "suspended": 0, "warning": 0, "lockedOut": 0 },
        "servicePlans": sku.plans.iter().map(plan).collect::<Value>(),
        "skuId": sku.id,
        "skuPartNumber": sku.part_number,
        "subscriptionIds": [],
    })
}
