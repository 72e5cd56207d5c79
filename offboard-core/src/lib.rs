//! The domain of `offboard`: facts, policies, plans, guards and the engine that carries a plan out.
//!
//! Nothing here opens a socket, a file or a database. Reading and writing go through [`ports`], time and chance
//! through [`time`].

pub mod document;
pub mod engine;
pub mod error;
pub mod facts;
pub mod failure;
pub mod guards;
pub mod id;
pub mod journal;
pub mod model;
pub mod operation;
pub mod plan;
pub mod policy;
pub mod ports;
pub mod report;
pub mod steps;
pub mod tenant;
pub mod time;

pub use error::Error;
