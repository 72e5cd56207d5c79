//! Permissions of OneDrives (CONTRACT B11).

use async_trait::async_trait;
use futures_util::future::try_join;
use http::Method;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::UserId;
use offboard_core::model::drive_sharing::{DriveRole, DriveSharing};
use offboard_core::ports::{Answer, Call, DrivePermissions, Receipt};
use offboard_http::quota;

use crate::PROVIDER;
use crate::ask::Ask;
use crate::graph::Graph;
use crate::need;
use crate::wire::drive_delta::{self, DeltaBody};
use crate::wire::drive_item::NO_ITEM;
use crate::wire::path::{Path, Unaddressable};
use crate::wire::permission::{self, PermissionBody};
use crate::wire::query::Query;

/// Resource units of everything about permissions.
const UNITS: u32 = 5;

/// Rows of a page of `delta`.
const PAGE: u32 = 999;

#[async_trait]
impl DrivePermissions for Graph {
    async fn sharing(&self, call: &Call, drive: &str) -> Answer<Option<DriveSharing>> {
        let list = Ask::get("/drives/{id}/root/permissions", root(drive)?.then("permissions"), &need::FILES)
            .query(Query::select(permission::SELECT))
            .units(UNITS)
            .pool(quota::FILES);
        let all = Ask::get("/drives/{id}/root/delta", root(drive)?.then("delta"), &need::FILES)
            .query(Query::select(drive_delta::SELECT).top(PAGE))
            .prefer(drive_delta::PREFER)
            .units(2)
            .pool(quota::FILES);
        let permissions = self.0.list_if_there(call, list, NO_ITEM, PermissionBody::permission);
        let rows = self.0.list_if_there(call, all, NO_ITEM, DeltaBody::row);
        let (permissions, rows) = try_join(permissions, rows).await?;
        let Some((permissions, rows)) = permissions.zip(rows) else { return Ok(None) };
        Ok(Some(DriveSharing { permissions, apart: drive_delta::apart(rows) }))
    }

    async fn invite(&self, call: &Call, drive: &str, to: UserId, role: DriveRole) -> Answer<Receipt> {
        let path = root(drive)?.then("invite");
        let ask = Ask::safe_write(Method::POST, "/drives/{id}/root/invite", path, &need::WRITE_FILES)
            .body(permission::invitation(to, role))
            .units(UNITS)
            .pool(quota::FILES);
        self.0.write(call, ask).await
    }

    async fn delete_permission(&self, call: &Call, drive: &str, permission: &str) -> Answer<Receipt> {
        let path = root(drive)?.then("permissions").data(permission).map_err(unaddressable)?;
        let template = "/drives/{id}/root/permissions/{id}";
        let ask = Ask::safe_write(Method::DELETE, template, path, &need::WRITE_FILES)
            .units(UNITS)
            .pool(quota::FILES);
        self.0.write_or_gone(call, ask, NO_ITEM).await
    }
}

/// `/drives/{id}/root`.
fn root(drive: &str) -> Result<Path, ProviderError> {
    Ok(Path::new("drives").data(drive).map_err(unaddressable)?.then("root"))
}

fn unaddressable(error: Unaddressable) -> ProviderError {
    ProviderError::new(PROVIDER, Failure::new(Kind::InvalidRequest, error.to_string()))
}
