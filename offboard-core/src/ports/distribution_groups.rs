//! Groups of Exchange: distribution lists and mail-enabled security groups.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::{GroupId, UserId};

/// Changes who is in a group of Exchange (CONTRACT C10). Who is in it is read from the directory, by [`super::Groups`].
#[async_trait]
pub trait DistributionGroups: Debug + Send + Sync {
    /// Takes somebody out of a group. Safe to repeat: who is not in it is out of it.
    async fn remove_member(&self, call: &Call, group: GroupId, member: UserId) -> Answer<Receipt>;

    /// Puts somebody into a group. Safe to repeat: who is in it already is in it.
    async fn add_member(&self, call: &Call, group: GroupId, member: UserId) -> Answer<Receipt>;
}
