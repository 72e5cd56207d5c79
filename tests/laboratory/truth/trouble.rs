//! What the tenant does behind the program's back, and what an honest program may then say.

use offboard::core::time::Period;
use offboard::{Outcome, Timestamp};
use offboard_sim::{Fault, Matcher, Tenant};

/// How a tenant misleads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing goes wrong.
    Nothing,
    /// (a) It says success and changes nothing: this often, or always.
    ClaimsOnly(Option<usize>),
    /// (b) It changes and drops the answer: once, or always.
    AnswerLost(Option<usize>),
    /// (c) It says success and changes 20 minutes later: the first write, or each.
    Late(Option<usize>),
    /// (d) It changes, and directory sync, which runs so often, takes it back: the first write, or each.
    Reverted(Option<usize>, Period),
    /// (e) It changes, and refuses every reading afterwards with this status: so long, or for good.
    Unreadable(u16, Option<Period>),
}

/// All of them.
pub const TROUBLES: &[Trouble] = &[
    Trouble::Nothing,
    Trouble::ClaimsOnly(Some(1)),
    Trouble::ClaimsOnly(None),
    Trouble::AnswerLost(Some(1)),
    Trouble::AnswerLost(None),
    Trouble::Late(Some(1)),
    Trouble::Late(None),
    Trouble::Reverted(Some(1), Period::seconds(5)),
    Trouble::Reverted(None, Period::seconds(15)),
    Trouble::Reverted(None, Period::minutes(5)),
    Trouble::Unreadable(403, None),
    Trouble::Unreadable(503, None),
    Trouble::Unreadable(503, Some(Period::minutes(10))),
];

impl Trouble {
    /// What begins with the run.
    pub fn begin(self, tenant: &Tenant, write: &Matcher) {
        let (often, fault) = match self {
            Self::ClaimsOnly(often) => (often, Fault::NothingHappens),
            Self::AnswerLost(often) => (often, Fault::DropAnswer),
            Self::Late(often) => (often, Fault::Later(Period::minutes(20))),
            Self::Reverted(often, _) => (often, Fault::RevertedBySync),
            Self::Nothing | Self::Unreadable(..) => return,
        };
        match often {
            Some(often) => tenant.faults().times(often, write.clone(), fault),
            None => tenant.faults().always(write.clone(), fault),
        };
    }

    /// What begins when the first write has been accepted, at `now`.
    pub fn after_the_write(self, tenant: &Tenant, now: Timestamp) {
        if let Self::Unreadable(status, lasts) = self {
            let reads = match lasts {
                Some(lasts) => Matcher::reads().until(now + lasts),
                None => Matcher::reads(),
            };
            tenant.faults().always(reads, Fault::status(status));
        }
    }

    /// How often directory sync runs.
    pub fn sync_interval(self) -> Option<Period> {
        if let Self::Reverted(_, every) = self { Some(every) } else { None }
    }

    /// The same for what is never sent again unread: what was accepted and did not happen stays open.
    pub fn honest_once(self) -> &'static [Outcome] {
        match self {
            Self::ClaimsOnly(_) => &[Outcome::Unknown],
            other => other.honest(),
        }
    }

    /// What an honest program comes to in the end; all of it is what the judge would let pass, and no more than can be known.
    pub fn honest(self) -> &'static [Outcome] {
        match self {
            // Written again after its time, or read in spite of the lost answer, or read late.
            Self::Nothing
            | Self::ClaimsOnly(Some(_))
            | Self::AnswerLost(_)
            | Self::Late(_)
            | Self::Unreadable(_, Some(_)) => &[Outcome::Done],
            Self::ClaimsOnly(None) | Self::Unreadable(_, None) => &[Outcome::Unknown],
            // Seen before the sync, or not at all: both are true.
            Self::Reverted(..) => &[Outcome::Done, Outcome::Unknown],
        }
    }

    /// Whether the record shows that it happened to a write or a reading.
    pub fn happened(self, tenant: &Tenant) -> bool {
        let rows = tenant.recorder().all();
        let mut faulted = rows.iter().filter(|row| row.is_faulted());
        match self {
            Self::Nothing => rows.iter().any(|row| row.is_mutating()),
            Self::Unreadable(..) => faulted.any(|row| !row.is_mutating()),
            _ => faulted.any(|row| row.is_mutating()),
        }
    }
}
