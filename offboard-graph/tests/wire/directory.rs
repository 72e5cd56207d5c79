//! Users: what is asked, and what the answers mean.

use crate::support::*;
use offboard_core::failure::Kind;
use offboard_core::id::UserId;
use offboard_core::model::cloud::{Cloud, Hosts};
use offboard_core::model::sponsor::SponsorId;
use offboard_core::ports::directory::Password;
use offboard_core::ports::{Directory, Selector};
use offboard_graph::Unusable;
use serde_json::{Value, json};

/// A guest.
const CHRIS: UserId = UserId::from_u128(0xa3);

const SELECT: &str = "id,userPrincipalName,displayName,mail,userType,accountEnabled,employeeId,\
    onPremisesSyncEnabled,onPremisesLastSyncDateTime,onPremisesSamAccountName,isResourceAccount,\
    isManagementRestricted,identityParentId,signInSessionsValidFromDateTime,lastPasswordChangeDateTime,\
    createdDateTime";

#[tokio::test]
async fn a_user_is_read_by_id() {
    let bench = Bench::new(|_, _| ok(200, alex()));
    let user = bench.graph.user(&call(), ALEX).await.unwrap().unwrap();
    assert_eq!((user.id, user.display_name.as_str()), (ALEX, "Alex Wilber"));
    let seen = bench.only();
    assert_eq!(seen.line(), format!("GET /users/{ALEX}?$select={SELECT}"));
    assert_eq!(seen.header("client-request-id"), Some("call-1"));
    assert_eq!(seen.header("x-ms-throttle-priority"), Some("Normal"));
    assert!(seen.header("authorization").unwrap().starts_with("Bearer "));
}

#[tokio::test]
async fn nobody_is_none_only_if_graph_itself_says_so() {
    let gone = Bench::new(|_, _| ok(404, error("Request_ResourceNotFound", "Resource does not exist.")));
    assert_eq!(gone.graph.user(&call(), ALEX).await.unwrap(), None);
    assert_eq!(gone.graph.manager(&call(), ALEX).await.unwrap(), None);
    assert_eq!(gone.graph.cloud_managed(&call(), ALEX).await.unwrap(), None);
    assert!(!gone.graph.is_deleted(&call(), ALEX).await.unwrap());
    for reply in [(404, "<html>not here</html>"), (404, "{}"), (404, r#"{"error":{"code":"UnknownError"}}"#)]
    {
        let proxy = Bench::new(move |_, _| Ok((reply.0, vec![], reply.1.to_owned())));
        assert_eq!(proxy.graph.user(&call(), ALEX).await.unwrap_err().kind(), Kind::NotFound, "{reply:?}");
    }
}

#[tokio::test]
async fn an_answer_about_somebody_else_is_not_taken() {
    let bench = Bench::new(|_, _| {
        let mut other = alex();
        other["id"] = json!(MEGAN);
        ok(200, other)
    });
    assert_eq!(bench.graph.user(&call(), ALEX).await.unwrap_err().kind(), Kind::Protocol);
}

#[tokio::test]
async fn what_the_caller_may_not_see_is_named() {
    let bench = Bench::new(|_, _| ok(200, json!({ "id": ALEX, "userPrincipalName": "AlexW@contoso.com" })));
    let error = bench.graph.user(&call(), ALEX).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Protocol);
    assert!(error.failure.hint.unwrap().contains("`User.Read.All`"));
}

#[tokio::test]
async fn a_person_is_found_by_what_he_is_called_and_nothing_like_it() {
    let row = |id: u128, upn: &str, name: &str| {
        let mut user = alex();
        user["id"] = json!(offboard_core::id::UserId::from_u128(id));
        user["userPrincipalName"] = json!(upn);
        user["displayName"] = json!(name);
        user["mail"] = Value::Null;
        user
    };
    let bench = Bench::new(move |seen, _| match seen.query.iter().any(|(key, _)| key == "$skiptoken") {
        false => ok(
            200,
            json!({
                "value": [row(1, "m.o'neill@contoso.com", "Max"), row(2, "x@contoso.com", "M.O'Neill@contoso.com")],
                "@odata.nextLink": "https://graph.microsoft.com/v1.0/users?$skiptoken=2"
            }),
        ),
        true => ok(
            200,
            json!({ "value": [row(1, "m.o'neill@contoso.com", "Max"), row(3, "mo@contoso.com", "Moe")] }),
        ),
    });
    let text = Selector::Text("m.o'neill@contoso.com".into());
    let found = bench.graph.find(&call(), &text).await.unwrap();
    let ids: Vec<String> = found.iter().map(|user| user.id.to_string()).collect();
    assert_eq!(ids, ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]);
    assert_eq!(
        bench.lines(),
        [
            format!(
                "GET /users?$filter=userPrincipalName eq 'm.o''neill@contoso.com' or mail eq 'm.o''neill@contoso.com' \
                 or displayName eq 'm.o''neill@contoso.com'&$select={SELECT}"
            ),
            "GET /users?$skiptoken=2".to_owned()
        ]
    );
}

