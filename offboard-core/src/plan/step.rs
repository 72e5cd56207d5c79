//! One step of a plan.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::StepId;
use crate::operation::guard::Direction;
use crate::operation::{Class, Door, Finding, Instructions, Judged, Permission, Phase, Repeat, Reversal};
use crate::time::{Period, Timestamp};

/// What must be true of an earlier step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It was tried: accepted, refused, lost, handed off, or anything later. Where this step takes back on its day what that one
    /// began, it is enough that nothing of it is on its way any more, and that no person still has it in hand.
    Sent,
    /// Its result was seen, or there was nothing to do, or a person vouched for it.
    Verified,
    /// Its result was seen, or there was nothing to do: that a person vouches for a hand-off is where looking begins.
    /// Only who was told that it cannot be seen, and settles it as happened, is believed.
    Seen,
}

/// What will happen at this step, as far as the facts of planning tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is so already; it is looked at once more when its turn comes.
    NoOp {},
    /// offboard writes.
    Change {},
    /// offboard watches.
    Observe {},
    /// A person or another system does it.
    HandOff {
        /// What is asked for.
        instructions: Instructions,
    },
    /// There is nothing to do.
    Skip {
        /// Why.
        why: String,
    },
}

/// One operation on one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name in this plan.
    pub id: StepId,
    /// What it does, by the name in the catalog.
    pub operation: String,
    /// Of which version.
    pub version: u32,
    /// One line for people.
    pub title: String,
    /// With what.
    pub params: Value,
    /// Which way.
    pub direction: Direction,
    /// Where in the way it stands.
    pub phase: Phase,
    /// Through which door.
    pub door: Door,
    /// How careful everybody is.
    pub class: Class,
    /// What must be true of earlier steps.
    pub needs: BTreeMap<StepId, Need>,
    /// Not earlier than this; nothing means as soon as it may.
    pub not_before: Option<Timestamp>,
    /// What will happen.
    pub action: Action,
    /// What is there before it, in the planned future.
    pub before: Judged<Value>,
    /// What will be there after it.
    pub goal: Judged<Value>,
    /// Whether it can be taken back.
    pub reversal: Reversal,
    /// What sending it once more would cost.
    pub repeat: Repeat,
    /// How long reading it back may take.
    pub latency: Period,
    /// The rights it needs.
    pub permissions: Vec<Permission>,
}

impl Step {
    /// What it destroys for good, of data, device or account: that needs its own consent in the approval. A password and
    /// sessions do not.
    pub fn destroys_for_good(&self) -> Option<&str> {
        match (&self.reversal, self.class) {
            (Reversal::Impossible { why }, Class::Destructive) => Some(why),
            _ => None,
        }
    }
}

/// A rule that was not judged, and why: said in every report rather than left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotJudged {
    /// The guard.
    pub code: String,
    /// What it would have said.
    pub about: String,
}

/// A date that somebody must know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// When, in UTC.
    pub at: Timestamp,
    /// What happens then, in one sentence.
    pub what: String,
    /// The requirement behind it.
    pub requirement: String,
}

/// What no step can mend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResidualRisk {
    /// One sentence.
    pub what: String,
    /// The requirement behind it.
    pub requirement: String,
}

/// A plan's finding is a finding of one of its steps, or of the whole.
pub type PlanFinding = Finding;
