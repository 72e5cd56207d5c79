//! What follows the question mark. Strict: an option that is not known is refused.

use super::error::Refusal;
use super::names::Kind;
use super::parse::{Expression, parse};

/// What to do where the name is taken.
pub(super) const CONFLICT: &str = "@microsoft.graph.conflictBehavior";

/// The options of a request.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) select: Option<Vec<String>>,
    pub(super) filter: Option<Expression>,
    pub(super) top: Option<usize>,
    pub(super) skip: usize,
    pub(super) count: bool,
    pub(super) order: Option<(String, bool)>,
    pub(super) skiptoken: Option<String>,
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
    /// `@microsoft.graph.conflictBehavior`.
    pub(super) conflict: Option<String>,
}

impl Query {
    /// Reads the options of a query string.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut query = Self::default();
        let mut seen = std::collections::BTreeSet::new();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            if !seen.insert(name.to_ascii_lowercase()) {
                return Err(Refusal::parse(format!("Query option '{name}' was specified more than once.")));
            }
            query.set(&name, &value)?;
        }
        Ok(query)
    }

    /// Whether a property is needed for the answer: selected, given by itself, filtered or ordered by.
    pub(super) fn wants(&self, kind: Kind, name: &str) -> bool {
        let given = match &self.select {
            Some(names) => name == "id" || names.iter().any(|selected| selected == name),
            None => kind.usual().is_empty() || kind.usual().contains(&name),
        };
        let ordered = self.order.as_ref().is_some_and(|(field, _)| field.split('/').next() == Some(name));
        given || ordered || self.filter.as_ref().is_some_and(|filter| filter.mentions(name))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let number = || {
            let wrong = || Refusal::parse(format!("Invalid value '{value}' for {name} query option found."));
            value.parse::<usize>().map_err(|_| wrong())
        };
        // The service takes the options with or without the dollar sign.
        let bare = name.strip_prefix('$').unwrap_or(name);
        match bare {
            "select" => {
                self.select = Some(value.split(',').map(|name| name.trim().to_owned()).collect());
            }
            "filter" => self.filter = Some(parse(value).map_err(Refusal::parse)?),
            "top" => {
                self.top = Some(number()?);
                if self.top == Some(0) {
                    return Err(Refusal::parse(format!("Invalid page size specified: '{value}'.")));
                }
            }
            "skip" => self.skip = number()?,
            "count" => self.count = value == "true",
            "orderby" => {
                let (field, direction) = value.trim().split_once(' ').unwrap_or((value.trim(), "asc"));
                self.order = Some((field.to_owned(), direction.trim() == "desc"));
            }
            "skiptoken" => self.skiptoken = Some(value.to_owned()),
            "expand" | "search" | "format" | "apply" | "deltatoken" => {
                return Err(Refusal::not_simulated(format!("the query option ${bare}")));
            }
            _ if name == "startDateTime" => self.start = Some(value.to_owned()),
            _ if name == "endDateTime" => self.end = Some(value.to_owned()),
            _ if name == CONFLICT => self.conflict = Some(value.to_owned()),
            _ => return Err(Refusal::parse(format!("The query parameter '{name}' is not supported."))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_repeated_options_are_refused() {
        assert!(Query::parse("$select=id,mail&$top=5").is_ok());
        for bad in
            ["$selekt=id", "foo=bar", "$top=-1", "$top=0", "$top=1&$top=2", "$filter=id%20equals%20'1'"]
        {
            assert!(Query::parse(bad).is_err(), "{bad}");
        }
    }
}
