//! How a standing approval comes to be: one person proposes it, a second one puts his name to it.

use super::{Expected, Signature, StandingApproval};
use crate::error::{Error, ErrorKind};
use crate::guards;
use crate::id::TenantId;
use crate::plan::ApprovalError;
use crate::policy::Policy;
use crate::time::Period;

/// What is proposed, if it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    per_day: u32,
    lasts: Period,
    findings: Vec<Expected>,
    ticket: Option<String>,
}

impl Terms {
    /// So many runs in 24 hours, for so long from the first signature on, with the findings that are expected and a ticket for
    /// the auditor.
    ///
    /// # Errors
    /// It allows no run, or would last too long.
    pub fn new(
        per_day: u32,
        lasts: Period,
        findings: Vec<Expected>,
        ticket: Option<String>,
    ) -> Result<Self, Error> {
        let at_most = StandingApproval::LASTS_AT_MOST;
        if lasts > at_most || lasts <= Period::ZERO {
            return Err(usage(format!(
                "a standing approval cannot last {lasts}; at most are {at_most}: people and tenants change; say a time \
                 between, or none for {}",
                StandingApproval::LASTS
            )));
        }
        if per_day == 0 {
            return Err(usage("a standing approval that allows no run a day is none; say how many may be started in 24 hours, at least 1".to_owned()));
        }
        Ok(Self { per_day, lasts, findings, ticket })
    }
}

impl Expected {
    /// The finding of this name (`G45`, or `G56:one_drive`), as a plan prints it without its step.
    ///
    /// # Errors
    /// No rule is called so, or there is no reason. Findings that a step of one's own makes are known to nobody here, and are
    /// taken as they are.
    pub fn named(name: &str, reason: &str) -> Result<Self, Error> {
        let (code, key) = name.split_once(':').map_or((name, None), |(code, key)| (code, Some(key)));
        let rule = |code: &str| guards::all().iter().any(|guard| guard.code() == code);
        if code.is_empty() || (code.starts_with('G') && !rule(code)) {
            return Err(usage(format!(
                "no rule is called `{code}`; a finding is named as a plan prints it, without its step: G45, or G56:one_drive"
            )));
        }
        if reason.trim().is_empty() {
            return Err(usage(format!(
                "`{name}` is expected for no reason; say why it is accepted: an auditor will read it"
            )));
        }
        Ok(Self { code: code.to_owned(), key: key.map(str::to_owned), reason: reason.to_owned() })
    }
}

impl StandingApproval {
    /// The first of two people proposes it. It covers nothing before a second one has signed.
    ///
    /// # Errors
    /// He has no name.
    pub fn propose(tenant: TenantId, policy: &Policy, by: Signature, terms: Terms) -> Result<Self, Error> {
        let by = signed(by)?;
        Ok(Self {
            format: Self::FORMAT.to_owned(),
            tenant,
            policy: policy.name().to_owned(),
            policy_digest: policy.digest().clone(),
            expires_at: by.at + terms.lasts,
            by: vec![by],
            per_day: terms.per_day,
            findings: terms.findings,
            ticket: terms.ticket,
        })
    }

    /// A second person puts his name to it.
    ///
    /// # Errors
    /// It is still by one person alone, has ended, or cannot be used for another reason: what would be refused when it is
    /// used is refused now, while whoever can mend it is here.
    pub fn second(mut self, by: Signature) -> Result<Self, Error> {
        let by = signed(by)?;
        let now = by.at;
        self.by.push(by);
        self.check_itself(now).map_err(ApprovalError::from)?;
        Ok(self)
    }
}

/// Somebody with a name.
fn signed(by: Signature) -> Result<Signature, Error> {
    let name = by.name.trim().to_owned();
    if name.is_empty() {
        return Err(usage(
            "a standing approval is by somebody, and nobody is named; say who signs it".to_owned(),
        ));
    }
    Ok(Signature { name, ..by })
}

fn usage(text: String) -> Error {
    ErrorKind::Usage(text).into()
}
