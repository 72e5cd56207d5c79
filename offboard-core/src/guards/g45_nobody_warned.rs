//! G45: the manager is warned before a deleted leaver's OneDrive goes; without one nobody is (N6).

use super::support::{Look, look, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::drive::Drive;
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says that nobody inherits the files and nobody is warned.
#[derive(Debug)]
pub struct NobodyWarned;

impl Guard for NobodyWarned {
    fn code(&self) -> &'static str {
        "G45"
    }

    fn requirement(&self) -> &'static str {
        "N6"
    }

    fn title(&self) -> &'static str {
        "Somebody is warned before the files of a deleted account go"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["delete_user"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Manager(step.leaver), Facet::Drive(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        match look(facts.leaver.drive.as_ref()) {
            Look::There(Drive { used: Some(0), .. }) | Look::Nothing => return,
            Look::There(_) | Look::Unknown(_) => {}
        }
        match look(facts.leaver.manager.as_ref()) {
            Look::There(_) => {}
            Look::Nothing => findings.warn(
                "no_manager",
                "the leaver has no manager: nobody gets access to the files, and nobody is warned before they go, \
                 unless the organisation has set a secondary owner (SharePoint admin center, My Sites)",
                "set a manager before the account is deleted, or see that somebody fetches the files",
            ),
            Look::Unknown(failure) => unknown_warns(&Facet::Manager(step.leaver), &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{SUCCESSOR, Trial};

    fn holding(used: u64, manager: Fact<crate::id::UserId>) -> Trial {
        Trial::of("delete_user").with(|facts| {
            facts.leaver.drive.known_mut().unwrap().used = Some(used);
            facts.leaver.manager = manager;
        })
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&NobodyWarned)
    }

    #[test]
    fn files_without_a_manager_are_said() {
        assert_eq!(keys(&holding(7, Fact::Absent)), ["warn no_manager"]);
        assert!(keys(&holding(7, Fact::Known(SUCCESSOR))).is_empty());
        assert!(keys(&holding(0, Fact::Absent)).is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(keys(&holding(7, Fact::default())), ["warn unknown:the manager"]);
        assert_eq!(keys(&holding(0, Fact::Absent).blank(Facet::Drive)), ["warn no_manager"]);
    }
}
