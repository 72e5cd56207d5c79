//! Microsoft's own descriptions, as a judge of what goes over the wire.
//!
//! Two files in `tests/contract/` say how Graph v1.0 and the cmdlets of Exchange Online are called. [`Graph`] holds recorded
//! Graph requests and answers against the first, [`Exchange`] holds cmdlet calls and their envelope against the second, and
//! [`ids`] asserts that what changes a tenant is addressed by ids and never by names (promise P1).
//!
//! For tests only. Nothing here does IO, keeps a secret or depends on another crate of this workspace, so that the adapters,
//! the simulated tenant and this reading of the contract can disagree. A check never fails: it returns what it found, and an
//! empty list means that nothing speaks against the call. A violation names properties and parameters
//! and never repeats their values: passwords travel there.
//!
//! ```
//! use offboard_contract::Graph;
//! use serde_json::json;
//!
//! let misspelt = json!({ "acountEnabled": false });
//! let found = Graph::load().check_request(
//!     "PATCH",
//!     "/v1.0/users/6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0",
//!     Some("application/json"),
//!     Some(&misspelt),
//! );
//! assert!(found[0].to_string().contains("acountEnabled"));
//! ```

pub mod exchange;
pub mod graph;
pub mod ids;
mod message;
mod text;
mod violation;

pub use exchange::Exchange;
pub use graph::Graph;
pub use message::{Answer, Headers, Request};
pub use violation::Violation;
