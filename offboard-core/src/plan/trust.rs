//! What a plan says of itself is not believed: how careful to be with a step, and whether a plan only cuts access, is
//! what the catalog says. A plan is a document, and whoever can write a file can write one.

use serde_json::Value;

use super::document::Plan;
use super::step::Step;
use crate::operation::{Catalog, Class, Spec};

/// A plan that says of itself what is not so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this plan was not made like that: {0}; make it again")]
pub struct Untrue(String);

impl Plan {
    /// Compares the plan with the operations it names. One that nobody here knows is left for the host that does.
    ///
    /// # Errors
    /// A step claims to be of another kind than its operation is, is about somebody else than the leaver, or the plan
    /// claims only to cut access and does more.
    pub fn check_against(&self, catalog: &Catalog) -> Result<(), Untrue> {
        let mut containment = true;
        for step in &self.steps {
            let Some(spec) = catalog.spec(&step.operation) else {
                containment = false;
                continue;
            };
            containment &= spec.class == Class::Containment;
            if spec.version == step.version && !is_of(step, spec) {
                return Err(Untrue(format!("`{}` is not what `{}` is", step.id, spec.name)));
            }
            if let Some(user) = step.params.get("user").and_then(Value::as_str)
                && user != self.leaver.id.to_string()
            {
                return Err(Untrue(format!(
                    "`{}` is about {user}, the plan about {}",
                    step.id, self.leaver.id
                )));
            }
        }
        if self.is_containment_only() && !containment {
            return Err(Untrue("it claims only to cut access, and does more".to_owned()));
        }
        Ok(())
    }
}

/// Whether a step says of itself what its operation says.
fn is_of(step: &Step, spec: &Spec) -> bool {
    step.class == spec.class
        && step.repeat == spec.repeat
        && step.door == spec.door
        && step.phase == spec.phase
        && step.reversal == spec.reversal
        && step.latency == spec.latency
}
