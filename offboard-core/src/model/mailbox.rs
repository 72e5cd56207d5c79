//! Mailboxes, their rules, replies and rights (CONTRACT C2 to C10).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{MailboxId, UserId};
use crate::time::Timestamp;

/// One gibibyte, in which the service counts its limits.
pub const GIB: u64 = 1024 * 1024 * 1024;

/// The size up to which a shared mailbox needs no license (R27).
pub const UNLICENSED_SHARED_LIMIT: u64 = 50 * GIB;

/// What stands behind a person's address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A mailbox in Exchange Online.
    Cloud(Box<Mailbox>),
    /// The mailbox lies on-premises (`RemoteUserMailbox`, `MailUser`): every mail step is a task there (G17).
    OnPremises {
        /// `RecipientTypeDetails` as the service spells it.
        recipient_type_details: String,
    },
}

/// A mailbox in Exchange Online.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// `ExchangeGuid`.
    pub exchange_guid: MailboxId,
    /// `ExternalDirectoryObjectId`: the user it belongs to.
    pub external_directory_object_id: UserId,
    /// `Name`: unique in the organisation, and how other properties such as `ForwardingAddress` print this mailbox.
    pub name: String,
    /// `RecipientTypeDetails`: `UserMailbox`, `SharedMailbox`, `RoomMailbox`, ...
    pub recipient_type_details: String,
    /// `PrimarySmtpAddress`.
    pub primary_smtp_address: String,
    /// `ForwardingAddress`: an internal recipient, as the service names it.
    pub forwarding_address: Option<String>,
    /// `ForwardingSmtpAddress`, with its `smtp:` prefix; ignored by the service while the other is set.
    pub forwarding_smtp_address: Option<String>,
    /// `DeliverToMailboxAndForward`: a copy stays in the mailbox.
    pub deliver_to_mailbox_and_forward: bool,
    /// `AccountDisabled`: no protocol lets the account in (R80).
    pub account_disabled: bool,
    /// `LitigationHoldEnabled`.
    pub litigation_hold_enabled: bool,
    /// `LitigationHoldDate`: when the service took the hold; it counts some hours later ([`super::hold::CONFIRMED_AFTER`]).
    #[serde(default)]
    pub litigation_hold_date: Option<Timestamp>,
    /// `LitigationHoldDuration` in days, counted from when an item came; nothing is `Unlimited`.
    #[serde(default)]
    pub litigation_hold_days: Option<u32>,
    /// `LitigationHoldOwner`: who answers for it, as text.
    #[serde(default)]
    pub litigation_hold_owner: Option<String>,
    /// `InPlaceHolds`, as the service codes them (C4).
    pub in_place_holds: Vec<String>,
    /// `ComplianceTagHoldApplied`: an item carries a retaining label.
    pub compliance_tag_hold_applied: bool,
    /// `DelayHoldApplied`.
    pub delay_hold_applied: bool,
    /// `DelayReleaseHoldApplied`.
    pub delay_release_hold_applied: bool,
    /// `ArchiveGuid` is not zero (G14).
    pub has_archive: bool,
    /// `AutoExpandingArchiveEnabled`.
    pub auto_expanding_archive_enabled: bool,
    /// `PersistedCapabilities`; `BPOS_S_Enterprise` is Exchange Online Plan 2.
    pub persisted_capabilities: Vec<String>,
    /// `SKUAssigned`: has an Exchange license now.
    pub sku_assigned: Option<bool>,
    /// `IsDirSynced`.
    pub is_dir_synced: bool,
    /// `IsExchangeCloudManaged`: Exchange attributes of a synced user are the cloud's.
    pub is_exchange_cloud_managed: bool,
}

impl Mailbox {
    /// `RecipientTypeDetails` of a converted mailbox.
    pub const SHARED: &'static str = "SharedMailbox";
    /// `RecipientTypeDetails` of a person's mailbox.
    pub const USER: &'static str = "UserMailbox";

