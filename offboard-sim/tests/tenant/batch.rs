//! `$batch`.

use http::Method;
use offboard_sim::{Fault, Matcher};
use serde_json::{Value, json};

use crate::desk::Desk;

fn part(id: &str, method: &str, url: &str) -> Value {
    json!({ "id": id, "method": method, "url": url })
}

fn status_of(rows: &[Value], id: &str) -> u64 {
    rows.iter().find(|row| row["id"] == id).map_or(0, |row| row["status"].as_u64().unwrap())
}

#[test]
fn a_batch_is_200_whatever_became_of_its_parts() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    let mut blocked = part("3", "PATCH", &format!("/users/{alex}"));
    blocked["headers"] = json!({ "Content-Type": "application/json" });
    blocked["body"] = json!({ "accountEnabled": false });
    let mut after = part("4", "GET", &format!("/users/{alex}?$select=accountEnabled"));
    after["dependsOn"] = json!(["2"]);
    let answer = desk.post(
        "/$batch",
        json!({ "requests": [
            part("1", "GET", &format!("/users/{alex}?$select=id")),
            part("2", "GET", "/users/00000000-0000-4000-8000-000000000000"),
            blocked,
            after,
        ]}),
    );
    assert_eq!(answer.status, 200);
    let rows = answer.body["responses"].as_array().unwrap();
    assert_eq!([1, 2, 3, 4].map(|id| status_of(rows, &id.to_string())), [200, 404, 204, 424]);
    assert!(!desk.tenant.world(|world| world.users.get(&alex).unwrap().account_enabled));
    let parts = desk.tenant.recorder().all().into_iter().filter(|row| row.part_of.is_some());
    assert_eq!(parts.count(), 3, "each part that ran is recorded by itself");
}

#[test]
fn what_is_not_a_batch_is_refused() {
    let desk = Desk::new();
    let many: Vec<Value> = (0..21).map(|n| part(&n.to_string(), "GET", "/organization")).collect();
    for requests in [
        json!(many),
        json!([part("1", "GET", "/organization"), part("1", "GET", "/organization")]),
        json!([part("1", "GET", "https://graph.microsoft.com/v1.0/organization")]),
        json!([{ "id": "1", "method": "PATCH", "url": "/users/x", "body": {} }]),
        json!([{ "id": "1", "method": "GET", "url": "/organization", "dependsOn": ["9"] }]),
    ] {
        assert_eq!(desk.post("/$batch", json!({ "requests": requests })).status, 400, "{requests}");
    }
}

#[test]
fn parts_are_met_by_faults_one_by_one() {
    let desk = Desk::new();
    desk.tenant.faults().once(Matcher::graph(&Method::GET, "/organization"), Fault::throttled(Some("7")));
    desk.tenant.faults().once(Matcher::graph(&Method::GET, "/domains"), Fault::MissingPart);
    let answer = desk.post("/$batch", json!({ "requests": [
        part("a", "GET", "/organization"), part("b", "GET", "/domains"), part("c", "GET", "/subscribedSkus"),
    ]}));
    let rows = answer.body["responses"].as_array().unwrap();
    assert_eq!(["a", "b", "c"].map(|id| status_of(rows, id)), [429, 0, 200]);
    let throttled = rows.iter().find(|row| row["id"] == "a").unwrap();
    assert_eq!(throttled["headers"]["Retry-After"], "7");
}
