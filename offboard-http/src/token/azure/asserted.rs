//! An assertion that somebody else brings.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use offboard_core::failure::ProviderError;

use super::line::Line;
use crate::token::Secret;

type Fetch = dyn Fn() -> Pin<Box<dyn Future<Output = Result<Secret, ProviderError>> + Send>> + Send + Sync;

/// Code that brings an assertion.
#[derive(Clone)]
pub(super) struct Asserted {
    fetch: Arc<Fetch>,
}

impl Asserted {
    pub(super) fn new<F, T>(fetch: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<Secret, ProviderError>> + Send + 'static,
    {
        Self { fetch: Arc::new(move || Box::pin(fetch())) }
    }

    /// As the library takes it; a failure is kept by the line, in our words.
    pub(super) fn for_line(&self, line: &Arc<Line>) -> Brought {
        Brought { fetch: self.fetch.clone(), line: line.clone() }
    }
}

/// An assertion for one attempt.
pub(super) struct Brought {
    fetch: Arc<Fetch>,
    line: Arc<Line>,
}

impl fmt::Debug for Brought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Brought")
    }
}

#[async_trait]
impl ClientAssertion for Brought {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        match (self.fetch)().await {
            Ok(assertion) => Ok(assertion.expose().to_owned()),
            Err(error) => Err(self.line.fail(error.into())),
        }
    }
}
