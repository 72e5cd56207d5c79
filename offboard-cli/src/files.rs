//! Files that hold plans, approvals and reports: written whole or not at all, for their owner only, and never over
//! something else.

use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::fault::Fault;

/// Larger than any document of ours.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The bytes of a file that somebody named. What has no end, as a device, is read no further than the bound.
///
/// # Errors
/// Usage where there is no such file or it is too large to be one of ours, environment where it cannot be read.
pub fn read(path: &Path, what: &str) -> Result<Vec<u8>, Fault> {
    let cannot = |error: std::io::Error| {
        let text = format!("the {what} `{}` cannot be read: {error}", path.display());
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::IsADirectory => Fault::usage(text),
            _ => Fault::environment(text),
        }
    };
    let about = std::fs::metadata(path).map_err(cannot)?;
    if about.is_dir() {
        return Err(Fault::usage(format!("the {what} `{}` is a folder", path.display())));
    }
    let too_large = || {
        Fault::usage(format!("the {what} `{}` is larger than 64 MiB, and no document is", path.display()))
            .hint("look at what the name leads to")
    };
    if about.len() > LARGEST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(cannot)?;
    if bytes.len() as u64 > LARGEST { Err(too_large()) } else { Ok(bytes) }
}

/// Where an answer is written. It is looked at before any work is done for the answer.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    how: How,
}

#[derive(Debug)]
enum How {
    /// There is nothing of this name yet, and there must be nothing until it is written.
    New,
    /// In place of the file that lies there, or that a link leads to.
    Over(PathBuf),
    /// Into a device or a pipe, which stays what it is.
    Through,
}

impl Output {
    /// A place to write to. `kept` names files that stay as they are: the journal, and what the command reads. What lies
    /// there otherwise is written over only with `force`.
    ///
    /// # Errors
    /// It is a folder, one of the `kept`, a file that is there already, or a link that leads nowhere.
    pub fn new(path: &Path, force: bool, kept: &[(&str, &Path)]) -> Result<Self, Fault> {
        let shown = path.display();
        if let Some((what, _)) = kept.iter().find(|(_, file)| is_same(path, file)) {
            return Err(Fault::usage(format!("`{shown}` is {what}, which stays as it is"))
                .hint("name another file to write to"));
        }
        let how = match std::fs::metadata(path) {
            Ok(about) if about.is_dir() => return Err(Fault::usage(format!("`{shown}` is a folder"))),
            // A name below /dev may lead to a file that the shell has opened: it is written to, not replaced.
            Ok(about) if !about.is_file() || path.starts_with("/dev") => How::Through,
            Ok(_) if !force => {
                return Err(Fault::usage(format!("`{shown}` is there already"))
                    .hint("name another file, or write over it by --force"));
            }
            Ok(_) => How::Over(std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())),
            Err(_) if path.is_symlink() => {
                return Err(Fault::usage(format!("`{shown}` is a link that leads nowhere"))
                    .hint("name the file itself"));
            }
            Err(_) => How::New,
        };
        Ok(Self { path: path.to_owned(), how })
    }

    /// Its name, as it was said.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes it: a file with mode 0600, beside its place and then moved there, so that a full disk leaves what was there
    /// before.
    ///
    /// # Errors
    /// The folder is not there or cannot be written, the disk is full, or somebody made a file of this name meanwhile.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Fault> {
        let cannot = |error: std::io::Error| {
            Fault::environment(format!("`{}` cannot be written: {error}", self.path.display()))
                .hint("free space, or name another place; nothing was changed")
        };
        let place = match &self.how {
            How::Through => {
                let mut file = std::fs::OpenOptions::new().write(true).open(&self.path).map_err(cannot)?;
                return match file.write_all(bytes).and_then(|()| file.flush()) {
                    // Whoever read it has gone and wants no more.
                    Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(cannot(error)),
                    _ => Ok(()),
                };
            }
            How::Over(place) => place,
            How::New => &self.path,
        };
        let folder = match place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // Such a file has mode 0600 from the beginning.
        let mut file = tempfile::Builder::new()
            .prefix(".offboard-")
            .suffix(".new")
            .tempfile_in(folder)
            .map_err(cannot)?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(cannot)?;
        let moved = match self.how {
            How::Over(_) => file.persist(place),
            How::New | How::Through => file.persist_noclobber(place),
        };
        moved.map(drop).map_err(|error| cannot(error.error))
    }
}

