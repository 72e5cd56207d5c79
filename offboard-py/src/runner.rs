//! Where work is done: never on one thread for each leaver, and on a thread of Python's only as long as it waits for it.

use std::pin::Pin;
use std::process;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use offboard_sim::SimClock;
use tokio::runtime::{Handle, Runtime};
use tokio::time::timeout;

use crate::errors::Told;
use crate::seat::VirtualRunner;

/// Something to be done, to its end.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How many threads carry all runs, and how many calls into code of the user's may block at once.
const WORKERS: usize = 2;
const BLOCKING: usize = 4;

/// The process that made the runtime, and the runtime, which lives as long as the process.
static RUNTIME: OnceLock<(u32, Result<Runtime, String>)> = OnceLock::new();

/// The runtime of this process.
pub(crate) fn runtime() -> Result<Handle, Told> {
    let (process, runtime) = RUNTIME.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .max_blocking_threads(BLOCKING)
            .thread_name("offboard")
            .enable_all()
            .build();
        (process::id(), runtime.map_err(|error| error.to_string()))
    });
    if *process != process::id() {
        return Err(Told::usage("this process was forked from one that had begun to use offboard")
            .hint("start processes by multiprocessing's `spawn`, or fork before the first connect"));
    }
    runtime
        .as_ref()
        .map(|runtime| runtime.handle().clone())
        .map_err(|error| Told::environment(format!("no threads can be started: {error}")))
}

/// Where work is done.
#[derive(Clone)]
pub(crate) struct Runner {
    time: Time,
    is_apart: bool,
}

#[derive(Clone)]
enum Time {
    /// This machine's own.
    Machine,
    /// A simulated tenant's, which passes only while somebody runs it.
    Virtual(Arc<VirtualRunner>),
}

/// How long a thread that waits does its work itself. Ctrl-C is not looked at meanwhile.
const AT_MOST: Duration = Duration::from_millis(50);

impl Runner {
    /// On this machine's own time.
    pub(crate) fn machine() -> Self {
        Self { time: Time::Machine, is_apart: false }
    }

    /// On the time of this simulated tenant.
    pub(crate) fn of(clock: Arc<SimClock>) -> Self {
        let time =
            if clock.is_wall() { Time::Machine } else { Time::Virtual(Arc::new(VirtualRunner::new(clock))) };
        Self { time, is_apart: false }
    }

    /// The same, but never on a thread that waits: for work that may call code of the user's. That code can call the engine
    /// again, and on the main thread Ctrl-C would interrupt it anywhere.
    pub(crate) fn apart_if(&self, may_call: bool) -> Self {
        Self { time: self.time.clone(), is_apart: self.is_apart || may_call }
    }

    /// Does it, from now on.
    pub(crate) fn spawn(&self, task: Task) -> Result<(), Told> {
        let handle = runtime()?;
        match &self.time {
            Time::Machine => drop(handle.spawn(task)),
            Time::Virtual(runner) => runner.send(task, &handle)?,
        }
        Ok(())
    }

    /// Does it, for a thread that waits for it and has nothing else to do: what is done soon is done here, so that it is not
    /// handed to another thread and back. What takes longer goes on as if it had been spawned.
    pub(crate) fn begin(&self, mut task: Task) -> Result<(), Told> {
        let handle = runtime()?;
        // A thread of the runtime's own waits only where code of the user's calls an engine again.
        let is_apart = self.is_apart || Handle::try_current().is_ok();
        match &self.time {
            Time::Machine => {
                let is_done =
                    !is_apart && handle.block_on(async { timeout(AT_MOST, &mut task).await }).is_ok();
                if !is_done {
                    drop(handle.spawn(task));
                }
                Ok(())
            }
            Time::Virtual(runner) => runner.begin(task, is_apart, AT_MOST, &handle),
        }
    }
}
