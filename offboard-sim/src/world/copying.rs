//! Copies of drive items on their way: the service takes one, and carries it out item by item.

use offboard_core::id::UserId;
use offboard_core::time::{Period, Timestamp};
use serde::{Deserialize, Serialize};

use super::World;
use super::drive::{DriveItem, ItemKind};

/// Seconds that a copy waits for its turn.
const QUEUE: i64 = 2;

/// Seconds that the service takes for an item, however small.
const EACH: i64 = 1;

/// Bytes that are copied in a second.
const RATE: u64 = 1 << 30;

/// How long a copy is told about after its end.
const TOLD: Period = Period::hours(1);

/// One copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyJob {
    /// In whose drive the copy is made.
    pub to: UserId,
    /// The items to make, each with where it lies below the first.
    rows: Vec<CopyRow>,
    /// The ids that they got.
    made: Vec<String>,
    /// Why it failed: a code of the service.
    pub error: Option<String>,
    /// When it was over.
    ended: Option<Timestamp>,
}

/// One item of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CopyRow {
    /// The row in whose copy it lies; the first lies in the folder that was named.
    within: Option<usize>,
    item: DriveItem,
}

/// What a copy has come to.
#[derive(Debug, Clone, PartialEq)]
pub enum CopyState {
    /// So many per cent.
    InProgress(f64),
    /// With this item as its result.
    Completed(String),
    /// For this reason.
    Failed(String),
}

impl CopyJob {
    /// What it has come to.
    pub fn state(&self) -> CopyState {
        let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        match (&self.error, self.made.first()) {
            (Some(error), _) => CopyState::Failed(error.clone()),
            (None, Some(first)) if self.made.len() == self.rows.len() => CopyState::Completed(first.clone()),
            _ => CopyState::InProgress(count(self.made.len()) * 100.0 / count(self.rows.len().max(1))),
        }
    }
}

impl World {
    /// Begins to copy `item` of `from`'s drive into a folder of `to`'s (nothing is the top), under `name`.
    pub(crate) fn begin_copy(
        &mut self,
        job: &str,
        (from, item): (UserId, &str),
        (to, folder): (UserId, Option<&str>),
        name: &str,
    ) {
        let Some(source) = self.drives.get(&from) else { return };
        let ids = source.below(item);
        let rows: Vec<CopyRow> = ids
            .iter()
            .filter_map(|id| {
                let mut row = source.items.get(id)?.clone();
                // A copy is its new owner's alone.
                row.grants = None;
                let within = row.parent.as_ref().and_then(|parent| ids.iter().position(|id| id == parent));
                if id == item {
                    name.clone_into(&mut row.name);
                    row.parent = folder.map(str::to_owned);
                }
                Some(CopyRow { within: within.filter(|_| id != item), item: row })
            })
            .collect();
        let mut at = QUEUE;
        for (index, row) in rows.iter().enumerate() {
            let size = if let ItemKind::File { size, .. } = row.item.kind { size } else { 0 };
            let seconds = i64::try_from(size / RATE).unwrap_or(i64::from(u32::MAX));
            at += EACH + seconds;
            let job = job.to_owned();
            self.later(Period::seconds(at), "a copy goes on", move |world| world.copy_next(&job, index));
        }
        self.copies.insert(job.to_owned(), CopyJob { to, rows, made: Vec::new(), error: None, ended: None });
    }

    fn copy_next(&mut self, id: &str, index: usize) {
        let Some(job) = self.copies.get(&id.to_owned()).cloned() else { return };
        if job.error.is_some() || job.made.len() != index {
            return;
        }
        let made = self.copy_row(&job, index);
        let now = self.now;
        if let Some(job) = self.copies.get_mut(&id.to_owned()) {
            match made {
                Ok(id) => job.made.push(id),
                Err(code) => job.error = Some(code.to_owned()),
            }
            if !matches!(job.state(), CopyState::InProgress(_)) {
                job.ended = Some(now);
            }
        }
    }

    fn copy_row(&mut self, job: &CopyJob, index: usize) -> Result<String, &'static str> {
        let row = job.rows.get(index).ok_or("generalException")?;
        let mut item = row.item.clone();
        if let Some(within) = row.within {
            item.parent = job.made.get(within).cloned();
        }
        let drive = self.drives.get_mut(&job.to).ok_or("itemNotFound")?;
        if item.parent.as_ref().is_some_and(|parent| !drive.items.contains_key(parent)) {
            return Err("itemNotFound");
        }
        if drive.child(item.parent.as_deref(), &item.name).is_some() {
            return Err("nameAlreadyExists");
        }
        if let ItemKind::File { size, .. } = item.kind
            && drive.used + size > drive.total
        {
            return Err("quotaLimitReached");
        }
        Ok(drive.put(item))
    }

    /// What a copy has come to; nothing where nobody knows of it any more.
    pub fn copy_state(&self, job: &str) -> Option<CopyState> {
        let job = self.copies.get(&job.to_owned())?;
        let told = job.ended.is_none_or(|ended| self.now.since(ended) < TOLD);
        told.then(|| job.state())
    }
}
