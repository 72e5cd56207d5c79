//! SharePoint's own REST, which takes an application only with a certificate.

use bytes::Bytes;
use http::Method;
use offboard_sim::Tenant;
use offboard_sim::world::DriveState;
use serde_json::{Value, json};

use crate::desk::{Desk, Seen, token};

const SITE: &str = "https://contoso-my.sharepoint.com/personal/adele_contoso_com";
const SCOPE: &str = "https://contoso-my.sharepoint.com/.default";
const VERBOSE: &str = "application/json;odata=verbose";
const PLAIN: &str = "application/json;odata=nometadata";

/// A token of the machine's own identity, which is as good as one got with a certificate.
fn machine_token(tenant: &Tenant) -> String {
    let url = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01\
               &resource=https%3A%2F%2Fcontoso-my.sharepoint.com";
    let request = http::Request::get(url).header("metadata", "true").body(Bytes::new()).unwrap();
    crate::desk::send(tenant, request).2["access_token"].as_str().unwrap().to_owned()
}

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.token = machine_token(&desk.tenant);
    desk
}

fn send(desk: &Desk, method: &str, below: &str, headers: &[(&str, &str)], body: &Value) -> Seen {
    let mut request = http::Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(format!("{SITE}/_api/web/{below}"))
        .header("authorization", format!("Bearer {}", desk.token));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    desk.raw(request.body(body).unwrap()).unwrap()
}

fn users(desk: &Desk) -> Seen {
    send(desk, "GET", "siteusers", &[("accept", PLAIN)], &Value::Null)
}

fn ensure(desk: &Desk, login: &str) -> Seen {
    let headers = [("accept", PLAIN), ("content-type", VERBOSE)];
    send(desk, "POST", "ensureuser", &headers, &json!({ "logonName": login }))
}

fn merge(desk: &Desk, id: &Value, administrator: bool) -> Seen {
    let body = json!({ "__metadata": { "type": "SP.User" }, "IsSiteAdmin": administrator });
    let headers = [("content-type", VERBOSE), ("if-match", "*")];
    send(desk, "MERGE", &format!("getuserbyid({id})"), &headers, &body)
}

#[test]
fn whoever_is_let_in_is_known_from_then_on() {
    let desk = desk();
    let only = users(&desk).rows().to_vec();
    assert_eq!(
        (only.len(), &only[0]["IsSiteAdmin"]),
        (1, &json!(true)),
        "the owner is the first administrator"
    );
    let megan = "i:0#.f|membership|megan@contoso.com";
    let id = ensure(&desk, megan).body["Id"].clone();
    assert_eq!(ensure(&desk, megan).body["Id"], id, "the second time is the same person");
    assert_eq!(merge(&desk, &id, true).status, 204);
    let filter = "siteusers?$filter=IsSiteAdmin%20eq%20true";
    let administrators = send(&desk, "GET", filter, &[("accept", PLAIN)], &Value::Null);
    assert_eq!(administrators.rows().len(), 2);
    assert_eq!(merge(&desk, &id, false).status, 204);
    assert_eq!(users(&desk).rows().len(), 2, "he stays listed");
    assert_eq!(send(&desk, "GET", filter, &[("accept", PLAIN)], &Value::Null).rows().len(), 1);
}

#[test]
fn an_application_needs_a_certificate_and_a_permission() {
    let mut desk = desk();
    let app = desk.tenant.app();
    let machine = desk.token.clone();
    let secret = [
        ("grant_type", "client_credentials"),
        ("client_id", &*app.client_id),
        ("client_secret", &*app.secret),
        ("scope", SCOPE),
    ];
    desk.token = token(&desk.tenant, &secret).unwrap();
    let refused = users(&desk);
    assert_eq!(
        (refused.status, &refused.body["error_description"]),
        (401, &json!("Unsupported app only token."))
    );
    assert!(refused.headers.contains_key("www-authenticate"));
    // A token of Graph is none of SharePoint.
    desk.token = Desk::as_is(desk.tenant.clone()).token.clone();
    assert_eq!(users(&desk).status, 401);
    // Whoever is no administrator of the site may nothing there, whatever he may elsewhere.
    let person = |upn: &str| {
        let form = [
            ("grant_type", "password"),
            ("client_id", &*app.client_id),
            ("username", upn),
            ("password", offboard_sim::contoso::PASSWORD),
            ("scope", SCOPE),
        ];
        token(&desk.tenant, &form).unwrap()
    };
    for (upn, status) in [("megan@contoso.com", 403), ("adele@contoso.com", 200)] {
        let as_person = Desk { tenant: desk.tenant.clone(), token: person(upn) };
        assert_eq!(users(&as_person).status, status, "{upn}");
    }
    let mut plain = Desk { tenant: desk.tenant.clone(), token: machine };
    plain.tenant.world(|world| {
        let program = world.service_principals.get_mut(&app.object_id).unwrap();
        program.granted.retain(|role| role.value != "Sites.FullControl.All");
    });
    assert_eq!(users(&plain).status, 200, "a token says what was so when it was issued");
    plain.token = machine_token(&plain.tenant);
    assert_eq!(users(&plain).status, 403);
}

#[test]
fn it_is_strict() {
    let desk = desk();
    let id = ensure(&desk, "i:0#.f|membership|megan@contoso.com").body["Id"].clone();
    let by_id = format!("getuserbyid({id})");
    let whole = json!({ "__metadata": { "type": "SP.User" }, "IsSiteAdmin": true });
    let bare = json!({ "IsSiteAdmin": true });
    let verbose = ("content-type", VERBOSE);
    for (method, below, headers, body, status) in [
        ("MERGE", &*by_id, vec![verbose], &whole, 400),
        ("MERGE", &by_id, vec![verbose, ("if-match", "*")], &bare, 400),
        ("MERGE", &by_id, vec![("content-type", "application/json"), ("if-match", "*")], &whole, 406),
        ("MERGE", "getuserbyid(99)", vec![verbose, ("if-match", "*")], &whole, 404),
        ("POST", &by_id, vec![verbose, ("if-match", "*")], &whole, 405),
        ("POST", &by_id, vec![verbose, ("if-match", "*"), ("x-http-method", "MERGE")], &whole, 204),
        ("GET", "siteusers?$filter=Title%20eq%20'x'", vec![("accept", PLAIN)], &Value::Null, 400),
        ("GET", "siteusers", vec![], &Value::Null, 406),
        ("POST", "siteusers", vec![verbose], &whole, 405),
        ("GET", "lists", vec![("accept", PLAIN)], &Value::Null, 404),
    ] {
        let seen = send(&desk, method, below, &headers, body);
        assert_eq!(seen.status, status, "{method} {below} {headers:?}: {}", seen.body);
    }
    assert_eq!(ensure(&desk, "i:0#.f|membership|nobody@contoso.com").status, 400);
    let adele = desk.id("adele@contoso.com");
    desk.tenant.world(|world| world.drives.get_mut(&adele).unwrap().state = DriveState::Locked);
    assert_eq!(users(&desk).status, 423);
}

#[test]
fn graph_says_where_the_site_is() {
    let desk = Desk::new();
    let path = format!("/users/{}/drive?$select=id,sharePointIds", desk.id("adele@contoso.com"));
    assert_eq!(desk.get(&path).body["sharePointIds"]["siteUrl"], json!(SITE));
    let below = format!("http://127.0.0.1:8080/graph/v1.0{path}");
    let site = desk.get(&below).body["sharePointIds"]["siteUrl"].clone();
    assert_eq!(site, json!("http://127.0.0.1:8080/sharepoint/personal/adele_contoso_com"));
}
