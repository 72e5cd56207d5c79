//! A Graph that answers as a test says, and remembers what it was asked.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use offboard_core::id::{GroupId, SkuId, UserId};
use offboard_core::model::cloud::Cloud;
use offboard_core::ports::{Call, Priority};
use offboard_core::time::{Clock, Entropy, Host, Period, Timestamp};
use offboard_graph::Graph;
use offboard_http::client::Wire;
use offboard_http::quota::Quotas;
use offboard_http::throttle::Throttle;
use offboard_http::token::{Callback, Secret, Token, TokenRequest, Tokens};
use offboard_http::transport::{Reached, Transport, TransportError};
use serde_json::{Value, json};
use url::Url;

pub(crate) const TENANT: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const ALEX: UserId = UserId::from_u128(0xa1);
pub(crate) const MEGAN: UserId = UserId::from_u128(0xa2);
pub(crate) const GROUP: GroupId = GroupId::from_u128(0xc1);
pub(crate) const E3: SkuId = SkuId::from_u128(0x05e9_a617_0261_4cee_bb44_138d_3ef5_d965);

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Below the version.
    pub(crate) path: String,
    /// Decoded, in the order of the query.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) at: Timestamp,
}

impl Seen {
    /// `METHOD /path?key=value&…`, decoded.
    pub(crate) fn line(&self) -> String {
        let query: Vec<String> = self.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{} {}{mark}{}", self.method, self.path, query.join("&"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The parts of a batch, each as its line below.
    pub(crate) fn parts(&self) -> Vec<Value> {
        assert_eq!(self.line(), "POST /$batch");
        self.body["requests"].as_array().unwrap().clone()
    }
}

/// `METHOD /path` of a part of a batch, without its query.
pub(crate) fn line(part: &Value) -> String {
    let url = part["url"].as_str().unwrap();
    format!("{} {}", part["method"].as_str().unwrap(), url.split('?').next().unwrap())
}

pub(crate) type Reply = Result<(u16, Vec<(String, String)>, String), Reached>;
type Handler = dyn Fn(&Seen, usize) -> Reply + Send + Sync;

pub(crate) struct Service {
    handler: Box<Handler>,
    seen: Mutex<Vec<Seen>>,
    clock: Arc<TestClock>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service")
    }
}

#[async_trait]
impl Transport for Service {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let url = Url::parse(&request.uri().to_string()).unwrap();
        let seen = Seen {
            method: request.method().to_string(),
            path: url.path().strip_prefix("/v1.0").unwrap().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            headers: request.headers().clone(),
            body: serde_json::from_slice(request.body()).unwrap_or(Value::Null),
            at: self.clock.now(),
        };
        let number = {
            let mut all = self.seen.lock().unwrap();
            all.push(seen.clone());
            all.len()
        };
        tokio::task::yield_now().await;
        match (self.handler)(&seen, number) {
            Ok((status, headers, body)) => {
                let mut response = Response::builder()
                    .status(status)
                    .header("date", "Mon, 30 Nov 2026 12:00:00 GMT")
                    .header("request-id", format!("r-{number}"));
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                Ok(response.body(Bytes::from(body)).unwrap())
            }
            Err(reached) => Err(TransportError::new(reached, "the connection broke")),
        }
    }
}

/// An answer with a JSON body.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn ok(status: u16, body: Value) -> Reply {
    Ok((status, Vec::new(), body.to_string()))
}

/// An answer without a body.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn empty(status: u16) -> Reply {
    Ok((status, Vec::new(), String::new()))
}

pub(crate) fn error(code: &str, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message, "innerError": { "request-id": "inner" } } })
}

/// The answer to a batch: each part's own status and body by its `METHOD /path`.
pub(crate) fn each(seen: &Seen, answer: impl Fn(&str, &Value) -> (u16, Value)) -> Reply {
    let responses: Vec<Value> = seen
        .parts()
        .iter()
        .map(|part| {
            let (status, body) = answer(&line(part), part);
            json!({ "id": part["id"], "status": status, "headers": { "Content-Type": "application/json" }, "body": body })
        })
        .collect();
    ok(200, json!({ "responses": responses }))
}

