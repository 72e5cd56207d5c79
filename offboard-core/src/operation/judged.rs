//! The answers of an operation's pure half.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::Fact;
use crate::failure::Failure;
use crate::time::Timestamp;

/// The part of the facts that an operation changes, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Judged<S> {
    /// It is so.
    Is(S),
    /// There is nothing of the kind.
    Nothing(String),
    /// It could not be read.
    Unknown(Failure),
}

impl<S> Judged<S> {
    /// From a fact; `nothing` says what is missing where there is none.
    pub fn from_fact(fact: Fact<S>, nothing: &str) -> Self {
        match fact {
            Fact::Known(state) => Self::Is(state),
            Fact::Absent => Self::Nothing(nothing.to_owned()),
            Fact::NotOffered(_) => Self::Nothing(format!("{nothing}: not offered here")),
            Fact::Unknown(failure) => Self::Unknown(failure),
        }
    }

    /// The state, if there is one.
    pub fn is(&self) -> Option<&S> {
        if let Self::Is(state) = self { Some(state) } else { None }
    }

    /// The same answer about something that follows from it.
    pub fn map<T>(self, f: impl FnOnce(S) -> T) -> Judged<T> {
        match self {
            Self::Is(state) => Judged::Is(f(state)),
            Self::Nothing(why) => Judged::Nothing(why),
            Self::Unknown(failure) => Judged::Unknown(failure),
        }
    }
}

/// What is seen when an operation is read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen<S> {
    /// The state before, as it was captured.
    pub before: Judged<S>,
    /// The state now.
    pub now: Judged<S>,
    /// When the service accepted the write, by its own clock where it said so; nothing before a write.
    pub applied_at: Option<Timestamp>,
    /// When `now` was read.
    pub at: Timestamp,
}

/// Whether what was wanted is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// It is.
    Yes,
    /// As far as this way reaches it is, and that is not all of it: what is left out, in words and with its count. Whatever
    /// waits for the whole of it goes on waiting.
    Partly(String),
    /// It is not, or it cannot be told yet.
    NotYet,
    /// It is on its way, and no reading shows it before this time.
    NotBefore(Timestamp),
    /// Its deadline passed; the rest goes on and the report says so.
    Lapsed(String),
    /// Nothing that can be read would show it.
    Unobservable,
}

impl Reached {
    /// From a comparison.
    pub fn when(reached: bool) -> Self {
        if reached { Self::Yes } else { Self::NotYet }
    }

    /// Whether nothing more will be seen of it.
    pub fn is_seen(&self) -> bool {
        matches!(self, Self::Yes | Self::Partly(_))
    }
}

/// Who carries an operation out for this leaver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// offboard writes.
    Change,
    /// offboard only watches until the facts show it.
    Observe,
    /// A person or another system does it.
    HandOff(Instructions),
    /// There is nothing to do for this leaver.
    Skip(String),
}

/// What a person is asked to do, ready to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instructions {
    /// Where: `Active Directory`, `Exchange admin center`, ...
    pub system: String,
    /// Who can: a role or a team.
    pub role: String,
    /// Why offboard does not do it.
    pub why: String,
    /// What to do, line by line; commands are ready to be run.
    pub commands: Vec<String>,
    /// The fact that would show it, in words.
    pub shown_by: String,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

/// A right that a step needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// A Graph permission: application or delegated, by the way the caller signed in.
    Graph {
        /// Any one of these suffices, least first.
        any_of: Vec<String>,
    },
    /// An Exchange app role.
    Exchange {
        /// Any one of these suffices.
        any_of: Vec<String>,
    },
    /// An app role or scope of SharePoint.
    SharePoint {
        /// Any one of these suffices.
        any_of: Vec<String>,
    },
    /// A directory role that the caller itself must hold.
    DirectoryRole {
        /// Template ids, any one of which suffices, least first.
        any_of: Vec<crate::id::RoleId>,
    },
}

impl Permission {
    /// The Graph permission `name`, or one of those that include it.
    pub fn graph(any_of: &[&str]) -> Self {
        Self::Graph { any_of: any_of.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// The right to change who may do everything in a site.
    pub fn share_point() -> Self {
        Self::SharePoint {
            any_of: vec!["Sites.FullControl.All".to_owned(), "AllSites.FullControl".to_owned()],
        }
    }

    /// The right to run cmdlets in Exchange Online.
    pub fn exchange() -> Self {
        Self::Exchange { any_of: vec!["Exchange.ManageAsApp".to_owned(), "Exchange.Manage".to_owned()] }
    }
}
