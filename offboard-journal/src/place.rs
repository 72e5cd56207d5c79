//! Which file it is. A file that is removed or exchanged while it is open goes on taking entries that nobody will
//! ever read; so before every write its name must still lead to it.

use std::io;
use std::path::{Path, PathBuf};

use offboard_core::journal::JournalError;

use crate::fault::{Cause, storage};

/// A name, and the file that had it when the journal was opened.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    path: PathBuf,
    file: File,
}

/// What tells files apart. Other systems than Unix do not let go of an open file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct File {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    number: u64,
}

impl File {
    fn at(path: &Path) -> io::Result<Self> {
        let seen = std::fs::metadata(path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            Ok(Self { device: seen.dev(), number: seen.ino() })
        }
        #[cfg(not(unix))]
        {
            drop(seen);
            Ok(Self {})
        }
    }
}

impl Place {
    pub(crate) fn new(path: PathBuf) -> io::Result<Self> {
        File::at(&path).map(|file| Self { path, file })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses to go on where the name leads to another file, or to none.
    pub(crate) fn check(&self, doing: &'static str) -> Result<(), JournalError> {
        match File::at(&self.path) {
            Ok(now) if now == self.file => Ok(()),
            Ok(_) => Err(storage(doing, "another file has taken its place".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(storage(doing, "the file was removed or renamed while it was in use".to_owned()))
            }
            Err(error) => Err(storage(doing, Cause::of_io(&error).say(&error))),
        }
    }
}
