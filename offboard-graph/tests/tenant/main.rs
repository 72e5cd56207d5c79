//! Every port against the simulated tenant, which reads the contract independently of this crate; and every request
//! and answer against Microsoft's own description.
#![allow(clippy::unwrap_used, reason = "what a test's helper cannot do, the test cannot go on without")]

mod bench;
mod drive_files;
mod drive_permissions;
mod faults;
mod reading;
mod writing;
