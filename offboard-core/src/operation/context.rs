//! What an operation is given when it writes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::Value;

use crate::facts::Facts;
use crate::failure::Failure;
use crate::ports::{Call, Providers, Receipt};
use crate::time::{Host, Timestamp};

/// Where long work records how far it is, before its next call.
#[async_trait]
pub trait ProgressSink: Send + Sync {
    /// Makes `cursor` durable.
    async fn progress(&self, cursor: Value) -> Result<(), Failure>;
}

/// The ports, the call, and the way to leave receipts.
pub struct Context<'a> {
    /// The doors.
    pub providers: &'a Providers,
    /// Goes with every call of this write.
    pub call: Call,
    /// Time and chance.
    pub host: &'a Host,
    /// The facts that were captured for this write.
    pub facts: &'a Facts,
    /// How far an earlier try came, for long work.
    pub cursor: Option<Value>,
    sink: &'a dyn ProgressSink,
    receipts: Mutex<Vec<Receipt>>,
    later: Mutex<Option<Later>>,
}

/// Long work is not over: when it goes on, and how far it is, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// Not before.
    pub at: Timestamp,
    /// How far it is.
    pub why: String,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("call", &self.call).finish_non_exhaustive()
    }
}

impl<'a> Context<'a> {
    /// For one write.
    pub fn new(
        providers: &'a Providers,
        call: Call,
        host: &'a Host,
        facts: &'a Facts,
        cursor: Option<Value>,
        sink: &'a dyn ProgressSink,
    ) -> Self {
        Self {
            providers,
            call,
            host,
            facts,
            cursor,
            sink,
            receipts: Mutex::default(),
            later: Mutex::default(),
        }
    }

    /// Keeps what the service said; it becomes part of the journal.
    pub fn receipt(&self, receipt: Receipt) {
        lock(&self.receipts).push(receipt);
    }

    /// Makes `cursor` durable before the next call of long work.
    pub async fn progress(&self, cursor: Value) -> Result<(), Failure> {
        self.sink.progress(cursor).await
    }

    /// Says that this was not all: `apply` returns, and is called again from `at` on, with the cursor that was recorded last.
    /// Only for [`Repeat::Resume`](super::Repeat::Resume). What was received until then belongs into the cursor.
    pub fn go_on(&self, at: Timestamp, why: impl Into<String>) {
        *lock(&self.later) = Some(Later { at, why: why.into() });
    }

    /// What was kept, and whether there is more to do.
    pub fn finish(self) -> (Vec<Receipt>, Option<Later>) {
        let (receipts, later) = (&mut *lock(&self.receipts), &mut *lock(&self.later));
        (std::mem::take(receipts), later.take())
    }
}

/// What is kept stays kept, whoever panicked meanwhile.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
