//! The value of a parameter, and how it stands in JSON (PEERS C2).

use offboard_core::id::MobileDeviceId;
use offboard_core::time::Timestamp;
use serde_json::Value;

use super::identity::{Identity, RuleIdentity};

/// A value of a cmdlet's parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// An object or a mailbox.
    Identity(Identity),
    /// A mobile device.
    Device(MobileDeviceId),
    /// Adds to a list, or takes from it; the rest of it stays.
    Edit {
        /// Or takes away.
        add: bool,
        /// What.
        item: String,
    },
    /// An inbox rule.
    Rule(RuleIdentity),
    /// A Boolean or a switch: on the wire they are the same.
    Flag(bool),
    /// One of the words that the cmdlet knows.
    Word(&'static str),
    /// Several of them.
    Words(&'static [&'static str]),
    /// Free text.
    Text(String),
    /// A whole number.
    Number(u32),
    /// An instant.
    Time(Timestamp),
    /// Clears what is there (`$null`).
    Null,
}

impl Parameter {
    /// A text, or [`Parameter::Null`] where there is none.
    pub fn text_or_null(text: Option<&str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }

    /// As it goes over the wire. Numbers of rules go as text: they need 64 bits, of which JSON promises 53.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Identity(id) => Value::String(id.to_string()),
            Self::Rule(id) => Value::String(id.to_string()),
            Self::Flag(flag) => Value::Bool(*flag),
            Self::Word(word) => Value::from(*word),
            Self::Words(words) => words.iter().copied().collect(),
            Self::Text(text) => Value::from(text.as_str()),
            Self::Device(id) => Value::String(id.to_string()),
            Self::Edit { add, item } => serde_json::json!({
                "@odata.type": "#Exchange.GenericHashTable",
                (if *add { "add" } else { "remove" }): [item],
            }),
            Self::Number(number) => Value::from(*number),
            Self::Time(at) => Value::String(ticks(*at)),
            Self::Null => Value::Null,
        }
    }
}

/// `yyyy-MM-ddTHH:mm:ss.fffffffZ`: seven digits, which is how .NET counts.
pub(super) fn ticks(at: Timestamp) -> String {
    let text = at.to_string();
    let plain = text.trim_end_matches('Z');
    let (seconds, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    format!("{seconds}.{fraction:0<7}Z")
}

#[cfg(test)]
mod tests {
    use offboard_core::id::UserId;
    use serde_json::json;

    use super::*;

    #[test]
    fn each_value_has_its_form_on_the_wire() {
        let at = |text: &str| Parameter::Time(text.parse().unwrap());
        for (parameter, wanted) in [
            (Parameter::Identity(UserId::from_u128(1).into()), json!("00000000-0000-0000-0000-000000000001")),
            (Parameter::Flag(false), json!(false)),
            (Parameter::Word("Shared"), json!("Shared")),
            (Parameter::Words(&["FullAccess"]), json!(["FullAccess"])),
            (Parameter::Text(String::new()), json!("")),
            (Parameter::text_or_null(None), json!(null)),
            (Parameter::text_or_null(Some("smtp:a@b.example")), json!("smtp:a@b.example")),
            (at("2026-11-30T17:00:00+01:00"), json!("2026-11-30T16:00:00.0000000Z")),
            (at("2026-11-30T16:00:00.25Z"), json!("2026-11-30T16:00:00.2500000Z")),
        ] {
            assert_eq!(parameter.to_json(), wanted, "{parameter:?}");
        }
    }
}
