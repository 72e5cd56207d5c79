//! Following a run, by the numbers of its journal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use offboard::core::engine::driver::Watch;
use offboard::core::engine::roster::RosterWatch;
use offboard::core::journal::{Event, JournalError, RunStatus};
use offboard::core::ports::Stop;
use offboard::{Clock as _, Engine, Period, RunId, SystemClock};
use pyo3::prelude::*;
use serde_json::json;
use tokio::sync::watch;

use crate::errors::{Told, Trouble};
use crate::gate;
use crate::work::Out;

/// The runs that this engine carries now, and those that it has been told of.
#[derive(Default)]
pub(crate) struct Carried(Mutex<Runs>);

#[derive(Default)]
struct Runs {
    now: BTreeMap<RunId, watch::Sender<()>>,
    /// They are known to this engine, so that nobody has to look whether another process carries them.
    known: BTreeSet<RunId>,
    /// About to be carried: whoever follows them waits.
    expected: BTreeMap<RunId, watch::Sender<()>>,
}

impl Carried {
    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody asked for the run's name before it began.
    pub(crate) fn expect(&self, run: &RunId) {
        let mut runs = self.runs();
        if !runs.known.contains(run) {
            runs.expected.entry(run.clone()).or_insert_with(|| watch::channel(()).0);
        }
    }

    /// It is carried until what is returned is dropped.
    pub(crate) fn begin(self: &Arc<Self>, run: &RunId) -> Carrying {
        let mut runs = self.runs();
        runs.known.insert(run.clone());
        let sender = runs.expected.remove(run).unwrap_or_else(|| watch::channel(()).0);
        // Another call may carry it already; that one stays.
        runs.now.entry(run.clone()).or_insert(sender);
        drop(runs);
        Carrying { of: Arc::clone(self), run: run.clone() }
    }

    /// News of it; nothing where nobody here carries it, now or soon.
    fn listen(&self, run: &RunId) -> Option<watch::Receiver<()>> {
        let runs = self.runs();
        runs.now.get(run).or_else(|| runs.expected.get(run)).map(watch::Sender::subscribe)
    }

    fn news(&self, run: &RunId) {
        if let Some(sender) = self.runs().now.get(run) {
            sender.send_replace(());
        }
    }

    /// Tells whoever follows one of many runs, and then `watcher`, of which run it is.
    pub(crate) fn watch_many(self: &Arc<Self>, watcher: &Arc<Watcher>) -> RosterWatch {
        let (of, watcher) = (Arc::clone(self), Arc::clone(watcher));
        Arc::new(move |run: &RunId, event: &Event| {
            of.news(run);
            watcher.see(Some(run), event);
        })
    }

    fn knows(&self, run: &RunId) -> bool {
        self.runs().known.contains(run)
    }
}

/// The user's own function, which is called between two events and can end the work by raising.
pub(crate) struct Watcher {
    on_event: Option<Py<PyAny>>,
    stop: Stop,
    raised: Mutex<Option<PyErr>>,
}

impl Watcher {
    pub(crate) fn new(on_event: Option<Py<PyAny>>, stop: Stop) -> Arc<Self> {
        Arc::new(Self { on_event, stop, raised: Mutex::new(None) })
    }

    fn see(&self, run: Option<&RunId>, event: &Event) {
        let Some(on_event) = &self.on_event else { return };
        let text = serde_json::to_string(event).unwrap_or_default();
        let called = gate::attach(|py| -> PyResult<()> {
            let told = (on_event.bind(py), text, run.map(RunId::as_str));
            py.import("offboard._runs")?.getattr("_call")?.call1(told)?;
            Ok(())
        });
        if let Some(Err(error)) = called {
            self.stop.stop();
            self.raised.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }

    /// What it raised.
    pub(crate) fn ended(&self) -> Result<(), Trouble> {
        let raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner).take();
        raised.map_or(Ok(()), |error| Err(Trouble::Raised(error)))
    }
}

/// A run that is being carried.
pub(crate) struct Carrying {
    of: Arc<Carried>,
    run: RunId,
}

impl Carrying {
    /// Tells whoever follows it, and then `watcher`.
    pub(crate) fn watch(&self, watcher: &Arc<Watcher>) -> Watch {
        let (of, run, watcher) = (Arc::clone(&self.of), self.run.clone(), Arc::clone(watcher));
        Arc::new(move |event: &Event| {
            of.news(&run);
            watcher.see(None, event);
        })
    }
}

impl Drop for Carrying {
    fn drop(&mut self) {
        self.of.runs().now.remove(&self.run);
    }
}

/// How often a run that another process carries is looked at.
const LOOK: Period = Period::millis(500);

/// The entries after number `after`; waits for them with `follow`, unless nobody carries the run any more.
pub(crate) async fn next(
    engine: &Engine,
    carried: &Carried,
    run: &RunId,
    after: u64,
    follow: bool,
) -> Result<Out, Trouble> {
    loop {
        // First the ear, then the eye: what happens between the two is heard.
        let news = carried.listen(run).filter(|_| follow);
        let read = {
            let _hold = engine.host().clock.hold();
            engine.journal().read(run, after).await
        };
        let entries = match read {
            Ok(entries) => entries,
            Err(JournalError::NoRun { .. }) if news.is_some() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let over = !follow || (news.is_none() && (carried.knows(run) || is_over(engine, run).await?));
        if !entries.is_empty() || over {
            let text = serde_json::to_string(&json!(entries))
                .map_err(|error| Told::internal(format!("an entry cannot be written: {error}")))?;
            return Ok(Out::Text(text));
        }
        match news {
            Some(mut news) => drop(news.changed().await),
            // Another process carries it, in this machine's time, whatever clock the tenant has.
            None => SystemClock.sleep_until(SystemClock.now() + LOOK).await,
        }
    }
}

async fn is_over(engine: &Engine, run: &RunId) -> Result<bool, Trouble> {
    let _hold = engine.host().clock.hold();
    let runs = engine.journal().runs(Some(engine.tenant())).await?;
    Ok(runs.iter().all(|other| other.run != *run || other.status == RunStatus::Closed))
}
