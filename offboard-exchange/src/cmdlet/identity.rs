//! What a cmdlet addresses: always an id, never a name, never nothing.

use std::fmt;

use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::{GroupId, MailboxId, UserId};
use offboard_core::model::mailbox::InboxRule;

use crate::PROVIDER;

/// The value of an `Identity`, `Mailbox` or `User` parameter.
///
/// It is made from an object id or a mailbox id and from nothing else: an empty `Identity` makes Exchange answer
/// with everybody (CONTRACT C2), and a name may by now belong to somebody else (P1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// The object id of the user it belongs to (`ExternalDirectoryObjectId`).
    User(UserId),
    /// The mailbox itself (`ExchangeGuid`).
    Mailbox(MailboxId),
    /// The object id of a group (`ExternalDirectoryObjectId`).
    Group(GroupId),
}

impl From<UserId> for Identity {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}

impl From<MailboxId> for Identity {
    fn from(id: MailboxId) -> Self {
        Self::Mailbox(id)
    }
}

impl From<GroupId> for Identity {
    fn from(id: GroupId) -> Self {
        Self::Group(id)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Mailbox(id) => id.fmt(f),
            Self::Group(id) => id.fmt(f),
        }
    }
}

/// `RuleIdentity`: the number that the service gave a rule, and that was read from it. A rule's name is not its
/// identity: two rules may share one, and a rule can be called what another rule's number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIdentity(u64);

impl RuleIdentity {
    /// Of a rule that was read. A rule without a number cannot be addressed, and is [`Kind::Refused`].
    pub fn of(rule: &InboxRule) -> Result<Self, ProviderError> {
        let digits = !rule.identity.is_empty() && rule.identity.bytes().all(|b| b.is_ascii_digit());
        match rule.identity.parse() {
            Ok(number) if digits => Ok(Self(number)),
            _ => Err(ProviderError::new(
                PROVIDER,
                Failure::new(
                    Kind::Refused,
                    "an inbox rule is addressed by its number, and this one has none",
                )
                .code("rule_identity")
                .hint("read the rules again; a rule is never addressed by its name"),
            )),
        }
    }
}

impl fmt::Display for RuleIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(identity: &str) -> InboxRule {
        InboxRule {
            identity: identity.into(),
            name: "1".into(),
            enabled: true,
            hidden: false,
            sends_to: Vec::new(),
        }
    }

    #[test]
    fn a_rule_is_addressed_by_its_number_only() {
        let highest = RuleIdentity::of(&rule("18446744073709551615")).unwrap();
        assert_eq!(highest.to_string(), "18446744073709551615");
        for bad in ["", "Invoices", "+1", " 1", "1 ", "-1", "1.0", "18446744073709551616", "mailbox\\1"] {
            assert_eq!(RuleIdentity::of(&rule(bad)).unwrap_err().kind(), Kind::Refused, "{bad:?}");
        }
    }

    #[test]
    fn an_identity_is_the_plain_guid() {
        let id = 0x0f8b_1c2d_3e4f_4051_9263_7485_96a7_b8c9;
        let text = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
        assert_eq!(Identity::from(UserId::from_u128(id)).to_string(), text);
        assert_eq!(Identity::from(MailboxId::from_u128(id)).to_string(), text);
    }
}
