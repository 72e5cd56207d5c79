//! Why a command could not answer, and the exit codes.

use std::process::ExitCode;

use offboard::core::journal::JournalError;
use offboard::core::operation::Finding;
use offboard::core::plan::ApprovalError;
use offboard::{ConnectError, Error, ErrorKind, Failure, Kind};

/// Exit codes (DESIGN 15). Where several apply to a run, the first of drift, person, refused, partly, waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// Done, and seen.
    Done,
    /// A bug, or the environment: host, disk, credential.
    Internal,
    /// The command line, a file or the configuration is wrong.
    Usage,
    /// Refused by a guard or by the rules of approval.
    Refused,
    /// Partly done.
    Partly,
    /// Unknown, or a person must do something.
    Person,
    /// Something waits: come again.
    Waiting,
    /// The tenant is not as the plan expects it.
    Drift,
    /// Interrupted; whatever was sent is recorded.
    Interrupted,
}

impl Code {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Partly => 4,
            Self::Person => 5,
            Self::Waiting => 6,
            Self::Drift => 7,
            Self::Interrupted => 130,
        }
    }
}

impl Code {
    /// Of an error.
    pub fn of(error: &Error) -> Self {
        let number = error.exit_code();
        let refusals = [Self::Usage, Self::Refused, Self::Waiting, Self::Drift];
        refusals.into_iter().find(|code| code.number() == number).unwrap_or(Self::Internal)
    }
}

impl From<offboard::Exit> for Code {
    fn from(exit: offboard::Exit) -> Self {
        match exit {
            offboard::Exit::Done => Self::Done,
            offboard::Exit::Refused => Self::Refused,
            offboard::Exit::Partly => Self::Partly,
            offboard::Exit::Person => Self::Person,
            offboard::Exit::Waiting => Self::Waiting,
            offboard::Exit::Drift => Self::Drift,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code.number())
    }
}

/// Why a command could not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The exit code.
    pub code: Code,
    /// What kind of fault, for programs.
    pub kind: &'static str,
    /// What was seen, in one line.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// What speaks against it, where that is the fault.
    pub findings: Vec<Finding>,
}

impl Fault {
    fn new(code: Code, kind: &'static str, message: impl Into<String>) -> Self {
        Self { code, kind, message: message.into(), hint: None, findings: Vec::new() }
    }

    /// The caller asked for something that cannot be.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, "usage", message)
    }

    /// The configuration is wrong or lacks something.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, "configuration", message)
    }

    /// The machine does not do its part.
    pub fn environment(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, "environment", message)
    }

    /// A bug.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, "internal", message)
    }

    /// A rule refuses it.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Code::Refused, "refused", message)
    }

    /// Ctrl-C.
    pub fn interrupted() -> Self {
        Self::new(Code::Interrupted, "interrupted", "interrupted")
    }

    /// With what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

fn of_failure(failure: &Failure) -> &'static str {
    match failure.kind {
        Kind::Throttled => "throttled",
        Kind::NotFound => "not_found",
        Kind::Unauthenticated => "not_signed_in",
        Kind::PermissionDenied => "permission_denied",
        Kind::Refused if failure.code.as_deref() == Some("other_tenant") => "other_tenant",
        Kind::Refused => "refused",
        Kind::Drift => "drift",
        Kind::Unavailable => "unavailable",
        _ => "service",
    }
}

fn of_journal(error: &JournalError) -> &'static str {
    match error {
        JournalError::AlreadyOpen { .. } => "already_open",
        JournalError::Leased { .. } => "leased",
        JournalError::LeaseLost { .. } => "lease_lost",
        JournalError::NoRun { .. } => "no_run",
        JournalError::NoRoster { .. } => "no_roster",
        _ => "journal",
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::of(&error)
    }
}

impl Fault {
    /// Of an error that somebody else keeps.
    pub fn of(error: &Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Document(_) => "document",
            ErrorKind::Policy(_) => "policy",
            ErrorKind::Profile(_) => "profile",
            ErrorKind::Approval(_) => "approval",
            ErrorKind::Catalog(_) => "catalog",
            ErrorKind::Journal(error) => of_journal(error),
            ErrorKind::Untrue(_) => "untrue",
            ErrorKind::Cap { .. } | ErrorKind::RosterCap { .. } => "cap",
            ErrorKind::Rows(_) => "rows",
            ErrorKind::Roster(_) => "roster",
            ErrorKind::Overtaken { .. } => "overtaken",
            ErrorKind::Provider(failure) => of_failure(failure),
            ErrorKind::Leaver(_) => "leaver",
            ErrorKind::Ambiguous(_) => "ambiguous",
            ErrorKind::Usage(_) => "usage",
            _ => "other",
        };
        let message = match (error.kind(), error.rule()) {
            // It says its rule after the line that it is about.
            (ErrorKind::Policy(_), _) | (_, None) => error.to_string(),
            (_, Some((rule, requirement))) => format!("{rule} ({requirement}): {error}"),
        };
        let mut fault = Self::new(Code::of(error), kind, message);
        fault.hint = error.hint().map(str::to_owned);
        if matches!(error.kind(), ErrorKind::Leaver(_)) {
            fault.hint =
                Some("look at the spelling, or name the person by object id or --employee-id".to_owned());
        }
        if let ErrorKind::Approval(ApprovalError::Findings(findings)) = error.kind() {
            fault.findings.clone_from(findings);
            fault.message = match findings.len() {
                1 => "one finding stops this plan".to_owned(),
                n => format!("{n} findings stop this plan"),
            };
        }
        fault
    }
}

impl From<JournalError> for Fault {
    fn from(error: JournalError) -> Self {
        Error::from(error).into()
    }
}

impl From<ConnectError> for Fault {
    fn from(error: ConnectError) -> Self {
        Self::config(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_with_the_code_of_its_report() {
        for exit in [
            offboard::Exit::Done,
            offboard::Exit::Refused,
            offboard::Exit::Partly,
            offboard::Exit::Person,
            offboard::Exit::Waiting,
            offboard::Exit::Drift,
        ] {
            assert_eq!(Code::from(exit).number(), exit.code());
        }
    }

    #[test]
    fn who_can_act_decides_the_code() {
        let code = |kind| Fault::from(Error::from(Failure::new(kind, "seen"))).code;
        assert_eq!(code(Kind::Unauthenticated), Code::Internal);
        assert_eq!(code(Kind::PermissionDenied), Code::Internal);
        assert_eq!(code(Kind::Unavailable), Code::Internal);
        assert_eq!(code(Kind::Throttled), Code::Waiting);
        assert_eq!(code(Kind::Refused), Code::Refused);
        let foreign = Failure::new(Kind::Refused, "seen").code("other_tenant");
        assert_eq!(Fault::from(Error::from(foreign)).code, Code::Usage);
    }
}
