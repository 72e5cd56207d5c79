//! Files in OneDrives, and copies of them (CONTRACT B11).

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::try_join_all;
use http::{Method, StatusCode};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::model::drive::{CopyProgress, DriveEntry, DriveTally, Monitor};
use offboard_core::ports::drive_files::Item;
use offboard_core::ports::{Answer, Call, DriveFiles, Receipt};
use offboard_http::quota;
use offboard_http::request::Request;
use offboard_http::status;
use serde::Deserialize as _;

use crate::PROVIDER;
use crate::ask::Ask;
use crate::door::{accepted, understood};
use crate::graph::Graph;
use crate::monitor::{self, Place};
use crate::need;
use crate::wire::drive_item::{self, ItemBody, ItemKind, ItemRow, MonitorBody, NO_ITEM};
use crate::wire::path::{Path, Unaddressable};
use crate::wire::query::Query;

/// So many folders are looked into at once; they leave as one batch.
const AT_ONCE: usize = 20;

/// Rows of a page.
const PAGE: u32 = 200;

const CHILDREN: &str = "/drives/{id}/items/{id}/children";

#[async_trait]
impl DriveFiles for Graph {
    async fn entries(
        &self,
        call: &Call,
        drive: &str,
        folder: Option<&str>,
    ) -> Answer<Option<Vec<DriveEntry>>> {
        let Some(top) = self.children(call, drive, folder.unwrap_or(ROOT)).await? else { return Ok(None) };
        let top: Vec<ItemRow> = top.into_iter().filter(|row| row.kind != ItemKind::Shortcut).collect();
        let mut tallies: Vec<DriveTally> = top.iter().map(ItemRow::own).collect();
        let below = |index: usize, row: &ItemRow| {
            matches!(row.kind, ItemKind::Folder(true)).then(|| (index, row.id.clone()))
        };
        let mut level: Vec<(usize, String)> =
            top.iter().enumerate().filter_map(|(index, row)| below(index, row)).collect();
        while !level.is_empty() {
            let mut deeper = Vec::new();
            for folders in level.chunks(AT_ONCE) {
                let found =
                    try_join_all(folders.iter().map(|(_, id)| self.children(call, drive, id))).await?;
                for ((index, _), rows) in folders.iter().zip(found) {
                    for row in rows.ok_or_else(changed_meanwhile)? {
                        tallies[*index] = tallies[*index].plus(row.own());
                        deeper.extend(below(*index, &row));
                    }
                }
            }
            level = deeper;
        }
        let entries = top.into_iter().zip(tallies);
        Ok(Some(entries.map(|(row, tally)| DriveEntry { name: row.name, id: row.id, tally }).collect()))
    }

    async fn folder(&self, call: &Call, drive: &str, name: &str) -> Answer<Option<String>> {
        let Some(rows) = self.children(call, drive, ROOT).await? else { return Ok(None) };
        // OneDrive does not tell `a` from `A`.
        let found = rows.into_iter().find(|row| row.name.to_lowercase() == name.to_lowercase());
        match found {
            None => Ok(None),
            Some(row) if matches!(row.kind, ItemKind::Folder(_)) => Ok(Some(row.id)),
            Some(_) => {
                let message = "at the top of the OneDrive lies something of this name that is no folder";
                let failure = Failure::new(Kind::Conflict, message).code("not_a_folder");
                Err(ProviderError::new(PROVIDER, failure.hint("have it renamed, or moved elsewhere")))
            }
        }
    }

    async fn create_folder(&self, call: &Call, drive: &str, name: &str) -> Answer<(String, Receipt)> {
        let ask = Ask::once(Method::POST, CHILDREN, items(drive, ROOT)?.then("children"), &need::WRITE_FILES)
            .body(drive_item::new_folder(name))
            .units(2)
            .pool(quota::FILES);
        let ask = Arc::new(ask);
        let reply = self.0.ask(call, &ask).await?;
        match understood(&ask, &reply, &[], ItemBody::id)? {
            Some(id) => Ok((id, reply.receipt(call))),
            None => Err(crate::status::not_understood(&ask, &reply, "no folder was made")),
        }
    }

