//! Calendars.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;

/// Changes what is in a calendar (CONTRACT C8). It is read through [`super::Workloads`].
#[async_trait]
pub trait Calendars: Debug + Send + Sync {
    /// Cancels the meetings with others that the person organised and that lie in the next so many days. Everybody invited
    /// is told: never sent again unread.
    async fn cancel_organized_meetings(&self, call: &Call, id: UserId, days: u32) -> Answer<Receipt>;
}
