//! Phones: what a wipe does to whom, and what keeps it from being fetched.

use http::StatusCode;
use offboard_core::id::MobileDeviceId;
use offboard_core::time::Period;
use serde_json::json;

use super::{Answer, Desk};
use crate::world::{MobileDevice, World};

const PHONE: MobileDeviceId = MobileDeviceId::from_u128(0x5c0f_f2b1_0000_4000_8000_0000_0000_00d1);

/// Alex with a phone that comes a minute after it was asked for a wipe.
fn desk(device_type: &str, client_type: &str, client_version: &str) -> Desk {
    let desk = Desk::new();
    let now = desk.tenant.world(|world| world.now);
    let device = MobileDevice {
        guid: PHONE,
        device_id: "ApplDN6G8XYZ".to_owned(),
        friendly_name: None,
        model: "a phone".to_owned(),
        device_type: device_type.to_owned(),
        client_type: client_type.to_owned(),
        client_version: client_version.to_owned(),
        signed_in: now,
        last_success_sync: Some(now),
        comes_after: Some(Period::minutes(1)),
        wipe: None,
        reset: false,
    };
    desk.change("alex", |mailbox| mailbox.mobile_devices = vec![device]);
    desk
}

fn phone(desk: &Desk) -> MobileDevice {
    desk.mailbox("alex").mobile_devices.remove(0)
}

fn clear(desk: &Desk, account_only: bool) -> Answer {
    let mut parameters = json!({ "Identity": PHONE.to_string(), "Confirm": false });
    if account_only {
        parameters["AccountOnly"] = json!(true);
    }
    desk.run("Clear-MobileDevice", parameters)
}

fn acknowledged(desk: &Desk) -> bool {
    desk.advance(Period::minutes(2));
    phone(desk).wipe.is_some_and(|wipe| wipe.acknowledged.is_some())
}

#[test]
fn a_wipe_waits_for_the_phone_and_is_shown_both_ways() {
    let desk = desk("iPhone", "EAS", "16.1");
    let mailbox = json!({ "Mailbox": desk.id("alex").to_string() });
    assert_eq!(desk.run("Get-MobileDevice", mailbox.clone()).one()["ClientVersion"], "16.1");
    assert_eq!(clear(&desk, true).status, StatusCode::OK);
    let pending = desk.run("Get-MobileDeviceStatistics", mailbox.clone());
    assert_eq!(pending.one()["Status"], "AccountOnlyDeviceWipePending");
    assert!(pending.one()["AccountOnlyDeviceWipeAckTime"].is_null());
    assert!(acknowledged(&desk));
    let done = desk.run("Get-MobileDeviceStatistics", mailbox);
    assert_eq!(done.one()["Status"], "AccountOnlyDeviceWipeSucceeded");
    assert!(
        done.one()["AccountOnlyDeviceWipeAckTime"].is_string() && done.one()["DeviceWipeAckTime"].is_null()
    );
    assert!(!phone(&desk).reset);
}

/// The trap: the same cmdlet without the switch takes everything private along, unless the client is Outlook.
#[test]
fn without_the_switch_a_mail_app_of_the_phones_own_resets_it() {
    for (kind, client, reset) in [("iPhone", "EAS", true), ("Outlook", "Outlook", false)] {
        let desk = desk(kind, client, "16.1");
        assert_eq!(clear(&desk, false).status, StatusCode::OK);
        assert!(acknowledged(&desk));
        assert_eq!(phone(&desk).reset, reset, "{kind}");
    }
}

#[test]
fn an_old_client_and_outlook_do_not_know_the_switch() {
    for (kind, client, version) in
        [("iPhone", "EAS", "16.0"), ("S5", "EAS", "14.1"), ("Outlook", "Outlook", "1.0")]
    {
        let desk = desk(kind, client, version);
        assert_eq!(clear(&desk, true).status, StatusCode::BAD_REQUEST, "{kind} {version}");
        assert_eq!(phone(&desk).wipe, None);
    }
}

