//! Policies: outcomes that people choose; the planner derives the steps.
//!
//! A policy is TOML or JSON (`offboard.policy/1`). Every part is an explicit choice: nothing is decided by leaving it
//! out (R92). Reading it goes in this order, and the first thing that is wrong is the error, with its line:
//!
//! 1. the text, its keys, values and types;
//! 2. what one key alone makes impossible, such as access without an end;
//! 3. end states that cannot be true at the same moment (CONTRACT f.4);
//! 4. keys and values that exist and that this version cannot carry out: refused by name, never ignored;
//! 5. operations that the catalog does not have.
//!
//! What it means for one leaver is said by [`Policy::derive`], which is pure.

mod candidate;
mod check;
mod derive;
mod end_state;
mod error;
mod file;
mod missing;
mod read;
mod shipped;
mod step;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use derive::Request;
pub use error::PolicyError;
pub use file::AppliesTo;
pub use read::{Policy, policy_schema};
pub use shipped::{Shipped, shipped};

use crate::model::intent::Intent;
use crate::operation::Finding;
use crate::time::Timestamp;

/// One step as a policy asks for it, before anybody has looked at its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The operation.
    pub operation: String,
    /// With what.
    pub params: Value,
    /// Not earlier than this.
    pub not_before: Option<Timestamp>,
    /// The key of the policy that asks for it, such as `mail.full_access`.
    pub asked_by: String,
    /// Names of operations that must be over before, beside those of the table of edges.
    pub after: Vec<String>,
    /// Names of operations that must wait for it.
    pub before: Vec<String>,
}

/// What a policy means for one leaver.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// For the guards.
    pub intent: Intent,
    /// What is to be done.
    pub drafts: Vec<Draft>,
    /// What the policy asks for and these facts do not allow, such as a successor who cannot be found. The part it
    /// is about has no draft; every other part has.
    pub findings: Vec<Finding>,
}
