//! What an operation declares about itself, once and for all leavers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Period;

/// Where in a leaver's way an operation stands (CONTRACT g.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the phases are named in CONTRACT g.1")]
pub enum Phase {
    LockOut,
    Devices,
    Preserve,
    Mail,
    Files,
    Voice,
    Memberships,
    Licenses,
    End,
}

/// Through which door an operation goes. Doors do not wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Microsoft Graph.
    Graph,
    /// Exchange Online.
    Exchange,
    /// SharePoint's own REST.
    SharePoint,
    /// A person or another system.
    Person,
}

/// What an operation does to the organisation, which decides how careful everybody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Cuts access. It never waits for a reading and may go on where the state before cannot be read.
    Containment,
    /// Neither of the others.
    Ordinary,
    /// Can lose data or access of others: an unknown fact under it blocks it.
    Destructive,
}

/// Whether an operation can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reversal {
    /// Afterwards everything is as it was.
    Exact {},
    /// Most of it, and what is missing.
    Partial {
        /// What does not come back.
        why: String,
    },
    /// Not at all.
    Impossible {
        /// Why.
        why: String,
    },
}

/// What sending it once more would cost. There is no default: whoever writes an operation must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Nothing: the second time changes nothing more.
    Safe,
    /// Something: after a lost answer it is read, and then a person decides. It is never sent again unread.
    Settle,
    /// Long work of many calls. It records each before it is sent, and goes on from there whoever carries it; none of them is
    /// sent again unread, and the work says itself which it could not settle.
    Resume,
}

/// Everything that is the same for each use of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The name in policies, plans and journals.
    pub name: &'static str,
    /// Raised when its parameters or its meaning change.
    pub version: u32,
    /// One line for people, in the imperative.
    pub title: &'static str,
    /// Where it stands.
    pub phase: Phase,
    /// The door it goes through.
    pub door: Door,
    /// How careful everybody must be.
    pub class: Class,
    /// Operations that must be over before, beside those of the table of edges.
    pub after: &'static [&'static str],
    /// Operations that must wait for it, beside those of the table of edges.
    pub before: &'static [&'static str],
    /// Whether it can be taken back.
    pub reversal: Reversal,
    /// What sending it once more would cost.
    pub repeat: Repeat,
    /// How long reading it back may take.
    pub latency: Period,
    /// How long it is read back before a person is asked.
    pub give_up: Period,
    /// Fields of its state that the service stamps by its clock, or that change by themselves as long as somebody works
    /// there: never drift, and put back by nobody. Names, not paths.
    pub clock_fields: &'static [&'static str],
}

impl Spec {
    /// Four times the latency, the usual patience.
    pub const fn patience(latency: Period) -> Period {
        latency.times(4)
    }
}
