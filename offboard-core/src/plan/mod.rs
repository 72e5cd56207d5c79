//! The plan: every change, in a safe order, each with what is there now, what will be there, and what speaks
//! against it. A document that a person can read, approve and keep.

pub mod approval;
pub mod document;
pub mod identity;
pub mod judge;
pub mod order;
pub mod planner;
pub mod roster;
pub mod standing;
pub mod step;
pub mod trust;
pub mod waiver;

pub use approval::{Approval, ApprovalError, ApprovedPlan};
pub use document::Plan;
pub use identity::Identity;
pub use roster::{ApprovedRoster, Roster};
pub use standing::StandingApproval;
pub use step::{Action, Need, NotJudged, Step};
pub use waiver::Waiver;
