//! What a step of Python's is given when it writes.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{Either, select};
use offboard::core::operation::Context as Cx;
use offboard::core::ports::{Receipt, Stop};
use offboard::{Failure, Kind, Timestamp};
use pyo3::prelude::*;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::errors::{Told, failure_of};
use crate::gate;

type Asked = (Value, oneshot::Sender<Result<(), Failure>>);

/// The call, and the way to leave receipts and progress.
#[pyclass(frozen, module = "offboard._offboard")]
pub(crate) struct Context {
    call_id: String,
    facts: String,
    cursor: Option<String>,
    now: Timestamp,
    stop: Stop,
    progress: mpsc::UnboundedSender<Asked>,
    receipts: Mutex<Vec<Receipt>>,
}

/// Where progress arrives, to be made durable.
pub(super) struct Inbox(mpsc::UnboundedReceiver<Asked>);

impl Context {
    pub(super) fn open(cx: &Cx<'_>) -> Result<(Py<Self>, Inbox), Failure> {
        let (progress, inbox) = mpsc::unbounded_channel();
        let context = Self {
            call_id: cx.call.id.clone(),
            facts: serde_json::to_string(cx.facts).unwrap_or_default(),
            cursor: cx.cursor.as_ref().map(Value::to_string),
            now: cx.host.clock.now(),
            stop: cx.call.stop.clone(),
            progress,
            receipts: Mutex::default(),
        };
        let leaving =
            || Failure::new(Kind::Unavailable, "the interpreter is shutting down; nothing was sent");
        let made = gate::attach(|py| Py::new(py, context)).ok_or_else(leaving)?;
        let context = made.map_err(|error| failure_of(&error, "the step's context", Kind::Unavailable))?;
        Ok((context, Inbox(inbox)))
    }

    pub(super) fn receipts(this: &Arc<Py<Self>>) -> Vec<Receipt> {
        let receipts = &this.get().receipts;
        std::mem::take(&mut *receipts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inbox {
    /// Makes progress durable while the step's code runs.
    pub(super) async fn while_it_runs<T>(mut self, cx: &Cx<'_>, running: impl Future<Output = T>) -> T {
        let mut running = Box::pin(running);
        loop {
            let asked = Box::pin(self.0.recv());
            match select(running, asked).await {
                Either::Left((answer, _)) => return answer,
                Either::Right((None, still)) => return still.await,
                Either::Right((Some((cursor, told)), still)) => {
                    let _ = told.send(cx.progress(cursor).await);
                    running = still;
                }
            }
        }
    }
}

#[pymethods]
impl Context {
    /// The call's id, the same as in the journal.
    #[getter]
    fn call_id(&self) -> &str {
        &self.call_id
    }

    /// The facts that were captured for this write, as JSON.
    #[getter]
    fn facts(&self) -> &str {
        &self.facts
    }

    /// How far an earlier try came, as JSON.
    #[getter]
    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// When this write began.
    #[getter]
    fn now(&self) -> String {
        self.now.to_string()
    }

    /// Whether nothing more may be sent.
    #[getter]
    fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }

    /// Keeps what the service said.
    #[pyo3(signature = (*, request_id, date, warnings))]
    fn receipt(&self, request_id: Option<String>, date: Option<&str>, warnings: Vec<String>) -> PyResult<()> {
        let date = date
            .map(str::parse::<Timestamp>)
            .transpose()
            .map_err(|error| Told::usage(format!("the receipt's date: {error}")))?;
        let receipt = Receipt { call: self.call_id.clone(), request_id, date, warnings };
        self.receipts.lock().unwrap_or_else(PoisonError::into_inner).push(receipt);
        Ok(())
    }

    /// Makes `cursor` durable, and returns when it is. Blocks: not for coroutines, which use `offboard._bridge`.
    fn progress(&self, py: Python<'_>, cursor: &str) -> PyResult<()> {
        let cursor: Value = serde_json::from_str(cursor)
            .map_err(|error| Told::usage(format!("progress cannot be written: {error}")))?;
        let (sender, receiver) = oneshot::channel();
        let gone = || Told::usage("this write is over");
        self.progress.send((cursor, sender)).map_err(|_| gone())?;
        let kept = py.detach(|| receiver.blocking_recv()).map_err(|_| gone())?;
        kept.map_err(|failure| Told::from(failure).into())
    }
}
