//! People who sign in on another device.

use offboard_core::time::Period;
use offboard_sim::Tenant;
use serde_json::Value;

use crate::desk::{self, Desk};

const GRAPH: &str = "https://graph.microsoft.com/.default offline_access openid";

fn begin(tenant: &Tenant) -> Value {
    let app = tenant.app();
    let (status, body) = desk::form(tenant, "devicecode", &[("client_id", &app.client_id), ("scope", GRAPH)]);
    assert_eq!(status, 200, "{body}");
    body
}

fn poll(tenant: &Tenant, code: &str) -> (u16, Value) {
    tenant.clock().advance(Period::seconds(6));
    let app = tenant.app();
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    desk::form(
        tenant,
        "token",
        &[("client_id", &app.client_id), ("grant_type", grant), ("device_code", code)],
    )
}

fn renew(tenant: &Tenant, refresh: &str, scope: &str) -> (u16, Value) {
    let app = tenant.app();
    let form = [
        ("client_id", &*app.client_id),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("scope", scope),
    ];
    desk::form(tenant, "token", &form)
}

fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body[field].as_str().unwrap_or_else(|| panic!("no {field} in {body}"))
}

/// Signs in as `upn` and brings what the service answered.
fn signed_in(tenant: &Tenant, upn: &str) -> Value {
    let begun = begin(tenant);
    assert!(tenant.approve_device(text(&begun, "user_code"), upn));
    let (status, body) = poll(tenant, text(&begun, "device_code"));
    assert_eq!(status, 200, "{body}");
    body
}

#[test]
fn a_code_waits_for_somebody_and_is_good_once() {
    let tenant = Tenant::contoso(1);
    let begun = begin(&tenant);
    assert_eq!((begun["expires_in"].as_i64(), begun["interval"].as_i64()), (Some(900), Some(5)));
    assert_eq!(tenant.device_codes(), [text(&begun, "user_code")]);
    let code = text(&begun, "device_code");
    let (status, body) = poll(&tenant, code);
    assert_eq!((status, text(&body, "error")), (400, "authorization_pending"));
    assert_eq!(body["error_codes"][0], 70_016);
    assert!(tenant.approve_device(text(&begun, "user_code"), "megan@contoso.com"));
    let (status, body) = poll(&tenant, code);
    assert_eq!(status, 200, "{body}");
    assert!(text(&body, "scope").contains("User.Read.All"));
    assert_eq!(text(&body, "id_token").split('.').count(), 3);
    let mut as_megan = Desk::as_is(tenant.clone());
    as_megan.token = text(&body, "access_token").to_owned();
    assert_eq!(as_megan.get("/me").status, 200);
    let (_, again) = poll(&tenant, code);
    assert_eq!(text(&again, "error"), "bad_verification_code");
}

#[test]
fn whoever_is_hasty_late_or_unwilling_is_told_so() {
    let tenant = Tenant::contoso(1);
    let begun = begin(&tenant);
    let code = text(&begun, "device_code");
    poll(&tenant, code);
    let app = tenant.app();
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let form = [("client_id", &*app.client_id), ("grant_type", grant), ("device_code", code)];
    assert_eq!(text(&desk::form(&tenant, "token", &form).1, "error"), "slow_down");
    assert!(tenant.decline_device(text(&begun, "user_code")));
    assert_eq!(text(&poll(&tenant, code).1, "error"), "authorization_declined");

    let late = begin(&tenant);
    tenant.clock().advance(Period::minutes(15));
    assert!(!tenant.approve_device(text(&late, "user_code"), "megan@contoso.com"));
    assert_eq!(text(&poll(&tenant, text(&late, "device_code")).1, "error"), "expired_token");
}

#[test]
fn a_refresh_token_serves_both_services_until_it_is_revoked() {
    let tenant = Tenant::contoso(1);
    let first = signed_in(&tenant, "megan@contoso.com");
    let refresh = text(&first, "refresh_token").to_owned();
    for scope in ["https://outlook.office365.com/.default offline_access", "User.Read.All"] {
        let (status, body) = renew(&tenant, &refresh, scope);
        assert_eq!(status, 200, "{body}");
    }
    let both = "https://outlook.office365.com/.default https://graph.microsoft.com/.default";
    assert_eq!(renew(&tenant, &refresh, both).1["error_codes"][0], 28_000);
    let unknown = renew(&tenant, "guess", GRAPH).1;
    assert_eq!((text(&unknown, "error"), text(&unknown, "suberror")), ("invalid_grant", "bad_token"));

    tenant.clock().advance(Period::minutes(1));
    let megan = tenant.user_id("megan@contoso.com").unwrap();
    tenant.world(|world| world.users.get_mut(&megan).unwrap().sign_in_sessions_valid_from = world.now);
    let (status, body) = renew(&tenant, &refresh, GRAPH);
    assert_eq!((status, body["error_codes"][0].as_i64()), (400, Some(50_173)));
    let second = signed_in(&tenant, "megan@contoso.com");
    tenant.world(|world| world.users.get_mut(&megan).unwrap().account_enabled = false);
    assert_eq!(renew(&tenant, text(&second, "refresh_token"), GRAPH).1["error_codes"][0], 50_057);
}

#[test]
fn only_a_public_client_signs_people_in_like_this() {
    let tenant = Tenant::contoso(1);
    let begun = begin(&tenant);
    assert!(tenant.approve_device(text(&begun, "user_code"), "megan@contoso.com"));
    let app = tenant.app();
    tenant.world(|world| world.service_principals.get_mut(&app.object_id).unwrap().public_client = false);
    let (status, body) = poll(&tenant, text(&begun, "device_code"));
    assert_eq!((status, body["error_codes"][0].as_i64()), (401, Some(7_000_218)));
}

#[test]
fn the_page_signs_in_whoever_knows_a_password() {
    let tenant = Tenant::contoso(1);
    let begun = begin(&tenant);
    let enter = |password: &str| {
        let pairs = [
            ("code", text(&begun, "user_code")),
            ("username", "megan@contoso.com"),
            ("password", password),
            ("do", "approve"),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = http::Request::post(text(&begun, "verification_uri"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(bytes::Bytes::from(body))
            .unwrap();
        desk::send(&tenant, request).0
    };
    assert_eq!(enter("wrong"), 200);
    assert_eq!(poll(&tenant, text(&begun, "device_code")).0, 400);
    assert_eq!(enter(offboard_sim::contoso::PASSWORD), 200);
    assert_eq!(poll(&tenant, text(&begun, "device_code")).0, 200);
}
