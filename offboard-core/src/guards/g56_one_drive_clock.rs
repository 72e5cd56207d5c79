//! G56: without a license a OneDrive has a clock, whether the account stays or not (R35, R38).

use super::removal::{self, Removal, removes};
use super::support::{Look, look, size, unknown, unused_and_licensed};
use crate::facts::{Facet, Facts, Service};
use crate::model::drive::Drive;
use crate::model::intent::Intent;
use crate::model::license::Brings;
use crate::operation::{Findings, Guard, Subject};
use crate::time::{Period, Timestamp};

/// When an unlicensed OneDrive can only be read, counted from the removal.
pub(crate) const READ_ONLY: Period = Period::days(60);

/// When it is archived; later it is deleted.
pub(super) const ARCHIVED: Period = Period::days(93);

/// Refuses to start the clock over data, unless the policy says aloud that they may be lost.
#[derive(Debug)]
pub struct OneDriveClock;

impl Guard for OneDriveClock {
    fn code(&self) -> &'static str {
        "G56"
    }

    fn requirement(&self) -> &'static str {
        "R35"
    }

    fn title(&self) -> &'static str {
        "Files in OneDrive do not outlive its license"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = removal::reads(step.leaver);
        facets.push(Facet::Drive(step.leaver));
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        now: Timestamp,
        findings: &mut Findings,
    ) {
        // The removal waits until the copies are seen (E24, G46): what is lost then is there once more.
        if intent.files_copied || !Removal::of(facts, step).takes(Brings::OneDrive) {
            return;
        }
        unused_and_licensed(&facts.leaver.drive, Service::OneDrive, findings);
        match look(facts.leaver.drive.as_ref()) {
            Look::There(drive) => judge_drive(drive, step.at.max(now), intent, findings),
            Look::Nothing => {}
            Look::Unknown(failure) => unknown(step, &Facet::Drive(step.leaver), &failure, findings),
        }
    }
}

fn judge_drive(drive: &Drive, removed: Timestamp, intent: &Intent, findings: &mut Findings) {
    // Locked or archived, a drive does not say how much it holds: not nothing.
    let held = match drive.used {
        Some(0) => return,
        Some(used) => size(used),
        None => "an unknown amount of data".to_owned(),
    };
    let message = format!(
        "the OneDrive {} holds {held}; without its license it can only be read from {} and is archived on {}, then \
         deleted, unless a retention policy or archive billing keeps it",
        drive.web_url,
        (removed + READ_ONLY).date(),
        (removed + ARCHIVED).date()
    );
    if intent.files_loss_accepted {
        let hint = "the policy accepts this (files.loss_accepted); whoever wants a file fetches it before";
        findings.warn("files_loss_accepted", message, hint);
    } else {
        findings.block(
            "one_drive_data",
            message,
            "keep a license with OneDrive, move the files first, or say in the policy that they may be lost \
             (files.loss_accepted = true)",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Fact, Why};
    use crate::guards::testing::{E3, ONE_DRIVE, Trial, VISIO};

    fn holding(used: Option<u64>) -> Trial {
        Trial::removing(&[E3]).with(|facts| facts.leaver.drive.known_mut().unwrap().used = used)
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&OneDriveClock)
    }

    #[test]
    fn data_stop_it_unless_their_loss_is_accepted() {
        assert_eq!(keys(&holding(Some(1))), ["block one_drive_data"]);
        assert!(keys(&holding(Some(0))).is_empty());
        assert_eq!(keys(&holding(None)), ["block one_drive_data"]);
        assert!(keys(&holding(Some(1)).wanting(|intent| intent.files_copied = true)).is_empty());
        let accepted = holding(Some(1)).wanting(|intent| intent.files_loss_accepted = true);
        assert_eq!(keys(&accepted), ["warn files_loss_accepted"]);
    }

    #[test]
    fn the_dates_are_said() {
        let message = &holding(Some(1)).findings(&OneDriveClock)[0].message;
        assert!(message.contains("2027-01-29") && message.contains("2027-03-03"), "{message}");
    }

    #[test]
    fn only_the_last_license_with_a_drive_starts_the_clock() {
        assert!(keys(&holding(Some(1)).licensed(&[E3, ONE_DRIVE])).is_empty());
        let visio = Trial { params: Trial::removing(&[VISIO]).params, ..holding(Some(1)) };
        assert!(keys(&visio.licensed(&[E3, VISIO])).is_empty());
    }

    #[test]
    fn a_drive_that_cannot_be_read_may_hold_data() {
        assert_eq!(keys(&holding(Some(0)).blank(Facet::Drive)), ["block unknown:the OneDrive"]);
        let unused = holding(Some(1)).with(|facts| facts.leaver.drive = Fact::NotOffered(Why::Unused));
        assert_eq!(keys(&unused), ["warn unused:one_drive"]);
        assert!(keys(&holding(Some(1)).with(|facts| facts.leaver.drive = Fact::Absent)).is_empty());
    }
}
