//! Who answers for a guest in this organisation (CONTRACT B14).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{GroupId, UserId};

/// What the directory knows a sponsor by. People come before groups, each in the order of their ids: the order in which the
/// service lists them says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SponsorId {
    /// A person.
    User(UserId),
    /// A group, whose members answer for him together.
    Group(GroupId),
}

/// Somebody who answers for a guest: usually who invited him. A guest has up to five.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sponsor {
    /// Object id.
    pub id: SponsorId,
    /// `displayName`; nothing where the caller may read only the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `userPrincipalName` of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<String>,
}

impl Sponsor {
    /// The person; nothing where a group is sponsor.
    pub fn person(&self) -> Option<UserId> {
        match self.id {
            SponsorId::User(id) => Some(id),
            SponsorId::Group(_) => None,
        }
    }
}

/// For people: `Megan Bowen <megan@contoso.com>`, `the group Marketing`; the id where the name was not to be read.
impl fmt::Display for Sponsor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.id, &self.display_name, &self.user_principal_name) {
            (SponsorId::User(_), Some(name), Some(upn)) => write!(f, "{name} <{upn}>"),
            (SponsorId::User(_), Some(name), None) | (SponsorId::User(_), None, Some(name)) => {
                f.write_str(name)
            }
            (SponsorId::User(id), None, None) => write!(f, "{id}"),
            (SponsorId::Group(_), Some(name), _) => write!(f, "the group {name}"),
            (SponsorId::Group(id), None, _) => write!(f, "the group {id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sponsor(id: SponsorId, name: Option<&str>, upn: Option<&str>) -> Sponsor {
        Sponsor { id, display_name: name.map(str::to_owned), user_principal_name: upn.map(str::to_owned) }
    }

    #[test]
    fn whoever_cannot_be_named_has_his_id() {
        let (person, group) = (UserId::from_u128(7), GroupId::from_u128(8));
        let show = |id, name, upn| sponsor(id, name, upn).to_string();
        let of = SponsorId::User(person);
        assert_eq!(show(of, Some("Megan"), Some("megan@contoso.com")), "Megan <megan@contoso.com>");
        assert_eq!(show(of, None, Some("megan@contoso.com")), "megan@contoso.com");
        assert_eq!(show(of, None, None), person.to_string());
        assert_eq!(show(SponsorId::Group(group), Some("Marketing"), None), "the group Marketing");
        assert_eq!(show(SponsorId::Group(group), None, None), format!("the group {group}"));
    }

    #[test]
    fn people_come_first_and_their_names_change_nothing() {
        let mut sponsors = [
            sponsor(SponsorId::Group(GroupId::from_u128(1)), Some("A"), None),
            sponsor(SponsorId::User(UserId::from_u128(3)), Some("A"), None),
            sponsor(SponsorId::User(UserId::from_u128(2)), Some("Z"), None),
        ];
        sponsors.sort();
        let people: Vec<Option<UserId>> = sponsors.iter().map(Sponsor::person).collect();
        assert_eq!(people, [Some(UserId::from_u128(2)), Some(UserId::from_u128(3)), None]);
    }
}
