//! The query of a request.

use std::fmt;

use offboard_core::time::Timestamp;

use super::filter::Filter;
use super::path::encode;

/// Query options in the order they were added. Keys stand in this source; every value is encoded here.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Query(String);

impl Query {
    /// `$select=…`.
    pub(crate) fn select(names: &[&'static str]) -> Self {
        Self::default().and("$select", &names.join(","))
    }

    /// `$filter=…`.
    pub(crate) fn filter(filter: &Filter) -> Self {
        Self::default().and("$filter", filter.as_str())
    }

    /// With `$select=…` of these names.
    #[must_use]
    pub(crate) fn and_select(self, names: &[&'static str]) -> Self {
        self.and("$select", &names.join(","))
    }

    /// With `$top=…`.
    #[must_use]
    pub(crate) fn top(self, top: u32) -> Self {
        self.and("$top", &top.to_string())
    }

    /// With `$orderby=…`.
    #[must_use]
    pub(crate) fn order_by(self, order: &'static str) -> Self {
        self.and("$orderby", order)
    }

    /// With the bounds of a calendar view.
    #[must_use]
    pub(crate) fn between(self, start: Timestamp, end: Timestamp) -> Self {
        self.and("startDateTime", &start.to_string()).and("endDateTime", &end.to_string())
    }

    /// Where the name is taken, it fails.
    #[must_use]
    pub(crate) fn conflict_fails(self) -> Self {
        self.and("@microsoft.graph.conflictBehavior", "fail")
    }

    fn and(mut self, key: &'static str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(key);
        self.0.push('=');
        self.0.push_str(&encode(value).to_string());
        self
    }

    /// As it stands in a URL after the question mark; nothing where there are no options.
    pub(crate) fn as_str(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Query(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn options_follow_each_other() {
        let query = Query::filter(&Filter::eq("mail", "a&b=c#d +%'")).and_select(&["id", "mail"]).top(5);
        assert_eq!(
            query.as_str(),
            Some("$filter=mail%20eq%20%27a%26b%3Dc%23d%20%2B%25%27%27%27&$select=id%2Cmail&$top=5")
        );
        assert_eq!(Query::default().as_str(), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn any_text_is_one_value_and_comes_back(text in any::<String>()) {
            let filter = Filter::eq("mail", &text);
            let query = Query::filter(&filter).top(1);
            let url = ["https://graph.microsoft.com/v1.0/users?", query.as_str().unwrap()].concat();
            let url = Url::parse(&url).unwrap();
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(pairs.len(), 2);
            prop_assert_eq!(&pairs[0], &("$filter".to_owned(), filter.as_str().to_owned()));
            prop_assert_eq!(&pairs[1], &("$top".to_owned(), "1".to_owned()));
            prop_assert_eq!(url.path(), "/v1.0/users");
            prop_assert_eq!(url.fragment(), None);
        }
    }
}
