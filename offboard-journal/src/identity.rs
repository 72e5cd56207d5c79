//! Which file it is. A file that is removed or exchanged while it is open goes on taking entries that nobody will
//! ever read; so before every write its name must still lead to it.

use std::path::Path;

use offboard_core::journal::JournalError;

use crate::fault::{Cause, storage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    number: u64,
}

impl Identity {
    /// Of the file that has this name now.
    pub(crate) fn of(path: &Path) -> Result<Self, std::io::Error> {
        let seen = std::fs::metadata(path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            Ok(Self { device: seen.dev(), number: seen.ino() })
        }
        #[cfg(not(unix))]
        {
            // Other systems do not let go of an open file.
            let _ = seen;
            Ok(Self {})
        }
    }

    /// Whether `path` still leads to it.
    pub(crate) fn check(self, path: &Path) -> Result<(), JournalError> {
        match Self::of(path) {
            Ok(now) if now == self => Ok(()),
            Ok(_) => Err(storage("written", "another file has taken its place".to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(storage("written", "the file was removed or renamed while it was in use".to_owned()))
            }
            Err(error) => Err(storage("written", Cause::of_io(&error).say(&error))),
        }
    }
}
