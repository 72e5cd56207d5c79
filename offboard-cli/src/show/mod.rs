//! What people read: plans, findings, progress, runs. Whatever comes from a directory or a file is cleaned of control
//! characters before it reaches a terminal.

pub mod approval;
pub mod diff;
pub mod findings;
pub mod names;
pub mod plan;
pub mod progress;
pub mod report;
pub mod roster;
pub mod steps;
pub mod style;
pub mod text;
