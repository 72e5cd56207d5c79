//! Ways into a mailbox: protocols, and phones that are let in by none of them (CONTRACT C5, C6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `Get-CASMailbox`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientAccess {
    /// Which protocols let people in.
    pub protocols: Protocols,
    /// `ActiveSyncBlockedDeviceIDs`: devices that are not let in.
    pub active_sync_blocked_device_ids: Vec<String>,
}

/// The protocols of a mailbox, each of which lets people in where it is on (R49 to R51).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Protocols {
    /// `ActiveSyncEnabled`.
    pub active_sync_enabled: bool,
    /// `OWAEnabled`: Outlook on the web.
    pub owa_enabled: bool,
    /// `OWAforDevicesEnabled`.
    pub owa_for_devices_enabled: bool,
    /// `MAPIEnabled`: Outlook for Windows.
    pub mapi_enabled: bool,
    /// `EwsEnabled`.
    pub ews_enabled: bool,
    /// `ImapEnabled`.
    pub imap_enabled: bool,
    /// `PopEnabled`.
    pub pop_enabled: bool,
    /// `OutlookMobileEnabled`.
    pub outlook_mobile_enabled: bool,
    /// `MacOutlookEnabled`.
    pub mac_outlook_enabled: bool,
    /// `OneWinNativeOutlookEnabled`: the new Outlook for Windows.
    pub one_win_native_outlook_enabled: bool,
    /// `UniversalOutlookEnabled`: Mail and Calendar of Windows.
    pub universal_outlook_enabled: bool,
    /// `SmtpClientAuthenticationDisabled`; nothing where the organisation's setting decides.
    pub smtp_client_authentication_disabled: Option<bool>,
}

impl Protocols {
    /// None of them lets anybody in.
    pub const BLOCKED: Self = Self {
        active_sync_enabled: false,
        owa_enabled: false,
        owa_for_devices_enabled: false,
        mapi_enabled: false,
        ews_enabled: false,
        imap_enabled: false,
        pop_enabled: false,
        outlook_mobile_enabled: false,
        mac_outlook_enabled: false,
        one_win_native_outlook_enabled: false,
        universal_outlook_enabled: false,
        smtp_client_authentication_disabled: Some(true),
    };

    /// Those that are switched on or off, by the names of Exchange.
    pub const fn switches(&self) -> [(&'static str, bool); 11] {
        [
            ("ActiveSyncEnabled", self.active_sync_enabled),
            ("OWAEnabled", self.owa_enabled),
            ("OWAforDevicesEnabled", self.owa_for_devices_enabled),
            ("MAPIEnabled", self.mapi_enabled),
            ("EwsEnabled", self.ews_enabled),
            ("ImapEnabled", self.imap_enabled),
            ("PopEnabled", self.pop_enabled),
            ("OutlookMobileEnabled", self.outlook_mobile_enabled),
            ("MacOutlookEnabled", self.mac_outlook_enabled),
            ("OneWinNativeOutlookEnabled", self.one_win_native_outlook_enabled),
            ("UniversalOutlookEnabled", self.universal_outlook_enabled),
        ]
    }
}
