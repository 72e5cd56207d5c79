//! What is known of one thing: "not there", "not offered" and "could not be read" are three different answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Kind};

/// The result of one reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    /// It was read.
    Known(T),
    /// The service says that there is none.
    Absent,
    /// The service does not have this here; a stated omission, never a silent one.
    NotOffered(Why),
    /// It could not be read. Whatever destructive step depends on it is blocked.
    Unknown(Failure),
}

/// Why something is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// This cloud does not have it (G48).
    Cloud,
    /// The tenant has not licensed it.
    License,
    /// The tenant profile says that the organisation does not use it.
    Unused,
}

impl<T> Default for Fact<T> {
    /// Nobody has read it, so nobody knows: a guard that forgot to ask fails closed.
    fn default() -> Self {
        Self::Unknown(Failure::not_read())
    }
}

impl<T> Fact<T> {
    /// From an adapter's answer, where `None` means that there is none. "Not supported here" becomes
    /// [`Fact::NotOffered`]; every other failure is unknown.
    pub fn read<E: Into<Failure>>(answer: Result<Option<T>, E>) -> Self {
        match answer {
            Ok(Some(value)) => Self::Known(value),
            Ok(None) => Self::Absent,
            Err(error) => {
                let failure = error.into();
                if failure.kind == Kind::Unsupported {
                    Self::NotOffered(Why::Cloud)
                } else {
                    Self::Unknown(failure)
                }
            }
        }
    }

    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    /// The value to change, if it is known.
    pub fn known_mut(&mut self) -> Option<&mut T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    /// The failure, if it could not be read.
    pub fn unknown(&self) -> Option<&Failure> {
        if let Self::Unknown(failure) = self { Some(failure) } else { None }
    }

    /// The same answer about a reference.
    pub fn as_ref(&self) -> Fact<&T> {
        match self {
            Self::Known(value) => Fact::Known(value),
            Self::Absent => Fact::Absent,
            Self::NotOffered(why) => Fact::NotOffered(*why),
            Self::Unknown(failure) => Fact::Unknown(failure.clone()),
        }
    }

    /// Without the parts of a failure that differ from one reading to the next.
    pub(super) fn stabilise(&mut self) {
        if let Self::Unknown(failure) = self {
            *failure = failure.stable();
        }
    }

    /// The same answer about something that follows from it.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        self.and_then(|value| Fact::Known(f(value)))
    }

    /// The same answer about something that may follow from it.
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Fact<U>) -> Fact<U> {
        match self {
            Self::Known(value) => f(value),
            Self::Absent => Fact::Absent,
            Self::NotOffered(why) => Fact::NotOffered(why),
            Self::Unknown(failure) => Fact::Unknown(failure),
        }
    }
}

impl<T: Ord> Fact<Vec<T>> {
    /// In an order of ours: that in which the service lists things says nothing.
    pub(super) fn sort(&mut self) {
        if let Self::Known(list) = self {
            list.sort();
        }
    }
}
