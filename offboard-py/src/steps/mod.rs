//! Steps written in Python. They stand in the catalog beside those of Rust and take part in the same durable run.
//!
//! What a step decides is pure, and asked on the engine's own thread. What it writes or reads may block or be a coroutine, and is
//! asked elsewhere. Whatever its code raises is told as it is: where something is judged, nothing is known; where something was
//! being written, nobody knows whether it happened.

pub(crate) mod context;
pub(crate) mod facet;
pub(crate) mod factory;
mod operation;
