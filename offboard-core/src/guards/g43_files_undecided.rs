//! G43: an account with files is not deleted before somebody has said what becomes of them (R16, R38, R92).

use super::support::{Look, look, size, unknown};
use crate::facts::{Facet, Facts};
use crate::model::intent::{FilesDisposition, Intent};
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses where the policy says that there are no files to decide about, and there are.
#[derive(Debug)]
pub struct FilesUndecided;

impl Guard for FilesUndecided {
    fn code(&self) -> &'static str {
        "G43"
    }

    fn requirement(&self) -> &'static str {
        "R38"
    }

    fn title(&self) -> &'static str {
        "It is said what becomes of the files before the account is deleted"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["delete_user"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Drive(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        if intent.files != FilesDisposition::None {
            return;
        }
        let held = match look(facts.leaver.drive.as_ref()) {
            Look::There(drive) => match drive.used {
                Some(0) => return,
                Some(used) => size(used),
                // Locked or archived, a drive does not say how much it holds: not nothing.
                None => "an unknown amount of data".to_owned(),
            },
            Look::Nothing => return,
            Look::Unknown(failure) => return unknown(step, &Facet::Drive(step.leaver), &failure, findings),
        };
        findings.block(
            "files",
            format!("the OneDrive holds {held}, and the policy says that there are no files to decide about"),
            "choose what becomes of the files in the policy (`files.disposition`): `keep` leaves them until the \
             retention of the OneDrive ends",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::Trial;

    fn holding(used: Option<u64>, files: FilesDisposition) -> Trial {
        Trial::of("delete_user")
            .with(|facts| facts.leaver.drive.known_mut().unwrap().used = used)
            .wanting(|intent| intent.files = files)
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&FilesUndecided)
    }

    #[test]
    fn files_nobody_decided_about_keep_the_account() {
        assert_eq!(keys(&holding(Some(7), FilesDisposition::None)), ["block files"]);
        assert_eq!(keys(&holding(None, FilesDisposition::None)), ["block files"]);
        assert!(keys(&holding(Some(0), FilesDisposition::None)).is_empty());
        assert!(keys(&holding(Some(7), FilesDisposition::Keep)).is_empty());
    }

    #[test]
    fn a_drive_that_cannot_be_read_may_hold_files() {
        let unread = holding(Some(0), FilesDisposition::None).blank(Facet::Drive);
        assert_eq!(keys(&unread), ["block unknown:the OneDrive"]);
        let none = holding(Some(7), FilesDisposition::None).with(|facts| facts.leaver.drive = Fact::Absent);
        assert!(keys(&none).is_empty());
    }
}
