//! Policies: outcomes that people choose; the planner derives the steps.

use serde_json::Value;

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
    /// What the policy asks for and these facts do not allow, such as a successor who cannot be found.
    pub findings: Vec<Finding>,
}

/// A policy that cannot be used, with the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{source_name}:{line}: {message}")]
pub struct PolicyError {
    /// The file.
    pub source_name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What was seen and what to do.
    pub message: String,
}
