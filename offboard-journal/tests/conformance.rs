//! The journal keeps the contract of its port, also where several use it at once and where calls are dropped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use common::{StillClock, TTL, open, start, whole};
use offboard_core::id::RunId;
use offboard_core::journal::conformance::{self, sample};
use offboard_core::journal::{Journal, JournalError};
use offboard_core::time::Period;
use offboard_journal::SqliteJournal;
use sample::morning;

#[tokio::test]
async fn it_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conformance::all(&open(&folder.path().join("journal.sqlite")).await).await;
}

#[tokio::test]
async fn it_conforms_behind_a_box_and_on_several_threads() {
    let folder = tempfile::tempdir().unwrap();
    let journal: Arc<dyn Journal> = Arc::new(open(&folder.path().join("journal.sqlite")).await);
    tokio::spawn(async move { conformance::all(&*journal).await }).await.unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut kept = Vec::new();
    for round in 0..5 {
        let journal = open(&path).await;
        let lease = start(&journal, "again").await;
        assert_eq!(lease.token, round + 1, "tokens go on counting");
        kept.extend(journal.append(&lease, morning(), sample::observations(round * 2, 2)).await.unwrap());
        assert_eq!(whole(&journal, "again").await, kept);
        if round % 2 == 0 {
            journal.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn every_call_holds_the_clock_and_lets_go() {
    let folder = tempfile::tempdir().unwrap();
    let clock = StillClock::new();
    let journal = SqliteJournal::open(folder.path().join("j.sqlite"), clock.clone()).await.unwrap();
    assert_eq!((clock.holds(), clock.held()), (1, 0), "opening");
    conformance::a_lease_can_be_renewed_while_it_lasts(&journal).await;
    let before = clock.holds();
    conformance::nothing_is_known_of_a_run_that_is_not_there(&journal).await;
    assert!(clock.holds() >= before + 8, "refused calls, too");
    assert_eq!(clock.held(), 0);

    let lease = start(&journal, "held").await;
    {
        let mut call = pin!(journal.append(&lease, morning(), sample::observations(1, 1)));
        let mut polls = 0;
        std::future::poll_fn(|context| {
            polls += 1;
            match call.as_mut().poll(context) {
                Poll::Pending => assert_eq!(clock.held(), 1, "held while it is under way"),
                Poll::Ready(added) => {
                    added.unwrap();
                    return Poll::Ready(());
                }
            }
            Poll::Pending
        })
        .await;
        assert!(polls > 1, "the call did wait, so the hold was seen");
    }
    assert_eq!(clock.held(), 0);
    drop(journal.append(&lease, morning(), sample::observations(2, 1)));
    assert_eq!(clock.held(), 0, "a dropped call lets go");
    let holds = clock.holds();
    journal.close().await.unwrap();
    assert_eq!((clock.holds(), clock.held()), (holds + 1, 0), "closing");
}

/// Many runs at once through two openings of one file, as two processes would: nothing is lost, mixed up or doubled.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_share_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let journals = [Arc::new(open(&path).await), Arc::new(open(&path).await)];
    let mut tasks = Vec::new();
    for n in 0..8_usize {
        let journal = Arc::clone(&journals[n % 2]);
        tasks.push(tokio::spawn(async move {
            let lease = start(&*journal, &format!("run {n}")).await;
            let mut kept = Vec::new();
            for first in 0..15 {
                let events = sample::observations(first * 10, 1 + first % 3);
                kept.extend(journal.append(&lease, morning(), events).await.unwrap());
            }
            (n, kept)
        }));
    }
    for task in tasks {
        let (n, kept) = task.await.unwrap();
        assert_eq!(whole(&*journals[(n + 1) % 2], &format!("run {n}")).await, kept);
    }
}

/// Engines that take one run from each other again and again: whatever was acknowledged is there, in one chain, and
/// between two entries of one lease there is none of another.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_contested_run_has_one_history() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let journals = [Arc::new(open(&path).await), Arc::new(open(&path).await)];
    start(&*journals[0], "contested").await;
    let mut tasks = Vec::new();
    for engine in 0..4_u64 {
        let journal = Arc::clone(&journals[usize::try_from(engine % 2).unwrap()]);
        tasks.push(tokio::spawn(async move {
            let run = RunId::new("contested");
            let (mut kept, mut lost) = (Vec::new(), 0);
            for _ in 0..10 {
                let owner = format!("engine {engine}");
                let lease = journal.claim(&run, &owner, morning(), TTL, true).await.unwrap();
                for _ in 0..5 {
                    let events = vec![sample::observed(lease.token); 2];
                    match journal.append(&lease, morning(), events).await {
                        Ok(added) => kept.extend(added),
                        Err(JournalError::LeaseLost { .. }) => {
                            lost += 1;
                            break;
                        }
                        Err(other) => panic!("{other}"),
                    }
                }
            }
            (kept, lost)
        }));
    }
    let (mut acknowledged, mut lost) = (Vec::new(), 0);
    for task in tasks {
        let (kept, times) = task.await.unwrap();
        acknowledged.extend(kept);
        lost += times;
    }
    acknowledged.sort_by_key(|entry| entry.seq);
    let entries = whole(&*journals[0], "contested").await;
    assert_eq!(entries, acknowledged);
    assert!(lost > 0, "nobody was ever thrown out: the test shows nothing");
    // The number of an observation is the token it was written with: tokens never go back.
    assert!(entries.is_sorted_by_key(|entry| entry.event.at));
}

#[tokio::test]
async fn several_may_make_the_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { open(&path).await })
        })
        .collect();
    let mut journals = Vec::new();
    for task in tasks {
        journals.push(task.await.unwrap());
    }
    let lease = start(&journals[0], "first").await;
    journals[0].append(&lease, morning(), sample::observations(1, 3)).await.unwrap();
    for journal in &journals {
        assert_eq!(whole(journal, "first").await.len(), 3, "they all have the same file");
    }
    for journal in journals {
        journal.close().await.unwrap();
    }
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["journal.sqlite"], "nothing lies about");
}

