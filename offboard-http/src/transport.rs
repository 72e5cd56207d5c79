//! One request to one answer: the seam between offboard and the network.
//!
//! The real implementation is reqwest; the simulated tenant is another, without sockets. Everything that must
//! hold for both (pace, retry, tokens, limits) is above this seam.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

/// Sends one HTTP request and returns the answer with its whole body.
///
/// # Contract
/// * No redirect is followed and nothing is retried.
/// * A body longer than the transport's limit is an error, not a truncated answer.
/// * A request with [`Fresh`] among its extensions goes over a connection that no request used before.
/// * Work that the host's clock cannot see (a socket) holds the clock while it lasts.
/// * Dropping the future abandons the request; whether it happened is then unknown.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends `request`.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;
}

/// How far a request came that got no answer. It decides whether sending it again is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Not one byte of it left: refused connection, unknown host, TLS failure.
    NotSent,
    /// It may have been carried out.
    MaybeSent,
    /// It was answered, but the answer broke a limit. Asking again brings the same.
    Answered,
}

/// The extension of a request that wants a connection of its own, so that another replica may answer.
#[derive(Debug, Clone, Copy)]
pub struct Fresh;

/// The extension of a request for the machine's own identity. It may go by plain http to a link-local address
/// (169.254.0.0/16), which no router carries further: there, and nowhere else, Azure hands out managed identities.
#[derive(Debug, Clone, Copy)]
pub struct OnThisLink;

/// A request that got no usable answer.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// How far it came.
    pub reached: Reached,
    /// One line: what was seen. Never holds a URL's query, a header or a body.
    pub message: String,
    /// What caused it.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl TransportError {
    /// An error without a further cause.
    pub fn new(reached: Reached, message: impl Into<String>) -> Self {
        Self { reached, message: message.into(), source: None }
    }
}
