//! What is never sent.

use super::*;

#[tokio::test]
async fn nothing_leaves_for_another_origin() {
    for url in [
        "https://evil.example/v1.0/users",
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com:444/v1.0/users",
        "https://u@graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com/v1.0/users#x",
    ] {
        let bench = bench([]);
        let error = bench.client.send(&call(), Request::get(Url::parse(url).unwrap(), "/users")).await;
        assert_eq!(error.unwrap_err().kind(), Kind::Refused, "{url}");
        assert_eq!(bench.asked.lock().unwrap().len(), 0, "not even a token is asked for");
    }
}

#[tokio::test]
async fn a_request_elsewhere_carries_no_token() {
    let bench = bench([reply(200, "{}"), reply(401, "{}")]);
    let monitor = Url::parse("https://contoso.sharepoint.com/_api/monitor/1?token=x").unwrap();
    let origin = Origin::of(&monitor).unwrap();
    for _ in 0..2 {
        let request = Request::get(monitor.clone(), "/monitor/{id}").without_token_to(origin.clone());
        bench.client.send(&call(), request).await.unwrap();
    }
    assert!(bench.script.seen().iter().all(|sent| !sent.headers().contains_key("authorization")));
    assert!(bench.asked.lock().unwrap().is_empty());
    let other = Url::parse("https://fabrikam.sharepoint.com/_api/monitor/1").unwrap();
    let request = Request::get(other, "/monitor/{id}").without_token_to(origin);
    assert_eq!(bench.client.send(&call(), request).await.unwrap_err().kind(), Kind::Refused);
}

#[tokio::test]
async fn what_is_denied_is_not_sent() {
    let bench = bench([]);
    let g = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
    let url = Url::parse(&format!("https://graph.microsoft.com/v1.0/groups/{g}/members/{g}")).unwrap();
    let delete = http::Method::DELETE;
    let error = bench
        .client
        .send(&call(), Request::new(delete, url, "/groups/{id}/members/{id}", Idempotency::Safe))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.failure.code.as_deref()), (Kind::Refused, Some("denied")));

    let body =
        json!({ "requests": [{ "id": "1", "method": "DELETE", "url": format!("/groups/{g}/members/{g}") }] });
    let url = Url::parse("https://graph.microsoft.com/v1.0/$batch").unwrap();
    let batch = Request::new(http::Method::POST, url, "/$batch", Idempotency::Safe).json(body);
    assert_eq!(bench.client.send(&call(), batch).await.unwrap_err().kind(), Kind::Refused);
}

#[tokio::test]
async fn headers_of_the_client_are_its_own() {
    for name in RESERVED {
        let request = read().header(name.clone(), HeaderValue::from_static("x"));
        let error = bench([]).client.send(&call(), request).await.unwrap_err();
        assert_eq!(error.failure.code.as_deref(), Some("reserved_header"), "{name}");
    }
    let error = bench([]).client.send(&Call::new("a\r\nb"), read()).await.unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some("call_id"));
}

#[tokio::test]
async fn a_write_is_not_sent_after_its_lease_or_a_stop() {
    for safe in [Idempotency::Safe, Idempotency::Once] {
        let bench = bench([]);
        let late = Call { not_after: Some(bench.clock.now() - Period::micros(1)), ..call() };
        let error = bench.client.send(&late, write(safe)).await.unwrap_err();
        assert_eq!((error.kind(), error.failure.retry), (Kind::Refused, Retry::Later));
        assert_eq!(error.failure.code.as_deref(), Some("lease_ended"));

        let stopped = call();
        stopped.stop.stop();
        let error = bench.client.send(&stopped, write(safe)).await.unwrap_err();
        assert_eq!(error.failure.code.as_deref(), Some("stopped"));
    }
}

#[tokio::test]
async fn reading_goes_on_after_a_stop() {
    let bench = bench([reply(200, "{}")]);
    let call = Call { not_after: Some(bench.clock.now() - Period::seconds(1)), ..call() };
    call.stop.stop();
    bench.client.send(&call, read()).await.unwrap();
}

/// Raises the stop when the first request arrives, and loses its answer.
#[derive(Debug)]
struct Stopping(offboard_core::ports::call::Stop);
#[async_trait::async_trait]
impl Transport for Stopping {
    async fn send(&self, _: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        assert!(!self.0.is_stopped(), "sent after the stop");
        self.0.stop();
        Err(TransportError::new(Reached::MaybeSent, "gone"))
    }
}