#[test]
fn nothing_is_wiped_before_somebody_says_that_he_means_it() {
    let desk = desk("iPhone", "EAS", "16.1");
    let asked = desk.run("Clear-MobileDevice", json!({ "Identity": PHONE.to_string(), "AccountOnly": true }));
    assert!(asked.body.get("@adminapi.confirmationmessage").is_some());
    assert_eq!(phone(&desk).wipe, None);
    let nobody = json!({ "Identity": desk.id("alex").to_string(), "Confirm": false });
    assert_eq!(desk.run("Clear-MobileDevice", nobody).status, StatusCode::NOT_FOUND);
    clear(&desk, true);
    let cancel = json!({ "Identity": PHONE.to_string(), "Cancel": true, "Confirm": false });
    assert_eq!(desk.run("Clear-MobileDevice", cancel).status, StatusCode::OK);
    assert!(!acknowledged(&desk));
}

#[test]
fn whoever_is_locked_out_never_comes() {
    let locks: [fn(&mut World); 6] = [
        |world| alex(world, |world, id| world.users.get_mut(&id).unwrap().account_enabled = false),
        |world| {
            let later = world.now + Period::seconds(1);
            alex(world, |world, id| world.users.get_mut(&id).unwrap().last_password_change = later);
        },
        |world| {
            let later = world.now + Period::seconds(1);
            alex(world, |world, id| world.users.get_mut(&id).unwrap().sign_in_sessions_valid_from = later);
        },
        |world| alex(world, |world, id| world.mailbox_of_mut(&id).unwrap().account_disabled = true),
        |world| alex(world, |world, id| world.mailbox_of_mut(&id).unwrap().protocols.active_sync = false),
        |world| {
            alex(world, |world, id| {
                let blocked = vec!["ApplDN6G8XYZ".to_owned()];
                world.mailbox_of_mut(&id).unwrap().active_sync_blocked_device_ids = blocked;
            });
        },
    ];
    for (number, lock) in locks.into_iter().enumerate() {
        let desk = desk("iPhone", "EAS", "16.1");
        clear(&desk, true);
        desk.tenant.world(lock);
        assert!(!acknowledged(&desk), "lock {number}");
    }
    assert!({
        let desk = desk("iPhone", "EAS", "16.1");
        clear(&desk, true);
        acknowledged(&desk)
    });
}

fn alex(world: &mut World, change: impl FnOnce(&mut World, offboard_core::id::UserId)) {
    let id = world.user_by_upn("alex@contoso.com").unwrap().id;
    change(world, id);
}

#[test]
fn the_list_of_blocked_devices_is_edited_and_not_replaced() {
    let desk = desk("iPhone", "EAS", "16.1");
    desk.change("alex", |mailbox| mailbox.active_sync_blocked_device_ids = vec!["Old".to_owned()]);
    let edit = |key: &str| {
        json!({
            "Identity": desk.id("alex").to_string(),
            "ActiveSyncBlockedDeviceIDs": { "@odata.type": "#Exchange.GenericHashTable", key: ["ApplDN6G8XYZ"] },
        })
    };
    desk.run("Set-CASMailbox", edit("add"));
    assert_eq!(desk.mailbox("alex").active_sync_blocked_device_ids, ["Old", "ApplDN6G8XYZ"]);
    desk.run("Set-CASMailbox", edit("remove"));
    assert_eq!(desk.mailbox("alex").active_sync_blocked_device_ids, ["Old"]);
    let inherits =
        json!({ "Identity": desk.id("alex").to_string(), "SmtpClientAuthenticationDisabled": null });
    desk.change("alex", |mailbox| mailbox.protocols.smtp_client_authentication_disabled = Some(true));
    assert_eq!(desk.run("Set-CASMailbox", inherits).status, StatusCode::OK);
    assert_eq!(desk.mailbox("alex").protocols.smtp_client_authentication_disabled, None);
    let switch = json!({ "Identity": desk.id("alex").to_string(), "MAPIEnabled": null });
    assert_eq!(desk.run("Set-CASMailbox", switch).status, StatusCode::BAD_REQUEST);
}
