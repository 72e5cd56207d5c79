//! Tokens from somebody else's code.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use async_trait::async_trait;
use offboard_core::failure::ProviderError;
use offboard_core::time::Clock;

use super::{Token, TokenRequest, TokenSource};

type Fetch =
    dyn Fn(TokenRequest) -> Pin<Box<dyn Future<Output = Result<Token, ProviderError>> + Send>> + Send + Sync;

/// A closure as a token source: for a host that signs in by itself, Python, and tests.
pub struct Callback {
    fetch: Box<Fetch>,
}

impl Callback {
    /// Calls `fetch` whenever a new token is needed. It need not cache.
    pub fn new<F, T>(fetch: F) -> Self
    where
        F: Fn(TokenRequest) -> T + Send + Sync + 'static,
        T: Future<Output = Result<Token, ProviderError>> + Send + 'static,
    {
        Self { fetch: Box::new(move |wanted| Box::pin(fetch(wanted))) }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback")
    }
}

#[async_trait]
impl TokenSource for Callback {
    async fn token(&self, wanted: &TokenRequest, _: &dyn Clock) -> Result<Token, ProviderError> {
        (self.fetch)(wanted.clone()).await
    }
}
