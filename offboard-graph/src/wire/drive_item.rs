//! `microsoft.graph.driveItem`, and how far a copy of one is (CONTRACT B11).

use offboard_core::model::drive::{CopyProgress, DriveTally};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Malformed;
use super::seen::Seen;

/// What is asked of an item.
pub(crate) const SELECT: &[&str] = &["id", "name", "size", "file", "folder", "package", "remoteItem"];

/// Codes of a 404 by which OneDrive says that there is no such drive or item.
pub(crate) const NO_ITEM: &[&str] = &["itemNotFound", "ResourceNotFound"];

/// An item as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ItemBody {
    id: Seen<String>,
    name: Seen<String>,
    size: Seen<u64>,
    file: Seen<Value>,
    folder: Seen<Folder>,
    /// A notebook: a folder that is shown as one thing.
    package: Seen<Value>,
    /// A shortcut to what somebody else shares.
    remote_item: Seen<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Folder {
    child_count: Seen<u64>,
}

/// An item, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: ItemKind,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    /// A file of so many bytes.
    File(u64),
    /// A folder, and whether there may be something in it.
    Folder(bool),
    /// A shortcut: nothing of its own.
    Shortcut,
}

impl ItemRow {
    /// The item itself, without what is below it.
    pub(crate) fn own(&self) -> DriveTally {
        match self.kind {
            ItemKind::File(bytes) => DriveTally { files: 1, folders: 0, bytes },
            ItemKind::Folder(_) => DriveTally { files: 0, folders: 1, bytes: 0 },
            ItemKind::Shortcut => DriveTally::default(),
        }
    }
}

impl ItemBody {
    /// The item. A file that does not say how big it is cannot be compared with its copy.
    pub(crate) fn row(self) -> Result<ItemRow, Malformed> {
        let (id, name) = (self.id.required("id")?, self.name.required("name")?);
        let kind = if self.remote_item.is_there() {
            ItemKind::Shortcut
        } else if let Some(folder) = self.folder.shown() {
            ItemKind::Folder(folder.child_count.shown() != Some(0))
        } else if self.package.is_there() {
            ItemKind::Folder(true)
        } else if self.file.is_there() {
            ItemKind::File(self.size.required("size")?)
        } else {
            return Err(Malformed("a drive item is neither a file nor a folder".into()));
        };
        Ok(ItemRow { id, name, kind })
    }

    /// Its id alone: of what was made.
    pub(crate) fn id(self) -> Result<String, Malformed> {
        self.id.required("id")
    }
}

/// A folder to be made, unless something of its name is there.
pub(crate) fn new_folder(name: &str) -> Value {
    json!({ "name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail" })
}

/// Where a copy goes.
pub(crate) fn copy_to(drive: &str, folder: &str) -> Value {
    json!({ "parentReference": { "driveId": drive, "id": folder } })
}

/// What the monitor of a copy says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MonitorBody {
    status: Seen<String>,
    error: Seen<CopyError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CopyError {
    code: Seen<String>,
    details: Seen<Vec<CopyError>>,
}

impl MonitorBody {
    /// How far it is; the status decides, whatever the code of the answer (CONTRACT B11).
    pub(crate) fn progress(self) -> Result<CopyProgress, Malformed> {
        Ok(match self.status.required("status")?.as_str() {
            "completed" => CopyProgress::Completed,
            "failed" | "updateFailed" | "deleteFailed" => {
                CopyProgress::Failed(self.error.shown().map_or_else(|| "failed".to_owned(), codes))
            }
            // `notStarted`, `inProgress`, `waiting`, `updating`, and whatever else is not an end.
            _ => CopyProgress::InProgress,
        })
    }
}

/// The codes of an error and of its details, each once.
fn codes(error: CopyError) -> String {
    let details = error.details.shown().unwrap_or_default();
    let all = std::iter::once(error.code).chain(details.into_iter().map(|detail| detail.code));
    let mut codes: Vec<String> = all.filter_map(Seen::shown).filter(|code| is_code(code)).collect();
    codes.sort();
    codes.dedup();
    codes.truncate(5);
    if codes.is_empty() { "failed".to_owned() } else { codes.join(", ") }
}

fn is_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(body: Value) -> Result<ItemRow, Malformed> {
        serde_json::from_value::<ItemBody>(body).unwrap().row()
    }

    fn kind(facet: &str, value: Value) -> ItemKind {
        let mut body = json!({ "id": "01", "name": "x", "size": 7 });
        body[facet] = value;
        row(body).unwrap().kind
    }

    #[test]
    fn what_an_item_is() {
        assert_eq!(kind("file", json!({})), ItemKind::File(7));
        assert_eq!(kind("folder", json!({ "childCount": 0 })), ItemKind::Folder(false));
        assert_eq!(kind("folder", json!({ "childCount": 2 })), ItemKind::Folder(true));
        assert_eq!(kind("folder", json!({})), ItemKind::Folder(true), "nobody says that it is empty");
        assert_eq!(kind("package", json!({ "type": "oneNote" })), ItemKind::Folder(true));
        assert_eq!(kind("remoteItem", json!({ "folder": {} })), ItemKind::Shortcut);
        for bad in [
            json!({ "id": "01", "name": "x" }),
            json!({ "id": "01", "name": "x", "file": {} }),
            json!({ "file": {}, "size": 1 }),
        ] {
            assert!(row(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_status_decides_how_far_a_copy_is() {
        let said = |body| serde_json::from_value::<MonitorBody>(body).unwrap().progress();
        assert_eq!(
            said(json!({ "status": "inProgress", "percentageComplete": 27.8 })),
            Ok(CopyProgress::InProgress)
        );
        assert_eq!(said(json!({ "status": "notStarted" })), Ok(CopyProgress::InProgress));
        assert_eq!(said(json!({ "status": "completed", "resourceId": "01" })), Ok(CopyProgress::Completed));
        let failed = json!({ "status": "failed", "error": { "message": "x", "details": [
            { "code": "nameAlreadyExists" }, { "code": "nameAlreadyExists" }, { "code": "no code at all" } ] } });
        assert_eq!(said(failed), Ok(CopyProgress::Failed("nameAlreadyExists".to_owned())));
        assert_eq!(said(json!({ "status": "failed" })), Ok(CopyProgress::Failed("failed".to_owned())));
        assert!(said(json!({})).is_err());
    }
}
