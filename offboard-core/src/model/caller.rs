//! Who offboard itself is, and what it may do.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::fact::Fact;
use crate::id::{CallerId, RoleId, TenantId};

/// How the caller signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// An application, with application permissions.
    Application,
    /// A person, through an application.
    Person,
}

/// The identity in the access token, and the rights behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// `oid`: the service principal or the person.
    pub id: CallerId,
    /// Application or person.
    pub kind: CallerKind,
    /// `tid`.
    pub tenant: TenantId,
    /// `roles` or `scp` of the Graph token.
    pub graph_permissions: BTreeSet<String>,
    /// `roles` or `scp` of the Exchange token; nothing where there is no Exchange door.
    pub exchange_permissions: Fact<BTreeSet<String>>,
    /// Directory roles that the caller holds now.
    pub directory_roles: Fact<BTreeSet<RoleId>>,
}
