//! Graph answers and batches: statuses, headers, bodies, and every part of a batch.

use offboard_contract::{Answer, Graph, Request, Violation};
use serde_json::{Value, json};

const ADELE: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";

fn json_headers() -> Vec<(String, String)> {
    vec![("Content-Type".to_owned(), "application/json;odata.metadata=minimal;charset=utf-8".to_owned())]
}

fn answer(method: &str, url: &str, status: u16, body: Option<&Value>) -> Vec<Violation> {
    let headers = if body.is_some() { json_headers() } else { Vec::new() };
    Graph::load().check_answer(method, url, status, &headers, body)
}

fn error(code: &str) -> Value {
    json!({ "error": { "code": code, "message": "No.", "innerError": { "date": "2026-01-01T00:00:00", "request-id": ADELE } } })
}

#[track_caller]
fn passes(found: &[Violation]) {
    assert!(
        found.is_empty(),
        "refused: {}",
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    );
}

#[track_caller]
fn refused(found: &[Violation], says: &str) {
    let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(lines.len() == 1 && lines[0].contains(says), "wanted one finding with {says:?}: {lines:#?}");
}

#[test]
fn statuses_of_success_are_the_documented_ones() {
    let user = format!("/v1.0/users/{ADELE}");
    passes(&answer("PATCH", &user, 204, None));
    refused(&answer("PATCH", &user, 200, Some(&json!({ "id": ADELE }))), "documented: 204");
    refused(&answer("PATCH", &user, 204, Some(&json!({}))), "has no body");
    passes(&answer("POST", &format!("{user}/revokeSignInSessions"), 200, Some(&json!({ "value": true }))));
    passes(&answer("POST", &format!("{user}/revokeSignInSessions"), 204, None));
    refused(&answer("GET", &user, 200, None), "it is missing");
    refused(&answer("GET", &user, 302, None), "documented: 200");
    passes(&answer("PATCH", &format!("{user}/mailboxSettings"), 200, Some(&json!({ "timeZone": "UTC" }))));
    refused(&answer("PATCH", &format!("{user}/mailboxSettings"), 204, None), "documented: 200");
}

#[test]
fn bodies_follow_the_type_and_what_was_selected() {
    let user = format!("/v1.0/users/{ADELE}");
    passes(&answer(
        "GET",
        &user,
        200,
        Some(&json!({ "@odata.context": "x", "id": ADELE, "accountEnabled": null })),
    ));
    refused(&answer("GET", &user, 200, Some(&json!({ "accountEnabled": "yes" }))), "/accountEnabled");
    refused(&answer("GET", &user, 200, Some(&json!({ "accountIsEnabled": true }))), "accountIsEnabled");
    let selected = format!("{user}?$select=displayName");
    passes(&answer("GET", &selected, 200, Some(&json!({ "id": ADELE, "displayName": "Adele Vance" }))));
    refused(&answer("GET", &selected, 200, Some(&json!({ "mail": null }))), "\"mail\" was not selected");
    let groups =
        json!({ "value": [{ "@odata.type": "#microsoft.graph.group", "id": "x", "displayNam": "a" }] });
    refused(&answer("GET", &format!("{user}/memberOf"), 200, Some(&groups)), "displayNam");
    passes(&Graph::load().check_answer(
        "GET",
        &user,
        404,
        &json_headers(),
        Some(&error("Request_ResourceNotFound")),
    ));
    let html = [("content-type".to_owned(), "text/html".to_owned())];
    refused(&Graph::load().check_answer("GET", &user, 200, &html, Some(&json!({}))), "text/html");
}

