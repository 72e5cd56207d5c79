//! Whatever was true at a time can be seen again.

use offboard_core::time::{Clock, Period};
use serde_json::json;

use crate::desk::Desk;

#[test]
fn the_truth_at_an_earlier_time_is_kept() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    let before = desk.tenant.clock().now();
    desk.tenant.clock().advance(Period::hours(1));
    let desk = Desk::at(desk.tenant.clone());
    desk.patch(&format!("/users/{alex}"), json!({ "accountEnabled": false }));
    let after = desk.tenant.clock().now();
    assert!(desk.tenant.world_at(before).users.get(&alex).unwrap().account_enabled);
    assert!(!desk.tenant.world_at(after).users.get(&alex).unwrap().account_enabled);
    let versions = desk.tenant.versions();
    assert!(versions.is_sorted_by_key(|version| version.at));
    assert!(versions.iter().any(|version| version.what.starts_with("PATCH /v1.0/users/")));
}

#[test]
fn looking_makes_no_version() {
    let desk = Desk::new();
    let count = desk.tenant.versions().len();
    desk.get("/users");
    desk.tenant.world(|world| world.users.len());
    assert_eq!(desk.tenant.versions().len(), count);
}

#[test]
fn a_dropped_request_may_or_may_not_have_happened_and_is_recorded() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    for (pauses, happened) in [(1, false), (2, true)] {
        desk.tenant.world(|world| world.users.get_mut(&alex).unwrap().account_enabled = true);
        let request = http::Request::patch(format!("https://graph.microsoft.com/v1.0/users/{alex}"))
            .header("authorization", format!("Bearer {}", desk.token))
            .header("content-type", "application/json")
            .body(bytes::Bytes::from_static(b"{\"accountEnabled\":false}"))
            .unwrap();
        let transport = desk.tenant.transport();
        let clock = desk.tenant.clock();
        let mut left = pauses;
        clock.block_on(async {
            let mut sending = transport.send(request);
            futures_util::future::poll_fn(|cx| {
                assert!(sending.as_mut().poll(cx).is_pending());
                left -= 1;
                if left == 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
        });
        assert_eq!(desk.tenant.world(|world| !world.users.get(&alex).unwrap().account_enabled), happened);
        let last = desk.tenant.recorder().all().pop().unwrap();
        assert!(last.answered.is_some() && last.status.is_none());
    }
}
