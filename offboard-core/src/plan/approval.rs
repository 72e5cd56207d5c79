//! Who accepted exactly which plan, and which findings he waived.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Plan;
use super::judge::DRIFT;
use super::standing::{NotCovered, StandingApproval};
use super::waiver::{self, Waiver};
use crate::document::{self, DocumentError};
use crate::id::{Digest, RosterId, RunId, StepId};
use crate::operation::guard::Direction;
use crate::operation::{Finding, Severity};
use crate::time::{Period, Timestamp};

/// Somebody accepts exactly one plan, or exactly one roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// [`Approval::FORMAT`].
    pub format: String,
    /// SHA-256 of the bytes of the plan, or of the roster.
    pub plan: Digest,
    /// The application of a roster, where this is what the roster's approval says of one of its plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<RosterId>,
    /// Who, as he calls himself.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Until when a run may be started with it.
    pub expires_at: Timestamp,
    /// A ticket, for the auditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Findings that are accepted.
    pub waivers: Vec<Waiver>,
    /// Steps that destroy data, device or account for good are accepted.
    pub irreversible: bool,
    /// The standing approval under which it was made, whole, so that whoever reads it can check it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Box<StandingApproval>>,
}

/// A plan that may not be applied, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// It is for another plan.
    #[error("this approval is for the plan {approved}, not for {plan}")]
    OtherPlan {
        /// The plan it names.
        approved: Digest,
        /// The plan at hand.
        plan: Digest,
    },
    /// It accepts a finding that the plan does not have, or that nobody can accept.
    #[error("this approval accepts `{}`, which {why}", .waiver.name())]
    Waiver {
        /// What it accepts.
        waiver: Box<Waiver>,
        /// Why it cannot, as the end of a sentence.
        why: String,
    },
    /// Its dates cannot be meant.
    #[error("the dates of this approval cannot be right: {0}")]
    Dates(String),
    /// It is too old.
    #[error("this approval ended at {expired_at}; approve the plan again, or make a new one")]
    Expired {
        /// When it ended.
        expired_at: Timestamp,
    },
    /// Findings stop the plan.
    #[error("{} finding(s) stop this plan; the first is {}: {}", .0.len(), .0[0].code, .0[0].message)]
    Findings(Vec<Finding>),
    /// A step destroys something for good, and nobody accepted that.
    #[error("`{step}` cannot be taken back ({why}); approve with --irreversible if that is meant")]
    Irreversible {
        /// The step.
        step: StepId,
        /// What is lost.
        why: String,
    },
    /// The standing approval does not cover it.
    #[error(transparent)]
    Standing(#[from] NotCovered),
    /// As many runs as the standing approval allows were begun under it.
    #[error(
        "{started} runs were begun under this standing approval in the last 24 hours, and it allows {per_day}"
    )]
    UsedUp {
        /// How many were.
        started: u32,
        /// How many may be.
        per_day: u32,
    },
    /// The one who made the plan approves it himself.
    #[error(
        "`{by}` made this plan and cannot approve it: only plans that cut access alone may be approved by whoever made them"
    )]
    OwnPlan {
        /// Who.
        by: String,
    },
}

impl ApprovalError {
    /// What to do next.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::OtherPlan { .. } => {
                "approve exactly the plan that is to be applied: `offboard approve PLAN -o APPROVAL`"
            }
            Self::Findings(found) if found.iter().any(|finding| finding.severity == Severity::Never) => {
                "mend what they say and plan again; what is said as `never` nobody can accept"
            }
            Self::Findings(_) => {
                "mend what they say and plan again, or accept each one by name: `offboard approve PLAN --waive \
                 STEP:CODE:KEY --reason WHY`"
            }
            Self::Waiver { .. } => {
                "accept only findings that the plan lists as stopping it, as it names them: STEP:CODE:KEY"
            }
            Self::Dates(_) => {
                "approve the plan again (`offboard approve PLAN -o APPROVAL`), and see that the clocks are right"
            }
            Self::Standing(not_covered) => not_covered.hint,
            Self::UsedUp { .. } => {
                "wait, or let somebody look at this plan and approve it alone: `offboard approve PLAN -o FILE`"
            }
            Self::OwnPlan { .. } => "let a second person approve it, who names himself by --by",
            Self::Expired { .. } | Self::Irreversible { .. } => return None,
        })
    }
}

impl Approval {
    /// The format this version writes.
    pub const FORMAT: &'static str = "offboard.approval/1";
    /// How long a run may be started with it, unless it says otherwise.
    pub const LASTS: Period = Period::hours(24);
    /// How long at most: what somebody accepted long ago, he accepted of another tenant.
    pub const LASTS_AT_MOST: Period = Period::days(30);
    /// How far the clocks of whoever approves and whoever applies may be apart.
    pub const CLOCKS_APART: Period = Period::minutes(5);

    /// Somebody accepts the plan or the roster of this digest, for as long as an approval lasts.
    pub fn of(
        digest: Digest,
        by: &str,
        at: Timestamp,
        ticket: Option<String>,
        waivers: Vec<Waiver>,
        irreversible: bool,
    ) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            plan: digest,
            roster: None,
            by: by.to_owned(),
            at,
            expires_at: at + Self::LASTS,
            ticket,
            waivers,
            irreversible,
            standing: None,
        }
    }

    /// The bytes of the document.
    pub fn to_bytes(&self) -> Vec<u8> {
        document::to_bytes(self)
    }

    /// The approval in these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        document::from_bytes(bytes, "approval", Self::FORMAT)
    }
}

