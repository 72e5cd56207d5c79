//! How far a copy is, as it stands in the journal: what was asked of the service, and what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::{Failure, Kind};
use crate::model::drive::Monitor;
use crate::ports::Receipt;
use crate::time::{Period, Timestamp};

/// How long something that was asked for, and of which the service says no more, is looked for before a person must.
pub(super) const LOST: Period = Period::hours(1);

/// How long the service may be at one copy.
const LONGEST: Period = Period::days(7);

/// The cursor of the work.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    /// When the folder was asked for, and its id where the service said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) folder: Option<Folder>,
    /// What was asked for, by the id of the original.
    #[serde(default)]
    pub(super) items: BTreeMap<String, Asked>,
}

/// The folder for the copies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Folder {
    pub(super) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
}

/// One copy that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// When.
    pub(super) at: Timestamp,
    /// What the service said when it took it; nothing where the answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) receipt: Option<Receipt>,
    /// Where to ask after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) monitor: Option<Monitor>,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<End>,
}

/// The end of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum End {
    /// The service says that it is over, or it is seen where nobody can say.
    Copied {},
    /// It was refused, or failed.
    Failed { why: String },
}

impl Asked {
    pub(super) fn now(at: Timestamp) -> Self {
        Self { at, receipt: None, monitor: None, end: None }
    }

    /// It may still come: the service is at it, or nobody has looked long enough.
    pub(super) fn may_come(&self, now: Timestamp) -> bool {
        let patience = if self.monitor.is_some() { LONGEST } else { LOST };
        self.end.is_none() && now.since(self.at) < patience
    }

    pub(super) fn failed(&self) -> Option<&str> {
        if let Some(End::Failed { why }) = &self.end { Some(why) } else { None }
    }
}

impl Log {
    /// From the cursor that was recorded last.
    pub(super) fn of(cursor: Option<&Value>) -> Result<Self, Failure> {
        let Some(cursor) = cursor else { return Ok(Self::default()) };
        serde_json::from_value(cursor.clone()).map_err(|_| {
            Failure::new(Kind::Protocol, "how far the copy is was recorded by another version")
                .hint("go on with the version that began it, or settle the step by looking into the folder")
        })
    }

    pub(super) fn to_cursor(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// How many may still come.
    pub(super) fn under_way(&self, now: Timestamp) -> usize {
        self.items.values().filter(|asked| asked.may_come(now)).count()
    }

    /// When to ask again: soon after the last was asked for, and less and less often.
    pub(super) fn next_look(&self, now: Timestamp) -> Timestamp {
        let asked = self.items.values().filter(|asked| asked.may_come(now)).map(|asked| asked.at);
        let newest = asked.chain(self.folder.iter().map(|folder| folder.at)).max().unwrap_or(now);
        let pause = Period::micros(now.since(newest).as_micros() / 4);
        now + pause.clamp(Period::seconds(3), Period::minutes(5))
    }

    /// Forgets what failed, so that whoever wants it tried again can have that.
    pub(super) fn forget_failed(&mut self) {
        self.items.retain(|_, asked| asked.failed().is_none());
    }
}
