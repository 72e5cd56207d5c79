//! A property of an answer: there, null, or missing. The last two are not the same. A service that leaves out what
//! it was asked for does not say "none", and nothing destructive may follow from it.

use serde::{Deserialize, Deserializer};

use super::Malformed;

/// One property that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Seen<T> {
    /// The answer does not have it.
    #[default]
    Missing,
    /// It is null.
    Null,
    /// It has this value.
    Value(T),
}

impl<T> Seen<T> {
    /// The value, or nothing where it is null; an error where the answer does not have it.
    pub(crate) fn nullable(self, name: &str) -> Result<Option<T>, Malformed> {
        match self {
            Self::Missing => Err(Malformed::missing(name)),
            Self::Null => Ok(None),
            Self::Value(value) => Ok(Some(value)),
        }
    }

    /// The value, or an error.
    pub(crate) fn required(self, name: &str) -> Result<T, Malformed> {
        self.nullable(name)?.ok_or_else(|| Malformed::missing(name))
    }

    /// The value, or nothing. For properties that are only shown to people.
    pub(crate) fn shown(self) -> Option<T> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }

    /// Whether there is a value.
    pub(crate) fn is_there(&self) -> bool {
        matches!(self, Self::Value(_))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Seen<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Deserialize)]
    struct Row {
        #[serde(default)]
        flag: Seen<bool>,
    }

    #[test]
    fn missing_null_and_a_value_are_three_things() {
        let read = |value| serde_json::from_value::<Row>(value).unwrap().flag;
        assert_eq!(read(json!({})), Seen::Missing);
        assert_eq!(read(json!({ "flag": null, "other": 1 })), Seen::Null);
        assert_eq!(read(json!({ "flag": false })), Seen::Value(false));
        assert!(serde_json::from_value::<Row>(json!({ "flag": "no" })).is_err());
        assert_eq!(read(json!({})).nullable("flag"), Err(Malformed::missing("flag")));
        assert_eq!(read(json!({ "flag": null })).nullable("flag"), Ok(None));
        assert_eq!(read(json!({ "flag": null })).required("flag"), Err(Malformed::missing("flag")));
    }
}
