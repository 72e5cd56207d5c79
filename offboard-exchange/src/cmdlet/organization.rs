//! `Get-OrganizationConfig`.

use super::{Cmdlet, Name};

const PROPERTIES: &[&str] = &["DelayedDelicensingEnabled", "InPlaceHolds"];

/// Reads the organisation's own retention policies, and whether a mailbox outlives its license.
pub fn get() -> Cmdlet {
    Cmdlet::new(Name::GetOrganizationConfig, None).selecting(PROPERTIES)
}
