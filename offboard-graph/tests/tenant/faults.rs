//! What goes wrong on the way, and what is then said: never more than is known.

use futures_util::future::{join, join_all, join3};
use http::Method;
use offboard_core::failure::{Kind, ProviderError};
use offboard_core::id::UserId;
use offboard_core::ports::directory::Password;
use offboard_core::ports::{Answer, Directory, Receipt, Workloads};
use offboard_core::time::{Clock, Period};
use offboard_sim::{Fault, Matcher};

use crate::bench::{Bench, call, containment};

fn lock_out(bench: &Bench, id: UserId) -> [Answer<Receipt>; 3] {
    let (graph, call) = (&bench.graph, containment());
    let password = Password::new("aB3$-a-long-enough-password-9".into());
    let (block, reset, revoke) = bench.run(join3(
        graph.set_account_enabled(&call, id, false),
        graph.reset_password(&call, id, &password),
        graph.revoke_sign_in_sessions(&call, id),
    ));
    [block, reset, revoke]
}

fn kinds(outcomes: &[Answer<Receipt>; 3]) -> [Option<Kind>; 3] {
    outcomes.each_ref().map(|outcome| outcome.as_ref().err().map(ProviderError::kind))
}

fn blocked(bench: &Bench, id: UserId) -> bool {
    bench.tenant.world(|world| !world.users.get(&id).unwrap().account_enabled)
}

#[test]
fn a_lock_out_whose_answer_is_lost_is_sent_again() {
    let bench = Bench::new();
    let alex = bench.id("alex@contoso.com");
    bench.tenant.faults().once(Matcher::graph(&Method::POST, "/$batch"), Fault::DropAnswer);
    assert_eq!(kinds(&lock_out(&bench, alex)), [None; 3]);
    assert!(blocked(&bench, alex));
    assert_eq!(bench.sent(), ["POST /$batch", "POST /$batch"]);
}

#[test]
fn a_lock_out_whose_answers_are_all_lost_is_not_known_to_have_failed() {
    let bench = Bench::new();
    let alex = bench.id("alex@contoso.com");
    bench.tenant.faults().always(Matcher::graph(&Method::POST, "/$batch"), Fault::DropAnswer);
    assert_eq!(kinds(&lock_out(&bench, alex)), [Some(Kind::Indeterminate); 3]);
    assert!(blocked(&bench, alex), "it happened, and nobody said that it did not");
}

#[test]
fn one_throttled_part_waits_alone() {
    let bench = Bench::new();
    let alex = bench.id("alex@contoso.com");
    let path = format!("/users/{alex}/revokeSignInSessions");
    bench.tenant.faults().once(Matcher::graph(&Method::POST, &path), Fault::throttled(Some("5")));
    let started = bench.tenant.clock().now();
    assert_eq!(kinds(&lock_out(&bench, alex)), [None; 3]);
    assert!(bench.tenant.clock().now().since(started) >= Period::seconds(5));
    assert_eq!(bench.sent(), ["POST /$batch".to_owned(), format!("POST {path}")]);
}

#[test]
fn a_part_without_an_answer_is_unknown_and_the_others_are_not() {
    let bench = Bench::new();
    let alex = bench.id("alex@contoso.com");
    bench.tenant.faults().once(Matcher::graph(&Method::PATCH, "/users/*"), Fault::MissingPart);
    assert_eq!(kinds(&lock_out(&bench, alex)), [Some(Kind::Indeterminate), None, None]);
    assert!(blocked(&bench, alex));
}

#[test]
fn a_refused_password_keeps_nothing_from_being_done() {
    for status in [400, 403, 500, 503] {
        let bench = Bench::new();
        let alex = bench.id("alex@contoso.com");
        // The second PATCH of each batch, and whatever is sent of it afterwards, is the password.
        let reset = Matcher::graph(&Method::PATCH, "/users/*").about("passwordProfile");
        bench.tenant.faults().always(reset, Fault::status(status));
        let outcomes = lock_out(&bench, alex);
        assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{status}: {outcomes:?}");
        assert!(outcomes[1].is_err(), "{status}");
        assert!(blocked(&bench, alex));
    }
}

