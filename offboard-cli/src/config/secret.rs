//! What proves who offboard is. It comes by the environment or by a file that only its owner can read.

use std::io::Read as _;
use std::path::Path;

use offboard::Secret;

use super::env::Env;
use crate::fault::Fault;

/// Longer than any secret, shorter than any mistake.
const LARGEST: u64 = 64 * 1024;

/// What proves who offboard is.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The application's secret.
    Secret(Secret),
    /// Access tokens that somebody else has fetched, those of a signed-in person for example.
    Tokens {
        /// For Microsoft Graph.
        graph: Secret,
        /// For Exchange Online.
        exchange: Option<Secret>,
    },
}

impl Credential {
    /// The one that is there.
    pub(super) fn find(env: &Env, file: Option<&Path>) -> Result<Option<Self>, Fault> {
        let by_env = env.get("OFFBOARD_CLIENT_SECRET").map(|text| Secret::new("client secret", text));
        let graph = env.get("OFFBOARD_GRAPH_TOKEN").map(|text| Secret::new("graph token", text.trim()));
        let exchange =
            env.get("OFFBOARD_EXCHANGE_TOKEN").map(|text| Secret::new("exchange token", text.trim()));
        match (by_env, graph, exchange) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(Fault::config("OFFBOARD_CLIENT_SECRET and a ready token are both set")
                    .hint("it must be clear who acts: unset one of them"))
            }
            (None, None, Some(_)) => {
                Err(Fault::config("OFFBOARD_EXCHANGE_TOKEN is set without OFFBOARD_GRAPH_TOKEN")
                    .hint("every plan needs Microsoft Graph: set both"))
            }
            (Some(secret), None, None) => Ok(Some(Self::Secret(secret))),
            (None, Some(graph), exchange) => Ok(Some(Self::Tokens { graph, exchange })),
            (None, None, None) => file.map(|path| read(path).map(Self::Secret)).transpose(),
        }
    }
}

/// The secret in a file that nobody but its owner can read.
fn read(path: &Path) -> Result<Secret, Fault> {
    let shown = path.display();
    let cannot = |error: std::io::Error| {
        let what = format!("the secret file `{shown}` cannot be read: {error}");
        if error.kind() == std::io::ErrorKind::NotFound {
            Fault::config(what)
        } else {
            Fault::environment(what)
        }
    };
    let mut file = std::fs::File::open(path).map_err(cannot)?;
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
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(cannot)?;
    let secret = Secret::new("client secret", text.trim());
    if secret.expose().is_empty() {
        return Err(Fault::config(format!("the secret file `{shown}` is empty")));
    }
    Ok(secret)
}
