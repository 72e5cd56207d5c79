//! Who may do what to whom.

use http::Method;
use offboard_sim::world::{AppRole, Principal, Resource};
use serde_json::json;

use crate::desk::Desk;

pub(crate) fn without(desk: &Desk, permission: &str) -> Desk {
    let app = desk.tenant.app();
    desk.tenant.world(|world| {
        let row = world.service_principals.get_mut(&app.object_id).unwrap();
        row.granted.remove(&AppRole { resource: Resource::Graph, value: permission.to_owned() });
    });
    Desk::as_is(desk.tenant.clone())
}

#[test]
fn each_write_needs_its_permission() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    let user = format!("/users/{alex}");
    let strong = "Zx9!qqrT-4471";
    for (permission, method, path, body) in [
        ("User.EnableDisableAccount.All", Method::PATCH, user.clone(), json!({ "accountEnabled": false })),
        (
            "User-PasswordProfile.ReadWrite.All",
            Method::PATCH,
            user.clone(),
            json!({ "passwordProfile": { "password": strong } }),
        ),
        ("User.RevokeSessions.All", Method::POST, format!("{user}/revokeSignInSessions"), json!(null)),
        (
            "MailboxSettings.ReadWrite",
            Method::PATCH,
            format!("{user}/mailboxSettings"),
            json!({ "timeZone": "UTC" }),
        ),
        (
            "LicenseAssignment.ReadWrite.All",
            Method::POST,
            format!("{user}/assignLicense"),
            json!({ "addLicenses": [], "removeLicenses": [] }),
        ),
    ] {
        let body = Some(body).filter(|body| !body.is_null());
        let accepted = desk.send(method.clone(), &path, body.clone());
        assert!(accepted.status < 300, "{path}: {accepted:?}");
        let refused = without(&desk, permission).send(method, &path, body);
        assert_eq!((refused.status, refused.code()), (403, "Authorization_RequestDenied"), "{path}");
    }
}

#[test]
fn a_group_that_answers_for_a_guest_is_named_to_whoever_may_read_groups() {
    let desk = Desk::new();
    let path = format!("/users/{}/sponsors", desk.id("chris_fabrikam.com#EXT#@contoso.onmicrosoft.com"));
    let path = format!("{path}?$select=id,displayName,userPrincipalName");
    let group = |desk: &Desk| {
        let rows = desk.get(&path).rows().to_vec();
        assert_eq!(rows.len(), 3);
        rows.into_iter().find(|row| row["@odata.type"] == "#microsoft.graph.group").unwrap()
    };
    assert_eq!(group(&desk)["displayName"], "Project Falcon");
    let mut blind = desk;
    for permission in [
        "GroupMember.Read.All",
        "Group.Read.All",
        "GroupMember.ReadWrite.All",
        "Group.ReadWrite.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ] {
        blind = without(&blind, permission);
    }
    let seen = group(&blind);
    assert!(
        seen["id"].is_string() && seen.get("displayName").is_none_or(serde_json::Value::is_null),
        "{seen}"
    );
    let mut stranger = blind;
    for permission in ["User.Read.All", "User.ReadWrite.All"] {
        stranger = without(&stranger, permission);
    }
    assert_eq!(stranger.get(&path).status, 403);
}

#[test]
fn privileged_people_need_a_role_that_is_high_enough() {
    let desk = Desk::new();
    let block = |upn: &str| {
        desk.patch(&format!("/users/{}", desk.id(upn)), json!({ "accountEnabled": false })).status
    };
    assert_eq!(block("lee@contoso.com"), 204, "a user administrator may block one");
    assert_eq!(block("nestor@contoso.com"), 403, "a global administrator is above that");
    assert_eq!(block("grady@contoso.com"), 403, "so is a member of a role-assignable group");
    assert_eq!(block("lynne@contoso.com"), 204, "who may activate a role does not hold it");
    assert_eq!(block("stella@contoso.com"), 403, "a restricted unit stands above all roles of the tenant");
    give(&desk, "Privileged Authentication Administrator");
    assert_eq!(block("nestor@contoso.com"), 204);
    assert_eq!(block("grady@contoso.com"), 204);
}

fn give(desk: &Desk, role: &str) {
    let app = desk.tenant.app();
    desk.tenant.world(|world| {
        let role = world.role_definitions.values().find(|row| row.display_name == role).unwrap().id;
        let mut row = world.role_assignments.values().next().unwrap().clone();
        (row.id, row.role) = ("given".to_owned(), role);
        (row.principal, row.eligible) = (Principal::App(app.object_id), false);
        world.role_assignments.insert(row.id.clone(), row);
    });
}

#[test]
fn a_password_needs_a_role_and_an_account_that_keeps_one() {
    let desk = Desk::new();
    let reset = |upn: &str, password: &str| {
        let body =
            json!({ "passwordProfile": { "password": password, "forceChangePasswordNextSignIn": true } });
        desk.patch(&format!("/users/{}", desk.id(upn)), body).status
    };
    let strong = "Zx9!qqrT-4471";
    assert_eq!(reset("alex@contoso.com", strong), 204);
    assert_eq!(reset("alex@contoso.com", "password"), 400, "too weak");
    assert_eq!(reset("diego@contoso.com", strong), 400, "synced");
    assert_eq!(reset("henrietta@federated.contoso.com", strong), 400, "federated");
    let app = desk.tenant.app();
    desk.tenant.world(|world| {
        for key in world.role_assignments.keys() {
            if world.role_assignments.get(&key).unwrap().principal == Principal::App(app.object_id) {
                world.role_assignments.remove(&key);
            }
        }
    });
    assert_eq!(reset("alex@contoso.com", strong), 403, "no role any more");
}

#[test]
fn a_signed_in_person_has_his_own_rights() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    let lee = desk.signed_in("lee@contoso.com");
    assert_eq!(lee.get("/me?$select=id").body["id"], desk.id("lee@contoso.com").to_string());
    assert_eq!(lee.patch(&format!("/users/{alex}"), json!({ "accountEnabled": false })).status, 204);
    let zoe = desk.signed_in("zoe@contoso.com");
    assert_eq!(zoe.patch(&format!("/users/{alex}"), json!({ "accountEnabled": true })).status, 403);
    assert_eq!(desk.get("/me").status, 400, "an application is nobody");
}

#[test]
fn what_may_not_be_read_comes_with_its_id_only() {
    let desk = Desk::new();
    let path = format!("/users/{}/memberOf", desk.id("alex@contoso.com"));
    let full = desk.get(&path);
    assert!(full.rows().iter().all(|row| row["displayName"].is_string()));
    let mut narrow = without(&desk, "Directory.Read.All");
    for permission in ["Group.ReadWrite.All", "GroupMember.ReadWrite.All"] {
        narrow = without(&narrow, permission);
    }
    let seen = narrow.get(&path);
    assert_eq!(seen.rows().len(), full.rows().len());
    assert!(seen.rows().iter().all(|row| row.as_object().unwrap().len() == 2), "{:?}", seen.rows());
}
