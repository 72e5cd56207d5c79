//! Seeing every attempt: for metrics, and for counting requests in tests.

use std::fmt;

use http::{Method, StatusCode};
use offboard_core::ports::call::Priority;
use offboard_core::time::{Period, Timestamp};

/// One request that was sent, and what came of it. Nothing in it is a name or a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// Which adapter: `graph`, `exchange`.
    pub provider: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path with names of parameters in place of values.
    pub template: &'static str,
    /// `client-request-id`.
    pub call: String,
    /// How urgent it was.
    pub priority: Priority,
    /// 1 for the first attempt.
    pub number: u32,
    /// When it left.
    pub sent_at: Timestamp,
    /// How long it waited for its turn.
    pub waited: Period,
    /// How long the answer took.
    pub took: Period,
    /// The status, if there was an answer.
    pub status: Option<StatusCode>,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// What the service's clock said when it answered (`Date`), to the second.
    pub server_date: Option<Timestamp>,
}

/// Is told of every attempt. It must be quick: the request waits for it.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// An attempt has ended.
    fn attempt(&self, attempt: &Attempt);
}
