//! The client against a scripted service: what is sent, how often, when, and what is then known.

mod journeys;
mod refusals;
mod throttling;

use http::StatusCode;
use http::header::HeaderName;
use offboard_core::ports::call::Priority;
use offboard_core::time::Clock;
use serde_json::json;
use std::sync::Mutex;
use url::Url;

use super::*;
use crate::quota::Quotas;
use crate::testing::{Script, TestClock, host, lost, reply, reply_with};
use crate::token::{Callback, Secret, TokenRequest};
use crate::transport::Fresh;

const USERS: &str = "https://graph.microsoft.com/v1.0/users";

/// A client on a script, with everything around it.
struct Bench {
    client: Client,
    wire: Wire,
    script: Arc<Script>,
    clock: Arc<TestClock>,
    /// The claims with which each token was asked for.
    asked: Arc<Mutex<Vec<Option<String>>>>,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen(Mutex<Vec<Attempt>>);

impl Observer for Seen {
    fn attempt(&self, attempt: &Attempt) {
        self.0.lock().unwrap().push(attempt.clone());
    }
}

fn bench_with(
    replies: impl IntoIterator<Item = Result<Response<Bytes>, TransportError>>,
    quotas: Quotas,
    settings: Settings,
) -> Bench {
    let (script, clock, seen) = (Script::new(replies), TestClock::new(), Arc::new(Seen::default()));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (log, time) = (Arc::clone(&asked), clock.clone());
    let source = Callback::new(move |wanted: TokenRequest| {
        let mut log = log.lock().unwrap();
        log.push(wanted.claims.clone());
        let secret = Secret::new("access token", format!("canary-{}", log.len()));
        let token = Token::new(secret, time.now() + Period::hours(1), &wanted.audience);
        async move { Ok(token) }
    });
    let host = host(&clock);
    let wire = Wire {
        transport: script.clone(),
        tokens: Arc::new(Tokens::new(Arc::new(source), clock.clone())),
        throttle: Arc::new(Throttle::new(host.clone(), quotas)),
        host,
        observer: Some(seen.clone()),
        tenant: "contoso".to_owned(),
        app: "app".to_owned(),
    };
    let audience = Audience::of(&Url::parse(USERS).unwrap()).unwrap();
    let client = Client::new("graph", wire.clone(), audience, settings);
    Bench { client, wire, script, clock, asked, seen }
}

fn bench(replies: impl IntoIterator<Item = Result<Response<Bytes>, TransportError>>) -> Bench {
    bench_with(replies, Quotas::default(), Settings::default())
}

fn call() -> Call {
    Call::new("call-1")
}

fn read() -> Request {
    Request::get(Url::parse(USERS).unwrap(), "/users")
}

fn write(idempotency: Idempotency) -> Request {
    let url =
        Url::parse("https://graph.microsoft.com/v1.0/users/0f8b1c2d-3e4f-4051-9263-748596a7b8c9").unwrap();
    Request::new(http::Method::PATCH, url, "/users/{id}", idempotency)
        .json(json!({ "accountEnabled": false }))
}

/// Every way of asking, for tables.
fn all() -> [(Idempotency, Request); 3] {
    [
        (Idempotency::Read, read()),
        (Idempotency::Safe, write(Idempotency::Safe)),
        (Idempotency::Once, write(Idempotency::Once)),
    ]
}
