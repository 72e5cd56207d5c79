//! How offboard signs in, chosen from what is configured.

use std::path::{Path, PathBuf};

use offboard::Secret;
use offboard::http::token::Certificate;
use offboard::http::token::azure::ManagedIdentity;

use super::env::Env;
use super::layer::Layer;
use super::secret;
use crate::fault::Fault;

/// The ways to sign in that can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// An application with a secret.
    ClientSecret,
    /// An application with a certificate.
    ClientCertificate,
    /// A person, by a code that is entered on another device.
    DeviceCode,
    /// A workload, by the token that its platform gives it.
    WorkloadIdentity,
    /// The Azure resource that this runs on.
    ManagedIdentity,
    /// Whoever is signed in to the Azure CLI or the Azure Developer CLI.
    DeveloperTools,
    /// Access tokens that somebody else has fetched.
    Token,
}

impl Auth {
    /// Every way, by its name.
    const ALL: &'static [(&'static str, Self)] = &[
        ("client_secret", Self::ClientSecret),
        ("client_certificate", Self::ClientCertificate),
        ("workload_identity", Self::WorkloadIdentity),
        ("managed_identity", Self::ManagedIdentity),
        ("device_code", Self::DeviceCode),
        ("developer_tools", Self::DeveloperTools),
        ("token", Self::Token),
    ];

    /// The way with this name.
    pub(super) fn named(text: &str, place: &str) -> Result<Self, Fault> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, auth)| *auth).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(name, _)| *name).collect();
            Fault::config(format!("{place}: there is no way `{text}` to sign in"))
                .hint(format!("known are {}", names.join(", ")))
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, auth)| *auth == self).map_or("", |(name, _)| name)
    }

    /// What must be configured for it.
    fn needs(self) -> &'static str {
        match self {
            Self::ClientSecret => {
                "set OFFBOARD_CLIENT_SECRET, or `connection.client_secret_file` in offboard.toml"
            }
            Self::ClientCertificate => {
                "name a PEM file by OFFBOARD_CLIENT_CERTIFICATE, or by `connection.client_certificate_file` in offboard.toml"
            }
            Self::WorkloadIdentity => {
                "name the file that the platform keeps fresh by OFFBOARD_FEDERATED_TOKEN_FILE, or by `connection.federated_token_file` in offboard.toml; Kubernetes sets AZURE_FEDERATED_TOKEN_FILE in a pod with workload identity"
            }
            Self::DeviceCode => "nothing but the tenant and the application",
            Self::ManagedIdentity | Self::DeveloperTools => "nothing but the tenant",
            Self::Token => "set OFFBOARD_GRAPH_TOKEN, and OFFBOARD_EXCHANGE_TOKEN where mail is concerned",
        }
    }
}

/// What proves who offboard is.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The application's secret.
    Secret(Secret),
    /// The application's certificate, with its key.
    Certificate(Certificate),
    /// The file with the token that the platform gives its workload.
    Workload(PathBuf),
    /// The identity of the Azure resource that this runs on.
    Managed(ManagedIdentity),
    /// A person, who signs in on another device.
    DeviceCode,
    /// A developer, who is signed in to his tools.
    DeveloperTools,
    /// Access tokens that somebody else has fetched, those of a signed-in person for example.
    Tokens {
        /// For Microsoft Graph.
        graph: Secret,
        /// For Exchange Online.
        exchange: Option<Secret>,
    },
}

impl Credential {
    /// Which way it is.
    pub fn auth(&self) -> Auth {
        match self {
            Self::Secret(_) => Auth::ClientSecret,
            Self::Certificate(_) => Auth::ClientCertificate,
            Self::Workload(_) => Auth::WorkloadIdentity,
            Self::Managed(_) => Auth::ManagedIdentity,
            Self::DeviceCode => Auth::DeviceCode,
            Self::DeveloperTools => Auth::DeveloperTools,
            Self::Tokens { .. } => Auth::Token,
        }
    }

