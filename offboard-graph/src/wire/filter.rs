//! `$filter` expressions. A literal is always quoted here, with quotes in it doubled: `'o''neill@contoso.com'`.

use std::fmt::Display;

/// A text literal of OData.
pub(crate) fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        if c == '\'' {
            quoted.push('\'');
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

/// A `$filter`, not yet encoded for a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter(String);

impl Filter {
    /// `property eq 'value'`.
    pub(crate) fn eq(property: &'static str, value: impl Display) -> Self {
        Self([property, " eq ", &literal(&value.to_string())].concat())
    }

    /// `property/any(p:p eq 'value')`: one of the texts of a list.
    pub(crate) fn any_eq(property: &'static str, value: &str) -> Self {
        Self([property, "/any(p:p eq ", &literal(value), ")"].concat())
    }

    /// This, or the other.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self([&self.0, " or ", &other.0].concat())
    }

    /// Its text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads one literal from the start of `text`: its value and what follows it.
    fn read(text: &str) -> Option<(String, &str)> {
        let mut rest = text.strip_prefix('\'')?;
        let mut value = String::new();
        loop {
            let (before, after) = rest.split_once('\'')?;
            value.push_str(before);
            match after.strip_prefix('\'') {
                Some(more) => {
                    value.push('\'');
                    rest = more;
                }
                None => return Some((value, after)),
            }
        }
    }

    #[test]
    fn an_apostrophe_is_doubled() {
        assert_eq!(
            Filter::eq("userPrincipalName", "o'neill@contoso.com").or(Filter::eq("mail", "x")).as_str(),
            "userPrincipalName eq 'o''neill@contoso.com' or mail eq 'x'"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn any_text_stays_inside_its_literal(text in any::<String>(), quotes in "[' a]{0,8}") {
            for text in [text.as_str(), quotes.as_str()] {
                let filter = Filter::eq("mail", text).or(Filter::eq("displayName", text));
                let (first, rest) = read(filter.as_str().strip_prefix("mail eq ").unwrap()).unwrap();
                prop_assert_eq!(&first, text);
                let (second, rest) = read(rest.strip_prefix(" or displayName eq ").unwrap()).unwrap();
                prop_assert_eq!(&second, text);
                prop_assert_eq!(rest, "");
            }
        }
    }
}
