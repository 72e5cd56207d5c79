//! What went wrong, as data: what was seen, whether trying again can help, and what to do.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Period;

/// Who can act on a failure, and how. One function in each adapter maps answers of the service to these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The object is not there (or not visible yet, right after it was made).
    NotFound,
    /// Another object stands in the way.
    Conflict,
    /// The service refuses the request as wrong.
    InvalidRequest,
    /// Nobody is signed in: token missing, expired or revoked.
    Unauthenticated,
    /// The caller lacks a permission or a role.
    PermissionDenied,
    /// Too many requests; nothing was done.
    Throttled,
    /// The service could not answer; nothing was done.
    Unavailable,
    /// The answer was lost: it may or may not have happened.
    Indeterminate,
    /// The service does not have this, here.
    Unsupported,
    /// The answer could not be understood.
    Protocol,
    /// offboard itself refused to send this.
    Refused,
    /// The tenant is not as the plan expects it.
    Drift,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Trying again gives the same answer.
    No,
    /// Later, with growing pauses.
    Later,
    /// Not before this many milliseconds.
    After(u64),
}

impl Retry {
    /// How long the service asks for patience, if it says so.
    pub fn pause(self) -> Option<Period> {
        match self {
            Self::After(millis) => Some(Period::millis(i64::try_from(millis).unwrap_or(i64::MAX / 2_000))),
            Self::No | Self::Later => None,
        }
    }
}

/// A failure as it is kept: in the journal, in facts, in reports, in Python.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Who can act, and how.
    pub kind: Kind,
    /// The service's own code (`Authorization_RequestDenied`), or ours (`not_read`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// One line: what was seen.
    pub message: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The service's id of the request, for its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether trying again can help.
    pub retry: Retry,
}

impl Failure {
    /// A failure that trying again does not mend, unless its kind says otherwise.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        let retry = match kind {
            Kind::Throttled | Kind::Unavailable | Kind::Indeterminate => Retry::Later,
            _ => Retry::No,
        };
        Self { kind, code: None, message: message.into(), hint: None, request_id: None, retry }
    }

    /// With the service's code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// With what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With the service's id of the request.
    #[must_use]
    pub fn request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// With what is known about trying again.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Nobody has read this yet. It counts as unknown, so that a guard which forgot to ask fails closed.
    pub fn not_read() -> Self {
        Self::new(Kind::Unavailable, "this was not read").code("not_read").retry(Retry::No)
    }

    /// Nobody tried to read it.
    pub fn is_not_read(&self) -> bool {
        self.code.as_deref() == Self::not_read().code.as_deref()
    }

    /// Without the parts that differ from one reading to the next, for a plan whose bytes must not.
    #[must_use]
    pub fn stable(&self) -> Self {
        let mut stable = Self::new(self.kind, format!("could not be read ({})", self.kind));
        stable.code.clone_from(&self.code);
        stable.hint.clone_from(&self.hint);
        stable
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::InvalidRequest => "invalid request",
            Self::Unauthenticated => "not signed in",
            Self::PermissionDenied => "permission denied",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Indeterminate => "answer lost",
            Self::Unsupported => "not supported here",
            Self::Protocol => "answer not understood",
            Self::Refused => "refused by offboard",
            Self::Drift => "changed meanwhile",
        })
    }
}

/// A failure on its way up from an adapter, with its cause.
#[derive(Debug, thiserror::Error)]
#[error("{provider}: {failure}")]
pub struct ProviderError {
    /// Which adapter: `graph`, `exchange`.
    pub provider: &'static str,
    /// The failure as it will be kept.
    pub failure: Box<Failure>,
    /// What caused it.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ProviderError {
    /// A failure of an adapter, without a further cause.
    pub fn new(provider: &'static str, failure: Failure) -> Self {
        Self { provider, failure: Box::new(failure), source: None }
    }

    /// Who can act, and how.
    pub fn kind(&self) -> Kind {
        self.failure.kind
    }
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        *error.failure
    }
}
