//! Writing and reading entries. Each function runs inside one turn of its caller.

use offboard_core::id::{Digest, RunId};
use offboard_core::journal::{Entry, Event, JournalError, Lease, chain};
use offboard_core::time::Timestamp;
use sqlx::Row as _;

use crate::fault::{broken, reading_entry, storage, writing};
use crate::sqlite::{Connection, Row};
use crate::{leases, runs};

/// Adds `events` behind the last entry. The chain goes on from what is in the file now: nobody else can write until
/// the caller's transaction ends.
pub(crate) async fn append(
    connection: &mut Connection,
    lease: &Lease,
    now: Timestamp,
    events: Vec<Event>,
) -> Result<Vec<Entry>, JournalError> {
    leases::check(connection, lease, now).await?;
    let run = &lease.run;
    let (mut seq, mut head) = match last(connection, run).await? {
        Some(last) => last,
        None => (0, chain::genesis(&runs::record(connection, run).await?)),
    };
    let mut added = Vec::with_capacity(events.len());
    for event in events {
        seq += 1;
        let entry = chain::link(&head, seq, event);
        let number = i64::try_from(seq).map_err(|_| broken(run, seq, "numbers are used up"))?;
        let event =
            serde_json::to_string(&entry.event).map_err(|error| storage("written", error.to_string()))?;
        sqlx::query("INSERT INTO entries (run, seq, event, previous, hash) VALUES ($1, $2, $3, $4, $5)")
            .bind(run.as_str())
            .bind(number)
            .bind(event)
            .bind(entry.previous.as_str())
            .bind(entry.hash.as_str())
            .execute(&mut *connection)
            .await
            .map_err(writing)?;
        head = entry.hash.clone();
        added.push(entry);
    }
    Ok(added)
}

/// Number and hash of the last entry.
async fn last(connection: &mut Connection, run: &RunId) -> Result<Option<(u64, Digest)>, JournalError> {
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT seq, hash FROM entries WHERE run = $1 ORDER BY seq DESC LIMIT 1")
            .bind(run.as_str())
            .fetch_optional(connection)
            .await
            .map_err(|error| reading_entry(run, 0, &error))?;
    row.map(|(seq, hash)| Ok((number(run, seq)?, Digest::new(hash)))).transpose()
}

pub(crate) async fn read(
    connection: &mut Connection,
    run: &RunId,
    after: u64,
) -> Result<Vec<Entry>, JournalError> {
    runs::exists(connection, run).await?;
    // Numbers beyond what the file can hold have nothing behind them.
    let Ok(after) = i64::try_from(after) else { return Ok(Vec::new()) };
    // Numbers below the first are a foreign hand's, and are not to be passed over.
    let after = if after == 0 { i64::MIN } else { after };
    let rows = sqlx::query(
        "SELECT seq, event, previous, hash FROM entries WHERE run = $1 AND seq > $2 ORDER BY seq",
    )
    .bind(run.as_str())
    .bind(after)
    .fetch_all(connection)
    .await
    .map_err(|error| reading_entry(run, u64::try_from(after).unwrap_or(0) + 1, &error))?;
    rows.iter().map(|row| entry(run, row)).collect()
}

fn entry(run: &RunId, row: &Row) -> Result<Entry, JournalError> {
    let seq = row.try_get("seq").map_err(|error| broken(run, 0, error))?;
    let seq = number(run, seq)?;
    let text = |column| row.try_get::<String, _>(column).map_err(|error| broken(run, seq, error));
    Ok(Entry {
        seq,
        event: serde_json::from_str(&text("event")?).map_err(|error| broken(run, seq, error))?,
        previous: Digest::new(text("previous")?),
        hash: Digest::new(text("hash")?),
    })
}

fn number(run: &RunId, seq: i64) -> Result<u64, JournalError> {
    u64::try_from(seq).map_err(|_| broken(run, 0, format!("number {seq}")))
}
