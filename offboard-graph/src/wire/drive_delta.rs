//! Everything in a drive with what of it has permissions of its own: `delta` with `Prefer: hierarchicalsharing`.
//!
//! In that form the facet `shared` stands on the root folder and on what has permissions of its own, and is empty where nobody
//! but the owner has one (Microsoft, "Best practices for discovering files and detecting changes at scale"). Where not even the
//! root has it, the service does not tell this caller.

use std::collections::{BTreeMap, BTreeSet};

use offboard_core::model::drive::{DriveEntry, DriveTally};
use serde::Deserialize;
use serde_json::Value;

use super::Malformed;
use super::drive_item::{ItemBody, ItemRow};
use super::seen::Seen;

/// The form in which it is asked for.
pub(crate) const PREFER: &str = "hierarchicalsharing";

/// What is asked of an item.
pub(crate) const SELECT: &[&str] = &[
    "id",
    "name",
    "size",
    "file",
    "folder",
    "package",
    "remoteItem",
    "root",
    "parentReference",
    "shared",
    "deleted",
];

/// An item as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DeltaBody {
    #[serde(flatten)]
    item: ItemBody,
    root: Seen<Value>,
    parent_reference: Seen<ParentReference>,
    shared: Seen<Value>,
    deleted: Seen<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ParentReference {
    id: Seen<String>,
}

/// An item, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeltaRow {
    /// The root folder, and whether the service tells of sharing.
    Root { id: String, told: bool },
    /// A file or a folder below it.
    Item { row: ItemRow, parent: String, apart: bool },
    /// What is gone.
    Deleted(String),
}

impl DeltaBody {
    pub(crate) fn row(self) -> Result<DeltaRow, Malformed> {
        if self.deleted.is_there() {
            return self.item.id().map(DeltaRow::Deleted);
        }
        let apart = self.shared.is_there();
        if self.root.is_there() {
            return Ok(DeltaRow::Root { id: self.item.id()?, told: apart });
        }
        let parent = self.parent_reference.shown().and_then(|parent| parent.id.shown());
        let parent = parent.ok_or_else(|| Malformed("a drive item does not say where it lies".into()))?;
        Ok(DeltaRow::Item { row: self.item.row()?, parent, apart })
    }
}

/// What has permissions of its own, each with everything below it, by its path; nothing where the service does not tell. An
/// item that comes more than once is as it comes last.
pub(crate) fn apart(rows: Vec<DeltaRow>) -> Option<Vec<DriveEntry>> {
    let (mut items, mut told) = (BTreeMap::new(), false);
    for row in rows {
        match row {
            DeltaRow::Root { told: now, .. } => told = now,
            DeltaRow::Deleted(id) => drop(items.remove(&id)),
            DeltaRow::Item { row, parent, apart } => drop(items.insert(row.id.clone(), (row, parent, apart))),
        }
    }
    if !told {
        return None;
    }
    let mut found: BTreeMap<&str, DriveTally> = BTreeMap::new();
    for (row, ..) in items.values() {
        let above = way_up(&items, &row.id);
        let outermost = above.iter().rev().find(|id| items.get(**id).is_some_and(|(.., apart)| *apart));
        if let Some(id) = outermost {
            let tally = found.entry(id).or_default();
            *tally = tally.plus(row.own());
        }
    }
    let entry = |(id, tally): (&str, DriveTally)| {
        let names =
            way_up(&items, id).into_iter().rev().filter_map(|id| Some(items.get(id)?.0.name.as_str()));
        DriveEntry { name: names.collect::<Vec<_>>().join("/"), id: id.to_owned(), tally }
    };
    Some(found.into_iter().map(entry).collect())
}

type Items = BTreeMap<String, (ItemRow, String, bool)>;

/// An item and the folders that it lies in, the innermost first. A circle, which no drive has, is walked once.
fn way_up<'a>(items: &'a Items, id: &str) -> Vec<&'a str> {
    let (mut way, mut seen, mut next) = (Vec::new(), BTreeSet::new(), items.get_key_value(id));
    while let Some((id, (_, parent, _))) = next {
        if !seen.insert(id) {
            break;
        }
        way.push(id.as_str());
        next = items.get_key_value(parent);
    }
    way
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(body: Value) -> Result<DeltaRow, Malformed> {
        serde_json::from_value::<DeltaBody>(body).unwrap().row()
    }

    fn rows(bodies: &[Value]) -> Option<Vec<DriveEntry>> {
        let mut found = apart(bodies.iter().map(|body| row(body.clone()).unwrap()).collect())?;
        found.sort();
        Some(found)
    }

    fn root() -> Value {
        json!({ "id": "root", "name": "root", "root": {}, "folder": {}, "shared": {} })
    }

    fn folder(id: &str, parent: &str) -> Value {
        json!({ "id": id, "name": format!("{id}!"), "folder": { "childCount": 1 }, "parentReference": { "id": parent } })
    }

    fn file(id: &str, parent: &str) -> Value {
        json!({ "id": id, "name": format!("{id}.txt"), "size": 3, "file": {}, "parentReference": { "id": parent } })
    }

    fn shared(mut body: Value) -> Value {
        body["shared"] = json!({ "scope": "users" });
        body
    }

    fn entry(name: &str, id: &str, files: u64, folders: u64) -> DriveEntry {
        let tally = DriveTally { files, folders, bytes: 3 * files };
        DriveEntry { name: name.to_owned(), id: id.to_owned(), tally }
    }

    #[test]
    fn what_lies_in_what_has_its_own_is_counted_with_it() {
        let all = [
            root(),
            folder("a", "root"),
            shared(folder("b", "a")),
            file("c", "b"),
            shared(file("d", "b")),
            file("e", "a"),
            shared(file("f", "root")),
        ];
        let wanted = vec![entry("a!/b!", "b", 2, 1), entry("f.txt", "f", 1, 0)];
        assert_eq!(rows(&all), Some(wanted.clone()));
        // In whatever order they come, and the last of two rows of an item counts.
        let mut backwards: Vec<Value> = all.iter().rev().cloned().collect();
        assert_eq!(rows(&backwards), Some(wanted.clone()));
        backwards.insert(0, shared(file("e", "a")));
        assert_eq!(rows(&backwards), Some(wanted));
        assert_eq!(
            rows(&[root(), shared(file("f", "root")), json!({ "id": "f", "deleted": {} })]),
            Some(vec![])
        );
    }

    #[test]
    fn where_not_even_the_root_tells_nothing_is_known() {
        let silent = json!({ "id": "root", "name": "root", "root": {}, "folder": {} });
        assert_eq!(rows(&[silent, file("a", "root")]), None);
        assert_eq!(rows(&[file("a", "root")]), None);
        assert_eq!(rows(&[root(), file("a", "root")]), Some(vec![]));
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(
            rows(&[root(), shared(folder("a", "b")), folder("b", "a")]).map(|found| found.len()),
            Some(1)
        );
    }

    #[test]
    fn an_item_that_lies_nowhere_is_not_understood() {
        assert!(row(json!({ "id": "a", "name": "a", "folder": {} })).is_err());
    }
}
