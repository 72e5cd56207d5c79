//! A rule over facts that speaks against a step. One guard a file, under `guards`.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{AnyOperation, Class, Findings, Spec};
use crate::facts::{Facet, Facts};
use crate::id::{StepId, UserId};
use crate::model::intent::Intent;
use crate::time::Timestamp;

/// Which way a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// As the policy wants it.
    Forward,
    /// Taking it back.
    Undo,
}

/// The step that is judged.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// Its name in the plan.
    pub id: &'a StepId,
    /// What it does.
    pub operation: &'a dyn AnyOperation,
    /// Its parameters.
    pub params: &'a Value,
    /// Which way.
    pub direction: Direction,
    /// Who is leaving.
    pub leaver: UserId,
    /// When it will be done, as far as is known.
    pub at: Timestamp,
}

impl Subject<'_> {
    /// What is the same for each use of the operation.
    pub fn spec(&self) -> &Spec {
        self.operation.spec()
    }

    /// The operation's name.
    pub fn name(&self) -> &'static str {
        self.operation.spec().name
    }

    /// Going forward as one of these operations.
    pub fn is_forward(&self, names: &[&str]) -> bool {
        self.direction == Direction::Forward && names.contains(&self.name())
    }

    /// Containment, going forward.
    pub fn contains(&self) -> bool {
        self.direction == Direction::Forward && self.spec().class == Class::Containment
    }

    /// One parameter, if the operation has it in this form.
    pub fn param<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.params.get(name).and_then(|value| serde_json::from_value(value.clone()).ok())
    }
}

/// A rule over facts.
///
/// # Contract
/// * Pure: the same facts, step, intent and time give the same findings.
/// * A fact that the rule needs and that is unknown is itself a finding ([`Findings::unknown`]).
pub trait Guard: Debug + Send + Sync {
    /// `G7`.
    fn code(&self) -> &'static str;

    /// The requirement behind it: `R27`.
    fn requirement(&self) -> &'static str;

    /// One line for the report and the documentation.
    fn title(&self) -> &'static str;

    /// Whether it has anything to say about this step.
    fn applies(&self, step: &Subject<'_>) -> bool;

    /// What must be read to judge this step.
    fn reads(&self, step: &Subject<'_>) -> Vec<Facet>;

    /// Judges.
    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        intent: &Intent,
        now: Timestamp,
        findings: &mut Findings,
    );
}
