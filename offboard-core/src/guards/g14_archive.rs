//! G14: archives (R27). That an archive needs its license is judged with the other limits, by G6.

use super::removal::removes;
use super::support::{Look, look_mailbox, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says what an archive means for the mailbox's future, before anything is changed.
#[derive(Debug)]
pub struct Archive;

impl Guard for Archive {
    fn code(&self) -> &'static str {
        "G14"
    }

    fn requirement(&self) -> &'static str {
        "R27"
    }

    fn title(&self) -> &'static str {
        "An archive needs a license, and an auto-expanding one cannot be restored"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step) || step.is_forward(&["convert_to_shared"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Recipient(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let mailbox = match look_mailbox(facts) {
            Look::There(mailbox) => mailbox,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown_warns(&Facet::Recipient(step.leaver), &failure, findings);
            }
        };
        if mailbox.has_archive && step.is_forward(&["convert_to_shared"]) {
            findings.warn(
                "archive",
                "the mailbox has an archive: converted, it still needs Exchange Online Plan 2, or Plan 1 with \
                 Archiving",
                "keep the license (licenses.disposition = \"keep\"), or export and disable the archive first",
            );
        }
        if mailbox.auto_expanding_archive_enabled {
            findings.warn(
                "auto_expanding_archive",
                "the archive expands by itself: from an inactive mailbox it can be searched and exported, never \
                 recovered or restored",
                "export what is needed while the mailbox is alive",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{E3, Trial};

    #[test]
    fn an_archive_is_said_before_the_conversion() {
        let convert = || Trial::of("convert_to_shared");
        assert_eq!(convert().mailbox(|m| m.has_archive = true).judge(&Archive), ["warn archive"]);
        assert!(convert().judge(&Archive).is_empty());
        let removal = Trial::removing(&[E3]).mailbox(|m| m.has_archive = true);
        assert!(removal.judge(&Archive).is_empty(), "there G6 speaks");
    }

    #[test]
    fn one_that_expands_cannot_be_restored() {
        let removal = Trial::removing(&[E3]);
        assert!(removal.judge(&Archive).is_empty());
        let expanding = removal.mailbox(|m| m.auto_expanding_archive_enabled = true);
        assert_eq!(expanding.judge(&Archive), ["warn auto_expanding_archive"]);
        assert_eq!(expanding.blank(Facet::Recipient).judge(&Archive), ["warn unknown:the mailbox"]);
    }
}
