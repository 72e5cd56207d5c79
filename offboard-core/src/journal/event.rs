//! What can be written into a journal.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::id::{Digest, StepId};
use crate::operation::{Finding, Instructions, Judged};
use crate::ports::Receipt;
use crate::time::Timestamp;

/// What happened to a step. See the transition table for what may follow what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "event")]
#[non_exhaustive]
pub enum EventKind {
    /// The state before is durable. Nothing has been sent yet, for all that is known.
    Captured {
        /// What was there.
        before: Judged<Value>,
        /// Warnings that were new when it was looked at again.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        findings: Vec<Finding>,
        /// Differences from the plan that mean less or equal work.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        drift: Vec<String>,
    },
    /// Long work got this far.
    Progressed {
        /// Where to go on.
        cursor: Value,
    },
    /// The service accepted the write.
    Applied {
        /// What it said.
        receipts: Vec<Receipt>,
    },
    /// The service refused the write.
    Failed {
        /// What it said.
        failure: Failure,
    },
    /// The answer was lost: it may or may not have happened.
    Indeterminate {
        /// What the service said to the part of it that did arrive.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        receipts: Vec<Receipt>,
        /// What was seen.
        failure: Failure,
    },
    /// Nothing was sent, and nothing will be before `until`.
    Deferred {
        /// When to look again.
        until: Timestamp,
        /// Why.
        why: String,
    },
    /// Findings stop it.
    Blocked {
        /// Which.
        findings: Vec<Finding>,
    },
    /// There is nothing to do.
    Skipped {
        /// Why.
        why: String,
    },
    /// A person or another system must do it.
    HandedOff {
        /// What is asked for.
        instructions: Instructions,
    },
    /// What was wanted was seen, in as many agreeing readings as it takes.
    Verified {
        /// What is there now.
        after: Judged<Value>,
        /// When the last agreeing reading was made.
        seen_at: Timestamp,
        /// It was so before anything was sent.
        already: bool,
    },
    /// As far as this way reaches it was seen, in as many agreeing readings as it takes; a part of what was wanted it does not
    /// reach.
    Partial {
        /// What is there now.
        after: Judged<Value>,
        /// When the last agreeing reading was made.
        seen_at: Timestamp,
        /// What is left out, in words.
        why: String,
    },
    /// It was sent and is not seen yet.
    Waiting {
        /// When to look again.
        until: Timestamp,
        /// What is there instead, in words.
        why: String,
    },
    /// It was sent, and nothing that can be read would show it.
    Sent {},
    /// It was read until nobody could wait longer.
    Unverified {
        /// What was seen last.
        why: String,
    },
    /// Its deadline passed without its being seen; the rest goes on.
    Lapsed {
        /// What that means.
        why: String,
    },
    /// A person says that the hand-off was done.
    Acknowledged {
        /// Who, as he calls himself.
        by: String,
    },
    /// A person decides what could not be read.
    Settled {
        /// Who, as he calls himself.
        by: String,
        /// Whether it happened.
        happened: bool,
    },
    /// A person ended it.
    Cancelled {
        /// Who, as he calls himself.
        by: String,
    },
    /// Another run took its place.
    Superseded {
        /// Which.
        by: crate::id::RunId,
    },
    /// A fact that a date waits for was seen. It belongs to no step.
    Observed {
        /// Which fact.
        key: String,
        /// Its value.
        value: Value,
    },
    /// Nothing of the run is sent any more: a person ended it, or another run took its place. What was sent is read
    /// back all the same.
    Closed {},
}

impl EventKind {
    /// Its name, as it is stored.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Captured { .. } => "captured",
            Self::Progressed { .. } => "progressed",
            Self::Applied { .. } => "applied",
            Self::Failed { .. } => "failed",
            Self::Indeterminate { .. } => "indeterminate",
            Self::Deferred { .. } => "deferred",
            Self::Blocked { .. } => "blocked",
            Self::Skipped { .. } => "skipped",
            Self::HandedOff { .. } => "handed_off",
            Self::Verified { .. } => "verified",
            Self::Partial { .. } => "partial",
            Self::Waiting { .. } => "waiting",
            Self::Sent {} => "sent",
            Self::Unverified { .. } => "unverified",
            Self::Lapsed { .. } => "lapsed",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Settled { .. } => "settled",
            Self::Cancelled { .. } => "cancelled",
            Self::Superseded { .. } => "superseded",
            Self::Observed { .. } => "observed",
            Self::Closed {} => "closed",
        }
    }
}

/// Something that happened, at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// To which step; nothing where it is the whole run.
    pub step: Option<StepId>,
    /// When, by the engine's clock.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

impl Event {
    /// As it may be shown. Addresses in the cursor of long work are rights to ask (a monitor URL): the journal keeps them, and
    /// nobody else sees them.
    pub fn shown(&self) -> Cow<'_, Self> {
        let EventKind::Progressed { cursor } = &self.kind else { return Cow::Borrowed(self) };
        let mut cursor = cursor.clone();
        hide_addresses(&mut cursor);
        Cow::Owned(Self { step: self.step.clone(), at: self.at, kind: EventKind::Progressed { cursor } })
    }
}

fn hide_addresses(value: &mut Value) {
    match value {
        Value::String(text) if text.contains("://") => "(an address)".clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(hide_addresses),
        Value::Object(members) => members.values_mut().for_each(hide_addresses),
        _ => {}
    }
}

/// An event in its place in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Counted from 1 within the run.
    pub seq: u64,
    /// The event.
    pub event: Event,
    /// The hash of the entry before; of the run's record for the first.
    pub previous: Digest,
    /// The hash of this entry: of `previous`, `seq` and the event's bytes.
    pub hash: Digest,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_in_a_cursor_is_not_shown() {
        let cursor = json!({ "page": 3, "items": [{ "monitor": "https://contoso.sharepoint.com/monitor/4711", "at": "x" }] });
        let at = Timestamp::from_micros(0);
        let event = Event { step: None, at, kind: EventKind::Progressed { cursor } };
        let EventKind::Progressed { cursor } = event.shown().into_owned().kind else { panic!() };
        assert_eq!(cursor, json!({ "page": 3, "items": [{ "monitor": "(an address)", "at": "x" }] }));
        let closed = Event { step: None, at, kind: EventKind::Closed {} };
        assert_eq!(*closed.shown(), closed);
    }
}
