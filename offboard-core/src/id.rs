//! Identifiers. One type for each kind of thing, so that a group can never stand where a user is meant.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that was taken for an identifier and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is not {wanted}")]
pub struct IdError {
    seen: String,
    wanted: &'static str,
}

macro_rules! guid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// From the 128 bits of the GUID.
            pub const fn from_u128(value: u128) -> Self {
                Self(uuid::Uuid::from_u128(value))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            /// Only the hyphenated form is taken: an id is never guessed from something that looks like one.
            fn from_str(text: &str) -> Result<Self, IdError> {
                let error = || IdError { seen: text.to_owned(), wanted: "an object id (a GUID with hyphens)" };
                if text.len() != 36 {
                    return Err(error());
                }
                uuid::Uuid::try_parse(text).map(Self).map_err(|_| error())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": "uuid" })
            }
        }
    };
}

guid_id!(
    /// A Microsoft 365 organisation (Entra tenant id).
    TenantId
);
guid_id!(
    /// A user's object id in Entra.
    UserId
);
guid_id!(
    /// A group's object id in Entra.
    GroupId
);
guid_id!(
    /// A product (`skuId`), the same in every tenant.
    SkuId
);
guid_id!(
    /// A service plan inside a product (`servicePlanId`).
    ServicePlanId
);
guid_id!(
    /// A mailbox (`ExchangeGuid`).
    MailboxId
);
guid_id!(
    /// A phone or tablet in a mailbox (`Guid` of `Get-MobileDevice`).
    MobileDeviceId
);
guid_id!(
    /// A directory role's template (`roleTemplateId`, which is its `roleDefinitionId`).
    RoleId
);
guid_id!(
    /// The service principal or user that offboard itself signs in as.
    CallerId
);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// From its text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

text_id!(
    /// A step of a plan: the operation's name, and what tells two steps of that operation apart.
    StepId
);
text_id!(
    /// One execution of one plan: a hash of the plan and its approval, so that applying twice is the same run.
    RunId
);
text_id!(
    /// One application of one roster: a hash of the roster and its approval. It begins with an `r`, which no run does.
    RosterId
);
/// SHA-256 of a document's bytes, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// How many digits it has.
    const DIGITS: usize = 64;

    /// From its text, by whoever has just computed it or keeps what he compares it with. What comes from a document is
    /// parsed: files are named by it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Digest {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        if text.len() == Self::DIGITS && text.bytes().all(digit) {
            return Ok(Self(text.to_owned()));
        }
        Err(IdError { seen: text.to_owned(), wanted: "a SHA-256 (64 lower-case hexadecimal digits)" })
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "SHA-256 of a document's bytes, in lower-case hexadecimal.",
            "pattern": "^[0-9a-f]{64}$"
        })
    }
}

/// What a step writes to. Two steps with the same key never write at the same time, across leavers too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// The directory object of a user.
    pub fn user(id: UserId) -> Self {
        Self(format!("user/{id}"))
    }

    /// The licenses of a user.
    pub fn licenses(id: UserId) -> Self {
        Self(format!("licenses/{id}"))
    }

    /// The members of a group.
    pub fn group(id: GroupId) -> Self {
        Self(format!("group/{id}"))
    }

    /// The mailbox of a user.
    pub fn mailbox(of: UserId) -> Self {
        Self(format!("mailbox/{of}"))
    }

    /// The OneDrive of a user.
    pub fn drive(of: UserId) -> Self {
        Self(format!("drive/{of}"))
    }

    /// An object of another kind, for steps of other people's catalogs.
    pub fn other(kind: &str, id: &str) -> Self {
        Self(format!("{kind}/{id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_that_is_a_path_is_none() {
        let good = "0123456789abcdef".repeat(4);
        let read = |text: &str| serde_json::from_value::<Digest>(serde_json::json!(text));
        assert_eq!(read(&good).unwrap().as_str(), good);
        for bad in ["", "../../x", &good[1..], &good.to_uppercase(), &format!("{good}0")] {
            let error = read(bad).unwrap_err().to_string();
            assert!(error.contains(&format!("`{bad}`")) && error.contains("64"), "{error}");
        }
    }

    #[test]
    fn a_guid_is_taken_in_its_hyphenated_form_only() {
        let id: UserId = "0F8B1C2D-3E4F-4051-9263-748596A7B8C9".parse().unwrap();
        assert_eq!(id.to_string(), "0f8b1c2d-3e4f-4051-9263-748596a7b8c9");
        for bad in [
            "",
            "0f8b1c2d3e4f40519263748596a7b8c9",
            "{0f8b1c2d-3e4f-4051-9263-748596a7b8c}",
            "alex@contoso.com",
        ] {
            assert!(bad.parse::<UserId>().is_err(), "{bad}");
        }
    }
}
