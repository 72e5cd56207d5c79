//! The part of the organisation's settings that Exchange keeps.

use offboard_core::model::organization::OrganizationConfig;
use offboard_core::ports::{Answer, Call};

use crate::cmdlet::organization;
use crate::exchange::Exchange;

impl Exchange {
    /// `Get-OrganizationConfig`: Exchange's part of [`Organization`](offboard_core::ports::Organization).
    pub async fn organization_config(&self, call: &Call) -> Answer<Option<OrganizationConfig>> {
        self.read_one(call, organization::get(), |row| {
            Ok(OrganizationConfig {
                in_place_holds: row.texts("InPlaceHolds")?,
                delayed_delicensing_enabled: row.flag("DelayedDelicensingEnabled")?,
            })
        })
        .await
    }
}
