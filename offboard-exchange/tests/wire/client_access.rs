use offboard_core::failure::Kind;
use offboard_core::model::client_access::{ClientAccess, Protocols};
use offboard_core::ports::ClientAccessPort;
use serde_json::{Value, json};

use crate::bench::{Bench, ID, OTHER, call, done, id, missing, objects};

/// The ways into a mailbox as the service prints them.
fn printed() -> Value {
    json!({
        "ExternalDirectoryObjectId": ID,
        "ActiveSyncEnabled": true,
        "OWAEnabled": true,
        "OWAforDevicesEnabled": true,
        "MAPIEnabled": true,
        "EwsEnabled": true,
        "ImapEnabled": false,
        "PopEnabled": false,
        "OutlookMobileEnabled": true,
        "MacOutlookEnabled": true,
        "OneWinNativeOutlookEnabled": true,
        "UniversalOutlookEnabled": true,
        "SmtpClientAuthenticationDisabled": null,
        "ActiveSyncBlockedDeviceIDs@odata.type": "#Collection(String)",
        "ActiveSyncBlockedDeviceIDs": ["ApplDN6G8XYZ"],
    })
}

async fn read(row: Value) -> Result<ClientAccess, Kind> {
    let bench = Bench::new([objects(&[row])]);
    let found = bench.exchange.client_access(&call(), id()).await;
    let asked = bench.asked_once();
    assert_eq!((asked.cmdlet(), asked.parameters()), ("Get-CASMailbox", &json!({ "Identity": ID })));
    found.map(Option::unwrap).map_err(|error| error.kind())
}

#[tokio::test]
async fn each_way_is_read_and_none_is_guessed() {
    let access = read(printed()).await.unwrap();
    assert_eq!(access.active_sync_blocked_device_ids, ["ApplDN6G8XYZ"]);
    assert_eq!(access.protocols.smtp_client_authentication_disabled, None);
    for (name, on) in access.protocols.switches() {
        assert_eq!(json!(on), printed()[name], "{name}");
        let mut other = printed();
        other[name] = json!(!on);
        let seen = read(other).await.unwrap().protocols;
        assert_eq!(seen.switches().iter().filter(|(_, is)| *is).count(), if on { 8 } else { 10 }, "{name}");
    }
    for property in printed().as_object().unwrap().keys().filter(|key| !key.contains('@')) {
        let mut row = printed();
        row.as_object_mut().unwrap().remove(property);
        assert_eq!(read(row).await, Err(Kind::Protocol), "{property} is missing");
    }
    let mut others = printed();
    others["ExternalDirectoryObjectId"] = json!(OTHER);
    assert_eq!(read(others).await, Err(Kind::Protocol));
    let bench = Bench::new([missing()]);
    assert_eq!(bench.exchange.client_access(&call(), id()).await.unwrap(), None);
}

#[tokio::test]
async fn all_protocols_are_set_at_once() {
    let bench = Bench::new([done(&[])]);
    bench.exchange.set_protocols(&call(), id(), &Protocols::BLOCKED).await.unwrap();
    let asked = bench.asked_once();
    assert_eq!(asked.cmdlet(), "Set-CASMailbox");
    let wanted: serde_json::Map<String, Value> =
        Protocols::BLOCKED.switches().into_iter().map(|(name, on)| (name.to_owned(), json!(on))).collect();
    let mut wanted = Value::Object(wanted);
    wanted["Identity"] = json!(ID);
    wanted["SmtpClientAuthenticationDisabled"] = json!(true);
    wanted["Confirm"] = json!(false);
    assert_eq!(*asked.parameters(), wanted);
}
