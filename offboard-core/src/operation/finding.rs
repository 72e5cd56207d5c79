//! What speaks against a step.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::id::StepId;

/// How much it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Said aloud, and no more.
    Warn,
    /// Stops the step until a waiver names exactly this finding.
    Block,
    /// Stops the step; nobody can waive it.
    Never,
}

/// One case of a rule that speaks against a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The guard: `G7`; for an operation's own checks its name.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Which case of the rule: a hold's id, a group's id, the threshold crossed. A waiver names it.
    pub key: String,
    /// The requirement behind the rule: `R27`.
    pub requirement: String,
    /// One line: what was seen.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The step it speaks against; nothing where it is the whole plan.
    pub step: Option<StepId>,
}

/// Collects findings against one step, or against the plan.
#[derive(Debug, Default)]
pub struct Findings {
    step: Option<StepId>,
    code: String,
    requirement: String,
    found: Vec<Finding>,
}

impl Findings {
    /// Findings of the rule `code` against `step`.
    pub fn of(code: &str, requirement: &str, step: Option<StepId>) -> Self {
        Self { step, code: code.to_owned(), requirement: requirement.to_owned(), found: Vec::new() }
    }

    /// Adds one.
    pub fn push(
        &mut self,
        severity: Severity,
        key: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.found.push(Finding {
            code: self.code.clone(),
            severity,
            key: key.into(),
            requirement: self.requirement.clone(),
            message: message.into(),
            hint: hint.into(),
            step: self.step.clone(),
        });
    }

    /// Said aloud.
    pub fn warn(&mut self, key: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) {
        self.push(Severity::Warn, key, message, hint);
    }

    /// Stops the step until it is waived.
    pub fn block(&mut self, key: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) {
        self.push(Severity::Block, key, message, hint);
    }

    /// Stops the step for good.
    pub fn never(&mut self, key: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) {
        self.push(Severity::Never, key, message, hint);
    }

    /// A fact that this rule needs could not be read. It stops the step: unknown is never "none".
    pub fn unknown(&mut self, what: &str, failure: &Failure) {
        let hint = failure.hint.clone().unwrap_or_else(|| {
            format!("make {what} readable and plan again; whoever has looked himself can waive exactly this")
        });
        self.push(
            Severity::Block,
            format!("unknown:{what}"),
            format!("{what} could not be read ({})", failure.kind),
            hint,
        );
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}
