//! The table of operations: method, path, the permissions of which one is needed, and who answers.
//!
//! Permissions are those of CONTRACT (b), the least one first; an empty list means that the operation looks
//! for itself, because it depends on the body. Roles of the caller are judged by the operations.

use http::{Method, StatusCode};

use super::answer::Call;
use super::error::Refusal;
use super::{
    calendar, deleted, delta, drive, groups, items, licenses, mail, members, organization, permissions,
    phone, roles, rules, users,
};
use crate::context::Context;
use crate::wire::Reply;

type Answer = fn(&mut Context<'_>, &Call<'_>) -> Result<Reply, Refusal>;

/// One operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// Segments; `{}` is a key.
    pub(super) path: &'static str,
    pub(super) any_of: &'static [&'static str],
    pub(super) answer: Answer,
}

const READ_USER: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_GROUP: &[&str] = &[
    "GroupMember.Read.All",
    "Group.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const WRITE_MEMBER: &[&str] =
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_LICENSE: &[&str] = &[
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const WRITE_LICENSE: &[&str] =
    &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_ROLE: &[&str] = &[
    "RoleManagement.Read.Directory",
    "RoleManagement.Read.All",
    "RoleManagement.ReadWrite.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const READ_ELIGIBILITY: &[&str] = &[
    "RoleEligibilitySchedule.Read.Directory",
    "RoleEligibilitySchedule.ReadWrite.Directory",
    "RoleManagement.Read.Directory",
    "RoleManagement.Read.All",
    "RoleManagement.ReadWrite.Directory",
];
const READ_APP: &[&str] =
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_SETTINGS: &[&str] = &["MailboxSettings.Read", "MailboxSettings.ReadWrite"];
const WRITE_SETTINGS: &[&str] = &["MailboxSettings.ReadWrite"];
const READ_CALENDAR: &[&str] = &["Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite"];
const READ_FILES: &[&str] =
    &["Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"];
const WRITE_FILES: &[&str] = &["Files.ReadWrite.All", "Sites.ReadWrite.All"];
const READ_DOMAIN: &[&str] = &["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All"];
const READ_ORGANIZATION: &[&str] =
    &["User.Read", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_SHAREPOINT: &[&str] =
    &["SharePointTenantSettings.Read.All", "SharePointTenantSettings.ReadWrite.All"];
const READ_NUMBER: &[&str] = &["TeamsTelephoneNumber.Read.All", "TeamsTelephoneNumber.ReadWrite.All"];
const WRITE_NUMBER: &[&str] = &["TeamsTelephoneNumber.ReadWrite.All"];
const RESTORE: &[&str] = &["User.DeleteRestore.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const REVOKE: &[&str] = &["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const SYNC_BEHAVIOR: &[&str] = &["User-OnPremisesSyncBehavior.ReadWrite.All"];
const BY_ITSELF: &[&str] = &[];

const fn get(path: &'static str, any_of: &'static [&'static str], answer: Answer) -> Operation {
    Operation { method: "GET", path, any_of, answer }
}

const fn post(path: &'static str, any_of: &'static [&'static str], answer: Answer) -> Operation {
    Operation { method: "POST", path, any_of, answer }
}

const fn patch(path: &'static str, any_of: &'static [&'static str], answer: Answer) -> Operation {
    Operation { method: "PATCH", path, any_of, answer }
}

const fn delete(path: &'static str, any_of: &'static [&'static str], answer: Answer) -> Operation {
    Operation { method: "DELETE", path, any_of, answer }
}

/// Everything that is answered, `$batch` apart.
pub(super) static OPERATIONS: &[Operation] = &[
    get("me", BY_ITSELF, users::me),
    get("users", READ_USER, users::list),
    get("users/{}", BY_ITSELF, users::get),
    patch("users/{}", BY_ITSELF, users::update),
    delete("users/{}", RESTORE, users::delete),
    post("users/{}/revokeSignInSessions", REVOKE, users::revoke_sessions),
    get("users/{}/manager", READ_USER, users::manager),
    get("users/{}/directReports", READ_USER, users::direct_reports),
    get("users/{}/sponsors", READ_USER, users::sponsors),
    get("users/{}/onPremisesSyncBehavior", SYNC_BEHAVIOR, users::sync_behavior),
    post("users/{}/assignLicense", WRITE_LICENSE, licenses::assign),
    post("users/{}/reprocessLicenseAssignment", WRITE_LICENSE, licenses::reprocess),
    get("users/{}/licenseDetails", READ_LICENSE, licenses::details),
    get("users/{}/memberOf", READ_USER, members::member_of),
    get("users/{}/memberOf/microsoft.graph.group", READ_USER, members::member_of),
    get("users/{}/memberOf/microsoft.graph.directoryRole", READ_USER, members::member_of),
    get("users/{}/memberOf/microsoft.graph.administrativeUnit", READ_USER, members::member_of),
    get("users/{}/transitiveMemberOf", READ_USER, members::member_of),
    get("users/{}/transitiveMemberOf/microsoft.graph.group", READ_USER, members::member_of),
    get("users/{}/ownedObjects", READ_USER, members::owned_objects),
    get("users/{}/ownedObjects/microsoft.graph.group", READ_USER, members::owned_objects),
    get("users/{}/ownedObjects/microsoft.graph.application", READ_USER, members::owned_objects),
    get("users/{}/ownedObjects/microsoft.graph.servicePrincipal", READ_USER, members::owned_objects),
    get("users/{}/drive", READ_FILES, drive::of_user),
    get("drives/{}", READ_FILES, drive::get),
    get("drives/{}/root", READ_FILES, items::get),
    get("drives/{}/root/children", READ_FILES, items::children),
    get("drives/{}/root/delta", READ_FILES, delta::root),
    get("drives/{}/root/permissions", READ_FILES, permissions::list),
    get("drives/{}/root/permissions/{}", READ_FILES, permissions::get),
    patch("drives/{}/root/permissions/{}", WRITE_FILES, permissions::update),
    delete("drives/{}/root/permissions/{}", WRITE_FILES, permissions::delete),
    post("drives/{}/root/invite", WRITE_FILES, permissions::invite),
    get("drives/{}/items/{}/permissions", READ_FILES, permissions::list),
    get("drives/{}/items/{}/permissions/{}", READ_FILES, permissions::get),
    patch("drives/{}/items/{}/permissions/{}", WRITE_FILES, permissions::update),
    delete("drives/{}/items/{}/permissions/{}", WRITE_FILES, permissions::delete),
    post("drives/{}/items/{}/invite", WRITE_FILES, permissions::invite),
    get("drives/{}/items/{}", READ_FILES, items::get),
    delete("drives/{}/items/{}", WRITE_FILES, items::delete),
    get("drives/{}/items/{}/children", READ_FILES, items::children),
    post("drives/{}/items/{}/children", WRITE_FILES, items::create),
    post("drives/{}/items/{}/copy", WRITE_FILES, items::copy),
    get("users/{}/mailboxSettings", READ_SETTINGS, mail::settings),
    patch("users/{}/mailboxSettings", WRITE_SETTINGS, mail::update_settings),
    get("users/{}/mailboxSettings/userPurpose", READ_SETTINGS, mail::purpose),
    get("users/{}/mailFolders/{}/messageRules", READ_SETTINGS, rules::list),
    get("users/{}/mailFolders/{}/messageRules/{}", READ_SETTINGS, rules::get),
    patch("users/{}/mailFolders/{}/messageRules/{}", WRITE_SETTINGS, rules::update),
    delete("users/{}/mailFolders/{}/messageRules/{}", WRITE_SETTINGS, rules::delete),
    get("users/{}/calendarView", READ_CALENDAR, calendar::view),
    get("users/{}/events", READ_CALENDAR, calendar::events),
    get("directory/deletedItems/microsoft.graph.user", READ_USER, deleted::list),
    get("directory/deletedItems/{}", READ_USER, deleted::get),
    delete("directory/deletedItems/{}", RESTORE, deleted::purge),
    post("directory/deletedItems/{}/restore", RESTORE, deleted::restore),
    get("groups", READ_GROUP, groups::list),
    get("groups/{}", READ_GROUP, groups::get),
    get("groups/{}/members", READ_GROUP, groups::members),
    get("groups/{}/owners", READ_GROUP, groups::owners),
    get("groups/{}/transitiveMembers", READ_GROUP, groups::transitive_members),
    post("groups/{}/members/$ref", WRITE_MEMBER, groups::add_member),
    delete("groups/{}/members/{}/$ref", WRITE_MEMBER, groups::remove_member),
    delete("groups/{}/members/{}", RESTORE, groups::delete_the_member_itself),
    delete("groups/{}/owners/{}", RESTORE, groups::delete_the_member_itself),
    get("subscribedSkus", READ_LICENSE, licenses::subscribed_skus),
    get("roleManagement/directory/roleAssignments", READ_ROLE, roles::assignments),
    get("roleManagement/directory/roleAssignments/{}", READ_ROLE, roles::assignment),
    get("roleManagement/directory/roleEligibilityScheduleInstances", READ_ELIGIBILITY, roles::eligibilities),
    get("roleManagement/directory/roleDefinitions", READ_ROLE, roles::definitions),
    get("domains", READ_DOMAIN, organization::domains),
    get("domains/{}", READ_DOMAIN, organization::domain),
    get("organization", READ_ORGANIZATION, organization::list),
    get("organization/{}", READ_ORGANIZATION, organization::get),
    get("admin/sharepoint/settings", READ_SHAREPOINT, organization::sharepoint_settings),
    get("admin/teams/telephoneNumberManagement/numberAssignments", READ_NUMBER, phone::assignments),
    post(
        "admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber",
        WRITE_NUMBER,
        phone::unassign,
    ),
    post("admin/teams/telephoneNumberManagement/numberAssignments/assignNumber", WRITE_NUMBER, phone::assign),
    get("servicePrincipals", READ_APP, organization::service_principals),
    get("servicePrincipals/{}", READ_APP, organization::service_principal),
    get("servicePrincipals/{}/memberOf", READ_APP, members::member_of),
    get("servicePrincipals/{}/appRoleAssignedTo", READ_APP, organization::app_role_assigned_to),
];

/// The operation for a method and a path, with the keys in the path.
pub(super) fn find(
    method: &Method,
    segments: &[String],
) -> Result<(&'static Operation, Vec<String>), Refusal> {
    // A row that spells a segment out goes before one that has a key there.
    let fitting =
        || OPERATIONS.iter().filter_map(|operation| Some((operation, keys(operation.path, segments)?)));
    let best = fitting().filter(|(operation, _)| operation.method == method.as_str());
    if let Some(found) = best.min_by_key(|(_, keys)| keys.len()) {
        return Ok(found);
    }
    if fitting().next().is_some() {
        let text = "Specified HTTP method is not allowed for the request target.";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", text));
    }
    let last = segments.last().map_or("", String::as_str);
    Err(Refusal::parse(format!("Resource not found for the segment '{last}'.")))
}

fn keys(pattern: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut rest = segments.iter();
    for wanted in pattern.split('/') {
        let found = rest.next()?;
        if wanted == "{}" {
            if found.is_empty() {
                return None;
            }
            keys.push(found.clone());
        } else if found != wanted {
            return None;
        }
    }
    rest.next().is_none().then_some(keys)
}

#[cfg(test)]
mod tests {
    use offboard_contract::Graph;

    use super::*;

    /// The two requests that Microsoft's description does not have: what a missing `/$ref` makes.
    const TRAPS: [&str; 2] = ["groups/{}/members/{}", "groups/{}/owners/{}"];

    #[test]
    fn every_operation_is_in_microsofts_description() {
        for operation in OPERATIONS {
            let path = operation.path.replace("{}", "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0");
            let found = Graph::load().check_request(operation.method, &format!("/v1.0/{path}"), None, None);
            let unknown = found.iter().any(|violation| {
                let text = violation.to_string();
                text.contains("no such path") || text.contains("$ref is missing") || text.contains("method")
            });
            assert_eq!(unknown, TRAPS.contains(&operation.path), "{} {path}: {found:?}", operation.method);
        }
    }

    #[test]
    fn a_spelt_out_segment_goes_before_a_key() {
        let segments = ["directory", "deletedItems", "microsoft.graph.user"].map(str::to_owned);
        let (operation, keys) = find(&Method::GET, &segments).unwrap();
        assert_eq!((operation.path, keys.len()), ("directory/deletedItems/microsoft.graph.user", 0));
    }
}
