//! Calling code of the user's: plain functions on a few threads of their own, coroutines on the loop that awaits the work.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::sync::oneshot;

use crate::gate;
use crate::runner::runtime;

/// An asyncio loop.
pub(crate) type Loop = Arc<Py<PyAny>>;

tokio::task_local! {
    /// The loop that awaits the work which is being done; nothing where a thread waits for it.
    pub(crate) static LOOP: Option<Loop>;
}

fn leaving() -> PyErr {
    PyRuntimeError::new_err("the interpreter is shutting down")
}

/// Calls `f` where it may block, and awaits what it returns if that can be awaited.
pub(crate) async fn call(
    f: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static,
) -> PyResult<Py<PyAny>> {
    let of = LOOP.try_with(Clone::clone).ok().flatten();
    let called = runtime()?.spawn_blocking(move || gate::attach(f)).await;
    let value =
        called.map_err(|_| PyRuntimeError::new_err("the call was given up"))?.ok_or_else(leaving)??;
    let (sender, receiver) = oneshot::channel();
    let submitted = gate::attach(|py| submit(py, &value, of.as_deref(), sender)).ok_or_else(leaving)??;
    let Some(future) = submitted else { return Ok(value) };
    let mut pending = Pending(Some(future));
    let result = receiver.await.map_err(|_| leaving())?;
    pending.0 = None;
    result
}

/// Puts a coroutine onto its loop; nothing where `value` is none.
fn submit(
    py: Python<'_>,
    value: &Py<PyAny>,
    of: Option<&Py<PyAny>>,
    sender: oneshot::Sender<PyResult<Py<PyAny>>>,
) -> PyResult<Option<Py<PyAny>>> {
    let done = Py::new(py, Done(Mutex::new(Some(sender))))?;
    let future = py.import("offboard._loop")?.getattr("submit")?.call1((value, of, done))?;
    Ok(if future.is_none() { None } else { Some(future.unbind()) })
}

/// A coroutine under way; cancelled where nobody waits for it any more.
struct Pending(Option<Py<PyAny>>);

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(future) = self.0.take() {
            gate::attach(|py| drop(future.call_method0(py, "cancel")));
        }
    }
}

/// Is told by a future of `concurrent.futures` that it has ended.
#[pyclass(frozen)]
struct Done(Mutex<Option<oneshot::Sender<PyResult<Py<PyAny>>>>>);

#[pymethods]
impl Done {
    fn __call__(&self, future: &Bound<'_, PyAny>) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            let _ = sender.send(future.call_method0("result").map(Bound::unbind));
        }
    }
}
