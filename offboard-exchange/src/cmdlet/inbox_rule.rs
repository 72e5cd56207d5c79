//! `Get-InboxRule`, `Enable-InboxRule` and `Disable-InboxRule`. A rule is evidence: nothing here removes one.

use super::{Cmdlet, Identity, Name, Parameter, RuleIdentity};

const PROPERTIES: &[&str] =
    &["Enabled", "ForwardAsAttachmentTo", "ForwardTo", "Name", "RedirectTo", "RuleIdentity"];

/// Reads the rules of a mailbox; with `hidden`, those too that no Outlook shows.
pub fn get(mailbox: impl Into<Identity>, hidden: bool) -> Cmdlet {
    let cmdlet = Cmdlet::inside(Name::GetInboxRule, mailbox);
    // Left out rather than false: a reader that does not know the switch then still lists the others.
    let cmdlet = if hidden { cmdlet.with("IncludeHidden", Parameter::Flag(true)) } else { cmdlet };
    cmdlet.with("ResultSize", Parameter::Word("Unlimited")).selecting(PROPERTIES)
}

/// Enables or disables the rule with this number.
///
/// `Force` answers the question whether the rules that an Outlook keeps for itself may be dropped; without it the
/// service asks that question and does nothing.
pub fn set_enabled(mailbox: impl Into<Identity>, rule: RuleIdentity, enabled: bool) -> Cmdlet {
    let name = if enabled { Name::EnableInboxRule } else { Name::DisableInboxRule };
    Cmdlet::inside(name, mailbox).with("Identity", Parameter::Rule(rule)).with("Force", Parameter::Flag(true))
}
