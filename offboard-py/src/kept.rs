//! What was kept of a run, once its journal vouches for it.

use offboard::core::journal::{RunRecord, chain};
use offboard::{Engine, RunId};

use crate::errors::Trouble;

/// The plan, the approval and the policy that a run was opened with, and not what somebody put in their place: the chain of
/// entries begins with all three, and the run is named by the first two.
pub(crate) async fn record(engine: &Engine, run: &RunId) -> Result<RunRecord, Trouble> {
    let (record, entries) = {
        let _hold = engine.host().clock.hold();
        (engine.journal().record(run).await?, engine.journal().read(run, 0).await?)
    };
    chain::verify(&record, &entries, None)?;
    record.reopen()?;
    Ok(record)
}
