//! A deleted user, and what stands in the way of his return (CONTRACT B10, G35).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::user::User;
use crate::id::SkuId;
use crate::time::{Period, Timestamp};

/// A user among the deleted ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeletedUser {
    /// As he was, under the name he had: the service puts the object id before the name of whoever is deleted.
    pub user: User,
    /// `deletedDateTime`.
    pub deleted_date_time: Timestamp,
    /// `assignedLicenses`: what he comes back with, as far as seats are free (R55).
    pub skus: BTreeSet<SkuId>,
}

impl DeletedUser {
    /// How long a deleted account can be restored (R69).
    pub const KEPT: Period = Period::days(30);

    /// Until when he can be restored.
    pub fn kept_until(&self) -> Timestamp {
        self.deleted_date_time + Self::KEPT
    }
}

/// As what a deleted account comes back, where others have taken something of his since (G35).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// `newUserPrincipalName`: the name he signs in with from then on, where another has his.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<String>,
    /// `autoReconcileProxyConflict`: he comes back without the addresses that others have now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_taken_addresses: bool,
}

impl Return {
    /// Under his own name, and with everything.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// Somebody else has what the deleted user had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreConflict {
    /// Which property it is about.
    pub property: Taken,
    /// The name or address, without its kind.
    pub value: String,
    /// The object that has it now: its id.
    pub held_by: String,
}

/// What somebody else can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// `userPrincipalName`: the account can only come back under another.
    UserPrincipalName,
    /// One of `proxyAddresses`: it comes back without it.
    ProxyAddress,
}
