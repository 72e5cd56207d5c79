//! The ways into a mailbox.

use serde_json::{Map, Value, json};

use super::{Ask, Row, Undo, nobody, so};
use crate::judge::calls::Call;

/// The switches of `Set-CASMailbox`; the last one says the opposite of the others.
const SWITCHES: [&str; 12] = [
    "ActiveSyncEnabled",
    "OWAEnabled",
    "OWAforDevicesEnabled",
    "MAPIEnabled",
    "EwsEnabled",
    "ImapEnabled",
    "PopEnabled",
    "OutlookMobileEnabled",
    "MacOutlookEnabled",
    "OneWinNativeOutlookEnabled",
    "UniversalOutlookEnabled",
    "SmtpClientAuthenticationDisabled",
];

fn blocks(name: &str) -> Value {
    json!(name == "SmtpClientAuthenticationDisabled")
}

pub(super) const BLOCK_PROTOCOLS: Row = Row {
    operation: "block_protocols",
    params: &[],
    undo: Undo::PutBack,
    holds: |ask| {
        let now = protocols(ask);
        so(!now.is_empty(), "there was no mailbox")?;
        let open = now.iter().find(|(name, value)| **value != blocks(name));
        open.map_or(Ok(()), |(name, value)| Err(format!("{name} was {value}")))
    },
    part: protocols,
    forward: |call, ask| sets(call, ask) == Some(true),
    back: |call, ask| sets(call, ask) == Some(false),
    owned: nobody,
    in_part: false,
};

fn protocols(ask: &Ask<'_>) -> Map<String, Value> {
    let Ok(mailbox) = ask.mailbox() else { return Map::new() };
    let p = &mailbox.protocols;
    let values = [
        json!(p.active_sync),
        json!(p.owa),
        json!(p.owa_for_devices),
        json!(p.mapi),
        json!(p.ews),
        json!(p.imap),
        json!(p.pop),
        json!(p.outlook_mobile),
        json!(p.mac_outlook),
        json!(p.one_win_native_outlook),
        json!(p.universal_outlook),
        json!(p.smtp_client_authentication_disabled),
    ];
    SWITCHES.iter().map(|name| (*name).to_owned()).zip(values).collect()
}

/// Whether a call blocks all of them; nothing where it is about none.
fn sets(call: &Call, ask: &Ask<'_>) -> Option<bool> {
    let given = |name: &&str| call.value(&format!("/{name}"));
    let about =
        call.runs("Set-CASMailbox", ask.began, ask.user) && SWITCHES.iter().any(|name| given(name).is_some());
    about.then(|| SWITCHES.iter().all(|name| given(name) == Some(&blocks(name))))
}
