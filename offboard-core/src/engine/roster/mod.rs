//! Many leavers at once: planned from one file, applied under one approval, everybody's access cut first.

mod carry;
mod plan;
mod report;

pub use carry::{CarriedRoster, RosterDrive, RosterWatch};
pub use plan::PlannedRoster;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::RosterDrive;
    use crate::engine::{Engine, Until};
    use crate::id::RosterId;
    use crate::plan::ApprovedRoster;
    use crate::plan::roster::Rows;
    use crate::policy::Policy;

    /// A program that carries rosters beside other things gives them to whichever thread is free. That this compiles is what
    /// is tested.
    #[test]
    fn a_roster_can_be_carried_by_any_thread() {
        fn any_thread<T: Send>(work: T) -> T {
            work
        }
        async fn all(engine: Engine, policy: Policy, rows: Rows, approved: ApprovedRoster, roster: RosterId) {
            let how = RosterDrive::until(Until::Sent);
            let _ = any_thread(engine.plan_roster(&policy, &rows, None, "ada", &|_| ())).await;
            let _ = any_thread(engine.apply_roster(approved, policy.bytes(), &how)).await;
            let _ = any_thread(engine.resume_roster(&roster, None, &how)).await;
            let _ = any_thread(engine.cancel_roster(&roster, "ada")).await;
            let _ = any_thread(engine.roster_report(&roster, &BTreeMap::new())).await;
        }
        let _ =
            |engine, policy, rows, approved, roster| any_thread(all(engine, policy, rows, approved, roster));
    }
}
