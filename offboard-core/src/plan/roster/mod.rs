//! Many leavers at once: a list of plans that one approval names by one digest.
//!
//! A roster is a document beside its plans. It holds no plan, only the digest of each, and what a person wants to see of it
//! before he accepts all of them.

pub mod approved;
pub mod rows;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Plan;
use super::identity::Identity;
use crate::document::{self, DocumentError};
use crate::id::{Digest, StepId, TenantId};
use crate::operation::guard::Direction;
use crate::operation::{Finding, Severity};
use crate::time::Timestamp;

pub use approved::{ApprovedRoster, LeftOut};
pub use rows::{BadRow, Row, Rows, RowsError};

/// Several plans that are approved and run together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// [`Roster::FORMAT`].
    pub format: String,
    /// The organisation.
    pub tenant: TenantId,
    /// The policy's own name.
    pub policy: String,
    /// SHA-256 of the policy's bytes.
    pub policy_digest: Digest,
    /// SHA-256 of the file that it was made from.
    pub source: Digest,
    /// When.
    pub made_at: Timestamp,
    /// By whom, as he calls himself.
    pub made_by: String,
    /// Everybody who has a plan, in the order of the file.
    pub members: Vec<Member>,
    /// The rows of the file from which no plan was made.
    pub refused: Vec<BadRow>,
}

/// One leaver of a roster, and his plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The line of the file, counted from 1.
    pub line: u64,
    /// SHA-256 of the plan's bytes.
    pub plan: Digest,
    /// Whom the plan means.
    pub leaver: Identity,
    /// The last working moment.
    pub leaves_at: Timestamp,
    /// How many steps the plan has.
    pub steps: usize,
    /// What stops the plan, unless it is waived; what is `never` nobody can waive.
    pub stopped_by: Vec<Finding>,
    /// Steps that destroy data, device or account for good.
    pub irreversible: Vec<StepId>,
}

impl Member {
    /// Of this plan, which line `line` of the file asked for.
    pub fn of(line: u64, plan: &Plan, digest: Digest) -> Self {
        let stops = |finding: &&Finding| finding.severity != Severity::Warn;
        let for_good = plan.steps.iter().filter(|step| step.destroys_for_good().is_some());
        Self {
            line,
            plan: digest,
            leaver: plan.leaver.clone(),
            leaves_at: plan.intent.leaves_at,
            steps: plan.steps.len(),
            stopped_by: plan.findings.iter().filter(stops).cloned().collect(),
            irreversible: for_good.map(|step| step.id.clone()).collect(),
        }
    }

    /// Whether nobody can approve this plan as it is.
    pub fn is_hopeless(&self) -> bool {
        self.stopped_by.iter().any(|finding| finding.severity == Severity::Never)
    }
}

/// A roster that says of itself or of its plans what is not so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// Nobody is in it.
    #[error("nobody is in this roster")]
    Empty,
    /// One leaver has two plans in it.
    #[error("{0} is in this roster twice")]
    Twice(String),
    /// A plan that it names was not found with it.
    #[error("the plan {plan} of {leaver} is missing")]
    Missing {
        /// The plan's digest.
        plan: Digest,
        /// For people.
        leaver: String,
    },
    /// It was not looked at by anybody.
    #[error("a standing approval covers single plans, and no roster")]
    Standing,
    /// What it says of a plan is not what the plan says.
    #[error("this roster says of the plan of {0} what the plan does not say; make it again")]
    Untrue(String),
}

impl Roster {
    /// The format this version writes.
    pub const FORMAT: &'static str = "offboard.roster/1";

    /// The bytes of the document. The same roster gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        document::to_bytes(self)
    }

    /// The roster in these bytes, and their digest.
    ///
    /// # Errors
    /// The text is cut off, is no roster, or is one of a format that this version does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, Digest), DocumentError> {
        let roster: Self = document::from_bytes(bytes, "roster", Self::FORMAT)?;
        Ok((roster, document::digest(bytes)))
    }

    /// The member whose plan this is.
    pub fn member(&self, plan: &Digest) -> Option<&Member> {
        self.members.iter().find(|member| member.plan == *plan)
    }

    /// Somebody is in it, and nobody twice.
    fn check(&self) -> Result<(), RosterError> {
        let mut seen = BTreeSet::new();
        match self.members.iter().find(|member| !seen.insert(member.leaver.id)) {
            Some(twice) => Err(RosterError::Twice(twice.leaver.name())),
            None if self.members.is_empty() => Err(RosterError::Empty),
            None => Ok(()),
        }
    }

    /// Whether `plan` is what this roster says of it.
    fn says_of(&self, plan: &Plan, digest: &Digest) -> bool {
        plan.tenant == self.tenant
            && plan.direction == Direction::Forward
            && plan.source.policy_digest == self.policy_digest
            && self
                .member(digest)
                .is_some_and(|member| *member == Member::of(member.line, plan, digest.clone()))
    }
}
