//! Managed identity: the two endpoints that hand out tokens to a machine.

use bytes::Bytes;
use offboard_sim::Tenant;
use serde_json::Value;

use crate::desk::{self, Desk};

const GRAPH: &str = "resource=https%3A%2F%2Fgraph.microsoft.com";
const IMDS: &str = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01";
const APP_SERVICE: &str = "http://127.0.0.1:41741/msi/token?api-version=2019-08-01";

fn get(tenant: &Tenant, url: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    let mut request = http::Request::get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (status, _, body) = desk::send(tenant, request.body(Bytes::new()).unwrap());
    (status, body)
}

#[test]
fn the_metadata_service_hands_out_a_token_that_works() {
    let tenant = Tenant::contoso(1);
    let (status, body) = get(&tenant, &format!("{IMDS}&{GRAPH}"), &[("metadata", "true")]);
    assert_eq!(status, 200, "{body}");
    for field in ["expires_in", "expires_on", "not_before", "resource", "client_id", "token_type"] {
        assert!(body[field].is_string(), "{field} is a text here: {body}");
    }
    let mut desk = Desk::as_is(tenant);
    desk.token = body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(desk.get("/organization").status, 200);
}

#[test]
fn the_metadata_service_is_strict() {
    let tenant = Tenant::contoso(1);
    let metadata = ("metadata", "true");
    for (url, headers, error) in [
        (format!("{IMDS}&{GRAPH}"), vec![], "bad_request_102"),
        (format!("{IMDS}&{GRAPH}"), vec![metadata, ("x-forwarded-for", "10.0.0.1")], "bad_request"),
        (IMDS.to_owned(), vec![metadata], "invalid_request"),
        (IMDS.replace("?api-version=2018-02-01", &format!("?{GRAPH}")), vec![metadata], "invalid_request"),
        (format!("{IMDS}&resource=https%3A%2F%2Fvault.azure.net"), vec![metadata], "invalid_resource"),
        (format!("{IMDS}&{GRAPH}&client_id=somebody"), vec![metadata], "invalid_request"),
    ] {
        let (status, body) = get(&tenant, &url, &headers);
        assert_eq!((status, body["error"].as_str()), (400, Some(error)), "{url}: {body}");
    }
    tenant.world(|world| world.settings.managed_identity = None);
    let (_, body) = get(&tenant, &format!("{IMDS}&{GRAPH}"), &[metadata]);
    assert_eq!(body["error_description"], "Identity not found");
}

#[test]
fn app_service_wants_its_header() {
    let tenant = Tenant::contoso(1);
    let app = tenant.app();
    let url = format!("{APP_SERVICE}&{GRAPH}&client_id={}", app.client_id);
    let (status, body) = get(&tenant, &url, &[("x-identity-header", &app.identity_header)]);
    assert_eq!(status, 200, "{body}");
    assert!(body["expires_on"].is_string() && body["access_token"].is_string());
    assert_eq!(get(&tenant, &url, &[]).0, 401);
    assert_eq!(get(&tenant, &url, &[("x-identity-header", "guess")]).0, 401);
}
