//! From the settings to an engine: doors, journal, profile.

use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use offboard::core::failure::{Failure, Kind, ProviderError};
use offboard::core::model::cloud::Cloud;
use offboard::core::time::{Host, Period, Timestamp};
use offboard::http::reqwest::{Options, ReqwestTransport};
use offboard::http::token::{Callback, DevicePrompt, PROVIDER, Token, TokenRequest};
use offboard::http::transport::Transport;
use offboard::{Connect, Engine, Journal, Secret, SqliteJournal, TenantId, connect};

use crate::Shell;
use crate::config::{Credential, JournalPath, SignIn};
use crate::fault::Fault;

/// An engine on the configured tenant, and where its journal lies.
#[derive(Debug)]
pub struct Session {
    /// The engine.
    pub engine: Engine,
    /// Where its journal lies.
    pub journal: PathBuf,
}

impl Session {
    /// Opens the doors and the journal. Nothing is sent yet.
    ///
    /// # Errors
    /// The configuration lacks something, or the journal cannot be opened.
    pub async fn open(shell: &Shell) -> Result<Self, Fault> {
        let sign_in = shell.settings.sign_in()?;
        let (journal, path) = open_journal(shell).await?;
        let engine = engine(shell, sign_in, journal)?;
        Ok(Self { engine, journal: path })
    }

    /// An engine that reads the tenant and writes nothing, not even a journal: `plan`, `check`.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub async fn for_reading(shell: &Shell) -> Result<Engine, Fault> {
        let sign_in = shell.settings.sign_in()?;
        let path = shell.settings.journal()?;
        // Who else is leaving stands in the journal, if there is one.
        let journal: Arc<dyn Journal> = if path.path().try_exists().unwrap_or(true) {
            shell.journals.reader(SqliteJournal::open_read_only(path.path(), shell.host.clock.clone()).await?)
        } else {
            Arc::new(offboard::MemoryJournal::new())
        };
        engine(shell, sign_in, journal)
    }

    /// An engine that only writes into the journal what a person says. It needs no door.
    ///
    /// # Errors
    /// The journal cannot be opened.
    pub async fn for_words(shell: &Shell, tenant: TenantId) -> Result<Engine, Fault> {
        let (journal, _) = open_journal(shell).await?;
        let nobody = Callback::new(|_| async {
            Err(ProviderError::new(PROVIDER, Failure::new(Kind::Unauthenticated, "nobody is signed in")))
        });
        let transport = transport(shell)?;
        let with = Connect::with_tokens(
            tenant,
            Cloud::Worldwide,
            transport,
            "nobody",
            Arc::new(nobody),
            shell.host.clone(),
        );
        let connection = connect(with)?;
        let owner = offboard_owner();
        let engine =
            Engine::new(tenant, Cloud::Worldwide, connection.providers, journal, shell.host.clone(), owner);
        Ok(engine.with_profile(shell.settings.profile.clone()))
    }
}

/// The journal, to look at; nothing where there is none yet.
///
/// # Errors
/// It was named and is not there, or cannot be read.
pub async fn journal_to_read(shell: &Shell) -> Result<Option<Arc<SqliteJournal>>, Fault> {
    let path = shell.settings.journal()?;
    if let JournalPath::Default(path) = &path
        && !path.try_exists().unwrap_or(true)
    {
        return Ok(None);
    }
    let journal = SqliteJournal::open_read_only(path.path(), shell.host.clock.clone()).await?;
    Ok(Some(shell.journals.reader(journal)))
}

async fn open_journal(shell: &Shell) -> Result<(Arc<dyn Journal>, PathBuf), Fault> {
    let path = shell.settings.journal()?;
    // The folder that we chose we make; one that somebody named and that is not there is a mistake.
    if let (JournalPath::Default(_), Some(folder)) = (&path, path.path().parent()) {
        crate::files::make_folder(folder)?;
    }
    let journal = SqliteJournal::open(path.path(), shell.host.clock.clone()).await?;
    let shown = std::path::absolute(path.path()).unwrap_or_else(|_| path.path().to_owned());
    Ok((shell.journals.writer(journal), shown))
}

