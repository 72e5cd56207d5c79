//! Opening, listing and counting runs. Each function runs inside one turn of its caller.

use std::str::FromStr;

use offboard_core::id::{RunId, TenantId};
use offboard_core::journal::{JournalError, Lease, Opening, RunRecord, RunStatus, RunSummary};
use offboard_core::plan::Plan;
use offboard_core::time::Timestamp;
use sqlx::Row as _;

use crate::fault::{broken, no_run, reading, reading_entry, writing};
use crate::leases;
use crate::sqlite::{Connection, Row};

const OPEN: &str = "open";
const CLOSED: &str = "closed";

fn text_of(status: &RunStatus) -> &'static str {
    match status {
        RunStatus::Open => OPEN,
        RunStatus::Closed => CLOSED,
    }
}

pub(crate) async fn open(
    connection: &mut Connection,
    record: &RunRecord,
    supersede: bool,
) -> Result<Opening, JournalError> {
    match exists(connection, &record.run).await {
        Ok(()) => return Ok(Opening::Existing),
        Err(JournalError::NoRun { .. }) => {}
        Err(error) => return Err(error),
    }
    let (tenant, leaver) = (record.tenant.to_string(), record.leaver.to_string());
    let other: Option<(String, String)> = sqlx::query_as(
        "SELECT run, leaver_name FROM runs WHERE tenant = $1 AND leaver = $2 AND status = $3 ORDER BY run LIMIT 1",
    )
    .bind(&tenant)
    .bind(&leaver)
    .bind(OPEN)
    .fetch_optional(&mut *connection)
    .await
    .map_err(reading)?;
    if let (Some((run, leaver_name)), false) = (other, supersede) {
        return Err(JournalError::AlreadyOpen { run: RunId::new(run), leaver_name });
    }
    let counts = Plan::from_bytes(&record.plan).is_ok_and(|(plan, _)| !plan.is_containment_only());
    sqlx::query(
        "INSERT INTO runs (run, tenant, leaver, leaver_name, opened_at, counts, status, token)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
    )
    .bind(record.run.as_str())
    .bind(&tenant)
    .bind(&leaver)
    .bind(&record.leaver_name)
    .bind(record.opened_at.as_micros())
    .bind(i64::from(counts))
    .bind(OPEN)
    .execute(&mut *connection)
    .await
    .map_err(writing)?;
    sqlx::query("INSERT INTO documents (run, plan, approval, policy, profile) VALUES ($1, $2, $3, $4, $5)")
        .bind(record.run.as_str())
        .bind(&record.plan)
        .bind(&record.approval)
        .bind(&record.policy)
        .bind(&record.profile)
        .execute(connection)
        .await
        .map_err(writing)?;
    Ok(Opening::Opened)
}

/// Refuses a run that is not there.
pub(crate) async fn exists(connection: &mut Connection, run: &RunId) -> Result<(), JournalError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM runs WHERE run = $1")
        .bind(run.as_str())
        .fetch_optional(connection)
        .await
        .map_err(|error| reading_entry(run, 0, &error))?;
    row.map(|_| ()).ok_or_else(|| no_run(run))
}

pub(crate) async fn mark(
    connection: &mut Connection,
    lease: &Lease,
    status: &RunStatus,
    wake_at: Option<Timestamp>,
) -> Result<(), JournalError> {
    leases::check_newest(connection, lease).await?;
    sqlx::query("UPDATE runs SET status = $1, wake_at = $2 WHERE run = $3")
        .bind(text_of(status))
        .bind(wake_at.map(Timestamp::as_micros))
        .bind(lease.run.as_str())
        .execute(connection)
        .await
        .map_err(writing)?;
    Ok(())
}

pub(crate) async fn record(connection: &mut Connection, run: &RunId) -> Result<RunRecord, JournalError> {
    let row = sqlx::query(
        "SELECT r.tenant, r.leaver, r.leaver_name, r.opened_at, d.plan, d.approval, d.policy, d.profile
         FROM runs r JOIN documents d ON d.run = r.run WHERE r.run = $1",
    )
    .bind(run.as_str())
    .fetch_optional(&mut *connection)
    .await
    .map_err(|error| reading_entry(run, 0, &error))?;
    let Some(row) = row else {
        exists(connection, run).await?;
        return Err(broken(run, 0, "its documents were removed"));
    };
    let bytes = |column| row.try_get(column).map_err(|error| broken(run, 0, error));
    Ok(RunRecord {
        run: run.clone(),
        tenant: id(run, &row, "tenant")?,
        leaver: id(run, &row, "leaver")?,
        leaver_name: row.try_get("leaver_name").map_err(|error| broken(run, 0, error))?,
        opened_at: time(run, &row, "opened_at")?,
        plan: bytes("plan")?,
        approval: bytes("approval")?,
        policy: bytes("policy")?,
        profile: bytes("profile")?,
    })
}

pub(crate) async fn list(
    connection: &mut Connection,
    tenant: Option<TenantId>,
) -> Result<Vec<RunSummary>, JournalError> {
    let rows = sqlx::query(
        "SELECT r.run, r.tenant, r.leaver, r.leaver_name, r.opened_at, r.status, r.wake_at,
                (SELECT COUNT(*) FROM entries e WHERE e.run = r.run) AS entries
         FROM runs r WHERE r.tenant = COALESCE($1, r.tenant) ORDER BY r.opened_at DESC, r.run",
    )
    .bind(tenant.map(|tenant| tenant.to_string()))
    .fetch_all(connection)
    .await
    .map_err(reading)?;
    rows.iter().map(summary).collect()
}

fn summary(row: &Row) -> Result<RunSummary, JournalError> {
    let run = RunId::new(row.try_get::<String, _>("run").map_err(reading)?);
    let column = |error| broken(&run, 0, error);
    let status: String = row.try_get("status").map_err(column)?;
    let entries: i64 = row.try_get("entries").map_err(column)?;
    let wake_at: Option<i64> = row.try_get("wake_at").map_err(column)?;
    Ok(RunSummary {
        tenant: id(&run, row, "tenant")?,
        leaver: id(&run, row, "leaver")?,
        leaver_name: row.try_get("leaver_name").map_err(column)?,
        opened_at: time(&run, row, "opened_at")?,
        status: match status.as_str() {
            OPEN => RunStatus::Open,
            CLOSED => RunStatus::Closed,
            other => return Err(broken(&run, 0, format!("status `{other}`"))),
        },
        entries: u64::try_from(entries).unwrap_or(0),
        wake_at: wake_at.map(Timestamp::from_micros),
        run,
    })
}

pub(crate) async fn started_since(
    connection: &mut Connection,
    tenant: TenantId,
    since: Timestamp,
) -> Result<u32, JournalError> {
    let (count,): (i64,) = sqlx::query_as(
        "SELECT COUNT(DISTINCT leaver) FROM runs WHERE tenant = $1 AND opened_at >= $2 AND counts = 1",
    )
    .bind(tenant.to_string())
    .bind(since.as_micros())
    .fetch_one(connection)
    .await
    .map_err(reading)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn id<T: FromStr<Err: std::fmt::Display>>(run: &RunId, row: &Row, column: &str) -> Result<T, JournalError> {
    let text: String = row.try_get(column).map_err(|error| broken(run, 0, error))?;
    text.parse().map_err(|error| broken(run, 0, error))
}

fn time(run: &RunId, row: &Row, column: &str) -> Result<Timestamp, JournalError> {
    row.try_get(column).map(Timestamp::from_micros).map_err(|error| broken(run, 0, error))
}