/// Names are self-declared: nobody becomes a second person by writing his name in capitals.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// A plan together with an approval that fits it: the only thing that can be applied.
#[derive(Debug, Clone)]
pub struct ApprovedPlan {
    plan: Plan,
    digest: Digest,
    plan_bytes: Vec<u8>,
    approval: Approval,
    approval_bytes: Vec<u8>,
}

impl ApprovedPlan {
    /// Puts the two together.
    ///
    /// # Errors
    /// The approval is for other bytes, has ended or has dates that cannot be meant, accepts what the plan does not
    /// list or nobody can accept, leaves a finding standing or an irreversible step unaccepted, or is by whoever made
    /// the plan although the plan does more than cutting access or giving it back.
    pub fn new(
        plan_bytes: &[u8],
        approval_bytes: &[u8],
        now: Timestamp,
    ) -> Result<Self, crate::error::Error> {
        let approved = Self::reopen(plan_bytes, approval_bytes)?;
        approved.check(now)?;
        Ok(approved)
    }

    /// Whether a run may be started with it now.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), ApprovalError> {
        let (plan, approval) = (&self.plan, &self.approval);
        approval.check_dates(now)?;
        waiver::check(&approval.waivers, plan)?;
        if now > approval.expires_at {
            return Err(ApprovalError::Expired { expired_at: approval.expires_at });
        }
        // What others changed since stays, and holds up nothing else that is taken back: it stops its own step.
        let of_its_step = |f: &Finding| {
            plan.direction == Direction::Undo
                && f.code == DRIFT
                && f.severity == Severity::Block
                && f.step.is_some()
        };
        let standing: Vec<Finding> = plan
            .findings
            .iter()
            .filter(|f| approval.leaves_standing(f) && !of_its_step(f))
            .cloned()
            .collect();
        if !standing.is_empty() {
            return Err(ApprovalError::Findings(standing));
        }
        for step in &plan.steps {
            if let (Some(why), false) = (step.destroys_for_good(), approval.irreversible) {
                return Err(ApprovalError::Irreversible { step: step.id.clone(), why: why.to_owned() });
            }
        }
        if let Some(standing) = &approval.standing {
            standing.check(approval, plan, now).map_err(ApprovalError::from)?;
            return Ok(());
        }
        // Whoever pulls the emergency brake does not wait for a second person; everything else needs one.
        if !plan.is_containment_only() && same_name(&plan.made_by, &approval.by) {
            return Err(ApprovalError::OwnPlan { by: approval.by.clone() });
        }
        Ok(())
    }

    /// Puts the two together as they were when a run began: an approval binds the start, not what follows.
    pub fn reopen(plan_bytes: &[u8], approval_bytes: &[u8]) -> Result<Self, crate::error::Error> {
        let (plan, digest) = Plan::from_bytes(plan_bytes)?;
        let approval = Approval::from_bytes(approval_bytes)?;
        if approval.plan != digest {
            return Err(ApprovalError::OtherPlan { approved: approval.plan, plan: digest }.into());
        }
        Ok(Self {
            plan,
            digest,
            plan_bytes: plan_bytes.to_vec(),
            approval,
            approval_bytes: approval_bytes.to_vec(),
        })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The plan's digest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The approval.
    pub fn approval(&self) -> &Approval {
        &self.approval
    }

    /// The bytes of both documents, as they will be kept with the run.
    pub fn bytes(&self) -> (&[u8], &[u8]) {
        (&self.plan_bytes, &self.approval_bytes)
    }

    /// The run of exactly this plan with exactly this approval.
    pub fn run_id(&self) -> RunId {
        run_id(&self.digest, &self.approval_bytes)
    }
}

/// The run of this plan with exactly this approval.
pub(super) fn run_id(plan: &Digest, approval_bytes: &[u8]) -> RunId {
    RunId::new(of_both(plan, approval_bytes)[..16].to_owned())
}

/// Names a document together with its approval.
pub(super) fn of_both(document: &Digest, approval_bytes: &[u8]) -> String {
    let mut both = document.as_str().as_bytes().to_vec();
    both.extend_from_slice(document::digest(approval_bytes).as_str().as_bytes());
    document::digest(&both).as_str().to_owned()
}

impl Approval {
    /// Refuses dates that nobody can mean: an approval binds the start of a run only if it is known when it was given,
    /// and if it ends.
    fn check_dates(&self, now: Timestamp) -> Result<(), ApprovalError> {
        let Self { at, expires_at, .. } = self;
        let wrong = |why: String| Err(ApprovalError::Dates(why));
        if *at > now + Self::CLOCKS_APART {
            return wrong(format!("it was given at {at}, and it is {now}"));
        }
        if expires_at <= at {
            return wrong(format!("it was given at {at} and ended at {expires_at}"));
        }
        if expires_at.since(*at) > Self::LASTS_AT_MOST {
            return wrong(format!(
                "it was given at {at} and would last until {expires_at}; at most are {}",
                Self::LASTS_AT_MOST
            ));
        }
        Ok(())
    }

    /// Whether `finding` still stops its step.
    pub fn leaves_standing(&self, finding: &Finding) -> bool {
        match finding.severity {
            Severity::Warn => false,
            Severity::Never => true,
            Severity::Block => !self.waivers.iter().any(|waiver| waiver.covers(finding)),
        }
    }
}

#[cfg(test)]
mod tests;
