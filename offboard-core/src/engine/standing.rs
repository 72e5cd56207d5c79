//! Counting what was begun under a standing approval.

use super::host::Engine;
use crate::error::Error;
use crate::plan::{Approval, ApprovalError, ApprovedPlan};
use crate::time::Period;

impl Engine {
    /// Refuses to begin with one more run than the standing approval of this one allows in a day. Two processes that
    /// begin at the same moment may each be let in, as with the caps of the tenant profile.
    pub(super) async fn within_the_standing_number(&self, approved: &ApprovedPlan) -> Result<(), Error> {
        let Some(standing) = &approved.approval().standing else { return Ok(()) };
        let digest = standing.digest();
        let (own, since) = (approved.run_id(), self.now() - Period::days(1));
        let mut started = 0;
        for run in self.runs().await? {
            if run.run == own {
                return Ok(());
            }
            if run.opened_at < since {
                continue;
            }
            let record = self.record(&run.run).await?;
            let under = Approval::from_bytes(&record.approval)?.standing;
            started += u32::from(under.is_some_and(|other| other.digest() == digest));
        }
        if started < standing.per_day {
            return Ok(());
        }
        Err(ApprovalError::UsedUp { started, per_day: standing.per_day }.into())
    }
}