#[test]
fn collections_have_a_value_and_links_to_themselves() {
    let link = |url: &str| json!({ "value": [], "@odata.nextLink": url });
    let members = "/v1.0/groups/g/members";
    passes(&answer(
        "GET",
        members,
        200,
        Some(&link("https://graph.microsoft.com/v1.0/groups('g')/members?$skiptoken=a")),
    ));
    refused(&answer("GET", members, 200, Some(&json!({}))), "/value: missing");
    refused(
        &answer("GET", members, 200, Some(&link("https://graph.microsoft.com/v1.0/users?$skiptoken=a"))),
        "nextLink",
    );
    refused(&answer("GET", members, 200, Some(&link("/v1.0/groups/g/members?$skiptoken=a"))), "nextLink");
}

#[test]
fn a_count_is_plain_text() {
    let headers = [("Content-Type".to_owned(), "text/plain".to_owned())];
    passes(&Graph::load().check_answer("GET", "/v1.0/users/$count", 200, &headers, Some(&json!("31"))));
    refused(
        &Graph::load().check_answer("GET", "/v1.0/users/$count", 200, &headers, Some(&json!("many"))),
        "not a count",
    );
}

#[test]
fn errors_have_their_shape_whatever_was_asked() {
    let user = format!("/v1.0/users/{ADELE}");
    for url in [user.as_str(), "/v1.0/shoes", "/beta/users"] {
        passes(&answer("GET", url, 403, Some(&error("Authorization_RequestDenied"))));
        refused(&answer("GET", url, 403, Some(&json!({ "error": { "code": "x" } }))), "message");
    }
    refused(&answer("GET", &user, 503, None), "error object");
    refused(
        &answer("GET", &user, 400, Some(&json!({ "error": { "code": "x", "message": "y", "inner": 1 } }))),
        "/error/inner",
    );
    refused(
        &answer("GET", &user, 400, Some(&json!({ "error": { "code": "", "message": "y" } }))),
        "/error/code: empty",
    );
    refused(&answer("GET", "/v1.0/shoes", 200, Some(&json!({}))), "no such path");
}

#[test]
fn a_location_is_there_where_it_is_promised() {
    let reset = format!(
        "/v1.0/users/{ADELE}/authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword"
    );
    let accepted = json!({ "newPassword": null });
    let mut headers = json_headers();
    refused(
        &Graph::load().check_answer("POST", &reset, 202, &headers, Some(&accepted)),
        "needs the header Location",
    );
    headers.push((
        "location".to_owned(),
        format!("https://graph.microsoft.com/v1.0/users/{ADELE}/authentication/operations/x"),
    ));
    passes(&Graph::load().check_answer("POST", &reset, 202, &headers, Some(&accepted)));
    let copy = "/v1.0/drives/d/items/i/copy";
    refused(&Graph::load().check_answer("POST", copy, 202, &[], None), "Location");
    passes(&Graph::load().check_answer("POST", copy, 202, &headers[1..], None));
}

fn batch(requests: &Value, responses: &Value) -> Vec<Violation> {
    let (sent, got) = (json!({ "requests": requests }), json!({ "responses": responses }));
    let headers = json_headers();
    let request = Request { method: "POST", url: "/v1.0/$batch", headers: &headers, body: Some(&sent) };
    Graph::load().check(&request, &Answer { status: 200, headers: &headers, body: Some(&got) })
}

#[test]
fn every_part_of_a_batch_is_a_request_and_an_answer() {
    let block = json!({
        "id": "1", "method": "PATCH", "url": format!("/users/{ADELE}"), "body": { "accountEnabled": false },
        "headers": { "Content-Type": "application/json" }
    });
    let read =
        json!({ "id": "2", "method": "GET", "url": format!("users/{ADELE}?$select=id"), "dependsOn": ["1"] });
    let done = json!({ "id": "1", "status": 204 });
    let found = json!({ "id": "2", "status": 200, "headers": { "Content-Type": "application/json" }, "body": { "id": ADELE } });
    passes(&batch(&json!([block, read]), &json!([found, done])));

    let misspelt = json!({
        "id": "1", "method": "PATCH", "url": format!("/users/{ADELE}"), "body": { "acountEnabled": false },
        "headers": { "Content-Type": "application/json" }
    });
    let lines = batch(&json!([misspelt]), &json!([done]));
    refused(&lines, "acountEnabled");
    assert!(lines[0].where_.contains("part 1: PATCH /users/"), "{}", lines[0]);

    let denied = json!({ "id": "2", "status": 403, "body": { "error": { "code": "x" } } });
    refused(&batch(&json!([block, read]), &json!([done, denied])), "message");
    refused(&batch(&json!([block, read]), &json!([done])), "the request \"2\" of the batch has no answer");
    let stranger = json!({ "id": "3", "status": 204 });
    refused(&batch(&json!([block, read]), &json!([done, found, stranger])), "belongs to no request");
    refused(&batch(&json!([block, read]), &json!([done, found, done])), "answered twice");
    let wrong = json!({ "id": "1", "status": 200, "body": { "id": ADELE } });
    refused(&batch(&json!([block]), &json!([wrong])), "documented: 204");
}

