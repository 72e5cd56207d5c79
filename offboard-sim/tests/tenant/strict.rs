//! Requests that are wrong.

use bytes::Bytes;
use http::Method;
use serde_json::json;

use crate::desk::Desk;

#[test]
fn wrong_requests_are_refused_as_the_service_does() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    let user = format!("/users/{alex}");
    let group = "/groups/not-an-id".to_owned();
    for (method, path, body, wanted) in [
        (Method::GET, format!("{user}?$select=id,acountEnabled"), None, 400),
        (Method::GET, format!("{user}?$selekt=id"), None, 400),
        (Method::GET, "/users?$filter=nickname%20eq%20'x'".to_owned(), None, 400),
        (Method::GET, "/users?$top=1000".to_owned(), None, 400),
        (Method::GET, "/users?$filter=accountEnabled%20ne%20true".to_owned(), None, 400),
        (Method::PATCH, user.clone(), Some(json!({ "acountEnabled": false })), 400),
        (Method::PATCH, user.clone(), Some(json!({ "accountEnabled": "no" })), 400),
        (Method::PATCH, user.clone(), Some(json!({})), 400),
        (Method::POST, format!("{user}/revokeSignInSessions"), Some(json!({ "now": true })), 400),
        (Method::POST, format!("{user}/assignLicense"), Some(json!({ "removeLicenses": [] })), 400),
        (Method::GET, format!("{user}/revokeSignInSessions"), None, 405),
        (Method::POST, user.clone(), Some(json!({})), 405),
        (Method::GET, format!("{user}/nothing"), None, 400),
        (Method::GET, format!("{user}/sponsors?$select=id,dispayName"), None, 400),
        (Method::GET, format!("{user}/sponsors?$selekt=id"), None, 400),
        (Method::POST, format!("{user}/sponsors"), Some(json!({})), 405),
        (Method::GET, "/users/00000000-0000-4000-8000-000000000000/sponsors".to_owned(), None, 404),
        (Method::GET, group, None, 400),
        (Method::GET, format!("/users/{}", "00000000-0000-4000-8000-000000000000"), None, 404),
        (Method::GET, format!("{user}/calendarView"), None, 400),
        (Method::GET, format!("{user}/mailFolders/sentitems/messageRules"), None, 404),
    ] {
        let seen = desk.send(method.clone(), &path, body);
        assert_eq!(seen.status, wanted, "{method} {path}: {}", seen.body);
        assert!(seen.body["error"]["innerError"]["request-id"].is_string(), "{path}");
    }
}

#[test]
fn bodies_need_their_type() {
    let desk = Desk::new();
    let path = format!("https://graph.microsoft.com/v1.0/users/{}", desk.id("alex@contoso.com"));
    for (kind, wanted) in
        [(None, 400), (Some("text/plain"), 415), (Some("application/json; charset=utf-8"), 204)]
    {
        let mut request =
            http::Request::patch(&path).header("authorization", format!("Bearer {}", desk.token));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let request = request.body(Bytes::from_static(b"{\"accountEnabled\":false}")).unwrap();
        assert_eq!(desk.raw(request).unwrap().status, wanted, "{kind:?}");
    }
}

#[test]
fn without_a_token_nothing_is_told() {
    let desk = Desk::new();
    let request = http::Request::get("https://graph.microsoft.com/v1.0/users").body(Bytes::new()).unwrap();
    assert_eq!(desk.raw(request).unwrap().status, 401);
    let elsewhere = http::Request::get("https://graph.microsoft.us/v1.0/users").body(Bytes::new()).unwrap();
    assert!(desk.raw(elsewhere).is_err(), "another cloud's host is not here");
}

#[test]
fn pages_are_linked_to_the_origin_they_came_by() {
    let desk = Desk::new();
    for origin in ["https://graph.microsoft.com", "http://127.0.0.1:8080/graph"] {
        let mut next = format!("{origin}/v1.0/users?$select=id&$top=7");
        let mut ids = std::collections::BTreeSet::new();
        loop {
            let seen = desk.get(&next);
            ids.extend(seen.rows().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            let Some(link) = seen.body["@odata.nextLink"].as_str() else { break };
            assert!(link.starts_with(&format!("{origin}/v1.0/users?")), "{link}");
            next = link.to_owned();
        }
        assert_eq!(ids.len(), desk.tenant.world(|world| world.users.len()));
    }
    assert_eq!(desk.get("/users?$skiptoken=junk").status, 400);
}

#[test]
fn the_callers_request_id_comes_back() {
    let desk = Desk::new();
    let request = http::Request::get("https://graph.microsoft.com/v1.0/organization")
        .header("authorization", format!("Bearer {}", desk.token))
        .header("client-request-id", "7a9c")
        .body(Bytes::new())
        .unwrap();
    let seen = desk.raw(request).unwrap();
    assert_eq!(seen.headers["client-request-id"], "7a9c");
    assert!(seen.headers.contains_key("request-id"));
    assert_eq!(seen.headers["date"], "Mon, 30 Nov 2026 09:00:00 GMT");
}
