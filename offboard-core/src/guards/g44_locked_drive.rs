//! G44: a OneDrive that is locked or archived already (R35).

use super::removal::{self, Removal, removes};
use super::support::{Look, look, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::license::Brings;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says that nobody can look into the drive before its license goes, nor get access as it is. Whether the license goes is
/// judged by G56.
#[derive(Debug)]
pub struct LockedDrive;

impl Guard for LockedDrive {
    fn code(&self) -> &'static str {
        "G44"
    }

    fn requirement(&self) -> &'static str {
        "R35"
    }

    fn title(&self) -> &'static str {
        "A locked or archived OneDrive is reactivated before anybody decides about it"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step) || hands_over(step)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = if hands_over(step) { vec![] } else { removal::reads(step.leaver) };
        facets.push(Facet::Drive(step.leaver));
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        if !hands_over(step) && !Removal::of(facts, step).takes(Brings::OneDrive) {
            return;
        }
        match look(facts.leaver.drive.as_ref()) {
            Look::There(drive) if drive.locked => findings.warn(
                "locked",
                format!("the OneDrive {} is locked or archived", drive.web_url),
                "a SharePoint administrator reactivates it (Set-SPOSite -LockState Unlock, or from the archive)",
            ),
            Look::There(_) | Look::Nothing => {}
            Look::Unknown(failure) => unknown_warns(&Facet::Drive(step.leaver), &failure, findings),
        }
    }
}

fn hands_over(step: &Subject<'_>) -> bool {
    step.is_forward(&["grant_drive_access", "share_drive", "copy_drive"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{E3, ONE_DRIVE, Trial};

    #[test]
    fn a_locked_drive_is_said_when_somebody_is_to_get_it() {
        let locked = |locked| {
            Trial::of("grant_drive_access")
                .with(|facts| facts.leaver.drive.known_mut().unwrap().locked = locked)
        };
        assert_eq!(locked(true).judge(&LockedDrive), ["warn locked"]);
        assert!(locked(false).judge(&LockedDrive).is_empty());
    }

    #[test]
    fn a_locked_drive_is_said_when_its_license_goes() {
        let locked = |locked| {
            Trial::removing(&[E3]).with(|facts| facts.leaver.drive.known_mut().unwrap().locked = locked)
        };
        assert_eq!(locked(true).judge(&LockedDrive), ["warn locked"]);
        assert!(locked(false).judge(&LockedDrive).is_empty());
        assert!(locked(true).licensed(&[E3, ONE_DRIVE]).judge(&LockedDrive).is_empty());
        assert_eq!(locked(false).blank(Facet::Drive).judge(&LockedDrive), ["warn unknown:the OneDrive"]);
    }
}
