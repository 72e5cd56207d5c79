//! What is sent, and what is known after answers that were lost or wrong.

use super::*;
use crate::answer::Body;

#[tokio::test]
async fn a_request_arrives_as_it_was_described() {
    let settings = Settings { tell_priority: true, ..Settings::default() };
    let answers = [reply_with(200, &[("request-id", "r-1")], r#"{"id":"x"}"#)];
    let bench = bench_with(answers, Quotas::default(), settings);
    let call = Call { fresh: true, ..call().priority(Priority::Containment) };
    let request = write(Idempotency::Safe)
        .header(HeaderName::from_static("prefer"), HeaderValue::from_static("return=minimal"));
    let answer = bench.client.send(&call, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.json().unwrap(), &json!({ "id": "x" }));
    assert_eq!(answer.request_id().as_deref(), Some("r-1"));
    assert_eq!(answer.date().unwrap().to_string(), "2026-11-30T12:00:00Z");
    assert!(!answer.repeated());

    let sent = &bench.script.seen()[0];
    assert_eq!(sent.method(), http::Method::PATCH);
    assert_eq!(sent.uri(), "https://graph.microsoft.com/v1.0/users/0f8b1c2d-3e4f-4051-9263-748596a7b8c9");
    assert_eq!(sent.body(), r#"{"accountEnabled":false}"#);
    assert!(sent.extensions().get::<Fresh>().is_some());
    for (name, value) in [
        ("authorization", "Bearer canary-1"),
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("client-request-id", "call-1"),
        ("x-ms-throttle-priority", "High"),
        ("prefer", "return=minimal"),
    ] {
        assert_eq!(sent.headers()[name], value);
    }
    assert!(sent.headers()["user-agent"].to_str().unwrap().starts_with("NONISV|offboard|"));
}

#[tokio::test]
async fn a_lost_answer_says_what_is_known() {
    let kinds = |reached| [Kind::Unavailable, reached, reached];
    for (reached, wanted, sent) in [
        (Reached::NotSent, kinds(Kind::Unavailable), [5, 5, 5]),
        (Reached::MaybeSent, kinds(Kind::Indeterminate), [5, 5, 1]),
        (Reached::Answered, [Kind::Protocol, Kind::Indeterminate, Kind::Indeterminate], [1, 1, 1]),
    ] {
        for (((idempotency, request), kind), count) in all().into_iter().zip(wanted).zip(sent) {
            let bench = bench((0..5).map(|_| lost(reached)));
            let error = bench.client.send(&call(), request).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{reached:?} {idempotency:?}");
            assert_eq!(bench.script.count(), count, "{reached:?} {idempotency:?}");
        }
    }
}

#[tokio::test]
async fn a_server_error_is_asked_again_unless_it_must_not_happen_twice() {
    for status in [408, 500, 502, 504] {
        let wanted = [(Kind::Unavailable, 5), (Kind::Indeterminate, 5), (Kind::Indeterminate, 1)];
        for ((idempotency, request), (kind, count)) in all().into_iter().zip(wanted) {
            let bench = bench((0..5).map(|_| reply_with(status, &[("request-id", "r-9")], "<html>")));
            let error = bench.client.send(&call(), request).await.unwrap_err();
            assert_eq!((error.kind(), bench.script.count()), (kind, count), "{status} {idempotency:?}");
            assert_eq!(error.failure.request_id.as_deref(), Some("r-9"));
        }
    }
}

#[tokio::test]
async fn a_service_may_stumble_in_prose() {
    let body = r#"{"error":{"code":"UnableToWriteToAadException","message":"canary"}}"#;
    let verdict = |answer: &Answer| match answer.code() {
        Some("UnableToWriteToAadException") => Verdict::Transient,
        _ => status::verdict(answer.status()),
    };
    let wanted = [(Kind::Unavailable, 5), (Kind::Indeterminate, 5), (Kind::Indeterminate, 1)];
    for ((idempotency, request), (kind, count)) in all().into_iter().zip(wanted) {
        let settings = Settings { verdict, ..Settings::default() };
        let bench = bench_with((0..5).map(|_| reply(400, body)), Quotas::default(), settings);
        let error = bench.client.send(&call(), request).await.unwrap_err();
        assert_eq!((error.kind(), bench.script.count()), (kind, count), "{idempotency:?}");
        assert_eq!(error.failure.code.as_deref(), Some("UnableToWriteToAadException"));
    }
}

#[tokio::test]
async fn pauses_grow() {
    let bench = bench((0..5).map(|_| lost(Reached::NotSent)));
    bench.client.send(&call(), read()).await.unwrap_err();
    assert_eq!(bench.clock.passed(), Period::millis(500 + 1_000 + 2_000 + 4_000));
}

#[tokio::test]
async fn an_answer_after_a_lost_one_says_so() {
    for (first, repeated) in
        [(lost(Reached::MaybeSent), true), (reply(504, ""), true), (lost(Reached::NotSent), false)]
    {
        let bench = bench([first, reply(404, "{}")]);
        let answer = bench.client.send(&call(), write(Idempotency::Safe)).await.unwrap();
        assert_eq!(answer.repeated(), repeated);
        assert_eq!((answer.status().as_u16(), answer.attempts()), (404, 2));
    }
}

#[tokio::test]
async fn a_write_that_was_in_doubt_once_stays_in_doubt() {
    let throttled = || reply_with(429, &[("retry-after", "600")], "");
    for last in [lost(Reached::NotSent), throttled(), reply(503, "")] {
        let settings = Settings { attempts: 2, ..Settings::default() };
        let bench = bench_with([lost(Reached::MaybeSent), last], Quotas::default(), settings);
        let error = bench.client.send(&call(), write(Idempotency::Safe)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Indeterminate, "{error}");
    }
}

#[tokio::test]
async fn other_answers_are_the_adapters_to_read() {
    for status in [200, 204, 301, 302, 307, 400, 403, 404, 405, 409, 412, 423, 424, 501] {
        for (_, request) in all() {
            let bench = bench([reply_with(status, &[("location", "https://evil.example/")], "")]);
            let answer = bench.client.send(&call(), request).await.unwrap();
            assert_eq!(answer.status().as_u16(), status);
            assert_eq!(bench.script.count(), 1, "no redirect is followed, nothing is retried");
        }
    }
}

#[tokio::test]
async fn any_body_is_survived() {
    for (body, kind) in [
        ("<html>proxy</html>", Kind::Protocol),
        ("You have reached the maximum number of requests", Kind::Protocol),
        ("\u{1f}\u{8b}\0\0\0", Kind::Protocol),
        ("", Kind::Protocol),
        (&"[".repeat(100), Kind::Protocol),
    ] {
        let ok = bench([reply(200, body)]).client.send(&call(), read()).await.unwrap();
        assert_eq!(ok.json().unwrap_err().kind(), kind, "{body:?}");
        let refused = bench([reply(403, body)]).client.send(&call(), read()).await.unwrap();
        assert_eq!(refused.json().unwrap_err().kind(), Kind::PermissionDenied, "{body:?}");
        let wrote = bench([reply(200, body)]).client.send(&call(), write(Idempotency::Safe)).await.unwrap();
        assert_eq!(wrote.json().unwrap_err().kind(), Kind::Indeterminate, "{body:?}");
    }
    let answer = bench([reply(500 - 100, "a\r\nb")]).client.send(&call(), read()).await.unwrap();
    assert_eq!(answer.text(3).as_deref(), Some("a  "));
    assert!(matches!(answer.body(), Body::Other(..)));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let challenge = r#"Bearer error="insufficient_claims", claims="eyJhIjoxfQ==""#;
    let bench = bench([reply_with(401, &[("www-authenticate", challenge)], "{}"), reply(200, "{}")]);
    bench.client.send(&call(), write(Idempotency::Once)).await.unwrap();
    assert_eq!(*bench.asked.lock().unwrap(), [None, Some(r#"{"a":1}"#.to_owned())]);
    let sent: Vec<_> = bench.script.seen().iter().map(|r| r.headers()["authorization"].clone()).collect();
    assert_eq!(sent, ["Bearer canary-1", "Bearer canary-2"]);
}

#[tokio::test]
async fn a_token_refused_twice_is_the_answer() {
    let bench = bench([reply(401, "{}"), reply(401, "{}")]);
    let answer = bench.client.send(&call(), read()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(bench.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn retries_stay_within_the_budget_and_containment_does_not_need_it() {
    let bench = bench((0..600).map(|_| reply(500, "")));
    let mut last = 0;
    for _ in 0..100 {
        let before = bench.script.count();
        bench.client.send(&call(), read()).await.unwrap_err();
        last = bench.script.count() - before;
    }
    assert_eq!(bench.script.count(), 100 + 10 + 20);
    assert_eq!(last, 1 + usize::from(100 % 5 == 0));
    let before = bench.script.count();
    let urgent = call().priority(Priority::Containment);
    bench.client.send(&urgent, read()).await.unwrap_err();
    assert_eq!(bench.script.count() - before, 5);
}

#[tokio::test]
async fn a_transport_that_never_answers_is_left() {
    #[derive(Debug)]
    struct Silent;
    #[async_trait::async_trait]
    impl Transport for Silent {
        async fn send(&self, _: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            std::future::pending().await
        }
    }
    let bench = bench([]);
    let wire = Wire { transport: Arc::new(Silent), ..bench.wire };
    let client = Client::new("graph", wire, bench.client.audience().clone(), Settings::default());
    let error = client.send(&call(), write(Idempotency::Once)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Indeterminate);
    assert_eq!(bench.clock.passed(), Period::seconds(100));
}

#[tokio::test]
async fn every_attempt_is_observed_without_names() {
    let bench = bench([reply(500, ""), reply_with(200, &[("request-id", "r-2")], "{}")]);
    bench.client.send(&call(), read()).await.unwrap();
    let seen = bench.seen.0.lock().unwrap();
    let told: Vec<_> = seen.iter().map(|a| (a.number, a.status.map(|s| s.as_u16()), a.template)).collect();
    assert_eq!(told, [(1, Some(500), "/users"), (2, Some(200), "/users")]);
    assert_eq!(seen[1].request_id.as_deref(), Some("r-2"));
}

#[tokio::test]
async fn a_list_is_read_by_the_client_and_stays_with_its_service() {
    fn must_be_send<T: Send>(future: T) -> T {
        future
    }
    let json = |answer: Answer| answer.json().cloned();
    let next = format!(r#"{{"value":[1],"@odata.nextLink":"{USERS}?$skiptoken=a"}}"#);
    let good = bench([reply(200, &next), reply(200, r#"{"value":[2]}"#)]);
    let post = Request { method: http::Method::POST, ..read() }.json(json!({ "CmdletInput": {} }));
    let call = call();
    let items = must_be_send(crate::page::all(&good.client, &call, post, json)).await.unwrap();
    assert_eq!(items, [json!(1), json!(2)]);
    let seen = good.script.seen();
    assert_eq!(seen[1].uri(), &*format!("{USERS}?$skiptoken=a"));
    assert_eq!((seen[1].method(), seen[1].body()), (seen[0].method(), seen[0].body()));

    let bad = bench([reply(200, r#"{"value":[1],"@odata.nextLink":"https://evil.example/"}"#)]);
    let error = crate::page::all(&bad.client, &call, read(), json).await.unwrap_err();
    assert_eq!((error.kind(), error.failure.code.as_deref()), (Kind::Protocol, Some("next_link_foreign")));
    assert_eq!(bad.script.count(), 1);
}