/// A clock that stands still until somebody sleeps, and then is where they wanted it to be.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<Timestamp>);

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, until: Timestamp) {
        // Whoever waits for something else with it gets it first.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        {
            let mut now = self.0.lock().unwrap();
            *now = until.max(*now);
        }
        tokio::task::yield_now().await;
    }
}

#[derive(Debug)]
struct Dice;

impl Entropy for Dice {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

pub(crate) struct Bench {
    pub(crate) graph: Graph,
    pub(crate) service: Arc<Service>,
    pub(crate) tokens: Arc<Tokens>,
}

/// The claims of an application with two permissions.
pub(crate) fn application() -> Value {
    json!({ "tid": TENANT, "oid": "00000000-0000-0000-0000-0000000000e1", "roles": ["User.Read.All", "Files.Read.All"] })
}

/// Everything that clients share, over `transport`, signed in with `claims`.
fn wire_of(transport: Arc<dyn Transport>, clock: &Arc<TestClock>, claims: Value, tenant: &str) -> Wire {
    let time = clock.clone();
    let source = Callback::new(move |wanted: TokenRequest| {
        let jwt = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let token =
            Token::new(Secret::new("access token", jwt), time.now() + Period::hours(1), &wanted.audience);
        async move { Ok(token) }
    });
    let host = Host { clock: clock.clone(), entropy: Arc::new(Dice) };
    Wire {
        transport,
        tokens: Arc::new(Tokens::new(Arc::new(source), clock.clone())),
        throttle: Arc::new(Throttle::new(host.clone(), Quotas::default())),
        host,
        observer: None,
        tenant: tenant.to_owned(),
        app: "app".to_owned(),
    }
}

/// A wire to nobody, for `tenant`.
pub(crate) fn wire(tenant: &str) -> Wire {
    let clock = Arc::new(TestClock(Mutex::new(start())));
    let nobody = Service {
        handler: Box::new(|_, _| Err(Reached::NotSent)),
        seen: Mutex::default(),
        clock: clock.clone(),
    };
    wire_of(Arc::new(nobody), &clock, application(), tenant)
}

impl Bench {
    pub(crate) fn new(handler: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(&Cloud::Worldwide, application(), handler)
    }

    pub(crate) fn with(
        cloud: &Cloud,
        claims: Value,
        handler: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let clock = Arc::new(TestClock(Mutex::new(start())));
        let service =
            Arc::new(Service { handler: Box::new(handler), seen: Mutex::default(), clock: clock.clone() });
        let wire = wire_of(service.clone(), &clock, claims, TENANT);
        let tokens = wire.tokens.clone();
        Self { graph: Graph::new(cloud, wire).unwrap(), service, tokens }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.service.seen.lock().unwrap().clone()
    }

    /// The one request that was sent.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        let lines: Vec<String> = seen.iter().map(Seen::line).collect();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        seen.into_iter().next().unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }
}

pub(crate) fn call() -> Call {
    Call::new("call-1")
}

pub(crate) fn containment(id: &str) -> Call {
    Call::new(id).priority(Priority::Containment)
}

/// A user as the service answers.
pub(crate) fn alex() -> Value {
    json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
        "id": ALEX, "userPrincipalName": "AlexW@contoso.com", "displayName": "Alex Wilber",
        "mail": "AlexW@contoso.com", "userType": "Member", "accountEnabled": true, "employeeId": "E-1",
        "createdDateTime": "2024-01-02T03:04:05Z", "onPremisesSyncEnabled": null,
        "onPremisesLastSyncDateTime": null, "onPremisesSamAccountName": null, "isResourceAccount": null,
        "isManagementRestricted": null, "identityParentId": null,
        "signInSessionsValidFromDateTime": "2024-01-02T03:04:05Z",
        "lastPasswordChangeDateTime": "2024-01-02T03:04:05Z"
    })
}
