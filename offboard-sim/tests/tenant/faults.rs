//! What goes wrong on purpose.

use http::Method;
use offboard_core::time::{Clock, Period};
use offboard_http::transport::Reached;
use offboard_sim::{Fault, Matcher};
use serde_json::json;

use crate::desk::Desk;

const ALEX: &str = "alex@contoso.com";

fn block(desk: &Desk, upn: &str) -> Result<u16, Reached> {
    let path = format!("/users/{}", desk.id(upn));
    let answer = desk.try_send(Method::PATCH, &path, Some(json!({ "accountEnabled": false })));
    answer.map(|seen| seen.status).map_err(|error| error.reached)
}

fn is_blocked(desk: &Desk, upn: &str) -> bool {
    let id = desk.id(upn);
    desk.tenant.world(|world| !world.users.get(&id).unwrap().account_enabled)
}

#[test]
fn a_lost_answer_hides_a_change_and_a_refused_connection_does_not() {
    let desk = Desk::new();
    desk.tenant.faults().once(Matcher::writes(), Fault::Refuse);
    desk.tenant.faults().once(Matcher::writes().from_nth(2), Fault::ResetBefore);
    desk.tenant.faults().once(Matcher::writes().from_nth(3), Fault::DropAnswer);
    assert_eq!(block(&desk, ALEX), Err(Reached::NotSent));
    assert_eq!(block(&desk, ALEX), Err(Reached::MaybeSent));
    assert!(!is_blocked(&desk, ALEX));
    assert_eq!(block(&desk, ALEX), Err(Reached::MaybeSent));
    assert!(is_blocked(&desk, ALEX));
    let rows = desk.tenant.recorder().mutating();
    assert!(rows.iter().all(|row| row.is_faulted() && row.answered.is_some() && row.status.is_none()));
    assert_eq!(rows.iter().map(|row| row.carried_out.is_some()).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn success_may_be_said_of_nothing() {
    let desk = Desk::new();
    desk.tenant.faults().once(Matcher::writes(), Fault::NothingHappens);
    assert_eq!(block(&desk, ALEX), Ok(204));
    assert!(!is_blocked(&desk, ALEX));
}

#[test]
fn success_may_come_twenty_minutes_early() {
    let desk = Desk::new();
    desk.tenant.faults().once(Matcher::writes(), Fault::Later(Period::minutes(20)));
    assert_eq!(block(&desk, ALEX), Ok(204));
    let said = desk.tenant.clock().now();
    desk.tenant.clock().advance(Period::minutes(19));
    assert!(!is_blocked(&desk, ALEX));
    desk.tenant.clock().advance(Period::minutes(2));
    assert!(is_blocked(&desk, ALEX));
    let id = desk.id(ALEX);
    assert!(desk.tenant.world_at(said + Period::minutes(19)).users.get(&id).unwrap().account_enabled);
    assert!(!desk.tenant.world_at(said + Period::minutes(20)).users.get(&id).unwrap().account_enabled);
}

#[test]
fn directory_sync_may_take_back_what_was_done_and_nothing_else() {
    let desk = Desk::new();
    let id = desk.id(ALEX);
    desk.tenant.faults().once(Matcher::writes(), Fault::RevertedBySync);
    assert_eq!(block(&desk, ALEX), Ok(204));
    desk.tenant.world(|world| {
        let user = world.users.get_mut(&id).unwrap();
        user.department = Some("Elsewhere".to_owned());
    });
    assert!(is_blocked(&desk, ALEX));
    desk.tenant.clock().advance(Period::minutes(31));
    assert!(!is_blocked(&desk, ALEX));
    assert_eq!(
        desk.tenant.world(|world| world.users.get(&id).unwrap().department.clone()).unwrap(),
        "Elsewhere"
    );
}

#[test]
fn answers_may_be_late_broken_or_somebody_elses() {
    let desk = Desk::new();
    let faults = desk.tenant.faults();
    faults.once(Matcher::graph(&Method::GET, "/organization"), Fault::Slow(Period::seconds(100)));
    let began = desk.tenant.clock().now();
    assert_eq!(desk.get("/organization").status, 200);
    assert!(desk.tenant.clock().now().since(began) >= Period::seconds(100));
    for fault in [Fault::Truncated, Fault::Html, Fault::EmptyOk] {
        faults.once(Matcher::graph(&Method::GET, "/organization"), fault.clone());
        let seen = desk.get("/organization");
        assert_eq!((seen.status, seen.body.is_null()), (200, true), "{fault:?}");
    }
    faults.once(Matcher::any(), Fault::TokenExpired);
    assert_eq!(desk.get("/organization").status, 401);
    for after in [None, Some("2.128"), Some("Mon, 30 Nov 2026 09:05:00 GMT"), Some("99999999")] {
        faults.once(Matcher::any(), Fault::throttled(after));
        let seen = desk.get("/organization");
        assert_eq!(seen.status, 429);
        assert_eq!(seen.headers.get("retry-after").map(|value| value.to_str().unwrap()), after);
    }
}

#[test]
fn one_object_may_refuse_to_be_read() {
    let desk = Desk::new();
    let (alex, megan) = (desk.id(ALEX), desk.id("megan@contoso.com"));
    desk.tenant.faults().always(Matcher::reads().about(alex), Fault::status(503));
    assert_eq!(desk.get(&format!("/users/{alex}")).status, 503);
    assert_eq!(desk.get(&format!("/users/{megan}")).status, 200);
    desk.tenant.faults().clear();
    assert_eq!(desk.get(&format!("/users/{alex}")).status, 200);
}

#[test]
fn published_quotas_throttle_when_they_are_switched_on() {
    let desk = Desk::new();
    desk.tenant.world(|world| {
        world.timing.quotas = true;
        (world.timing.latency_min, world.timing.latency_max) = (Period::ZERO, Period::ZERO);
    });
    let group = desk.tenant.world(|world| world.groups.keys()[0]);
    let path = format!("/groups/{group}/transitiveMembers");
    let first = (0..=700).position(|_| desk.get(&path).status == 429);
    assert_eq!(first, Some(700), "3,500 units at 5 each");
    desk.tenant.recorder().clear();
    desk.tenant.clock().advance(Period::seconds(11));
    assert_eq!(desk.get("/organization").status, 200);
}
