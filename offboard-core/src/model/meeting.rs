//! Meetings that the leaver organised (N2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::{Period, Timestamp};

/// How far ahead a calendar is read, where it is not too full for that.
pub const AHEAD: Period = Period::days(365);

/// A future meeting with other people in it, or a series of them. What it is about is nobody's business.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// The event, or the series that it belongs to.
    pub id: String,
    /// It takes place more than once.
    pub series: bool,
    /// When it begins next; nothing where the service did not say so in a form that is understood.
    pub next: Option<Timestamp>,
}

/// Future meetings with other people in them, organised by the leaver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meetings {
    /// Those in the time that was looked at, a series once.
    pub organized: Vec<Meeting>,
    /// How many days ahead were looked at.
    pub days: u32,
}
