//! Groups, as far as somebody leaves them.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::{GroupId, UserId};
use crate::model::group::{GroupOwner, Membership};

/// Reads and changes who is in a group (CONTRACT B9). Distribution lists and mail-enabled security groups are
/// Exchange's; a group with a rule and one of Active Directory are changed by nobody here.
#[async_trait]
pub trait Groups: Debug + Send + Sync {
    /// The groups that somebody is in himself, not through another group.
    async fn direct_groups(&self, call: &Call, id: UserId) -> Answer<Vec<Membership>>;

    /// The people who own a group; nothing where there is no such group.
    async fn owners(&self, call: &Call, group: GroupId) -> Answer<Option<Vec<GroupOwner>>>;

    /// Takes somebody out of a group. Safe to repeat: who is not in it is out of it.
    async fn remove_member(&self, call: &Call, group: GroupId, member: UserId) -> Answer<Receipt>;

    /// Puts somebody into a group. Safe to repeat: who is in it already is in it.
    async fn add_member(&self, call: &Call, group: GroupId, member: UserId) -> Answer<Receipt>;
}
