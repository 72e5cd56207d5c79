//! Groups and directory roles, as far as they decide who may act on whom.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call};
use crate::id::UserId;
use crate::model::group::Membership;
use crate::model::role::{GlobalAdministrator, RoleAssignment};

/// Reads groups and roles (CONTRACT B9).
#[async_trait]
pub trait Roles: Debug + Send + Sync {
    /// The groups that somebody is in (through other groups too) or owns.
    async fn memberships(&self, call: &Call, id: UserId) -> Answer<Vec<Membership>>;

    /// The directory roles that somebody holds or may activate, without those held through groups. A tenant
    /// without PIM has no eligible ones.
    async fn roles(&self, call: &Call, id: UserId) -> Answer<Vec<RoleAssignment>>;

    /// Everybody who is a global administrator for the whole tenant now, members of groups that hold the role too.
    async fn global_administrators(&self, call: &Call) -> Answer<Vec<GlobalAdministrator>>;
}
