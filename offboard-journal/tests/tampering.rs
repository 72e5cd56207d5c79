//! A foreign hand in the file: whatever is changed is noticed, or changes nothing that is read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use common::{StillClock, open, start, verified};
use offboard_core::id::RosterId;
use offboard_core::journal::chain::{self, Checkpoint};
use offboard_core::journal::conformance::{self, sample};
use offboard_core::journal::{Entry, Journal, JournalError, RunRecord};
use offboard_journal::SqliteJournal;
use sample::morning;
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

const RUN: &str = "tampered";

/// A run with a few entries, and the checkpoint that its auditor keeps.
async fn history(journal: &dyn Journal) -> (RunRecord, Vec<Entry>, Checkpoint) {
    let lease = start(journal, RUN).await;
    let mut events = sample::observations(1, 2);
    events.push(sample::captured(
        "block_sign_in",
        morning(),
        json!({ "account_enabled": true, "size": 49.9 }),
    ));
    journal.append(&lease, morning(), events).await.unwrap();
    let (record, entries) = verified(journal, RUN, None).await.unwrap();
    let checkpoint = chain::verify(&record, &entries, None).unwrap();
    (record, entries, checkpoint)
}

/// The way of somebody who has the file and a SQLite shell.
async fn shell(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

fn is_broken<T>(result: &Result<T, JournalError>) -> bool {
    matches!(result, Err(JournalError::Broken { .. }))
}

/// Every byte of every entry, one after the other, changed in two ways: so that a text stays a text, and so that it
/// does not.
#[tokio::test]
async fn every_changed_byte_of_an_entry_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let journal = open(&path).await;
    let (_, entries, _) = history(&journal).await;
    let mut shell = shell(&path).await;

    let (mut noticed, mut harmless) = (0, 0);
    for (column, select, update) in [
        (
            "event",
            "SELECT event FROM entries WHERE seq = $1",
            "UPDATE entries SET event = CAST($1 AS TEXT) WHERE seq = $2",
        ),
        (
            "previous",
            "SELECT previous FROM entries WHERE seq = $1",
            "UPDATE entries SET previous = CAST($1 AS TEXT) WHERE seq = $2",
        ),
        (
            "hash",
            "SELECT hash FROM entries WHERE seq = $1",
            "UPDATE entries SET hash = CAST($1 AS TEXT) WHERE seq = $2",
        ),
    ] {
        for seq in 1..=3_i64 {
            let row = sqlx::query(select).bind(seq).fetch_one(&mut shell).await.unwrap();
            let text: String = row.get(0);
            for place in 0..text.len() {
                for mask in [0x01, 0x80] {
                    let mut bytes = text.clone().into_bytes();
                    bytes[place] ^= mask;
                    sqlx::query(update).bind(bytes).bind(seq).execute(&mut shell).await.unwrap();
                    let read = verified(&journal, RUN, None).await;
                    match &read {
                        Err(_) if is_broken(&read) => noticed += 1,
                        // `Z` and `z` are the same offset: nothing was changed that anybody reads.
                        Ok((_, read)) if *read == entries => harmless += 1,
                        _ => panic!("byte {place} of {column} {seq}: {read:?}"),
                    }
                }
            }
            sqlx::query(update).bind(text.into_bytes()).bind(seq).execute(&mut shell).await.unwrap();
        }
    }
    assert!(verified(&journal, RUN, None).await.is_ok(), "put back");
    assert!(noticed > 1_000 && harmless < 20, "{noticed} noticed, {harmless} harmless");
}

