//! Microsoft Graph v1.0 as the ports of `offboard`.
//!
//! [`Graph`] implements the ports that Graph covers alone: users, licenses, roles, workloads, automatic replies.
//! [`GraphOrganization`] and [`GraphCaller`] are the two that need a second door beside it.
//!
//! Calls that are made at the same time, by futures that are polled together, leave as one `$batch`: see
//! [`Graph`]. Every URL, filter and body is put together by the types of `wire`; what an answer means when it is no
//! success is decided in one function, in `status`.

mod ask;
mod batch;
mod caller;
mod deletions;
mod directory;
mod door;
mod drive_files;
mod drive_permissions;
mod graph;
mod groups;
mod licenses;
mod monitor;
mod need;
mod organization;
mod replies;
mod reply;
mod roles;
mod status;
mod telephony;
mod wire;
mod workloads;

pub use caller::GraphCaller;
pub use graph::{Graph, Unusable};
pub use organization::GraphOrganization;
pub use wire::reference::Reference;

/// The name under which failures of this adapter are reported.
pub const PROVIDER: &str = "graph";
