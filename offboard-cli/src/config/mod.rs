//! Configuration: flags before the environment before the file. Nothing is read anywhere else, and no flag takes a
//! secret.

mod credential;
mod env;
mod file;
mod layer;
mod paths;
mod secret;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use offboard::TenantId;
use offboard::core::model::cloud::Cloud;
use offboard::core::tenant::{ExchangeDoor, TenantProfile, has_profile};

pub use credential::{Auth, Credential};
pub use env::Env;
pub(crate) use env::wants_no_colour;

use crate::args::Global;
use crate::fault::Fault;
use layer::Layer;

/// File, environment and flags, put together. What a command does not need may be missing.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file that was read.
    pub file: Option<PathBuf>,
    tenant: Option<TenantId>,
    client_id: Option<String>,
    cloud: Cloud,
    credential: Option<Credential>,
    journal: Option<PathBuf>,
    /// More certificates to trust (PEM).
    pub extra_roots: Vec<u8>,
    /// What the organisation says of itself.
    pub profile: TenantProfile,
    env: Env,
}

/// What it takes to sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The organisation.
    pub tenant: TenantId,
    /// Where it lives.
    pub cloud: Cloud,
    /// The application.
    pub client_id: String,
    /// What proves it.
    pub credential: Credential,
}

/// Where the journal lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalPath {
    /// Somebody said so.
    Named(PathBuf),
    /// Nobody did: in the user's data folder.
    Default(PathBuf),
}

impl JournalPath {
    /// The path.
    pub fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Default(path) => path,
        }
    }
}

impl Settings {
    /// Puts flags, environment and file together.
    ///
    /// # Errors
    /// Something in one of them is unknown or wrong; the message names it, with its line where it has one.
    pub fn load(flags: &Global, env: Env) -> Result<Self, Fault> {
        let flags = Layer::of_flags(flags)?;
        let from_env = Layer::of_env(&env)?;
        let path = paths::config(flags.config.as_deref().or(from_env.config.as_deref()), &env)?;
        let (from_file, bytes) = match &path {
            Some(path) => {
                let bytes = crate::files::read(path, "configuration")?;
                (file::read(&bytes, path)?, bytes)
            }
            None => (Layer::default(), Vec::new()),
        };
        let mut profile = match &path {
            Some(path) if has_profile(&bytes) => {
                TenantProfile::parse(&bytes, &path.display().to_string()).map_err(offboard::Error::from)?
            }
            _ => TenantProfile::default(),
        };
        let credential = Credential::find(&env, &flags.clone().over(from_env.clone()), &from_file)?;
        let whole = flags.over(from_env).over(from_file);
        if let Some(door) = whole.exchange
            && door != profile.exchange
        {
            profile.exchange = door;
            profile = profile.sealed();
        }
        let extra_roots = match &whole.ca_file {
            Some(path) => crate::files::read(path, "certificate file")?,
            None => Vec::new(),
        };
        Ok(Self {
            file: path,
            tenant: whole.tenant,
            client_id: whole.client_id,
            cloud: whole.cloud.unwrap_or_default(),
            credential,
            journal: whole.journal,
            extra_roots,
            profile,
            env,
        })
    }

    /// The organisation.
    ///
    /// # Errors
    /// Nobody said which, or what Kubernetes says is no tenant.
    pub fn tenant(&self) -> Result<TenantId, Fault> {
        let said = self.tenant.map(Ok).or_else(|| self.of_the_pod("AZURE_TENANT_ID", layer::tenant));
        said.transpose()?.ok_or_else(|| {
            missing("the tenant", "set `connection.tenant` in offboard.toml, OFFBOARD_TENANT or --tenant")
        })
    }

    /// What it takes to sign in.
    ///
    /// # Errors
    /// The part that is missing, and where it can be said.
    pub fn sign_in(&self) -> Result<SignIn, Fault> {
        let tenant = self.tenant()?;
        let credential = self.credential.clone().ok_or_else(|| {
            missing(
                "a credential",
                "set OFFBOARD_CLIENT_CERTIFICATE, OFFBOARD_CLIENT_SECRET or another way to sign in (docs/sign-in.md)",
            )
        })?;
        let pods = || self.of_the_pod("AZURE_CLIENT_ID", |text, _| text.to_owned());
        let client_id = match (self.client_id.clone().or_else(pods), &credential) {
            (Some(id), _) => id,
            (None, Credential::Tokens { .. }) => "ready token".to_owned(),
            (None, Credential::Managed(_) | Credential::DeveloperTools) => credential.describe(),
            (None, _) => {
                return Err(missing(
                    "the application",
                    "set `connection.client_id` in offboard.toml, OFFBOARD_CLIENT_ID or --client-id",
                ));
            }
        };
        self.cloud.hosts().map_err(|closed| Fault::config(format!("G49: {closed}")))?;
        Ok(SignIn { tenant, cloud: self.cloud.clone(), client_id, credential })
    }

    /// What Kubernetes tells a pod, where offboard signs in as its workload.
    fn of_the_pod<T>(&self, name: &str, read: impl Fn(&str, &str) -> T) -> Option<T> {
        let is_workload = matches!(self.credential, Some(Credential::Workload(_)));
        self.env.get(name).filter(|_| is_workload).map(|text| read(text, name))
    }

    /// The door to Exchange.
    pub fn exchange(&self) -> offboard::ExchangeDoor {
        match self.profile.exchange {
            ExchangeDoor::InvokeCommand => offboard::ExchangeDoor::InvokeCommand,
            ExchangeDoor::HandOff => offboard::ExchangeDoor::HandOff,
        }
    }

    /// Where the journal lies.
    ///
    /// # Errors
    /// Nobody said where, and there is no data folder on this machine.
    pub fn journal(&self) -> Result<JournalPath, Fault> {
        if let Some(path) = &self.journal {
            return Ok(JournalPath::Named(path.clone()));
        }
        paths::data(&self.env).map(|folder| JournalPath::Default(folder.join("journal.db"))).ok_or_else(
            || {
                Fault::config("there is no data folder on this machine for the journal")
                    .hint("say where it lies: `journal` in offboard.toml, OFFBOARD_JOURNAL or --journal")
            },
        )
    }

    /// What the operating system calls whoever runs this; self-declared, like every name in a plan or an approval.
    pub fn operator(&self) -> String {
        env::operator(&self.env)
    }
}

fn missing(what: &str, how: &str) -> Fault {
    Fault::config(format!("{what} is not configured"))
        .hint(format!("{how}; `offboard demo` and `offboard sim serve` need nothing of the kind"))
}