    /// Shared.
    pub fn is_shared(&self) -> bool {
        self.recipient_type_details == Self::SHARED
    }

    /// A person's.
    pub fn is_user(&self) -> bool {
        self.recipient_type_details == Self::USER
    }

    /// Whether the service would print this mailbox as `text`: by its name, alone or at the end of a canonical path, by
    /// its address, or by the object id of its user.
    pub fn is_called(&self, text: &str) -> bool {
        let name = text.rsplit('/').next().unwrap_or(text);
        let address = text.split_once(':').filter(|(kind, _)| kind.eq_ignore_ascii_case("smtp"));
        let address = address.map_or(text, |(_, address)| address);
        name.eq_ignore_ascii_case(&self.name)
            || address.eq_ignore_ascii_case(&self.primary_smtp_address)
            || text.eq_ignore_ascii_case(&self.external_directory_object_id.to_string())
    }

    /// A Litigation Hold is on it and keeps what is deleted at `now`. A hold of which nobody says since when may be one of
    /// this hour (CONTRACT C4).
    pub fn litigation_hold_counts(&self, now: Timestamp) -> bool {
        self.litigation_hold_enabled
            && self.litigation_hold_date.is_some_and(|date| now.since(date) >= super::hold::CONFIRMED_AFTER)
    }

    /// Mail is forwarded by the mailbox itself (G1, G3).
    pub fn forwards(&self) -> bool {
        self.forwarding_address.is_some() || self.forwarding_smtp_address.is_some()
    }
}

/// What became of a mailbox whose account was deleted (CONTRACT C11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndedMailbox {
    /// A hold keeps it; it is searched with eDiscovery (R24).
    Inactive,
    /// It lies there for 30 days, and then it is gone.
    SoftDeleted,
}

/// `Get-MailboxStatistics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxSize {
    /// `TotalItemSize` in bytes.
    pub total_item_size: u64,
    /// `ItemCount`.
    pub item_count: u64,
}

/// An inbox rule, of the kind that can carry mail away (CONTRACT B12, C2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxRule {
    /// `RuleIdentity`: the number by which exactly this rule is addressed.
    pub identity: String,
    /// `Name`, for people.
    pub name: String,
    /// `Enabled`.
    pub enabled: bool,
    /// Listed only with `-IncludeHidden`.
    pub hidden: bool,
    /// `ForwardTo`, `ForwardAsAttachmentTo` and `RedirectTo`, as the service prints them.
    pub sends_to: Vec<String>,
}

impl InboxRule {
    /// Carries mail to somebody else when it is enabled.
    pub fn carries_away(&self) -> bool {
        !self.sends_to.is_empty()
    }
}

/// A right to the whole mailbox (`Get-MailboxPermission`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxRight {
    /// `User`: whoever has it, as the service prints him (a UPN for most).
    pub user: String,
    /// `AccessRights` has `FullAccess`.
    pub full_access: bool,
    /// `Deny`: taken away rather than given.
    pub deny: bool,
    /// `IsInherited`: given somewhere above this mailbox.
    pub inherited: bool,
}

/// `AutoReplyState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AutoReplyState {
    /// None is sent.
    Disabled,
    /// Always.
    Enabled,
    /// Between two times.
    Scheduled,
}

/// `ExternalAudience`: who outside the organisation gets the external text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExternalAudience {
    /// Nobody.
    None,
    /// Only people in the leaver's contacts.
    Known,
    /// Everybody.
    All,
}

/// Automatic replies (CONTRACT B12, C7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutomaticReplies {
    /// Whether they are sent.
    pub state: AutoReplyState,
    /// The text for people inside, HTML as the service keeps it.
    pub internal_message: String,
    /// The text for people outside.
    pub external_message: String,
    /// Who outside gets it.
    pub external_audience: ExternalAudience,
    /// Start of a schedule.
    pub start_time: Option<Timestamp>,
    /// End of a schedule.
    pub end_time: Option<Timestamp>,
}
