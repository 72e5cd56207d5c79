//! Somebody whom a policy names without knowing the leaver: `manager`, `sponsor`, `successor`, `user:<object id>`.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::UserId;

/// Somebody who may get what the leaver leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Candidate {
    /// The leaver's manager, as the directory says.
    Manager,
    /// Whoever answers for a guest, as the directory says: each of them is tried (B14).
    Sponsor,
    /// Whoever is named when the plan is made.
    Successor,
    /// Exactly this person.
    User(UserId),
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manager => f.write_str("manager"),
            Self::Sponsor => f.write_str("sponsor"),
            Self::Successor => f.write_str("successor"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

impl FromStr for Candidate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "manager" => Ok(Self::Manager),
            "sponsor" => Ok(Self::Sponsor),
            "successor" => Ok(Self::Successor),
            _ if text.starts_with("group:") => {
                Err(format!("`{text}`: a group as successor is not in this version; allowed are {ALLOWED}"))
            }
            _ => match text.strip_prefix("user:") {
                Some(id) => {
                    id.parse().map(Self::User).map_err(|error| format!("{error}; allowed are {ALLOWED}"))
                }
                None => Err(format!("`{text}` names nobody; allowed are {ALLOWED}")),
            },
        }
    }
}

/// What may be written in its place.
pub(super) const ALLOWED: &str = "`manager`, `successor`, `sponsor` (of a guest), `user:<object id>`";

impl<'de> Deserialize<'de> for Candidate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Candidate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Candidate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Candidate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`manager`, `successor` (named when the plan is made), `sponsor` (in a policy for guests) or `user:` with an object id",
            "type": "string",
            "pattern": "^(manager|successor|sponsor|user:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"
        })
    }
}