#[tokio::test]
async fn the_lease_is_looked_at_after_waiting_and_before_each_attempt() {
    // The token source takes its time.
    let bench = bench([]);
    let time = bench.clock.clone();
    let slow = Callback::new(move |wanted: TokenRequest| {
        time.advance(Period::seconds(50));
        let token = Token::new(Secret::new("t", "t"), time.now() + Period::hours(1), &wanted.audience);
        async move { Ok(token) }
    });
    let tokens = Arc::new(Tokens::new(Arc::new(slow), bench.clock.clone()));
    let wire = Wire { tokens, ..bench.wire.clone() };
    let client = Client::new("graph", wire, bench.client.audience().clone(), Settings::default());
    let lease = Call { not_after: Some(bench.clock.now() + Period::seconds(45)), ..call() };
    let error = client.send(&lease, write(Idempotency::Safe)).await.unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some("lease_ended"));

    // Stopped between two attempts: the first may have been carried out, so nobody says that nothing was.
    let stop = offboard_core::ports::call::Stop::default();
    let wire = Wire { transport: Arc::new(Stopping(stop.clone())), ..bench.wire };
    let client = Client::new("graph", wire, bench.client.audience().clone(), Settings::default());
    let error = client.send(&Call { stop, ..call() }, write(Idempotency::Safe)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Indeterminate);
}

/// Holds, until somebody has taken over.
#[derive(Debug, Default)]
struct Holding(std::sync::atomic::AtomicBool);
#[async_trait::async_trait]
impl offboard_core::ports::Holder for Holding {
    async fn still_holds(&self) -> bool {
        !self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_write_that_waited_while_somebody_took_over_is_not_sent() {
    let slow_bench = |lost: bool| {
        let (bench, holding) = (bench([reply(200, "{}"), reply(200, "{}")]), Arc::new(Holding::default()));
        let (shared, clock) = (holding.clone(), bench.clock.clone());
        // It is taken over while the token is waited for: after everything that could be looked at beforehand.
        let slow = Callback::new(move |wanted: TokenRequest| {
            shared.0.store(lost, std::sync::atomic::Ordering::SeqCst);
            let token = Token::new(Secret::new("t", "t"), clock.now() + Period::hours(1), &wanted.audience);
            async move { Ok(token) }
        });
        let tokens = Arc::new(Tokens::new(Arc::new(slow), bench.clock.clone()));
        let wire = Wire { tokens, ..bench.wire.clone() };
        let client = Client::new("graph", wire, bench.client.audience().clone(), Settings::default());
        let call = Call { mandate: offboard_core::ports::Mandate::of(holding), ..call() };
        (client, call, bench)
    };
    let (client, call, bench) = slow_bench(true);
    let error = client.send(&call, write(Idempotency::Safe)).await.unwrap_err();
    assert_eq!((error.kind(), error.failure.retry), (Kind::Refused, Retry::Later));
    assert_eq!(error.failure.code.as_deref(), Some("taken_over"));
    client.send(&call, read()).await.expect("reading goes on");
    assert_eq!(bench.script.seen().len(), 1);

    let (client, call, _) = slow_bench(false);
    client.send(&call, write(Idempotency::Safe)).await.unwrap();
}

#[tokio::test]
async fn errors_and_debug_show_no_secret_and_no_name() {
    let url = Url::parse("https://graph.microsoft.com/v1.0/users/canary@contoso.com?$filter=canary").unwrap();
    let request = || {
        Request::new(http::Method::PATCH, url.clone(), "/users/{id}", Idempotency::Safe)
            .json(json!({ "passwordProfile": { "password": "canary" } }))
    };
    for answers in [
        vec![
            reply(500, "canary"),
            reply(500, "canary"),
            reply(500, "canary"),
            reply(500, "canary"),
            reply(500, "canary"),
        ],
        vec![lost(Reached::Answered)],
        vec![reply_with(429, &[("retry-after", "999")], "canary")],
    ] {
        let bench = bench(answers);
        let error = bench.client.send(&call(), request()).await.unwrap_err();
        let shown = format!("{error} {error:?} {:?} {:?}", bench.client, bench.wire.tokens);
        assert!(!shown.contains("canary"), "{shown}");
    }
    let answer = bench([reply(400, r#"{"canary":1}"#)]).client.send(&call(), request()).await.unwrap();
    let shown = format!("{answer:?} {:?} {}", answer.failure(), answer.not_understood("x"));
    assert!(!shown.contains("canary"), "{shown}");
}

/// What was logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_show_the_way_of_a_request_and_no_names() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    // Where there is one subscriber, a thread that has none decides for all what is never logged: so there are two.
    let _one = tracing::subscriber::set_default(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    let url = Url::parse("https://graph.microsoft.com/v1.0/users/canary@contoso.com?$filter=canary").unwrap();
    let request = Request::new(http::Method::PATCH, url, "/users/{id}", Idempotency::Safe)
        .header(HeaderName::from_static("x-anchormailbox"), HeaderValue::from_static("canary"))
        .json(json!({ "canary": "canary" }));
    let answers =
        [reply(500, "canary"), reply_with(200, &[("request-id", "r-7"), ("x", "canary")], "canary")];
    bench(answers).client.send(&call(), request).await.unwrap();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for shown in ["/users/{id}", "PATCH", "call-1", "status=500", "status=200", "r-7", "attempt=2"] {
        assert!(log.contains(shown), "{shown} is missing: {log}");
    }
    assert!(!log.contains("canary"), "{log}");
}
