//! Secrets in files that only their owner can read.

use std::io::Read as _;
use std::path::Path;

use offboard::Secret;
use zeroize::Zeroizing;

use crate::fault::Fault;

/// Longer than any secret, shorter than any mistake.
const LARGEST: u64 = 64 * 1024;

/// The secret in a file that nobody but its owner can read.
pub(super) fn read(path: &Path) -> Result<Secret, Fault> {
    let shown = path.display();
    let bytes = bytes(path)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Fault::config(format!("the secret file `{shown}` is not UTF-8 text")))?;
    let secret = Secret::new("client secret", text.trim());
    if secret.expose().is_empty() {
        return Err(Fault::config(format!("the secret file `{shown}` is empty")));
    }
    Ok(secret)
}

/// What a file holds that nobody but its owner can read; wiped when it is dropped.
pub(super) fn bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let shown = path.display();
    let cannot = |error: std::io::Error| {
        let what = format!("the secret file `{shown}` cannot be read: {error}");
        if error.kind() == std::io::ErrorKind::NotFound {
            Fault::config(what)
        } else {
            Fault::environment(what)
        }
    };
    let file = std::fs::File::open(path).map_err(cannot)?;
    // Of the open file, so that nobody can exchange it in between.
    let about = file.metadata().map_err(cannot)?;
    if !about.is_file() {
        return Err(Fault::config(format!("`{shown}` is not a file")));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = about.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Fault::config(format!(
                "others can read the secret file `{shown}` (mode {mode:04o})"
            ))
            .hint(format!("chmod 600 {}", crate::show::text::quoted(&shown.to_string()))));
        }
    }
    if about.len() > LARGEST {
        return Err(Fault::config(format!("`{shown}` has {} bytes; that is no secret", about.len())));
    }
    // Roomy from the start, so that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(LARGEST).unwrap_or_default() + 1));
    file.take(LARGEST).read_to_end(&mut bytes).map_err(cannot)?;
    Ok(bytes)
}
