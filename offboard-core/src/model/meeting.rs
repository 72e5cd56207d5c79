//! Meetings that the leaver organised (N2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Future meetings with other people in them, organised by the leaver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meetings {
    /// How many there are in the time that was looked at.
    pub organized: u32,
    /// How many days ahead were looked at.
    pub days: u32,
}
