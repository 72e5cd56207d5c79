//! G27: what is no employee is not off-boarded like one (B1, B14).

use super::support::{Look, look, unknown};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::model::user::{User, UserType};
use crate::operation::guard::Direction;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses resource accounts, agents and the accounts of directory sync; guests, unless the policy is made for
/// guests or only cuts access.
#[derive(Debug)]
pub struct NotAPerson;

impl Guard for NotAPerson {
    fn code(&self) -> &'static str {
        "G27"
    }

    fn requirement(&self) -> &'static str {
        "P28"
    }

    fn title(&self) -> &'static str {
        "Only people are off-boarded, and guests by a policy for guests"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.direction == Direction::Forward
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::User(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        match look(facts.leaver.user.as_ref()) {
            Look::There(user) => {
                judge_kind(user, findings);
                judge_policy(user, intent, findings);
            }
            Look::Nothing => {}
            Look::Unknown(failure) => unknown(step, &Facet::User(step.leaver), &failure, findings),
        }
    }
}

/// The account that writes what directory sync brings.
fn syncs(user: &User) -> bool {
    let name = user.user_principal_name.to_ascii_lowercase();
    name.starts_with("sync_") || name.starts_with("adtoaadsyncserviceaccount")
}

fn judge_kind(user: &User, findings: &mut Findings) {
    let kinds = [
        (user.is_resource_account, "resource_account", "a resource account (isResourceAccount)"),
        (user.is_agent, "agent", "an agent (identityParentId is set)"),
        (
            syncs(user),
            "directory_sync",
            "the account of directory sync; without it nothing is synced any more",
        ),
    ];
    for (_, key, what) in kinds.into_iter().filter(|(is, ..)| *is) {
        findings.block(
            key,
            format!("{} is not a person but {what}", user.user_principal_name),
            "check whom the plan means; such an account is retired by those who run what uses it",
        );
    }
}

fn judge_policy(user: &User, intent: &Intent, findings: &mut Findings) {
    if intent.containment_only {
        return;
    }
    match (user.user_type, intent.guests) {
        (UserType::Guest, false) => findings.block(
            "guest",
            "the leaver is a guest, and the policy is made for members",
            "use a policy with applies_to = \"guest\", or cut access only (contain)",
        ),
        (UserType::Member, true) => findings.block(
            "member",
            "the leaver is a member, and the policy is made for guests",
            "use a policy with applies_to = \"member\"",
        ),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{ALL_STEPS, Trial};

    fn user(trial: Trial, change: impl FnOnce(&mut User)) -> Trial {
        trial.with(|facts| change(facts.leaver.user.known_mut().unwrap()))
    }

    #[test]
    fn what_is_no_person_is_refused_whatever_the_step() {
        for name in ALL_STEPS {
            let of = |change: fn(&mut User)| user(Trial::of(name), change).judge(&NotAPerson);
            assert_eq!(of(|u| u.is_resource_account = true), ["block resource_account"]);
            assert_eq!(of(|u| u.is_agent = true), ["block agent"]);
            for upn in ["Sync_DC1_0a1b@contoso.com", "ADToAADSyncServiceAccount@contoso.com"] {
                let trial = user(Trial::of(name), |u| upn.clone_into(&mut u.user_principal_name));
                assert_eq!(trial.judge(&NotAPerson), ["block directory_sync"]);
            }
            assert!(of(|u| "synclair@contoso.com".clone_into(&mut u.user_principal_name)).is_empty());
        }
    }

    #[test]
    fn guests_take_a_policy_for_guests() {
        let guest = || user(Trial::of("remove_licenses"), |u| u.user_type = UserType::Guest);
        assert_eq!(guest().judge(&NotAPerson), ["block guest"]);
        assert!(guest().wanting(|intent| intent.guests = true).judge(&NotAPerson).is_empty());
        assert!(guest().wanting(|intent| intent.containment_only = true).judge(&NotAPerson).is_empty());
        let member = || Trial::of("remove_licenses");
        assert_eq!(member().wanting(|intent| intent.guests = true).judge(&NotAPerson), ["block member"]);
        assert!(member().judge(&NotAPerson).is_empty());
    }

    #[test]
    fn only_containment_goes_on_with_somebody_unread() {
        let blank = |name| Trial::of(name).blank(Facet::User).judge(&NotAPerson);
        assert_eq!(blank("remove_licenses"), ["block unknown:the directory object"]);
        assert_eq!(blank("block_sign_in"), ["warn unknown:the directory object"]);
    }
}
