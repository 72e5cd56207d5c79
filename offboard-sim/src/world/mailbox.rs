//! Mailboxes and what hangs on them (CONTRACT (c), PEERS (c)).

use offboard_core::id::{MailboxId, UserId};
use offboard_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AutoReply, InboxRule, MobileDevice};

/// `RecipientTypeDetails`, spelled as Exchange spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecipientType {
    /// A person's mailbox in the cloud.
    UserMailbox,
    /// A shared mailbox.
    SharedMailbox,
    /// A room.
    RoomMailbox,
    /// Equipment.
    EquipmentMailbox,
    /// The mailbox is on-premises; the cloud knows only the address.
    MailUser,
    /// The cloud side as an on-premises Exchange sees it.
    RemoteUserMailbox,
}

impl RecipientType {
    /// Its text in Exchange.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserMailbox => "UserMailbox",
            Self::SharedMailbox => "SharedMailbox",
            Self::RoomMailbox => "RoomMailbox",
            Self::EquipmentMailbox => "EquipmentMailbox",
            Self::MailUser => "MailUser",
            Self::RemoteUserMailbox => "RemoteUserMailbox",
        }
    }

    /// Whether there is a mailbox in the cloud behind it.
    pub fn is_cloud_mailbox(self) -> bool {
        !matches!(self, Self::MailUser | Self::RemoteUserMailbox)
    }
}

/// What became of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxState {
    /// Sends and receives.
    Active,
    /// The license went: mail bounces, 30 days to put the license back (R54).
    Disconnected {
        /// Since when.
        since: Timestamp,
    },
    /// The account was deleted: 30 days to restore it.
    SoftDeleted {
        /// Since when.
        since: Timestamp,
    },
    /// The account was deleted while a hold was on the mailbox (R24).
    Inactive {
        /// Since when.
        since: Timestamp,
    },
}

/// A mailbox. Its addresses are those of its user ([`super::User::proxy_addresses`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mailbox {
    /// `ExchangeGuid`.
    pub guid: MailboxId,
    /// The user it belongs to (`ExternalDirectoryObjectId`). Shared and room mailboxes have one too.
    pub owner: UserId,
    /// `RecipientTypeDetails`.
    pub recipient_type: RecipientType,
    /// What became of it.
    pub state: MailboxState,
    /// `TotalItemSize`, bytes.
    pub total_item_size: u64,
    /// `TotalDeletedItemSize`, bytes.
    pub total_deleted_item_size: u64,
    /// `ItemCount`.
    pub item_count: u64,
    /// `ProhibitSendReceiveQuota`, bytes.
    pub prohibit_send_receive_quota: u64,
    /// The in-place archive.
    pub archive: Option<Archive>,
    /// Litigation Hold.
    pub litigation_hold: Option<LitigationHold>,
    /// `InPlaceHolds`: `UniH…`, `mbx…:2`, `-mbx…`, `cld…`, bare GUIDs.
    pub in_place_holds: Vec<String>,
    /// `ComplianceTagHoldApplied`.
    pub compliance_tag_hold_applied: bool,
    /// `DelayHoldApplied`.
    pub delay_hold_applied: bool,
    /// `DelayReleaseHoldApplied`.
    pub delay_release_hold_applied: bool,
    /// `RetentionHoldEnabled`.
    pub retention_hold_enabled: bool,
    /// `RetentionPolicy`.
    pub retention_policy: Option<String>,
    /// `ForwardingAddress`: a recipient of the organisation.
    pub forwarding_address: Option<UserId>,
    /// `ForwardingSmtpAddress`, without the `smtp:`.
    pub forwarding_smtp_address: Option<String>,
    /// `DeliverToMailboxAndForward`.
    pub deliver_to_mailbox_and_forward: bool,
    /// `HiddenFromAddressListsEnabled`.
    pub hidden_from_address_lists: bool,
    /// `GrantSendOnBehalfTo`.
    pub send_on_behalf: Vec<UserId>,
    /// `Get-MailboxPermission`, without the one that every owner has (`NT AUTHORITY\SELF`).
    pub permissions: Vec<MailboxPermission>,
    /// Holders of `SendAs` (`Get-RecipientPermission`).
    pub send_as: Vec<UserId>,
    /// Rights on the calendar folder.
    pub calendar_permissions: Vec<MailboxPermission>,
    /// Inbox rules, hidden ones too, in their order.
    pub rules: Vec<InboxRule>,
    /// Automatic replies.
    pub auto_reply: AutoReply,
    /// `AccountDisabled` (R80).
    pub account_disabled: bool,
    /// What `Get-CASMailbox` tells.
    pub protocols: Protocols,
    /// What `Get-MobileDevice` lists.
    pub mobile_devices: Vec<MobileDevice>,
    /// `ActiveSyncBlockedDeviceIDs`.
    pub active_sync_blocked_device_ids: Vec<String>,
    /// `PersistedCapabilities`: `BPOS_S_Enterprise` is Exchange Online Plan 2.
    pub persisted_capabilities: Vec<String>,
    /// `IsExchangeCloudManaged`.
    pub is_exchange_cloud_managed: bool,
    /// Delayed delicensing: when the license removal will take effect (`WhenDueForDelicensingUTC`).
    pub delicensing_due: Option<Timestamp>,
    /// The calendar.
    pub events: Vec<CalendarEvent>,
    /// Time zone of the mailbox settings.
    pub time_zone: String,
    /// Language of the mailbox settings, `en-US`.
    pub language: String,
    /// `WhenMailboxCreated`.
    pub created: Timestamp,
    /// Counts changes; a no-op does not move it.
    pub change_number: u64,
}

