//! G24: an administrator is contained by whoever may, and nothing more (R4, R88, B3.1).

use std::collections::{BTreeMap, BTreeSet};

use super::support::{Look, look, look_certain, unknown};
use crate::facts::{Facet, Fact, Facts};
use crate::id::RoleId;
use crate::model::intent::Intent;
use crate::model::role::{BuiltIn, Privilege, RoleAssignment, Sensitive, roles_that_may};
use crate::operation::guard::Direction;
use crate::operation::{Door, Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses everything but containment of a privileged leaver, unless the caller's own roles stand high enough.
/// Containment tries what the caller may do; here it is only said which role it takes.
#[derive(Debug)]
pub struct PrivilegedLeaver;

/// Why the leaver is privileged, and which roles are needed for that.
struct Reason {
    why: String,
    any_of: Vec<BuiltIn>,
}

impl Guard for PrivilegedLeaver {
    fn code(&self) -> &'static str {
        "G24"
    }

    fn requirement(&self) -> &'static str {
        "R88"
    }

    fn title(&self) -> &'static str {
        "A privileged leaver takes a caller who stands high enough"
    }

    /// What a person does by hand takes that person's rights. The door to Exchange knows no directory roles, so
    /// containment there has nothing to say.
    fn applies(&self, step: &Subject<'_>) -> bool {
        let door = step.spec().door;
        step.direction == Direction::Forward
            && door != Door::Person
            && (door == Door::Graph || !step.contains())
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Roles(step.leaver), Facet::Memberships(step.leaver), Facet::Caller]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let action = match step.name() {
            "reset_password" | "revoke_sign_in_sessions" | "final_revoke" => Sensitive::Password,
            _ => Sensitive::Account,
        };
        let reasons = reasons(action, facts, step, findings);
        let held = look_certain(facts.caller.as_ref())
            .and_then(|caller| look_certain(caller.directory_roles.as_ref()))
            .map_err(|failure| failure.kind);
        for (key, reason) in reasons {
            let names: Vec<&str> = reason.any_of.iter().map(|role| role.name()).collect();
            let names = names.join(" or ");
            let caller = match &held {
                Ok(held) if stands_high_enough(held, &reason.any_of) => continue,
                Ok(held) => format!("the caller holds {}", list(held)),
                Err(kind) => format!("the caller's own roles could not be read ({kind})"),
            };
            let message = format!("the leaver {}; {caller}", reason.why);
            if step.contains() {
                let hint = format!("it is tried; what the service refuses is a task for {names}");
                findings.warn(key, message, hint);
            } else {
                let hint = format!("take the leaver's privilege away first, or run this as {names}");
                findings.block(key, message, hint);
            }
        }
    }
}

fn stands_high_enough(held: &BTreeSet<RoleId>, any_of: &[BuiltIn]) -> bool {
    any_of.iter().any(|role| held.contains(&role.id()))
}

fn list(held: &BTreeSet<RoleId>) -> String {
    let names: Vec<String> = held.iter().map(|role| name(*role)).collect();
    if names.is_empty() { "no directory role".to_owned() } else { names.join(", ") }
}

fn name(role: RoleId) -> String {
    BuiltIn::of(role).map_or_else(|| format!("the role {role}"), |role| role.name().to_owned())
}

/// Every privilege that is known, by the key of its finding. What is unknown is said, and hides nothing.
fn reasons(
    action: Sensitive,
    facts: &Facts,
    step: &Subject<'_>,
    findings: &mut Findings,
) -> BTreeMap<String, Reason> {
    let mut reasons = BTreeMap::new();
    match look(facts.leaver.roles.as_ref()) {
        Look::There(roles) => reasons.extend(roles.iter().map(|held| of_role(action, held))),
        Look::Nothing => {}
        Look::Unknown(failure) => unknown(step, &Facet::Roles(step.leaver), &failure, findings),
    }
    match look(facts.leaver.memberships.as_ref()) {
        Look::There(rows) => {
            for row in rows {
                match &row.group {
                    Fact::Known(group) if group.is_assignable_to_role => {
                        let privilege = Privilege::RoleAssignableGroup(group.id);
                        let why = format!("is in or owns the role-assignable group {}", group.display_name);
                        let any_of = roles_that_may(action, Some(&privilege));
                        reasons.insert(group.id.to_string(), Reason { why, any_of });
                    }
                    Fact::Unknown(failure) => {
                        let group = Facet::Custom(format!("the group {}", row.id));
                        unknown(step, &group, failure, findings);
                    }
                    _ => {}
                }
            }
        }
        Look::Nothing => {}
        Look::Unknown(failure) => unknown(step, &Facet::Memberships(step.leaver), &failure, findings),
    }
    reasons
}

