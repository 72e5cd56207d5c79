//! OneDrives: the files in them, and whom their sites know.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use offboard_core::id::UserId;
use offboard_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::World;
use super::sharing::Grant;

/// A OneDrive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drive {
    /// Its id.
    pub id: String,
    /// Where it is in a browser.
    pub web_url: String,
    /// `quota.used`, bytes.
    pub used: u64,
    /// `quota.total`, bytes.
    pub total: u64,
    /// Whether it can be read.
    pub state: DriveState,
    /// When the last product with OneDrive went (the 93-day clock, R35).
    pub unlicensed_since: Option<Timestamp>,
    /// Whom its site knows. The owner is the first.
    #[serde(default)]
    pub site_users: Vec<SiteUser>,
    /// Its files and folders, by their ids.
    #[serde(default)]
    pub items: BTreeMap<String, DriveItem>,
    /// The permissions of its root folder, which everything inherits that has none of its own.
    #[serde(default)]
    pub grants: Vec<Grant>,
}

/// A file or a folder: `driveItem`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriveItem {
    /// Its name.
    pub name: String,
    /// The folder that it lies in; nothing at the top.
    pub parent: Option<String>,
    /// What it is.
    pub kind: ItemKind,
    /// Permissions of its own; nothing where it inherits those of the folder that it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<Grant>>,
}

/// What a drive item is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A folder.
    Folder {},
    /// A file.
    File {
        /// Bytes.
        size: u64,
        /// `file.hashes.quickXorHash` of what is in it.
        hash: String,
    },
    /// A shortcut to a folder that somebody else shares (`remoteItem`): it holds nothing of its own.
    Shortcut {},
}

impl DriveItem {
    /// A folder.
    pub fn folder(parent: Option<&str>, name: &str) -> Self {
        Self::new(parent, name, ItemKind::Folder {})
    }

    /// A file of so many bytes; the same name and size have the same content.
    pub fn file(parent: Option<&str>, name: &str, size: u64) -> Self {
        let hash = STANDARD.encode(&Sha256::digest(format!("{name}/{size}"))[..20]);
        Self::new(parent, name, ItemKind::File { size, hash })
    }

    /// A shortcut to what somebody else shares.
    pub fn shortcut(parent: Option<&str>, name: &str) -> Self {
        Self::new(parent, name, ItemKind::Shortcut {})
    }

    fn new(parent: Option<&str>, name: &str, kind: ItemKind) -> Self {
        Self { name: name.to_owned(), parent: parent.map(str::to_owned), kind, grants: None }
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        matches!(self.kind, ItemKind::Folder {})
    }
}

/// Somebody whom a site knows: `SP.User`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteUser {
    /// His number in this site.
    pub id: u32,
    /// `LoginName`: a claim with the name by which he signed in when the site first saw him.
    pub login_name: String,
    /// Who that is; nobody for a claim of a group.
    pub user: Option<UserId>,
    /// Site-collection administrator: he may do everything here.
    pub is_site_admin: bool,
}

impl SiteUser {
    /// Somebody of the organisation.
    pub fn member(id: u32, user: UserId, user_principal_name: &str) -> Self {
        let login_name = format!("i:0#.f|membership|{}", user_principal_name.to_lowercase());
        Self { id, login_name, user: Some(user), is_site_admin: false }
    }
}

impl Drive {
    /// The path of its site at the host of the OneDrives: `/personal/alex_contoso_com`.
    pub fn site_path(&self) -> &str {
        let path = self
            .web_url
            .split_once("://")
            .map_or("", |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        path.strip_suffix("/Documents").unwrap_or(path)
    }

    /// The id of its root folder, which is no row of [`Drive::items`].
    pub fn root_id(&self) -> String {
        item_id(&self.id, None, "")
    }

    /// What lies directly in a folder, by name; nothing is the top.
    pub fn children(&self, folder: Option<&str>) -> Vec<(&String, &DriveItem)> {
        let mut rows: Vec<_> =
            self.items.iter().filter(|(_, item)| item.parent.as_deref() == folder).collect();
        rows.sort_by_key(|(_, item)| item.name.to_lowercase());
        rows
    }

    /// What lies in a folder under this name, whatever its case.
    pub fn child(&self, folder: Option<&str>, name: &str) -> Option<(&String, &DriveItem)> {
        self.children(folder).into_iter().find(|(_, item)| item.name.to_lowercase() == name.to_lowercase())
    }

    /// Bytes in an item and in everything below it; nothing is the whole drive.
    pub fn size_of(&self, id: Option<&str>) -> u64 {
        let own = match id.and_then(|id| self.items.get(id)).map(|item| &item.kind) {
            Some(ItemKind::File { size, .. }) => *size,
            _ => 0,
        };
        own + self.children(id).into_iter().map(|(child, _)| self.size_of(Some(child))).sum::<u64>()
    }

    /// An item and everything below it, folders before what is in them.
    pub fn below(&self, id: &str) -> Vec<String> {
        let mut found = vec![id.to_owned()];
        let mut at = 0;
        while let Some(next) = found.get(at).cloned() {
            found.extend(self.children(Some(&next)).into_iter().map(|(child, _)| child.clone()));
            at += 1;
        }
        found
    }

    /// Puts an item where its parent says, and counts what it holds. Returns its id.
    pub fn put(&mut self, item: DriveItem) -> String {
        let id = item_id(&self.id, item.parent.as_deref(), &item.name);
        if let ItemKind::File { size, .. } = item.kind {
            self.used += size;
        }
        self.items.insert(id.clone(), item);
        id
    }

    /// Throws an item away with everything in it: into the recycle bin, which goes on counting.
    pub fn throw_away(&mut self, id: &str) {
        for id in self.below(id) {
            self.items.remove(&id);
        }
    }

    /// Where an item lies, its own name last, from the top of the drive: `Documents/Falcon/Plan.pptx`.
    pub fn path_of(&self, id: &str) -> String {
        let Some(item) = self.items.get(id) else { return String::new() };
        match &item.parent {
            Some(parent) => format!("{}/{}", self.path_of(parent), item.name),
            None => item.name.clone(),
        }
    }
}

/// The id of what lies there under this name: the same each time, so that two courses of one story can be compared.
fn item_id(drive: &str, parent: Option<&str>, name: &str) -> String {
    let place = format!("{drive}/{}/{}", parent.unwrap_or_default(), name.to_lowercase());
    let bytes = &Sha256::digest(place)[..16];
    bytes.iter().fold("01".to_owned(), |id, byte| format!("{id}{byte:02X}"))
}

/// Whether a OneDrive can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriveState {
    /// Yes.
    Ok,
    /// Locked or archived: 423.
    Locked,
    /// The application may not: 403.
    Forbidden,
}

impl World {
    /// Whose drive has this id.
    pub fn drive_owner(&self, id: &str) -> Option<UserId> {
        self.drives.iter().find(|(_, drive)| drive.id == id).map(|(owner, _)| *owner)
    }
}
