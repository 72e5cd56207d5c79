//! What every refusal is tried on, and what it is to be refused and to go through.

use std::collections::BTreeSet;

use offboard::core::error::ErrorKind;
use offboard::core::guards;
use offboard::core::operation::Finding;
use offboard::core::plan::ApprovalError;
use offboard::{Engine, Error, Outcome, Period, Report, Until};
use offboard_sim::world::World;

use crate::common::{Lab, policy};

pub const SUCCESSOR: &str = "megan@contoso.com";

/// The tenant with a world changed like this.
pub fn lab(changes: &[fn(&mut World)]) -> Lab {
    let lab = Lab::contoso(8);
    for change in changes {
        lab.tenant.world(change);
    }
    settle(&lab);
    lab
}

/// Until every copy of the directory and its index have heard of what was changed.
pub fn settle(lab: &Lab) {
    lab.tenant.clock().advance(Period::hours(1));
}

pub fn without(engine: &Engine, code: &str) -> Engine {
    let all = guards::all();
    let there = all.len();
    let rest: Vec<_> = all.into_iter().filter(|guard| guard.code() != code).collect();
    assert_eq!(rest.len(), there - 1, "there is one guard {code}");
    engine.clone().with_guards(rest)
}

pub fn successor(policy: &str) -> Option<&'static str> {
    (policy == "shared").then_some(SUCCESSOR)
}

/// How containment is run at once, and everything else to the end.
pub fn until(policy: &str) -> Until {
    if policy == "containment" { Until::Sent } else { Until::Done }
}

/// Plans and carries out, as far as that goes.
pub async fn carried(lab: &Lab, policy_name: &str, upn: &str) -> Result<Report, Error> {
    let policy = policy(policy_name);
    let planned = lab.plan(&policy, upn, successor(policy_name)).await?;
    let (run, _) = lab.apply(&planned.plan, &policy, until(policy_name)).await?;
    lab.report(&run).await
}

/// It went through: something was written, nothing was stopped or went wrong, and the tenant's truth agrees.
pub fn went_through(lab: &Lab, report: &Report, what: &str) {
    let wrong: Vec<String> = report
        .steps
        .iter()
        .filter(|step| {
            use Outcome::{Blocked, Cancelled, Failed, Lapsed, Unknown};
            [Blocked, Failed, Unknown, Lapsed, Cancelled].contains(&step.outcome)
        })
        .map(|step| format!("{}: {:?}: {}", step.id, step.outcome, step.detail))
        .collect();
    assert_eq!(wrong, Vec::<String>::new(), "{what}");
    assert!(!lab.tenant.recorder().mutating().is_empty(), "{what}: nothing was written");
    assert_eq!(lab.contradictions(report), Vec::<String>::new(), "{what}");
}

pub fn nothing_was_written(lab: &Lab, what: &str) {
    assert!(lab.tenant.recorder().mutating().is_empty(), "{what}: {:?}", lab.tenant.recorder().mutating());
}

/// A refusal by findings of one rule only: the approval of the plan does not hold.
pub fn findings(refused: Result<Report, Error>, code: &str, what: &str) -> Vec<Finding> {
    let error = refused.map(|_| ()).unwrap_err();
    let ErrorKind::Approval(ApprovalError::Findings(found)) = error.kind() else { panic!("{what}: {error}") };
    let codes: BTreeSet<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, BTreeSet::from([code]), "{what}: {found:#?}");
    found.clone()
}

/// The license went, or the account was blocked: what the guard forbade has happened.
pub fn holds(report: &Report, operation: &str, outcomes: &[Outcome], what: &str) {
    let steps: Vec<_> = report.steps.iter().filter(|step| step.operation == operation).collect();
    assert!(!steps.is_empty(), "{what}: no {operation}");
    for step in steps {
        assert!(outcomes.contains(&step.outcome), "{what}: {:?}: {}", step.outcome, step.detail);
    }
}

pub fn licenses_removed(lab: &Lab) -> usize {
    lab.tenant.recorder().mutating().iter().filter(|sent| sent.path.ends_with("/assignLicense")).count()
}
