//! The environment: the one place that reads it.

use std::collections::BTreeMap;

use crate::fault::Fault;

/// Every variable of ours. Another one that begins with `OFFBOARD_` is a mistake: a misspelt OFFBOARD_JOURNAL would
/// let two engines act on one leaver.
pub(super) const KNOWN: &[&str] = &[
    "OFFBOARD_CONFIG",
    "OFFBOARD_JOURNAL",
    "OFFBOARD_TENANT",
    "OFFBOARD_CLIENT_ID",
    "OFFBOARD_AUTH",
    "OFFBOARD_CLIENT_CERTIFICATE",
    "OFFBOARD_CLIENT_CERTIFICATE_KEY",
    "OFFBOARD_CLIENT_SECRET",
    "OFFBOARD_CLIENT_SECRET_FILE",
    "OFFBOARD_FEDERATED_TOKEN_FILE",
    "OFFBOARD_GRAPH_TOKEN",
    "OFFBOARD_EXCHANGE_TOKEN",
    "OFFBOARD_CLOUD",
    "OFFBOARD_SIM",
    "OFFBOARD_EXCHANGE",
    "OFFBOARD_CA_FILE",
];

/// Variables of others that say where things are and who somebody is. Those of Azure are what Kubernetes tells a pod with
/// workload identity; they count for that way of signing in, and no other.
const FOREIGN: &[&str] = &[
    "HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "USER",
    "LOGNAME",
    "USERNAME",
    "AZURE_CLIENT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_TENANT_ID",
];

/// The variables that matter here. Empty ones count as not set.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Some of the values are secrets.
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Env {
    /// The environment of this process.
    ///
    /// # Errors
    /// A variable begins like ours and is none of ours, or is no text.
    pub fn of_process() -> Result<Self, Fault> {
        let mut all = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            if !name.starts_with("OFFBOARD_") && !FOREIGN.contains(&name.as_str()) {
                continue;
            }
            match value.into_string() {
                Ok(value) => all.push((name, value)),
                Err(_) if FOREIGN.contains(&name.as_str()) => {}
                Err(_) => return Err(Fault::config(format!("the environment variable {name} is not UTF-8"))),
            }
        }
        Self::of(all)
    }

    /// From names and values.
    ///
    /// # Errors
    /// A name begins like ours and is none of ours.
    pub fn of(all: impl IntoIterator<Item = (String, String)>) -> Result<Self, Fault> {
        let mut env = BTreeMap::new();
        for (name, value) in all {
            if name.starts_with("OFFBOARD_") && !KNOWN.contains(&name.as_str()) {
                return Err(Fault::config(format!("offboard knows no environment variable {name}"))
                    .hint(format!("known are {}", KNOWN.join(", "))));
            }
            if !value.is_empty() {
                env.insert(name, value);
            }
        }
        Ok(Self(env))
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Whether somebody asked for text without colour (<https://no-color.org>), or the terminal has none.
#[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
pub(crate) fn wants_no_colour() -> bool {
    let set = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
    set("NO_COLOR") || std::env::var("TERM").is_ok_and(|term| term == "dumb")
}

/// The operating system's name for whoever runs this process.
pub(super) fn operator(env: &Env) -> String {
    let named = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| env.get(name)).map(str::to_owned);
    #[cfg(unix)]
    {
        let id = rustix::process::geteuid().as_raw();
        let known = std::fs::read_to_string("/etc/passwd").ok().and_then(|text| name_of(&text, id));
        known.or_else(named).unwrap_or_else(|| format!("user {id}"))
    }
    #[cfg(not(unix))]
    named().unwrap_or_else(|| "unknown user".to_owned())
}

/// The name of a user id in the text of `/etc/passwd`.
#[cfg(unix)]
fn name_of(passwd: &str, id: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_variable_is_refused_by_name() {
        let fault = Env::of([("OFFBOARD_JOURNALS".to_owned(), "x".to_owned())]).unwrap_err();
        assert!(fault.message.contains("OFFBOARD_JOURNALS"), "{fault:?}");
        assert!(fault.hint.unwrap().contains("OFFBOARD_JOURNAL,"));
        let env = Env::of([("OFFBOARD_TENANT".to_owned(), String::new())]).unwrap();
        assert_eq!(env.get("OFFBOARD_TENANT"), None);
    }

    #[test]
    fn values_are_not_shown() {
        let env = Env::of([("OFFBOARD_CLIENT_SECRET".to_owned(), "canary".to_owned())]).unwrap();
        assert!(!format!("{env:?}").contains("canary"));
    }

    #[cfg(unix)]
    #[test]
    fn the_operator_is_found_by_his_id() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(name_of(passwd, 1000).as_deref(), Some("ada"));
        assert_eq!(name_of(passwd, 1), None);
    }
}
