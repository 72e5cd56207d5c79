//! Accepting one finding of one plan.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::approval::ApprovalError;
use super::document::Plan;
use crate::id::{Digest, StepId};
use crate::operation::{Finding, Severity};

/// One finding that somebody accepts. There is no waiver of a whole guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Of which plan, in the approval of a roster. In that of one plan there is nothing to name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Digest>,
    /// Against which step.
    pub step: Option<StepId>,
    /// Of which guard.
    pub code: String,
    /// Which case of it.
    pub key: String,
    /// Why it is accepted.
    pub reason: String,
}

impl Waiver {
    /// Whether it waives exactly this finding.
    pub fn covers(&self, finding: &Finding) -> bool {
        self.plan.is_none()
            && self.step == finding.step
            && self.code == finding.code
            && self.key == finding.key
    }

    /// For people, as the plan names the finding: step, code and key.
    pub fn name(&self) -> String {
        let step = self.step.as_ref().map_or("plan", StepId::as_str);
        format!("{step}:{}:{}", self.code, self.key)
    }
}

/// Refuses waivers that accept nothing: a typo would look like an acceptance, and stop the step months later.
pub(super) fn check(waivers: &[Waiver], plan: &Plan) -> Result<(), ApprovalError> {
    for waiver in waivers {
        let refuse = |why: String| Err(ApprovalError::Waiver { waiver: Box::new(waiver.clone()), why });
        if waiver.reason.trim().is_empty() {
            return refuse("is accepted without a reason".to_owned());
        }
        let found: Vec<&Finding> = plan.findings.iter().filter(|finding| waiver.covers(finding)).collect();
        if let Some(never) = found.iter().find(|finding| finding.severity == Severity::Never) {
            return refuse(format!("nobody can accept: {}", never.message));
        }
        if found.is_empty() {
            return refuse(format!("is no finding of this plan{}", those_that_stop(plan)));
        }
        if !found.iter().any(|finding| finding.severity == Severity::Block) {
            return refuse("stops nothing: a warning needs nobody's acceptance".to_owned());
        }
    }
    Ok(())
}

/// What could be meant instead.
fn those_that_stop(plan: &Plan) -> String {
    let names: Vec<String> = plan
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Block)
        .take(5)
        .map(|f| {
            let step = f.step.as_ref().map_or("plan", StepId::as_str);
            format!("`{step}:{}:{}`", f.code, f.key)
        })
        .collect();
    if names.is_empty() { String::new() } else { format!(" (there are {})", names.join(", ")) }
}
