//! Approving by a standing approval, and counting what was begun under it.

use super::host::Engine;
use crate::document;
use crate::error::Error;
use crate::plan::{Approval, ApprovalError, ApprovedPlan, Plan, StandingApproval};
use crate::time::Period;

impl Engine {
    /// The approval of a plan that follows from a standing approval. The number a day is counted when it is applied.
    ///
    /// # Errors
    /// The bytes are no plan, the standing approval does not cover it, or what is applied later with the approval would
    /// be refused: see [`Engine::approved`].
    pub fn approve_under(&self, plan_bytes: &[u8], standing: &StandingApproval) -> Result<Approval, Error> {
        let (plan, _) = Plan::from_bytes(plan_bytes)?;
        let approval =
            standing.approve(&plan, document::digest(plan_bytes), self.now()).map_err(ApprovalError::from)?;
        self.approved(plan_bytes, &approval.to_bytes())?;
        Ok(approval)
    }

    /// Refuses to begin with one more run than the standing approval of this one allows in a day. Two processes that
    /// begin at the same moment may each be let in, as with the caps of the tenant profile.
    pub(super) async fn within_the_standing_number(&self, approved: &ApprovedPlan) -> Result<(), Error> {
        let Some(standing) = &approved.approval().standing else { return Ok(()) };
        let digest = standing.digest();
        let (own, since) = (approved.run_id(), self.now() - Period::days(1));
        let _hold = self.host.clock.hold();
        let mut started = 0;
        for run in self.journal.runs(Some(self.tenant)).await? {
            if run.run == own {
                return Ok(());
            }
            if run.opened_at < since {
                continue;
            }
            let record = self.journal.record(&run.run).await?;
            let under = Approval::from_bytes(&record.approval)?.standing;
            started += u32::from(under.is_some_and(|other| other.digest() == digest));
        }
        if started < standing.per_day {
            return Ok(());
        }
        Err(ApprovalError::UsedUp { started, per_day: standing.per_day }.into())
    }
}
