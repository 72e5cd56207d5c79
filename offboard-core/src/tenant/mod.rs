//! The tenant profile: what an organisation says of itself. It belongs to the organisation; a policy can only
//! tighten it.

mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use file::{has_profile, profile_schema};

use crate::facts::Service;
use crate::id::{Digest, GroupId, UserId};
use crate::model::intent::Intent;
use crate::time::Period;

/// How many people may be off-boarded at once, and in a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub struct Caps {
    /// In one roster.
    pub per_roster: u32,
    /// In 24 hours.
    pub per_day: u32,
}

impl Default for Caps {
    fn default() -> Self {
        Self { per_roster: 25, per_day: 25 }
    }
}

/// Through which door Exchange Online may be changed. None of them is documented completely (CONTRACT C0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeDoor {
    /// The cmdlet door behind Microsoft's own PowerShell module, which is not documented.
    #[default]
    InvokeCommand,
    /// None: a person runs the cmdlets that the plan prints.
    HandOff,
}

/// How accounts in Active Directory are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum OnPremisesLock {
    /// A person does it, by the commands that the plan prints.
    #[default]
    HandOff,
    /// The door that the host of the engine brings does what it can; the rest is for a person. The command line brings none.
    Provider,
}

/// What an organisation says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantProfile {
    /// Services that the organisation does not use: not asked for, and not missed.
    pub unused: BTreeSet<Service>,
    /// People whom nobody may off-board (break-glass accounts, service accounts).
    pub protected: BTreeSet<UserId>,
    /// Groups whose members nobody may off-board.
    pub protected_groups: BTreeSet<GroupId>,
    /// Caps.
    pub caps: Caps,
    /// What a shared mailbox must stay below the 50 GB at which it needs a license, in bytes.
    pub mailbox_margin: u64,
    /// How long a lease lives without being renewed.
    pub lease: Period,
    /// The door to Exchange Online.
    pub exchange: ExchangeDoor,
    /// How accounts in Active Directory are locked.
    pub on_premises_lock: OnPremisesLock,
    /// SHA-256 of [`TenantProfile::to_bytes`]; part of every plan. Who builds a profile by hand ends with
    /// [`TenantProfile::sealed`].
    pub digest: Digest,
}

impl TenantProfile {
    /// What a plan wants, as strict as the stricter of the plan and this profile. A plan is a document that somebody
    /// can edit, and a profile can name more protected people than on the day the plan was made (P28).
    #[must_use]
    pub fn tighten(&self, mut intent: Intent) -> Intent {
        intent.protected.extend(&self.protected);
        intent.protected_groups.extend(&self.protected_groups);
        intent.mailbox_margin = intent.mailbox_margin.max(self.mailbox_margin);
        intent
    }
}

impl Default for TenantProfile {
    fn default() -> Self {
        Self {
            unused: BTreeSet::new(),
            protected: BTreeSet::new(),
            protected_groups: BTreeSet::new(),
            caps: Caps::default(),
            mailbox_margin: 0,
            lease: Period::seconds(60),
            exchange: ExchangeDoor::default(),
            on_premises_lock: OnPremisesLock::default(),
            digest: crate::document::digest(b""),
        }
        .sealed()
    }
}

/// A tenant profile that cannot be used, with the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{source_name}:{line}: {message}")]
pub struct ProfileError {
    /// The file.
    pub source_name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What was seen and what to do.
    pub message: String,
}
