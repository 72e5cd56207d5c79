//! The durable history of runs. The state of a run is always the fold of its journal; there is no recovery code.

pub mod chain;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
pub mod event;
pub mod fold;
pub mod memory;
pub mod port;
pub mod transition;

pub use event::{Entry, Event, EventKind};
pub use fold::{RunState, StepState};
pub use memory::MemoryJournal;
pub use port::{Journal, JournalError, Lease, Opening, RosterRecord, RunRecord, RunStatus, RunSummary};
pub use transition::{Status, Transition};
