//! Deleting users, and the users that lie among the deleted ones.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::UserId;
use crate::model::deletion::{DeletedUser, RestoreConflict, Return};

/// Deletes users, and brings them back while they are kept (CONTRACT B10).
#[async_trait]
pub trait Deletions: Debug + Send + Sync {
    /// The user as he lies among the deleted ones.
    async fn deleted_user(&self, call: &Call, id: UserId) -> Answer<Option<DeletedUser>>;

    /// Everybody who lies among the deleted users.
    async fn deleted_users(&self, call: &Call) -> Answer<Vec<DeletedUser>>;

    /// Which of a deleted user's names and addresses others have now; nothing where he is not among the deleted.
    async fn restore_conflicts(&self, call: &Call, id: UserId) -> Answer<Option<Vec<RestoreConflict>>>;

    /// Moves the user to the deleted ones, with mailbox and licenses. The service asks neither whether mail is forwarded
    /// nor whether the mailbox is shared (R101): that is looked at before. Somebody who is gone already is no failure.
    async fn delete_user(&self, call: &Call, id: UserId) -> Answer<Receipt>;

    /// Brings a deleted user back, under his name and with his addresses, but for what `back` says. It is not sent again
    /// unread: what is brought back may have been deleted anew.
    async fn restore_user(&self, call: &Call, id: UserId, back: &Return) -> Answer<Receipt>;
}
