//! Phones and tablets.

use std::collections::BTreeMap;

use async_trait::async_trait;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::{MobileDeviceId, UserId};
use offboard_core::model::mobile_device::{MobileDevice, Wipe};
use offboard_core::ports::{Answer, Call, MobileDevices, Receipt};
use offboard_core::time::Timestamp;

use crate::PROVIDER;
use crate::cmdlet::mobile_device;
use crate::exchange::Exchange;
use crate::row::Row;

#[async_trait]
impl MobileDevices for Exchange {
    /// One list tells the client, another the wipes: a device that stands in one of them alone came or went just now.
    async fn mobile_devices(&self, call: &Call, id: UserId) -> Answer<Option<Vec<MobileDevice>>> {
        let Some(clients) = self.read_all(call, mobile_device::clients(id), client).await? else {
            return Ok(None);
        };
        let mut clients: BTreeMap<MobileDeviceId, (String, String)> = clients.into_iter().collect();
        let found = self
            .read_all(call, mobile_device::statistics(id), |row| {
                let client = clients.get(&row.id("Guid")?).ok_or_else(disagree)?;
                device(row, client)
            })
            .await?;
        let Some(devices) = found else { return Ok(None) };
        clients.retain(|id, _| devices.iter().all(|device| device.id != *id));
        if clients.is_empty() { Ok(Some(devices)) } else { Err(disagree()) }
    }

    async fn request_wipe(
        &self,
        call: &Call,
        owner: UserId,
        device: MobileDeviceId,
        wipe: Wipe,
    ) -> Answer<Receipt> {
        self.write(call, mobile_device::clear(owner, device, wipe)).await
    }
}

fn disagree() -> ProviderError {
    let message = "Get-MobileDevice and Get-MobileDeviceStatistics list different devices";
    let failure = Failure::new(Kind::Unavailable, message).code("replicas_disagree");
    ProviderError::new(PROVIDER, failure.hint("a device came or went just now: read again in some minutes"))
}

fn client(row: &Row) -> Result<(MobileDeviceId, (String, String)), ProviderError> {
    let text = |property| row.cleared_or_text(property).map(|text| text.unwrap_or_default().to_owned());
    Ok((row.id("Guid")?, (text("ClientType")?, text("ClientVersion")?)))
}

fn device(
    row: &Row,
    (client_type, client_version): &(String, String),
) -> Result<MobileDevice, ProviderError> {
    let text = |property| row.cleared_or_text(property);
    let time = |property| match row.cleared_or_text(property)? {
        Some(_) => row.time(property).map(Some),
        None => Ok(None),
    };
    let later = |one, other| -> Result<Option<Timestamp>, ProviderError> { Ok(time(one)?.max(time(other)?)) };
    let device_type = row.text("DeviceType")?.to_owned();
    let name = text("DeviceFriendlyName")?.or(text("DeviceModel")?).unwrap_or(&device_type).to_owned();
    Ok(MobileDevice {
        id: row.id("Guid")?,
        device_id: row.text("DeviceID")?.to_owned(),
        name,
        client_type: client_type.clone(),
        client_version: client_version.clone(),
        last_success_sync: time("LastSuccessSync")?,
        wipe_requested: later("DeviceWipeRequestTime", "AccountOnlyDeviceWipeRequestTime")?,
        wipe_acknowledged: later("DeviceWipeAckTime", "AccountOnlyDeviceWipeAckTime")?,
        device_type,
    })
}
