//! G3: a mailbox that forwards mail needs its license (R94, N1).

use super::removal::{self, Removal, removes};
use super::support::seen_mailbox;
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::license::Brings;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses to take the last mailbox plan from a mailbox that forwards.
#[derive(Debug)]
pub struct ForwardedMailbox;

impl Guard for ForwardedMailbox {
    fn code(&self) -> &'static str {
        "G3"
    }

    fn requirement(&self) -> &'static str {
        "R94"
    }

    fn title(&self) -> &'static str {
        "A mailbox that forwards mail keeps its license"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step)
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
        if !Removal::of(facts, step).takes(Brings::Mailbox) {
            return;
        }
        let Some(mailbox) = seen_mailbox(facts, step, findings) else { return };
        // The service obeys `ForwardingAddress` where both are set; either one alone forwards.
        let targets = mailbox.forwarding_address.iter().chain(&mailbox.forwarding_smtp_address);
        for target in targets {
            let (kind, then) = if mailbox.is_shared() {
                ("shared mailbox", "whether an unlicensed one goes on forwarding is documented nowhere")
            } else {
                ("mailbox", "without a license forwarding stops and the mailbox is turned off")
            };
            findings.block(
                target.clone(),
                format!("the {kind} forwards to {target}; {then}"),
                "keep a license that brings a mailbox, or stop forwarding first as a step of its own",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{E3, PLAN_1, Trial, VISIO};

    fn forwarding() -> Trial {
        Trial::removing(&[E3]).mailbox(|mailbox| {
            mailbox.forwarding_smtp_address = Some("smtp:sales@contoso.com".to_owned());
        })
    }

    #[test]
    fn a_forwarding_mailbox_keeps_its_license() {
        assert_eq!(forwarding().judge(&ForwardedMailbox), ["block smtp:sales@contoso.com"]);
        assert!(Trial::removing(&[E3]).judge(&ForwardedMailbox).is_empty());
    }

    #[test]
    fn a_license_without_a_mailbox_may_go() {
        let other = Trial { params: Trial::removing(&[VISIO]).params, ..forwarding().licensed(&[E3, VISIO]) };
        assert!(other.judge(&ForwardedMailbox).is_empty());
        assert_eq!(forwarding().licensed(&[E3, PLAN_1]).judge(&ForwardedMailbox), [] as [&str; 0]);
    }

    #[test]
    fn a_shared_one_is_refused_too_until_somebody_has_tried() {
        let shared = forwarding().shared();
        assert_eq!(shared.judge(&ForwardedMailbox).len(), 1);
    }

    #[test]
    fn a_mailbox_that_cannot_be_read_may_forward() {
        assert_eq!(
            Trial::removing(&[E3]).blank(Facet::Recipient).judge(&ForwardedMailbox),
            ["block unknown:the mailbox"]
        );
    }
}
