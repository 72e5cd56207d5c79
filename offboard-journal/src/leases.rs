//! The right to write. Each function runs inside one transaction that its caller began.

use offboard_core::id::RunId;
use offboard_core::journal::{JournalError, Lease};
use offboard_core::time::{Period, Timestamp};

use crate::fault::{broken, no_run, reading_entry, writing};
use crate::owner::is_dead;
use crate::sqlite::Connection;

/// The lease of a run as it stands.
struct Held {
    token: u64,
    by: Option<(String, Timestamp)>,
}

impl Held {
    async fn of(connection: &mut Connection, run: &RunId) -> Result<Self, JournalError> {
        let row: Option<(i64, Option<String>, Option<i64>)> =
            sqlx::query_as("SELECT token, owner, held_until FROM runs WHERE run = $1")
                .bind(run.as_str())
                .fetch_optional(connection)
                .await
                .map_err(|error| reading_entry(run, 0, &error))?;
        let (token, owner, until) = row.ok_or_else(|| no_run(run))?;
        Ok(Self {
            token: u64::try_from(token).map_err(|_| broken(run, 0, format!("lease token {token}")))?,
            by: owner.zip(until.map(Timestamp::from_micros)),
        })
    }
}

/// Refuses a lease that is not the newest, or that has ended by `now`.
pub(crate) async fn check(
    connection: &mut Connection,
    lease: &Lease,
    now: Timestamp,
) -> Result<(), JournalError> {
    let held = Held::of(connection, &lease.run).await?;
    let lasts = held.by.is_some_and(|(_, until)| until > now);
    if held.token == lease.token && lasts { Ok(()) } else { Err(lost(lease)) }
}

/// Refuses a lease that is not the newest, though it may have ended.
pub(crate) async fn check_newest(connection: &mut Connection, lease: &Lease) -> Result<(), JournalError> {
    let held = Held::of(connection, &lease.run).await?;
    if held.token == lease.token { Ok(()) } else { Err(lost(lease)) }
}

fn lost(lease: &Lease) -> JournalError {
    JournalError::LeaseLost { run: lease.run.clone() }
}

pub(crate) async fn claim(
    connection: &mut Connection,
    run: &RunId,
    owner: &str,
    now: Timestamp,
    ttl: Period,
    force: bool,
) -> Result<Lease, JournalError> {
    let held = Held::of(connection, run).await?;
    if let Some((holder, until)) = held.by
        && until > now
        && holder != owner
        && !force
        && !is_dead(&holder)
    {
        return Err(JournalError::Leased { run: run.clone(), owner: holder, until });
    }
    let lease = Lease { run: run.clone(), token: held.token + 1, until: now + ttl };
    let token = i64::try_from(lease.token).map_err(|_| broken(run, 0, "lease tokens are used up"))?;
    sqlx::query("UPDATE runs SET token = $1, owner = $2, held_until = $3 WHERE run = $4")
        .bind(token)
        .bind(owner)
        .bind(lease.until.as_micros())
        .bind(run.as_str())
        .execute(connection)
        .await
        .map_err(writing)?;
    Ok(lease)
}

pub(crate) async fn renew(
    connection: &mut Connection,
    lease: &Lease,
    now: Timestamp,
    ttl: Period,
) -> Result<Lease, JournalError> {
    check(connection, lease, now).await?;
    let until = now + ttl;
    sqlx::query("UPDATE runs SET held_until = $1 WHERE run = $2")
        .bind(until.as_micros())
        .bind(lease.run.as_str())
        .execute(connection)
        .await
        .map_err(writing)?;
    Ok(Lease { until, ..lease.clone() })
}

/// Frees the lease, if it is still the newest; giving back what is gone changes nothing.
pub(crate) async fn release(connection: &mut Connection, lease: &Lease) -> Result<(), JournalError> {
    let held = Held::of(connection, &lease.run).await?;
    if held.token == lease.token {
        sqlx::query("UPDATE runs SET owner = NULL, held_until = NULL WHERE run = $1")
            .bind(lease.run.as_str())
            .execute(connection)
            .await
            .map_err(writing)?;
    }
    Ok(())
}
