//! offboard itself: the identity in its tokens, and the roles behind it.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call};
use crate::model::caller::Caller;

/// Reads who the caller is.
#[async_trait]
pub trait CallerPort: Debug + Send + Sync {
    /// From the token's own claims, and from the directory for the roles.
    async fn caller(&self, call: &Call) -> Answer<Caller>;
}
