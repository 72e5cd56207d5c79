//! G11: a Litigation Hold needs a license that carries it (R23): Exchange Online Plan 2, or Archiving beside another plan.

use super::removal::{self, brought_now, carry_holds};
use super::support::{seen_mailbox, unknown};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::mailbox::Mailbox;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// What Exchange calls Plan 2 and Archiving among `PersistedCapabilities`.
const CARRYING: &[&str] = &["BPOS_S_Enterprise", "BPOS_S_ArchiveAddOn"];

/// Refuses the hold that the service would refuse, before anything is sent.
#[derive(Debug)]
pub struct HoldLicense;

impl Guard for HoldLicense {
    fn code(&self) -> &'static str {
        "G11"
    }

    fn requirement(&self) -> &'static str {
        "R23"
    }

    fn title(&self) -> &'static str {
        "A Litigation Hold is placed under a license that carries it"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["place_litigation_hold"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = removal::reads(step.leaver);
        facets.push(Facet::Recipient(step.leaver));
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
        let Some(mailbox) = seen_mailbox(facts, step, findings) else { return };
        // A hold that is there needs nothing more to be placed.
        if mailbox.litigation_hold_enabled || says_so(mailbox) {
            return;
        }
        match brought_now(facts).map(|brings| carry_holds(&brings)) {
            Ok(true) => {}
            Ok(false) => findings.block(
                "hold_license",
                "no license of the leaver carries a Litigation Hold; Exchange would refuse it",
                "assign Exchange Online Plan 2 (or Archiving beside Plan 1) until the account is deleted, or choose another \
                 end for the mail",
            ),
            Err(unread) => unknown(step, &unread.0, &unread.1, findings),
        }
    }
}

/// Exchange's own word. It lags behind licensing.
fn says_so(mailbox: &Mailbox) -> bool {
    mailbox.persisted_capabilities.iter().any(|name| CARRYING.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{ARCHIVING, E3, PLAN_1, Trial, VISIO};

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&HoldLicense)
    }

    fn without(skus: &[crate::id::SkuId]) -> Trial {
        Trial::of("place_litigation_hold")
            .mailbox(|mailbox| mailbox.persisted_capabilities.clear())
            .licensed(skus)
    }

    #[test]
    fn a_hold_needs_plan_2_or_archiving() {
        assert_eq!(keys(&without(&[PLAN_1])), ["block hold_license"]);
        assert!(keys(&without(&[E3])).is_empty());
        assert!(keys(&without(&[PLAN_1, ARCHIVING])).is_empty());
        assert_eq!(keys(&without(&[VISIO])), ["block hold_license"]);
        assert_eq!(keys(&without(&[])), ["block hold_license"]);
        assert_eq!(keys(&without(&[ARCHIVING])), ["block hold_license"], "there is no plan beside it");
        for name in CARRYING {
            let said = without(&[PLAN_1]).mailbox(|m| m.persisted_capabilities.push((*name).to_owned()));
            assert!(keys(&said).is_empty(), "{name}");
        }
    }

    #[test]
    fn a_license_in_error_carries_nothing() {
        let broken = without(&[E3]).with(|facts| {
            "Error".clone_into(&mut facts.leaver.licenses.known_mut().unwrap().assignments[0].state);
        });
        assert_eq!(keys(&broken), ["block hold_license"]);
    }

    #[test]
    fn a_hold_that_is_there_needs_no_license_to_be_placed() {
        let held = without(&[PLAN_1]).mailbox(|mailbox| mailbox.litigation_hold_enabled = true);
        assert!(keys(&held).is_empty());
        let none = without(&[]).with(|facts| facts.leaver.recipient = Fact::Absent);
        assert!(keys(&none).is_empty());
    }

    #[test]
    fn what_cannot_be_read_carries_nothing() {
        assert_eq!(keys(&without(&[E3]).blank(Facet::Licenses)), ["block unknown:the licenses"]);
        assert_eq!(keys(&without(&[E3]).blank(|_| Facet::Skus)), ["block unknown:the bought products"]);
        assert_eq!(keys(&without(&[E3]).blank(Facet::Recipient)), ["block unknown:the mailbox"]);
    }
}
