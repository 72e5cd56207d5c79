//! The plan as a document: versioned JSON, named by the SHA-256 of its bytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::step::{Deadline, NotJudged, ResidualRisk, Step};
use crate::document::{self, DocumentError};
use crate::facts::Facts;
use crate::id::{Digest, RunId, StepId, TenantId};
use crate::model::intent::Intent;
use crate::operation::Finding;
use crate::operation::guard::Direction;
use crate::time::Timestamp;

/// What the plan was made from, beside the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The policy's own name.
    pub policy: String,
    /// SHA-256 of the policy's bytes.
    pub policy_digest: Digest,
    /// SHA-256 of the tenant profile's bytes.
    pub profile_digest: Digest,
    /// The run that this plan takes back, as far as it had come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Undone>,
}

/// A run that a plan takes back, and how far it had come when the plan was made. What it wrote afterwards is not in the
/// plan, which is then refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Undone {
    /// The run.
    pub run: RunId,
    /// How many entries its journal had.
    pub entries: u64,
    /// The hash of the last of them; of the run's record where there was none.
    pub head: Digest,
}

/// Every change for one leaver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`Plan::FORMAT`].
    pub format: String,
    /// The organisation. A plan is never applied to another.
    pub tenant: TenantId,
    /// Whom it means.
    pub leaver: Identity,
    /// What it was made from.
    pub source: Source,
    /// Forward, or taking a run back.
    pub direction: Direction,
    /// When.
    pub made_at: Timestamp,
    /// By whom, as he calls himself.
    pub made_by: String,
    /// What is wanted.
    pub intent: Intent,
    /// What was known.
    pub facts: Facts,
    /// What will be done, in an order that satisfies every need.
    pub steps: Vec<Step>,
    /// What speaks against it.
    pub findings: Vec<Finding>,
    /// Dates that follow from it.
    pub deadlines: Vec<Deadline>,
    /// What no step can mend.
    pub residual_risks: Vec<ResidualRisk>,
    /// Rules that nobody judged.
    pub not_judged: Vec<NotJudged>,
}

impl Plan {
    /// The format this version writes.
    pub const FORMAT: &'static str = "offboard.plan/1";

    /// The bytes of the document. The same plan gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        document::to_bytes(self)
    }

    /// The plan in these bytes, and their digest.
    ///
    /// # Errors
    /// The text is cut off, is no plan, or is one of a format that this version does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, Digest), DocumentError> {
        let plan: Self = document::from_bytes(bytes, "plan", Self::FORMAT)?;
        Ok((plan, document::digest(bytes)))
    }

    /// The step with this name.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// The findings against this step.
    pub fn findings_of<'a>(&'a self, id: &'a StepId) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.step.as_ref() == Some(id))
    }

    /// Only cuts access (or gives it back), so that whoever made it may also approve it.
    pub fn is_containment_only(&self) -> bool {
        self.intent.containment_only
    }
}
