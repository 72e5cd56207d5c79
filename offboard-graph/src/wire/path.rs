//! The path of a request below the version, put together from names that are in this source and from encoded data.

use std::fmt::{self, Display};

use offboard_core::id::{GroupId, UserId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes data so that it is exactly one path segment, or one value of a query.
pub(crate) fn encode(data: &str) -> impl Display {
    utf8_percent_encode(data, RESERVED)
}

/// Data that cannot be a path segment: empty, `.` or `..`, however it is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an empty name, `.` and `..` cannot stand in a URL")]
pub(crate) struct Unaddressable;

/// A path below the version. It starts empty, and every part of it begins with a slash.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Path(String);

impl Path {
    /// `/name`, where `name` stands in this source.
    pub(crate) fn new(name: &'static str) -> Self {
        Self::default().then(name)
    }

    /// `/users/{id}`.
    pub(crate) fn user(id: UserId) -> Self {
        Self::new("users").id(id)
    }

    /// `/groups/{id}`.
    pub(crate) fn group(id: GroupId) -> Self {
        Self::new("groups").id(id)
    }

    /// `/groups/{id}/members/{id}/$ref`: the membership. Without `/$ref` it would be the member himself, and `DELETE`
    /// would delete him (G32), so nothing else makes a path below a group's members.
    pub(crate) fn reference_to_member(group: GroupId, member: UserId) -> Self {
        Self::group(group).then("members").id(member).then("$ref")
    }

    /// `/groups/{id}/members/$ref`: where a membership is made.
    pub(crate) fn references_to_members(group: GroupId) -> Self {
        Self::group(group).then("members/$ref")
    }

    /// Followed by names that stand in this source; `names` may hold slashes.
    #[must_use]
    pub(crate) fn then(mut self, names: &'static str) -> Self {
        self.0.push('/');
        self.0.push_str(names);
        self
    }

    /// Followed by an object id. A GUID needs no encoding, and can be neither empty nor a dot.
    #[must_use]
    pub(crate) fn id(mut self, id: impl Guid) -> Self {
        self.0.push('/');
        self.0.push_str(&id.to_string());
        self
    }

    /// Followed by data, as one segment.
    pub(crate) fn data(mut self, data: &str) -> Result<Self, Unaddressable> {
        // A URL parser takes `%2e` for a dot, so these have no encoding.
        if matches!(data, "" | "." | "..") {
            return Err(Unaddressable);
        }
        self.0.push('/');
        self.0.push_str(&encode(data).to_string());
        Ok(self)
    }

    /// As it stands in a URL after the version, and in a part of a `$batch`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Path(…)")
    }
}

/// The ids that may stand in a path as they are.
pub(crate) trait Guid: Display {}

impl Guid for UserId {}
impl Guid for GroupId {}
impl Guid for offboard_core::id::CallerId {}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn names_ids_and_data() {
        let id = UserId::from_u128(7);
        assert_eq!(
            Path::user(id).then("onPremisesSyncBehavior").as_str(),
            "/users/00000000-0000-0000-0000-000000000007/onPremisesSyncBehavior"
        );
        assert_eq!(Path::new("domains").data("contoso.com").unwrap().as_str(), "/domains/contoso.com");
        let group = GroupId::from_u128(9);
        assert_eq!(
            Path::reference_to_member(group, id).as_str(),
            "/groups/00000000-0000-0000-0000-000000000009/members/00000000-0000-0000-0000-000000000007/$ref"
        );
        for bad in ["", ".", ".."] {
            assert_eq!(Path::new("domains").data(bad), Err(Unaddressable), "{bad:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn any_text_is_one_segment_and_comes_back(text in any::<String>()) {
            let Ok(path) = Path::new("domains").data(&text) else {
                prop_assert!(matches!(text.as_str(), "" | "." | ".."));
                return Ok(());
            };
            let url = Url::parse(&["https://graph.microsoft.com/v1.0", path.as_str()].concat()).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 3);
            prop_assert_eq!(segments[1], "domains");
            prop_assert_eq!(percent_decode_str(segments[2]).decode_utf8().unwrap(), text);
            prop_assert_eq!(url.query(), None);
            prop_assert_eq!(url.fragment(), None);
        }
    }
}
