//! A service that gives the answers it was told to give, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use offboard_contract::ids::{self, Names};
use offboard_core::id::{TenantId, UserId};
use offboard_core::ports::Call;
use offboard_core::time::{Clock, Entropy, Host, Period, Timestamp};
use offboard_exchange::{Exchange, InvokeCommand};
use offboard_http::client::Wire;
use offboard_http::quota::{Quotas, TenantSize};
use offboard_http::throttle::Throttle;
use offboard_http::token::{Callback, Secret, Token, TokenRequest, Tokens};
use offboard_http::transport::{Reached, Transport, TransportError};
use serde_json::{Value, json};

pub(crate) const TENANT: &str = "aaaa0000-bb11-2222-33cc-444444dddddd";
pub(crate) const ID: &str = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
pub(crate) const OTHER: &str = "1f8b1c2d-3e4f-4051-9263-748596a7b8c9";

pub(crate) fn id() -> UserId {
    ID.parse().unwrap()
}

pub(crate) fn other() -> UserId {
    OTHER.parse().unwrap()
}

/// The id of every call here: the service takes nothing but a GUID.
pub(crate) const CALL: &str = "4f8b1c2d-3e4f-4051-9263-748596a7b8c9";

pub(crate) fn call() -> Call {
    Call::new(CALL)
}

/// A clock that stands still until somebody sleeps, and then is where they wanted it to be.
#[derive(Debug)]
struct TestClock(Mutex<Timestamp>);

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, until: Timestamp) {
        // Requests in flight go first: nothing here is ever too late.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        let mut now = self.0.lock().unwrap();
        *now = until.max(*now);
    }
}

#[derive(Debug)]
struct Dice;

impl Entropy for Dice {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

pub(crate) type Reply = Result<Response<Bytes>, TransportError>;

#[derive(Debug, Default)]
pub(crate) struct Script {
    replies: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Request<Bytes>>>,
    in_flight: AtomicUsize,
    busiest: AtomicUsize,
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Reply {
        self.seen.lock().unwrap().push(request);
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.busiest.fetch_max(now, Ordering::SeqCst);
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let reply = self.replies.lock().unwrap().pop_front();
        reply.unwrap_or_else(|| panic!("one request more than the script has answers"))
    }
}

/// A request as the tests look at it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Asked {
    pub(crate) fn cmdlet(&self) -> &str {
        self.body["CmdletInput"]["CmdletName"].as_str().unwrap()
    }

    pub(crate) fn parameters(&self) -> &Value {
        &self.body["CmdletInput"]["Parameters"]
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Bench {
    pub(crate) exchange: Exchange,
    script: Arc<Script>,
}

impl Bench {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let script =
            Arc::new(Script { replies: Mutex::new(replies.into_iter().collect()), ..Script::default() });
        let channel = InvokeCommand::new(wire(script.clone()), "https://outlook.office365.com", tenant());
        Self { exchange: Exchange::new(channel.unwrap()), script }
    }

    /// What was asked, each request judged by Microsoft's reference.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let seen = self.script.seen.lock().unwrap();
        let asked: Vec<_> = seen.iter().map(judged).collect();
        assert!(self.script.replies.lock().unwrap().is_empty(), "answers are left over");
        asked
    }

    /// How many requests were under way at once, at most.
    pub(crate) fn busiest(&self) -> usize {
        self.script.busiest.load(Ordering::SeqCst)
    }

    /// The one request there was.
    pub(crate) fn asked_once(&self) -> Asked {
        let mut asked = self.asked();
        assert_eq!(asked.len(), 1);
        asked.remove(0)
    }
}

fn judged(request: &Request<Bytes>) -> Asked {
    let (method, url) = (request.method().as_str(), request.uri().to_string());
    let headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    let found = offboard_contract::Exchange::load().check_http(method, &url, &headers, Some(&body));
    assert!(found.is_empty(), "{found:?}");
    let names = Names::new(["Alex Wilber", "alex@contoso.com", "Invoices"]);
    let found = ids::check_mutating(&names, method, &url, &headers, Some(&body));
    assert!(found.is_empty(), "{found:?}");
    Asked { url, headers, body }
}

pub(crate) fn tenant() -> TenantId {
    TENANT.parse().unwrap()
}

pub(crate) fn wire(transport: Arc<dyn Transport>) -> Wire {
    let start = "2026-11-30T12:00:00Z".parse().unwrap();
    let clock = Arc::new(TestClock(Mutex::new(start)));
    let time = clock.clone();
    let source = Callback::new(move |wanted: TokenRequest| {
        let secret = Secret::new("access token", "canary");
        let token = Token::new(secret, time.now() + Period::hours(1), &wanted.audience);
        async move { Ok(token) }
    });
    let host = Host { clock: clock.clone(), entropy: Arc::new(Dice) };
    Wire {
        transport,
        tokens: Arc::new(Tokens::new(Arc::new(source), clock)),
        throttle: Arc::new(Throttle::new(host.clone(), Quotas::published(TenantSize::Small))),
        host,
        observer: None,
        tenant: TENANT.to_owned(),
        app: "app".to_owned(),
    }
}

/// An answer with these bytes.
#[expect(clippy::unnecessary_wraps, reason = "a script also holds answers that never come")]
pub(crate) fn raw(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Ok(Response::builder()
        .status(status)
        .header("request-id", "request-1")
        .header("date", "Mon, 30 Nov 2026 12:00:00 GMT")
        .body(Bytes::from(body.into()))
        .unwrap())
}

/// An answer with this body.
pub(crate) fn answer(status: u16, body: &Value) -> Reply {
    raw(status, serde_json::to_vec(body).unwrap())
}

/// A success with these objects, in the service's own noise.
pub(crate) fn objects(rows: &[Value]) -> Reply {
    answer(
        200,
        &json!({
            "@odata.context": "https://outlook.office365.com/adminapi/beta/x/$metadata#Collection(Exchange.GenericHashTable)",
            "adminapi.warnings@odata.type": "#Collection(String)",
            "@adminapi.warnings": [],
            "value": rows,
        }),
    )
}

/// A success of a cmdlet that returns nothing.
pub(crate) fn done(warnings: &[&str]) -> Reply {
    answer(200, &json!({ "@adminapi.warnings": warnings, "value": [] }))
}

/// A refusal with the service's triple.
pub(crate) fn refused(status: u16, message: &str) -> Reply {
    let body = json!({ "error": {
        "code": "NotFound",
        "message": "Error executing cmdlet",
        "details": [{ "code": "Client", "target": "", "message": message }],
        "innererror": {
            "message": "Error executing cmdlet",
            "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        },
    }});
    answer(status, &body)
}

/// The object is not there.
pub(crate) fn missing() -> Reply {
    refused(
        404,
        "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed.",
    )
}

/// No answer.
pub(crate) fn lost(reached: Reached) -> Reply {
    Err(TransportError::new(reached, "the connection broke"))
}
