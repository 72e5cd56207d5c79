//! From what the database or the operating system says to what a person can act on.

use std::error::Error;
use std::io;

use offboard_core::id::RunId;
use offboard_core::journal::JournalError;

use crate::sqlite;

/// Why storage does not do its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Locked,
    ReadOnly,
    Full,
    Device,
    Damaged,
    Unreachable,
    NoFolder,
    Denied,
    NoDatabase,
    Other,
}

impl Cause {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(error) => Self::of_io(error),
            sqlx::Error::Database(error) => {
                error.code().and_then(|code| code.parse().ok()).map_or(Self::Other, sqlite::cause)
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Damaged,
            _ => Self::Other,
        }
    }

    pub(crate) fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::PermissionDenied => Self::Denied,
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder,
            _ => Self::Other,
        }
    }

    /// Something would have had to be written, and could not be.
    pub(crate) fn is_about_writing(self) -> bool {
        matches!(self, Self::ReadOnly | Self::Unreachable)
    }

    /// One line for people, with what was seen.
    pub(crate) fn say(self, seen: &dyn Error) -> String {
        match self {
            Self::Locked => format!("another process has kept it locked for 30 seconds ({seen})"),
            Self::ReadOnly => format!("the file or its folder is read-only ({seen})"),
            Self::Full => format!("the disk is full ({seen})"),
            Self::Device => format!("the disk reports an error ({seen})"),
            Self::Damaged => format!("the file is damaged ({seen})"),
            Self::Unreachable => format!("the file or its folder cannot be opened ({seen})"),
            Self::NoFolder => format!("its folder does not exist ({seen})"),
            Self::Denied => format!("the operating system does not allow it ({seen})"),
            Self::NoDatabase => format!("the file is not a database ({seen})"),
            Self::Other => seen.to_string(),
        }
    }
}

pub(crate) fn storage(doing: &'static str, why: String) -> JournalError {
    JournalError::Storage { doing, why }
}

fn fault(doing: &'static str, error: &sqlx::Error) -> JournalError {
    match Cause::of(error) {
        cause @ Cause::NoDatabase => JournalError::Foreign { why: cause.say(error) },
        cause => storage(doing, cause.say(error)),
    }
}

/// A fault while the journal was opened.
pub(crate) fn opening(error: sqlx::Error) -> JournalError {
    fault("opened", &error)
}

/// A fault while something was read.
pub(crate) fn reading(error: sqlx::Error) -> JournalError {
    fault("read", &error)
}

/// A fault while something was written.
pub(crate) fn writing(error: sqlx::Error) -> JournalError {
    fault("written", &error)
}

/// A fault while entry `seq` of `run` was read. A damaged file is evidence, not a nuisance of the disk.
pub(crate) fn reading_entry(run: &RunId, seq: u64, error: &sqlx::Error) -> JournalError {
    match Cause::of(error) {
        Cause::Damaged => broken(run, seq, error),
        _ => fault("read", error),
    }
}

/// What stands in the journal cannot have been written by it.
pub(crate) fn broken(run: &RunId, seq: u64, seen: impl std::fmt::Display) -> JournalError {
    JournalError::Broken { run: run.clone(), seq, why: format!("it cannot be read ({seen})") }
}

pub(crate) fn no_run(run: &RunId) -> JournalError {
    JournalError::NoRun { run: run.to_string() }
}
