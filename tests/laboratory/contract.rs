//! The checker on the wire is on: what is planted is caught, and what the suite sends by itself is clean.
//!
//! Every other test is held to the same by [`common::Lab`], when it is dropped.

use std::sync::Arc;

use crate::common::{Lab, policy, wire};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response};
use offboard::http::transport::{Transport, TransportError};
use offboard::{Outcome, Report, Until};
use offboard_sim::world::Principal;
use offboard_sim::{Door, Exchanged, Tenant};
use serde_json::Value;

/// A wire on which one word is spelt otherwise than the program wrote it.
#[derive(Debug)]
struct Misspelt {
    inner: Arc<dyn Transport>,
    word: &'static str,
    instead: &'static str,
}

#[async_trait]
impl Transport for Misspelt {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (parts, body) = request.into_parts();
        let body = match std::str::from_utf8(&body) {
            // Names that are selected stand in URLs; only a body that writes is spelt wrongly.
            Ok(text) => Bytes::from(text.replace(self.word, self.instead)),
            Err(_) => body,
        };
        self.inner.send(Request::from_parts(parts, body)).await
    }
}

/// Contains Alex over that wire. Returns what the checker finds; the record is emptied, so that the planted words are not
/// held against the test a second time.
fn contained_with(word: &'static str, instead: &'static str) -> (Vec<String>, Report) {
    let tenant = Tenant::contoso(3);
    let lab = Lab::through(tenant.clone(), Arc::new(Misspelt { inner: tenant.transport(), word, instead }));
    let containment = policy("containment");
    let report = lab.block_on(async {
        let planned = lab.plan(&containment, "alex@contoso.com", None).await.unwrap();
        let (run, _) = lab.apply(&planned.plan, &containment, Until::Sent).await.unwrap();
        lab.report(&run).await.unwrap()
    });
    let found = wire::check(&tenant);
    assert_eq!(lab.contradictions(&report), Vec::<String>::new());
    tenant.recorder().clear();
    (found, report)
}

fn outcome(report: &Report, operation: &str) -> Outcome {
    report.steps.iter().find(|step| step.operation == operation).unwrap().outcome
}

#[test]
fn nothing_is_found_where_nothing_was_planted() {
    let (found, report) = contained_with("accountEnabled", "accountEnabled");
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(outcome(&report, "block_sign_in"), Outcome::Done);
}

#[test]
fn a_misspelt_property_of_graph_is_caught() {
    let (found, report) = contained_with("\"accountEnabled\"", "\"acountEnabled\"");
    assert!(found.iter().any(|line| line.contains("acountEnabled")), "{found:?}");
    assert_ne!(outcome(&report, "block_sign_in"), Outcome::Done);
}

#[test]
fn a_misspelt_parameter_of_exchange_is_caught() {
    let (found, report) = contained_with("\"AccountDisabled\"", "\"AccountDisable\"");
    assert!(found.iter().any(|line| line.contains("AccountDisable ")), "{found:?}");
    assert_ne!(outcome(&report, "block_exchange_account"), Outcome::Done);
}

/// A request by the application itself, outside the program.
fn by_hand(tenant: &Tenant, method: Method, path: &str, body: &str) -> Response<Bytes> {
    let transport = tenant.transport();
    tenant.clock().block_on(async {
        let app = tenant.app();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            app.client_id, app.secret
        );
        let signing_in = Request::post(format!(
            "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
            app.tenant_id
        ))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .unwrap();
        let answer = transport.send(signing_in).await.unwrap();
        let token: Value = serde_json::from_slice(answer.body()).unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("https://graph.microsoft.com/v1.0{path}"))
            .header("authorization", format!("Bearer {}", token["access_token"].as_str().unwrap()))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        transport.send(request).await.unwrap()
    })
}

/// A group and one of its members.
fn member(tenant: &Tenant) -> (String, String) {
    tenant.world(|world| {
        let person = |member: &Principal| match member {
            Principal::User(id) => Some(id.to_string()),
            _ => None,
        };
        let mut groups = world.groups.iter();
        groups.find_map(|(id, group)| Some((id.to_string(), group.members.iter().find_map(person)?))).unwrap()
    })
}

#[test]
fn a_missing_ref_is_caught() {
    let tenant = Tenant::contoso(3);
    let (group, member) = member(&tenant);
    by_hand(&tenant, Method::DELETE, &format!("/groups/{group}/members/{member}"), "");
    let found = wire::check(&tenant);
    assert!(found.iter().any(|line| line.contains("$ref")), "{found:?}");

    let twin = Tenant::contoso(3);
    by_hand(&twin, Method::DELETE, &format!("/groups/{group}/members/{member}/$ref"), "");
    assert_eq!(wire::check(&twin), Vec::<String>::new());
}

#[test]
fn a_name_in_a_change_is_caught_and_in_a_reading_is_not() {
    let tenant = Tenant::contoso(3);
    by_hand(&tenant, Method::PATCH, "/users/alex@contoso.com", r#"{"accountEnabled":false}"#);
    let found = wire::check(&tenant);
    assert!(found.iter().any(|line| line.contains("UPN")), "{found:?}");
    assert!(!found.iter().any(|line| line.contains("alex")), "the name is not repeated: {found:?}");

    let twin = Tenant::contoso(3);
    by_hand(&twin, Method::GET, "/users/alex@contoso.com", "");
    assert_eq!(wire::check(&twin), Vec::<String>::new());
}

/// The rows of a run that nothing is wrong with, to be spoilt.
fn rows(tenant: &Tenant) -> Vec<Arc<Exchanged>> {
    let id = tenant.user_id("alex@contoso.com").unwrap();
    by_hand(tenant, Method::GET, &format!("/users/{id}?$select=id,accountEnabled"), "");
    tenant.recorder().all()
}

#[test]
fn a_wrong_answer_of_the_simulation_is_caught_unless_a_fault_made_it() {
    let tenant = Tenant::contoso(3);
    let mut rows = rows(&tenant);
    let names = wire::names(&tenant);
    assert_eq!(wire::check_rows(&rows, &names), Vec::<String>::new());
    let row = rows.iter_mut().find(|row| row.door == Door::Graph).unwrap();
    let spoilt = String::from_utf8_lossy(&row.answer).replace("accountEnabled", "acountEnabled");
    assert_ne!(spoilt.as_bytes(), &row.answer[..]);
    Arc::make_mut(row).answer = Bytes::from(spoilt);
    assert_ne!(wire::check_rows(&rows, &names), Vec::<String>::new());
    for row in &mut rows {
        Arc::make_mut(row).faults = vec!["planted".to_owned()];
    }
    assert_eq!(wire::check_rows(&rows, &names), Vec::<String>::new());
}
