//! What every door of offboard shares: transport, tokens, pace, retry, pages, redaction.

pub mod transport;
