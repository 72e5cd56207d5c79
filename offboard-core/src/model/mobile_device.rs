//! Phones and tablets that synchronise a mailbox (CONTRACT C5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::MobileDeviceId;
use crate::time::Timestamp;

/// The first version of Exchange ActiveSync that knows an account-only wipe.
const ACCOUNT_ONLY_SINCE: (u32, u32) = (16, 1);

/// A device in a mailbox: one app on one phone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MobileDevice {
    /// `Guid`: by which exactly this one is wiped.
    pub id: MobileDeviceId,
    /// `DeviceID`: by which it is blocked.
    pub device_id: String,
    /// `DeviceFriendlyName`, `DeviceModel` or `DeviceType`, for people.
    pub name: String,
    /// `DeviceType`: `Outlook`, `iPhone`, ...
    pub device_type: String,
    /// `ClientType`: `EAS`, `Outlook`, `REST`, `MOWA`, ...
    pub client_type: String,
    /// `ClientVersion`: for ActiveSync the version of the protocol.
    pub client_version: String,
    /// `LastSuccessSync`.
    pub last_success_sync: Option<Timestamp>,
    /// `DeviceWipeRequestTime` or `AccountOnlyDeviceWipeRequestTime`, the later one.
    pub wipe_requested: Option<Timestamp>,
    /// `DeviceWipeAckTime` or `AccountOnlyDeviceWipeAckTime`, the later one.
    pub wipe_acknowledged: Option<Timestamp>,
}

/// A wipe that leaves everything private alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wipe {
    /// `Clear-MobileDevice -AccountOnly`: a mail app of the phone's own that speaks ActiveSync 16.1 drops the account.
    AccountOnly,
    /// `Clear-MobileDevice`: Outlook for iOS and Android drops its own data, whatever it is told. To any other app this
    /// would mean the whole phone.
    App,
}

impl MobileDevice {
    /// The wipe that takes the organisation's data and nothing else; the error says why there is none.
    pub fn wipe(&self) -> Result<Wipe, String> {
        let is = |word: &str| self.client_type.eq_ignore_ascii_case(word);
        if self.device_type.eq_ignore_ascii_case("Outlook") && (is("Outlook") || is("REST")) {
            return Ok(Wipe::App);
        }
        if !is("EAS") {
            return Err(format!(
                "a client of the type {} is not known to drop its account alone",
                self.client_type
            ));
        }
        match version(&self.client_version) {
            Some(spoken) if spoken >= ACCOUNT_ONLY_SINCE => Ok(Wipe::AccountOnly),
            _ => Err(format!(
                "it speaks ActiveSync {}, and dropping the account alone needs 16.1; the whole phone would be reset",
                self.client_version
            )),
        }
    }

    /// A wipe was asked for and has not been acknowledged since.
    pub fn wipe_is_pending(&self) -> bool {
        self.wipe_requested.is_some_and(|asked| self.wipe_acknowledged.is_none_or(|done| done < asked))
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(device_type: &str, client_type: &str, client_version: &str) -> MobileDevice {
        MobileDevice {
            id: MobileDeviceId::from_u128(1),
            device_id: "ApplDN6G8XYZ".to_owned(),
            name: "a phone".to_owned(),
            device_type: device_type.to_owned(),
            client_type: client_type.to_owned(),
            client_version: client_version.to_owned(),
            last_success_sync: None,
            wipe_requested: None,
            wipe_acknowledged: None,
        }
    }

    #[test]
    fn the_client_and_its_version_decide() {
        let wipe = |kind, client, version| device(kind, client, version).wipe();
        assert_eq!(wipe("Outlook", "Outlook", "1.0"), Ok(Wipe::App));
        assert_eq!(wipe("Outlook", "REST", "161"), Ok(Wipe::App));
        assert_eq!(wipe("iPhone", "EAS", "16.1"), Ok(Wipe::AccountOnly));
        assert_eq!(wipe("iPhone", "EAS", "17.0"), Ok(Wipe::AccountOnly));
        // An ActiveSync client may call itself whatever it likes.
        assert_eq!(wipe("Outlook", "EAS", "16.1"), Ok(Wipe::AccountOnly));
        for (kind, client, version) in [
            ("iPhone", "EAS", "16.0"),
            ("SAMSUNGSM", "EAS", "14.1"),
            ("Outlook", "EAS", "14.1"),
            ("iPhone", "EAS", ""),
            ("iPhone", "EAS", "new"),
            ("iPhone", "Outlook", "16.1"),
            ("UniversalOutlook", "UniversalOutlook", "16.1"),
            ("MOWA", "MOWA", "16.1"),
        ] {
            assert!(wipe(kind, client, version).is_err(), "{kind} {client} {version}");
        }
    }

    #[test]
    fn a_wipe_is_pending_until_it_is_acknowledged() {
        let at = |text: &str| Some(text.parse().unwrap());
        let (asked, done) = (at("2026-11-30T12:00:00Z"), at("2026-11-30T13:00:00Z"));
        let wiped = |wipe_requested, wipe_acknowledged| MobileDevice {
            wipe_requested,
            wipe_acknowledged,
            ..device("iPhone", "EAS", "16.1")
        };
        assert!(!wiped(None, None).wipe_is_pending());
        assert!(wiped(asked, None).wipe_is_pending());
        assert!(!wiped(asked, done).wipe_is_pending());
        assert!(wiped(done, asked).wipe_is_pending(), "asked again since");
    }
}
