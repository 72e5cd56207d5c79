//! The code with which the command line ends on an error (DESIGN 15): who can act decides it.

use offboard::core::journal::JournalError;
use offboard::{Error, ErrorKind, Failure, Kind};

const MACHINE: u8 = 1;
const USAGE: u8 = 2;
const REFUSED: u8 = 3;
const WAITING: u8 = 6;
const DRIFT: u8 = 7;

/// Of an error that kept somebody from being carried.
pub(crate) fn code(error: &Error) -> u8 {
    match error.kind() {
        // A rule of the contract refuses it; without a code the text itself is wrong.
        ErrorKind::Policy(policy) if policy.code.is_some() => REFUSED,
        ErrorKind::Approval(_)
        | ErrorKind::Untrue(_)
        | ErrorKind::Cap { .. }
        | ErrorKind::RosterCap { .. }
        | ErrorKind::Overtaken { .. }
        | ErrorKind::Ambiguous(_) => REFUSED,
        ErrorKind::Journal(error) => of_journal(error),
        ErrorKind::Provider(failure) => of_failure(failure),
        ErrorKind::Document(_)
        | ErrorKind::Policy(_)
        | ErrorKind::Profile(_)
        | ErrorKind::Catalog(_)
        | ErrorKind::Rows(_)
        | ErrorKind::Roster(_)
        | ErrorKind::Leaver(_)
        | ErrorKind::Usage(_) => USAGE,
        _ => MACHINE,
    }
}

fn of_journal(error: &JournalError) -> u8 {
    match error {
        JournalError::AlreadyOpen { .. } => REFUSED,
        JournalError::Leased { .. } | JournalError::LeaseLost { .. } => WAITING,
        JournalError::NoRun { .. } | JournalError::NoRoster { .. } => USAGE,
        _ => MACHINE,
    }
}

fn of_failure(failure: &Failure) -> u8 {
    match failure.kind {
        Kind::Throttled => WAITING,
        Kind::NotFound => USAGE,
        Kind::Refused if failure.code.as_deref() == Some("other_tenant") => USAGE,
        Kind::Refused => REFUSED,
        Kind::Drift => DRIFT,
        _ => MACHINE,
    }
}
