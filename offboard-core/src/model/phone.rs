//! Telephone numbers (CONTRACT B16).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number assigned to a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneNumber {
    /// `telephoneNumber`, with its leading `+`.
    pub telephone_number: String,
    /// `numberType`: `directRouting`, `callingPlan`, `operatorConnect`.
    pub number_type: String,
    /// `assignmentCategory`: `primary`, `private`, `alternate`.
    pub assignment_category: Option<String>,
    /// `locationId`: where emergency calls are sent from; assigning a number again may take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
}
