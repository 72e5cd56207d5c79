//! `Get-MobileDevice`, `Get-MobileDeviceStatistics` and `Clear-MobileDevice` (CONTRACT C5). Nothing here removes a device:
//! a wipe that it has still to fetch would be gone with it.

use offboard_core::id::MobileDeviceId;
use offboard_core::model::mobile_device::Wipe;

use super::{Cmdlet, Identity, Name, Parameter};

const CLIENT: &[&str] = &["ClientType", "ClientVersion", "Guid"];

const STATISTICS: &[&str] = &[
    "AccountOnlyDeviceWipeAckTime",
    "AccountOnlyDeviceWipeRequestTime",
    "DeviceFriendlyName",
    "DeviceID",
    "DeviceModel",
    "DeviceType",
    "DeviceWipeAckTime",
    "DeviceWipeRequestTime",
    "Guid",
    "LastSuccessSync",
];

/// Reads by which clients a mailbox is synchronised.
pub fn clients(mailbox: impl Into<Identity>) -> Cmdlet {
    let cmdlet = Cmdlet::inside(Name::GetMobileDevice, mailbox);
    cmdlet.with("ResultSize", Parameter::Word("Unlimited")).selecting(CLIENT)
}

/// Reads how far they are, and their wipes.
pub fn statistics(mailbox: impl Into<Identity>) -> Cmdlet {
    Cmdlet::inside(Name::GetMobileDeviceStatistics, mailbox).selecting(STATISTICS)
}

/// Asks one device in a mailbox for a wipe.
pub fn clear(mailbox: impl Into<Identity>, device: MobileDeviceId, wipe: Wipe) -> Cmdlet {
    let cmdlet = Cmdlet::new(Name::ClearMobileDevice, Some(mailbox.into()))
        .with("Identity", Parameter::Device(device));
    match wipe {
        Wipe::AccountOnly => cmdlet.with("AccountOnly", Parameter::Flag(true)),
        Wipe::App => cmdlet,
    }
}
