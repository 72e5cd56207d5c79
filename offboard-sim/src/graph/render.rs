//! Directory objects as JSON.

use offboard_core::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::world::{Domain, Group, Principal, RoleDefinition, ServicePrincipal, User, World};

/// A time as Graph writes it: whole seconds.
pub(super) fn time(at: Timestamp) -> String {
    let text = at.to_string();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text,
    }
}

fn maybe(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(time(at)))
}

type Field = fn(&World, &User) -> Value;

/// What this simulation keeps of a user.
static USER: &[(&str, Field)] = &[
    ("id", |_, user| json!(user.id)),
    ("userPrincipalName", |_, user| json!(user.user_principal_name)),
    ("displayName", |_, user| json!(user.display_name)),
    ("givenName", |_, user| json!(user.given_name)),
    ("surname", |_, user| json!(user.surname)),
    ("mail", |_, user| json!(user.mail)),
    ("mailNickname", |_, user| json!(user.mail_nickname)),
    ("proxyAddresses", |_, user| json!(user.proxy_addresses)),
    ("otherMails", |_, user| json!(user.other_mails)),
    ("userType", |_, user| json!(user.user_type)),
    ("usageLocation", |_, user| json!(user.usage_location)),
    ("employeeType", |_, user| json!(user.employee_type)),
    ("employeeId", |_, user| json!(user.employee_id)),
    ("department", |_, user| json!(user.department)),
    ("jobTitle", |_, user| json!(user.job_title)),
    ("officeLocation", |_, _| Value::Null),
    ("preferredLanguage", |_, _| Value::Null),
    ("companyName", |_, _| Value::Null),
    ("creationType", |_, user| json!(user.creation_type)),
    ("identityParentId", |_, _| Value::Null),
    ("businessPhones", |_, user| json!(user.business_phones)),
    ("mobilePhone", |_, user| json!(user.mobile_phone)),
    ("showInAddressList", |_, _| Value::Null),
    ("accountEnabled", |_, user| json!(user.account_enabled)),
    ("onPremisesSyncEnabled", |_, user| json!(user.on_premises_sync_enabled)),
    ("onPremisesImmutableId", |_, user| json!(user.on_premises_immutable_id)),
    ("onPremisesDomainName", |_, user| json!(user.on_premises_domain_name)),
    ("onPremisesSamAccountName", |_, user| json!(user.on_premises_sam_account_name)),
    ("onPremisesProvisioningErrors", |_, _| json!([])),
    ("passwordPolicies", |_, user| json!(user.password_policies)),
    ("externalUserState", |_, user| json!(user.external_user_state)),
    ("externalUserStateChangeDateTime", |_, _| Value::Null),
    ("deletedDateTime", |_, _| Value::Null),
    ("isManagementRestricted", |_, user| json!(user.is_management_restricted.then_some(true))),
    ("isResourceAccount", |_, user| json!(user.is_resource_account.then_some(true))),
    ("createdDateTime", |_, user| json!(time(user.created))),
    ("employeeLeaveDateTime", |_, user| maybe(user.employee_leave_date_time)),
    ("signInSessionsValidFromDateTime", |_, user| json!(time(user.sign_in_sessions_valid_from))),
    ("lastPasswordChangeDateTime", |_, user| json!(time(user.last_password_change))),
    ("onPremisesLastSyncDateTime", |_, user| maybe(user.on_premises_last_sync_date_time)),
    ("onPremisesUserPrincipalName", |_, user| {
        json!(user.on_premises_sam_account_name.as_ref().map(|_| &user.user_principal_name))
    }),
    ("identities", |_, user| {
        json!([{
            "signInType": "userPrincipalName",
            "issuer": "contoso.onmicrosoft.com",
            "issuerAssignedId": user.user_principal_name,
        }])
    }),
    ("securityIdentifier", |_, user| json!(security_identifier(&user.id.to_string()))),
    ("assignedLicenses", |_, user| assigned_licenses(user)),
    ("licenseAssignmentStates", |_, user| license_states(user)),
    ("assignedPlans", assigned_plans),
    ("provisionedPlans", provisioned_plans),
    ("serviceProvisioningErrors", provisioning_errors),
];

