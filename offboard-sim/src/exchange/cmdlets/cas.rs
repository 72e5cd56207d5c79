//! `Get-CASMailbox`, `Set-CASMailbox`: the ways into a mailbox (R49 to R51, R81).

use super::super::bind::{Bound, ListEdit};
use super::super::lookup::{self, Among};
use super::super::refusal::Refusal;
use super::super::reply::{Output, Row};
use super::{only, unchanged};
use crate::world::{Protocols, World};

type Switch = (&'static str, fn(&mut Protocols) -> &mut bool);

const SWITCHES: [Switch; 11] = [
    ("ActiveSyncEnabled", |protocols| &mut protocols.active_sync),
    ("OWAEnabled", |protocols| &mut protocols.owa),
    ("OWAforDevicesEnabled", |protocols| &mut protocols.owa_for_devices),
    ("MAPIEnabled", |protocols| &mut protocols.mapi),
    ("ImapEnabled", |protocols| &mut protocols.imap),
    ("PopEnabled", |protocols| &mut protocols.pop),
    ("EwsEnabled", |protocols| &mut protocols.ews),
    ("OutlookMobileEnabled", |protocols| &mut protocols.outlook_mobile),
    ("MacOutlookEnabled", |protocols| &mut protocols.mac_outlook),
    ("OneWinNativeOutlookEnabled", |protocols| &mut protocols.one_win_native_outlook),
    ("UniversalOutlookEnabled", |protocols| &mut protocols.universal_outlook),
];

const SMTP: &str = "SmtpClientAuthenticationDisabled";
const BLOCKED: &str = "ActiveSyncBlockedDeviceIDs";

/// `Get-CASMailbox`.
pub(super) fn get(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["ResultSize"])?;
    let found = lookup::some(world, bound.text("Identity"), Among::Mailboxes)?;
    let rows = found.iter().map(|found| {
        let mut protocols = found.mailbox.protocols;
        let row = Row::default()
            .text("Identity", found.name())
            .text("Name", found.name())
            .guid("Guid", found.user.id)
            .text("ExternalDirectoryObjectId", found.user.id.to_string())
            .text("DisplayName", &found.user.display_name)
            .text("PrimarySmtpAddress", found.primary_smtp_address())
            .list(BLOCKED, &found.mailbox.active_sync_blocked_device_ids);
        let row = SWITCHES.iter().fold(row, |row, (name, at)| row.flag(name, *at(&mut protocols)));
        match protocols.smtp_client_authentication_disabled {
            Some(disabled) => row.flag(SMTP, disabled),
            None => row.maybe(SMTP, None::<String>),
        }
    });
    Ok(Output::rows(rows.collect()))
}

/// `Set-CASMailbox`.
pub(super) fn set(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    let simulated: Vec<_> = SWITCHES.iter().map(|(name, _)| *name).chain([SMTP, BLOCKED]).collect();
    only(bound, &simulated)?;
    let guid = lookup::target(seen, world, bound.text("Identity"))?;
    let changed = lookup::change(world, guid, |mailbox| {
        for (name, at) in SWITCHES {
            if let Some(value) = bound.boolean(name) {
                *at(&mut mailbox.protocols) = value;
            }
        }
        let list = &mut mailbox.active_sync_blocked_device_ids;
        match bound.list(BLOCKED) {
            None => {}
            Some(ListEdit::Replace(ids)) => *list = ids,
            Some(ListEdit::Change { add, remove }) => {
                list.retain(|id| !remove.contains(id));
                let new: Vec<String> = add.into_iter().filter(|id| !list.contains(id)).collect();
                list.extend(new);
            }
        }
        // `$null` leaves it to the organisation again.
        if bound.given(SMTP) {
            mailbox.protocols.smtp_client_authentication_disabled = bound.boolean(SMTP);
        }
    });
    Ok(if changed { Output::done() } else { unchanged(bound.text("Identity").unwrap_or_default()) })
}
