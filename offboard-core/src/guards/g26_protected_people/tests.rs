//! The twins of G26.

use super::*;
use crate::guards::testing::{ALL_STEPS, GROUP, LEAVER, SUCCESSOR, Trial, row};
use crate::id::UserId;
use crate::model::role::{GlobalAdministrator, RoleAssignment};

const CONTAIN: &str = "block_sign_in";

fn keys(trial: &Trial) -> Vec<String> {
    trial.judge(&ProtectedPeople)
}

/// The global administrators, each with whether he can sign in.
fn administrators(trial: Trial, people: &[(UserId, bool)]) -> Trial {
    let list = people.iter().map(|(id, enabled)| GlobalAdministrator { id: *id, account_enabled: *enabled });
    let list = list.collect();
    trial.with(|facts| facts.tenant.global_administrators = Fact::Known(list))
}

fn with_role(trial: Trial, role: BuiltIn, eligible: bool) -> Trial {
    trial.with(|facts| {
        let scope = "/".to_owned();
        facts.leaver.roles =
            Fact::Known(vec![RoleAssignment { role: role.id(), scope, eligible, through: None }]);
    })
}

fn in_role_group(trial: Trial, assignable: bool) -> Trial {
    trial.with(|facts| {
        let mut row = row(GROUP);
        row.group.known_mut().unwrap().is_assignable_to_role = assignable;
        facts.leaver.memberships = Fact::Known(vec![row]);
    })
}

#[test]
fn the_last_global_administrator_stays_whatever_the_step() {
    for name in ALL_STEPS {
        let alone = administrators(Trial::of(name), &[(LEAVER, true)]);
        assert_eq!(keys(&alone), ["never last_global_administrator"], "{name}");
        let two = administrators(Trial::of(name), &[(LEAVER, true), (SUCCESSOR, true)]);
        assert!(keys(&two).is_empty(), "{name}");
    }
}

#[test]
fn one_who_is_blocked_or_leaves_too_does_not_count() {
    let two = |enabled| administrators(Trial::of(CONTAIN), &[(LEAVER, true), (SUCCESSOR, enabled)]);
    assert_eq!(keys(&two(false)), ["never last_global_administrator"]);
    assert!(keys(&two(true)).is_empty());
    let both = two(true).with(|facts| {
        facts.leaving.insert(SUCCESSOR);
    });
    assert_eq!(keys(&both), ["never last_global_administrator"]);
}

#[test]
fn whoever_may_activate_the_role_counts() {
    let nobody = |trial| administrators(trial, &[]);
    let eligible = with_role(Trial::of(CONTAIN), BuiltIn::GlobalAdministrator, true);
    assert_eq!(keys(&nobody(eligible)), ["never last_global_administrator"]);
    let other = with_role(Trial::of(CONTAIN), BuiltIn::UserAdministrator, true);
    assert!(keys(&nobody(other)).is_empty());
    let unread = nobody(Trial::of(CONTAIN)).blank(Facet::Roles);
    assert_eq!(keys(&unread), ["warn unknown:the directory roles"]);
    let destructive = nobody(Trial::of("remove_licenses")).blank(Facet::Roles);
    assert_eq!(keys(&destructive), ["block unknown:the directory roles"]);
}

#[test]
fn without_the_list_it_matters_whether_the_leaver_is_one() {
    let unlisted = |trial: Trial| keys(&trial.blank(|_| Facet::GlobalAdministrators));
    let block = ["block unknown:the global administrators"];
    assert_eq!(unlisted(with_role(Trial::of(CONTAIN), BuiltIn::GlobalAdministrator, false)), block);
    assert!(unlisted(with_role(Trial::of(CONTAIN), BuiltIn::UserAdministrator, false)).is_empty());
    assert!(unlisted(Trial::of(CONTAIN)).is_empty());
    assert_eq!(unlisted(in_role_group(Trial::of(CONTAIN), true)), block);
    assert!(unlisted(in_role_group(Trial::of(CONTAIN), false)).is_empty());
}

#[test]
fn without_the_list_and_the_roles_only_containment_goes_on() {
    let unlisted = |name: &'static str, facet: fn(UserId) -> Facet| {
        keys(&Trial::of(name).blank(|_| Facet::GlobalAdministrators).blank(facet))
    };
    assert_eq!(unlisted(CONTAIN, Facet::Roles), ["warn unknown:the directory roles"]);
    assert_eq!(unlisted(CONTAIN, Facet::Memberships), ["warn unknown:the groups"]);
    assert_eq!(unlisted("convert_to_shared", Facet::Roles), ["block unknown:the directory roles"]);
    assert_eq!(unlisted("convert_to_shared", Facet::Memberships), ["block unknown:the groups"]);
}

#[test]
fn a_known_role_is_not_hidden_by_an_unknown_group() {
    let trial = with_role(Trial::of(CONTAIN), BuiltIn::GlobalAdministrator, false)
        .blank(|_| Facet::GlobalAdministrators)
        .blank(Facet::Memberships);
    assert_eq!(keys(&trial), ["block unknown:the global administrators"]);
}

#[test]
fn the_protected_list_holds_for_every_step_and_can_be_waived_for_undo() {
    for name in ALL_STEPS {
        let listed = Trial::of(name).wanting(|intent| {
            intent.protected.insert(LEAVER);
        });
        assert_eq!(keys(&listed), [format!("never {LEAVER}")]);
        assert_eq!(keys(&listed.undone()), [format!("block {LEAVER}")]);
        let other = Trial::of(name).wanting(|intent| {
            intent.protected.insert(SUCCESSOR);
        });
        assert!(keys(&other).is_empty());
    }
}

#[test]
fn a_protected_groups_members_are_protected_even_if_only_its_id_is_seen() {
    let protects = |trial: Trial| {
        trial.wanting(|intent| {
            intent.protected_groups.insert(GROUP);
        })
    };
    let member = |tie| {
        protects(Trial::of(CONTAIN)).with(|facts| {
            let mut row = row(GROUP);
            row.tie = tie;
            row.group = Fact::default();
            facts.leaver.memberships = Fact::Known(vec![row]);
        })
    };
    assert_eq!(keys(&member(Tie::Member)), [format!("never {GROUP}")]);
    assert!(keys(&member(Tie::Owner)).is_empty());
    assert!(keys(&protects(Trial::of(CONTAIN))).is_empty());
    let unread = |name| keys(&protects(Trial::of(name)).blank(Facet::Memberships));
    assert_eq!(unread(CONTAIN), ["warn unknown:the groups"]);
    assert_eq!(unread("remove_licenses"), ["block unknown:the groups"]);
}
