//! Who the caller is.

use std::collections::BTreeSet;

use offboard_core::facts::{Fact, Why};
use offboard_core::failure::Kind;
use offboard_core::model::caller::CallerKind;
use offboard_core::model::cloud::Cloud;
use offboard_core::model::role::BuiltIn;
use offboard_core::ports::CallerPort;
use offboard_graph::GraphCaller;
use offboard_http::token::Audience;
use serde_json::{Value, json};

use crate::support::*;

const APP: &str = "00000000-0000-0000-0000-0000000000e1";

fn texts<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.into_iter().map(str::to_owned).collect()
}

/// The caller holds one role directly for the tenant, one for a part of it, and one through a group.
fn directory(seen: &Seen) -> Reply {
    let held = |role: BuiltIn, scope: &str| json!({ "roleDefinitionId": role.id(), "principalId": APP, "directoryScopeId": scope });
    let answer = |part: &Value| {
        let url = part["url"].as_str().unwrap();
        if url.contains("memberOf") {
            return json!([
                { "@odata.type": "#microsoft.graph.group", "id": GROUP, "isAssignableToRole": true },
                { "@odata.type": "#microsoft.graph.directoryRole", "id": BuiltIn::UserAdministrator.id() },
            ]);
        }
        json!([
            held(BuiltIn::UserAdministrator, "/"),
            held(BuiltIn::HelpdeskAdministrator, "/administrativeUnits/1")
        ])
    };
    if seen.path == "/$batch" {
        return each(seen, |_, part| (200, json!({ "value": answer(part) })));
    }
    assert_eq!(seen.query[0].1, format!("principalId eq '{GROUP}'"));
    ok(200, json!({ "value": [held(BuiltIn::ExchangeAdministrator, "/")] }))
}

#[tokio::test]
async fn an_application_is_what_its_tokens_and_its_roles_say() {
    let bench = Bench::new(|seen, _| directory(seen));
    let exchange = Audience::of(&"https://outlook.office365.com".parse().unwrap()).unwrap();
    let caller = GraphCaller::new(bench.graph.clone()).with_exchange(bench.tokens.clone(), exchange);
    let caller = caller.caller(&call()).await.unwrap();
    assert_eq!((caller.id.to_string().as_str(), caller.kind), (APP, CallerKind::Application));
    assert_eq!(caller.tenant.to_string(), TENANT);
    assert_eq!(caller.graph_permissions, texts(["User.Read.All", "Files.Read.All"]));
    assert_eq!(caller.exchange_permissions, Fact::Known(texts(["User.Read.All", "Files.Read.All"])));
    let roles = BTreeSet::from([BuiltIn::UserAdministrator.id(), BuiltIn::ExchangeAdministrator.id()]);
    assert_eq!(caller.directory_roles, Fact::Known(roles));
    let lines: Vec<String> = bench.seen()[0].parts().iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "GET /roleManagement/directory/roleAssignments".to_owned(),
            format!("GET /servicePrincipals/{APP}/memberOf")
        ]
    );
}

#[tokio::test]
async fn a_person_is_looked_up_as_a_person() {
    let claims = json!({ "tid": TENANT, "oid": ALEX, "scp": "User.Read.All Directory.AccessAsUser.All" });
    let bench = Bench::with(&Cloud::Worldwide, claims, |seen, _| directory(seen));
    let caller = GraphCaller::new(bench.graph.clone()).caller(&call()).await.unwrap();
    assert_eq!(caller.kind, CallerKind::Person);
    assert_eq!(caller.graph_permissions, texts(["User.Read.All", "Directory.AccessAsUser.All"]));
    assert_eq!(caller.exchange_permissions, Fact::NotOffered(Why::Unused));
    assert!(bench.seen()[0].parts().iter().any(|part| line(part) == format!("GET /users/{ALEX}/memberOf")));
}

#[tokio::test]
async fn roles_that_cannot_be_read_are_unknown_unless_the_token_lists_them() {
    let denied = |seen: &Seen, _: usize| each(seen, |_, _| (403, error("Authorization_RequestDenied", "no")));
    let bench = Bench::new(denied);
    let caller = GraphCaller::new(bench.graph.clone()).caller(&call()).await.unwrap();
    assert_eq!(caller.directory_roles.unknown().unwrap().kind, Kind::PermissionDenied);
    let mut claims = application();
    claims["wids"] = json!([BuiltIn::UserAdministrator.id(), "0997a1d0-0d1d-4acb-b408-d5ca73121e90"]);
    let bench = Bench::with(&Cloud::Worldwide, claims, denied);
    let caller = GraphCaller::new(bench.graph.clone()).caller(&call()).await.unwrap();
    assert_eq!(caller.directory_roles, Fact::Known(BTreeSet::from([BuiltIn::UserAdministrator.id()])));
}

#[tokio::test]
async fn a_token_for_another_tenant_is_refused() {
    let mut claims = application();
    claims["tid"] = json!("22222222-2222-4222-8222-222222222222");
    let bench = Bench::with(&Cloud::Worldwide, claims, |_, _| empty(500));
    let failed = GraphCaller::new(bench.graph.clone()).caller(&call()).await.unwrap_err();
    assert_eq!((failed.kind(), failed.failure.code.as_deref()), (Kind::Refused, Some("other_tenant")));
    let opaque = Bench::with(&Cloud::Worldwide, json!("no claims"), |_, _| empty(500));
    let failed = GraphCaller::new(opaque.graph.clone()).caller(&call()).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::Protocol);
}
