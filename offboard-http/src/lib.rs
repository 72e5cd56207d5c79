//! What every door of offboard shares: transport, tokens, pace, retry, pages, redaction.
//!
//! An adapter describes a [`Request`](request::Request) and hands it to its [`Client`](client::Client), which
//! brings a final [`Answer`](answer::Answer). What the answer means is the adapter's to say, in one function.
//!
//! The feature `reqwest`, on by default, adds the transport over real sockets. Without it this crate opens none.

pub mod answer;
mod budget;
pub mod client;
pub mod deny;
#[cfg(feature = "reqwest")]
mod inflate;
pub mod json;
pub mod observe;
pub mod origin;
pub mod page;
pub mod quota;
pub mod redact;
pub mod request;
#[cfg(feature = "reqwest")]
pub mod reqwest;
pub mod retry_after;
pub mod status;
#[cfg(test)]
mod testing;
pub mod throttle;
pub mod token;
pub mod transport;
