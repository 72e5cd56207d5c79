//! Who may open what in a OneDrive: permissions of items, and what inherits them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use offboard_core::id::UserId;
use serde::{Deserialize, Serialize};

use super::drive::{Drive, DriveItem};

/// A permission of an item, beside that of the owner, who may do everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// `permission.id`: the same on every item for the same person, for it stands for his login name.
    pub id: String,
    /// Who has it.
    pub to: Grantee,
    /// What he may do.
    pub role: ItemRole,
}

/// Who has a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// Somebody of the organisation.
    User(UserId),
    /// Everybody in the organisation who has the link.
    Link {},
}

/// What a permission lets somebody do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemRole {
    /// Read.
    Read,
    /// Read and change.
    Write,
}

impl ItemRole {
    /// As Graph spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl Grant {
    /// A permission of a person.
    pub fn to_user(user: UserId, user_principal_name: &str, role: ItemRole) -> Self {
        let login = format!("0i:0#.f|membership|{}", user_principal_name.to_lowercase());
        Self { id: STANDARD.encode(login), to: Grantee::User(user), role }
    }

    /// A link for the organisation.
    pub fn link(item: &str, role: ItemRole) -> Self {
        Self { id: STANDARD.encode(format!("link/{item}/{}", role.name())), to: Grantee::Link {}, role }
    }
}

impl Drive {
    /// The permissions that are in effect on an item: its own, or those of the nearest folder above it that has some. Nothing
    /// is the root folder.
    pub fn grants_of(&self, id: Option<&str>) -> &[Grant] {
        match id.and_then(|id| self.items.get(id)) {
            None => &self.grants,
            Some(DriveItem { grants: Some(own), .. }) => own,
            Some(item) => self.grants_of(item.parent.as_deref()),
        }
    }

    /// The permissions to be changed on an item. Whoever shares one gives it permissions of its own, which begin as those
    /// that it had, and from then on follow nothing that happens above it.
    pub fn own_grants(&mut self, id: Option<&str>) -> &mut Vec<Grant> {
        let inherited = self.grants_of(id).to_vec();
        match id.and_then(|id| self.items.get_mut(id)) {
            None => &mut self.grants,
            Some(item) => item.grants.get_or_insert(inherited),
        }
    }

    /// Gives a permission; whoever has one already has the greater of both. Returns what he has now.
    pub fn share(&mut self, id: Option<&str>, grant: Grant) -> Grant {
        let grants = self.own_grants(id);
        if let Some(other) = grants.iter_mut().find(|other| other.id == grant.id) {
            other.role = other.role.max(grant.role);
            return other.clone();
        }
        grants.push(grant.clone());
        grant
    }

    /// What a person may do with an item by a permission of its own name; the owner is not asked about.
    pub fn role_of(&self, id: Option<&str>, user: UserId) -> Option<ItemRole> {
        self.grants_of(id)
            .iter()
            .filter(|grant| grant.to == Grantee::User(user))
            .map(|grant| grant.role)
            .max()
    }
}