    async fn copy(&self, call: &Call, item: Item<'_>, to: Item<'_>) -> Answer<(Receipt, Option<Monitor>)> {
        let path = items(item.drive, item.id)?.then("copy");
        let ask = Ask::once(Method::POST, "/drives/{id}/items/{id}/copy", path, &need::WRITE_FILES)
            .query(Query::default().conflict_fails())
            .body(drive_item::copy_to(to.drive, to.id))
            .units(2)
            .pool(quota::FILES);
        let ask = Arc::new(ask);
        let reply = self.0.ask(call, &ask).await?;
        accepted(&ask, &reply)?;
        let mut receipt = reply.receipt(call);
        let place = Place::of(self.0.cloud(), self.0.base());
        let monitor = reply.location.as_deref().filter(|url| place.takes(url)).map(Monitor::new);
        if monitor.is_none() {
            receipt
                .warnings
                .push("the service names no place of its own where it tells how far the copy is".to_owned());
        }
        Ok((receipt, monitor))
    }

    async fn copy_progress(&self, call: &Call, monitor: &Monitor) -> Answer<CopyProgress> {
        let Some((url, origin)) = Place::of(self.0.cloud(), self.0.base()).address(monitor.url()) else {
            return Err(monitor::foreign());
        };
        // The URL is its own right to ask: a token would only tell somebody else what it is.
        let request =
            Request::get(url, monitor::TEMPLATE).without_token_to(origin).charge(quota::FILES, 1, 0);
        let answer = self.0.client().send(call, request).await?;
        match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(CopyProgress::Gone),
            // The finished one may lead to what it has made, which is not looked at there.
            StatusCode::SEE_OTHER | StatusCode::FOUND => return Ok(CopyProgress::Completed),
            status if !status.is_success() => {
                let kind = status::kind(status, offboard_http::request::Idempotency::Read);
                let message = format!("{} answered {}", monitor::TEMPLATE, status.as_u16());
                return Err(ProviderError::new(
                    PROVIDER,
                    Failure::new(kind, message).request_id(answer.request_id()),
                ));
            }
            _ => {}
        }
        let body = answer.as_json().and_then(|body| MonitorBody::deserialize(body).ok());
        let progress = body.and_then(|body| body.progress().ok());
        progress.ok_or_else(|| {
            let message = format!("{} answered in another shape than Graph documents", monitor::TEMPLATE);
            ProviderError::new(PROVIDER, Failure::new(Kind::Protocol, message).code("not_understood"))
        })
    }
}

/// The name under which the top of a drive is addressed.
const ROOT: &str = "root";

/// `/drives/{id}/items/{id}`.
fn items(drive: &str, item: &str) -> Result<Path, ProviderError> {
    let path = || Path::new("drives").data(drive)?.then("items").data(item);
    path().map_err(|error: Unaddressable| {
        ProviderError::new(PROVIDER, Failure::new(Kind::InvalidRequest, error.to_string()))
    })
}

fn changed_meanwhile() -> ProviderError {
    let message = "a folder of the OneDrive went away while it was counted";
    ProviderError::new(PROVIDER, Failure::new(Kind::Unavailable, message).code("changed_meanwhile"))
}

impl Graph {
    /// What lies directly in a folder; nothing where there is no such folder.
    async fn children(&self, call: &Call, drive: &str, folder: &str) -> Answer<Option<Vec<ItemRow>>> {
        let ask = Ask::get(CHILDREN, items(drive, folder)?.then("children"), &need::FILES)
            .query(Query::select(drive_item::SELECT).top(PAGE))
            .units(2)
            .pool(quota::FILES);
        self.0.list_if_there(call, ask, NO_ITEM, ItemBody::row).await
    }
}