/// A user with everything that this simulation keeps.
pub(super) fn user(world: &World, user: &User) -> Value {
    user_with(world, user, |_| true)
}

/// A user with the properties that are wanted.
pub(super) fn user_with(world: &World, user: &User, wanted: impl Fn(&str) -> bool) -> Value {
    let fields = USER.iter().filter(|(name, _)| wanted(name));
    Value::Object(fields.map(|(name, field)| ((*name).to_owned(), field(world, user))).collect())
}

/// The security identifier of a directory object: `S-1-12-1` and its id in four numbers.
fn security_identifier(id: &str) -> String {
    let bits = uuid::Uuid::try_parse(id).map_or(0, |id| id.as_u128());
    let part = |shift: u32| (bits >> shift) & 0xFFFF_FFFF;
    format!("S-1-12-1-{}-{}-{}-{}", part(96), part(64), part(32), part(0))
}

fn assigned_licenses(user: &User) -> Value {
    let mut rows: std::collections::BTreeMap<_, std::collections::BTreeSet<_>> =
        user.direct_licenses.iter().map(|(sku, license)| (sku, license.disabled_plans.clone())).collect();
    for license in user.inherited_licenses.iter().filter(|license| license.error.is_none()) {
        let disabled = rows.entry(&license.sku).or_insert_with(|| license.disabled_plans.clone());
        // Assigned twice, a plan is off only where both have switched it off.
        disabled.retain(|plan| license.disabled_plans.contains(plan));
    }
    rows.iter().map(|(sku, disabled)| json!({ "skuId": sku, "disabledPlans": disabled })).collect()
}

fn license_states(user: &User) -> Value {
    let direct = user.direct_licenses.iter().map(|(sku, license)| {
        json!({
            "skuId": sku, "assignedByGroup": null, "disabledPlans": license.disabled_plans,
            "state": "Active", "error": "None", "lastUpdatedDateTime": time(license.updated),
        })
    });
    let inherited = user.inherited_licenses.iter().map(|license| {
        json!({
            "skuId": license.sku, "assignedByGroup": license.group, "disabledPlans": license.disabled_plans,
            "state": if license.error.is_some() { "Error" } else { "Active" },
            "error": license.error.as_deref().unwrap_or("None"),
            "lastUpdatedDateTime": time(license.updated),
        })
    });
    direct.chain(inherited).collect()
}

/// The service that a plan belongs to, as Graph names services.
fn service_of(plan: &str) -> &'static str {
    match plan {
        name if name.starts_with("EXCHANGE") => "exchange",
        name if name.starts_with("SHAREPOINT") => "SharePoint",
        name if name.starts_with("TEAMS") => "TeamspaceAPI",
        name if name.starts_with("MCO") => "MicrosoftCommunicationsOnline",
        name if name.starts_with("YAMMER") => "YammerEnterprise",
        name if name.starts_with("INTUNE") => "SCO",
        name if name.starts_with("AAD") => "AADPremiumService",
        name if name.starts_with("BI_") => "PowerBI",
        _ => "MicrosoftOffice",
    }
}

fn assigned_plans(world: &World, user: &User) -> Value {
    let plans = world.plans_of(user);
    let row = |plan: &&crate::world::ServicePlan| {
        json!({
            "assignedDateTime": time(user.created), "capabilityStatus": "Enabled",
            "service": service_of(&plan.name), "servicePlanId": plan.id,
        })
    };
    plans.iter().map(row).collect()
}

fn provisioned_plans(world: &World, user: &User) -> Value {
    let plans = world.plans_of(user);
    let row = |plan: &&crate::world::ServicePlan| json!({ "capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": service_of(&plan.name) });
    plans.iter().map(row).collect()
}