#[tokio::test]
async fn every_kind_of_change_to_the_tables_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    for (n, (statement, without_checkpoint)) in (0..).zip([
        ("UPDATE entries SET seq = seq + 100", true),
        ("UPDATE entries SET seq = -seq", true),
        ("UPDATE entries SET seq = 'two' WHERE seq = 2", true),
        ("UPDATE entries SET event = x'00ff' WHERE seq = 2", true),
        ("UPDATE entries SET event = '{}' WHERE seq = 3", true),
        ("UPDATE entries SET event = '' WHERE seq = 3", true),
        ("UPDATE entries SET hash = 'x' WHERE seq = 3", true),
        ("DELETE FROM entries WHERE seq = 1", true),
        ("DELETE FROM entries WHERE seq = 2", true),
        ("DELETE FROM entries WHERE seq = 3", false),
        ("DELETE FROM entries", false),
        ("INSERT INTO entries SELECT run, 4, event, previous, hash FROM entries WHERE seq = 3", true),
        ("UPDATE documents SET plan = x'7b7d'", true),
        ("UPDATE documents SET approval = ''", true),
        ("UPDATE documents SET policy = CAST(policy || ' ' AS BLOB)", true),
        ("UPDATE documents SET profile = x'20'", true),
        ("DELETE FROM documents", true),
        ("UPDATE runs SET tenant = 'x'", true),
        ("UPDATE runs SET tenant = '00000000-0000-0000-0000-000000000008'", true),
        ("UPDATE runs SET leaver = '00000000-0000-0000-0000-000000000002'", true),
        ("UPDATE runs SET leaver_name = 'Megan Bowen'", true),
        ("UPDATE runs SET opened_at = opened_at + 1", true),
        ("UPDATE runs SET opened_at = 'yesterday'", true),
    ]) {
        let path = folder.path().join(format!("journal-{n}.sqlite"));
        let journal = open(&path).await;
        let (_, _, checkpoint) = history(&journal).await;
        let mut shell = shell(&path).await;
        sqlx::query(statement).execute(&mut shell).await.unwrap();
        let alone = verified(&journal, RUN, None).await;
        assert_eq!(is_broken(&alone), without_checkpoint, "{statement}: {alone:?}");
        let checked = verified(&journal, RUN, Some(&checkpoint)).await;
        assert!(is_broken(&checked), "{statement}: {checked:?}");
        assert!(checked.unwrap_err().hint().unwrap().contains("evidence"));
        journal.close().await.unwrap();
    }
}

/// Flips bytes anywhere in the file, where they hit pages, pointers, lengths and indexes: never a panic, never
/// another history than the one that was written.
#[tokio::test]
async fn a_damaged_file_never_tells_another_history() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("journal.sqlite"), folder.path().join("copy.sqlite"));
    let journal = open(&path).await;
    let (record, entries, checkpoint) = history(&journal).await;
    journal.close().await.unwrap();
    let whole = fs::read(&path).unwrap();

    let (mut noticed, mut harmless) = (0, 0);
    // Most of a small file is empty space, so the steps are short where something stands.
    let places = (0..whole.len()).filter(|place| place % 7 == 0 && (*place < 100 || whole[*place] != 0));
    for place in places {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x41;
        fs::write(&copy, bytes).unwrap();
        match read_copy(&copy, &checkpoint).await {
            Err(_) => noticed += 1,
            Ok(read) => {
                assert!(read == (record.clone(), entries.clone()), "byte {place} tells another history");
                harmless += 1;
            }
        }
    }
    assert!(noticed > 50 && harmless > 0, "{noticed} noticed, {harmless} harmless");
    for length in (0..whole.len()).step_by(1_365) {
        fs::write(&copy, &whole[..length]).unwrap();
        if let Ok(read) = read_copy(&copy, &checkpoint).await {
            assert!(read == (record.clone(), entries.clone()), "cut at {length} it tells another history");
        }
    }
}

async fn read_copy(path: &Path, checkpoint: &Checkpoint) -> Result<(RunRecord, Vec<Entry>), JournalError> {
    let journal = SqliteJournal::open_read_only(path, StillClock::new()).await?;
    let read = verified(&journal, RUN, Some(checkpoint)).await;
    journal.close().await.ok();
    read
}

/// A journal that nobody has written to since there are rosters has no table for them.
#[tokio::test]
async fn a_journal_from_before_rosters_has_none_and_takes_some() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    open(&path).await.close().await.unwrap();
    let mut shell = shell(&path).await;
    sqlx::query("DROP TABLE rosters").execute(&mut shell).await.unwrap();
    shell.close().await.unwrap();

    let reader = SqliteJournal::open_read_only(&path, StillClock::new()).await.unwrap();
    assert_eq!(reader.rosters(None).await.unwrap(), []);
    let none = reader.roster(&RosterId::new("r-none")).await.unwrap_err();
    assert_eq!(none, JournalError::NoRoster { roster: "r-none".to_owned() });
    reader.close().await.unwrap();
    let journal = open(&path).await;
    conformance::a_roster_opens_whom_it_can(&journal).await;
}
