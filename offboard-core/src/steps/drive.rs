//! What the steps on a OneDrive share: what it says of itself, who can change it here, and the words of its commands.

use super::common::of;
use crate::facts::{Fact, Facts, Why};
use crate::failure::{Failure, Kind};
use crate::id::UserId;
use crate::operation::{Instructions, Route};
use crate::time::Period;

/// How long SharePoint may take to show a write.
pub(super) const LATENCY: Period = Period::minutes(15);

/// What a OneDrive says of itself. That there is none is said by the drive alone: where there is one, or nobody knows, what
/// it does not say is unknown, for what was given there may still be in effect.
pub(super) fn told<T>(facts: &Facts, user: UserId, fact: Fact<T>, what: &str, hint: &str) -> Fact<T> {
    let drive = of(facts, user, |person| person.drive.clone());
    match (fact, drive) {
        (Fact::Absent | Fact::NotOffered(Why::Cloud), Fact::Known(drive)) => {
            Fact::Unknown(not_told(drive.locked, what, hint))
        }
        (Fact::Absent | Fact::NotOffered(Why::Cloud), Fact::Unknown(failure)) => Fact::Unknown(failure),
        (fact, _) => fact,
    }
}

fn not_told(locked: bool, what: &str, hint: &str) -> Failure {
    let (why, hint) = if locked {
        ("it is locked or archived", format!("unlock it, and resume; or {hint}"))
    } else {
        ("this sign-in is not told", hint.to_owned())
    };
    Failure::new(Kind::Unsupported, format!("{what} is not known: {why}")).code("not_offered").hint(hint)
}

/// Who does it, where that follows from the OneDrive alone (G44). What could not be read changes nothing: the state says so.
pub(super) fn route(facts: &Facts, user: UserId, by_hand: impl FnOnce(&str) -> Instructions) -> Route {
    match of(facts, user, |person| person.drive.clone()) {
        Fact::Absent => Route::Skip("there is no OneDrive".to_owned()),
        Fact::NotOffered(Why::Unused) => Route::Skip("OneDrive is not used".to_owned()),
        Fact::NotOffered(_) => Route::HandOff(by_hand("this cloud does not offer the OneDrive here")),
        Fact::Known(drive) if drive.locked => {
            Route::HandOff(by_hand("the OneDrive is locked or archived; nobody can change it like that"))
        }
        Fact::Known(_) | Fact::Unknown(_) => Route::Change,
    }
}

/// The site in a command, and the commands by which it is found and can be changed.
pub(super) fn site(facts: &Facts, user: UserId) -> (String, Vec<String>) {
    let drive = of(facts, user, |person| person.drive.clone());
    let mut commands = Vec::new();
    let site = if let Some(site) = drive.known().and_then(|drive| drive.site_url.as_deref()) {
        quoted(site)
    } else {
        // A locked one does not say where it is. Sovereign clouds have hosts like `-my.sharepoint-mil.us`.
        commands.push(format!(
            "$site = (Get-SPOSite -IncludePersonalSite $true -Limit All -Filter \"Url -like '-my.sharepoint'\" | \
             Where-Object Owner -eq {}).Url",
            quoted(&name_of(facts, user))
        ));
        "$site".to_owned()
    };
    if drive.known().is_some_and(|drive| drive.locked) {
        commands.push(format!(
            "Set-SPOSite -Identity {site} -LockState Unlock   # archived: Set-SPOSiteArchiveState {site} -ArchiveState Active"
        ));
    }
    (site, commands)
}

/// The sign-in name, which is what the cmdlets take.
pub(super) fn name_of(facts: &Facts, id: UserId) -> String {
    let user = of(facts, id, |person| person.user.clone());
    user.known()
        .map_or_else(|| format!("(the sign-in name of {id})"), |user| user.user_principal_name.clone())
}

/// A text of PowerShell in which nothing is read as anything else.
pub(super) fn quoted(text: &str) -> String {
    let plain = text.replace(char::is_control, " ");
    // PowerShell takes the curly ones for quotes too.
    let doubled: String = plain
        .chars()
        .flat_map(|c| std::iter::repeat_n(c, if matches!(c, '\'' | '\u{2018}'..='\u{201b}') { 2 } else { 1 }))
        .collect();
    format!("'{doubled}'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TenantId;
    use crate::model::cloud::Cloud;
    use crate::model::drive::Drive;
    use crate::time::Timestamp;

    #[test]
    fn a_drive_that_does_not_say_it_is_not_said_to_be_none() {
        let leaver = UserId::from_u128(1);
        let seen = |drive, fact: Fact<u8>| {
            let mut facts =
                Facts::new(TenantId::from_u128(3), Cloud::Worldwide, leaver, Timestamp::from_micros(0));
            facts.leaver.drive = drive;
            told(&facts, leaver, fact, "who may open it", "look")
        };
        let drive = |locked| {
            Fact::Known(Drive {
                id: "b!1".to_owned(),
                web_url: String::new(),
                site_url: None,
                used: None,
                remaining: None,
                locked,
            })
        };
        let message = |fact| match fact {
            Fact::Unknown(failure) => failure.message,
            other => panic!("{other:?}"),
        };
        assert!(message(seen(drive(true), Fact::NotOffered(Why::Cloud))).contains("locked"));
        for silent in [Fact::NotOffered(Why::Cloud), Fact::Absent] {
            assert!(message(seen(drive(false), silent)).contains("not told"));
        }
        let lost = Failure::new(Kind::Unavailable, "503");
        assert_eq!(message(seen(Fact::Unknown(lost), Fact::Absent)), "503");
        assert_eq!(seen(Fact::Absent, Fact::Absent), Fact::Absent);
        assert_eq!(
            seen(Fact::NotOffered(Why::Unused), Fact::NotOffered(Why::Unused)),
            Fact::NotOffered(Why::Unused)
        );
        assert_eq!(seen(drive(false), Fact::Known(7)), Fact::Known(7));
    }
}
