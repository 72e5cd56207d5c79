//! Following a run, by the numbers of its journal.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::select;
use offboard::core::engine::driver::Watch;
use offboard::core::engine::roster::RosterWatch;
use offboard::core::journal::{Entry, Event, JournalError, RunStatus};
use offboard::core::ports::Stop;
use offboard::{CarriedRoster, Clock as _, Engine, Error, ErrorKind, Period, RunId, SystemClock};
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
    now: BTreeMap<RunId, Now>,
    /// They came to rest here, so that nobody has to look whether another process carries them.
    known: BTreeSet<RunId>,
    /// Asked for by name: whoever follows them waits until they begin, here or in another process.
    expected: BTreeMap<RunId, watch::Sender<()>>,
}

/// A run that is carried.
struct Now {
    news: watch::Sender<()>,
    /// How many calls carry it, or are about to.
    calls: usize,
}

/// Who tells of a run.
enum Ear {
    /// It is carried here.
    Here(watch::Receiver<()>),
    /// It may be, or another process may carry it.
    Soon(watch::Receiver<()>),
}

impl Carried {
    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody asked for the run's name before it began.
    pub(crate) fn expect(&self, run: &RunId) {
        let mut runs = self.runs();
        if !runs.known.contains(run) && !runs.now.contains_key(run) {
            runs.expected.entry(run.clone()).or_insert_with(|| watch::channel(()).0);
        }
    }

    /// It is carried until what is returned is dropped.
    pub(crate) fn begin(self: &Arc<Self>, run: &RunId) -> Carrying {
        let mut runs = self.runs();
        let expected = runs.expected.remove(run);
        let now = runs
            .now
            .entry(run.clone())
            .or_insert_with(|| Now { news: expected.unwrap_or_else(|| watch::channel(()).0), calls: 0 });
        now.calls += 1;
        drop(runs);
        Carrying { of: Arc::clone(self), run: run.clone(), elsewhere: false }
    }

    /// News of it; nothing where nobody here carries it, now or soon.
    fn listen(&self, run: &RunId) -> Option<Ear> {
        let runs = self.runs();
        let here = runs.now.get(run).map(|now| Ear::Here(now.news.subscribe()));
        here.or_else(|| runs.expected.get(run).map(|news| Ear::Soon(news.subscribe())))
    }

    fn news(&self, run: &RunId) {
        if let Some(now) = self.runs().now.get(run) {
            now.news.send_replace(());
        }
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
    elsewhere: bool,
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

    /// It is over, unless another process carries it.
    pub(crate) fn end(mut self, error: Option<&Error>) {
        self.elsewhere = error.is_some_and(|error| is_elsewhere(error, &self.run));
    }
}

impl Drop for Carrying {
    fn drop(&mut self) {
        let mut runs = self.of.runs();
        if let Some(now) = runs.now.get_mut(&self.run) {
            now.calls -= 1;
            if now.calls == 0 {
                runs.now.remove(&self.run);
            }
        }
        if !self.elsewhere {
            runs.known.insert(self.run.clone());
        }
    }
}

fn is_elsewhere(error: &Error, run: &RunId) -> bool {
    match error.kind() {
        ErrorKind::Journal(JournalError::Leased { run: of, .. } | JournalError::LeaseLost { run: of }) => {
            of == run
        }
        _ => false,
    }
}

/// The runs that one call carries together.
pub(crate) struct Many {
    of: Arc<Carried>,
    now: Mutex<BTreeMap<RunId, Carrying>>,
}

impl Many {
    pub(crate) fn new(of: &Arc<Carried>) -> Arc<Self> {
        Arc::new(Self { of: Arc::clone(of), now: Mutex::default() })
    }

    fn now(&self) -> MutexGuard<'_, BTreeMap<RunId, Carrying>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is carried from now on.
    pub(crate) fn begin(&self, run: &RunId) {
        self.now().entry(run.clone()).or_insert_with(|| self.of.begin(run));
    }

    /// Tells whoever follows one of them, and then `watcher`, of which run it is.
    pub(crate) fn watch(self: &Arc<Self>, watcher: &Arc<Watcher>) -> RosterWatch {
        let (all, watcher) = (Arc::clone(self), Arc::clone(watcher));
        Arc::new(move |run: &RunId, event: &Event| {
            // One that nobody asked for is contained first, and is carried all the same.
            all.begin(run);
            all.of.news(run);
            watcher.see(Some(run), event);
        })
    }

    /// They are over, but for those that another process carries.
    pub(crate) fn end(&self, carried: Result<&CarriedRoster, &Error>) {
        let errors: Vec<&Error> = match carried {
            Ok(carried) => carried.trouble.values().collect(),
            Err(error) => vec![error],
        };
        let now = std::mem::take(&mut *self.now());
        for (run, carrying) in now {
            carrying.end(errors.iter().copied().find(|error| is_elsewhere(error, &run)));
        }
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
        let ear = carried.listen(run).filter(|_| follow);
        let read = {
            let _hold = engine.host().clock.hold();
            engine.journal().read(run, after).await
        };
        let (entries, over) = match read {
            Ok(entries) => {
                let over = match &ear {
                    _ if !follow => true,
                    Some(Ear::Here(_)) => false,
                    Some(Ear::Soon(_)) => is_over(engine, run).await?,
                    None => carried.knows(run) || is_over(engine, run).await?,
                };
                (entries, over)
            }
            Err(JournalError::NoRun { .. }) if ear.is_some() => (Vec::new(), false),
            Err(error) => return Err(error.into()),
        };
        if !entries.is_empty() || over {
            // What may be shown: an address in a cursor is a right to ask, and stays in the journal.
            let shown: Vec<Entry> = entries
                .into_iter()
                .map(|entry| Entry { event: entry.event.shown().into_owned(), ..entry })
                .collect();
            let text = serde_json::to_string(&json!(shown))
                .map_err(|error| Told::internal(format!("an entry cannot be written: {error}")))?;
            return Ok(Out::Text(text));
        }
        // Another process carries it in this machine's time, whatever clock the tenant has.
        let look = SystemClock.sleep_until(SystemClock.now() + LOOK);
        match ear {
            Some(Ear::Here(mut news)) => drop(news.changed().await),
            Some(Ear::Soon(mut news)) => drop(select(pin!(news.changed()), look).await),
            None => look.await,
        }
    }
}

async fn is_over(engine: &Engine, run: &RunId) -> Result<bool, Trouble> {
    let _hold = engine.host().clock.hold();
    let runs = engine.journal().runs(Some(engine.tenant())).await?;
    Ok(runs.iter().all(|other| other.run != *run || other.status == RunStatus::Closed))
}
