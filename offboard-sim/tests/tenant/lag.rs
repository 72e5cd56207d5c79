//! Readers that lag behind and disagree, and what comes by itself.

use offboard_core::time::{Clock, Period};
use offboard_sim::Tenant;
use serde_json::json;

use crate::desk::Desk;

#[test]
fn reads_lag_behind_flap_and_agree_in_the_end() {
    let desk = Desk::as_is(Tenant::contoso(5));
    desk.tenant.world(|world| {
        world.timing.read_lag = vec![Period::ZERO, Period::seconds(20), Period::seconds(60)];
    });
    let path = format!("/users/{}", desk.id("alex@contoso.com"));
    assert_eq!(desk.patch(&path, json!({ "accountEnabled": false })).status, 204);
    let read =
        || desk.get(&format!("{path}?$select=accountEnabled")).body["accountEnabled"].as_bool().unwrap();
    let early: Vec<bool> = (0..20).map(|_| read()).collect();
    assert!(early.contains(&true) && early.contains(&false), "{early:?}");
    desk.tenant.clock().advance(Period::seconds(61));
    assert!((0..20).all(|_| !read()));
}

#[test]
fn directory_sync_reverts_what_active_directory_owns() {
    let desk = Desk::new();
    let diego = desk.id("diego@contoso.com");
    let path = format!("/users/{diego}");
    assert_eq!(desk.patch(&path, json!({ "displayName": "Somebody" })).status, 403, "not even permitted");
    assert_eq!(desk.patch(&path, json!({ "accountEnabled": false })).status, 204);
    let seen = |what: &str| desk.get(&format!("{path}?$select={what}")).body[what].clone();
    let before = seen("onPremisesLastSyncDateTime");
    assert_eq!(seen("accountEnabled"), false);
    desk.tenant.clock().advance(Period::minutes(31));
    assert_eq!(seen("accountEnabled"), true, "Active Directory's value is back");
    assert_ne!(seen("onPremisesLastSyncDateTime"), before);
    desk.tenant.world(|world| world.active_directory.get_mut(&diego).unwrap().enabled = false);
    desk.tenant.clock().advance(Period::minutes(31));
    let desk = Desk::at(desk.tenant.clone());
    let seen = |what: &str| desk.get(&format!("{path}?$select={what}")).body[what].clone();
    assert_eq!(seen("accountEnabled"), false, "disabled there, it stays disabled here");
}

#[test]
fn a_synced_mailbox_is_turned_back_and_then_disconnected_without_a_license() {
    let desk = Desk::new();
    let diego = desk.id("diego@contoso.com");
    desk.tenant.world(|world| {
        world.mailbox_of_mut(&diego).unwrap().recipient_type =
            offboard_sim::world::RecipientType::SharedMailbox;
        world.users.get_mut(&diego).unwrap().direct_licenses.clear();
        world.licenses_changed(&diego);
        assert!(world.mailbox_of(&diego).unwrap().is_active(), "small and shared, it needs none");
    });
    desk.tenant.clock().advance(Period::minutes(31));
    assert!(!desk.tenant.world(|world| world.mailbox_of(&diego).unwrap().is_active()));
}

#[test]
fn the_same_seed_takes_the_same_course() {
    let course = |seed| {
        let desk = Desk::as_is(Tenant::contoso(seed));
        let alex = desk.tenant.world(|world| world.user_by_upn("alex@contoso.com").unwrap().id);
        desk.patch(&format!("/users/{alex}"), json!({ "accountEnabled": false }));
        for _ in 0..5 {
            desk.get(&format!("/users/{alex}?$select=id,accountEnabled"));
        }
        desk.post(
            "/$batch",
            json!({ "requests": [
                { "id": "1", "method": "GET", "url": "/organization" },
                { "id": "2", "method": "GET", "url": "/domains" },
            ]}),
        );
        let now = desk.tenant.clock().now();
        (format!("{:?}", desk.tenant.recorder().all()), now)
    };
    assert_eq!(course(3), course(3));
    assert_ne!(course(3).1, course(4).1);
}
