//! The binary against a simulated tenant on loopback, which the test itself hosts: whoever writes a test sees the
//! answer, the exit code, and the tenant's own truth.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use bytes::Bytes;
use offboard::{Clock as _, Period, Timestamp};
use offboard_sim::{Server, SimClock, Tenant};
use serde_json::Value;
use tempfile::TempDir;

/// What no byte of any output may hold: the secret of the application and everybody's password.
const CANARIES: &[&str] = &[offboard_sim::contoso::PASSWORD];

/// A tenant on loopback, and a folder of its own for the binary.
pub struct Desk {
    pub tenant: Tenant,
    pub folder: TempDir,
    origin: String,
    server: Server,
    runtime: tokio::runtime::Runtime,
}

/// What the binary answered.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Fails with everything that was said unless it ended with `code`.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", self.out, self.err);
        self
    }

    /// Fails unless `text` stands in the answer.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text), "{text:?} is not in\n{}", self.out);
        self
    }

    /// Fails unless `text` stands in what went to the standard error.
    #[track_caller]
    pub fn complains(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{text:?} is not in\n{}", self.err);
        self
    }

    /// The one JSON object that it printed.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error} in\n{}\n{}", self.out, self.err))
    }
}

impl Desk {
    /// Contoso on the machine's clock: the binary has no other.
    pub fn contoso(seed: u64) -> Self {
        Self::on(Self::quick(seed))
    }

    /// The same over https: whoever calls must trust the authority in `authority.pem`.
    pub fn https(seed: u64) -> Self {
        let mut desk = Self::on(Self::quick(seed));
        let address = "127.0.0.1:0".parse().unwrap();
        let server = desk.runtime.block_on(desk.tenant.serve_https(address)).unwrap();
        desk.file("authority.pem", server.authority().unwrap());
        desk.origin = server.origin();
        desk.server = server;
        desk
    }

    /// A tenant whose clocks are this far ahead of the machine's.
    pub fn ahead(seed: u64, by: Period) -> Self {
        Self::on(Self::quick_at(seed, offboard::SystemClock.now() + by))
    }

    fn quick(seed: u64) -> Tenant {
        Self::quick_at(seed, offboard::SystemClock.now())
    }

    fn quick_at(seed: u64, now: Timestamp) -> Tenant {
        let tenant = Tenant::contoso_on(seed, SimClock::wall(now));
        tenant.world(|world| {
            // Quick, because the binary waits on the wall: what lags and flaps is shown elsewhere, on a virtual clock.
            let timing = &mut world.timing;
            timing.read_lag = vec![Period::ZERO];
            timing.conversion = Period::millis(500);
            (timing.latency_min, timing.latency_max) = (Period::millis(1), Period::millis(5));
        });
        tenant
    }

    pub fn on(tenant: Tenant) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(tenant.serve("127.0.0.1:0".parse().unwrap())).unwrap();
        let origin = server.origin();
        Self { tenant, folder: tempfile::tempdir().unwrap(), origin, server, runtime }
    }

    /// Where the tenant listens.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The binary in the folder, with the environment of `offboard sim serve`, and nobody at a terminal.
    pub fn command(&self, args: &[&str]) -> Command {
        let app = self.tenant.app();
        let mut command = bare(self.folder.path());
        command
            .env("OFFBOARD_SIM", &self.origin)
            .env("OFFBOARD_TENANT", app.tenant_id.to_string())
            .env("OFFBOARD_CLIENT_ID", &app.client_id)
            .env("OFFBOARD_CLIENT_SECRET", &app.secret)
            .env("OFFBOARD_JOURNAL", self.path("journal.db"))
            .args(args);
        command
    }

    /// Runs it to its end. Nothing that it says may hold a secret.
    pub fn run(&self, args: &[&str]) -> Said {
        self.said(self.command(args).output().unwrap())
    }

    /// Starts it, to be interrupted.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// What it said, after looking for secrets in it and in every file it left.
    pub fn said(&self, output: Output) -> Said {
        let said = said(&output);
        let secret = self.tenant.app().secret;
        let canaries: Vec<&str> = CANARIES.iter().copied().chain([secret.as_str()]).collect();
        for canary in canaries {
            assert!(!said.out.contains(canary) && !said.err.contains(canary), "a secret in\n{said:?}");
            for entry in std::fs::read_dir(self.folder.path()).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let bytes = std::fs::read(&path).unwrap();
                    let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
                    assert!(!found, "a secret in {}", path.display());
                }
            }
        }
        said
    }

    /// Plans and approves by another person; the names of the two files.
    #[track_caller]
    pub fn approved(&self, who: &str, policy: &str) -> (&'static str, &'static str) {
        self.run(&["plan", who, "--policy", policy, "-o", "plan.json", "--force"]).ends_with(0);
        self.run(&["approve", "plan.json", "--by", "grace", "-o", "approval.json", "--force"]).ends_with(0);
        ("plan.json", "approval.json")
    }

    /// An access token of somebody who signs in himself, for `resource` (`https://graph.microsoft.com`).
    pub fn token_of(&self, upn: &str, resource: &str) -> String {
        let app = self.tenant.app();
        let escaped =
            |text: &str| text.replace('~', "%7E").replace('@', "%40").replace(':', "%3A").replace('/', "%2F");
        let body = format!(
            "grant_type=password&client_id={}&username={}&password={}&scope={}",
            app.client_id,
            escaped(upn),
            escaped(offboard_sim::contoso::PASSWORD),
            escaped(&format!("{resource}/.default")),
        );
        let request =
            http::Request::post(format!("{}/login/{}/oauth2/v2.0/token", self.origin, app.tenant_id))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Bytes::from(body))
                .unwrap();
        let answer = self.runtime.block_on(self.tenant.transport().send(request)).unwrap();
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("no token: {answer}")).to_owned()
    }

    /// The binary, signed in as this person and not as the application.
    pub fn run_as(&self, upn: &str, args: &[&str]) -> Said {
        let mut command = self.command(args);
        command
            .env_remove("OFFBOARD_CLIENT_SECRET")
            .env("OFFBOARD_GRAPH_TOKEN", self.token_of(upn, "https://graph.microsoft.com"))
            .env("OFFBOARD_EXCHANGE_TOKEN", self.token_of(upn, "https://outlook.office365.com"));
        self.said(command.output().unwrap())
    }

    /// How many requests that could change anything have arrived.
    pub fn writes(&self) -> usize {
        self.tenant.recorder().mutating().len()
    }

    /// `accountEnabled` of somebody, in truth.
    pub fn is_enabled(&self, upn: &str) -> bool {
        self.tenant.world(|world| world.user_by_upn(upn).unwrap().account_enabled)
    }
}

/// The binary without any configuration, in `folder`.
pub fn bare(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offboard"));
    command.env_clear().env("HOME", folder).current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs it without any configuration.
pub fn alone(folder: &Path, args: &[&str]) -> Said {
    said(&bare(folder).args(args).output().unwrap())
}

fn said(output: &Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout.clone()).unwrap(),
        err: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}