#[test]
fn a_batch_has_rules_of_its_own() {
    let check = |requests: Value| {
        Graph::load().check_request(
            "POST",
            "/v1.0/$batch",
            Some("application/json"),
            Some(&json!({ "requests": requests })),
        )
    };
    let read = |id: &str| json!({ "id": id, "method": "GET", "url": "/users/x" });
    passes(&check((0..20).map(|id| read(&id.to_string())).collect()));
    refused(&check((0..21).map(|id| read(&id.to_string())).collect()), "20");
    refused(&check(json!([])), "empty");
    refused(&check(json!([read("a"), read("A")])), "stands twice");
    refused(
        &check(json!([{ "id": "1", "method": "GET", "url": "/users/x", "dependsOn": ["2"] }])),
        "dependsOn names \"2\"",
    );
    refused(
        &check(json!([{ "id": "1", "method": "GET", "url": "/users/x", "dependsOn": ["1"] }])),
        "no other part",
    );
    refused(&check(json!([{ "id": "1", "method": "POST", "url": "/$batch" }])), "batch inside a batch");
    refused(&check(json!([{ "id": "1", "method": "GET", "url": "/v1.0/users/x" }])), "no such path");
    refused(
        &check(json!([{ "id": "1", "method": "DELETE", "url": "/groups/g/members/m" }])),
        "/$ref is missing",
    );
    let absolute = json!([{ "id": "1", "method": "GET", "url": "https://graph.microsoft.com/v1.0/users/x" }]);
    assert!(!check(absolute).is_empty());
    let naked =
        json!([{ "id": "1", "method": "PATCH", "url": "/users/x", "body": { "accountEnabled": false } }]);
    assert!(check(naked).iter().any(|violation| violation.what.contains("Content-Type")));
}

#[test]
fn advanced_queries_name_their_consistency() {
    let check = |url: &str, headers: &[(String, String)]| {
        let body = json!({ "value": [] });
        let request = Request { method: "GET", url, headers, body: None };
        Graph::load().check(&request, &Answer { status: 200, headers: &json_headers(), body: Some(&body) })
    };
    let eventual = [("consistencylevel".to_owned(), "eventual".to_owned())];
    let ends = "/v1.0/users?$filter=endsWith(mail,'x')";
    passes(&check(&format!("{ends}&$count=true"), &eventual));
    refused(&check(&format!("{ends}&$count=true"), &[]), "ConsistencyLevel");
    refused(&check(ends, &eventual), "$count=true");
    refused(
        &check("/v1.0/users?$filter=assignedLicenses/$count%20eq%200&$count=true", &[]),
        "$count in $filter",
    );
    refused(&check("/v1.0/users?$count=true", &[]), "$count=true needs the header");
    passes(&check("/v1.0/users?$filter=startsWith(mail,'x')", &[]));
    refused(&check("/v1.0/users?$search=%22displayName:a%22", &[]), "ConsistencyLevel");
    // Outside the directory there is no such index.
    passes(&check("/v1.0/users/x/events?$filter=isOrganizer%20ne%20false", &[]));
}
