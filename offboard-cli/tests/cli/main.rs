//! The real binary, run as a user runs it.
//!
//! One test binary, because most of the time is spent waiting for readings by the machine's clock: the tests wait side by side.
#![allow(unreachable_pub, reason = "a test binary has no API")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and shows what it saw"
)]

mod common;
#[cfg(unix)]
mod killing;
#[path = "../../../tests/laboratory/refusals/lines.rs"]
mod lines;

mod azure;
mod demo;
mod journey;
mod keeping;
#[cfg(unix)]
mod kill;
mod refusals;
mod restore;
mod roster;
mod standing;
mod trouble;
mod usage;
