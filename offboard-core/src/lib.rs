//! The domain of `offboard`: facts, policies, plans, guards and the engine that carries a plan out.
//!
//! Nothing here opens a socket, a file or a database. Reading and writing go through [`ports`], time and chance
//! through [`time`].

pub mod facts;
pub mod failure;
pub mod id;
pub mod model;
pub mod ports;
pub mod time;
