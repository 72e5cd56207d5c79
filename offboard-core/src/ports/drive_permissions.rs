//! Permissions of OneDrives: who may open one as a whole.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::drive_sharing::{DrivePermission, DriveRole, OwnPermissions};

/// Reads and changes the permissions of the root folder of OneDrives (CONTRACT B11). Drives are named by their ids.
#[async_trait]
pub trait DrivePermissions: Debug + Send + Sync {
    /// The permissions of the root folder, which everything inherits that has none of its own; nothing where there is no such
    /// drive.
    async fn permissions(&self, call: &Call, drive: &str) -> Answer<Option<Vec<DrivePermission>>>;

    /// What in the drive has permissions of its own; nothing where there is no such drive. Where the service does not tell this
    /// caller it is [`Kind::PermissionDenied`](crate::failure::Kind::PermissionDenied).
    async fn own_permissions(&self, call: &Call, drive: &str) -> Answer<Option<OwnPermissions>>;

    /// Invites somebody of the organisation to the root folder, without a message to him. Safe to repeat: whoever has a
    /// permission already has the greater of both.
    async fn invite(&self, call: &Call, drive: &str, to: UserId, role: DriveRole) -> Answer<Receipt>;

    /// Makes a permission of the root folder this one and no other. Safe to repeat.
    async fn set_role(&self, call: &Call, drive: &str, permission: &str, role: DriveRole) -> Answer<Receipt>;

    /// Takes a permission of the root folder away. Safe to repeat; one that is gone already is `Ok`.
    async fn delete_permission(&self, call: &Call, drive: &str, permission: &str) -> Answer<Receipt>;
}
