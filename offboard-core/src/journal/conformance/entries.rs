//! Writing and reading entries, and what the chain of their hashes shows.

use serde_json::json;

use super::sample::{self, morning};
use super::{TTL, opened, tenant};
use crate::document::digest;
use crate::id::{RunId, StepId, UserId};
use crate::journal::chain::{self, Checkpoint};
use crate::journal::{Entry, EventKind, Journal, JournalError, RunRecord};
use crate::time::Period;

/// Numbers count from 1 without a gap, each entry carries the hash before, and what `append` returned is what is
/// kept.
pub async fn entries_are_numbered_chained_and_whole(journal: &dyn Journal) {
    let lease = opened(journal, "entries", tenant(40)).await;
    let record = journal.record(&lease.run).await.expect("there");
    assert_eq!(journal.read(&lease.run, 0).await, Ok(vec![]));

    let mut kept = Vec::new();
    for (first, count) in [(1, 1), (2, 3), (5, 0), (5, 5)] {
        let events = sample::observations(first, count);
        let added = journal.append(&lease, morning(), events.clone()).await.expect("appended");
        assert_eq!(added.iter().map(|entry| entry.event.clone()).collect::<Vec<_>>(), events);
        kept.extend(added);
        assert_eq!(journal.read(&lease.run, 0).await.as_ref(), Ok(&kept));
    }
    assert_eq!(kept.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=9).collect::<Vec<_>>());
    assert_eq!(kept[0].previous, chain::genesis(&record));
    let checkpoint = chain::verify(&record, &kept, None).expect("whole");
    assert_eq!((checkpoint.count, &checkpoint.head), (9, &kept[8].hash));

    // Another run has numbers and a chain of its own.
    let other = opened(journal, "entries-other", tenant(41)).await;
    let added = journal.append(&other, morning(), sample::observations(1, 1)).await.expect("appended");
    assert_eq!(added[0].seq, 1);
    assert_ne!(added[0].previous, kept[0].previous);
    assert_eq!(journal.read(&lease.run, 0).await.as_ref(), Ok(&kept));
}

/// Every value comes back as it was, bit for bit: a decimal that is read a hair beside what was written would look
/// like tampering.
pub async fn what_is_written_is_what_is_read(journal: &dyn Journal) {
    let lease = opened(journal, "awkward", tenant(42)).await;
    let record = journal.record(&lease.run).await.expect("there");
    let at = morning() + Period::micros(1);
    let mut events = vec![
        sample::captured("set_automatic_replies", at, sample::awkward()),
        sample::captured("a step/with 'quotes', \u{1f511} and a \u{0}", at, json!(null)),
    ];
    // Many decimals, because most of them survive anything.
    let decimals: Vec<f64> =
        (1..=500_u32).map(|n| f64::from(n) * 0.1 / 3.0 * 10_f64.powi(n.cast_signed() % 40 - 20)).collect();
    events.push(sample::captured("decimals", at, json!(decimals)));
    let added = journal.append(&lease, morning(), events.clone()).await.expect("appended");
    let read = journal.read(&lease.run, 0).await.expect("read");
    assert!(read == added, "what was read is not what `append` returned");
    for (entry, event) in read.iter().zip(&events) {
        assert_eq!(
            serde_json::to_string(&entry.event).expect("JSON"),
            serde_json::to_string(event).expect("JSON"),
            "to the last digit"
        );
    }
    chain::verify(&record, &read, None).expect("the hashes agree with what is read");
}

/// A reader goes on where he was.
pub async fn reading_goes_on_after_a_number(journal: &dyn Journal) {
    let lease = opened(journal, "read-after", tenant(43)).await;
    journal.append(&lease, morning(), sample::observations(1, 7)).await.expect("appended");
    for after in [0, 1, 6, 7, 8, u64::MAX] {
        let read = journal.read(&lease.run, after).await.expect("read");
        let numbers: Vec<u64> = read.iter().map(|entry| entry.seq).collect();
        assert_eq!(numbers, (after.saturating_add(1)..=7).collect::<Vec<_>>(), "after {after}");
    }
}

/// All or none: what was refused is not there, and the chain goes on as if it had not been tried.
pub async fn a_refused_append_leaves_nothing(journal: &dyn Journal) {
    let lease = opened(journal, "refused", tenant(44)).await;
    let record = journal.record(&lease.run).await.expect("there");
    journal.append(&lease, morning(), sample::observations(1, 2)).await.expect("appended");
    let before = journal.read(&lease.run, 0).await.expect("read");
    let refused = journal.append(&lease, lease.until, sample::observations(3, 3)).await;
    assert_eq!(refused, Err(JournalError::LeaseLost { run: lease.run.clone() }));
    assert_eq!(journal.read(&lease.run, 0).await.as_ref(), Ok(&before));

    let next = journal.claim(&lease.run, "engine", lease.until, TTL, false).await.expect("free");
    journal.append(&next, lease.until, sample::observations(3, 1)).await.expect("appended");
    let after = journal.read(&lease.run, 0).await.expect("read");
    assert_eq!(after.len(), 3);
    chain::verify(&record, &after, None).expect("whole");
}

