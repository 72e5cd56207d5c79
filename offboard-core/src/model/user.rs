//! A user (CONTRACT B1).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::time::Timestamp;

/// `userType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserType {
    /// Belongs to the organisation.
    Member,
    /// Invited from elsewhere (CONTRACT B14).
    Guest,
}

/// The directory object of a user, as far as off-boarding needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Object id: the only thing that a write may name.
    pub id: UserId,
    /// `userPrincipalName`: for people, never for writes.
    pub user_principal_name: String,
    /// `displayName`: for people, never for writes.
    pub display_name: String,
    /// `mail`: the primary address.
    pub mail: Option<String>,
    /// `userType`.
    pub user_type: UserType,
    /// `accountEnabled`: whether signing in is possible.
    pub account_enabled: bool,
    /// `createdDateTime`: part of the identity that a plan pins (G28). Two clouds do not have it.
    pub created_date_time: Option<Timestamp>,
    /// `employeeId`, where the organisation keeps it.
    pub employee_id: Option<String>,
    /// `onPremisesSyncEnabled`: `true` while Active Directory owns the object (G4).
    pub on_premises_sync_enabled: Option<bool>,
    /// `onPremisesLastSyncDateTime`: when directory sync last wrote this object.
    pub on_premises_last_sync_date_time: Option<Timestamp>,
    /// `onPremisesSamAccountName`: the name for instructions to the people who run Active Directory.
    pub on_premises_sam_account_name: Option<String>,
    /// `isResourceAccount`: not a person (G27).
    pub is_resource_account: bool,
    /// `isManagementRestricted`: in a restricted management administrative unit (G25).
    pub is_management_restricted: bool,
    /// `identityParentId` is set: an agent, not a person (G27).
    pub is_agent: bool,
    /// `signInSessionsValidFromDateTime`: sessions older than this are void (B2).
    pub sign_in_sessions_valid_from_date_time: Option<Timestamp>,
    /// `lastPasswordChangeDateTime` (B3).
    pub last_password_change_date_time: Option<Timestamp>,
}

impl User {
    /// Whether Active Directory is the master of this object, unless its authority was moved to the cloud.
    pub fn is_synced(&self) -> bool {
        self.on_premises_sync_enabled == Some(true)
    }

    /// The domain of the UPN, in lower case.
    pub fn domain(&self) -> String {
        self.user_principal_name.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase()
    }

    /// Whether `name` is certainly this person: UPN, mail address or object id. That it is not says nothing; see
    /// [`Trustee`](super::trustee::Trustee).
    pub fn is_called(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(&self.user_principal_name)
            || self.mail.as_deref().is_some_and(|mail| name.eq_ignore_ascii_case(mail))
            || name.eq_ignore_ascii_case(&self.id.to_string())
    }
}
