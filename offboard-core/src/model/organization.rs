//! Settings of the organisation that decide what a step does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `Get-OrganizationConfig` (CONTRACT C2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct OrganizationConfig {
    /// `InPlaceHolds`: retention policies for everybody.
    pub in_place_holds: Vec<String>,
    /// `DelayedDelicensingEnabled`: a mailbox outlives its license by 30 days (G18).
    pub delayed_delicensing_enabled: bool,
}

/// How the people of a domain sign in (G29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationType {
    /// The cloud checks the password.
    Managed,
    /// Somebody else does.
    Federated,
}
