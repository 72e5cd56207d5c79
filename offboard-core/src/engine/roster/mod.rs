//! Many leavers at once: planned from one file, applied under one approval, everybody's access cut first.

mod carry;
mod plan;
mod report;

pub use carry::{CarriedRoster, RosterDrive, RosterWatch};
pub use plan::PlannedRoster;
