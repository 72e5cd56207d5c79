//! Where work is done: never on a thread of Python's, and never on one thread for each leaver.

use std::future::poll_fn;
use std::pin::Pin;
use std::process;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::thread;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use offboard_sim::SimClock;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::errors::Told;

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
pub(crate) enum Runner {
    /// On this machine's own time.
    Machine,
    /// On the virtual time of a simulated tenant, which passes only while somebody runs it.
    Virtual(Arc<VirtualRunner>),
}

impl Runner {
    /// Does it, from now on.
    pub(crate) fn spawn(&self, task: Task) -> Result<(), Told> {
        let handle = runtime()?;
        match self {
            Self::Machine => drop(handle.spawn(task)),
            Self::Virtual(runner) => runner.send(task, handle)?,
        }
        Ok(())
    }
}

/// One thread on which virtual time passes. All work on one simulated tenant is done there, so that time jumps only when
/// nobody has anything to do. It ends with the last who may send it work.
pub(crate) struct VirtualRunner {
    clock: Arc<SimClock>,
    inbox: Mutex<Option<UnboundedSender<Task>>>,
}

impl VirtualRunner {
    pub(crate) fn new(clock: Arc<SimClock>) -> Self {
        Self { clock, inbox: Mutex::new(None) }
    }

    fn send(&self, task: Task, handle: Handle) -> Result<(), Told> {
        let gone = || Told::internal("the simulated tenant's clock has stopped");
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*inbox {
            return sender.send(task).map_err(|_| gone());
        }
        let (sender, receiver) = unbounded_channel();
        sender.send(task).map_err(|_| gone())?;
        let clock = Arc::clone(&self.clock);
        thread::Builder::new()
            .name("offboard-sim".to_owned())
            .spawn(move || {
                // The clock runs the tasks; the runtime only lends what the journal needs.
                let _runtime = handle.enter();
                clock.block_on(carry(receiver));
            })
            .map_err(|error| Told::environment(format!("no thread can be started: {error}")))?;
        *inbox = Some(sender);
        Ok(())
    }
}

/// Carries whatever comes, until nothing can come any more and all is done.
async fn carry(mut inbox: UnboundedReceiver<Task>) {
    let mut tasks = FuturesUnordered::new();
    let mut open = true;
    poll_fn(|cx| {
        while open {
            match inbox.poll_recv(cx) {
                Poll::Ready(Some(task)) => tasks.push(task),
                Poll::Ready(None) => open = false,
                Poll::Pending => break,
            }
        }
        while let Poll::Ready(Some(())) = tasks.poll_next_unpin(cx) {}
        if open || !tasks.is_empty() { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}
