//! Permissions of OneDrives (CONTRACT B11).

use async_trait::async_trait;
use http::Method;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::UserId;
use offboard_core::model::drive_sharing::{DrivePermission, DriveRole, OwnPermissions};
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
    async fn permissions(&self, call: &Call, drive: &str) -> Answer<Option<Vec<DrivePermission>>> {
        let path = root(drive)?.then("permissions");
        let ask = Ask::get("/drives/{id}/root/permissions", path, &need::FILES)
            .query(Query::select(permission::SELECT))
            .units(UNITS)
            .pool(quota::FILES);
        self.0.list_if_there(call, ask, NO_ITEM, PermissionBody::permission).await
    }

    async fn own_permissions(&self, call: &Call, drive: &str) -> Answer<Option<OwnPermissions>> {
        let ask = Ask::get("/drives/{id}/root/delta", root(drive)?.then("delta"), &need::FILES)
            .query(Query::select(drive_delta::SELECT).top(PAGE))
            .prefer(drive_delta::PREFER)
            .units(2)
            .pool(quota::FILES);
        let Some(rows) = self.0.list_if_there(call, ask, NO_ITEM, DeltaBody::row).await? else {
            return Ok(None);
        };
        match drive_delta::apart(rows) {
            Some(apart) => Ok(Some(OwnPermissions::of(apart))),
            None => Err(not_told()),
        }
    }

    async fn invite(&self, call: &Call, drive: &str, to: UserId, role: DriveRole) -> Answer<Receipt> {
        let path = root(drive)?.then("invite");
        let ask = Ask::safe_write(Method::POST, "/drives/{id}/root/invite", path, &need::WRITE_FILES)
            .body(permission::invitation(to, role))
            .units(UNITS)
            .pool(quota::FILES);
        self.0.write(call, ask).await
    }

    async fn set_role(&self, call: &Call, drive: &str, permission: &str, role: DriveRole) -> Answer<Receipt> {
        let ask = Ask::safe_write(Method::PATCH, PERMISSION, of(drive, permission)?, &need::WRITE_FILES)
            .body(permission::only(role))
            .units(UNITS)
            .pool(quota::FILES);
        self.0.write(call, ask).await
    }

    async fn delete_permission(&self, call: &Call, drive: &str, permission: &str) -> Answer<Receipt> {
        let ask = Ask::safe_write(Method::DELETE, PERMISSION, of(drive, permission)?, &need::WRITE_FILES)
            .units(UNITS)
            .pool(quota::FILES);
        self.0.write_or_gone(call, ask, NO_ITEM).await
    }
}

const PERMISSION: &str = "/drives/{id}/root/permissions/{id}";

/// `/drives/{id}/root`.
fn root(drive: &str) -> Result<Path, ProviderError> {
    Ok(Path::new("drives").data(drive).map_err(unaddressable)?.then("root"))
}

/// `/drives/{id}/root/permissions/{id}`.
fn of(drive: &str, permission: &str) -> Result<Path, ProviderError> {
    root(drive)?.then("permissions").data(permission).map_err(unaddressable)
}

fn not_told() -> ProviderError {
    let message = "which files and folders have permissions of their own is not told to this caller";
    let failure = Failure::new(Kind::PermissionDenied, message).code("sharing_not_told");
    ProviderError::new(
        PROVIDER,
        failure.hint("grant the permission `Sites.FullControl.All` and consent to it"),
    )
}

fn unaddressable(error: Unaddressable) -> ProviderError {
    ProviderError::new(PROVIDER, Failure::new(Kind::InvalidRequest, error.to_string()))
}
