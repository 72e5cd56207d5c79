//! Telephone numbers of Teams.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::phone::PhoneNumber;

/// Changes whose a telephone number is (CONTRACT B16). Who has which is read by [`super::Workloads`].
///
/// The service accepts and works on: only the list of numbers says what became of it.
#[async_trait]
pub trait Telephony: Debug + Send + Sync {
    /// Takes a number from whoever has it. Safe to repeat.
    async fn unassign(&self, call: &Call, number: &PhoneNumber) -> Answer<Receipt>;

    /// Gives a number to somebody, with its category and its place. Safe to repeat.
    async fn assign(&self, call: &Call, to: UserId, number: &PhoneNumber) -> Answer<Receipt>;
}
