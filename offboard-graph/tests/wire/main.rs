//! The adapter against a scripted Graph: exactly what is asked, and what the answers mean.
#![allow(clippy::unwrap_used, reason = "what a test's helper cannot do, the test cannot go on without")]
#![allow(clippy::match_bool, reason = "two answers read best side by side")]

mod batching;
mod caller;
mod deletions;
mod directory;
mod groups;
mod licenses;
mod roles;
mod support;
mod telephony;
mod workloads;
