//! G30: a group that the leaver owns is handed to somebody else before he leaves it (B9, E29).

use super::support::{Look, look, unknown};
use crate::facts::{Facet, Facts};
use crate::id::GroupId;
use crate::model::group::Tie;
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// The operations that leave a group.
pub(super) const LEAVES: &[&str] = &["leave_group", "leave_distribution_group", "leave_licensing_group"];

/// Refuses to leave a group of which nobody else is owner; says of every other owned group that it stays owned.
#[derive(Debug)]
pub struct LastOwner;

/// The group that `step` leaves.
pub(super) fn group(step: &Subject<'_>) -> Option<GroupId> {
    step.param("group")
}

/// Whether the step says that the leaver owned the group when the plan was made.
fn owned(step: &Subject<'_>) -> bool {
    step.param("owned") == Some(true)
}

impl Guard for LastOwner {
    fn code(&self) -> &'static str {
        "G30"
    }

    fn requirement(&self) -> &'static str {
        "B9"
    }

    fn title(&self) -> &'static str {
        "A group keeps an owner who is there"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(LEAVES)
    }

    /// Owners are read of the groups that he owned when the plan was made. One that he came to own since has unread
    /// owners, and is stopped.
    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = vec![Facet::Memberships(step.leaver)];
        if owned(step) {
            facets.extend(group(step).map(Facet::Owners));
        }
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
        let Some(group) = group(step) else { return };
        match look(facts.leaver.memberships.as_ref()) {
            Look::There(rows) => {
                if !rows.iter().any(|row| row.id == group && row.tie == Tie::Owner) {
                    return;
                }
            }
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown(step, &Facet::Memberships(step.leaver), &failure, findings);
            }
        }
        let owners = facts.owners.get(&group).cloned().unwrap_or_default();
        match look(owners.as_ref()) {
            Look::There(owners) => {
                let there = owners.iter().any(|owner| {
                    owner.id != step.leaver && owner.account_enabled && !facts.leaving.contains(&owner.id)
                });
                if there {
                    findings.warn(
                        group.to_string(),
                        format!("the leaver owns the group {group} too, and goes on owning it"),
                        "take the ownership away by hand; others who own it are there",
                    );
                } else {
                    findings.block(
                        group.to_string(),
                        format!("the leaver is the last owner of the group {group} who is there"),
                        format!(
                            "make somebody else an owner first: New-MgGroupOwnerByRef -GroupId {group}; a waiver leaves it \
                             with nobody to look after it"
                        ),
                    );
                }
            }
            Look::Nothing => {}
            Look::Unknown(failure) => unknown(step, &Facet::Owners(group), &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{GROUP, LEAVER, SUCCESSOR, Trial, row};
    use crate::id::UserId;
    use crate::model::group::GroupOwner;

    fn owner(id: UserId, account_enabled: bool) -> GroupOwner {
        GroupOwner { id, account_enabled }
    }

    fn owning(others: &[GroupOwner]) -> Trial {
        let mut owners = vec![owner(LEAVER, false)];
        owners.extend_from_slice(others);
        Trial::leaving(|_| ()).with(|facts| {
            let mut owned = row(GROUP);
            owned.tie = Tie::Owner;
            facts.leaver.memberships.known_mut().unwrap().push(owned);
            facts.owners.insert(GROUP, Fact::Known(owners));
        })
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&LastOwner)
    }

    #[test]
    fn somebody_else_who_is_there_looks_after_it() {
        assert_eq!(keys(&owning(&[])), [format!("block {GROUP}")]);
        assert_eq!(keys(&owning(&[owner(SUCCESSOR, true)])), [format!("warn {GROUP}")]);
        assert!(keys(&Trial::leaving(|_| ())).is_empty(), "he owns nothing");
    }

    #[test]
    fn an_owner_who_cannot_sign_in_or_leaves_too_is_none() {
        assert_eq!(keys(&owning(&[owner(SUCCESSOR, false)])), [format!("block {GROUP}")]);
        let both = owning(&[owner(SUCCESSOR, true)]).with(|facts| {
            facts.leaving.insert(SUCCESSOR);
        });
        assert_eq!(keys(&both), [format!("block {GROUP}")]);
    }

    #[test]
    fn unread_owners_stop_it() {
        let unread = owning(&[owner(SUCCESSOR, true)]).blank(|_| Facet::Owners(GROUP));
        assert_eq!(keys(&unread), ["block unknown:the owners of the group"]);
        let since = owning(&[owner(SUCCESSOR, true)])
            .params(|params| params["owned"] = serde_json::json!(false))
            .blank(|_| Facet::Owners(GROUP));
        assert_eq!(keys(&since), ["block unknown:the owners of the group"], "owned since the plan was made");
        assert_eq!(keys(&owning(&[]).blank(Facet::Memberships)), ["block unknown:the groups"]);
    }
}
