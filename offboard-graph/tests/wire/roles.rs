//! Groups and directory roles.

use offboard_core::failure::Kind;
use offboard_core::id::{RoleId, UserId};
use offboard_core::model::group::Tie;
use offboard_core::model::role::BuiltIn;
use offboard_core::ports::Roles;
use serde_json::{Value, json};

use crate::support::*;

const FACTS: &str = "id,displayName,groupTypes,mailEnabled,securityEnabled,isAssignableToRole,onPremisesSyncEnabled,\
    isManagementRestricted,assignedLicenses";

fn group() -> Value {
    json!({ "@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Sales", "groupTypes": [],
            "mailEnabled": false, "securityEnabled": true, "isAssignableToRole": true, "onPremisesSyncEnabled": null,
            "isManagementRestricted": false, "assignedLicenses": [] })
}

fn assignment(role: RoleId, principal: impl serde::Serialize, scope: &str) -> Value {
    json!({ "id": "a", "roleDefinitionId": role, "principalId": principal, "directoryScopeId": scope })
}

#[tokio::test]
async fn memberships_and_ownerships_are_one_batch() {
    let hidden = "00000000-0000-0000-0000-0000000000c2";
    let bench = Bench::new(move |seen, _| {
        each(seen, |line, _| match line.contains("transitiveMemberOf") {
            true => (
                200,
                json!({ "value": [group(), { "@odata.type": "#microsoft.graph.group", "id": hidden }] }),
            ),
            false => (
                200,
                json!({ "value": [group(), { "@odata.type": "#microsoft.graph.application", "id": hidden }] }),
            ),
        })
    });
    let rows = bench.graph.memberships(&call(), ALEX).await.unwrap();
    let ties: Vec<(Tie, bool)> = rows.iter().map(|row| (row.tie, row.group.known().is_some())).collect();
    assert_eq!(ties, [(Tie::Member, true), (Tie::Owner, true), (Tie::Member, false)]);
    assert_eq!(rows[2].group.unknown().unwrap().kind, Kind::PermissionDenied);
    let parts = bench.only().parts();
    let lines: Vec<String> = parts.iter().map(line).collect();
    assert_eq!(
        lines,
        [format!("GET /users/{ALEX}/transitiveMemberOf"), format!("GET /users/{ALEX}/ownedObjects")]
    );
    let url = parts[0]["url"].as_str().unwrap();
    assert!(url.ends_with(&format!("?$select={}&$top=999", FACTS.replace(',', "%2C"))), "{url}");
}

#[tokio::test]
async fn half_of_the_memberships_is_not_all_of_them() {
    let bench = Bench::new(|seen, _| {
        each(seen, |line, _| match line.contains("ownedObjects") {
            true => (403, error("Authorization_RequestDenied", "no")),
            false => (200, json!({ "value": [] })),
        })
    });
    let failed = bench.graph.memberships(&call(), ALEX).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::PermissionDenied);
    assert!(failed.failure.hint.unwrap().contains("`GroupMember.Read.All`"));
}

#[tokio::test]
async fn roles_held_and_roles_that_may_be_activated() {
    let (held, may) = (BuiltIn::UserAdministrator.id(), BuiltIn::GlobalAdministrator.id());
    let bench = Bench::new(move |seen, _| {
        each(seen, |line, _| match line.contains("Eligibility") {
            true => (200, json!({ "value": [assignment(may, ALEX, "/")] })),
            false => (200, json!({ "value": [assignment(held, ALEX, "/administrativeUnits/1")] })),
        })
    });
    let roles = bench.graph.roles(&call(), ALEX).await.unwrap();
    let of = |role| roles.iter().find(|held| held.role == role).unwrap();
    assert_eq!((of(held).eligible, of(held).scope.as_str()), (false, "/administrativeUnits/1"));
    assert!(of(may).eligible);
    let urls: Vec<Value> = bench.only().parts().iter().map(|part| part["url"].clone()).collect();
    let filter = format!("$filter=principalId%20eq%20%27{ALEX}%27");
    assert_eq!(
        urls,
        [
            format!("/roleManagement/directory/roleAssignments?{filter}"),
            format!("/roleManagement/directory/roleEligibilityScheduleInstances?{filter}")
        ]
    );
}

#[tokio::test]
async fn a_tenant_without_pim_has_no_eligible_roles_but_a_missing_permission_is_unknown() {
    let bench = |code: &'static str| {
        Bench::new(move |seen, _| {
            each(seen, |line, _| match line.contains("Eligibility") {
                true => (400, error(code, "The tenant needs a premium license.")),
                false => (200, json!({ "value": [] })),
            })
        })
    };
    assert_eq!(bench("AadPremiumLicenseRequired").graph.roles(&call(), ALEX).await.unwrap(), []);
    let denied = bench("Authorization_RequestDenied").graph.roles(&call(), ALEX).await.unwrap_err();
    assert!(denied.failure.hint.unwrap().contains("`RoleEligibilitySchedule.Read.Directory`"));
}

#[tokio::test]
async fn global_administrators_are_people_who_hold_the_role_for_the_whole_tenant() {
    let role = BuiltIn::GlobalAdministrator.id();
    let application = UserId::from_u128(0xe1);
    let bench = Bench::new(move |seen, _| match seen.path.as_str() {
        "/roleManagement/directory/roleAssignments" => ok(
            200,
            json!({ "value": [
            assignment(role, ALEX, "/"),
            assignment(role, GROUP, "/"),
            assignment(role, application, "/"),
            assignment(role, UserId::from_u128(9), "/administrativeUnits/1"),
        ] }),
        ),
        _ => each(seen, |line, _| match line {
            line if line == format!("GET /users/{ALEX}") => {
                (200, json!({ "id": ALEX, "accountEnabled": false }))
            }
            line if line == format!("GET /groups/{GROUP}/transitiveMembers") => (
                200,
                json!({ "value": [
                { "@odata.type": "#microsoft.graph.user", "id": MEGAN, "accountEnabled": true },
                { "@odata.type": "#microsoft.graph.servicePrincipal", "id": application, "accountEnabled": true },
            ] }),
            ),
            _ => (404, error("Request_ResourceNotFound", "no")),
        }),
    });
    let administrators = bench.graph.global_administrators(&call()).await.unwrap();
    let seen: Vec<(UserId, bool)> = administrators.iter().map(|one| (one.id, one.account_enabled)).collect();
    assert_eq!(seen, [(ALEX, false), (MEGAN, true)]);
    assert_eq!(
        bench.lines(),
        [
            format!("GET /roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{role}'"),
            "POST /$batch".to_owned(),
            "POST /$batch".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_holder_that_cannot_be_read_makes_the_list_unknown() {
    let role = BuiltIn::GlobalAdministrator.id();
    let bench = Bench::new(move |seen, _| match seen.path.contains("roleAssignments") {
        true => ok(200, json!({ "value": [assignment(role, ALEX, "/")] })),
        false => ok(403, error("Authorization_RequestDenied", "no")),
    });
    let failed = bench.graph.global_administrators(&call()).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::PermissionDenied);
}
