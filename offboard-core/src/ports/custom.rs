//! Facts that only somebody else's step knows how to read.

use std::fmt::Debug;

use async_trait::async_trait;
use serde_json::Value;

use super::{Answer, Call};
use crate::id::UserId;

/// Reads one named facet for steps of another catalog.
#[async_trait]
pub trait CustomFacet: Debug + Send + Sync {
    /// Reads it for the leaver; `None` where there is nothing.
    async fn read(&self, call: &Call, leaver: UserId) -> Answer<Option<Value>>;
}
