//! G31: what kind of group it is decides how, when and by whom it is left (B9).

use super::g30_last_owner::{LEAVES, group};
use super::support::{Look, look, unknown};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::model::group::Group;
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses to leave a licensing group as if it were any other, and one that only administrators of its unit may change.
/// Groups with a rule, of Active Directory and of Exchange are routed by the operations.
#[derive(Debug)]
pub struct GroupRoute;

impl Guard for GroupRoute {
    fn code(&self) -> &'static str {
        "G31"
    }

    fn requirement(&self) -> &'static str {
        "R63"
    }

    fn title(&self) -> &'static str {
        "Each kind of group is left in its own way"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(LEAVES)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::DirectGroups(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let Some(id) = group(step) else { return };
        let rows = match look(facts.leaver.direct_groups.as_ref()) {
            Look::There(rows) => rows,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown(step, &Facet::DirectGroups(step.leaver), &failure, findings);
            }
        };
        let Some(row) = rows.iter().find(|row| row.id == id) else { return };
        match look(row.group.as_ref()) {
            Look::There(group) => judge_group(step, group, findings),
            Look::Nothing => hidden(step, id, &Failure::not_read(), findings),
            Look::Unknown(failure) => hidden(step, id, &failure, findings),
        }
    }
}

fn hidden(step: &Subject<'_>, id: crate::id::GroupId, failure: &Failure, findings: &mut Findings) {
    unknown(step, &Facet::Custom(format!("the group {id}")), failure, findings);
}

fn judge_group(step: &Subject<'_>, group: &Group, findings: &mut Findings) {
    let (id, name) = (group.id, &group.display_name);
    if group.gives_licenses() && !step.is_forward(&["leave_licensing_group"]) {
        findings.never(
            format!("licenses:{id}"),
            format!("{name} gives licenses: leaving it takes them away, and with them the mailbox"),
            "make a new plan: a licensing group is left with the licenses, behind everything that protects data",
        );
    }
    // Whoever changes the rule or Active Directory takes his own rights along.
    if group.is_management_restricted && !group.dynamic && !group.synced {
        findings.block(
            format!("restricted_management:{id}"),
            format!("{name} is in a restricted management administrative unit: roles for the whole tenant are refused"),
            "run this with a role that is scoped to the unit; whoever knows the caller's to be can waive it",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{E3, GROUP, Trial};

    fn keys(change: fn(&mut Group)) -> Vec<String> {
        Trial::leaving(change).judge(&GroupRoute)
    }

    #[test]
    fn a_licensing_group_is_never_left_like_any_other() {
        assert_eq!(keys(|group| group.assigned_licenses = vec![E3]), [format!("never licenses:{GROUP}")]);
        assert!(keys(|_| ()).is_empty());
        assert!(Trial::of("leave_licensing_group").judge(&GroupRoute).is_empty(), "but at the license step");
    }

    #[test]
    fn a_restricted_unit_is_for_its_own_administrators() {
        let restricted = |group: &mut Group| group.is_management_restricted = true;
        assert_eq!(keys(restricted), [format!("block restricted_management:{GROUP}")]);
        assert!(keys(|group| (group.is_management_restricted, group.synced) = (true, true)).is_empty());
    }

    #[test]
    fn a_group_that_cannot_be_read_may_be_any_kind() {
        let unread = Trial::leaving(|_| ()).blank(Facet::DirectGroups);
        assert_eq!(unread.judge(&GroupRoute), ["block unknown:the groups of his own"]);
        let hidden = Trial::leaving(|_| ())
            .with(|facts| facts.leaver.direct_groups.known_mut().unwrap()[0].group = Fact::default());
        assert_eq!(hidden.judge(&GroupRoute), [format!("block unknown:the group {GROUP}")]);
        let gone = Trial::leaving(|_| ()).with(|facts| facts.leaver.direct_groups = Fact::Known(vec![]));
        assert!(gone.judge(&GroupRoute).is_empty(), "he is not in it any more");
    }
}