/// A future that is dropped the moment it was polled so often.
struct DroppedAfter<F> {
    call: Option<Pin<Box<F>>>,
    polls: u32,
}

impl<F: Future> Future for DroppedAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(call) = &mut self.call else { return Poll::Ready(None) };
        if let Poll::Ready(output) = call.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        self.polls -= 1;
        if self.polls == 0 {
            self.call = None;
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}

/// Dropping a call at any of its awaits is the process dying there: all of its entries are there, or none, and the
/// next call works.
#[tokio::test]
async fn a_dropped_call_happened_or_did_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let journal = open(&path).await;
    let lease = start(&journal, "dropped").await;
    let (mut dropped, mut completed, mut happened) = (0, 0, 0);
    let mut expected = 0;
    for polls in (1..=8).cycle().take(80) {
        let call = journal.append(&lease, morning(), sample::observations(1, 3));
        let outcome = DroppedAfter { call: Some(Box::pin(call)), polls }.await;
        if let Some(added) = outcome {
            added.unwrap();
            completed += 1;
        } else {
            dropped += 1;
        }
        // The next call goes through at once, and only behind it is it certain what became of the one before.
        let renewed = journal.renew(&lease, morning(), TTL).await.unwrap();
        assert_eq!(renewed.token, lease.token);
        let entries = whole(&journal, "dropped").await.len();
        if outcome_is_some(entries, expected) {
            happened += 1;
        }
        expected = entries;
    }
    assert!(dropped > 10 && completed > 10, "{dropped} dropped, {completed} completed");
    assert!(happened >= completed);
    assert_eq!(expected, happened * 3);

    let other = Period::seconds(1);
    assert_eq!(journal.renew(&lease, morning() + other, TTL).await.unwrap().until, morning() + other + TTL);
}

fn outcome_is_some(now: usize, before: usize) -> bool {
    assert!(now == before || now == before + 3, "{before} entries became {now}: half a call");
    now > before
}
