//! A database that may not grow, at every size: the same answer of SQLite as on a full disk, on every system.

use std::sync::Arc;

use async_trait::async_trait;
use offboard_core::id::TenantId;
use offboard_core::journal::conformance::sample::{self, morning};
use offboard_core::journal::{Journal, JournalError, chain};
use offboard_core::time::{Clock, Period, Timestamp};
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::SqliteJournal;

#[derive(Debug)]
struct StillClock;

#[async_trait]
impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        morning()
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

/// Lets the database grow by so many pages, until the writer makes a new connection.
async fn limit(journal: &SqliteJournal, more: i64) {
    let mut turn = journal.writer.as_ref().unwrap().look().await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut turn.connection).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + more)))
        .execute(&mut turn.connection)
        .await
        .unwrap();
    turn.done();
}

#[tokio::test]
async fn whatever_does_not_fit_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("j.sqlite"), Arc::new(StillClock)).await.unwrap();
    let record = sample::record("full", TenantId::from_u128(1), 1, morning());
    journal.open(&record, false).await.unwrap();
    let lease = journal.claim(&record.run, "test", morning(), Period::hours(1), false).await.unwrap();
    let event = |n: u64| sample::captured("block_sign_in", morning(), json!([n, "x".repeat(3_000)]));

    let (mut kept, mut refused, mut fitted) = (Vec::new(), 0, 0);
    for more in (0..8).cycle().take(40) {
        limit(&journal, more).await;
        match journal.append(&lease, morning(), (0..5).map(event).collect()).await {
            Ok(added) => {
                kept.extend(added);
                fitted += 1;
            }
            Err(error) => {
                assert!(
                    matches!(&error, JournalError::Storage { doing: "written", why } if why.starts_with("the disk is full")),
                    "{error}"
                );
                refused += 1;
            }
        }
        let entries = journal.read(&record.run, 0).await.unwrap();
        assert!(entries == kept, "{more} more pages");
        chain::verify(&record, &entries, None).unwrap();
    }
    assert!(refused >= 10 && fitted >= 10, "{refused} refused, {fitted} fitted");

    for more in 0..6 {
        limit(&journal, more).await;
        let mut other = sample::record(&format!("other {more}"), record.tenant, 2, morning());
        other.policy = vec![7; 40_000];
        let error = journal.open(&other, true).await.unwrap_err();
        assert!(matches!(error, JournalError::Storage { .. }), "{error}");
        assert_eq!(journal.record(&other.run).await, Err(JournalError::NoRun { run: other.run.to_string() }));
    }
    assert_eq!(journal.runs(None).await.unwrap().len(), 1);
}
