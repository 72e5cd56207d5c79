//! Tokens from Python: objects of `azure-identity` and whatever else has their `get_token`, plain or async.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use offboard::core::failure::ProviderError;
use offboard::core::time::Clock;
use offboard::http::token::{PROVIDER, Token, TokenRequest, TokenSource};
use offboard::{Kind, Secret, Timestamp};
use pyo3::prelude::*;

use crate::calls::call;
use crate::errors::failure_of;

/// A credential of Python's. Keeping and renewing tokens is done by the core, one fetch for all who wait.
pub(crate) struct PythonCredential(Arc<Py<PyAny>>);

impl PythonCredential {
    pub(crate) fn new(credential: Py<PyAny>) -> Self {
        Self(Arc::new(credential))
    }
}

impl fmt::Debug for PythonCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PythonCredential")
    }
}

#[async_trait]
impl TokenSource for PythonCredential {
    async fn token(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, ProviderError> {
        let _hold = clock.hold();
        let (credential, scope) = (Arc::clone(&self.0), wanted.audience.scope().to_owned());
        let claims = wanted.claims.clone();
        let fetched = call(move |py| {
            let fetch = py.import("offboard._credentials")?.getattr("fetch")?;
            Ok(fetch.call1((credential.bind(py), scope, claims))?.unbind())
        })
        .await;
        let read = fetched.and_then(|token| {
            let read = crate::gate::attach(|py| -> PyResult<(String, i64)> {
                let read = py.import("offboard._credentials")?.getattr("read")?;
                read.call1((token,))?.extract()
            });
            read.unwrap_or_else(|| {
                Err(pyo3::exceptions::PyRuntimeError::new_err("the interpreter is shutting down"))
            })
        });
        let (token, expires_on) = read.map_err(|error| {
            ProviderError::new(PROVIDER, failure_of(&error, "the credential", Kind::Unauthenticated))
        })?;
        let expires_at = Timestamp::from_micros(expires_on.saturating_mul(1_000_000));
        Ok(Token::new(Secret::new("access token", token), expires_at, &wanted.audience))
    }
}
