//! `Get-MobileDevice`, `Get-MobileDeviceStatistics`, `Clear-MobileDevice` (CONTRACT C5).

use super::super::bind::Bound;
use super::super::lookup::{self, Among, Found};
use super::super::quantity;
use super::super::refusal::{RECIPIENT_TASK, Refusal};
use super::super::reply::{Output, Row};
use super::only;
use crate::world::{MobileDevice, World};

/// `Get-MobileDevice`.
pub(super) fn get(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["Mailbox", "ResultSize"])?;
    let rows = chosen(world, bound)?.into_iter().map(|(found, device)| {
        common(&found, device)
            .text("DeviceId", &device.device_id)
            .maybe("FriendlyName", device.friendly_name.as_ref())
            .text("DeviceAccessState", access(&found, device))
    });
    Ok(Output::rows(rows.collect()))
}

/// `Get-MobileDeviceStatistics`.
pub(super) fn statistics(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["Mailbox"])?;
    let rows = chosen(world, bound)?.into_iter().map(|(found, device)| {
        let wipe = |account_only: bool| device.wipe.as_ref().filter(|wipe| wipe.account_only == account_only);
        let status = match &device.wipe {
            None => access(&found, device).replace("Allowed", "Ok"),
            Some(wipe) => format!(
                "{}{}",
                if wipe.account_only { "AccountOnly" } else { "" },
                if wipe.acknowledged.is_some() { "DeviceWipeSucceeded" } else { "DeviceWipePending" }
            ),
        };
        let row = common(&found, device)
            .text("DeviceID", &device.device_id)
            .maybe("DeviceFriendlyName", device.friendly_name.as_ref())
            .text("Status", status)
            .maybe("LastSuccessSync", device.last_success_sync.map(quantity::time));
        [("", false), ("AccountOnly", true)].into_iter().fold(row, |row, (kind, account_only)| {
            let wipe = wipe(account_only);
            let acknowledged = wipe.and_then(|wipe| wipe.acknowledged).map(quantity::time);
            row.maybe(
                &format!("{kind}DeviceWipeRequestTime"),
                wipe.map(|wipe| quantity::time(wipe.requested)),
            )
            .maybe(&format!("{kind}DeviceWipeSentTime"), acknowledged.clone())
            .maybe(&format!("{kind}DeviceWipeAckTime"), acknowledged)
        })
    });
    Ok(Output::rows(rows.collect()))
}

fn common(found: &Found<'_>, device: &MobileDevice) -> Row {
    Row::default()
        .text(
            "Identity",
            format!(
                "{}\\ExchangeActiveSyncDevices\\{}§{}",
                found.name(),
                device.device_type,
                device.device_id
            ),
        )
        .guid("Guid", device.guid)
        .text("DeviceType", &device.device_type)
        .text("DeviceModel", &device.model)
        .text("ClientType", &device.client_type)
        .text("ClientVersion", &device.client_version)
}

fn access(found: &Found<'_>, device: &MobileDevice) -> String {
    let blocked = found.mailbox.active_sync_blocked_device_ids.contains(&device.device_id);
    if blocked { "Blocked" } else { "Allowed" }.to_owned()
}

/// The devices of a mailbox, or the one that is meant; without either, everybody's.
fn chosen<'a>(world: &'a World, bound: &Bound) -> Result<Vec<(Found<'a>, &'a MobileDevice)>, Refusal> {
    let mailbox = bound.text("Mailbox");
    let found = lookup::some(world, mailbox, Among::Mailboxes)?;
    let all = found.into_iter().flat_map(|found| {
        let devices = found.mailbox.mobile_devices.iter();
        devices.map(move |device| (found, device))
    });
    let Some(identity) = bound.text("Identity") else { return Ok(all.collect()) };
    let meant: Vec<_> = all.filter(|(_, device)| is(device, identity)).collect();
    if meant.is_empty() { Err(Refusal::not_found(identity, lookup::SERVER)) } else { Ok(meant) }
}

fn is(device: &MobileDevice, identity: &str) -> bool {
    device.guid.to_string().eq_ignore_ascii_case(identity)
}

/// `Clear-MobileDevice`: asks the device, which does it when it comes next.
pub(super) fn clear(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["AccountOnly", "Cancel"])?;
    let identity = bound.text("Identity").unwrap_or_default();
    let meant = lookup::all(seen, Among::Mailboxes).into_iter().find_map(|found| {
        let device = found.mailbox.mobile_devices.iter().find(|device| is(device, identity))?;
        Some((found.mailbox.guid, device.clone()))
    });
    let Some((mailbox, device)) = meant else { return Err(Refusal::not_found(identity, lookup::SERVER)) };
    if bound.switch("Cancel") {
        lookup::change(world, mailbox, |mailbox| {
            let devices = mailbox.mobile_devices.iter_mut().filter(|row| row.guid == device.guid);
            devices.for_each(|row| {
                row.wipe = row.wipe.take().filter(|wipe| wipe.acknowledged.is_some());
            });
        });
        return Ok(Output::done());
    }
    let account_only = bound.switch("AccountOnly");
    if account_only && !device.knows_account_only() {
        let text = "The device doesn't support an account only remote wipe. Exchange ActiveSync 16.1 or later is required.";
        return Err(Refusal::rule(RECIPIENT_TASK, text));
    }
    world.request_wipe(mailbox, device.guid, account_only);
    Ok(Output::done())
}
