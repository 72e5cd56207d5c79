//! Everything that is tried on a simulated tenant through the whole program. One binary: it is linked once, and its tests
//! share the machine's cores to the end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a test that cannot go on fails, and says what it saw"
)]
#![allow(unreachable_pub, reason = "a test binary has no API")]

mod common;
mod crashing;

#[cfg(feature = "azure")]
mod azure;
mod calendar;
mod containment;
mod contoso;
mod contract;
mod crash;
mod devices;
mod end_states;
mod files;
mod guests;
mod laws;
mod on_premises;
mod refusals;
mod restore;
mod roster;
mod secrets;
mod settle;
mod sign_in;
mod spine;
mod takeover;
mod truth;
mod undo;
