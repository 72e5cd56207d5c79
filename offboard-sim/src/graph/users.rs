//! Users: reading, blocking, passwords, sessions, deleting.

use http::StatusCode;
use offboard_core::id::UserId;
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::members::SEE_GROUPS;
use super::names::Kind;
use super::page::USUAL;
use super::privilege::{self, Action};
use super::render;
use super::write::{boolean, text, texts, wrong};
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{Fingerprint, Principal, User, World};

/// What `User.ReadBasic.All` lets one see.
const BASIC: [&str; 8] =
    ["displayName", "givenName", "id", "mail", "photo", "securityIdentifier", "surname", "userPrincipalName"];
const READ: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];

/// The user that a key names: an object id, or a user principal name.
pub(super) fn find<'a>(world: &'a World, key: &str) -> Result<&'a User, Refusal> {
    let found = match key.parse::<UserId>() {
        Ok(id) => world.users.get(&id),
        Err(_) => world.user_by_upn(key.strip_prefix("userPrincipalName=").unwrap_or(key)),
    };
    found.ok_or_else(|| Refusal::not_found(key))
}

/// A user as the caller may see him.
fn seen(call: &Call<'_>, world: &World, user: &User) -> Value {
    let life_cycle = call.may(&["User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All"]);
    let hidden = |name: &str| name == "employeeLeaveDateTime" && !life_cycle;
    render::user_with(world, user, |name| call.query.wants(Kind::User, name) && !hidden(name))
}

fn check_selected(call: &Call<'_>, basic: bool) -> Result<(), Refusal> {
    let names = call.query.select.as_deref().unwrap_or_default();
    let life_cycle = ["User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All"];
    if names.iter().any(|name| name == "employeeLeaveDateTime") && !call.may(&life_cycle) {
        return Err(Refusal::denied());
    }
    if names.iter().any(|name| name == "signInActivity") && !call.may(&["AuditLog.Read.All"]) {
        return Err(Refusal::denied());
    }
    if basic && names.iter().any(|name| !BASIC.contains(&name.as_str())) {
        return Err(Refusal::denied());
    }
    Ok(())
}

/// `GET /users/{id}`
pub(super) fn get(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let own = call.caller.user.is_some_and(|user| call.key(0) == user.to_string());
    let full = call.may(READ) || (own && call.may(&["User.Read", "User.ReadWrite"]));
    if !full && !call.may(&["User.ReadBasic.All"]) {
        return Err(Refusal::denied());
    }
    check_selected(call, !full)?;
    let view = cx.directory_view();
    let user = find(&view, call.key(0))?;
    let mut object = seen(call, &view, user);
    if !full && let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| BASIC.contains(&name.as_str()));
    }
    call.object(Kind::User, &object)
}

/// `GET /me`
pub(super) fn me(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let Some(id) = call.caller.user else { return Err(Refusal::denied()) };
    check_selected(call, false)?;
    let view = cx.directory_view();
    let user = find(&view, &id.to_string())?;
    call.object(Kind::User, &seen(call, &view, user))
}

/// `GET /users`
pub(super) fn list(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    check_selected(call, false)?;
    let view = cx.directory_view();
    let rows = view.users.values().map(|user| seen(call, &view, user)).collect();
    call.page(Kind::User, USUAL, rows)
}

/// `GET /users/{id}/manager`
pub(super) fn manager(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let user = find(&view, call.key(0))?;
    let manager = user.manager.and_then(|id| render::directory_object(&view, &Principal::User(id), true));
    let manager = manager.ok_or_else(|| Refusal::not_found("manager"))?;
    call.object(Kind::User, &manager)
}

/// `GET /users/{id}/directReports`
pub(super) fn direct_reports(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let manager = find(&view, call.key(0))?.id;
    let reports = view.users.values().filter(|user| user.manager == Some(manager));
    let rows = reports.map(|user| render::typed("user", render::user(&view, user), true)).collect();
    call.page(Kind::DirectoryObject, USUAL, rows)
}

