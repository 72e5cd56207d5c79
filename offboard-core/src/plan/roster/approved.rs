//! A roster together with its plans and an approval that fits: the only roster that can be applied.

use std::collections::BTreeMap;

use super::{Member, Roster, RosterError};
use crate::document;
use crate::error::Error;
use crate::id::{Digest, RosterId, RunId};
use crate::plan::approval::{of_both, run_id};
use crate::plan::{Approval, ApprovalError, ApprovedPlan, Waiver};
use crate::time::Timestamp;

/// A leaver whom the approval does not cover: the others go without him.
#[derive(Debug)]
pub struct LeftOut {
    /// Who.
    pub member: Member,
    /// Why.
    pub error: Error,
}

/// A roster and what somebody accepted of it, as both were when it was applied.
#[derive(Debug, Clone)]
pub struct KeptRoster {
    /// The roster.
    pub roster: Roster,
    /// Its digest.
    pub digest: Digest,
    /// Who accepted it.
    pub approval: Approval,
    /// This application of it.
    pub id: RosterId,
}

impl KeptRoster {
    /// Puts the two together.
    ///
    /// # Errors
    /// One of them cannot be read, or the approval is for something else.
    pub fn reopen(roster_bytes: &[u8], approval_bytes: &[u8]) -> Result<Self, Error> {
        let (roster, digest) = Roster::from_bytes(roster_bytes)?;
        roster.check()?;
        let approval = Approval::from_bytes(approval_bytes)?;
        if approval.plan != digest {
            return Err(ApprovalError::OtherPlan { approved: approval.plan, plan: digest }.into());
        }
        let id = RosterId::new(format!("r{}", &of_both(&digest, approval_bytes)[..15]));
        Ok(Self { roster, digest, approval, id })
    }

    /// What the approval says of one plan: an approval of that plan, which names the roster that it is a part of.
    pub fn part(&self, plan: &Digest) -> Approval {
        let own = self.approval.waivers.iter().filter(|waiver| waiver.plan.as_ref() == Some(plan));
        Approval {
            plan: plan.clone(),
            roster: Some(self.id.clone()),
            waivers: own.map(|waiver| Waiver { plan: None, ..waiver.clone() }).collect(),
            ..self.approval.clone()
        }
    }

    /// The run of a member's plan. It is known before it is begun.
    pub fn run_of(&self, member: &Member) -> RunId {
        run_id(&member.plan, &self.part(&member.plan).to_bytes())
    }
}

/// A roster, its plans, and an approval of all of them.
#[derive(Debug)]
pub struct ApprovedRoster {
    pub(crate) kept: KeptRoster,
    pub(crate) bytes: (Vec<u8>, Vec<u8>),
    /// Everybody who can be begun with.
    pub plans: Vec<ApprovedPlan>,
    /// Everybody who cannot, each for a reason of his own.
    pub left_out: Vec<LeftOut>,
}

impl ApprovedRoster {
    /// Puts them together. `plans` holds the bytes of every plan that the roster names, in any order.
    ///
    /// A plan that findings stop, or that destroys what nobody accepted, is left out alone: the others go without it.
    ///
    /// # Errors
    /// The approval is for other bytes, has ended or cannot be meant, is by whoever made a plan that does more than cut
    /// access, or accepts what no plan lists; a plan is missing or not as the roster says; or everybody is left out.
    pub fn new(
        roster_bytes: &[u8],
        approval_bytes: &[u8],
        plans: impl IntoIterator<Item = Vec<u8>>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let kept = KeptRoster::reopen(roster_bytes, approval_bytes)?;
        if kept.approval.standing.is_some() {
            // Its number a day counts single plans, which nobody looks at; a roster is looked at by somebody.
            return Err(RosterError::Standing.into());
        }
        let named =
            |waiver: &&Waiver| waiver.plan.as_ref().is_none_or(|plan| kept.roster.member(plan).is_none());
        if let Some(waiver) = kept.approval.waivers.iter().find(named) {
            let why = "names no plan of this roster".to_owned();
            return Err(ApprovalError::Waiver { waiver: Box::new(waiver.clone()), why }.into());
        }
        let mut plans: BTreeMap<Digest, Vec<u8>> =
            plans.into_iter().map(|bytes| (document::digest(&bytes), bytes)).collect();
        let (mut approved, mut left_out) = (Vec::new(), Vec::new());
        for member in &kept.roster.members {
            let leaver = member.leaver.name();
            let Some(bytes) = plans.remove(&member.plan) else {
                return Err(RosterError::Missing { plan: member.plan.clone(), leaver }.into());
            };
            let part = kept.part(&member.plan).to_bytes();
            let plan = ApprovedPlan::reopen(&bytes, &part)?;
            if !kept.roster.says_of(plan.plan(), plan.digest()) {
                return Err(RosterError::Untrue(leaver).into());
            }
            match plan.check(now) {
                Ok(()) => approved.push(plan),
                // What keeps one leaver out says nothing of the others.
                Err(error @ (ApprovalError::Findings(_) | ApprovalError::Irreversible { .. })) => {
                    left_out.push(LeftOut { member: member.clone(), error: error.into() });
                }
                Err(error) => return Err(error.into()),
            }
        }
        if approved.is_empty() {
            return Err(left_out.swap_remove(0).error);
        }
        let bytes = (roster_bytes.to_vec(), approval_bytes.to_vec());
        Ok(Self { kept, bytes, plans: approved, left_out })
    }

    /// The roster.
    pub fn roster(&self) -> &Roster {
        &self.kept.roster
    }

    /// This application of it. Applying the same roster with the same approval again is the same one.
    pub fn id(&self) -> &RosterId {
        &self.kept.id
    }
}
