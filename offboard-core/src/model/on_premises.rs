//! Active Directory and Exchange on-premises, where they are the masters of an account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing to do on-premises for a synced leaver (R70, R84 to R86).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Disable the account: the next sync writes over what the cloud says.
    DisableAccount,
    /// Reset the password twice: replication can leave the hash of the old one usable once.
    ResetPasswordTwice,
    /// Make the remote mailbox shared: the next sync would turn it back into a user's.
    ConvertRemoteMailbox,
    /// Keep the account in the scope of directory sync: leaving it deletes user and mailbox in the cloud.
    KeepInSyncScope,
}
