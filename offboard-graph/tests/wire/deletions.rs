//! Deleted users: what is asked, and what the answers mean.

use crate::support::*;
use offboard_core::failure::Kind;
use offboard_core::model::deletion::{RestoreConflict, Return, Taken};
use offboard_core::ports::Deletions;
use serde_json::{Value, json};

const SKU: &str = "05e9a617-0261-4cee-bb44-138d3ef5d965";

fn deleted() -> Value {
    let mut user = alex();
    let name = user["userPrincipalName"].as_str().unwrap().to_owned();
    user["userPrincipalName"] = json!([ALEX.to_string().replace('-', ""), name].concat());
    user["deletedDateTime"] = json!("2026-11-30T12:00:00Z");
    user["assignedLicenses"] = json!([{ "skuId": SKU, "disabledPlans": [] }]);
    user["proxyAddresses"] =
        json!(["SMTP:alexw@contoso.com", "smtp:a.wilber@contoso.com", "SIP:alexw@contoso.com"]);
    user
}

#[tokio::test]
async fn a_deleted_user_is_read_by_the_cast_list_under_the_name_he_had() {
    let bench = Bench::new(|_, _| ok(200, json!({ "value": [deleted()] })));
    let found = bench.graph.deleted_user(&call(), ALEX).await.unwrap().unwrap();
    assert_eq!(found.user.user_principal_name, alex()["userPrincipalName"].as_str().unwrap());
    assert_eq!(found.kept_until().to_string(), "2026-12-30T12:00:00Z");
    assert_eq!(found.skus, [SKU.parse().unwrap()].into());
    let line = bench.only().line();
    assert!(line.starts_with(&format!(
        "GET /directory/deletedItems/microsoft.graph.user?$filter=id eq '{ALEX}'&$select=id,userPrincipalName,"
    )));
    assert!(line.ends_with(",deletedDateTime,assignedLicenses,proxyAddresses"), "{line}");
}

#[tokio::test]
async fn somebody_else_among_the_deleted_is_not_he() {
    let bench = Bench::new(|_, _| ok(200, json!({ "value": [deleted()] })));
    assert_eq!(bench.graph.deleted_user(&call(), MEGAN).await.unwrap(), None);
    assert_eq!(bench.graph.restore_conflicts(&call(), MEGAN).await.unwrap(), None);
    let mut nameless = deleted();
    nameless.as_object_mut().unwrap().remove("deletedDateTime");
    let bench = Bench::new(move |_, _| ok(200, json!({ "value": [nameless] })));
    assert_eq!(bench.graph.deleted_user(&call(), ALEX).await.unwrap_err().kind(), Kind::Protocol);
}

#[tokio::test]
async fn who_has_a_name_or_an_address_now_is_asked_of_users_and_groups() {
    let bench = Bench::new(|seen, _| {
        if seen.path.contains("deletedItems") {
            return ok(200, json!({ "value": [deleted()] }));
        }
        let part = |part: &Value| {
            let url = part["url"].as_str().unwrap().to_owned();
            let rows = if url.starts_with("/users") && url.contains("a.wilber") {
                json!([{ "id": MEGAN, "userPrincipalName": "m@contoso.com", "proxyAddresses": ["smtp:A.Wilber@contoso.com"] }])
            } else if url.starts_with("/users") {
                json!([{ "id": MEGAN, "userPrincipalName": "AlexW@contoso.com", "proxyAddresses": [] }])
            } else {
                json!([])
            };
            json!({ "id": part["id"], "status": 200, "body": { "value": rows } })
        };
        let parts: Vec<Value> = seen.body["requests"].as_array().unwrap().iter().map(part).collect();
        ok(200, json!({ "responses": parts }))
    });
    let found = bench.graph.restore_conflicts(&call(), ALEX).await.unwrap().unwrap();
    let conflict = |property, value: &str| RestoreConflict {
        property,
        value: value.to_owned(),
        held_by: format!("the user {MEGAN}"),
    };
    assert_eq!(
        found,
        [
            conflict(Taken::UserPrincipalName, "alexw@contoso.com"),
            conflict(Taken::ProxyAddress, "a.wilber@contoso.com")
        ]
    );
    let seen = bench.seen();
    let urls: Vec<String> = seen[1].body["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["url"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(urls.len(), 4, "two addresses, each at users and groups; SIP is nobody's mail");
    assert_eq!(
        urls[0],
        "/users?$filter=userPrincipalName%20eq%20%27alexw%40contoso.com%27%20or%20proxyAddresses%2Fany%28p%3Ap%20eq%20\
         %27smtp%3Aalexw%40contoso.com%27%29&$select=id%2CuserPrincipalName%2CproxyAddresses"
    );
}

#[tokio::test]
async fn deleting_and_bringing_back_name_the_id_alone() {
    let bench =
        Bench::new(|_, number| if number == 1 { Ok((204, vec![], String::new())) } else { ok(200, alex()) });
    bench.graph.delete_user(&call(), ALEX).await.unwrap();
    bench.graph.restore_user(&call(), ALEX, &Return::default()).await.unwrap();
    let restore = format!("POST /directory/deletedItems/{ALEX}/restore");
    assert_eq!(bench.lines(), [format!("DELETE /users/{ALEX}"), restore]);
    let bodies: Vec<Value> = bench.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [Value::Null, Value::Null]);
}

#[tokio::test]
async fn whoever_is_gone_already_is_no_failure_unless_a_proxy_says_it() {
    let gone = Bench::new(|_, _| ok(404, error("Request_ResourceNotFound", "Resource does not exist.")));
    assert!(gone.graph.delete_user(&call(), ALEX).await.is_ok());
    assert_eq!(
        gone.graph.restore_user(&call(), ALEX, &Return::default()).await.unwrap_err().kind(),
        Kind::NotFound
    );
    let proxy = Bench::new(|_, _| Ok((404, vec![], "<html>not here</html>".to_owned())));
    assert_eq!(proxy.graph.delete_user(&call(), ALEX).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_taken_name_is_a_conflict() {
    let text = "Another object with the same value for property userPrincipalName already exists.";
    let taken = Bench::new(move |_, _| ok(409, error("Request_MultipleObjectsWithSameKeyValue", text)));
    let failure = taken.graph.restore_user(&call(), ALEX, &Return::default()).await.unwrap_err();
    assert_eq!(failure.kind(), Kind::Conflict);
}

#[tokio::test]
async fn under_another_name_and_without_what_others_have_is_said_in_the_body() {
    let bench = Bench::new(|_, _| ok(200, alex()));
    let name = Some("alex.wilber@contoso.com".to_owned());
    for back in [
        Return { user_principal_name: name.clone(), without_taken_addresses: false },
        Return { user_principal_name: None, without_taken_addresses: true },
        Return { user_principal_name: name, without_taken_addresses: true },
    ] {
        bench.graph.restore_user(&call(), ALEX, &back).await.unwrap();
    }
    let bodies: Vec<Value> = bench.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(
        bodies,
        [
            json!({ "newUserPrincipalName": "alex.wilber@contoso.com" }),
            json!({ "autoReconcileProxyConflict": true }),
            json!({ "newUserPrincipalName": "alex.wilber@contoso.com", "autoReconcileProxyConflict": true }),
        ]
    );
}
