//! `offboard` takes a leaver and a policy and makes a plan: every change to Microsoft 365 that the policy asks for, in
//! a safe order, each with what is there now, what will be there after, and what speaks against it. Applied, every
//! step is checked again, recorded before it is sent, confirmed by reading back, and can be taken back where the
//! service allows.
//!
//! This crate is the way in. [`connect()`] opens the doors of a tenant, [`Engine`] plans and applies,
//! [`SqliteJournal`] keeps what happened. The parts are the crates `offboard-core` (the domain, without a network),
//! `offboard-graph`, `offboard-exchange` and `offboard-sharepoint` (the doors), `offboard-http` (what they share) and `offboard-journal`.

pub mod connect;
pub mod host;

pub use connect::{Connect, ConnectError, Connection, ExchangeDoor, connect};
pub use host::{SystemClock, SystemEntropy};

pub use offboard_core::engine::{CarriedRoster, Drive, Ended, Engine, Request, RosterDrive, Until};
pub use offboard_core::error::{Error, ErrorKind};
pub use offboard_core::failure::{Failure, Kind};
pub use offboard_core::id::{RosterId, RunId, StepId, TenantId, UserId};
pub use offboard_core::journal::{Journal, MemoryJournal};
pub use offboard_core::operation::{Catalog, Operation};
pub use offboard_core::plan::{
    Approval, ApprovedPlan, ApprovedRoster, Plan, Roster, StandingApproval, Waiver,
};
pub use offboard_core::policy::Policy;
pub use offboard_core::ports::Selector;
pub use offboard_core::report::{Exit, Outcome, Report, RosterReport};
pub use offboard_core::tenant::TenantProfile;
pub use offboard_core::time::{Clock, Entropy, Host, Period, Timestamp};
pub use offboard_http::token::Secret;
pub use offboard_journal::{SqliteJournal, owner};

/// The domain, for whoever writes steps, guards, journals or doors of his own.
pub use offboard_core as core;
/// What the doors share, for whoever brings a transport or signs in by himself.
pub use offboard_http as http;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/rosters.md")]
struct Rosters;
