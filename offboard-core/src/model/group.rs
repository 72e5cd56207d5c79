//! Groups and memberships (CONTRACT B9).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::fact::Fact;
use crate::id::{GroupId, SkuId};

/// A group that the leaver belongs to or owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Object id.
    pub id: GroupId,
    /// `displayName`.
    pub display_name: String,
    /// `groupTypes` has `DynamicMembership`: a rule decides who is in it.
    pub dynamic: bool,
    /// `groupTypes` has `Unified`.
    pub unified: bool,
    /// `mailEnabled`.
    pub mail_enabled: bool,
    /// `securityEnabled`.
    pub security_enabled: bool,
    /// `isAssignableToRole`: its members are protected like administrators (G24).
    pub is_assignable_to_role: bool,
    /// `onPremisesSyncEnabled`: Active Directory decides who is in it.
    pub synced: bool,
    /// `isManagementRestricted` (G25).
    pub is_management_restricted: bool,
    /// `assignedLicenses`: leaving the group takes these away (E30).
    pub assigned_licenses: Vec<SkuId>,
}

/// How somebody belongs to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// A member, directly or through another group.
    Member,
    /// An owner.
    Owner,
}

/// One row of the list of memberships. A row of which only the id may be read has an unknown group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The group's object id.
    pub id: GroupId,
    /// Member or owner.
    pub tie: Tie,
    /// The group itself.
    pub group: Fact<Group>,
}
