//! Calls that are made at the same time leave together, and each is judged by itself (P25).

use std::pin::Pin;
use std::task::Poll;

use futures_util::future::{join, join_all};
use http::header::RETRY_AFTER;
use offboard_core::failure::{Kind, ProviderError};
use offboard_core::id::UserId;
use offboard_core::ports::directory::Password;
use offboard_core::ports::{Call, Directory, LicensePort, Receipt, Replies};
use offboard_core::time::Period;
use offboard_http::transport::Reached;
use serde_json::{Value, json};

use crate::support::*;

fn person(n: u128) -> UserId {
    UserId::from_u128(n)
}

/// Blocks people 1 to `n` at the same time, as one wave would.
async fn block(bench: &Bench, n: u128) -> Vec<Result<Receipt, ProviderError>> {
    let calls: Vec<Call> = (1..=n).map(|id| containment(&format!("call-{id}"))).collect();
    let blocks =
        (1..=n).zip(&calls).map(|(id, call)| bench.graph.set_account_enabled(call, person(id), false));
    join_all(blocks).await
}

fn kinds(outcomes: &[Result<Receipt, ProviderError>]) -> Vec<Option<Kind>> {
    outcomes.iter().map(|outcome| outcome.as_ref().err().map(ProviderError::kind)).collect()
}

