//! Links between directory objects.

use std::fmt;

use offboard_core::id::{GroupId, UserId};

use super::path::Path;

/// The link by which a person belongs to a group, as something that can be deleted.
///
/// The same path without its last segment names the *person*: a `DELETE` there deletes the user (CONTRACT B9, P6a).
/// So the only way to a `DELETE` in this crate goes through this type, and its path always ends in `/$ref`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    group: GroupId,
    list: &'static str,
    person: UserId,
}

impl Reference {
    /// The link that makes `person` a member of `group`.
    pub fn member(group: GroupId, person: UserId) -> Self {
        Self { group, list: "members", person }
    }

    /// The link that makes `person` an owner of `group`.
    pub fn owner(group: GroupId, person: UserId) -> Self {
        Self { group, list: "owners", person }
    }

    /// The path below the version, with its `/$ref`.
    pub fn path(&self) -> String {
        Path::group(self.group).then(self.list).id(self.person).then("$ref").as_str().to_owned()
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_reference_never_forgets_that_it_is_one(group: u128, person: u128) {
            let (group, person) = (GroupId::from_u128(group), UserId::from_u128(person));
            for (reference, list) in
                [(Reference::member(group, person), "members"), (Reference::owner(group, person), "owners")]
            {
                prop_assert_eq!(reference.path(), format!("/groups/{group}/{list}/{person}/$ref"));
            }
        }
    }
}
