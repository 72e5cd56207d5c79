//! `offboard.toml`.

use std::path::{Path, PathBuf};

use offboard::TenantId;
use offboard::core::model::cloud::Hosts;
use serde::Deserialize;

use super::credential::Auth;
use super::layer::{Layer, cloud};
use crate::fault::Fault;

/// The file. The section `[tenant]` is the tenant profile and is read by the core, which knows its keys.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    journal: Option<PathBuf>,
    #[serde(default)]
    connection: Connection,
    #[serde(rename = "tenant")]
    _tenant: Option<toml::Table>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Connection {
    tenant: Option<TenantId>,
    client_id: Option<String>,
    auth: Option<String>,
    client_secret_file: Option<PathBuf>,
    client_certificate_file: Option<PathBuf>,
    client_certificate_key_file: Option<PathBuf>,
    federated_token_file: Option<PathBuf>,
    cloud: Option<String>,
    sim: Option<String>,
    hosts: Option<Hosts>,
    ca_file: Option<PathBuf>,
}

/// Reads the file. Paths in it are relative to its own folder.
pub(super) fn read(bytes: &[u8], path: &Path) -> Result<Layer, Fault> {
    let shown = path.display();
    let text =
        std::str::from_utf8(bytes).map_err(|_| Fault::config(format!("{shown}: this is not UTF-8 text")))?;
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        let fault = Fault::config(format!("{shown}:{line}: {}", one_line(error.message())));
        if error.message().contains("client_secret`") {
            fault.hint(
                "a secret has no place in this file: set OFFBOARD_CLIENT_SECRET, or name a file of its own by `client_secret_file`",
            )
        } else {
            fault
        }
    })?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let beside = |path: PathBuf| folder.join(path);
    let Connection {
        tenant,
        client_id,
        auth,
        client_secret_file,
        client_certificate_file,
        client_certificate_key_file,
        federated_token_file,
        cloud: name,
        sim,
        hosts,
        ca_file,
    } = file.connection;
    let keys =
        ["connection.cloud", "connection.sim", "connection.hosts"].map(|key| format!("{shown}: {key}"));
    let auth = auth.map(|text| Auth::named(&text, &format!("{shown}: connection.auth"))).transpose()?;
    let keys = [keys[0].as_str(), keys[1].as_str(), keys[2].as_str()];
    Ok(Layer {
        config: None,
        journal: file.journal.map(beside),
        tenant,
        client_id,
        auth,
        client_secret_file: client_secret_file.map(beside),
        client_certificate_file: client_certificate_file.map(beside),
        client_certificate_key_file: client_certificate_key_file.map(beside),
        federated_token_file: federated_token_file.map(beside),
        cloud: cloud(name.as_deref(), sim.as_deref(), hosts, &keys)?,
        exchange: None,
        ca_file: ca_file.map(beside),
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
