//! Who may open a OneDrive by permissions of its folders and files (CONTRACT B11).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::drive::DriveEntry;
use crate::id::UserId;

/// What an invitation lets somebody do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriveRole {
    /// Read.
    Read,
    /// Read and change.
    Write,
}

impl DriveRole {
    /// As Graph spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The most of what `roles` say: those of `permission.roles`. Roles that let somebody do more than write count as that;
    /// others, and none, give nothing (`sp.limited access` lets somebody pass through a folder, no more).
    pub fn of(roles: &BTreeSet<String>) -> Option<Self> {
        let any = |names: &[&str]| names.iter().any(|name| roles.contains(*name));
        if any(&["write", "owner", "sp.owner", "sp.full control"]) {
            Some(Self::Write)
        } else {
            any(&["read"]).then_some(Self::Read)
        }
    }
}

/// A permission of a folder or a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DrivePermission {
    /// `permission.id`.
    pub id: String,
    /// Who has it, if that is one person of the directory: no group, no link, nobody from elsewhere.
    pub to: Option<UserId>,
    /// `permission.roles`.
    pub roles: BTreeSet<String>,
}

/// Who may open a OneDrive as a whole, and what in it goes its own way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveSharing {
    /// The permissions of the root folder. Everything inherits them that has none of its own.
    pub permissions: Vec<DrivePermission>,
    /// Files and folders with permissions of their own: whatever happens to those of the root does not reach them, nor what
    /// is below them. Each with its path from the top; one below another is counted with that. Nothing where the service does
    /// not tell.
    pub apart: Option<Vec<DriveEntry>>,
}

impl DriveSharing {
    /// The permissions of one person at the root.
    pub fn of(&self, who: UserId) -> impl Iterator<Item = &DrivePermission> {
        self.permissions.iter().filter(move |permission| permission.to == Some(who))
    }

    /// What one person may do with whatever inherits from the root.
    pub fn role_of(&self, who: UserId) -> Option<DriveRole> {
        self.of(who).filter_map(|permission| DriveRole::of(&permission.roles)).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_of_several_roles_counts() {
        let role = |names: &[&str]| DriveRole::of(&names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(role(&["read"]), Some(DriveRole::Read));
        assert_eq!(role(&["read", "write"]), Some(DriveRole::Write));
        assert_eq!(role(&["owner"]), Some(DriveRole::Write));
        assert_eq!(role(&["sp.limited access"]), None);
        assert_eq!(role(&[]), None);
    }

    #[test]
    fn what_others_have_is_not_his() {
        let permission = |id: &str, to, role: &str| DrivePermission {
            id: id.to_owned(),
            to,
            roles: BTreeSet::from([role.to_owned()]),
        };
        let (megan, alex) = (UserId::from_u128(1), UserId::from_u128(2));
        let permissions = vec![
            permission("a", Some(alex), "write"),
            permission("link", None, "write"),
            permission("b", Some(megan), "read"),
        ];
        let sharing = DriveSharing { permissions, apart: None };
        assert_eq!(
            (sharing.role_of(megan), sharing.role_of(alex)),
            (Some(DriveRole::Read), Some(DriveRole::Write))
        );
        assert_eq!(sharing.role_of(UserId::from_u128(3)), None);
        assert_eq!(sharing.of(megan).map(|one| one.id.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}
