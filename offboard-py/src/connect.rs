//! From what a program says of its tenant to an engine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use offboard::core::model::cloud::{Cloud, Hosts};
use offboard::core::ports::CustomFacet;
use offboard::http::reqwest::{Options, ReqwestTransport};
use offboard::http::transport::Transport;
use offboard::{
    Catalog, Connect, Engine, Error, ExchangeDoor, Host, Journal, MemoryJournal, Secret, SqliteJournal,
    TenantId, TenantProfile, connect as open_doors, host, owner,
};
use pyo3::prelude::*;

use crate::credentials::PythonCredential;
use crate::engine::Core;
use crate::errors::{Told, Trouble};
use crate::runner::Runner;
use crate::sim::tenant::Tenant;
use crate::steps;
use crate::work::{Halt, Out, Work};

/// Where requests go, and by whose time.
struct Place {
    tenant: TenantId,
    cloud: Cloud,
    client_id: String,
    transport: Option<Arc<dyn Transport>>,
    host: Host,
    runner: Runner,
}

fn place(
    tenant: Option<&str>,
    client_id: Option<String>,
    cloud: &str,
    origin: Option<&str>,
    sim: Option<&Tenant>,
) -> Result<Place, Told> {
    if let Some(sim) = sim {
        let app = sim.inner().app();
        return Ok(Place {
            tenant: app.tenant_id,
            cloud: Cloud::Worldwide,
            client_id: client_id.unwrap_or(app.client_id),
            transport: Some(sim.inner().transport()),
            host: Host { clock: sim.inner().clock(), entropy: sim.inner().entropy() },
            runner: sim.runner(),
        });
    }
    let missing = |what: &str| Told::usage(format!("{what} is missing"));
    let tenant = tenant.ok_or_else(|| missing("the tenant's id"))?;
    let tenant = tenant.parse().map_err(|error| Told::usage(format!("the tenant's id: {error}")))?;
    let cloud = match (origin, cloud) {
        (Some(origin), _) => Cloud::Custom(Hosts::on_loopback(origin.trim_end_matches('/'))),
        (None, "worldwide") => Cloud::Worldwide,
        (None, "us_gov_high") => Cloud::UsGovHigh,
        (None, "us_gov_dod") => Cloud::UsGovDod,
        (None, "china") => Cloud::China,
        (None, "germany") => Cloud::Germany,
        (None, other) => {
            return Err(Told::usage(format!("no cloud is called `{other}`"))
                .hint("they are worldwide, us_gov_high, us_gov_dod and china"));
        }
    };
    Ok(Place {
        tenant,
        cloud,
        client_id: client_id.ok_or_else(|| missing("the application's client_id"))?,
        transport: None,
        host: host::system(),
        runner: Runner::machine(),
    })
}

/// Opens the doors of a tenant. Nothing is sent yet.
#[pyfunction]
#[pyo3(signature = (*, tenant, client_id, secret, credential, cloud, origin, journal, profile, exchange, extra_roots, sim, steps, facets))]
#[expect(clippy::too_many_arguments, reason = "each is a keyword of Python's `connect`, which names them")]
pub(crate) fn connect(
    tenant: Option<&str>,
    client_id: Option<String>,
    secret: Option<String>,
    credential: Option<Py<PyAny>>,
    cloud: &str,
    origin: Option<&str>,
    journal: Option<PathBuf>,
    profile: Option<(Vec<u8>, String)>,
    exchange: &str,
    extra_roots: Option<Vec<u8>>,
    sim: Option<PyRef<'_, Tenant>>,
    steps: Vec<Py<PyAny>>,
    facets: Vec<(String, Py<PyAny>)>,
) -> PyResult<Work> {
    let secret = secret.map(|secret| Secret::new("client secret", secret));
    let secret = match (&sim, secret, &credential) {
        (Some(sim), None, None) => Some(Secret::new("secret of the simulation", sim.inner().app().secret)),
        (_, secret, _) => secret,
    };
    let place = place(tenant, client_id, cloud, origin, sim.as_deref())?;
    let exchange = match exchange {
        "invoke_command" => ExchangeDoor::InvokeCommand,
        "hand_off" => ExchangeDoor::HandOff,
        other => {
            return Err(Told::usage(format!("there is no door `{other}` to Exchange Online"))
                .hint("it is invoke_command or hand_off")
                .into());
        }
    };
    let profile = match profile {
        Some((bytes, source)) => {
            TenantProfile::parse(&bytes, &source).map_err(|error| Told::from(Error::from(error)))?
        }
        None => TenantProfile::default(),
    };
    let may_call = credential.is_some() || !steps.is_empty() || !facets.is_empty();
    let mut catalog = Catalog::builtin();
    for step in steps {
        catalog = catalog.with_dynamic(steps::factory::PythonSteps::of(step)?);
    }
    let custom: BTreeMap<String, Arc<dyn CustomFacet>> = facets
        .into_iter()
        .map(|(name, reader)| {
            let facet = steps::facet::PythonFacet::new(&name, reader, place.host.clock.clone());
            (name, Arc::new(facet) as Arc<dyn CustomFacet>)
        })
        .collect();
    let runner = place.runner.clone();
    let of = runner.apart_if(may_call);
    let job = async move {
        let transport = match place.transport {
            Some(transport) => transport,
            None => sockets(extra_roots.unwrap_or_default())?,
        };
        let host = place.host;
        let mut with = match (secret, credential) {
            (None, Some(credential)) => Connect::with_tokens(
                place.tenant,
                place.cloud.clone(),
                transport,
                &place.client_id,
                Arc::new(PythonCredential::new(credential)),
                host.clone(),
            ),
            (Some(secret), None) => Connect::with_secret(
                place.tenant,
                place.cloud.clone(),
                transport,
                &place.client_id,
                secret,
                host.clone(),
            )?,
            _ => return Err(Told::usage("name a secret or a credential, one of the two").into()),
        };
        with.exchange = exchange;
        let mut providers = open_doors(with)?.providers;
        providers.custom = custom;
        let journal: Arc<dyn Journal> = match journal {
            Some(path) => Arc::new(SqliteJournal::open(&path, host.clock.clone()).await?),
            None => Arc::new(MemoryJournal::new()),
        };
        let engine = Engine::new(place.tenant, place.cloud, providers, journal, host, owner());
        let engine = engine.with_profile(profile).with_catalog(catalog);
        Ok(Out::Core(Box::new(Core::new(engine, of))))
    };
    Ok(Work::new(&runner, Halt::Drop, Box::pin(job)))
}

fn sockets(extra_roots: Vec<u8>) -> Result<Arc<dyn Transport>, Trouble> {
    let mut options = Options::default();
    options.extra_roots = extra_roots;
    let transport = ReqwestTransport::new(options)
        .map_err(|error| Told::environment(format!("no connection can be made: {error}")))?;
    Ok(Arc::new(transport))
}