fn engine(shell: &Shell, sign_in: SignIn, journal: Arc<dyn Journal>) -> Result<Engine, Fault> {
    let SignIn { tenant, cloud, client_id, credential } = sign_in;
    let transport = transport(shell)?;
    let host = shell.host.clone();
    let mut with = match credential {
        Credential::Secret(secret) => {
            Connect::with_secret(tenant, cloud.clone(), transport, &client_id, secret, host.clone())?
        }
        Credential::Certificate(certificate) => Connect::with_certificate(
            tenant,
            cloud.clone(),
            transport,
            &client_id,
            certificate,
            host.clone(),
        )?,
        Credential::DeviceCode => {
            let terminal = shell.terminal.clone();
            let prompt = move |prompt: &DevicePrompt| terminal.note(&invitation(prompt));
            Connect::with_device_code(tenant, cloud.clone(), transport, &client_id, prompt, host.clone())?
        }
        Credential::Workload(file) => {
            Connect::with_workload_identity(tenant, cloud.clone(), transport, &client_id, file, host.clone())?
        }
        Credential::Managed(identity) => {
            Connect::with_managed_identity(tenant, cloud.clone(), transport, identity, host.clone())
        }
        Credential::DeveloperTools => {
            Connect::with_developer_tools(tenant, cloud.clone(), transport, host.clone())
        }
        Credential::Tokens { graph, exchange } => {
            let tokens = ready(&cloud, graph, exchange, &host)?;
            Connect::with_tokens(tenant, cloud.clone(), transport, &client_id, Arc::new(tokens), host.clone())
        }
    };
    with.exchange = shell.settings.exchange();
    with.observer = Some(shell.skew.clone());
    let connection = connect(with)?;
    let engine = Engine::new(tenant, cloud, connection.providers, journal, host, offboard_owner());
    Ok(engine.with_profile(shell.settings.profile.clone()))
}

/// What a person must do to sign in. It goes to the standard error, whoever reads the answer.
fn invitation(prompt: &DevicePrompt) -> String {
    let DevicePrompt { verification_uri, user_code, expires_at, .. } = prompt;
    format!("to sign in: open {verification_uri} and enter the code {user_code} (good until {expires_at})")
}

/// The name of this process in leases: another process can see whether it still lives.
fn offboard_owner() -> String {
    offboard_journal::owner()
}

fn transport(shell: &Shell) -> Result<Arc<dyn Transport>, Fault> {
    let mut options = Options::default();
    options.extra_roots.clone_from(&shell.settings.extra_roots);
    let transport = ReqwestTransport::new(options).map_err(|error| Fault::config(error.to_string()))?;
    Ok(Arc::new(transport))
}

/// Tokens that somebody else has fetched, each for its own service.
fn ready(cloud: &Cloud, graph: Secret, exchange: Option<Secret>, host: &Host) -> Result<Callback, Fault> {
    let hosts = cloud.hosts().map_err(|closed| Fault::config(closed.to_string()))?;
    // By the name that sign-in knows each by: below one origin of this machine they live at the same place.
    let scope = |url: &str, resource: &Option<String>| {
        let name = resource.as_deref().unwrap_or(url);
        let origin = offboard::http::origin::Origin::parse(name);
        origin
            .map(|_| format!("{name}/.default"))
            .map_err(|error| Fault::config(format!("`{name}`: {error}")))
    };
    let for_graph = scope(&hosts.graph, &hosts.graph_resource)?;
    let for_exchange = scope(&hosts.exchange, &hosts.exchange_resource)?;
    let clock = host.clock.clone();
    Ok(Callback::new(move |wanted: TokenRequest| {
        let ready = match wanted.audience.scope() {
            scope if scope == for_graph => Some(("OFFBOARD_GRAPH_TOKEN", Some(graph.clone()))),
            scope if scope == for_exchange => Some(("OFFBOARD_EXCHANGE_TOKEN", exchange.clone())),
            // SharePoint has a host, and so tokens, of its own: none of these may go there.
            _ => None,
        };
        let now = clock.now();
        async move {
            match ready {
                Some((variable, secret)) => token(variable, secret, &wanted, now),
                None => Err(none_for(&wanted)),
            }
        }
    }))
}

/// There is no ready token for this service: what needs one is for a person to do.
fn none_for(wanted: &TokenRequest) -> ProviderError {
    let message = format!("no ready token is for {}", wanted.audience.origin());
    let failure = Failure::new(Kind::Unsupported, message).code("no_token");
    ProviderError::new(PROVIDER, failure.hint("sign in with a certificate, or let a person do it"))
}

fn token(
    variable: &str,
    secret: Option<Secret>,
    wanted: &TokenRequest,
    now: Timestamp,
) -> Result<Token, ProviderError> {
    let refuse = |message: String, code: &str| {
        let hint = format!("fetch a new access token and set {variable}");
        ProviderError::new(PROVIDER, Failure::new(Kind::Unauthenticated, message).code(code).hint(hint))
    };
    let Some(secret) = secret else {
        return Err(refuse(format!("{variable} is not set"), "no_token"));
    };
    if wanted.claims.is_some() {
        return Err(refuse(
            format!("the service no longer takes the token in {variable}"),
            "claims_challenge",
        ));
    }
    // A token that does not say when it ends is taken for an hour; the service has the last word in any case.
    let ends = expiry(secret.expose()).unwrap_or(now + Period::hours(1));
    if ends <= now {
        return Err(refuse(format!("the token in {variable} ended at {ends}"), "token_expired"));
    }
    Ok(Token::new(secret, ends, &wanted.audience))
}

/// `exp` of a JWT.
fn expiry(token: &str) -> Option<Timestamp> {
    let payload = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    Some(Timestamp::from_micros(claims.get("exp")?.as_i64()?.checked_mul(1_000_000)?))
}
