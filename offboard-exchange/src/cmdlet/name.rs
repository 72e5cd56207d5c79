//! Every cmdlet that offboard can send, and what is known of each: a closed list, with nothing that removes.

use std::fmt;

/// What sending a cmdlet a second time does. There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It changes nothing.
    Read,
    /// It sets an absolute value, so sending it again is harmless.
    Safe,
    /// It must not happen twice: after a lost answer it is never sent again unread.
    Once,
}

/// A cmdlet of Exchange Online, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are Microsoft's, and say all there is")]
pub enum Name {
    GetRecipient,
    GetMailbox,
    GetMailboxStatistics,
    GetCasMailbox,
    GetMobileDevice,
    GetMobileDeviceStatistics,
    GetInboxRule,
    GetMailboxPermission,
    GetMailboxAutoReplyConfiguration,
    GetOrganizationConfig,
    SetMailbox,
    SetCasMailbox,
    ClearMobileDevice,
    SetMailboxAutoReplyConfiguration,
    EnableInboxRule,
    DisableInboxRule,
    AddMailboxPermission,
    RemoveMailboxPermission,
    RemoveCalendarEvents,
    AddDistributionGroupMember,
    RemoveDistributionGroupMember,
}

impl Name {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::GetRecipient,
        Self::GetMailbox,
        Self::GetMailboxStatistics,
        Self::GetCasMailbox,
        Self::GetMobileDevice,
        Self::GetMobileDeviceStatistics,
        Self::GetInboxRule,
        Self::GetMailboxPermission,
        Self::GetMailboxAutoReplyConfiguration,
        Self::GetOrganizationConfig,
        Self::SetMailbox,
        Self::SetCasMailbox,
        Self::ClearMobileDevice,
        Self::SetMailboxAutoReplyConfiguration,
        Self::EnableInboxRule,
        Self::DisableInboxRule,
        Self::AddMailboxPermission,
        Self::RemoveMailboxPermission,
        Self::RemoveCalendarEvents,
        Self::AddDistributionGroupMember,
        Self::RemoveDistributionGroupMember,
    ];

    /// As the service spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GetRecipient => "Get-Recipient",
            Self::GetMailbox => "Get-Mailbox",
            Self::GetMobileDevice => "Get-MobileDevice",
            Self::GetMobileDeviceStatistics => "Get-MobileDeviceStatistics",
            Self::GetCasMailbox => "Get-CASMailbox",
            Self::GetMailboxStatistics => "Get-MailboxStatistics",
            Self::GetInboxRule => "Get-InboxRule",
            Self::GetMailboxPermission => "Get-MailboxPermission",
            Self::GetMailboxAutoReplyConfiguration => "Get-MailboxAutoReplyConfiguration",
            Self::GetOrganizationConfig => "Get-OrganizationConfig",
            Self::ClearMobileDevice => "Clear-MobileDevice",
            Self::SetCasMailbox => "Set-CASMailbox",
            Self::SetMailbox => "Set-Mailbox",
            Self::SetMailboxAutoReplyConfiguration => "Set-MailboxAutoReplyConfiguration",
            Self::EnableInboxRule => "Enable-InboxRule",
            Self::DisableInboxRule => "Disable-InboxRule",
            Self::AddMailboxPermission => "Add-MailboxPermission",
            Self::RemoveMailboxPermission => "Remove-MailboxPermission",
            Self::RemoveCalendarEvents => "Remove-CalendarEvents",
            Self::AddDistributionGroupMember => "Add-DistributionGroupMember",
            Self::RemoveDistributionGroupMember => "Remove-DistributionGroupMember",
        }
    }

    /// What sending it again does. A writing cmdlet that sets an absolute value (PEERS C5) is [`Repeat::Safe`], one
    /// that does something anew is [`Repeat::Once`].
    pub const fn repeat(self) -> Repeat {
        match self {
            Self::GetRecipient
            | Self::GetMailbox
            | Self::GetMailboxStatistics
            | Self::GetCasMailbox
            | Self::GetMobileDevice
            | Self::GetMobileDeviceStatistics
            | Self::GetInboxRule
            | Self::GetMailboxPermission
            | Self::GetMailboxAutoReplyConfiguration
            | Self::GetOrganizationConfig => Repeat::Read,
            Self::SetMailbox
            | Self::SetCasMailbox
            | Self::SetMailboxAutoReplyConfiguration
            | Self::EnableInboxRule
            | Self::DisableInboxRule
            | Self::AddMailboxPermission
            | Self::RemoveMailboxPermission
            | Self::AddDistributionGroupMember
            | Self::RemoveDistributionGroupMember => Repeat::Safe,
            // Whoever is invited is told each time, and what is wiped may have been set up anew.
            Self::RemoveCalendarEvents | Self::ClearMobileDevice => Repeat::Once,
        }
    }

    /// Whether it changes anything. Every cmdlet here that does also supports ShouldProcess, so `Confirm: false` is
    /// sent with it: otherwise the service may answer with a question and do nothing (PEERS C7).
    pub const fn writes(self) -> bool {
        !matches!(self.repeat(), Repeat::Read)
    }

    /// The Exchange management roles any of which should suffice, the least first (CONTRACT C1.3). Microsoft does
    /// not publish them by cmdlet (CONTRACT h.13): `Get-ManagementRoleEntry '*\<cmdlet>'` tells for a tenant.
    pub const fn roles(self) -> &'static [&'static str] {
        match self {
            Self::GetRecipient
            | Self::GetMailbox
            | Self::GetMailboxStatistics
            | Self::GetCasMailbox
            | Self::GetMobileDevice
            | Self::GetMobileDeviceStatistics
            | Self::GetMailboxPermission
            | Self::GetMailboxAutoReplyConfiguration => &["View-Only Recipients", "Mail Recipients"],
            Self::GetOrganizationConfig => &["View-Only Configuration", "Organization Configuration"],
            // Reading rules is not granted to Global Reader (CONTRACT C2), so no view-only role is named.
            Self::GetInboxRule
            | Self::SetMailbox
            | Self::SetCasMailbox
            | Self::ClearMobileDevice
            | Self::SetMailboxAutoReplyConfiguration
            | Self::EnableInboxRule
            | Self::DisableInboxRule
            | Self::AddMailboxPermission
            | Self::RemoveMailboxPermission
            | Self::RemoveCalendarEvents => &["Mail Recipients"],
            Self::AddDistributionGroupMember | Self::RemoveDistributionGroupMember => {
                &["Distribution Groups"]
            }
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cmdlet_reads_exactly_if_its_verb_is_get() {
        for name in Name::ALL {
            assert_eq!(name.writes(), !name.as_str().starts_with("Get-"), "{name}");
            assert!(!name.roles().is_empty(), "{name}");
        }
    }

    #[test]
    fn nothing_in_the_list_removes_a_rule_or_a_mailbox() {
        for name in Name::ALL {
            let removes = name.as_str().starts_with("Remove-");
            let may = [
                Name::RemoveMailboxPermission,
                Name::RemoveCalendarEvents,
                Name::RemoveDistributionGroupMember,
            ];
            assert_eq!(removes, may.contains(&name), "{name}");
        }
    }
}
