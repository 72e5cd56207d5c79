//! `Get-Recipient`: what stands behind somebody whom `Get-Mailbox` does not know.

use super::{Cmdlet, Identity, Name};

const PROPERTIES: &[&str] = &["ExternalDirectoryObjectId", "RecipientTypeDetails"];

/// Reads what kind of recipient somebody is.
pub fn get(identity: impl Into<Identity>) -> Cmdlet {
    Cmdlet::about(Name::GetRecipient, identity).selecting(PROPERTIES)
}
