//! One of the three places in which something can be configured.

use std::path::PathBuf;

use offboard::TenantId;
use offboard::core::model::cloud::{Cloud, Hosts};
use offboard::core::tenant::ExchangeDoor;
use offboard::http::origin::Origin;

use super::credential::Auth;
use super::env::Env;
use crate::args::Global;
use crate::fault::Fault;

/// What one place says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Layer {
    pub(super) config: Option<PathBuf>,
    pub(super) journal: Option<PathBuf>,
    pub(super) tenant: Option<TenantId>,
    pub(super) client_id: Option<String>,
    pub(super) auth: Option<Auth>,
    pub(super) client_secret_file: Option<PathBuf>,
    pub(super) client_certificate_file: Option<PathBuf>,
    pub(super) client_certificate_key_file: Option<PathBuf>,
    pub(super) federated_token_file: Option<PathBuf>,
    pub(super) cloud: Option<Cloud>,
    pub(super) exchange: Option<ExchangeDoor>,
    pub(super) ca_file: Option<PathBuf>,
}

impl Layer {
    /// What the flags say.
    pub(super) fn of_flags(flags: &Global) -> Result<Self, Fault> {
        Ok(Self {
            config: flags.config.clone(),
            journal: flags.journal.clone(),
            tenant: flags.tenant.as_deref().map(|text| tenant(text, "--tenant")).transpose()?,
            client_id: flags.client_id.clone(),
            auth: flags.auth.as_deref().map(|text| Auth::named(text, "--auth")).transpose()?,
            client_secret_file: None,
            client_certificate_file: None,
            client_certificate_key_file: None,
            federated_token_file: None,
            cloud: cloud(flags.cloud.as_deref(), flags.sim.as_deref(), None, &["--cloud", "--sim", ""])?,
            exchange: flags.exchange.as_deref().map(|text| door(text, "--exchange")).transpose()?,
            ca_file: flags.ca_file.clone(),
        })
    }

    /// What the environment says.
    pub(super) fn of_env(env: &Env) -> Result<Self, Fault> {
        let path = |name| env.get(name).map(PathBuf::from);
        Ok(Self {
            config: path("OFFBOARD_CONFIG"),
            journal: path("OFFBOARD_JOURNAL"),
            tenant: env.get("OFFBOARD_TENANT").map(|text| tenant(text, "OFFBOARD_TENANT")).transpose()?,
            client_id: env.get("OFFBOARD_CLIENT_ID").map(str::to_owned),
            auth: env.get("OFFBOARD_AUTH").map(|text| Auth::named(text, "OFFBOARD_AUTH")).transpose()?,
            client_secret_file: path("OFFBOARD_CLIENT_SECRET_FILE"),
            client_certificate_file: path("OFFBOARD_CLIENT_CERTIFICATE"),
            client_certificate_key_file: path("OFFBOARD_CLIENT_CERTIFICATE_KEY"),
            federated_token_file: path("OFFBOARD_FEDERATED_TOKEN_FILE"),
            cloud: cloud(
                env.get("OFFBOARD_CLOUD"),
                env.get("OFFBOARD_SIM"),
                None,
                &["OFFBOARD_CLOUD", "OFFBOARD_SIM", ""],
            )?,
            exchange: env.get("OFFBOARD_EXCHANGE").map(|text| door(text, "OFFBOARD_EXCHANGE")).transpose()?,
            ca_file: path("OFFBOARD_CA_FILE"),
        })
    }

    /// What this says, and `under` where this says nothing.
    pub(super) fn over(self, under: Self) -> Self {
        Self {
            config: self.config.or(under.config),
            journal: self.journal.or(under.journal),
            tenant: self.tenant.or(under.tenant),
            client_id: self.client_id.or(under.client_id),
            auth: self.auth.or(under.auth),
            client_secret_file: self.client_secret_file.or(under.client_secret_file),
            client_certificate_key_file: if self.client_certificate_file.is_some() {
                // A key belongs to the certificate that is named with it.
                self.client_certificate_key_file
            } else {
                self.client_certificate_key_file.or(under.client_certificate_key_file)
            },
            client_certificate_file: self.client_certificate_file.or(under.client_certificate_file),
            federated_token_file: self.federated_token_file.or(under.federated_token_file),
            cloud: self.cloud.or(under.cloud),
            exchange: self.exchange.or(under.exchange),
            ca_file: self.ca_file.or(under.ca_file),
        }
    }
}

/// A tenant id. A domain is not taken: it can move to another organisation, an id cannot.
pub(super) fn tenant(text: &str, place: &str) -> Result<TenantId, Fault> {
    text.parse().map_err(|error| {
        Fault::config(format!("{place}: {error}"))
            .hint("the tenant id is shown in the Entra admin center under Overview")
    })
}

fn door(text: &str, place: &str) -> Result<ExchangeDoor, Fault> {
    match text {
        "invoke_command" => Ok(ExchangeDoor::InvokeCommand),
        "hand_off" => Ok(ExchangeDoor::HandOff),
        other => Err(Fault::config(format!("{place}: there is no door `{other}` to Exchange"))
            .hint("`invoke_command` sends cmdlets, `hand_off` lets a person run them")),
    }
}

/// The cloud that one place names, in one of three ways: its name, a simulated tenant, or hosts.
pub(super) fn cloud(
    name: Option<&str>,
    sim: Option<&str>,
    hosts: Option<Hosts>,
    places: &[&str; 3],
) -> Result<Option<Cloud>, Fault> {
    let said: Vec<&str> =
        [(name.is_some(), places[0]), (sim.is_some(), places[1]), (hosts.is_some(), places[2])]
            .into_iter()
            .filter_map(|(is, place)| is.then_some(place))
            .collect();
    if said.len() > 1 {
        return Err(Fault::config(format!("{} contradict each other", said.join(" and ")))
            .hint("say where the tenant lives in one of these ways"));
    }
    if let Some(hosts) = hosts {
        return Ok(Some(Cloud::Custom(hosts)));
    }
    if let Some(origin) = sim {
        return simulated(origin, places[1]).map(Some);
    }
    let Some(name) = name else { return Ok(None) };
    Ok(Some(match name {
        "worldwide" => Cloud::Worldwide,
        "us_gov_high" => Cloud::UsGovHigh,
        "us_gov_dod" => Cloud::UsGovDod,
        "china" => Cloud::China,
        "germany" => Cloud::Germany,
        other => {
            return Err(Fault::config(format!("{}: there is no cloud `{other}`", places[0]))
                .hint("known are worldwide, us_gov_high, us_gov_dod and china"));
        }
    }))
}

fn simulated(origin: &str, place: &str) -> Result<Cloud, Fault> {
    let trimmed = origin.trim_end_matches('/');
    let wrong = |why: String| {
        Fault::config(format!("{place}: `{origin}` is no simulated tenant: {why}"))
            .hint("`offboard sim serve` prints it, like http://127.0.0.1:8080")
    };
    let parsed = Origin::parse(trimmed).map_err(|error| wrong(error.to_string()))?;
    // Plain HTTP leaves to this machine only, so that the same host by HTTP is what tells a loopback address.
    let here = Origin::parse(&trimmed.replacen("https://", "http://", 1)).is_ok();
    if parsed.to_string() != trimmed || !here {
        return Err(wrong(format!("it must be the origin of this machine alone, and reads as {parsed}")));
    }
    Ok(Cloud::Custom(Hosts::on_loopback(trimmed)))
}