impl Mailbox {
    /// A mailbox as Exchange makes a new one.
    pub fn new(guid: MailboxId, owner: UserId, recipient_type: RecipientType, created: Timestamp) -> Self {
        Self {
            guid,
            owner,
            recipient_type,
            state: MailboxState::Active,
            total_item_size: 2_147_483_648,
            total_deleted_item_size: 10_485_760,
            item_count: 12_345,
            prohibit_send_receive_quota: 100 << 30,
            archive: None,
            litigation_hold: None,
            in_place_holds: Vec::new(),
            compliance_tag_hold_applied: false,
            delay_hold_applied: false,
            delay_release_hold_applied: false,
            retention_hold_enabled: false,
            retention_policy: Some("Default MRM Policy".to_owned()),
            forwarding_address: None,
            forwarding_smtp_address: None,
            deliver_to_mailbox_and_forward: false,
            hidden_from_address_lists: false,
            send_on_behalf: Vec::new(),
            permissions: Vec::new(),
            send_as: Vec::new(),
            calendar_permissions: Vec::new(),
            rules: Vec::new(),
            auto_reply: AutoReply::default(),
            account_disabled: false,
            protocols: Protocols::default(),
            mobile_devices: Vec::new(),
            active_sync_blocked_device_ids: Vec::new(),
            persisted_capabilities: Vec::new(),
            is_exchange_cloud_managed: false,
            delicensing_due: None,
            events: Vec::new(),
            time_zone: "W. Europe Standard Time".to_owned(),
            language: "en-US".to_owned(),
            created,
            change_number: 0,
        }
    }

    /// Whether anything holds this mailbox itself by now; organisation-wide policies are judged apart.
    pub fn is_held(&self) -> bool {
        self.litigation_hold.as_ref().is_some_and(|hold| hold.in_effect)
            || self.compliance_tag_hold_applied
            || self.delay_hold_applied
            || self.delay_release_hold_applied
            || self.in_place_holds.iter().any(|hold| !hold.starts_with('-') && !hold.ends_with(":1"))
    }

    /// Whether it can be opened and gets mail.
    pub fn is_active(&self) -> bool {
        self.state == MailboxState::Active
    }
}

/// An in-place archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Archive {
    /// `ArchiveGuid`.
    pub guid: MailboxId,
    /// Its `TotalItemSize`, bytes.
    pub total_item_size: u64,
    /// `AutoExpandingArchiveEnabled`.
    pub auto_expanding: bool,
}

/// A Litigation Hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LitigationHold {
    /// When it was set.
    pub since: Timestamp,
    /// Days; `None` is unlimited.
    pub duration_days: Option<u32>,
    /// Who set it.
    pub owner: String,
    /// It keeps what is deleted. Until then the mailbox only says that it is on hold (CONTRACT C4).
    pub in_effect: bool,
}

/// A right on a mailbox or folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailboxPermission {
    /// Who has it.
    pub user: UserId,
    /// `FullAccess`, `ReadPermission`, `Reviewer`, ...
    pub access_rights: Vec<String>,
    /// Whether Outlook opens the mailbox by itself. Exchange does not show it.
    pub auto_mapping: bool,
}

/// Ways into a mailbox (`Get-CASMailbox`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protocols {
    /// `ActiveSyncEnabled`
    pub active_sync: bool,
    /// `OWAEnabled`
    pub owa: bool,
    /// `OWAforDevicesEnabled`
    pub owa_for_devices: bool,
    /// `MAPIEnabled`
    pub mapi: bool,
    /// `ImapEnabled`
    pub imap: bool,
    /// `PopEnabled`
    pub pop: bool,
    /// `EwsEnabled`
    pub ews: bool,
    /// `OutlookMobileEnabled`
    pub outlook_mobile: bool,
    /// `MacOutlookEnabled`
    pub mac_outlook: bool,
    /// `OneWinNativeOutlookEnabled`
    pub one_win_native_outlook: bool,
    /// `UniversalOutlookEnabled`
    pub universal_outlook: bool,
    /// `SmtpClientAuthenticationDisabled`: `None` follows the organisation.
    pub smtp_client_authentication_disabled: Option<bool>,
}

impl Default for Protocols {
    fn default() -> Self {
        Self {
            active_sync: true,
            owa: true,
            owa_for_devices: true,
            mapi: true,
            imap: true,
            pop: true,
            ews: true,
            outlook_mobile: true,
            mac_outlook: true,
            one_win_native_outlook: true,
            universal_outlook: true,
            smtp_client_authentication_disabled: None,
        }
    }
}

/// An event in a calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalendarEvent {
    /// Its id, opaque.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// Begins.
    pub start: Timestamp,
    /// Ends.
    pub end: Timestamp,
    /// Address of who called the meeting.
    pub organizer: String,
    /// This mailbox called the meeting.
    pub is_organizer: bool,
    /// Addresses of those invited.
    pub attendees: Vec<String>,
    /// Called off.
    pub is_cancelled: bool,
    /// One of a recurring series.
    pub series_master_id: Option<String>,
}
