//! A document that does not fit its type: where, what was seen and what is allowed.

use std::fmt;

use serde::de::{Expected, Unexpected};

/// What does not fit, on its way out of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    line: Option<usize>,
    path: Vec<String>,
    message: String,
    missing: bool,
}

impl Misfit {
    /// A misfit whose line is known.
    pub(crate) fn on(line: usize, message: String) -> Self {
        Self { line: Some(line), path: Vec::new(), message, missing: false }
    }

    fn somewhere(message: String) -> Self {
        Self { line: None, path: Vec::new(), message, missing: false }
    }

    /// The line, unless one that lies deeper is known.
    #[must_use]
    pub(super) fn or_on(mut self, line: usize) -> Self {
        self.line.get_or_insert(line);
        self
    }

    /// Under this key.
    #[must_use]
    pub(crate) fn under(mut self, key: &str) -> Self {
        self.path.insert(0, key.to_owned());
        self
    }

    /// The line.
    pub(crate) fn line(&self) -> usize {
        self.line.unwrap_or(1)
    }

    /// The keys that lead to it, joined by dots; of a key that is missing, with that key.
    pub(crate) fn path(&self) -> String {
        self.path.join(".")
    }

    /// Whether something is not there.
    pub(crate) fn is_missing(&self) -> bool {
        self.missing
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "`{}`: {}", self.path(), self.message)
        }
    }
}

impl std::error::Error for Misfit {}

fn list(allowed: &[&str]) -> String {
    allowed.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A value in words; a text in quotes.
fn words(seen: Unexpected<'_>) -> String {
    match seen {
        Unexpected::Str(text) => format!("the text `{text}`"),
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("the number {value}"),
        Unexpected::Signed(value) => format!("the number {value}"),
        Unexpected::Float(value) => format!("the number {value}"),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        Unexpected::Unit => "null".to_owned(),
        other => other.to_string(),
    }
}

impl serde::de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::somewhere(message.to_string())
    }

    fn invalid_type(seen: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::somewhere(format!("this is {}; {wanted} is allowed", words(seen)))
    }

    fn invalid_value(seen: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::invalid_type(seen, wanted)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::somewhere(format!("there is no key `{field}`; allowed are {}", list(expected)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::somewhere(format!("`{variant}` is no choice here; allowed are {}", list(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        let missing = Self { missing: true, ..Self::somewhere("this is missing".to_owned()) };
        missing.under(field)
    }
}
