//! Asking a sign-in service, again where that may help.

use bytes::Bytes;
use offboard_core::failure::{Failure, Kind, ProviderError, Retry};
use offboard_core::time::{Clock, Period, Timestamp};
use serde_json::Value;
use url::Url;

use super::PROVIDER;
use super::refusal::{self, Refusal};
use crate::transport::TransportError;
use crate::{answer, json, retry_after};

/// Asking for a token changes nothing, so a lost or refused answer is simply asked again, this often.
const ATTEMPTS: u32 = 3;

/// The pauses before asking again, where the service does not say.
const PAUSES: [Period; 2] = [Period::seconds(1), Period::seconds(3)];

/// The longest pause that is waited for here; a longer one goes to the caller.
const PATIENCE: Period = Period::seconds(30);

/// A refusal, with the word that the protocol has for it.
#[derive(Debug)]
pub(super) struct Denied {
    /// `error`, where the service answered with one.
    pub(super) word: Option<String>,
    /// What a caller is told.
    pub(super) error: ProviderError,
}

impl From<Denied> for ProviderError {
    fn from(denied: Denied) -> Self {
        denied.error
    }
}

impl From<ProviderError> for Denied {
    fn from(error: ProviderError) -> Self {
        Self { word: None, error }
    }
}

/// One attempt that brought nothing.
#[derive(Debug)]
pub(super) struct Setback {
    denied: Denied,
    again: bool,
    wait: Option<Period>,
}

impl From<ProviderError> for Setback {
    /// Asking again would bring the same.
    fn from(error: ProviderError) -> Self {
        Self { denied: error.into(), again: false, wait: None }
    }
}

impl Setback {
    /// The service answered, and gave no token.
    pub(super) fn refused(response: &http::Response<Bytes>, now: Timestamp) -> Self {
        let body = json::parse(response.body()).unwrap_or(Value::Null);
        let Refusal { word, failure } = refusal::of(response.status(), &body);
        Self::because(word, failure, response, now)
    }

    /// The service answered, and this is what it means.
    pub(super) fn because(
        word: Option<String>,
        failure: Failure,
        response: &http::Response<Bytes>,
        now: Timestamp,
    ) -> Self {
        let again = matches!(failure.kind, Kind::Throttled | Kind::Unavailable);
        let wait = again.then(|| retry_after::wait(response.headers(), now)).flatten();
        let error = ProviderError::new(PROVIDER, failure.request_id(answer::request_id(response.headers())));
        Self { denied: Denied { word, error }, again, wait }
    }

    /// The service did not answer.
    pub(super) fn unreachable(url: &Url, error: TransportError) -> Self {
        let host = url.host_str().unwrap_or_default();
        let failure = Failure::new(Kind::Unavailable, format!("no answer from {host}: {}", error.message))
            .code("sign_in_unreachable")
            .hint(format!("check the network, a proxy, and the name {host}"));
        Self { again: true, ..Self::from(caused(failure, error)) }
    }
}

/// A failure with the transport's own account of it.
pub(super) fn caused(failure: Failure, error: TransportError) -> ProviderError {
    let mut wrapped = ProviderError::new(PROVIDER, failure);
    wrapped.source = Some(error.into());
    wrapped
}

/// Asks until there is an answer, or until asking again cannot help.
pub(super) async fn ask<T, F>(clock: &dyn Clock, once: impl Fn() -> F + Send + Sync) -> Result<T, Denied>
where
    F: Future<Output = Result<T, Setback>> + Send,
    T: Send,
{
    let mut attempt = 0;
    loop {
        let mut setback = match once().await {
            Ok(granted) => return Ok(granted),
            Err(setback) => setback,
        };
        let pause = PAUSES.get(attempt as usize).copied();
        let wait = setback.wait.or(pause).unwrap_or(Period::ZERO);
        attempt += 1;
        if setback.again && attempt < ATTEMPTS && wait <= PATIENCE {
            clock.sleep_until(clock.now() + wait).await;
            continue;
        }
        if let Some(wait) = setback.wait {
            let failure = &mut setback.denied.error.failure;
            **failure = failure.as_ref().clone().retry(Retry::After(millis(wait)));
        }
        return Err(setback.denied);
    }
}

/// Whole milliseconds, rounded up.
fn millis(wait: Period) -> u64 {
    u64::try_from(wait.as_micros()).unwrap_or(0).div_ceil(1_000)
}