#[test]
fn a_sign_in_page_is_not_an_answer() {
    let bench = Bench::new();
    let alex = bench.id("alex@contoso.com");
    bench.tenant.faults().always(Matcher::graph(&Method::PATCH, "/users/*"), Fault::Html);
    let failed = bench.run(bench.graph.set_account_enabled(&call(), alex, false)).unwrap_err();
    assert_eq!(failed.kind(), Kind::Indeterminate);
    bench.tenant.faults().clear();
    bench.tenant.faults().always(Matcher::graph(&Method::GET, "/users/*"), Fault::Html);
    assert_eq!(bench.run(bench.graph.user(&call(), alex)).unwrap_err().kind(), Kind::Protocol);
}

#[test]
fn readings_that_fail_are_unknown_and_never_none() {
    let ways = [
        Fault::status(403),
        Fault::status(404),
        Fault::status(405),
        Fault::status(500),
        Fault::status(501),
        Fault::throttled(None),
        Fault::Refuse,
        Fault::DropAnswer,
        Fault::Truncated,
        Fault::Html,
        Fault::EmptyOk,
    ];
    for fault in ways {
        let bench = Bench::new();
        let (graph, call, adele) = (&bench.graph, call(), bench.id("adele@contoso.com"));
        bench.tenant.faults().always(Matcher::reads(), fault.clone());
        bench.tenant.faults().always(Matcher::graph(&Method::POST, "/$batch"), fault.clone());
        let now = bench.tenant.clock().now();
        // "Not found" from a service that says nothing more may be a proxy's; the usual body is Graph's own.
        if fault != Fault::status(404) {
            let users = bench.run(join_all([adele, adele].map(|id| graph.user(&call, id))));
            assert!(users.iter().all(Result::is_err), "{fault:?}: {users:?}");
            let failed = bench.run(graph.drive(&call, adele)).unwrap_err();
            assert_ne!(failed.kind(), Kind::Unsupported, "{fault:?} would be taken for `not offered`");
            let failed = bench.run(graph.meetings(&call, adele, now)).unwrap_err();
            assert_ne!(failed.kind(), Kind::Unsupported, "{fault:?}");
        }
        let failed = bench.run(graph.phone_numbers(&call, adele)).unwrap_err();
        assert_ne!(failed.kind(), Kind::Unsupported, "{fault:?}");
    }
}

#[test]
fn a_throttled_onedrive_holds_up_nobody_else() {
    let bench = Bench::new();
    let (graph, alex) = (&bench.graph, bench.id("alex@contoso.com"));
    bench
        .tenant
        .faults()
        .always(Matcher::graph(&Method::GET, "/users/*/drive"), Fault::throttled(Some("600")));
    let (reading, urgent) = (call(), containment());
    let started = bench.tenant.clock().now();
    let (drive, user, block) = bench.run(join3(
        graph.drive(&reading, alex),
        graph.user(&reading, alex),
        graph.set_account_enabled(&urgent, alex, false),
    ));
    assert_eq!(drive.unwrap_err().kind(), Kind::Throttled);
    assert!(user.is_ok() && block.is_ok());
    let block = bench.tenant.recorder().all().into_iter().find(|row| row.method == Method::PATCH).unwrap();
    assert!(block.at.since(started) < Period::seconds(1));
}

#[test]
fn a_stop_reaches_a_write_that_waits_in_a_batch_and_no_other() {
    let bench = Bench::new();
    let (graph, clock) = (&bench.graph, bench.tenant.clock());
    let (alex, adele) = (bench.id("alex@contoso.com"), bench.id("adele@contoso.com"));
    bench.tenant.faults().once(Matcher::graph(&Method::GET, "/users/*"), Fault::throttled(Some("30")));
    let (reading, stopped, going) = (call(), call(), call());
    let started = clock.now();
    let (read, (refused, done), ()) = bench.run(join3(
        graph.user(&reading, alex),
        async {
            clock.sleep_until(started + Period::seconds(1)).await;
            join(
                graph.set_account_enabled(&stopped, alex, false),
                graph.set_account_enabled(&going, adele, false),
            )
            .await
        },
        async {
            clock.sleep_until(started + Period::seconds(2)).await;
            stopped.stop.stop();
        },
    ));
    assert!(read.is_ok() && done.is_ok());
    assert_eq!(refused.unwrap_err().failure.code.as_deref(), Some("stopped"));
    assert!(!blocked(&bench, alex) && blocked(&bench, adele));
    let writes: Vec<_> = bench.tenant.recorder().all().into_iter().filter(|row| row.is_mutating()).collect();
    assert_eq!(writes.len(), 1);
    assert!(writes[0].at.since(started) >= Period::seconds(30), "it did wait");
}
