//! `Get-MailboxStatistics`: how big a mailbox is.

use super::{Cmdlet, Identity, Name};

const PROPERTIES: &[&str] = &["ItemCount", "TotalItemSize"];

/// Reads size and number of items of the primary mailbox, its archive not counted.
pub fn get(identity: impl Into<Identity>) -> Cmdlet {
    Cmdlet::about(Name::GetMailboxStatistics, identity).selecting(PROPERTIES)
}
