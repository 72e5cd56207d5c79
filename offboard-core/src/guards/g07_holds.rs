//! G7: a hold keeps its license (N7). offboard never removes a hold: it is somebody's legal duty.

use super::removal::{self, Removal, removes};
use super::support::{seen_holds, seen_mailbox, unknown};
use crate::facts::{Facet, Facts};
use crate::model::hold::{Hold, HoldKind};
use crate::model::intent::{Intent, MailDisposition};
use crate::model::mailbox::Mailbox;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// The operation that makes a held mailbox inactive.
const DELETES: &[&str] = &["delete_user"];

/// Refuses to take the license that a hold needs; one finding for each hold.
#[derive(Debug)]
pub struct Holds;

impl Guard for Holds {
    fn code(&self) -> &'static str {
        "G7"
    }

    fn requirement(&self) -> &'static str {
        "N7"
    }

    fn title(&self) -> &'static str {
        "A mailbox on hold keeps its license"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step) || step.is_forward(DELETES)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = if removes(step) { removal::reads(step.leaver) } else { vec![] };
        facets.extend([Facet::Recipient(step.leaver), Facet::Organization]);
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let deletes = step.is_forward(DELETES);
        if deletes && intent.mail == MailDisposition::Inactive {
            return;
        }
        if !deletes && !Removal::of(facts, step).takes_holds() {
            return;
        }
        let Some(mailbox) = seen_mailbox(facts, step, findings) else { return };
        let (holds, unread) = seen_holds(facts, mailbox);
        if let Some(failure) = unread {
            unknown(step, &Facet::Organization, &failure, findings);
        }
        for hold in holds {
            if deletes {
                outlives_the_account(&hold, findings);
            } else {
                judge_hold(&hold, mailbox, findings);
            }
        }
    }
}

/// Deleting the account is the allowed way (N7): the mailbox becomes inactive and is kept as long as the hold lasts.
fn outlives_the_account(hold: &Hold, findings: &mut Findings) {
    findings.warn(
        hold.id.clone(),
        format!(
            "{} ({}) is on the mailbox: when the account is deleted the mailbox becomes inactive and is not gone",
            describe(hold.kind),
            hold.id
        ),
        "nothing is lost by it; whoever wanted the mail gone asks the owner of the hold",
    );
}

fn judge_hold(hold: &Hold, mailbox: &Mailbox, findings: &mut Findings) {
    let what = describe(hold.kind);
    // Microsoft asks a license of a shared mailbox for its size, an archive or Litigation Hold; a policy for the
    // whole organisation would otherwise refuse everybody.
    if hold.kind == HoldKind::OrganizationRetention && mailbox.is_shared() {
        findings.warn(
            hold.id.clone(),
            format!("{what} ({}) covers the shared mailbox; its license goes all the same", hold.id),
            "read the mailbox again a day later; what the policy keeps stays as long as the mailbox is there",
        );
        return;
    }
    findings.block(
        hold.id.clone(),
        format!("{what} ({}) is on the mailbox, and the license that it needs would go", hold.id),
        "keep the license and delete the account later, which makes the mailbox inactive, or have the owner of the \
         hold release it; whoever has asked the owner can waive exactly this hold",
    );
}

fn describe(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Litigation => "Litigation Hold",
        HoldKind::EDiscovery => "the hold of an eDiscovery case",
        HoldKind::InPlace => "an In-Place Hold",
        HoldKind::Retention => "a retention policy that names the mailbox or finds it by an adaptive scope",
        HoldKind::OrganizationRetention => "a retention policy for the whole organisation",
        HoldKind::Label => "a retaining label on an item",
        HoldKind::Delay => "the delay hold that follows a removed hold for 30 days",
        HoldKind::Strange => "an entry that is not understood and therefore counts as a hold",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{ARCHIVING, E3, PLAN_1, PLAN_2, Trial};

    const POLICY: &str = "mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:2";

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&Holds)
    }

    fn shared(change: impl FnOnce(&mut Mailbox)) -> Trial {
        Trial::removing(&[E3]).shared().mailbox(change)
    }

    fn entry(entry: &str) -> Trial {
        shared(|mailbox| mailbox.in_place_holds = vec![entry.to_owned()])
    }

    fn everybody(trial: Trial, entry: &str) -> Trial {
        let entry = entry.to_owned();
        trial.with(|facts| facts.tenant.organization.known_mut().unwrap().in_place_holds = vec![entry])
    }

    #[test]
    fn litigation_hold_stops_it_and_a_policy_for_everybody_only_warns() {
        let litigation = shared(|mailbox| mailbox.litigation_hold_enabled = true);
        assert_eq!(keys(&litigation), ["block LitigationHoldEnabled"]);
        assert_eq!(keys(&everybody(shared(|_| ()), POLICY)), [format!("warn {POLICY}")]);
        assert!(keys(&shared(|_| ())).is_empty());
    }

    #[test]
    fn a_policy_for_everybody_stops_it_while_the_mailbox_is_not_seen_shared() {
        assert_eq!(keys(&everybody(Trial::removing(&[E3]), POLICY)), [format!("block {POLICY}")]);
        let excluded = everybody(entry("-mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e"), POLICY);
        assert!(keys(&excluded).is_empty());
    }

    #[test]
    fn a_deleted_account_leaves_its_held_mailbox_behind() {
        let deleted = |trial: Trial| Trial { facts: trial.facts, ..Trial::of("delete_user") };
        let held = deleted(shared(|mailbox| mailbox.litigation_hold_enabled = true));
        assert_eq!(keys(&held), ["warn LitigationHoldEnabled"]);
        assert!(keys(&deleted(shared(|_| ()))).is_empty());
        let wanted = held.wanting(|intent| intent.mail = MailDisposition::Inactive);
        assert!(keys(&wanted).is_empty());
    }

    #[test]
    fn each_kind_is_a_finding_of_its_own() {
        for strange in ["UniHabc", "cld0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e", POLICY, "mbxabc:7", "qqq"] {
            assert_eq!(keys(&entry(strange)), [format!("block {strange}")]);
        }
        assert!(keys(&entry("mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:1")).is_empty(), "deletes only");
        let several = shared(|mailbox| {
            mailbox.compliance_tag_hold_applied = true;
            mailbox.delay_hold_applied = true;
            mailbox.delay_release_hold_applied = true;
        });
        assert_eq!(
            keys(&several),
            ["block ComplianceTagHoldApplied", "block DelayHoldApplied", "block DelayReleaseHoldApplied"]
        );
    }

    #[test]
    fn a_license_that_carries_holds_may_stay_behind() {
        let held = || shared(|mailbox| mailbox.litigation_hold_enabled = true);
        assert_eq!(keys(&held().licensed(&[E3, PLAN_1])).len(), 1);
        assert!(keys(&held().licensed(&[E3, PLAN_2])).is_empty());
        assert!(keys(&held().licensed(&[E3, PLAN_1, ARCHIVING])).is_empty());
    }

    #[test]
    fn what_cannot_be_read_stops_it_and_hides_nothing() {
        let held = || shared(|mailbox| mailbox.litigation_hold_enabled = true);
        assert_eq!(
            keys(&held().blank(|_| Facet::Organization)),
            ["block unknown:Exchange's settings", "block LitigationHoldEnabled"]
        );
        assert_eq!(keys(&held().blank(Facet::Recipient)), ["block unknown:the mailbox"]);
    }
}
