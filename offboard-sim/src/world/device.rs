//! Phones, and when they come for a wipe (CONTRACT C5).

use offboard_core::id::{MailboxId, MobileDeviceId};
use offboard_core::time::{Period, Timestamp};
use serde::{Deserialize, Serialize};

use super::World;

/// An app on a phone that synchronises a mailbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MobileDevice {
    /// `Guid`.
    pub guid: MobileDeviceId,
    /// `DeviceID`.
    pub device_id: String,
    /// `DeviceFriendlyName`.
    pub friendly_name: Option<String>,
    /// `DeviceModel`.
    pub model: String,
    /// `DeviceType`.
    pub device_type: String,
    /// `ClientType`: `EAS`, `Outlook`, `REST`, `MOWA`.
    pub client_type: String,
    /// `ClientVersion`.
    pub client_version: String,
    /// When its owner last proved who he is; a password or a revocation after that keeps it out.
    pub signed_in: Timestamp,
    /// `LastSuccessSync`.
    pub last_success_sync: Option<Timestamp>,
    /// How long after a wipe was asked for it comes; never, where there is nothing.
    pub comes_after: Option<Period>,
    /// The wipe that was last asked for.
    pub wipe: Option<DeviceWipe>,
    /// Everything on it is gone, private things too.
    pub reset: bool,
}

/// A wipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceWipe {
    /// Only the account, or the whole device.
    pub account_only: bool,
    /// When it was asked for.
    pub requested: Timestamp,
    /// When the device got it, and said that it is done.
    pub acknowledged: Option<Timestamp>,
}

impl MobileDevice {
    /// Outlook for iOS and Android, whose data lie in the app.
    pub fn is_outlook(&self) -> bool {
        self.device_type == "Outlook" && self.client_type != "EAS"
    }

    /// Whether it speaks the version of ActiveSync that knows an account-only wipe.
    pub fn knows_account_only(&self) -> bool {
        let mut parts = self.client_version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        self.client_type == "EAS" && version >= (16, 1)
    }
}

impl World {
    /// Asks a device for a wipe; it comes for it in its own time, or never.
    pub(crate) fn request_wipe(&mut self, mailbox: MailboxId, device: MobileDeviceId, account_only: bool) {
        let requested = self.now;
        let Some(row) = self.device_mut(mailbox, device) else { return };
        row.wipe = Some(DeviceWipe { account_only, requested, acknowledged: None });
        if let Some(after) = row.comes_after {
            self.later(after, "a phone comes", move |world| world.phone_comes(mailbox, device));
        }
    }

    fn device_mut(&mut self, mailbox: MailboxId, device: MobileDeviceId) -> Option<&mut MobileDevice> {
        let mailbox = self.mailboxes.get_mut(&mailbox)?;
        mailbox.mobile_devices.iter_mut().find(|row| row.guid == device)
    }

    /// A phone that is let in gets what it was asked for.
    fn phone_comes(&mut self, mailbox: MailboxId, device: MobileDeviceId) {
        if !self.lets_in(mailbox, device) {
            return;
        }
        let now = self.now;
        let Some(row) = self.device_mut(mailbox, device) else { return };
        let whole = row.client_type == "EAS";
        if let Some(wipe) = row.wipe.as_mut().filter(|wipe| wipe.acknowledged.is_none()) {
            wipe.acknowledged = Some(now);
            row.reset |= whole && !wipe.account_only;
        }
    }

    /// Whether the owner's credentials on the phone still open the mailbox by its protocol (G41).
    fn lets_in(&self, mailbox: MailboxId, device: MobileDeviceId) -> bool {
        let Some(mailbox) = self.mailboxes.get(&mailbox) else { return false };
        let Some(row) = mailbox.mobile_devices.iter().find(|row| row.guid == device) else { return false };
        let Some(user) = self.users.get(&mailbox.owner) else { return false };
        let protocol =
            if row.is_outlook() { mailbox.protocols.outlook_mobile } else { mailbox.protocols.active_sync };
        let signed_in =
            user.last_password_change <= row.signed_in && user.sign_in_sessions_valid_from <= row.signed_in;
        mailbox.is_active()
            && user.account_enabled
            && !mailbox.account_disabled
            && protocol
            && signed_in
            && !mailbox.active_sync_blocked_device_ids.contains(&row.device_id)
    }
}
