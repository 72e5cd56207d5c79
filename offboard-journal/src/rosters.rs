//! Keeping and finding rosters. Each function runs inside one turn of its caller.

use offboard_core::id::{RosterId, TenantId};
use offboard_core::journal::{JournalError, Opening, RosterRecord, RunRecord};
use offboard_core::time::Timestamp;
use sqlx::Row as _;

use crate::fault::{reading, storage, writing};
use crate::runs;
use crate::sqlite::{Connection, Row, has_rosters};

pub(crate) async fn open(
    connection: &mut Connection,
    roster: &RosterRecord,
    records: &[RunRecord],
) -> Result<Vec<Result<Opening, JournalError>>, JournalError> {
    sqlx::query(
        "INSERT INTO rosters (roster, tenant, opened_at, document, approval) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (roster) DO NOTHING",
    )
    .bind(roster.roster.as_str())
    .bind(roster.tenant.to_string())
    .bind(roster.opened_at.as_micros())
    .bind(&roster.document)
    .bind(&roster.approval)
    .execute(&mut *connection)
    .await
    .map_err(writing)?;
    let mut opened = Vec::with_capacity(records.len());
    for record in records {
        match runs::open(connection, record, false).await {
            Err(error) if !matches!(error, JournalError::AlreadyOpen { .. }) => return Err(error),
            one => opened.push(one),
        }
    }
    Ok(opened)
}

pub(crate) async fn record(
    connection: &mut Connection,
    roster: &RosterId,
) -> Result<RosterRecord, JournalError> {
    let none = || JournalError::NoRoster { roster: roster.to_string() };
    if !has_rosters(connection).await.map_err(reading)? {
        return Err(none());
    }
    let row =
        sqlx::query("SELECT roster, tenant, opened_at, document, approval FROM rosters WHERE roster = $1")
            .bind(roster.as_str())
            .fetch_optional(connection)
            .await
            .map_err(reading)?;
    row.as_ref().map(kept).ok_or_else(none)?
}

pub(crate) async fn list(
    connection: &mut Connection,
    tenant: Option<TenantId>,
) -> Result<Vec<RosterRecord>, JournalError> {
    if !has_rosters(connection).await.map_err(reading)? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT roster, tenant, opened_at, document, approval FROM rosters
         WHERE tenant = COALESCE($1, tenant) ORDER BY opened_at DESC, roster",
    )
    .bind(tenant.map(|tenant| tenant.to_string()))
    .fetch_all(connection)
    .await
    .map_err(reading)?;
    rows.iter().map(kept).collect()
}

fn kept(row: &Row) -> Result<RosterRecord, JournalError> {
    let tenant: String = row.try_get("tenant").map_err(reading)?;
    Ok(RosterRecord {
        roster: RosterId::new(row.try_get::<String, _>("roster").map_err(reading)?),
        tenant: tenant.parse().map_err(|error| storage("read", format!("a roster's tenant: {error}")))?,
        opened_at: Timestamp::from_micros(row.try_get("opened_at").map_err(reading)?),
        document: row.try_get("document").map_err(reading)?,
        approval: row.try_get("approval").map_err(reading)?,
    })
}
