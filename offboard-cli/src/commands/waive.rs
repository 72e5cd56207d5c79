//! From the names of findings on the command line to waivers.

use offboard::core::operation::{Finding, Severity};
use offboard::{Plan, Waiver};

use crate::args::Waive;
use crate::fault::Fault;
use crate::show::findings::waiver_name;

/// The waivers that were asked for. Each names a finding of exactly this plan.
pub(super) fn waivers(plan: &Plan, asked: &Waive) -> Result<Vec<Waiver>, Fault> {
    reasons(&asked.waive, &asked.reason)?
        .into_iter()
        .map(|(name, reason)| waiver(plan, name, reason.to_owned()))
        .collect()
}

/// Each finding that is to be accepted, by the name that was said, with its reason: one for all, or one for each.
pub(super) fn reasons<'a>(
    findings: &'a [String],
    reasons: &'a [String],
) -> Result<Vec<(&'a str, &'a str)>, Fault> {
    if reasons.len() > 1 && reasons.len() != findings.len() {
        return Err(Fault::usage(format!(
            "there are {} findings to accept and {} reasons",
            findings.len(),
            reasons.len()
        ))
        .hint("give one --reason for all of them, or one for each"));
    }
    if let Some(empty) = reasons.iter().find(|reason| reason.trim().is_empty()) {
        return Err(Fault::usage(format!("`{empty}` is no reason")).hint("an auditor will read it"));
    }
    let reason = |index: usize| reasons.get(index).or(reasons.first()).map_or("", String::as_str);
    Ok(findings.iter().enumerate().map(|(index, name)| (name.as_str(), reason(index))).collect())
}

fn waiver(plan: &Plan, name: &str, reason: String) -> Result<Waiver, Fault> {
    let Some(finding) = plan.findings.iter().find(|finding| waiver_name(finding) == name) else {
        let there: Vec<String> = plan
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Block)
            .map(waiver_name)
            .collect();
        let hint = if there.is_empty() {
            "there is nothing in it to accept".to_owned()
        } else {
            format!("to be accepted are {}", there.join(", "))
        };
        return Err(Fault::usage(format!("this plan has no finding `{name}`")).hint(hint));
    };
    let Finding { step, code, key, .. } = finding;
    if finding.severity == Severity::Never {
        return Err(Fault::refused(format!("`{name}` cannot be accepted by anybody: {}", finding.message))
            .hint(finding.hint.clone()));
    }
    if finding.severity == Severity::Warn {
        return Err(Fault::usage(format!("`{name}` stops nothing: a warning needs nobody's acceptance")));
    }
    Ok(Waiver { plan: None, step: step.clone(), code: code.clone(), key: key.clone(), reason })
}