/// `GET /users/{id}/sponsors`: people and groups. A group that the caller may not read comes with its id only, and somebody who
/// was deleted is none any more.
pub(super) fn sponsors(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let sees_groups = call.may(SEE_GROUPS);
    let sponsors = &find(&view, call.key(0))?.sponsors;
    let readable = |one: &Principal| !matches!(one, Principal::Group(_)) || sees_groups;
    let rows = sponsors.iter().filter_map(|one| render::directory_object(&view, one, readable(one)));
    call.page(Kind::DirectoryObject, USUAL, rows.collect())
}

/// `GET /users/{id}/onPremisesSyncBehavior`
pub(super) fn sync_behavior(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let user = find(&view, call.key(0))?;
    let object = json!({ "id": user.id, "isCloudManaged": user.is_cloud_managed });
    call.object(Kind::OnPremisesSyncBehavior, &object)
}

/// `PATCH /users/{id}`: all of the body or nothing.
pub(super) fn update(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.properties(Kind::User)?;
    if body.is_empty() {
        return Err(Refusal::bad("No properties to update were specified."));
    }
    for name in body.keys() {
        may_write(call, name)?;
    }
    let mut user = find(cx.world, call.key(0))?.clone();
    for name in body.keys() {
        let action = match name.as_str() {
            "passwordProfile" => Action::Password,
            "accountEnabled" | "userPrincipalName" | "otherMails" | "mobilePhone" | "businessPhones" => {
                Action::Sensitive
            }
            _ if user.is_management_restricted => Action::Sensitive,
            _ => continue,
        };
        privilege::check(cx.world, call, &user.id, action)?;
    }
    for (name, value) in &body {
        set(cx.world, &mut user, name, value)?;
    }
    let now = cx.now();
    if body.contains_key("passwordProfile") {
        user.last_password_change = now;
    }
    cx.world.users.insert(user.id, user);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn may_write(call: &Call<'_>, name: &str) -> Result<(), Refusal> {
    let enough = match name {
        "accountEnabled" => {
            call.may(WRITE) || (call.may(&["User.EnableDisableAccount.All"]) && call.may(READ))
        }
        "passwordProfile" => call.may(&["User-PasswordProfile.ReadWrite.All", "Directory.AccessAsUser.All"]),
        "employeeLeaveDateTime" => call.may(&["User-LifeCycleInfo.ReadWrite.All"]) && call.may(READ),
        _ => call.may(WRITE) || call.may(&["User.ReadUpdate.All"]),
    };
    if enough { Ok(()) } else { Err(Refusal::denied()) }
}

fn set(world: &World, user: &mut User, name: &str, value: &Value) -> Result<(), Refusal> {
    // The account's state and the sessions are the cloud's own, even on a synced user.
    let of_the_cloud = ["accountEnabled", "usageLocation", "employeeLeaveDateTime", "passwordProfile"];
    if user.is_owned_by_active_directory() && !of_the_cloud.contains(&name) {
        return Err(Refusal::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    match name {
        "accountEnabled" => user.account_enabled = boolean(name, value)?,
        "displayName" => user.display_name = text(name, value)?.ok_or_else(|| wrong(name))?,
        "givenName" => user.given_name = text(name, value)?,
        "surname" => user.surname = text(name, value)?,
        "department" => user.department = text(name, value)?,
        "jobTitle" => user.job_title = text(name, value)?,
        "mobilePhone" => user.mobile_phone = text(name, value)?,
        "businessPhones" => user.business_phones = texts(name, value)?,
        "otherMails" => user.other_mails = texts(name, value)?,
        "usageLocation" => user.usage_location = text(name, value)?,
        "employeeId" => user.employee_id = text(name, value)?,
        "employeeType" => user.employee_type = text(name, value)?,
        "passwordPolicies" => user.password_policies = text(name, value)?,
        "mailNickname" => user.mail_nickname = text(name, value)?.ok_or_else(|| wrong(name))?,
        "employeeLeaveDateTime" => {
            user.employee_leave_date_time = match text(name, value)? {
                Some(at) => Some(at.parse().map_err(|_| wrong(name))?),
                None => None,
            };
        }
        "userPrincipalName" => {
            let upn = text(name, value)?.ok_or_else(|| wrong(name))?;
            if world.user_by_upn(&upn).is_some_and(|other| other.id != user.id) {
                return Err(Refusal::bad(
                    "Another object with the same value for property userPrincipalName already exists.",
                ));
            }
            user.user_principal_name = upn;
        }
        "passwordProfile" => set_password(world, user, value)?,
        "id"
        | "createdDateTime"
        | "deletedDateTime"
        | "assignedLicenses"
        | "licenseAssignmentStates"
        | "signInSessionsValidFromDateTime"
        | "lastPasswordChangeDateTime"
        | "userType"
        | "mail"
        | "proxyAddresses"
        | "onPremisesSyncEnabled"
        | "onPremisesLastSyncDateTime" => {
            return Err(Refusal::bad(format!("Property '{name}' is read-only and cannot be set.")));
        }
        other => return Err(Refusal::not_simulated(format!("how to write the property '{other}'"))),
    }
    Ok(())
}

fn set_password(world: &World, user: &mut User, value: &Value) -> Result<(), Refusal> {
    let profile = value.as_object().ok_or_else(|| wrong("passwordProfile"))?;
    let known = ["password", "forceChangePasswordNextSignIn", "forceChangePasswordNextSignInWithMfa"];
    if let Some(name) = profile.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(Refusal::bad(format!(
            "Invalid property '{name}' on type 'microsoft.graph.passwordProfile'."
        )));
    }
    let federated = world.domains.get(&user.domain()).is_some_and(|domain| domain.is_federated);
    if federated {
        return Err(Refusal::bad(
            "Unable to set the password of a federated user: it is kept by its identity provider.",
        ));
    }
    if user.is_owned_by_active_directory() {
        return Err(Refusal::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    if user.user_type == "Guest" {
        return Err(Refusal::bad("The password of an external user is kept by its home organization."));
    }
    if let Some(password) = profile.get("password") {
        let password = password.as_str().ok_or_else(|| wrong("password"))?;
        if !is_strong(password) {
            return Err(Refusal::bad(
                "The specified password does not comply with password complexity requirements. Please provide a different password.",
            ));
        }
        user.password = Fingerprint::of(password);
    }
    let force = profile
        .get("forceChangePasswordNextSignIn")
        .map(|force| boolean("forceChangePasswordNextSignIn", force));
    user.force_change_password = force.transpose()?.unwrap_or(user.force_change_password);
    Ok(())
}

/// Entra's rule: 8 to 256 characters, three of four kinds.
fn is_strong(password: &str) -> bool {
    let kinds: [fn(&char) -> bool; 4] =
        [char::is_ascii_lowercase, char::is_ascii_uppercase, char::is_ascii_digit, |c| !c.is_alphanumeric()];
    let kinds = kinds.iter().filter(|kind| password.chars().any(|c| kind(&c))).count();
    (8..=256).contains(&password.chars().count()) && kinds >= 3
}

/// `POST /users/{id}/revokeSignInSessions`
pub(super) fn revoke_sessions(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    call.no_body()?;
    let id = find(cx.world, call.key(0))?.id;
    privilege::check(cx.world, call, &id, Action::Revoke)?;
    let now = cx.now();
    if let Some(user) = cx.world.users.get_mut(&id) {
        user.sign_in_sessions_valid_from = now;
    }
    let context = format!("{}/v1.0/$metadata#Edm.Boolean", call.request.origin);
    Ok(Reply::json(StatusCode::OK, &json!({ "@odata.context": context, "value": true })))
}

/// `DELETE /users/{id}`: into the recycle bin. The service looks neither at forwarding nor at holds.
pub(super) fn delete(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let id = find(cx.world, call.key(0))?.id;
    delete_by_id(cx, call, id)
}

pub(super) fn delete_by_id(cx: &mut Context<'_>, call: &Call<'_>, id: UserId) -> Result<Reply, Refusal> {
    let user = find(cx.world, &id.to_string())?;
    if user.is_owned_by_active_directory() {
        return Err(Refusal::bad("Unable to delete an on-premises mastered Directory Sync object."));
    }
    privilege::check(cx.world, call, &id, Action::Sensitive)?;
    cx.world.delete_user(&id);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
