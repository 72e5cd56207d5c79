//! OneDrive, telephony and calendar: what a license removal would destroy.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call};
use crate::id::UserId;
use crate::model::drive::Drive;
use crate::model::meeting::Meetings;
use crate::model::phone::PhoneNumber;
use crate::time::Timestamp;

/// Reads what hangs on a person's licenses (CONTRACT B11, B12, B16).
#[async_trait]
pub trait Workloads: Debug + Send + Sync {
    /// The OneDrive; a locked one is an answer (G44), a missing one is `None`.
    async fn drive(&self, call: &Call, id: UserId) -> Answer<Option<Drive>>;

    /// The telephone numbers, compared with the person once more after the service's filter.
    async fn phone_numbers(&self, call: &Call, id: UserId) -> Answer<Vec<PhoneNumber>>;

    /// Meetings with other people in them that the person organised, from `from` on; nothing without a mailbox.
    async fn meetings(&self, call: &Call, id: UserId, from: Timestamp) -> Answer<Option<Meetings>>;
}
