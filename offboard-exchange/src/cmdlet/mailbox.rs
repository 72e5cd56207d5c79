//! `Get-Mailbox` and `Set-Mailbox`.

use offboard_core::ports::{ForwardingState, LitigationHoldState};

use super::{Cmdlet, Identity, Name, Parameter};
use offboard_core::id::MailboxId;

/// What the guards ask about (CONTRACT C2).
const PROPERTIES: &[&str] = &[
    "AccountDisabled",
    "ArchiveGuid",
    "AutoExpandingArchiveEnabled",
    "ComplianceTagHoldApplied",
    "DelayHoldApplied",
    "DelayReleaseHoldApplied",
    "DeliverToMailboxAndForward",
    "ExchangeGuid",
    "ExternalDirectoryObjectId",
    "ForwardingAddress",
    "ForwardingSmtpAddress",
    "InPlaceHolds",
    "IsDirSynced",
    "IsExchangeCloudManaged",
    "LitigationHoldDate",
    "LitigationHoldDuration",
    "LitigationHoldEnabled",
    "LitigationHoldOwner",
    "Name",
    "PersistedCapabilities",
    "PrimarySmtpAddress",
    "RecipientTypeDetails",
    "SKUAssigned",
];

/// What tells an inactive mailbox from a soft-deleted one.
const ENDED: &[&str] = &["ExchangeGuid", "IsInactiveMailbox"];

/// Where mailboxes lie whose account is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Kept by a hold.
    Inactive,
    /// Kept for 30 days.
    SoftDeleted,
}

/// Reads a mailbox whose account is gone. It is named by its own id (CONTRACT C2).
pub fn get_ended(mailbox: MailboxId, among: Among) -> Cmdlet {
    let switch = match among {
        Among::Inactive => "InactiveMailboxOnly",
        Among::SoftDeleted => "SoftDeletedMailbox",
    };
    Cmdlet::about(Name::GetMailbox, mailbox).with(switch, Parameter::Flag(true)).selecting(ENDED)
}

/// Reads a mailbox.
pub fn get(identity: impl Into<Identity>) -> Cmdlet {
    Cmdlet::about(Name::GetMailbox, identity).selecting(PROPERTIES)
}

/// Sets `AccountDisabled` (R80).
pub fn set_account_disabled(identity: impl Into<Identity>, disabled: bool) -> Cmdlet {
    set(identity).with("AccountDisabled", Parameter::Flag(disabled))
}

/// Makes a person's mailbox shared, or a shared one a person's (`Regular`) again (CONTRACT C4).
pub fn set_shared(identity: impl Into<Identity>, shared: bool) -> Cmdlet {
    set(identity).with("Type", Parameter::Word(if shared { "Shared" } else { "Regular" }))
}

/// Puts a Litigation Hold on, or takes it off (CONTRACT C4).
pub fn set_litigation_hold(identity: impl Into<Identity>, hold: &LitigationHoldState) -> Cmdlet {
    set(identity)
        .with("LitigationHoldEnabled", Parameter::Flag(hold.enabled))
        .with("LitigationHoldDuration", hold.days.map_or(Parameter::Word("Unlimited"), Parameter::Number))
        .with("LitigationHoldOwner", Parameter::text_or_null(hold.owner.as_deref()))
}

/// Sets all three properties of forwarding; what is not there is cleared (CONTRACT C3).
pub fn set_forwarding(identity: impl Into<Identity>, forwarding: &ForwardingState) -> Cmdlet {
    set(identity)
        .with("ForwardingAddress", Parameter::text_or_null(forwarding.forwarding_address.as_deref()))
        .with("ForwardingSmtpAddress", Parameter::text_or_null(forwarding.forwarding_smtp_address.as_deref()))
        .with("DeliverToMailboxAndForward", Parameter::Flag(forwarding.deliver_to_mailbox_and_forward))
}

/// Ends forwarding to somebody inside, and leaves what is set beside it.
pub fn end_forwarding(identity: impl Into<Identity>) -> Cmdlet {
    set(identity)
        .with("ForwardingAddress", Parameter::Null)
        .with("DeliverToMailboxAndForward", Parameter::Flag(false))
}

fn set(identity: impl Into<Identity>) -> Cmdlet {
    Cmdlet::about(Name::SetMailbox, identity)
}
