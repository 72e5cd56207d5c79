//! G26: the last global administrator, and the people an organisation protects.

use super::support::{Look, look, look_certain, unknown};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::Failure;
use crate::model::group::Tie;
use crate::model::intent::Intent;
use crate::model::role::BuiltIn;
use crate::operation::guard::Direction;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses every step on them, containment too: a tenant without an administrator cannot be mended from inside.
#[derive(Debug)]
pub struct ProtectedPeople;

impl Guard for ProtectedPeople {
    fn code(&self) -> &'static str {
        "G26"
    }

    fn requirement(&self) -> &'static str {
        "P28"
    }

    fn title(&self) -> &'static str {
        "The last global administrator and protected people are not off-boarded"
    }

    fn applies(&self, _step: &Subject<'_>) -> bool {
        true
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        // The list of protected groups is not known here, so the memberships are always read.
        let mut facets = vec![Facet::Memberships(step.leaver)];
        if step.direction == Direction::Forward {
            facets.extend([Facet::Roles(step.leaver), Facet::GlobalAdministrators]);
        }
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
        judge_protected(facts, step, intent, findings);
        if step.direction == Direction::Forward {
            judge_last(facts, step, findings);
        }
    }
}

fn judge_protected(facts: &Facts, step: &Subject<'_>, intent: &Intent, findings: &mut Findings) {
    if intent.protected.contains(&step.leaver) {
        protected(step, step.leaver.to_string(), "is on the list of protected people", findings);
    }
    if intent.protected_groups.is_empty() {
        return;
    }
    match look(facts.leaver.memberships.as_ref()) {
        // A row of which nothing but the id may be read is enough.
        Look::There(rows) => {
            for row in rows {
                if row.tie == Tie::Member && intent.protected_groups.contains(&row.id) {
                    let why = format!("is in the protected group {}", row.id);
                    protected(step, row.id.to_string(), &why, findings);
                }
            }
        }
        Look::Nothing => {}
        Look::Unknown(failure) => unknown(step, &Facet::Memberships(step.leaver), &failure, findings),
    }
}

/// Undo gives back what somebody protected should never have lost, so there it can be waived.
fn protected(step: &Subject<'_>, key: String, why: &str, findings: &mut Findings) {
    let message = format!("the leaver {why} in the tenant profile");
    match step.direction {
        Direction::Forward => {
            let hint = "whoever owns the tenant profile takes the protection away first, if this is meant";
            findings.never(key, message, hint);
        }
        Direction::Undo => {
            let hint = "look who contained a protected person, then waive this finding to give access back";
            findings.block(key, message, hint);
        }
    }
}

/// Whether the leaver is or may become a global administrator.
enum Holds {
    Yes,
    No,
    Unknown(Facet, Failure),
}

/// By the leaver's own roles, active or eligible.
fn holds_directly(facts: &Facts, step: &Subject<'_>) -> Holds {
    match look(facts.leaver.roles.as_ref()) {
        Look::There(roles) => {
            let global = BuiltIn::GlobalAdministrator.id();
            if roles.iter().any(|held| held.role == global) { Holds::Yes } else { Holds::No }
        }
        Look::Nothing => Holds::No,
        Look::Unknown(failure) => Holds::Unknown(Facet::Roles(step.leaver), failure),
    }
}

/// By a group that can carry the role, where nobody can say who the global administrators are.
fn holds_through_a_group(facts: &Facts, step: &Subject<'_>) -> Holds {
    let rows = match look(facts.leaver.memberships.as_ref()) {
        Look::There(rows) => rows,
        Look::Nothing => return Holds::No,
        Look::Unknown(failure) => return Holds::Unknown(Facet::Memberships(step.leaver), failure),
    };
    let mut answer = Holds::No;
    for row in rows.iter().filter(|row| row.tie == Tie::Member) {
        match &row.group {
            Fact::Known(group) if group.is_assignable_to_role => return Holds::Yes,
            Fact::Unknown(failure) => {
                answer = Holds::Unknown(Facet::Custom(format!("the group {}", row.id)), failure.clone());
            }
            _ => {}
        }
    }
    answer
}

fn judge_last(facts: &Facts, step: &Subject<'_>, findings: &mut Findings) {
    let directly = holds_directly(facts, step);
    let administrators = match look_certain(facts.tenant.global_administrators.as_ref()) {
        Ok(administrators) => administrators,
        Err(failure) => return judge_unlisted(directly, &failure, facts, step, findings),
    };
    // Two who leave together do not keep the tenant for each other.
    let others = administrators
        .iter()
        .filter(|one| one.id != step.leaver && one.account_enabled && !facts.leaving.contains(&one.id));
    if others.count() > 0 {
        return;
    }
    let listed = administrators.iter().any(|one| one.id == step.leaver);
    match directly {
        _ if listed => last(administrators.len(), findings),
        Holds::Yes => last(administrators.len(), findings),
        Holds::No => {}
        Holds::Unknown(facet, failure) => unknown(step, &facet, &failure, findings),
    }
}

fn last(listed: usize, findings: &mut Findings) {
    findings.never(
        "last_global_administrator",
        format!(
            "of {listed} global administrators none who is enabled and stays would be left without the leaver"
        ),
        "give the role to somebody who stays and whose account is enabled, then plan again",
    );
}

/// Nobody can say who else is a global administrator. That matters only if the leaver is one.
fn judge_unlisted(
    directly: Holds,
    failure: &Failure,
    facts: &Facts,
    step: &Subject<'_>,
    findings: &mut Findings,
) {
    let holds = match (directly, holds_through_a_group(facts, step)) {
        (Holds::Yes, _) | (_, Holds::Yes) => Holds::Yes,
        (Holds::No, other) | (other, Holds::No) => other,
        (unknown, _) => unknown,
    };
    match holds {
        // Stops containment too: it could lock everybody out.
        Holds::Yes => findings.unknown(&Facet::GlobalAdministrators.to_string(), failure),
        Holds::No => {}
        Holds::Unknown(facet, failure) => unknown(step, &facet, &failure, findings),
    }
}

#[cfg(test)]
mod tests;
