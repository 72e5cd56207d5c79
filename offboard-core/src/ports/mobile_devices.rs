//! Phones and tablets that synchronise a mailbox.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Answer, Call, Receipt};
use crate::id::{MobileDeviceId, UserId};
use crate::model::mobile_device::{MobileDevice, Wipe};

/// Reads them, and asks for wipes (CONTRACT C5). Nobody can remove one: that would take a pending wipe with it.
#[async_trait]
pub trait MobileDevices: Debug + Send + Sync {
    /// All of a mailbox; nothing without one.
    async fn mobile_devices(&self, call: &Call, id: UserId) -> Answer<Option<Vec<MobileDevice>>>;

    /// Asks a device in the mailbox of `owner` to wipe itself when it comes next: never sent again unread.
    ///
    /// [`Wipe::App`] to anything but Outlook resets the whole phone: whoever asks has looked which client it is.
    async fn request_wipe(
        &self,
        call: &Call,
        owner: UserId,
        device: MobileDeviceId,
        wipe: Wipe,
    ) -> Answer<Receipt>;
}
