//! `Get-MailboxPermission`, `Add-MailboxPermission` and `Remove-MailboxPermission` (CONTRACT C10).

use offboard_core::id::UserId;

use super::{Cmdlet, Identity, Name, Parameter};

const PROPERTIES: &[&str] = &["AccessRights", "Deny", "Identity", "IsInherited", "User"];

/// Reads who has which right on a mailbox.
pub fn get(mailbox: impl Into<Identity>) -> Cmdlet {
    Cmdlet::about(Name::GetMailboxPermission, mailbox)
        .with("ResultSize", Parameter::Word("Unlimited"))
        .selecting(PROPERTIES)
}

/// Gives full access. `AutoMapping` is always said: the service's own default is true.
pub fn add_full_access(mailbox: impl Into<Identity>, to: UserId, auto_mapping: bool) -> Cmdlet {
    full_access(Name::AddMailboxPermission, mailbox, to).with("AutoMapping", Parameter::Flag(auto_mapping))
}

/// Takes full access.
pub fn remove_full_access(mailbox: impl Into<Identity>, from: UserId) -> Cmdlet {
    full_access(Name::RemoveMailboxPermission, mailbox, from)
}

fn full_access(name: Name, mailbox: impl Into<Identity>, user: UserId) -> Cmdlet {
    Cmdlet::about(name, mailbox)
        .with("User", Parameter::Identity(user.into()))
        .with("AccessRights", Parameter::Words(&["FullAccess"]))
        .with("InheritanceType", Parameter::Word("All"))
}