/// Polls once and no more.
async fn poll_once<T>(future: &mut Pin<Box<dyn Future<Output = T> + Send + '_>>) {
    std::future::poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn readings_of_one_moment_are_one_request() {
    let bench = Bench::new(|seen, _| {
        each(seen, |_, part| {
            let id = part["url"].as_str().unwrap().split(['/', '?']).nth(2).unwrap();
            let mut user = alex();
            user["id"] = json!(id);
            (200, user)
        })
    });
    let call = call();
    let users = join_all((1..=5).map(|id| bench.graph.user(&call, person(id)))).await;
    for (id, user) in (1..=5).zip(users) {
        assert_eq!(user.unwrap().unwrap().id, person(id));
    }
    let parts = bench.only().parts();
    assert_eq!(parts.len(), 5);
    let ids: Vec<&Value> = parts.iter().map(|part| &part["id"]).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5"]);
    assert_eq!(parts[0]["headers"], json!({ "client-request-id": "call-1" }));
}

#[tokio::test]
async fn at_most_twenty_travel_together() {
    let bench = Bench::new(|seen, _| each(seen, |_, _| (204, Value::Null)));
    assert!(block(&bench, 45).await.iter().all(Result::is_ok));
    let sizes: Vec<usize> = bench.seen().iter().map(|seen| seen.parts().len()).collect();
    assert_eq!(sizes, [20, 20, 5]);
}

#[tokio::test]
async fn the_twenty_first_travels_alone() {
    let bench = Bench::new(|seen, _| match seen.path.as_str() {
        "/$batch" => each(seen, |_, _| (204, Value::Null)),
        _ => empty(204),
    });
    assert!(block(&bench, 21).await.iter().all(Result::is_ok));
    assert_eq!(bench.lines(), ["POST /$batch".to_owned(), format!("PATCH /users/{}", person(21))]);
}

#[tokio::test]
async fn a_lock_out_is_one_batch_in_its_order_and_nothing_in_it_depends() {
    let bench = Bench::new(|seen, _| {
        // One part is refused: the others are none the worse.
        each(seen, |_, part| match part["body"]["passwordProfile"].is_object() {
            true => (403, error("Authorization_RequestDenied", "no role")),
            false => (204, Value::Null),
        })
    });
    let (one, two, three) = (containment("c-1"), containment("c-2"), containment("c-3"));
    let password = Password::new("canary".into());
    let (block, (reset, revoke)) = join(
        bench.graph.set_account_enabled(&one, ALEX, false),
        join(
            bench.graph.reset_password(&two, ALEX, &password),
            bench.graph.revoke_sign_in_sessions(&three, ALEX),
        ),
    )
    .await;
    assert_eq!(block.unwrap().call, "c-1");
    assert_eq!(revoke.unwrap().call, "c-3");
    let refused = reset.unwrap_err();
    assert_eq!(refused.kind(), Kind::PermissionDenied);
    assert!(refused.failure.hint.unwrap().contains("User Administrator"));
    let seen = bench.only();
    assert_eq!(seen.header("x-ms-throttle-priority"), Some("High"));
    let parts = seen.parts();
    let lines: Vec<String> = parts.iter().map(line).collect();
    let user = format!("/users/{ALEX}");
    assert_eq!(
        lines,
        [format!("PATCH {user}"), format!("PATCH {user}"), format!("POST {user}/revokeSignInSessions")]
    );
    let ids: Vec<&Value> = parts.iter().map(|part| &part["headers"]["client-request-id"]).collect();
    assert_eq!(ids, ["c-1", "c-2", "c-3"]);
    for part in &parts {
        assert!(
            part.get("dependsOn").is_none() && part["headers"]["x-ms-throttle-priority"] == "High",
            "{part}"
        );
    }
    assert_eq!(parts[0]["headers"]["Content-Type"], "application/json");
    assert!(parts[2].get("body").is_none() && parts[2]["headers"].get("Content-Type").is_none());
}

#[tokio::test]
async fn only_calls_of_a_kind_travel_together() {
    let bench = Bench::new(|seen, _| match (seen.method.as_str(), seen.path.ends_with("mailboxSettings")) {
        ("PATCH", _) => empty(204),
        (_, true) => ok(404, error("ErrorItemNotFound", "no")),
        _ => ok(200, alex()),
    });
    let (normal, urgent) = (call(), containment("urgent"));
    let mut fresh = call();
    fresh.fresh = true;
    // A reading, a fresh one, an urgent one, one from another pool, and two writes of different urgency.
    let readings = join_all([&normal, &fresh, &urgent].map(|call| bench.graph.user(call, ALEX)));
    let writes = join_all([&normal, &urgent].map(|call| bench.graph.set_account_enabled(call, ALEX, true)));
    let (readings, (replies, writes)) =
        join(readings, join(bench.graph.automatic_replies(&normal, ALEX), writes)).await;
    assert!(readings.iter().all(Result::is_ok) && replies.is_ok() && writes.iter().all(Result::is_ok));
    let lines = bench.lines();
    assert_eq!(lines.len(), 6, "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains("$batch")), "{lines:#?}");
}

#[tokio::test]
async fn every_part_has_exactly_one_answer_or_is_unknown() {
    // All subsets of a batch of five that were answered, in reverse order.
    for answered in 0_u32..32 {
        let bench = Bench::new(move |seen, _| {
            let responses: Vec<Value> = seen
                .parts()
                .iter()
                .enumerate()
                .filter(|(place, _)| answered & (1 << place) != 0)
                .map(
                    |(place, part)| json!({ "id": part["id"], "status": if place == 3 { 404 } else { 204 } }),
                )
                .rev()
                .collect();
            ok(200, json!({ "responses": responses }))
        });
        let wanted: Vec<Option<Kind>> = (0..5)
            .map(|place| match (answered & (1 << place) != 0, place) {
                (false, _) => Some(Kind::Indeterminate),
                (true, 3) => Some(Kind::NotFound),
                (true, _) => None,
            })
            .collect();
        assert_eq!(kinds(&block(&bench, 5).await), wanted, "{answered:05b}");
        assert_eq!(bench.seen().len(), 1);
    }
}

#[tokio::test]
async fn answers_that_cannot_be_matched_are_none() {
    let stranger =
        json!({ "responses": [{ "id": "1", "status": 204 }, { "id": "9", "status": 204 }] }).to_string();
    let doubled =
        json!({ "responses": [{ "id": "1", "status": 204 }, { "id": "1", "status": 204 }] }).to_string();
    for body in
        [stranger, doubled, "<html>".into(), String::new(), "{}".into(), r#"{"responses":null}"#.into()]
    {
        let (written, read) = (body.clone(), body.clone());
        let bench = Bench::new(move |_, _| Ok((200, vec![], written.clone())));
        assert_eq!(kinds(&block(&bench, 2).await), [Some(Kind::Indeterminate); 2], "{body}");
        let bench = Bench::new(move |_, _| Ok((200, vec![], read.clone())));
        let call = call();
        for outcome in join_all([ALEX, MEGAN].map(|id| bench.graph.user(&call, id))).await {
            assert_eq!(outcome.unwrap_err().kind(), Kind::Unavailable, "{body}");
        }
    }
}

#[tokio::test]
async fn only_what_was_throttled_is_sent_again_and_after_the_longest_wait() {
    let bench = Bench::new(|seen, _| {
        if seen.path != "/$batch" {
            return empty(204);
        }
        let responses: Vec<Value> = seen
            .parts()
            .iter()
            .map(|part| match part["id"].as_str().unwrap() {
                "2" => json!({ "id": "2", "status": 429, "headers": { "Retry-After": "3" } }),
                "4" => json!({ "id": "4", "status": 429, "headers": { RETRY_AFTER.as_str(): "7" } }),
                id => json!({ "id": id, "status": 204 }),
            })
            .collect();
        ok(200, json!({ "responses": responses }))
    });
    assert!(block(&bench, 4).await.iter().all(Result::is_ok));
    let seen = bench.seen();
    let lines: Vec<String> = seen.iter().map(Seen::line).collect();
    assert_eq!(
        lines,
        [
            "POST /$batch".to_owned(),
            format!("PATCH /users/{}", person(2)),
            format!("PATCH /users/{}", person(4))
        ]
    );
    for again in &seen[1..] {
        assert!(again.at.since(start()) >= Period::seconds(7), "{:?}", again.at);
    }
}

#[tokio::test]
async fn a_part_that_met_a_fault_is_sent_again_alone() {
    for status in [401, 424, 500, 502, 503, 504, 509] {
        let bench = Bench::new(move |seen, _| match seen.path.as_str() {
            "/$batch" => each(seen, |line, _| match line.ends_with('1') {
                true => (status, error("serviceNotAvailable", "later")),
                false => (204, Value::Null),
            }),
            _ => empty(204),
        });
        assert_eq!(kinds(&block(&bench, 2).await), [None, None], "{status}");
        assert_eq!(
            bench.lines(),
            ["POST /$batch".to_owned(), format!("PATCH /users/{}", person(1))],
            "{status}"
        );
    }
}

#[tokio::test]
async fn after_a_fault_nobody_says_that_nothing_happened() {
    // The part may have been carried out; its second attempt never left.
    let bench = Bench::new(|seen, _| match seen.path.as_str() {
        "/$batch" => each(seen, |_, _| (500, Value::Null)),
        _ => Err(Reached::NotSent),
    });
    assert_eq!(kinds(&block(&bench, 2).await), [Some(Kind::Indeterminate); 2]);
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_may_have_been_carried_out() {
    for (reply, written, read) in [
        (Err(Reached::MaybeSent), Kind::Indeterminate, Kind::Unavailable),
        (Err(Reached::NotSent), Kind::Unavailable, Kind::Unavailable),
        (empty(503), Kind::Indeterminate, Kind::Unavailable),
        (empty(500), Kind::Indeterminate, Kind::Unavailable),
        (empty(429), Kind::Indeterminate, Kind::Throttled),
        (empty(401), Kind::Unauthenticated, Kind::Unauthenticated),
    ] {
        let (one, two) = (reply.clone(), reply.clone());
        let bench = Bench::new(move |_, _| one.clone());
        assert_eq!(kinds(&block(&bench, 2).await), [Some(written); 2], "{reply:?}");
        assert!(bench.lines().iter().all(|line| line == "POST /$batch"));
        let bench = Bench::new(move |_, _| two.clone());
        let call = call();
        for outcome in join_all([ALEX, MEGAN].map(|id| bench.graph.user(&call, id))).await {
            assert_eq!(outcome.unwrap_err().kind(), read, "{reply:?}");
        }
    }
}

#[tokio::test]
async fn one_bad_part_does_not_keep_the_others_from_being_tried() {
    let bench = Bench::new(|seen, _| match seen.path.as_str() {
        "/$batch" => ok(400, error("BadRequest", "Invalid batch payload format.")),
        path if path.ends_with('1') => ok(400, error("Request_BadRequest", "no")),
        _ => empty(204),
    });
    assert_eq!(kinds(&block(&bench, 3).await), [Some(Kind::InvalidRequest), None, None]);
    assert_eq!(bench.seen().len(), 4);
}

#[tokio::test]
async fn a_stopped_call_stops_nobody_else() {
    let bench = Bench::new(|_, _| empty(204));
    let (going, stopped, mut late) = (containment("c-1"), containment("c-2"), containment("c-3"));
    stopped.stop.stop();
    late.not_after = Some(start() - Period::seconds(1));
    let outcomes =
        join_all([&stopped, &going, &late].map(|call| bench.graph.set_account_enabled(call, ALEX, false)))
            .await;
    assert_eq!(kinds(&outcomes), [Some(Kind::Refused), None, Some(Kind::Refused)]);
    assert_eq!(bench.only().header("client-request-id"), Some("c-1"));
}

#[tokio::test]
async fn a_call_that_was_dropped_before_the_batch_left_is_not_in_it() {
    let bench = Bench::new(|seen, _| match seen.path.as_str() {
        "/$batch" => each(seen, |_, _| (204, Value::Null)),
        _ => empty(204),
    });
    let calls = [containment("c-1"), containment("c-2"), containment("c-3")];
    let block = |n: usize, id| bench.graph.set_account_enabled(&calls[n], person(id), false);
    let (mut first, mut second, mut third) = (block(0, 1), block(1, 2), block(2, 3));
    poll_once(&mut first).await;
    poll_once(&mut second).await;
    poll_once(&mut third).await;
    drop(first);
    let (second, third) = join(second, third).await;
    assert!(second.is_ok() && third.is_ok());
    let lines: Vec<String> = bench.only().parts().iter().map(line).collect();
    assert_eq!(lines, [format!("PATCH /users/{}", person(2)), format!("PATCH /users/{}", person(3))]);
}

#[tokio::test]
async fn when_all_are_dropped_nothing_leaves_with_the_next() {
    let bench = Bench::new(|_, _| empty(204));
    let call = containment("c-1");
    {
        let mut dropped = bench.graph.set_account_enabled(&call, ALEX, false);
        poll_once(&mut dropped).await;
    }
    bench.graph.set_account_enabled(&call, MEGAN, true).await.unwrap();
    assert_eq!(bench.only().line(), format!("PATCH /users/{MEGAN}"));
}

#[tokio::test]
async fn a_batch_goes_on_when_the_one_that_sent_it_is_dropped() {
    let bench = Bench::new(|seen, _| each(seen, |_, _| (204, Value::Null)));
    let calls = [containment("c-1"), containment("c-2")];
    let block = |n: usize, id| bench.graph.set_account_enabled(&calls[n], person(id), false);
    let (mut first, mut second) = (block(0, 1), block(1, 2));
    poll_once(&mut first).await;
    poll_once(&mut second).await;
    // The first drives the batch until it is on the wire, and goes away.
    poll_once(&mut first).await;
    assert_eq!(bench.seen().len(), 1);
    drop(first);
    second.await.unwrap();
    assert_eq!(bench.only().parts().len(), 2);
}

#[tokio::test]
async fn two_steps_of_one_call_are_two_batches() {
    let bench = Bench::new(|seen, _| {
        each(seen, |line, _| match line.starts_with("POST") {
            true => (400, error("Request_BadRequest", "User does not have a corresponding license.")),
            false => (200, json!({ "assignedLicenses": [], "licenseAssignmentStates": [] })),
        })
    });
    let call = call();
    let removed = join_all([ALEX, MEGAN].map(|id| bench.graph.remove(&call, id, &[E3]))).await;
    assert!(removed.iter().all(Result::is_ok));
    assert_eq!(bench.lines(), ["POST /$batch", "POST /$batch"]);
}
