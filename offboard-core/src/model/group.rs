//! Groups and memberships (CONTRACT B9).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::fact::Fact;
use crate::id::{GroupId, SkuId, UserId};

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

impl Group {
    /// A distribution list or a mail-enabled security group: only Exchange changes who is in it (B9).
    pub fn is_exchange_only(&self) -> bool {
        self.mail_enabled && !self.unified
    }

    /// Whether leaving it takes licenses away (E30).
    pub fn gives_licenses(&self) -> bool {
        !self.assigned_licenses.is_empty()
    }
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

/// Somebody who owns a group. Applications that own one are not listed: nobody can ask them (G30).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupOwner {
    /// Object id.
    pub id: UserId,
    /// `accountEnabled`: somebody who cannot sign in looks after nothing.
    pub account_enabled: bool,
}