#[tokio::test]
async fn the_exact_selectors_ask_for_one_property() {
    let bench = Bench::new(|_, _| ok(200, json!({ "value": [alex()] })));
    let find = async |selector| bench.graph.find(&call(), &selector).await.unwrap().len();
    assert_eq!(find(Selector::UserPrincipalName("alexw@CONTOSO.com".into())).await, 1);
    assert_eq!(find(Selector::UserPrincipalName("alex@contoso.com".into())).await, 0);
    assert_eq!(find(Selector::EmployeeId("E-1".into())).await, 1);
    assert_eq!(find(Selector::EmployeeId("e-1".into())).await, 0);
    let filters: Vec<String> = bench.seen().iter().map(|seen| seen.query[0].1.clone()).collect();
    assert_eq!(filters[0], "userPrincipalName eq 'alexw@CONTOSO.com'");
    assert_eq!(filters[2], "employeeId eq 'E-1'");
}

#[tokio::test]
async fn no_name_is_nobody_and_asks_nothing() {
    let bench = Bench::new(|_, _| ok(200, json!({ "value": [alex()] })));
    for text in ["", " ", "\t"] {
        let text = text.to_owned();
        for selector in [
            Selector::Text(text.clone()),
            Selector::EmployeeId(text.clone()),
            Selector::UserPrincipalName(text),
        ] {
            assert_eq!(bench.graph.find(&call(), &selector).await.unwrap(), []);
        }
    }
    assert_eq!(bench.seen().len(), 0);
}

#[tokio::test]
async fn the_other_readings() {
    let bench = Bench::new(|seen, _| match seen.path.rsplit('/').next().unwrap() {
        "manager" => ok(200, json!({ "@odata.type": "#microsoft.graph.user", "id": MEGAN })),
        "onPremisesSyncBehavior" => ok(200, json!({ "id": ALEX, "isCloudManaged": true })),
        _ => ok(200, json!({ "@odata.type": "#microsoft.graph.user", "id": ALEX })),
    });
    assert_eq!(bench.graph.manager(&call(), ALEX).await.unwrap(), Some(MEGAN));
    assert_eq!(bench.graph.cloud_managed(&call(), ALEX).await.unwrap(), Some(true));
    assert!(bench.graph.is_deleted(&call(), ALEX).await.unwrap());
    assert_eq!(
        bench.lines(),
        [
            format!("GET /users/{ALEX}/manager?$select=id"),
            format!("GET /users/{ALEX}/onPremisesSyncBehavior?$select=id,isCloudManaged"),
            format!("GET /directory/deletedItems/{ALEX}?$select=id"),
        ]
    );
}

#[tokio::test]
async fn sponsors_are_people_and_groups_in_an_order_of_their_own() {
    let rows = json!({ "value": [
        { "@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": null, "userPrincipalName": null },
        { "@odata.type": "#microsoft.graph.user", "id": MEGAN, "displayName": "Megan",
          "userPrincipalName": "megan@contoso.com" },
        { "@odata.type": "#microsoft.graph.user", "id": ALEX, "displayName": "Alex",
          "userPrincipalName": "alex@contoso.com" },
        { "@odata.type": "#microsoft.graph.user", "id": ALEX, "displayName": "Alex",
          "userPrincipalName": "alex@contoso.com" },
    ] });
    let bench = Bench::new(move |_, _| ok(200, rows.clone()));
    let sponsors = bench.graph.sponsors(&call(), CHRIS).await.unwrap().unwrap();
    let mut people = [ALEX, MEGAN];
    people.sort();
    let ids: Vec<SponsorId> = sponsors.iter().map(|sponsor| sponsor.id).collect();
    assert_eq!(ids, [SponsorId::User(people[0]), SponsorId::User(people[1]), SponsorId::Group(GROUP)]);
    assert_eq!(sponsors[2].display_name, None, "a group that may not be read");
    let select = "$select=id,displayName,userPrincipalName";
    assert_eq!(bench.lines(), [format!("GET /users/{CHRIS}/sponsors?{select}")]);

    let none = Bench::new(|_, _| ok(200, json!({ "value": [] })));
    assert_eq!(none.graph.sponsors(&call(), CHRIS).await.unwrap(), Some(vec![]));
    let gone = Bench::new(|_, _| ok(404, error("Request_ResourceNotFound", "no")));
    assert_eq!(gone.graph.sponsors(&call(), CHRIS).await.unwrap(), None);
    let denied = Bench::new(|_, _| ok(403, error("Authorization_RequestDenied", "no")));
    let failure = denied.graph.sponsors(&call(), CHRIS).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::PermissionDenied);
    assert!(failure.hint.unwrap().contains("User.Read.All"));
}

