//! Something that is to be done: waited for by a thread, or awaited by an asyncio loop.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{AbortHandle, Aborted, BoxFuture, abortable};
use offboard::core::ports::Stop;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::calls::{LOOP, Loop};
use crate::engine::Core;
use crate::errors::{Told, Trouble};
use crate::gate;
use crate::runner::{Runner, Task};

/// What came of it.
pub(crate) enum Out {
    /// A document.
    Bytes(Vec<u8>),
    /// Documents that belong together.
    Parts(Vec<Vec<u8>>),
    /// Text, mostly JSON.
    Text(String),
    /// An engine.
    Core(Box<Core>),
    /// A server.
    Server(crate::sim::server::Server),
}

pub(crate) type Job = BoxFuture<'static, Result<Out, Trouble>>;

/// How it is ended before its time.
pub(crate) enum Halt {
    /// It only reads: it is dropped.
    Drop,
    /// What is in flight is recorded first.
    Stop(Stop),
    /// It is short, and all or nothing: it is waited for.
    Wait,
}

/// Something that is to be done, once.
#[pyclass(frozen, module = "offboard._offboard")]
pub(crate) struct Work {
    runner: Runner,
    job: Mutex<Option<Job>>,
    halt: Halt,
    abort: OnceLock<AbortHandle>,
}

/// How often a thread that waits looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(50);

impl Work {
    pub(crate) fn new(runner: &Runner, halt: Halt, job: Job) -> Self {
        Self { runner: runner.clone(), job: Mutex::new(Some(job)), halt, abort: OnceLock::new() }
    }

    /// What there is to do; whoever waits for it is told by `done`.
    fn task(
        &self,
        of: Option<Loop>,
        done: impl FnOnce(Result<Out, Trouble>) + Send + 'static,
    ) -> Result<Task, Told> {
        let job = self.job.lock().unwrap_or_else(PoisonError::into_inner).take();
        let job = job.ok_or_else(|| Told::usage("this was begun already"))?;
        let (job, handle) = abortable(job);
        let _ = self.abort.set(handle);
        let task = async move {
            match AssertUnwindSafe(job).catch_unwind().await {
                Ok(Ok(result)) => done(result),
                Ok(Err(Aborted)) => {}
                Err(_) => done(Err(Told::internal("offboard itself has failed; please report it").into())),
            }
        };
        Ok(Box::pin(LOOP.scope(of, task)))
    }
}

#[pymethods]
impl Work {
    /// Waits for it, detached. Ctrl-C halts it, and is raised once what was in flight is recorded; a second one leaves at
    /// once.
    fn wait(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let (sender, mut receiver) = sync_channel(1);
        let task = self.task(None, move |result| drop(sender.send(result)))?;
        py.detach(|| self.runner.begin(task))?;
        let mut interrupt: Option<PyErr> = None;
        loop {
            let got;
            (receiver, got) = py.detach(move || {
                let got = receiver.recv_timeout(LOOK);
                (receiver, got)
            });
            match (got, interrupt) {
                (Ok(_) | Err(RecvTimeoutError::Disconnected), Some(interrupt)) => return Err(interrupt),
                (Ok(result), None) => return given(py, result),
                (Err(RecvTimeoutError::Disconnected), None) => {
                    return Err(Told::internal("this was given up before it ended").into());
                }
                (Err(RecvTimeoutError::Timeout), before) => {
                    interrupt = before;
                    if let Err(pressed) = py.check_signals() {
                        if interrupt.is_some() {
                            self.abort();
                            return Err(pressed);
                        }
                        self.halt();
                        interrupt = Some(pressed);
                    }
                }
            }
        }
    }

    /// Begins, and returns a future of `of`, an asyncio loop.
    fn start(&self, py: Python<'_>, of: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let future = of.call_method0("create_future")?.unbind();
        let told = future.clone_ref(py);
        let of: Loop = Arc::new(of.unbind());
        let to = Arc::clone(&of);
        let task = self.task(Some(of), move |result| {
            // A loop that was closed meanwhile, or an interpreter that is leaving, has nobody left to tell.
            gate::attach(move |py| tell(py, &to, &told, result));
        })?;
        self.runner.spawn(task)?;
        Ok(future)
    }

    /// Asks it to end: what only reads is dropped, a run stops once what is in flight is recorded.
    fn halt(&self) {
        match &self.halt {
            Halt::Drop => self.abort(),
            Halt::Stop(stop) => stop.stop(),
            Halt::Wait => {}
        }
    }

    /// Drops it where it is. Nothing is lost: what is durable is what happened.
    fn abort(&self) {
        if let Some(handle) = self.abort.get() {
            handle.abort();
        }
    }

    /// Whether ending it takes time: what is in flight is recorded first.
    #[getter]
    fn is_awaited(&self) -> bool {
        !matches!(self.halt, Halt::Drop)
    }
}

/// Gives the result to a future, on its own loop.
fn tell(py: Python<'_>, of: &Py<PyAny>, future: &Py<PyAny>, result: Result<Out, Trouble>) {
    let (value, error) = match given(py, result) {
        Ok(value) => (value, py.None()),
        Err(error) => (py.None(), error.into_value(py).into_any()),
    };
    let settle = py.import("offboard._loop").and_then(|module| module.getattr("settle"));
    let Ok(settle) = settle else { return };
    drop(of.call_method1(py, "call_soon_threadsafe", (settle, future, value, error)));
}

fn given(py: Python<'_>, result: Result<Out, Trouble>) -> PyResult<Py<PyAny>> {
    Ok(match result? {
        Out::Bytes(bytes) => PyBytes::new(py, &bytes).into_any().unbind(),
        Out::Parts(parts) => {
            let parts = parts.iter().map(|part| PyBytes::new(py, part));
            PyList::new(py, parts)?.into_any().unbind()
        }
        Out::Text(text) => text.into_pyobject(py)?.into_any().unbind(),
        Out::Core(core) => Py::new(py, *core)?.into_any(),
        Out::Server(server) => Py::new(py, server)?.into_any(),
    })
}
