//! Where things lie on this machine: by the conventions of each system.

use std::path::{Path, PathBuf};

use super::env::Env;
use crate::fault::Fault;

/// The configuration to read: the named one, which must be there; else `./offboard.toml`; else the user's.
pub(super) fn config(named: Option<&Path>, env: &Env) -> Result<Option<PathBuf>, Fault> {
    if let Some(path) = named {
        if !path.is_file() {
            return Err(Fault::config(format!("there is no file `{}`", path.display()))
                .hint("name the configuration by --config or OFFBOARD_CONFIG, or leave both out"));
        }
        return Ok(Some(path.to_owned()));
    }
    let here = PathBuf::from("offboard.toml");
    let users =
        folder(env, "XDG_CONFIG_HOME", ".config", "APPDATA").map(|folder| folder.join("offboard.toml"));
    Ok([Some(here), users].into_iter().flatten().find(|path| path.is_file()))
}

/// The folder for what offboard keeps.
pub(super) fn data(env: &Env) -> Option<PathBuf> {
    folder(env, "XDG_DATA_HOME", ".local/share", "LOCALAPPDATA")
}

fn folder(env: &Env, xdg: &str, below_home: &str, windows: &str) -> Option<PathBuf> {
    let absolute = |name: &str| env.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        absolute(windows)
    } else if cfg!(target_os = "macos") {
        absolute("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        absolute(xdg).or_else(|| absolute("HOME").map(|home| home.join(below_home)))
    };
    base.map(|base| base.join("offboard"))
}
