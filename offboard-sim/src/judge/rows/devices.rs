//! Phones, wiped and kept out.

use serde_json::{Map, Value};

use super::{Ask, Row, Undo, never, nobody, only, so};
use crate::judge::calls::Call;
use crate::world::MobileDevice;

pub(super) const WIPE_MOBILE_DEVICE: Row = Row {
    operation: "wipe_mobile_device",
    params: &["device", "wipe"],
    undo: Undo::Impossible,
    holds: |ask| {
        let device = device(ask)?;
        so(!device.reset, "the whole device was reset, with everything private on it")?;
        let wipe = device.wipe.as_ref().ok_or("no wipe was asked for")?;
        so(wipe.acknowledged.is_some(), "the device had not come for its wipe")
    },
    part: |ask| {
        let wipe = device(ask).ok().and_then(|device| device.wipe.as_ref());
        let mut part = only("asked for", wipe.is_some());
        part.insert(
            "acknowledged".to_owned(),
            Value::Bool(wipe.is_some_and(|wipe| wipe.acknowledged.is_some())),
        );
        part
    },
    forward: |call, ask| {
        let named = call.text("/Identity").zip(ask.text("device"));
        call.cmdlet.as_deref() == Some("Clear-MobileDevice")
            && named.is_some_and(|(named, device)| named.eq_ignore_ascii_case(device))
            && call.flag("/Cancel") != Some(true)
    },
    back: never,
    owned: nobody,
    in_part: false,
};

pub(super) const BLOCK_MOBILE_DEVICE: Row = Row {
    operation: "block_mobile_device",
    params: &["device", "device_id"],
    undo: Undo::PutBack,
    holds: |ask| so(is_blocked(ask)?, "the device was let in"),
    part: |ask| is_blocked(ask).map(|blocked| only("blocked", blocked)).unwrap_or_default(),
    forward: |call, ask| edits(call, ask, "add"),
    back: |call, ask| edits(call, ask, "remove"),
    owned: nobody,
    in_part: false,
};

fn device<'a>(ask: &Ask<'a>) -> Result<&'a MobileDevice, String> {
    let id = ask.text("device").and_then(|text| text.parse().ok()).ok_or("`device` is no device id")?;
    let mut devices = ask.mailbox()?.mobile_devices.iter();
    devices.find(|device| device.guid == id).ok_or_else(|| "there was no such device".to_owned())
}

fn is_blocked(ask: &Ask<'_>) -> Result<bool, String> {
    let id = ask.text("device_id").unwrap_or_default();
    Ok(ask.mailbox()?.active_sync_blocked_device_ids.iter().any(|blocked| blocked == id))
}

fn edits(call: &Call, ask: &Ask<'_>, side: &str) -> bool {
    let list: Option<&Map<String, Value>> =
        call.value("/ActiveSyncBlockedDeviceIDs").and_then(Value::as_object);
    let named = list.and_then(|list| list.get(side)).and_then(Value::as_array);
    call.runs("Set-CASMailbox", ask.began, ask.user)
        && named.is_some_and(|ids| ids.iter().any(|id| id.as_str() == ask.text("device_id")))
}
