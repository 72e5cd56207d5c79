//! What a caller of the library sees when it could not do its job. A run that halts is not an error, it is a report.

use crate::document::DocumentError;
use crate::failure::{Failure, Kind};
use crate::id::{RunId, StepId};
use crate::journal::JournalError;
use crate::operation::catalog::CatalogError;
use crate::plan::ApprovalError;
use crate::plan::roster::{RosterError, RowsError};
use crate::policy::PolicyError;
use crate::tenant::ProfileError;

/// Why the library could not do its job.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct Error {
    kind: Box<ErrorKind>,
}

/// What kind of error it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A document cannot be read.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A policy is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The tenant profile is wrong.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// An approval does not fit.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// A plan says of itself what is not so.
    #[error(transparent)]
    Untrue(#[from] crate::plan::trust::Untrue),
    /// An operation cannot be made.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The file of a roster is wrong.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// A roster is not what it says.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// More people are in one roster than the tenant profile allows.
    #[error("{people} people are in this roster, and the tenant profile allows {cap}")]
    RosterCap {
        /// How many.
        people: usize,
        /// How many may be.
        cap: u32,
    },
    /// The journal does not take or give what it must.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// As many people as the tenant profile allows have been begun with.
    #[error(
        "{started} people were off-boarded in the last 24 hours, {} more would begin now, and the tenant profile allows {cap}",
        .more
    )]
    Cap {
        /// How many.
        started: u32,
        /// How many would begin now.
        more: u32,
        /// How many may be.
        cap: u32,
    },
    /// A run went on after the plan that takes it back was made.
    #[error("the run {run} went on after this plan was made, and wrote to {}", listed(.steps))]
    Overtaken {
        /// The run.
        run: RunId,
        /// What it wrote to since.
        steps: Vec<StepId>,
    },
    /// The tenant could not be asked.
    #[error("{0}")]
    Provider(Failure),
    /// Nobody is called like that, or he could not be read.
    #[error("{0}")]
    Leaver(String),
    /// More than one is called like that: guessing would off-board the wrong one (G28).
    #[error("{0}")]
    Ambiguous(String),
    /// The caller asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// What kind of error it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The rule that refuses, and the requirement behind it; nothing where no rule refuses, and where findings do, each of
    /// which names its own.
    pub fn rule(&self) -> Option<(&'static str, &'static str)> {
        match &*self.kind {
            ErrorKind::Policy(error) => error.code.zip(error.requirement),
            ErrorKind::Approval(ApprovalError::Findings(_)) => None,
            ErrorKind::Approval(_) => Some(("APPROVAL", "P29")),
            ErrorKind::Journal(JournalError::AlreadyOpen { .. }) => Some(("RUN", "P8")),
            ErrorKind::Cap { .. } | ErrorKind::RosterCap { .. } => Some(("CAP", "P27")),
            ErrorKind::Overtaken { .. } => Some(("UNDO", "P13")),
            ErrorKind::Ambiguous(_) => Some(("G28", "P2")),
            _ => None,
        }
    }

    /// What to do next, where there is more to say than the message does.
    pub fn hint(&self) -> Option<&str> {
        match &*self.kind {
            ErrorKind::Provider(failure) => failure.hint.as_deref(),
            ErrorKind::Policy(error) => error.hint.as_deref(),
            ErrorKind::Journal(error) => error.hint(),
            ErrorKind::Approval(error) => error.hint(),
            ErrorKind::Document(error) => error.hint(),
            ErrorKind::Ambiguous(_) => Some("name exactly one of them by his object id; nothing was changed"),
            ErrorKind::Overtaken { .. } => {
                Some("make the plan again, with what was written since in it: `offboard undo RUN`")
            }
            ErrorKind::Rows(error) => Some(&error.hint),
            ErrorKind::Roster(RosterError::Standing) => {
                Some("let somebody look at this roster and approve it: `offboard approve FOLDER -o APPROVAL`")
            }
            ErrorKind::Roster(_) => {
                Some("make the roster again from its file: `offboard plan --roster FILE -o FOLDER`")
            }
            ErrorKind::RosterCap { .. } => Some(
                "raise `caps.per_roster` in the tenant profile, if that many people really leave at once",
            ),
            ErrorKind::Cap { .. } => {
                Some("raise `caps.per_day` in the tenant profile, if that many people really leave")
            }
            _ => None,
        }
    }
}

/// The codes with which the command line ends on an error (DESIGN 15): who can act decides.
mod exit {
    pub(super) const MACHINE: u8 = 1;
    pub(super) const USAGE: u8 = 2;
    pub(super) const REFUSED: u8 = 3;
    pub(super) const WAITING: u8 = 6;
    pub(super) const DRIFT: u8 = 7;
}

impl Error {
    /// With what the command line ends: 1 the machine or a service, 2 what was asked for, 3 refused by a rule, 6 somebody
    /// else is at it, 7 the tenant is not as planned.
    pub fn exit_code(&self) -> u8 {
        match self.kind() {
            // A rule of the contract refuses it; without a code the text itself is wrong.
            ErrorKind::Policy(policy) if policy.code.is_some() => exit::REFUSED,
            ErrorKind::Approval(_)
            | ErrorKind::Untrue(_)
            | ErrorKind::Cap { .. }
            | ErrorKind::RosterCap { .. }
            | ErrorKind::Overtaken { .. }
            | ErrorKind::Ambiguous(_) => exit::REFUSED,
            ErrorKind::Journal(error) => match error {
                JournalError::AlreadyOpen { .. } => exit::REFUSED,
                JournalError::Leased { .. } | JournalError::LeaseLost { .. } => exit::WAITING,
                JournalError::NoRun { .. } | JournalError::NoRoster { .. } => exit::USAGE,
                _ => exit::MACHINE,
            },
            ErrorKind::Provider(failure) => match failure.kind {
                Kind::Throttled => exit::WAITING,
                Kind::NotFound => exit::USAGE,
                Kind::Refused if failure.code.as_deref() == Some("other_tenant") => exit::USAGE,
                Kind::Refused => exit::REFUSED,
                Kind::Drift => exit::DRIFT,
                _ => exit::MACHINE,
            },
            ErrorKind::Document(_)
            | ErrorKind::Policy(_)
            | ErrorKind::Profile(_)
            | ErrorKind::Catalog(_)
            | ErrorKind::Rows(_)
            | ErrorKind::Roster(_)
            | ErrorKind::Leaver(_)
            | ErrorKind::Usage(_) => exit::USAGE,
        }
    }
}

fn listed(steps: &[StepId]) -> String {
    let names: Vec<String> = steps.iter().map(|step| format!("`{step}`")).collect();
    names.join(", ")
}

impl<E: Into<ErrorKind>> From<E> for Error {
    fn from(kind: E) -> Self {
        Self { kind: Box::new(kind.into()) }
    }
}

impl From<Failure> for ErrorKind {
    fn from(failure: Failure) -> Self {
        Self::Provider(failure)
    }
}
