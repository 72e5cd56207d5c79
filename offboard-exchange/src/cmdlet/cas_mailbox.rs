//! `Get-CASMailbox` and `Set-CASMailbox`: the ways into a mailbox (CONTRACT C6).

use offboard_core::model::client_access::Protocols;

use super::{Cmdlet, Identity, Name, Parameter};

const PROPERTIES: &[&str] = &[
    "ActiveSyncBlockedDeviceIDs",
    "ActiveSyncEnabled",
    "EwsEnabled",
    "ExternalDirectoryObjectId",
    "ImapEnabled",
    "MAPIEnabled",
    "MacOutlookEnabled",
    "OWAEnabled",
    "OWAforDevicesEnabled",
    "OneWinNativeOutlookEnabled",
    "OutlookMobileEnabled",
    "PopEnabled",
    "SmtpClientAuthenticationDisabled",
    "UniversalOutlookEnabled",
];

/// Reads them.
pub fn get(identity: impl Into<Identity>) -> Cmdlet {
    Cmdlet::about(Name::GetCasMailbox, identity).selecting(PROPERTIES)
}

/// Keeps a device out, or lets it in again.
pub fn set_device_blocked(identity: impl Into<Identity>, device_id: &str, blocked: bool) -> Cmdlet {
    let edit = Parameter::Edit { add: blocked, item: device_id.to_owned() };
    Cmdlet::about(Name::SetCasMailbox, identity).with("ActiveSyncBlockedDeviceIDs", edit)
}

/// Sets every protocol. Authenticated SMTP that the organisation decides about is cleared.
pub fn set_protocols(identity: impl Into<Identity>, protocols: &Protocols) -> Cmdlet {
    let cmdlet = Cmdlet::about(Name::SetCasMailbox, identity);
    let cmdlet = protocols
        .switches()
        .into_iter()
        .fold(cmdlet, |cmdlet, (name, on)| cmdlet.with(name, Parameter::Flag(on)));
    let smtp = protocols.smtp_client_authentication_disabled.map_or(Parameter::Null, Parameter::Flag);
    cmdlet.with("SmtpClientAuthenticationDisabled", smtp)
}
