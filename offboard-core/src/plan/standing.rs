//! Two people accept a policy once, and plans that hold no surprise need nobody again (DESIGN: standing approval).
//!
//! It covers plans of exactly one policy in one organisation, as many a day as it says, and none in which something is
//! destroyed for good, the leaver is privileged, somebody outside gets something, or a finding stands that it does not list.

pub mod sign;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::approval::{Approval, same_name};
use super::document::Plan;
use super::waiver::Waiver;
use crate::document::{self, DocumentError};
use crate::facts::{Fact, Facts};
use crate::guards::{EXTERNAL, GUEST};
use crate::id::{Digest, TenantId};
use crate::operation::guard::Direction;
use crate::operation::{Finding, Severity};
use crate::time::{Period, Timestamp};

pub use sign::Terms;

/// Two people accept every plan of one policy that holds no surprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingApproval {
    /// [`StandingApproval::FORMAT`].
    pub format: String,
    /// The organisation.
    pub tenant: TenantId,
    /// For people: the policy's own name.
    pub policy: String,
    /// SHA-256 of the policy's bytes.
    pub policy_digest: Digest,
    /// Who accepts it. It takes two different people.
    #[schemars(length(min = 1))]
    pub by: Vec<Signature>,
    /// Until when a run may be started under it.
    pub expires_at: Timestamp,
    /// How many runs may be started under it in 24 hours.
    #[schemars(range(min = 1))]
    pub per_day: u32,
    /// The findings that were expected.
    pub findings: Vec<Expected>,
    /// A ticket, for the auditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// Somebody put his name to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Who, as he calls himself.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// A finding that was expected of such plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The rule: `G45`.
    pub code: String,
    /// Which case of it. Without one every case is expected that stops nothing; what stops a step is only accepted
    /// case by case, as everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why it is accepted.
    pub reason: String,
}

impl Expected {
    fn covers(&self, finding: &Finding) -> bool {
        let case = match &self.key {
            Some(key) => *key == finding.key,
            None => finding.severity == Severity::Warn,
        };
        self.code == finding.code && case
    }
}

/// Why a plan is not covered, or the document itself cannot be used: the end of "this standing approval …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the standing approval for \u{201c}{policy}\u{201d} {why}")]
pub struct NotCovered {
    /// The policy it is for.
    pub policy: String,
    /// What was seen.
    pub why: String,
    /// What to do.
    pub hint: &'static str,
}

/// What to do where a plan needs somebody's eyes.
const BY_HAND: &str = "let somebody look at this plan and approve it alone: `offboard approve PLAN -o FILE`";
/// What to do where the document is no good any more.
const ANEW: &str = "make a standing approval anew, by two people: `offboard standing propose`, then `offboard standing second`";

impl StandingApproval {
    /// The format this version writes.
    pub const FORMAT: &'static str = "offboard.standing-approval/1";
    /// How long one lasts, unless it says otherwise.
    pub const LASTS: Period = Period::days(30);
    /// How long at most, from its first signature: people and tenants change.
    pub const LASTS_AT_MOST: Period = Period::days(90);

    /// The bytes of the document.
    pub fn to_bytes(&self) -> Vec<u8> {
        document::to_bytes(self)
    }

