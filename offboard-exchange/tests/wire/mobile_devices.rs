use offboard_core::failure::Kind;
use offboard_core::id::MobileDeviceId;
use offboard_core::model::mobile_device::{MobileDevice, Wipe};
use offboard_core::ports::{ClientAccessPort, MobileDevices};
use offboard_http::transport::Reached;
use serde_json::{Value, json};

use crate::bench::{Asked, Bench, ID, call, done, id, lost, missing, objects};

const PHONE: &str = "5f8b1c2d-3e4f-4051-9263-748596a7b8c9";

fn phone() -> MobileDeviceId {
    PHONE.parse().unwrap()
}

fn client() -> Value {
    json!({ "Guid": PHONE, "ClientType": "EAS", "ClientVersion": "16.1" })
}

fn statistics() -> Value {
    json!({
        "Guid": PHONE,
        "DeviceID": "ApplDN6G8XYZ",
        "DeviceType": "iPhone",
        "DeviceFriendlyName": null,
        "DeviceModel": "iPhone14C2",
        "LastSuccessSync": "2026-11-29T12:00:00.0000000",
        "DeviceWipeRequestTime": null,
        "DeviceWipeAckTime": null,
        "AccountOnlyDeviceWipeRequestTime": "2026-11-30T12:00:00.0000000",
        "AccountOnlyDeviceWipeAckTime": null,
    })
}

async fn read(clients: &[Value], devices: &[Value]) -> Result<Option<Vec<MobileDevice>>, Kind> {
    let bench = Bench::new([objects(clients), objects(devices)]);
    let found = bench.exchange.mobile_devices(&call(), id()).await;
    let asked = bench.asked();
    let cmdlets: Vec<_> = asked.iter().map(Asked::cmdlet).collect();
    assert_eq!(cmdlets, ["Get-MobileDevice", "Get-MobileDeviceStatistics"]);
    assert_eq!(*asked[0].parameters(), json!({ "Mailbox": ID, "ResultSize": "Unlimited" }));
    assert_eq!(*asked[1].parameters(), json!({ "Mailbox": ID }));
    found.map_err(|error| error.kind())
}

#[tokio::test]
async fn a_device_is_read_from_two_lists() {
    let found = read(&[client()], &[statistics()]).await.unwrap().unwrap();
    let wanted = MobileDevice {
        id: phone(),
        device_id: "ApplDN6G8XYZ".into(),
        name: "iPhone14C2".into(),
        device_type: "iPhone".into(),
        client_type: "EAS".into(),
        client_version: "16.1".into(),
        last_success_sync: Some("2026-11-29T12:00:00Z".parse().unwrap()),
        wipe_requested: Some("2026-11-30T12:00:00Z".parse().unwrap()),
        wipe_acknowledged: None,
    };
    assert_eq!(found, [wanted]);
    let mut wiped = statistics();
    wiped["DeviceWipeAckTime"] = json!("2026-11-30T13:00:00Z");
    let found = read(&[client()], &[wiped]).await.unwrap().unwrap();
    assert!(!found[0].wipe_is_pending());
    assert_eq!(read(&[], &[]).await.unwrap(), Some(vec![]));
}

#[tokio::test]
async fn nothing_is_guessed() {
    for property in statistics().as_object().unwrap().keys() {
        let mut row = statistics();
        row.as_object_mut().unwrap().remove(property);
        assert_eq!(read(&[client()], &[row]).await, Err(Kind::Protocol), "{property}");
    }
    for property in ["Guid", "ClientType", "ClientVersion"] {
        let mut row = client();
        row.as_object_mut().unwrap().remove(property);
        let bench = Bench::new([objects(&[row])]);
        let error = bench.exchange.mobile_devices(&call(), id()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Protocol, "{property}");
    }
    // A list that has one more than the other shows that nobody knows yet.
    assert_eq!(read(&[client()], &[]).await, Err(Kind::Unavailable));
    assert_eq!(read(&[], &[statistics()]).await, Err(Kind::Unavailable));
    let bench = Bench::new([missing()]);
    assert_eq!(bench.exchange.mobile_devices(&call(), id()).await.unwrap(), None);
}

#[tokio::test]
async fn a_wipe_is_asked_for_once_and_names_the_device_by_its_guid() {
    for (wipe, wanted) in [
        (Wipe::AccountOnly, json!({ "Identity": PHONE, "AccountOnly": true, "Confirm": false })),
        (Wipe::App, json!({ "Identity": PHONE, "Confirm": false })),
    ] {
        let bench = Bench::new([done(&[])]);
        bench.exchange.request_wipe(&call(), id(), phone(), wipe).await.unwrap();
        let asked = bench.asked_once();
        assert_eq!((asked.cmdlet(), asked.parameters()), ("Clear-MobileDevice", &wanted));
    }
    let bench = Bench::new([lost(Reached::MaybeSent)]);
    let error = bench.exchange.request_wipe(&call(), id(), phone(), Wipe::AccountOnly).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Indeterminate);
    bench.asked_once();
}

#[tokio::test]
async fn a_device_is_kept_out_and_let_in_again_beside_the_others() {
    for (blocked, key) in [(true, "add"), (false, "remove")] {
        let bench = Bench::new([done(&[])]);
        bench.exchange.set_device_blocked(&call(), id(), "ApplDN6G8XYZ", blocked).await.unwrap();
        let asked = bench.asked_once();
        let edit = json!({ "@odata.type": "#Exchange.GenericHashTable", key: ["ApplDN6G8XYZ"] });
        let wanted = json!({ "Identity": ID, "ActiveSyncBlockedDeviceIDs": edit, "Confirm": false });
        assert_eq!((asked.cmdlet(), asked.parameters()), ("Set-CASMailbox", &wanted));
    }
}
