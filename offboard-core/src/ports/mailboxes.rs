//! Mailboxes.

use std::fmt::Debug;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Call, Receipt};
use crate::id::{MailboxId, UserId};
use crate::model::mailbox::{EndedMailbox, Mailbox, MailboxSize, Recipient};

/// The three properties that make a mailbox forward; they are always written together (CONTRACT C3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct ForwardingState {
    /// `ForwardingAddress`.
    pub forwarding_address: Option<String>,
    /// `ForwardingSmtpAddress`.
    pub forwarding_smtp_address: Option<String>,
    /// `DeliverToMailboxAndForward`.
    pub deliver_to_mailbox_and_forward: bool,
}

impl ForwardingState {
    /// Of a mailbox that was read.
    pub fn of(mailbox: &Mailbox) -> Self {
        Self {
            forwarding_address: mailbox.forwarding_address.clone(),
            forwarding_smtp_address: mailbox.forwarding_smtp_address.clone(),
            deliver_to_mailbox_and_forward: mailbox.deliver_to_mailbox_and_forward,
        }
    }

    /// Puts it into the facts of a mailbox.
    pub fn set_on(&self, mailbox: &mut Mailbox) {
        mailbox.forwarding_address.clone_from(&self.forwarding_address);
        mailbox.forwarding_smtp_address.clone_from(&self.forwarding_smtp_address);
        mailbox.deliver_to_mailbox_and_forward = self.deliver_to_mailbox_and_forward;
    }
}

/// The properties of a Litigation Hold that are written together (CONTRACT C4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LitigationHoldState {
    /// `LitigationHoldEnabled`.
    pub enabled: bool,
    /// `LitigationHoldDuration` in days; nothing is `Unlimited`.
    pub days: Option<u32>,
    /// `LitigationHoldOwner`; nothing clears it.
    pub owner: Option<String>,
}

/// Reads and changes mailboxes, each addressed by the object id of the user it belongs to.
///
/// # Contract
/// Exactly one object comes back from a reading, and it is the one that was asked for; anything else is a
/// [`crate::failure::Kind::Protocol`] failure (an empty identity makes Exchange return everybody).
#[async_trait]
pub trait Mailboxes: Debug + Send + Sync {
    /// What stands behind somebody's address.
    async fn recipient(&self, call: &Call, id: UserId) -> Answer<Option<Recipient>>;

    /// How big the mailbox is.
    async fn size(&self, call: &Call, id: UserId) -> Answer<Option<MailboxSize>>;

    /// Sets `AccountDisabled` (R80).
    async fn set_account_disabled(&self, call: &Call, id: UserId, disabled: bool) -> Answer<Receipt>;

    /// Sets or clears forwarding.
    async fn set_forwarding(&self, call: &Call, id: UserId, forwarding: &ForwardingState) -> Answer<Receipt>;

    /// Clears `ForwardingAddress` and the copy that belongs to it; what is set beside it stays.
    async fn end_forwarding(&self, call: &Call, id: UserId) -> Answer<Receipt>;

    /// Makes a person's mailbox shared, or a shared one a person's again.
    async fn set_shared(&self, call: &Call, id: UserId, shared: bool) -> Answer<Receipt>;

    /// Puts a Litigation Hold on, or takes it off; Exchange keeps for 30 more days what was held. Sending it again is
    /// harmless, but it writes over what somebody else set meanwhile.
    async fn set_litigation_hold(
        &self,
        call: &Call,
        id: UserId,
        hold: &LitigationHoldState,
    ) -> Answer<Receipt>;

    /// What became of a mailbox whose account was deleted; nothing where it is neither inactive nor soft-deleted. It is
    /// addressed by its own id: its addresses may be somebody else's by now (CONTRACT C2).
    async fn ended(&self, call: &Call, mailbox: MailboxId) -> Answer<Option<EndedMailbox>>;
}