#[tokio::test]
async fn containment_is_three_small_writes() {
    let bench = Bench::new(|seen, _| match seen.method.as_str() {
        "PATCH" => empty(204),
        _ => ok(200, json!({ "@odata.context": "…#Edm.Boolean", "value": true })),
    });
    let call = containment("call-7");
    let receipt = bench.graph.set_account_enabled(&call, ALEX, false).await.unwrap();
    assert_eq!((receipt.call.as_str(), receipt.request_id.as_deref()), ("call-7", Some("r-1")));
    assert_eq!(receipt.date, Some(start()));
    bench.graph.reset_password(&call, ALEX, &Password::new("canary-Password-1".into())).await.unwrap();
    bench.graph.revoke_sign_in_sessions(&call, ALEX).await.unwrap();
    assert_eq!(
        bench.lines(),
        [
            format!("PATCH /users/{ALEX}"),
            format!("PATCH /users/{ALEX}"),
            format!("POST /users/{ALEX}/revokeSignInSessions")
        ]
    );
    let seen = bench.seen();
    assert_eq!(seen[0].body, json!({ "accountEnabled": false }));
    assert_eq!(
        seen[1].body,
        json!({ "passwordProfile": { "forceChangePasswordNextSignIn": true, "password": "canary-Password-1" } })
    );
    assert_eq!(seen[2].body, Value::Null);
    assert!(seen.iter().all(|seen| seen.header("x-ms-throttle-priority") == Some("High")));
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn sessions_may_be_revoked_without_a_word() {
    let bench = Bench::new(|_, _| empty(204));
    bench.graph.revoke_sign_in_sessions(&call(), ALEX).await.unwrap();
}

#[tokio::test]
async fn a_write_that_a_proxy_answered_is_not_done() {
    let bench = Bench::new(|_, _| Ok((200, vec![], "<html>please sign in</html>".to_owned())));
    let failed = bench.graph.set_account_enabled(&call(), ALEX, false).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::Indeterminate);
}

#[tokio::test]
async fn a_refused_password_is_repeated_nowhere() {
    let bench = Bench::new(|seen, _| {
        let echo = seen.body["passwordProfile"]["password"].as_str().unwrap();
        ok(400, error("Request_BadRequest", &format!("The password {echo} was used before.")))
    });
    let password = Password::new("canary-Password-1".into());
    let failed = bench.graph.reset_password(&call(), ALEX, &password).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::InvalidRequest);
    assert!(!format!("{failed:?} {failed} {password:?}").contains("canary"));
}

#[test]
fn germany_is_closed_and_other_hosts_work() {
    let hosts =
        |graph: &str| Cloud::Custom(Hosts { graph: graph.into(), ..Cloud::Worldwide.hosts().unwrap() });
    let shown = |cloud| format!("{:?}", offboard_graph::Graph::new(&cloud, wire(TENANT)).unwrap());
    assert_eq!(shown(hosts("http://127.0.0.1:8080")), "Graph(http://127.0.0.1:8080)");
    assert_eq!(shown(Cloud::UsGovDod), "Graph(https://dod-graph.microsoft.us)");
    assert_eq!(shown(Cloud::China), "Graph(https://microsoftgraph.chinacloudapi.cn)");
    let (good, tenant) = (wire(TENANT), wire("contoso.onmicrosoft.com"));
    let refused = |cloud: &Cloud, wire| offboard_graph::Graph::new(cloud, wire).unwrap_err();
    assert!(matches!(refused(&Cloud::Germany, good.clone()), Unusable::Closed(_)));
    assert!(refused(&Cloud::Germany, good.clone()).to_string().contains("closed on 2021-10-29"));
    assert!(matches!(refused(&hosts("http://graph.example"), good), Unusable::Address(..)));
    assert!(matches!(refused(&Cloud::Worldwide, tenant), Unusable::Tenant(_)));
}
