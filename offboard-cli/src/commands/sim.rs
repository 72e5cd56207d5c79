//! `offboard sim serve`: a simulated tenant on loopback, on the machine's own clock.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use clap::{Args, Subcommand};
use offboard::{Period, Secret};
use offboard_sim::{SimClock, Tenant, contoso};
use serde_json::json;

use crate::fault::{Code, Fault};
use crate::show::text::quoted;
use crate::{Answer, Shell};

mod faults;

/// Serves a simulated tenant to try things on
#[derive(Debug, Clone, Args)]
pub struct Sim {
    /// What to do with it
    #[command(subcommand)]
    pub what: What,
}

/// What to do with a simulated tenant.
#[derive(Debug, Clone, Subcommand)]
pub enum What {
    /// Serve Contoso on this machine until Ctrl-C; prints the environment for other terminals
    Serve {
        /// Which Contoso: the same seed gives the same ids
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where it listens; any free port without it
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// By https, with a certificate authority of its own: what other OAuth libraries insist on
        #[arg(long)]
        https: bool,
        /// What goes wrong on purpose
        #[command(flatten)]
        faults: faults::Faults,
    },
    /// List the people of Contoso, and what is special about each
    People,
}

pub(super) async fn run(shell: &Shell, args: Sim) -> Result<Answer, Fault> {
    match args.what {
        What::Serve { seed, port, https, faults } => serve(shell, seed, port, https, &faults).await,
        What::People => Ok(people()),
    }
}

async fn serve(
    shell: &Shell,
    seed: u64,
    port: u16,
    https: bool,
    faults: &faults::Faults,
) -> Result<Answer, Fault> {
    let tenant = Tenant::contoso_on(seed, SimClock::wall(shell.host.clock.now()));
    faults.set_up(&tenant);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = if https { tenant.serve_https(address).await } else { tenant.serve(address).await };
    let server = server.map_err(|error| {
        Fault::environment(format!("{address} cannot be listened on: {error}"))
            .hint("name another port by --port, or none")
    })?;
    let app = tenant.app();
    let secret = Secret::new("secret of the simulation", app.secret);
    // Its runs have no place among those of a real tenant, and end with it.
    let folder = tempfile::Builder::new()
        .prefix("offboard-sim-")
        .tempdir()
        .map_err(|error| Fault::environment(format!("no temporary folder can be made: {error}")))?;
    let journal = folder.path().join("journal.db");
    let beside = |name: &str, text: &str| {
        let path = folder.path().join(name);
        crate::files::write(&path, text.as_bytes()).map(|()| path.display().to_string())
    };
    let certificate = beside("application.pem", &app.certificate)?;
    // As a platform keeps it for its workload. The library for it wants https.
    let federated = match tenant.federated_token(Period::hours(24)) {
        Some(token) if https => Some(beside("federated-token", &token)?),
        _ => None,
    };
    let mut variables = vec![
        ("OFFBOARD_SIM", server.origin()),
        ("OFFBOARD_TENANT", app.tenant_id.to_string()),
        ("OFFBOARD_CLIENT_ID", app.client_id),
        ("OFFBOARD_CLIENT_SECRET", secret.expose().to_owned()),
        ("OFFBOARD_JOURNAL", journal.display().to_string()),
    ];
    if let Some(authority) = server.authority() {
        variables.push(("OFFBOARD_CA_FILE", beside("authority.pem", authority)?));
    }
    let mut text = String::new();
    for (name, value) in &variables {
        let _ = writeln!(text, "export {name}={}", quoted(value));
    }
    let variables: serde_json::Map<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    // What other libraries than ours are told by, and what proves the application instead of its secret.
    let identity = json!({ "IDENTITY_ENDPOINT": format!("{}/msi/token", server.origin()), "IDENTITY_HEADER": app.identity_header });
    let json = json!({
        "origin": server.origin(), "environment": variables, "certificate": certificate, "managed_identity": identity,
        "federated_token": federated,
    });
    // Whoever started it needs the answer while it runs, not afterwards.
    shell.terminal.answer("sim", &Answer { code: Code::Done, text, json });
    shell
        .terminal
        .progress("serving a simulated Contoso; the secret and everything else is made up. Ctrl-C ends it.");
    shell.terminal.progress(&format!(
        "or sign in by its certificate: unset OFFBOARD_CLIENT_SECRET; export OFFBOARD_CLIENT_CERTIFICATE={}",
        quoted(&certificate)
    ));
    if let Some(file) = &federated {
        shell.terminal.progress(&format!(
            "or as a workload, for a day: unset OFFBOARD_CLIENT_SECRET; export OFFBOARD_FEDERATED_TOKEN_FILE={}",
            quoted(file)
        ));
    }
    shell.terminal.progress(
        "in another terminal: paste the lines above, then `offboard plan alex@contoso.com --policy shared`",
    );
    server.forever().await;
    Err(Fault::environment("the simulated tenant has stopped listening"))
}

fn people() -> Answer {
    let mut text = String::new();
    for person in contoso::PEOPLE {
        let _ = writeln!(text, "{:<34} {:<20} {}", person.upn, person.name, person.special);
    }
    let rows: Vec<_> = contoso::PEOPLE
        .iter()
        .map(|person| json!({ "user_principal_name": person.upn, "display_name": person.name, "special": person.special }))
        .collect();
    Answer { code: Code::Done, text, json: json!({ "people": rows }) }
}
