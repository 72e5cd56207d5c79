//! Files in OneDrives: what there is, and copying it to somebody else.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::model::drive::{CopyProgress, DriveEntry, Monitor};

/// One file or folder: the drive and the item in it, by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// `drive.id`.
    pub drive: &'a str,
    /// `driveItem.id`.
    pub id: &'a str,
}

/// Reads and copies what lies in OneDrives (CONTRACT B11). Drives are named by their ids.
#[async_trait]
pub trait DriveFiles: Debug + Send + Sync {
    /// What lies directly in a folder, or at the top where none is named, each with all that is below it; nothing where there
    /// is no such folder.
    async fn entries(
        &self,
        call: &Call,
        drive: &str,
        folder: Option<&str>,
    ) -> Answer<Option<Vec<DriveEntry>>>;

    /// The id of the folder of this name at the top. A file of that name is a [`Kind::Conflict`](crate::failure::Kind::Conflict).
    async fn folder(&self, call: &Call, drive: &str, name: &str) -> Answer<Option<String>>;

    /// Makes a folder at the top, and says its id. Where something of that name is there already it is a
    /// [`Kind::Conflict`](crate::failure::Kind::Conflict), and nothing is changed.
    async fn create_folder(&self, call: &Call, drive: &str, name: &str) -> Answer<(String, Receipt)>;

    /// Asks for a copy of `item` with everything below it, in the folder `to`, and says where to ask after it, if the service
    /// says so. What lies there under the same name is not touched; the copy fails. **Not** safe to repeat: what it makes is
    /// the successor's.
    async fn copy(&self, call: &Call, item: Item<'_>, to: Item<'_>) -> Answer<(Receipt, Option<Monitor>)>;

    /// How far a copy is. Asked without a token: the URL is the right to ask.
    async fn copy_progress(&self, call: &Call, monitor: &Monitor) -> Answer<CopyProgress>;
}
