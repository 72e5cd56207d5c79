//! Continuous access evaluation: who understands it is told at once, everybody else's token is good until its end.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use offboard_core::time::Period;
use offboard_sim::{Fault, Matcher, Tenant};
use serde_json::{Value, json};

use crate::desk::{self, Desk};

const CP1: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;

fn token(tenant: &Tenant, claims: Option<&str>) -> Result<String, Value> {
    let app = tenant.app();
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", &*app.client_id),
        ("client_secret", &*app.secret),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    form.extend(claims.map(|claims| ("claims", claims)));
    desk::token(tenant, &form)
}

/// The challenge that answers a reading with this token, if one does.
fn challenge(tenant: &Tenant, token: &str) -> Option<String> {
    let request = http::Request::get("https://graph.microsoft.com/v1.0/organization")
        .header("authorization", format!("Bearer {token}"))
        .body(bytes::Bytes::new())
        .unwrap();
    let (status, headers, _) = desk::send(tenant, request);
    (status == 401).then(|| headers["www-authenticate"].to_str().unwrap().to_owned())
}

#[test]
fn a_client_that_understands_it_is_challenged_at_once() {
    let tenant = Tenant::contoso(1);
    let (capable, plain) = (token(&tenant, Some(CP1)).unwrap(), token(&tenant, None).unwrap());
    tenant.clock().advance(Period::minutes(1));
    tenant.revoke_app_sessions();
    let header = challenge(&tenant, &capable).unwrap();
    assert!(header.contains("error=\"insufficient_claims\""), "{header}");
    let claims = header.split("claims=\"").nth(1).unwrap().trim_end_matches('"');
    let claims: Value = serde_json::from_slice(&STANDARD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["access_token"]["nbf"]["essential"], json!(true));
    assert_eq!(challenge(&tenant, &plain), None, "good until its end");
    let next = token(&tenant, Some(CP1)).unwrap();
    assert_eq!(challenge(&tenant, &next), None);
    assert_eq!(token(&tenant, Some("[]")).unwrap_err()["error"], "invalid_request");
}

#[test]
fn a_challenge_can_be_made_on_demand_also_in_a_batch() {
    let desk = Desk::new();
    desk.tenant.faults().once(Matcher::graph(&Method::GET, "/organization"), Fault::ClaimsChallenge);
    let body = json!({ "requests": [{ "id": "1", "method": "GET", "url": "/organization" }] });
    let answer = desk.post("/$batch", body);
    let part = &answer.body["responses"][0];
    assert_eq!(part["status"], 401);
    assert!(part["headers"]["Www-Authenticate"].as_str().unwrap().contains("insufficient_claims"), "{part}");
    assert_eq!(desk.get("/organization").status, 200);
}
