//! G5: for a synced leaver the cloud alone does not hold (R84 to R86).

use super::support::{Look, look, unknown_warns};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Reminds that directory sync overwrites block and password until the tasks in Active Directory are done.
#[derive(Debug)]
pub struct SyncOverwrites;

impl Guard for SyncOverwrites {
    fn code(&self) -> &'static str {
        "G5"
    }

    fn requirement(&self) -> &'static str {
        "R86"
    }

    fn title(&self) -> &'static str {
        "Directory sync can overwrite the block and the password"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["block_sign_in", "reset_password"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::User(step.leaver), Facet::SyncBehavior(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        match look(facts.leaver.ad_is_master().as_ref()) {
            Look::There(true) => findings.warn(
                "ad_is_master",
                "Active Directory is the master of this account: what the cloud says holds only until the next \
                 directory sync",
                "do the cloud step now and the tasks in Active Directory too: disable the account, reset the \
                 password twice; it counts as done when a sync has passed over it",
            ),
            Look::There(false) | Look::Nothing => {}
            Look::Unknown(failure) => unknown_warns(&Facet::User(step.leaver), &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::Trial;

    #[test]
    fn a_synced_leaver_needs_both_sides() {
        for name in ["block_sign_in", "reset_password"] {
            assert_eq!(Trial::of(name).synced().judge(&SyncOverwrites), ["warn ad_is_master"]);
            assert!(Trial::of(name).judge(&SyncOverwrites).is_empty());
        }
    }

    #[test]
    fn authority_moved_to_the_cloud_ends_it() {
        let synced = || Trial::of("block_sign_in").synced();
        let moved = synced().with(|facts| facts.leaver.cloud_managed = Fact::Known(true));
        assert!(moved.judge(&SyncOverwrites).is_empty());
        assert_eq!(synced().blank(Facet::SyncBehavior).judge(&SyncOverwrites), ["warn ad_is_master"]);
        assert_eq!(synced().blank(Facet::User).judge(&SyncOverwrites), ["warn unknown:the directory object"]);
    }
}
