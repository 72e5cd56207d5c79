//! OneDrive (CONTRACT B11).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person's OneDrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drive {
    /// The drive's id; it cannot be found by the user any more once he is deleted.
    pub id: String,
    /// `webUrl`.
    pub web_url: String,
    /// `quota.used`, in bytes; nothing where the drive is locked and does not say.
    pub used: Option<u64>,
    /// 423: locked or archived (G44).
    pub locked: bool,
}
