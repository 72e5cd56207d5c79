//! Permissions of OneDrives: who may open one as a whole.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::drive_sharing::{DriveRole, DriveSharing};

/// Reads and changes the permissions of the root folder of OneDrives (CONTRACT B11). Drives are named by their ids.
#[async_trait]
pub trait DrivePermissions: Debug + Send + Sync {
    /// Who may open the drive, and what in it has permissions of its own; nothing where there is no such drive.
    async fn sharing(&self, call: &Call, drive: &str) -> Answer<Option<DriveSharing>>;

    /// Invites somebody of the organisation to the root folder, without a message to him. Safe to repeat: whoever has a
    /// permission already has the greater of both.
    async fn invite(&self, call: &Call, drive: &str, to: UserId, role: DriveRole) -> Answer<Receipt>;

    /// Takes a permission of the root folder away. Safe to repeat; one that is gone already is `Ok`.
    async fn delete_permission(&self, call: &Call, drive: &str, permission: &str) -> Answer<Receipt>;
}
