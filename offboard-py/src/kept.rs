//! What was kept of a run, once its journal vouches for it.

use offboard::core::journal::{JournalError, RunRecord, chain};
use offboard::core::plan::ApprovalError;
use offboard::{ApprovedPlan, Engine, Error, ErrorKind, RunId};

use crate::errors::Trouble;

/// The plan, the approval and the policy that a run was opened with, and not what somebody put in their place: the chain of
/// entries begins with all three, and the run is named by the first two.
pub(crate) async fn record(engine: &Engine, run: &RunId) -> Result<RunRecord, Trouble> {
    let (record, entries) = {
        let _hold = engine.host().clock.hold();
        (engine.journal().record(run).await?, engine.journal().read(run, 0).await?)
    };
    chain::verify(&record, &entries, None)?;
    // As long as there is no entry, only the name says what belongs to it.
    match ApprovedPlan::reopen(&record.plan, &record.approval) {
        Ok(approved) if approved.run_id() == *run => Ok(record),
        Err(error) if !is_of_another(&error) => Err(error.into()),
        _ => Err(Trouble::from(JournalError::Broken {
            run: run.clone(),
            seq: 0,
            why: "its plan and its approval are not those that it was opened with".to_owned(),
        })),
    }
}

fn is_of_another(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Approval(ApprovalError::OtherPlan { .. }))
}