    /// The standing approval in these bytes.
    ///
    /// # Errors
    /// The text is cut off, is none, or is one of a format that this version does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        document::from_bytes(bytes, "standing approval", Self::FORMAT)
    }

    /// SHA-256 of its bytes: what runs under it are counted by.
    pub fn digest(&self) -> Digest {
        document::digest(&self.to_bytes())
    }

    /// Who put his name to it, for people.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.by.iter().map(|signature| signature.name.as_str()).collect();
        names.join(" and ")
    }

    /// The approval of one plan that follows from it. What it accepts there is written out, finding by finding.
    ///
    /// # Errors
    /// The plan is not covered.
    pub fn approve(&self, plan: &Plan, digest: Digest, now: Timestamp) -> Result<Approval, NotCovered> {
        self.covers(plan, now)?;
        Ok(Approval {
            format: Approval::FORMAT.to_owned(),
            plan: digest,
            by: self.names(),
            at: now,
            expires_at: (now + Approval::LASTS).min(self.expires_at),
            ticket: self.ticket.clone(),
            waivers: self.waivers(plan),
            irreversible: false,
            roster: None,
            standing: Some(Box::new(self.clone())),
        })
    }

    /// Whether an approval that names this one says no more than this one does.
    ///
    /// # Errors
    /// The plan is not covered, or the approval was changed after it was made.
    pub(super) fn check(&self, approval: &Approval, plan: &Plan, now: Timestamp) -> Result<(), NotCovered> {
        self.covers(plan, now)?;
        let same = approval.by == self.names()
            && !approval.irreversible
            && approval.waivers == self.waivers(plan)
            && approval.expires_at <= self.expires_at;
        self.require(same, BY_HAND, || "says less than the approval that was made under it".to_owned())
    }

    /// Refuses a plan with a surprise in it.
    ///
    /// # Errors
    /// What the surprise is.
    pub fn covers(&self, plan: &Plan, now: Timestamp) -> Result<(), NotCovered> {
        self.check_itself(now)?;
        self.require(plan.tenant == self.tenant, BY_HAND, || {
            format!("is for the tenant {}, not for {}", self.tenant, plan.tenant)
        })?;
        self.require(plan.source.policy_digest == self.policy_digest, BY_HAND, || {
            format!(
                "is for the policy {}, and this plan was made from {} (\u{201c}{}\u{201d})",
                self.policy_digest, plan.source.policy_digest, plan.source.policy
            )
        })?;
        self.require(plan.direction == Direction::Forward, BY_HAND, || {
            "covers nothing that takes a run back".to_owned()
        })?;
        for step in &plan.steps {
            if let Some(why) = step.destroys_for_good() {
                return self
                    .refuse(format!("does not cover `{}`, which cannot be taken back: {why}", step.id));
            }
        }
        if let Some(why) = privileged(&plan.facts) {
            return self.refuse(format!("does not cover a privileged leaver: {} {why}", plan.leaver.name()));
        }
        for finding in &plan.findings {
            let name = || {
                let step = finding.step.as_ref().map_or("plan", |step| step.as_str());
                format!("`{step}:{}:{}`", finding.code, finding.key)
            };
            // So G15 and G16 call whoever belongs to another organisation.
            if [EXTERNAL, GUEST].iter().any(|outside| finding.key.starts_with(outside)) {
                return self.refuse(format!(
                    "does not cover somebody outside: {} {}",
                    name(),
                    finding.message
                ));
            }
            if finding.key.starts_with("unknown:") {
                return self.refuse(format!(
                    "does not cover what nobody could read: {} {}",
                    name(),
                    finding.message
                ));
            }
            if !self.findings.iter().any(|expected| expected.covers(finding)) {
                return self.refuse(format!("does not list the finding {}: {}", name(), finding.message));
            }
        }
        Ok(())
    }

    /// Whether it can be used at all.
    ///
    /// # Errors
    /// It is by fewer than two people, has dates that nobody can mean, has ended, or allows no run.
    pub fn check_itself(&self, now: Timestamp) -> Result<(), NotCovered> {
        let named = self.by.iter().all(|signature| !signature.name.trim().is_empty());
        self.require(named, ANEW, || "is signed by somebody without a name".to_owned())?;
        let two = self.by.iter().any(|one| self.by.iter().any(|other| !same_name(&one.name, &other.name)));
        self.require(two, "let a second person put his name to it: `offboard standing second`", || {
            format!("takes two people, and is by {} alone", self.names())
        })?;
        self.check_dates(now)?;
        self.require(self.per_day > 0, ANEW, || "allows no run a day".to_owned())?;
        let reasons = self.findings.iter().all(|expected| !expected.reason.trim().is_empty());
        self.require(reasons, ANEW, || "expects a finding without a reason".to_owned())
    }

    fn check_dates(&self, now: Timestamp) -> Result<(), NotCovered> {
        let first = self.by.iter().map(|signature| signature.at).min().unwrap_or(now);
        let last = self.by.iter().map(|signature| signature.at).max().unwrap_or(now);
        self.require(last <= now + Approval::CLOCKS_APART, "see that the clocks are right", || {
            format!("was signed at {last}, and it is {now}")
        })?;
        self.require(self.expires_at.since(first) <= Self::LASTS_AT_MOST, ANEW, || {
            format!(
                "was signed at {first} and would last until {}; at most are {}",
                self.expires_at,
                Self::LASTS_AT_MOST
            )
        })?;
        self.require(now <= self.expires_at, ANEW, || format!("ended at {}", self.expires_at))
    }

    /// What it accepts in this plan of what would stop it.
    fn waivers(&self, plan: &Plan) -> Vec<Waiver> {
        let stops = plan.findings.iter().filter(|finding| finding.severity == Severity::Block);
        stops
            .filter_map(|finding| {
                let expected = self.findings.iter().find(|expected| expected.covers(finding))?;
                Some(Waiver {
                    plan: None,
                    step: finding.step.clone(),
                    code: finding.code.clone(),
                    key: finding.key.clone(),
                    reason: expected.reason.clone(),
                })
            })
            .collect()
    }

    fn require(&self, so: bool, hint: &'static str, why: impl FnOnce() -> String) -> Result<(), NotCovered> {
        if so { Ok(()) } else { Err(NotCovered { policy: self.policy.clone(), why: why(), hint }) }
    }

    fn refuse(&self, why: String) -> Result<(), NotCovered> {
        self.require(false, BY_HAND, || why)
    }
}

/// Why the leaver counts as privileged: he holds or may activate a role, or is in a group that can hold one. What was not
/// read counts too.
fn privileged(facts: &Facts) -> Option<String> {
    match &facts.leaver.roles {
        Fact::Known(roles) if !roles.is_empty() => return Some("holds a directory role".to_owned()),
        Fact::Unknown(failure) => {
            return Some(format!("may hold a directory role ({} when asked)", failure.kind));
        }
        Fact::Known(_) | Fact::Absent | Fact::NotOffered(_) => {}
    }
    match &facts.leaver.memberships {
        Fact::Known(rows) => rows.iter().find_map(|row| match &row.group {
            Fact::Known(group) if group.is_assignable_to_role => {
                Some(format!("is in the role-assignable group {}", group.display_name))
            }
            Fact::Unknown(failure) => Some(format!(
                "may be in a role-assignable group ({} when asked about {})",
                failure.kind, row.id
            )),
            _ => None,
        }),
        Fact::Unknown(failure) => {
            Some(format!("may be in a role-assignable group ({} when asked)", failure.kind))
        }
        Fact::Absent | Fact::NotOffered(_) => None,
    }
}

#[cfg(test)]
mod tests;