fn is_broken(record: &RunRecord, entries: &[Entry]) -> bool {
    matches!(chain::verify(record, entries, None), Err(JournalError::Broken { .. }))
}

/// Whoever changes, removes, repeats or reorders an entry, or exchanges a document, breaks the chain.
pub async fn a_changed_journal_is_noticed(journal: &dyn Journal) {
    let lease = opened(journal, "changed", tenant(45)).await;
    let record = journal.record(&lease.run).await.expect("there");
    journal.append(&lease, morning(), sample::observations(1, 5)).await.expect("appended");
    let entries = journal.read(&lease.run, 0).await.expect("read");
    assert!(!is_broken(&record, &entries), "nothing was changed yet");

    for place in 0..entries.len() {
        let changed = |change: &dyn Fn(&mut Entry)| {
            let mut entries = entries.clone();
            change(&mut entries[place]);
            is_broken(&record, &entries)
        };
        assert!(changed(&|entry| entry.seq += 1), "number of {place}");
        assert!(changed(&|entry| entry.previous = digest(b"x")), "hash before {place}");
        assert!(changed(&|entry| entry.hash = digest(b"x")), "hash of {place}");
        assert!(changed(&|entry| entry.event.at = entry.event.at + Period::micros(1)), "time of {place}");
        assert!(changed(&|entry| entry.event.step = Some(StepId::new("x"))), "step of {place}");
        assert!(changed(&|entry| entry.event.kind = EventKind::Closed {}), "kind of {place}");

        let mut removed = entries.clone();
        removed.remove(place);
        assert_eq!(is_broken(&record, &removed), place + 1 < entries.len(), "without {place}");
        let mut repeated = entries.clone();
        repeated.insert(place, entries[place].clone());
        assert!(is_broken(&record, &repeated), "{place} twice");
        if place > 0 {
            let mut swapped = entries.clone();
            swapped.swap(place - 1, place);
            assert!(is_broken(&record, &swapped), "{place} before the one before it");
        }
    }

    let document = |change: &dyn Fn(&mut RunRecord)| {
        let mut record = record.clone();
        change(&mut record);
        is_broken(&record, &entries)
    };
    assert!(document(&|record| record.run = RunId::new("x")));
    assert!(document(&|record| record.tenant = tenant(999)));
    assert!(document(&|record| record.leaver = UserId::from_u128(999)));
    assert!(document(&|record| record.leaver_name.push(' ')));
    assert!(document(&|record| record.opened_at = record.opened_at + Period::micros(1)));
    assert!(document(&|record| record.plan[0] ^= 1));
    assert!(document(&|record| record.approval[0] ^= 1));
    assert!(document(&|record| record.policy[0] ^= 1));
    assert!(document(&|record| record.profile.push(0)));
    assert!(document(&|record| std::mem::swap(&mut record.policy, &mut record.profile)));
}

/// A chain alone does not show a cut tail, nor one that was written anew; a checkpoint kept elsewhere does.
pub async fn a_cut_tail_is_noticed_by_a_checkpoint(journal: &dyn Journal) {
    let lease = opened(journal, "cut", tenant(46)).await;
    let record = journal.record(&lease.run).await.expect("there");
    journal.append(&lease, morning(), sample::observations(1, 4)).await.expect("appended");
    let entries = journal.read(&lease.run, 0).await.expect("read");
    let checkpoint = chain::verify(&record, &entries, None).expect("whole");
    let check = |entries: &[Entry], kept: &Checkpoint| chain::verify(&record, entries, Some(kept)).is_ok();

    assert!(check(&entries, &checkpoint));
    for left in 0..entries.len() {
        assert!(chain::verify(&record, &entries[..left], None).is_ok(), "the chain alone does not show it");
        assert!(!check(&entries[..left], &checkpoint), "only {left} left");
    }
    let mut anew = Vec::new();
    let mut head = chain::genesis(&record);
    for (seq, event) in (1..).zip(sample::observations(11, 4)) {
        anew.push(chain::link(&head, seq, event));
        head = anew[anew.len() - 1].hash.clone();
    }
    assert!(chain::verify(&record, &anew, None).is_ok(), "another history with good hashes");
    assert!(!check(&anew, &checkpoint), "is not the one that the checkpoint is of");

    journal.append(&lease, morning(), sample::observations(5, 2)).await.expect("appended");
    let longer = journal.read(&lease.run, 0).await.expect("read");
    assert!(check(&longer, &checkpoint), "what came after the checkpoint is welcome");
}
