//! What the tests of this crate share: a clock that jumps, chance that is counted, and a scripted service.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use offboard_core::time::{Clock, Entropy, Host, Period, Timestamp};

use crate::transport::{Reached, Transport, TransportError};

/// The time at which all tests start.
pub(crate) fn start() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

/// A clock that stands still until somebody sleeps, and then is where they wanted it to be.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(start())))
    }

    pub(crate) fn advance(&self, by: Period) {
        let mut now = self.0.lock().unwrap();
        *now = *now + by;
    }

    /// What has passed since the start.
    pub(crate) fn passed(&self) -> Period {
        self.now().since(start())
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, until: Timestamp) {
        {
            let mut now = self.0.lock().unwrap();
            *now = until.max(*now);
        }
        tokio::task::yield_now().await;
    }
}

/// Always the same, so that pauses can be stated.
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u8);

impl Entropy for Dice {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

pub(crate) fn host(clock: &Arc<TestClock>) -> Host {
    Host { clock: clock.clone(), entropy: Arc::new(Dice(0)) }
}

type Reply = Result<Response<Bytes>, TransportError>;

/// A service that gives the answers it was told to give, in order, and remembers what it was asked.
#[derive(Debug, Default)]
pub(crate) struct Script {
    replies: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Request<Bytes>>>,
}

impl Script {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Arc<Self> {
        Arc::new(Self { replies: Mutex::new(replies.into_iter().collect()), seen: Mutex::default() })
    }

    /// How many requests arrived.
    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// The requests that arrived.
    pub(crate) fn seen(&self) -> Vec<Request<Bytes>> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Reply {
        self.seen.lock().unwrap().push(request);
        let reply = self.replies.lock().unwrap().pop_front();
        reply.unwrap_or_else(|| panic!("one request more than the script has answers"))
    }
}

/// An answer with headers.
#[allow(clippy::unnecessary_wraps)] // beside those that are lost
pub(crate) fn reply_with(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut builder = Response::builder().status(status).header("date", "Mon, 30 Nov 2026 12:00:00 GMT");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    Ok(builder.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
}

/// An answer.
pub(crate) fn reply(status: u16, body: &str) -> Reply {
    reply_with(status, &[], body)
}

/// No answer.
pub(crate) fn lost(reached: Reached) -> Reply {
    Err(TransportError::new(reached, "the connection broke"))
}