fn provisioning_errors(world: &World, user: &User) -> Value {
    let row = |text: &String| {
        json!({
            "@odata.type": "#microsoft.graph.serviceProvisioningXmlError",
            "createdDateTime": time(world.now), "isResolved": false, "serviceInstance": "exchange/EURPRD",
            "errorDetail": text,
        })
    };
    user.service_provisioning_errors.iter().map(row).collect()
}

/// A group with everything that this simulation keeps.
pub(super) fn group(group: &Group) -> Value {
    let row = |(sku, disabled)| json!({ "skuId": sku, "disabledPlans": disabled });
    let licenses: Value = group.licenses.iter().map(row).collect();
    json!({
        "id": group.id,
        "deletedDateTime": null,
        "displayName": group.display_name,
        "description": null,
        "mail": group.mail,
        "mailNickname": group.mail_nickname,
        "groupTypes": group.group_types,
        "mailEnabled": group.mail_enabled,
        "securityEnabled": group.security_enabled,
        "isAssignableToRole": group.is_assignable_to_role,
        "isManagementRestricted": group.is_management_restricted,
        "onPremisesSyncEnabled": group.on_premises_sync_enabled,
        "membershipRule": group.membership_rule,
        "membershipRuleProcessingState": group.is_dynamic().then_some("On"),
        "assignedLicenses": licenses,
        "resourceProvisioningOptions": group.resource_provisioning_options,
        "proxyAddresses": group.mail.iter().map(|mail| format!("SMTP:{mail}")).collect::<Vec<_>>(),
        "visibility": null,
        "createdDateTime": time(group.created),
    })
}

/// An application as it is known here.
pub(super) fn service_principal(app: &ServicePrincipal) -> Value {
    let roles = app.app_roles.iter().map(|(value, id)| {
        json!({
            "allowedMemberTypes": ["Application"], "description": value, "displayName": value, "id": id,
            "isEnabled": true, "origin": "Application", "value": value,
        })
    });
    json!({
        "id": app.id,
        "deletedDateTime": null,
        "accountEnabled": true,
        "appId": app.app_id,
        "appDisplayName": app.display_name,
        "displayName": app.display_name,
        "servicePrincipalType": "Application",
        "appRoles": roles.collect::<Value>(),
    })
}

/// A role as it stands in `memberOf`. Its id is not its template's.
pub(super) fn directory_role(role: &RoleDefinition) -> Value {
    let template = uuid::Uuid::try_parse(&role.id.to_string()).map_or(0, |id| id.as_u128());
    let id = uuid::Uuid::from_u128(template ^ 0x5_0F7A_11CE);
    json!({
        "id": id.to_string(),
        "deletedDateTime": null,
        "description": role.display_name,
        "displayName": role.display_name,
        "roleTemplateId": role.id,
    })
}

/// A domain.
pub(super) fn domain(domain: &Domain) -> Value {
    json!({
        "id": domain.name,
        "authenticationType": if domain.is_federated { "Federated" } else { "Managed" },
        "availabilityStatus": null,
        "isAdminManaged": true,
        "isDefault": domain.is_default,
        "isInitial": domain.is_initial,
        "isRoot": true,
        "isVerified": true,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"],
    })
}

/// Any directory object, with its type. `readable` says whether the caller may see more than its id.
pub(super) fn directory_object(world: &World, principal: &Principal, readable: bool) -> Option<Value> {
    let (kind, value) = match principal {
        Principal::User(id) => ("user", user(world, world.users.get(id)?)),
        Principal::Group(id) => ("group", group(world.groups.get(id)?)),
        Principal::App(id) => ("servicePrincipal", service_principal(world.service_principals.get(id)?)),
    };
    Some(typed(kind, value, readable))
}

/// An object with its type; one that may not be read has only its id.
pub(super) fn typed(kind: &str, value: Value, readable: bool) -> Value {
    let mut object = Map::new();
    object.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{kind}")));
    if let Value::Object(fields) = value {
        object.extend(fields.into_iter().filter(|(name, _)| readable || name == "id"));
    }
    Value::Object(object)
}
