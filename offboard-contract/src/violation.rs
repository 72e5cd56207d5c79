//! What a check found.

use std::fmt;

/// One thing that speaks against a request, an answer or a cmdlet call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Violation {
    /// The message it was found in: method and path, or the cmdlet; of a batch, the part too.
    pub where_: String,
    /// What is wrong, in one line. Properties and parameters are named, their values never repeated.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A line stays a line, whatever came out of a recorded URL.
        let one_line = |text: &str| text.replace(['\n', '\r'], " ");
        write!(f, "{}: {}", one_line(&self.where_), one_line(&self.what))
    }
}

/// Collects what speaks against one message.
#[derive(Debug)]
pub(crate) struct Findings {
    place: String,
    found: Vec<Violation>,
}

impl Findings {
    pub(crate) fn at(place: impl Into<String>) -> Self {
        Self { place: place.into(), found: Vec::new() }
    }

    pub(crate) fn add(&mut self, what: impl Into<String>) {
        self.found.push(Violation { where_: self.place.clone(), what: what.into() });
    }

    pub(crate) fn require(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.add(otherwise());
        }
    }

    /// Takes over what was found in a part of this message, and says in which part.
    pub(crate) fn absorb(&mut self, part: &str, found: Vec<Violation>) {
        for violation in found {
            let where_ = format!("{} {part}: {}", self.place, violation.where_);
            self.found.push(Violation { where_, what: violation.what });
        }
    }

    pub(crate) fn done(self) -> Vec<Violation> {
        self.found
    }
}