/// Writes a new file, as [`Output::write`] does. One that is there already stays.
///
/// # Errors
/// As [`Output::new`] and [`Output::write`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    Output::new(path, false, &[])?.write(bytes)
}

/// Whether both names lead to one file, or would if it were there.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (std::fs::metadata(one), std::fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt as _;
        return one.dev() == other.dev() && one.ino() == other.ino();
    }
    whole(one) == whole(other)
}

/// The name from the root on, with every link in it followed as far as the way is there.
fn whole(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    std::fs::canonicalize(&path).unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => {
            std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()).join(name)
        }
        _ => path,
    })
}

/// Makes a folder that only its owner can look into, and those above it.
///
/// # Errors
/// The operating system does not allow it.
pub fn make_folder(path: &Path) -> Result<(), Fault> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| {
        Fault::environment(format!("the folder `{}` cannot be made: {error}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Code;

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        std::fs::write(&path, "older").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        Output::new(&path, true, &[]).unwrap().write(b"newer").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"newer");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_there_stays_unless_somebody_insists() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        std::fs::write(&path, "older").unwrap();
        let refused = Output::new(&path, false, &[]).unwrap_err();
        assert!(refused.code == Code::Usage && refused.hint.unwrap().contains("--force"));
        // Also what comes between the look and the writing.
        let late = folder.path().join("late.json");
        let output = Output::new(&late, false, &[]).unwrap();
        std::fs::write(&late, "theirs").unwrap();
        output.write(b"ours").unwrap_err();
        assert_eq!(std::fs::read(&late).unwrap(), b"theirs");
        assert_eq!(std::fs::read(&path).unwrap(), b"older");
    }

    #[test]
    fn what_the_command_needs_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, other) = (folder.path().join("journal.db"), folder.path().join("other"));
        // Not there yet is as good as there.
        let kept = [("the journal", journal.as_path())];
        assert!(Output::new(&folder.path().join("./journal.db"), true, &kept).is_err());
        std::fs::write(&journal, "runs").unwrap();
        std::fs::hard_link(&journal, &other).unwrap();
        for path in [&journal, &other] {
            let fault = Output::new(path, true, &kept).unwrap_err();
            assert!(fault.message.contains("is the journal"), "{}", fault.message);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_and_devices_stay_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(Output::new(&link, true, &[]).unwrap_err().message.contains("leads nowhere"));
        std::fs::write(&file, "older").unwrap();
        assert!(Output::new(&link, false, &[]).is_err());
        Output::new(&link, true, &[]).unwrap().write(b"newer").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"newer");
        Output::new(Path::new("/dev/null"), false, &[]).unwrap().write(b"x").unwrap();
        let full = Output::new(Path::new("/dev/full"), false, &[]).unwrap().write(b"x").unwrap_err();
        assert_eq!(full.code, Code::Internal);
    }

    #[cfg(unix)]
    #[test]
    fn what_has_no_end_is_read_no_further_than_the_bound() {
        let fault = read(Path::new("/dev/zero"), "policy").unwrap_err();
        assert!(fault.code == Code::Usage && fault.message.contains("64 MiB"), "{}", fault.message);
    }

    #[test]
    fn a_missing_file_is_the_callers_matter_and_a_missing_folder_the_machines() {
        let folder = tempfile::tempdir().unwrap();
        let code = |fault: Fault| fault.code;
        assert_eq!(code(read(&folder.path().join("x"), "plan").unwrap_err()), Code::Usage);
        assert_eq!(code(read(folder.path(), "plan").unwrap_err()), Code::Usage);
        assert_eq!(code(write(&folder.path().join("a/b"), b"").unwrap_err()), Code::Internal);
    }
}
