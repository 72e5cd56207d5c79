//! Who is let in, by which way, with which words.

use http::{Method, StatusCode};
use serde_json::json;

use super::{Desk, send, token, token_for};
use crate::world::{AppRole, Resource};

#[test]
fn only_post_to_beta_runs_commands() {
    let desk = Desk::new();
    let bearer = format!("Bearer {}", desk.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for (method, url) in [
        (Method::GET, desk.url()),
        (Method::PUT, desk.url()),
        (Method::POST, desk.url().replace("/beta/", "/v1.0/")),
    ] {
        let answer = send(&desk.tenant, &method, &url, &headers, String::new()).unwrap();
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {url}");
    }
    let other = desk.url().replace(&desk.tenant.app().tenant_id.to_string(), "contoso.com");
    assert_eq!(desk.post(&other, &json!({})).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_token_must_be_there_for_exchange_and_with_the_permission() {
    let mut desk = Desk::new();
    let body = json!({ "CmdletInput": { "CmdletName": "Get-OrganizationConfig", "Parameters": {} } });
    let bare = [("content-type", "application/json")];
    let answer = send(&desk.tenant, &Method::POST, &desk.url(), &bare, body.to_string()).unwrap();
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.headers.contains_key("www-authenticate"));

    assert_eq!(desk.post(&desk.url(), &body).status, StatusCode::OK);
    let good = desk.token.clone();
    desk.token = token_for(&desk.tenant, "https://graph.microsoft.com/.default");
    assert_eq!(desk.post(&desk.url(), &body).status, StatusCode::UNAUTHORIZED);
    desk.token = good;
    desk.advance(offboard_core::time::Period::hours(2));
    assert_eq!(desk.post(&desk.url(), &body).status, StatusCode::UNAUTHORIZED);

    // Version 2's permission does not open this door.
    let app = desk.tenant.app().object_id;
    desk.tenant.world(|world| {
        let granted = &mut world.service_principals.get_mut(&app).unwrap().granted;
        granted.retain(|role| role.resource != Resource::Exchange);
        granted.insert(AppRole { resource: Resource::Exchange, value: "Exchange.ManageAsAppV2".to_owned() });
    });
    desk.token = token(&desk.tenant);
    assert_eq!(desk.post(&desk.url(), &body).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn without_a_role_everything_is_unknown() {
    let desk = Desk::new();
    let alex = json!({ "Identity": desk.id("alex").to_string() });
    desk.tenant.world(|world| {
        for key in world.role_assignments.keys() {
            world.role_assignments.remove(&key);
        }
    });
    let answer = desk.run("Get-Mailbox", alex.clone());
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(std::str::from_utf8(&answer.bytes).is_err());

    // A role group that may only look.
    let app = desk.tenant.app().object_id;
    let grant = |role: &str| {
        desk.tenant.world(|world| {
            world.settings.exchange.role_groups.entry(app).or_default().insert(role.to_owned());
        });
    };
    grant("View-Only Recipients");
    assert_eq!(desk.run("Get-Mailbox", alex.clone()).status, StatusCode::OK);
    assert_eq!(
        desk.run("Get-InboxRule", json!({ "Mailbox": alex["Identity"] })).status,
        StatusCode::FORBIDDEN
    );
    let block = json!({ "Identity": alex["Identity"], "AccountDisabled": true });
    assert_eq!(desk.run("Set-Mailbox", block.clone()).status, StatusCode::FORBIDDEN);
    assert!(!desk.mailbox("alex").account_disabled);

    // Holds have a role of their own; without it the parameter does not exist.
    grant("Mail Recipients");
    assert_eq!(desk.run("Set-Mailbox", block).status, StatusCode::OK);
    let hold = json!({ "Identity": alex["Identity"], "LitigationHoldEnabled": true });
    assert_eq!(desk.run("Set-Mailbox", hold.clone()).exception(), "AmbiguousParameterSetException");
    grant("Legal Hold");
    assert_eq!(desk.run("Set-Mailbox", hold).status, StatusCode::OK);
    assert!(desk.mailbox("alex").litigation_hold.is_some());
}

#[test]
fn a_role_for_a_part_of_the_directory_opens_nothing() {
    let desk = Desk::new();
    let alex = json!({ "Identity": desk.id("alex").to_string() });
    assert_eq!(desk.run("Get-Mailbox", alex.clone()).status, StatusCode::OK);
    desk.tenant.world(|world| {
        for key in world.role_assignments.keys() {
            let row = world.role_assignments.get_mut(&key).unwrap();
            row.scope = "/administrativeUnits/1".to_owned();
        }
    });
    assert_eq!(desk.run("Get-Mailbox", alex).status, StatusCode::FORBIDDEN);
}

#[test]
fn an_unknown_cmdlet_looks_like_a_forbidden_one() {
    let desk = Desk::new();
    for name in ["Get-Malibox", "Remove-Mailbox", "get-mailbox"] {
        let answer = desk.run(name, json!({}));
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert_eq!(answer.headers["content-encoding"], "gzip");
    }
}

#[test]
fn the_module_file_lists_what_the_roles_show() {
    let desk = Desk::new();
    let url = desk.url().replace("/beta/", "/v1.0/").replace("InvokeCommand", "EXOModuleFile?Version=3.9.2");
    let bearer = format!("Bearer {}", desk.token);
    let answer =
        send(&desk.tenant, &Method::GET, &url, &[("authorization", bearer.as_str())], String::new()).unwrap();
    let list = answer.one()["exportedCmdlets"].as_str().unwrap();
    assert!(list.split(',').any(|name| name == "Set-Mailbox"), "{list}");
}

#[test]
fn a_closed_door_is_closed() {
    let desk = Desk::new();
    desk.tenant.world(|world| world.settings.exchange.invoke_command = false);
    assert_eq!(desk.run("Get-OrganizationConfig", json!({})).status, StatusCode::FORBIDDEN);
}

#[test]
fn bodies_must_be_json_that_says_so() {
    let desk = Desk::new();
    let bearer = format!("Bearer {}", desk.token);
    let post = |kind: &str, body: &str| {
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        send(&desk.tenant, &Method::POST, &desk.url(), &headers, body.to_owned()).unwrap().status
    };
    assert_eq!(post("text/plain", "{}"), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(post("application/json", "{"), StatusCode::BAD_REQUEST);
    assert_eq!(post("application/json", "{}"), StatusCode::BAD_REQUEST);
}
