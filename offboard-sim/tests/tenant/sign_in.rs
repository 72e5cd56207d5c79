//! Tokens.

use offboard_core::time::Period;
use offboard_sim::Tenant;

use crate::desk::{Desk, token};

const GRAPH: &str = "https://graph.microsoft.com/.default";

fn refused(tenant: &Tenant, change: impl FnOnce(&mut Vec<(&'static str, String)>)) -> i64 {
    let app = tenant.app();
    let mut form = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", app.client_id),
        ("client_secret", app.secret),
        ("scope", GRAPH.to_owned()),
    ];
    change(&mut form);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    token(tenant, &form).map_or_else(|body| body["error_codes"][0].as_i64().unwrap(), |_| 0)
}

#[test]
fn refusals_carry_microsofts_numbers() {
    let tenant = Tenant::contoso(1);
    assert_eq!(refused(&tenant, |_| {}), 0);
    assert_eq!(refused(&tenant, |form| form[2].1 = "wrong".to_owned()), 7_000_215);
    assert_eq!(
        refused(&tenant, |form| form[1].1 = "00000000-0000-4000-8000-000000000000".to_owned()),
        700_016
    );
    assert_eq!(refused(&tenant, |form| form[3].1 = "https://vault.azure.net/.default".to_owned()), 70_011);
    tenant.clock().advance(Period::days(400));
    assert_eq!(refused(&tenant, |_| {}), 7_000_222);
}

#[test]
fn a_token_ends_in_virtual_time_and_serves_one_audience() {
    let mut desk = Desk::new();
    assert_eq!(desk.get("/organization").status, 200);
    desk.tenant.clock().advance(Period::minutes(61));
    let seen = desk.get("/organization");
    assert_eq!((seen.status, seen.code()), (401, "InvalidAuthenticationToken"));
    let app = desk.tenant.app();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &*app.client_id),
        ("client_secret", &*app.secret),
        ("scope", "https://outlook.office365.com/.default"),
    ];
    desk.token = token(&desk.tenant, &form).unwrap();
    assert_eq!(desk.get("/organization").status, 401, "a token for Exchange");
    desk.token = format!("{}x", Desk::as_is(desk.tenant.clone()).token);
    assert_eq!(desk.get("/organization").status, 401, "a forged signature");
}

#[test]
fn the_recorder_keeps_no_secret() {
    let desk = Desk::new();
    desk.get("/organization");
    let secret = desk.tenant.app().secret;
    let kept = format!("{:?}", desk.tenant.recorder().all());
    assert!(!kept.contains(&secret) && !kept.contains(&desk.token));
    let rows = desk.tenant.recorder().all();
    assert_eq!(rows[1].principal.as_deref(), Some(&*format!("app {}", desk.tenant.app().client_id)));
}
