//! Who may open a OneDrive by permissions of its folders and files (CONTRACT B11).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::drive::{DriveEntry, DriveTally};
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

/// What one person may do by these permissions.
pub fn role_of(permissions: &[DrivePermission], who: UserId) -> Option<DriveRole> {
    permissions_of(permissions, who).filter_map(DrivePermission::role).max()
}

/// The permissions of one person.
pub fn permissions_of(
    permissions: &[DrivePermission],
    who: UserId,
) -> impl Iterator<Item = &DrivePermission> {
    permissions.iter().filter(move |permission| permission.to == Some(who))
}

impl DrivePermission {
    /// What it lets somebody do; nothing where it only lets him pass through.
    pub fn role(&self) -> Option<DriveRole> {
        DriveRole::of(&self.roles)
    }
}

/// Files and folders with permissions of their own: whatever happens to those of the root folder does not reach them, nor what
/// is below them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPermissions {
    /// How many files and folders, and how many bytes, with everything below them.
    pub tally: DriveTally,
    /// How many of them lie below no other.
    pub places: u64,
    /// The paths of the first of these.
    pub first: Vec<String>,
}

impl OwnPermissions {
    /// How many paths are kept: the rest is counted.
    const NAMED: usize = 10;

    /// Of these, each with everything below it, by its path.
    pub fn of(mut apart: Vec<DriveEntry>) -> Self {
        apart.sort();
        Self {
            tally: apart.iter().fold(DriveTally::default(), |sum, entry| sum.plus(entry.tally)),
            places: u64::try_from(apart.len()).unwrap_or(u64::MAX),
            first: apart.into_iter().take(Self::NAMED).map(|entry| entry.name).collect(),
        }
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
        let role = |who| role_of(&permissions, who);
        assert_eq!((role(megan), role(alex)), (Some(DriveRole::Read), Some(DriveRole::Write)));
        assert_eq!(role(UserId::from_u128(3)), None);
        assert_eq!(permissions_of(&permissions, megan).map(|one| one.id.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}
