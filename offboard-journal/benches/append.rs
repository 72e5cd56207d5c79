//! How long an entry takes until it is on the disk: `cargo bench -p offboard-journal [-- FOLDER]`.
//!
//! Beside it stands what the disk itself needs to confirm a write of one page, because nothing can be faster.
#![allow(clippy::disallowed_methods, reason = "a measurement asks the machine for the time")]
#![allow(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]
#![allow(clippy::print_stdout, reason = "a measurement is printed")]

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use offboard_core::id::TenantId;
use offboard_core::journal::conformance::sample::{self, morning};
use offboard_core::journal::{Journal, RunRecord};
use offboard_core::time::{Clock, Period, Timestamp};
use offboard_journal::SqliteJournal;
use serde_json::json;

#[derive(Debug)]
struct StillClock;

#[async_trait]
impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        morning()
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "{what:<34} p50 {:>9.3?}   p90 {:>9.3?}   p99 {:>9.3?}   n {}",
        at(50),
        at(90),
        at(99),
        times.len()
    );
}

fn confirmed_writes(folder: &Path, times: usize) -> Vec<Duration> {
    let mut file = tempfile::tempfile_in(folder).unwrap();
    let page = [7_u8; 4_096];
    (0..times)
        .map(|_| {
            let start = Instant::now();
            file.write_all(&page).unwrap();
            file.sync_data().unwrap();
            start.elapsed()
        })
        .collect()
}

async fn appends(journal: &SqliteJournal, record: &RunRecord, events: u64, times: usize) -> Vec<Duration> {
    let lease = journal.claim(&record.run, "bench", morning(), Period::hours(1), false).await.unwrap();
    let event = |n| sample::captured("block_sign_in", morning(), json!({ "account_enabled": true, "n": n }));
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let events = (0..events).map(event).collect();
        let start = Instant::now();
        journal.append(&lease, morning(), events).await.unwrap();
        taken.push(start.elapsed());
    }
    taken
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs this too, only to see that it runs.
    let times = if arguments.iter().any(|argument| argument == "--bench") { 2_000 } else { 20 };
    let place = arguments.iter().find(|argument| !argument.starts_with('-'));
    let folder = place.map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
    let journal =
        SqliteJournal::open(folder.path().join("journal.sqlite"), Arc::new(StillClock)).await.unwrap();
    let record = sample::record("bench", TenantId::from_u128(1), 1, morning());
    journal.open(&record, false).await.unwrap();

    println!("in {}", folder.path().display());
    report("the disk: one page, confirmed", confirmed_writes(folder.path(), times));
    report("append of 1 event", appends(&journal, &record, 1, times).await);
    report("append of 10 events (a wave)", appends(&journal, &record, 10, times / 4).await);
    let mut reads = Vec::new();
    for _ in 0..times / 20 {
        let start = Instant::now();
        let entries = journal.read(&record.run, 0).await.unwrap().len();
        reads.push(start.elapsed());
        assert!(entries > 0);
    }
    report("reading all of these entries", reads);
}
