//! Ways into a mailbox.

use async_trait::async_trait;
use offboard_core::failure::ProviderError;
use offboard_core::id::UserId;
use offboard_core::model::client_access::{ClientAccess, Protocols};
use offboard_core::ports::{Answer, Call, ClientAccessPort, Receipt};

use super::mailboxes::check;
use crate::cmdlet::cas_mailbox;
use crate::exchange::Exchange;
use crate::row::Row;

#[async_trait]
impl ClientAccessPort for Exchange {
    async fn client_access(&self, call: &Call, id: UserId) -> Answer<Option<ClientAccess>> {
        self.read_one(call, cas_mailbox::get(id), |row| read(row, id)).await
    }

    async fn set_protocols(&self, call: &Call, id: UserId, protocols: &Protocols) -> Answer<Receipt> {
        self.write(call, cas_mailbox::set_protocols(id, protocols)).await
    }

    async fn set_device_blocked(
        &self,
        call: &Call,
        id: UserId,
        device_id: &str,
        blocked: bool,
    ) -> Answer<Receipt> {
        self.write(call, cas_mailbox::set_device_blocked(id, device_id, blocked)).await
    }
}

fn read(row: &Row, id: UserId) -> Result<ClientAccess, ProviderError> {
    check(row, id)?;
    let smtp = "SmtpClientAuthenticationDisabled";
    if !row.has(smtp) {
        return Err(row.strange(smtp, "a Boolean or null"));
    }
    Ok(ClientAccess {
        protocols: Protocols {
            active_sync_enabled: row.flag("ActiveSyncEnabled")?,
            owa_enabled: row.flag("OWAEnabled")?,
            owa_for_devices_enabled: row.flag("OWAforDevicesEnabled")?,
            mapi_enabled: row.flag("MAPIEnabled")?,
            ews_enabled: row.flag("EwsEnabled")?,
            imap_enabled: row.flag("ImapEnabled")?,
            pop_enabled: row.flag("PopEnabled")?,
            outlook_mobile_enabled: row.flag("OutlookMobileEnabled")?,
            mac_outlook_enabled: row.flag("MacOutlookEnabled")?,
            one_win_native_outlook_enabled: row.flag("OneWinNativeOutlookEnabled")?,
            universal_outlook_enabled: row.flag("UniversalOutlookEnabled")?,
            // Null is an answer: the organisation's own setting decides.
            smtp_client_authentication_disabled: row.optional_flag(smtp)?,
        },
        active_sync_blocked_device_ids: row.texts("ActiveSyncBlockedDeviceIDs")?,
    })
}
