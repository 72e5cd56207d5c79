//! The engine: carries an approved plan out, from whatever the journal says has happened so far.
//!
//! Running is resuming. [`next`] decides without IO; `wave` and `verify` do what it says; `session` makes it
//! durable; [`driver`] asks again after every event.

pub mod backoff;
mod claim;
pub mod control;
pub mod drift;
pub mod driver;
pub mod host;
pub mod next;
mod objects;
mod overtaken;
pub mod prepare;
mod reach;
mod reader;
pub mod restore;
pub mod roster;
mod session;
mod standing;
pub mod undo;
mod vanished;
mod verify;
mod wave;

pub use driver::{Drive, Ended, Until};
pub use host::Engine;
pub use prepare::{Person, Request};
pub use roster::{CarriedRoster, PlannedRoster, RosterDrive};
