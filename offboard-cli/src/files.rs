//! Files that hold plans, approvals and reports: written whole or not at all, and for their owner only.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::fault::Fault;

/// Larger than any document of ours.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The bytes of a file that somebody named.
///
/// # Errors
/// Usage where there is no such file, environment where it cannot be read.
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
    if about.len() > LARGEST {
        let size = about.len();
        return Err(Fault::usage(format!("the {what} `{}` has {size} bytes; that is none", path.display())));
    }
    std::fs::read(path).map_err(cannot)
}

/// Writes a file with mode 0600. It is written beside its place and then moved there, so that a full disk leaves what
/// was there before.
///
/// # Errors
/// The folder is not there or cannot be written, or the disk is full.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let cannot = |error: &std::io::Error| {
        Fault::environment(format!("`{}` cannot be written: {error}", path.display()))
            .hint("free space, or name another place; nothing was changed")
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if path.is_dir() {
        return Err(Fault::usage(format!("`{}` is a folder", path.display())));
    }
    // Such a file has mode 0600 from the beginning.
    let mut file = tempfile::Builder::new()
        .prefix(".offboard-")
        .suffix(".new")
        .tempfile_in(folder)
        .map_err(|error| cannot(&error))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|error| cannot(&error))?;
    file.persist(path).map_err(|error| cannot(&error.error))?;
    Ok(())
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
        write(&path, b"newer").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"newer");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
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
