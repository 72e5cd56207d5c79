//! Active Directory, where it is the master of an account.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::failure::{Failure, Kind, ProviderError};
use crate::id::UserId;
use crate::model::on_premises::Task;

/// Does on-premises what the cloud cannot (R84 to R86). What it does is `done` only when directory sync has brought it to the
/// cloud, and that is read there.
#[async_trait]
pub trait OnPremises: Debug + Send + Sync {
    /// Does `task` for the account that is synced to the cloud user `user`. Active Directory knows it by that id where
    /// directory sync writes it back (`msDS-ExternalDirectoryObjectId`), and by its immutable id. Safe to repeat.
    ///
    /// What fails, or is [`Kind::Unsupported`], becomes a task for a person.
    async fn carry_out(&self, call: &Call, user: UserId, task: Task) -> Answer<Receipt>;
}

/// No door to Active Directory: people do it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByHand;

#[async_trait]
impl OnPremises for ByHand {
    async fn carry_out(&self, _call: &Call, _user: UserId, _task: Task) -> Answer<Receipt> {
        let why = "this program has no door to Active Directory";
        Err(ProviderError::new("on_premises", Failure::new(Kind::Unsupported, why)))
    }
}