/// A role for a part of the tenant may be one for a restricted unit, which nobody reads here and which takes the
/// highest callers.
fn of_role(action: Sensitive, held: &RoleAssignment) -> (String, Reason) {
    let how = if held.eligible { "may activate" } else { "holds" };
    let role = name(held.role);
    if held.scope == "/" {
        let any_of = roles_that_may(action, Some(&Privilege::Role(held.role)));
        return (held.role.to_string(), Reason { why: format!("{how} {role}"), any_of });
    }
    let any_of = vec![BuiltIn::PrivilegedAuthenticationAdministrator, BuiltIn::GlobalAdministrator];
    let why = format!("{how} {role} for {}, which may be a restricted unit", held.scope);
    (format!("{}@{}", held.role, held.scope), Reason { why, any_of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{GROUP, Trial, row};

    const CONVERT: &str = "convert_to_shared";
    const HELPDESK: BuiltIn = BuiltIn::HelpdeskAdministrator;

    fn holding(trial: Trial, role: BuiltIn, scope: &str) -> Trial {
        trial.with(|facts| {
            facts.leaver.roles = Fact::Known(vec![RoleAssignment {
                role: role.id(),
                scope: scope.to_owned(),
                eligible: false,
                through: None,
            }]);
        })
    }

    fn run_by(trial: Trial, roles: &[BuiltIn]) -> Trial {
        trial.with(|facts| {
            facts.caller.known_mut().unwrap().directory_roles =
                Fact::Known(roles.iter().map(|role| role.id()).collect());
        })
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&PrivilegedLeaver)
    }

    #[test]
    fn the_callers_role_decides() {
        let helpdesk = || holding(Trial::of(CONVERT), HELPDESK, "/");
        assert_eq!(keys(&run_by(helpdesk(), &[])), [format!("block {}", HELPDESK.id())]);
        assert_eq!(keys(&run_by(helpdesk(), &[BuiltIn::AuthenticationAdministrator])).len(), 1);
        assert!(keys(&run_by(helpdesk(), &[BuiltIn::UserAdministrator])).is_empty());
        assert!(keys(&run_by(Trial::of(CONVERT), &[])).is_empty());
    }

    #[test]
    fn containment_is_tried_and_names_the_role() {
        let contain = |name| holding(Trial::of(name), HELPDESK, "/");
        let block = run_by(contain("block_sign_in"), &[]);
        assert_eq!(keys(&block), [format!("warn {}", HELPDESK.id())]);
        assert!(block.findings(&PrivilegedLeaver)[0].hint.contains("User Administrator"));
        // Against a Helpdesk Administrator another one may reset the password, and may not block.
        assert_eq!(keys(&run_by(contain("block_sign_in"), &[HELPDESK])).len(), 1);
        assert!(keys(&run_by(contain("reset_password"), &[HELPDESK])).is_empty());
        assert!(!contain("stop_forwarding").applies(&PrivilegedLeaver));
    }

    #[test]
    fn a_role_for_a_part_of_the_tenant_may_be_for_a_restricted_unit() {
        let part = || holding(Trial::of(CONVERT), HELPDESK, "/administrativeUnits/1");
        let user = run_by(part(), &[BuiltIn::UserAdministrator]);
        assert_eq!(keys(&user), [format!("block {}@/administrativeUnits/1", HELPDESK.id())]);
        assert!(keys(&run_by(part(), &[BuiltIn::GlobalAdministrator])).is_empty());
    }

    #[test]
    fn a_role_assignable_group_counts() {
        let member = |assignable: bool| {
            let trial = Trial::of(CONVERT).with(|facts| {
                let mut row = row(GROUP);
                row.group.known_mut().unwrap().is_assignable_to_role = assignable;
                facts.leaver.memberships = Fact::Known(vec![row]);
            });
            run_by(trial, &[BuiltIn::UserAdministrator])
        };
        assert_eq!(keys(&member(true)), [format!("block {GROUP}")]);
        assert!(keys(&member(false)).is_empty());
    }

    #[test]
    fn what_is_unknown_stops_everything_but_containment_and_hides_nothing() {
        let helpdesk = |name| run_by(holding(Trial::of(name), HELPDESK, "/"), &[]);
        let both = helpdesk(CONVERT).blank(Facet::Memberships);
        assert_eq!(keys(&both), ["block unknown:the groups".to_owned(), format!("block {}", HELPDESK.id())]);
        assert_eq!(keys(&helpdesk(CONVERT).blank(Facet::Roles)), ["block unknown:the directory roles"]);
        assert_eq!(
            keys(&helpdesk("block_sign_in").blank(Facet::Roles)),
            ["warn unknown:the directory roles"]
        );
        let nobody = helpdesk(CONVERT).blank(|_| Facet::Caller);
        assert_eq!(keys(&nobody), [format!("block {}", HELPDESK.id())]);
        let hidden = Trial::of(CONVERT).with(|facts| {
            let mut row = row(GROUP);
            row.group = Fact::default();
            facts.leaver.memberships = Fact::Known(vec![row]);
        });
        assert_eq!(keys(&hidden), [format!("block unknown:the group {GROUP}")]);
    }
}
