//! What is written is so afterwards.

use futures_util::future::join3;
use offboard_core::failure::Kind;
use offboard_core::id::UserId;
use offboard_core::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience};
use offboard_core::ports::directory::Password;
use offboard_core::ports::{Directory, LicensePort, Replies};

use crate::bench::{Bench, call, containment};

fn enabled(bench: &Bench, id: UserId) -> bool {
    bench.tenant.world(|world| world.users.get(&id).unwrap().account_enabled)
}

#[test]
fn a_lock_out_is_one_request() {
    let bench = Bench::new();
    let alex = bench.id("alex@contoso.com");
    let before = bench.tenant.world(|world| world.users.get(&alex).unwrap().clone());
    let (graph, call) = (&bench.graph, containment());
    let password = Password::new("aB3$-a-long-enough-password-9".into());
    let (block, reset, revoke) = bench.run(join3(
        graph.set_account_enabled(&call, alex, false),
        graph.reset_password(&call, alex, &password),
        graph.revoke_sign_in_sessions(&call, alex),
    ));
    for receipt in [block.unwrap(), reset.unwrap(), revoke.unwrap()] {
        assert_eq!(receipt.call, call.id);
        assert!(receipt.request_id.is_some() && receipt.date.is_some());
    }
    let after = bench.tenant.world(|world| world.users.get(&alex).unwrap().clone());
    assert!(!after.account_enabled && after.force_change_password);
    assert_ne!(after.password, before.password);
    assert!(after.sign_in_sessions_valid_from >= before.sign_in_sessions_valid_from);
    assert_eq!(bench.sent(), ["POST /$batch"]);
}

#[test]
fn signing_in_can_be_permitted_again() {
    let bench = Bench::new();
    let alex = bench.id("alex@contoso.com");
    for wanted in [false, true] {
        bench.run(bench.graph.set_account_enabled(&call(), alex, wanted)).unwrap();
        assert_eq!(enabled(&bench, alex), wanted);
    }
}

#[test]
fn a_refusal_for_somebody_privileged_names_the_role() {
    let bench = Bench::new();
    let nestor = bench.id("nestor@contoso.com");
    bench.tenant.world(|world| {
        let app = world.service_principals.keys()[0];
        let held: Vec<String> = world
            .role_assignments
            .values()
            .filter(|held| held.principal.id() == app.to_string())
            .map(|held| held.id.clone())
            .collect();
        for id in held {
            world.role_assignments.remove(&id);
        }
    });
    let failed = bench.run(bench.graph.set_account_enabled(&call(), nestor, false)).unwrap_err();
    assert_eq!(failed.kind(), Kind::PermissionDenied);
    assert_eq!(failed.failure.code.as_deref(), Some("Authorization_RequestDenied"));
    assert!(failed.failure.hint.unwrap().contains("Privileged Authentication Administrator"));
    assert!(enabled(&bench, nestor));
}

#[test]
fn nobody_can_be_blocked() {
    let bench = Bench::new();
    let failed =
        bench.run(bench.graph.set_account_enabled(&call(), UserId::from_u128(1), false)).unwrap_err();
    assert_eq!(failed.kind(), Kind::NotFound);
}

#[test]
fn licenses_go_and_come_back_as_they_were() {
    let bench = Bench::new();
    let alex = bench.id("alex@contoso.com");
    let before = bench.run(bench.graph.licenses(&call(), alex)).unwrap().unwrap();
    let skus: Vec<_> = before.direct().map(|direct| direct.sku_id).collect();
    assert_eq!(skus.len(), 2);
    bench.run(bench.graph.remove(&call(), alex, &skus)).unwrap();
    assert!(bench.tenant.world(|world| world.users.get(&alex).unwrap().direct_licenses.is_empty()));
    // Once more: the service refuses, and the reading says that it is so.
    let again = bench.run(bench.graph.remove(&call(), alex, &skus)).unwrap();
    assert_eq!(again.warnings.len(), 1);
    bench.run(bench.graph.assign(&call(), alex, &before.assignments)).unwrap();
    let after = bench.run(bench.graph.licenses(&call(), alex)).unwrap().unwrap();
    assert_eq!(after, before);
}

#[test]
fn an_inherited_license_cannot_be_removed_directly() {
    let bench = Bench::new();
    let gerhart = bench.id("gerhart@contoso.com");
    let licenses = bench.run(bench.graph.licenses(&call(), gerhart)).unwrap().unwrap();
    let sku = licenses.inherited().next().unwrap().sku_id;
    let failed = bench.run(bench.graph.remove(&call(), gerhart, &[sku])).unwrap_err();
    assert_eq!(failed.kind(), Kind::InvalidRequest);
    assert!(failed.failure.hint.unwrap().contains("licensing group"));
}

#[test]
fn replies_are_as_they_were_set_and_as_they_were_before() {
    let bench = Bench::new();
    let zoe = bench.id("zoe@contoso.com");
    let before = bench.run(bench.graph.automatic_replies(&call(), zoe)).unwrap().unwrap();
    let wanted = AutomaticReplies {
        state: AutoReplyState::Enabled,
        internal_message: "<p>Zoe has left; write to Megan & Alex's team.</p>".into(),
        external_message: "<p>\u{201c}Zoe\u{201d} has left.</p>".into(),
        external_audience: ExternalAudience::All,
        start_time: None,
        end_time: None,
    };
    for replies in [wanted, before] {
        bench.run(bench.graph.set_automatic_replies(&call(), zoe, &replies)).unwrap();
        assert_eq!(bench.run(bench.graph.automatic_replies(&call(), zoe)).unwrap().unwrap(), replies);
    }
}

#[test]
fn a_synced_person_can_be_blocked_in_the_cloud() {
    let bench = Bench::new();
    let diego = bench.id("diego@contoso.com");
    bench.run(bench.graph.set_account_enabled(&call(), diego, false)).unwrap();
    assert!(!enabled(&bench, diego));
}
