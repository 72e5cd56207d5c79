//! `Get-Mailbox` and `Set-Mailbox`.

use offboard_core::ports::ForwardingState;

use super::{Cmdlet, Identity, Name, Parameter};

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
    "LitigationHoldEnabled",
    "Name",
    "PersistedCapabilities",
    "PrimarySmtpAddress",
    "RecipientTypeDetails",
    "SKUAssigned",
];

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
