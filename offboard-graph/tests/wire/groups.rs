//! Who is in a group.

use offboard_core::failure::Kind;
use offboard_core::model::group::Tie;
use offboard_core::ports::Groups;
use serde_json::{Value, json};

use crate::support::*;

const FACTS: &str = "id,displayName,groupTypes,mailEnabled,securityEnabled,isAssignableToRole,onPremisesSyncEnabled,\
    isManagementRestricted,assignedLicenses";

fn group() -> Value {
    json!({ "@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Sales", "groupTypes": [],
            "mailEnabled": false, "securityEnabled": true, "isAssignableToRole": null, "onPremisesSyncEnabled": null,
            "isManagementRestricted": false, "assignedLicenses": [] })
}

#[tokio::test]
async fn direct_groups_are_those_that_somebody_is_in_himself() {
    let role = json!({ "@odata.type": "#microsoft.graph.directoryRole", "id": MEGAN });
    let bench = Bench::new(move |_, _| ok(200, json!({ "value": [group(), role, group()] })));
    let rows = bench.graph.direct_groups(&call(), ALEX).await.unwrap();
    assert_eq!(rows.len(), 1, "a role is none, and a group that comes twice is one");
    assert_eq!((rows[0].id, rows[0].tie), (GROUP, Tie::Member));
    assert_eq!(bench.lines(), [format!("GET /users/{ALEX}/memberOf?$select={FACTS}&$top=999")]);
}

#[tokio::test]
async fn owners_are_people() {
    let owners = json!({ "value": [
        { "@odata.type": "#microsoft.graph.user", "id": ALEX, "accountEnabled": false },
        { "@odata.type": "#microsoft.graph.servicePrincipal", "id": MEGAN },
    ] });
    let bench = Bench::new(move |_, _| ok(200, owners.clone()));
    let owners = bench.graph.owners(&call(), GROUP).await.unwrap().unwrap();
    assert_eq!(owners.len(), 1);
    assert!(owners[0].id == ALEX && !owners[0].account_enabled);
    assert_eq!(bench.lines(), [format!("GET /groups/{GROUP}/owners?$select=id,accountEnabled&$top=999")]);
    let gone = Bench::new(|_, _| ok(404, error("Request_ResourceNotFound", "no")));
    assert_eq!(gone.graph.owners(&call(), GROUP).await.unwrap(), None);
}

#[tokio::test]
async fn a_member_is_taken_out_by_reference() {
    let bench = Bench::new(|_, _| Ok((204, vec![], String::new())));
    bench.graph.remove_member(&call(), GROUP, ALEX).await.unwrap();
    let seen = bench.only();
    assert_eq!(seen.line(), format!("DELETE /groups/{GROUP}/members/{ALEX}/$ref"));
    assert_eq!(seen.body, Value::Null);
}

#[tokio::test]
async fn who_is_not_in_it_is_out_of_it() {
    let bench = Bench::new(|_, _| ok(404, error("Request_ResourceNotFound", "no")));
    let receipt = bench.graph.remove_member(&call(), GROUP, ALEX).await.unwrap();
    assert_eq!(receipt.warnings.len(), 1);
    let proxy = Bench::new(|_, _| Ok((404, vec![], "<html>".to_owned())));
    assert_eq!(proxy.graph.remove_member(&call(), GROUP, ALEX).await.unwrap_err().kind(), Kind::NotFound);
    let refused = Bench::new(|_, _| ok(403, error("Authorization_RequestDenied", "no")));
    let failed = refused.graph.remove_member(&call(), GROUP, ALEX).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::PermissionDenied);
    assert!(failed.failure.hint.unwrap().contains("`GroupMember.ReadWrite.All`"));
}

#[tokio::test]
async fn a_member_is_put_back_by_id() {
    let bench = Bench::new(|_, _| Ok((204, vec![], String::new())));
    bench.graph.add_member(&call(), GROUP, ALEX).await.unwrap();
    let seen = bench.only();
    assert_eq!(seen.line(), format!("POST /groups/{GROUP}/members/$ref"));
    let object = format!("https://graph.microsoft.com/v1.0/directoryObjects/{ALEX}");
    assert_eq!(seen.body, json!({ "@odata.id": object }));
}

#[tokio::test]
async fn a_member_who_is_there_already_is_there_if_a_reading_says_so() {
    let already =
        "One or more added object references already exist for the following modified properties: 'members'.";
    for there in [true, false] {
        let bench = Bench::new(move |seen, _| match seen.method.as_str() {
            "POST" => ok(400, error("Request_BadRequest", already)),
            _ => ok(200, json!({ "value": if there { vec![group()] } else { vec![] } })),
        });
        let answer = bench.graph.add_member(&call(), GROUP, ALEX).await;
        match there {
            true => assert_eq!(answer.unwrap().warnings.len(), 1),
            false => assert_eq!(answer.unwrap_err().kind(), Kind::InvalidRequest),
        }
    }
}