    /// What is signed in with, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Secret(_) => "a client secret".to_owned(),
            Self::Certificate(certificate) => {
                format!(
                    "the client certificate {}, until {}",
                    certificate.thumbprint(),
                    certificate.not_after()
                )
            }
            Self::Workload(file) => format!("workload identity, by the token in `{}`", file.display()),
            Self::Managed(ManagedIdentity::Client(id)) => format!("the managed identity {id}"),
            Self::Managed(_) => "the system-assigned managed identity of this machine".to_owned(),
            Self::DeveloperTools => "the Azure CLI or the Azure Developer CLI".to_owned(),
            Self::DeviceCode => "a code that a person entered on another device".to_owned(),
            Self::Tokens { .. } => "tokens that somebody else has fetched".to_owned(),
        }
    }

    /// The one that is named, or else the only one that is there: in the environment, or else in the file.
    pub(super) fn find(env: &Env, from_env: &Layer, from_file: &Layer) -> Result<Option<Self>, Fault> {
        if env.get("OFFBOARD_EXCHANGE_TOKEN").is_some() && env.get("OFFBOARD_GRAPH_TOKEN").is_none() {
            return Err(Fault::config("OFFBOARD_EXCHANGE_TOKEN is set without OFFBOARD_GRAPH_TOKEN")
                .hint("every plan needs Microsoft Graph: set both"));
        }
        let both = from_env.clone().over(from_file.clone());
        if let Some(auth) = both.auth {
            return Self::read(auth, env, &both).map(Some);
        }
        for (env_too, layer) in [(Some(env), from_env), (None, from_file)] {
            match there(env_too, layer).as_slice() {
                [] => {}
                [(auth, _)] => return Self::read(*auth, env, &both).map(Some),
                [(_, one), (_, other), ..] => {
                    return Err(Fault::config(format!("{one} and {other} are both set")).hint(
                        "it must be clear who acts: unset one of them, or say which by OFFBOARD_AUTH",
                    ));
                }
            }
        }
        Ok(None)
    }

    fn read(auth: Auth, env: &Env, layer: &Layer) -> Result<Self, Fault> {
        let lacks =
            || Fault::config(format!("signing in by {} lacks what it needs", auth.name())).hint(auth.needs());
        match auth {
            Auth::ClientSecret => match (env.get("OFFBOARD_CLIENT_SECRET"), &layer.client_secret_file) {
                (Some(text), _) => Ok(Self::Secret(Secret::new("client secret", text))),
                (None, Some(path)) => secret::read(path).map(Self::Secret),
                (None, None) => Err(lacks()),
            },
            Auth::ClientCertificate => {
                let path = layer.client_certificate_file.as_deref().ok_or_else(lacks)?;
                certificate(path, layer.client_certificate_key_file.as_deref()).map(Self::Certificate)
            }
            Auth::WorkloadIdentity => {
                let platforms = || env.get("AZURE_FEDERATED_TOKEN_FILE").map(PathBuf::from);
                let file = layer.federated_token_file.clone().or_else(platforms).ok_or_else(lacks)?;
                Ok(Self::Workload(file))
            }
            Auth::ManagedIdentity => Ok(Self::Managed(match &layer.client_id {
                Some(id) => ManagedIdentity::Client(id.clone()),
                None => ManagedIdentity::System,
            })),
            Auth::DeviceCode => Ok(Self::DeviceCode),
            Auth::DeveloperTools => Ok(Self::DeveloperTools),
            Auth::Token => {
                let graph = env.get("OFFBOARD_GRAPH_TOKEN").ok_or_else(lacks)?;
                let exchange = env.get("OFFBOARD_EXCHANGE_TOKEN");
                Ok(Self::Tokens {
                    graph: Secret::new("graph token", graph.trim()),
                    exchange: exchange.map(|text| Secret::new("exchange token", text.trim())),
                })
            }
        }
    }
}

/// Which ways are configured in one place, and by what.
fn there(env: Option<&Env>, layer: &Layer) -> Vec<(Auth, &'static str)> {
    let set = |name: &str| env.is_some_and(|env| env.get(name).is_some());
    let mut found = Vec::new();
    if set("OFFBOARD_CLIENT_SECRET") {
        found.push((Auth::ClientSecret, "OFFBOARD_CLIENT_SECRET"));
    } else if layer.client_secret_file.is_some() {
        found.push((Auth::ClientSecret, "a client secret file"));
    }
    if layer.client_certificate_file.is_some() {
        found.push((Auth::ClientCertificate, "a client certificate"));
    }
    if layer.federated_token_file.is_some() {
        found.push((Auth::WorkloadIdentity, "a federated token file"));
    }
    if set("OFFBOARD_GRAPH_TOKEN") {
        found.push((Auth::Token, "OFFBOARD_GRAPH_TOKEN"));
    }
    found
}

/// The certificate in a file, with its key there or in another.
fn certificate(path: &Path, key: Option<&Path>) -> Result<Certificate, Fault> {
    // A certificate alone is no secret; whatever holds the key is.
    let (pem, key_pem) = match key {
        Some(key) => {
            (zeroize::Zeroizing::new(crate::files::read(path, "certificate")?), Some(secret::bytes(key)?))
        }
        None => (secret::bytes(path)?, None),
    };
    Certificate::from_pem(&pem, key_pem.as_ref().map(|pem| pem.as_slice())).map_err(|error| {
        let shown = match key {
            Some(key) => format!("`{}` with the key `{}`", path.display(), key.display()),
            None => format!("`{}`", path.display()),
        };
        Fault::config(format!("the certificate {shown}: {error}")).hint(error.hint())
    })
}
