//! What the tests of the journal share.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part of it, and fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use offboard_core::id::{RunId, TenantId};
use offboard_core::journal::chain::{self, Checkpoint};
use offboard_core::journal::conformance::sample::{self, morning};
use offboard_core::journal::{Entry, Journal, JournalError, Lease, RunRecord};
use offboard_core::time::{Clock, Hold, Period, Timestamp};
use offboard_journal::SqliteJournal;

pub(crate) const TTL: Period = Period::hours(1);
pub(crate) const TENANT: TenantId = TenantId::from_u128(7);

/// A clock that stands still, and counts how often it was held and by how many it is.
#[derive(Debug, Default)]
pub(crate) struct StillClock {
    held: Arc<AtomicI64>,
    holds: AtomicU64,
}

impl StillClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// How many hold it now.
    pub(crate) fn held(&self) -> i64 {
        self.held.load(Ordering::SeqCst)
    }

    /// How often it was held.
    pub(crate) fn holds(&self) -> u64 {
        self.holds.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        morning()
    }

    async fn sleep_until(&self, _: Timestamp) {}

    fn hold(&self) -> Hold {
        self.holds.fetch_add(1, Ordering::SeqCst);
        self.held.fetch_add(1, Ordering::SeqCst);
        let held = Arc::clone(&self.held);
        Hold::new(move || {
            held.fetch_sub(1, Ordering::SeqCst);
        })
    }
}

pub(crate) async fn open(path: &Path) -> SqliteJournal {
    SqliteJournal::open(path, StillClock::new()).await.unwrap()
}

pub(crate) async fn look(path: &Path) -> SqliteJournal {
    SqliteJournal::open_read_only(path, StillClock::new()).await.unwrap()
}

/// Opens the run `run` and takes its lease.
pub(crate) async fn start(journal: &dyn Journal, run: &str) -> Lease {
    let record = sample::record(run, TENANT, 1, morning());
    journal.open(&record, true).await.unwrap();
    journal.claim(&record.run, "test", morning(), TTL, false).await.unwrap()
}

/// Everything of a run, after its chain was checked.
pub(crate) async fn whole(journal: &dyn Journal, run: &str) -> Vec<Entry> {
    let (record, entries) = both(journal, run).await.unwrap();
    chain::verify(&record, &entries, None).unwrap();
    entries
}

pub(crate) async fn both(journal: &dyn Journal, run: &str) -> Result<(RunRecord, Vec<Entry>), JournalError> {
    let run = RunId::new(run);
    Ok((journal.record(&run).await?, journal.read(&run, 0).await?))
}

/// Reads a run and checks it, as a report would.
pub(crate) async fn verified(
    journal: &dyn Journal,
    run: &str,
    checkpoint: Option<&Checkpoint>,
) -> Result<(RunRecord, Vec<Entry>), JournalError> {
    let (record, entries) = both(journal, run).await?;
    chain::verify(&record, &entries, checkpoint)?;
    Ok((record, entries))
}

/// This test program once more, as a process of its own that runs the ignored test `name` on the file `path`.
/// `before` is a program that prepares the process and then becomes it.
pub(crate) fn child(before: &[&str], name: &str, path: &Path) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut line = before.to_vec();
    line.push(program.to_str().unwrap());
    child_of(&line, name, path)
}

/// The same, with this line for the program.
pub(crate) fn child_of(line: &[&str], name: &str, path: &Path) -> Command {
    let mut command = Command::new(line[0]);
    command
        .args(&line[1..])
        .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

const CHILD: &str = "OFFBOARD_JOURNAL_TEST_CHILD";

/// In a child: the file it was given. Nothing where somebody runs the ignored tests by hand.
pub(crate) fn given() -> Option<std::path::PathBuf> {
    std::env::var_os(CHILD).map(Into::into)
}
