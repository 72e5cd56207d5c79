//! Passwords, tokens and the client's secret stand in the requests that need them, and in nothing else that is written.

mod leak;
mod tap;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::common::single::waivers;
use crate::common::{Lab, policy};
use leak::Leaks;
use offboard::core::model::cloud::Cloud;
use offboard::core::ports::{Call, Selector};
use offboard::core::time::Host;
use offboard::http::token::{Certificate, DevicePrompt, Secret};
use offboard::{Connect, Drive, Journal, SqliteJournal, Until, connect};
use offboard_sim::Tenant;
use tap::{Echo, Tap};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What was written in one place.
type Piece = (String, Vec<u8>);

/// Everything that was written, by where.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<Piece>>>);

impl Written {
    fn add(&self, place: &str, bytes: impl AsRef<[u8]>) {
        self.0.lock().unwrap().push((place.to_owned(), bytes.as_ref().to_vec()));
    }

    fn shown(&self, place: &str, value: &dyn std::fmt::Debug) {
        self.add(place, format!("{value:?}"));
        self.add(place, format!("{value:#?}"));
    }

    fn failed(&self, place: &str, error: &(dyn std::error::Error + 'static)) {
        self.shown(place, &error);
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.add(place, error.to_string());
            cause = error.source();
        }
    }

    /// Where any of these secrets stands, in whatever form.
    fn leaks(&self, leaks: &Leaks) -> Vec<String> {
        let mut places: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (place, bytes) in self.0.lock().unwrap().iter() {
            let all = places.entry(place.clone()).or_default();
            all.extend(bytes);
            all.push(b'\n');
        }
        places.iter().filter_map(|(place, bytes)| Some(format!("{place}: {}", leaks.find(bytes)?))).collect()
    }
}

/// What a subscriber for everything gets to see.
struct Log(Written);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.add("the log", bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Listens to everything that this thread logs, as long as what is returned lives.
fn listening(written: Written) -> impl Sized {
    let everything = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || Log(written.clone()));
    // Where there is one subscriber, a thread that has none decides for all what is never logged: so there are two.
    let one = tracing_subscriber::registry().set_default();
    (everything.finish().set_default(), one)
}

/// Shared for Alex, with a journal in a file, undone in the end; everything that is written on the way.
fn course(echo: Option<Echo>) -> (Written, Arc<Tap>) {
    let written = Written::default();
    let listener = listening(written.clone());
    let tenant = Tenant::contoso(5);
    let tap = Arc::new(Tap::on(&tenant, echo));
    // The journal's own pool needs a runtime to be around; time stays the tenant's.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let _entered = runtime.enter();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.sqlite");
    let journal: Arc<dyn Journal> =
        Arc::new(runtime.block_on(SqliteJournal::open(&file, tenant.clock())).unwrap());
    let lab = Lab {
        engine: crate::common::engine_with_secret(&tenant, tap.clone(), journal.clone()),
        tenant,
        journal,
    };
    let shared = policy("shared");
    lab.block_on(async {
        let planned = match lab.plan(&shared, "alex@contoso.com", Some("megan@contoso.com")).await {
            Ok(planned) => planned,
            Err(error) => return written.failed("the error of a plan", &error),
        };
        written.add("the plan", planned.plan.to_bytes());
        written.shown("the plan", &planned.plan);
        written.add("the approval", lab.approve(&planned.plan, waivers(&planned.plan)).to_bytes());
        let watched = written.clone();
        let how = Drive {
            watch: Some(Arc::new(move |event| watched.shown("an event", event))),
            ..Drive::until(Until::Sent)
        };
        let (run, _) = lab.apply_with(&planned.plan, &shared, waivers(&planned.plan), how).await.unwrap();
        let report = lab.report(&run).await.unwrap();
        written.add("the report as text", report.to_text());
        written.add("the report as HTML", report.to_html());
        written.add("the report as JSON", report.to_json());
        written.shown("the report", &report);
        let undo = lab.engine.undo_plan(&run, "ada@contoso.com").await.unwrap();
        written.add("the plan of the undo", undo.to_bytes());
        let approval = lab.approve(&undo, waivers(&undo)).to_bytes();
        let approved = lab.engine.approved(&undo.to_bytes(), &approval).unwrap();
        let how = Drive::until(Until::Sent);
        let (run, _) = lab.engine.apply(approved, shared.bytes(), true, how).await.unwrap();
        for entry in lab.journal.read(&run, 0).await.unwrap() {
            written.shown("an entry", &entry);
        }
    });
    written.shown("the engine", &lab.engine);
    written.shown("the ports", lab.engine.providers());
    drop(lab);
    drop(runtime);
    for entry in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        // The database's own thread takes its files beside the journal away when it ends; what is gone holds nothing.
        let Ok(bytes) = std::fs::read(entry.path()) else { continue };
        written.add(&entry.file_name().display().to_string(), bytes);
    }
    drop(listener);
    (written, tap)
}

fn nothing_leaks(echo: Option<Echo>) -> Arc<Tap> {
    let (written, tap) = course(echo);
    let leaks = tap.leaks();
    assert_eq!(written.leaks(&leaks), Vec::<String>::new(), "{echo:?}");
    let places = written.0.lock().unwrap();
    let wrote = |name: &str| places.iter().any(|(place, bytes)| place.contains(name) && !bytes.is_empty());
    // Who cannot sign in gets an error, everybody else a run with all its documents.
    let expected: &[&str] = match echo {
        Some(Echo::SignIn(_)) => &["the error of a plan"],
        _ => &["the log", "journal.sqlite", "the plan", "an entry", "the report as HTML"],
    };
    for name in expected {
        assert!(wrote(name), "{echo:?} wrote nothing to {name}");
    }
    drop(places);
    tap
}

#[test]
fn in_a_run_without_trouble() {
    let tap = nothing_leaks(None);
    assert!(tap.passwords() >= 1 && tap.tokens() >= 2, "{} and {}", tap.passwords(), tap.tokens());
}

#[test]
fn when_the_service_repeats_what_was_sent_in_its_refusal() {
    for echo in
        [Echo::Graph(400), Echo::Graph(403), Echo::Graph(500), Echo::Exchange(400), Echo::Exchange(500)]
    {
        let tap = nothing_leaks(Some(echo));
        assert!(tap.echoed() > 0, "{echo:?} never happened");
    }
}

#[test]
fn when_signing_in_repeats_the_secret_in_its_refusal() {
    for status in [400, 401, 500] {
        let tap = nothing_leaks(Some(Echo::SignIn(status)));
        assert!(tap.echoed() > 0, "{status} never happened");
    }
}

/// Signs in as `with` does, asks both services something, and looks at everything that can be shown on the way.
fn nothing_is_shown(tenant: &Tenant, tap: &Arc<Tap>, with: Connect) {
    let written = Written::default();
    let listener = listening(written.clone());
    written.shown("what opens the doors", &with);
    let connection = connect(with).unwrap();
    tenant.clock().block_on(async {
        let call = Call::new("7c0a3b1e-0000-4000-8000-000000000001");
        let alex = Selector::UserPrincipalName("alex@contoso.com".to_owned());
        match connection.providers.directory.find(&call, &alex).await {
            Ok(found) => drop(connection.providers.mailboxes.recipient(&call, found[0].id).await.unwrap()),
            Err(error) => written.failed("the error of a reading", &error),
        }
    });
    written.shown("the doors", &connection);
    drop(listener);
    let mut leaks = tap.leaks();
    let app = tenant.app();
    for line in app.certificate.lines().skip_while(|line| !line.contains("PRIVATE KEY")).skip(1) {
        leaks.add("the key of the certificate", line);
    }
    assert_eq!(written.leaks(&leaks), Vec::<String>::new());
}

fn host(tenant: &Tenant) -> Host {
    Host { clock: tenant.clock(), entropy: tenant.entropy() }
}

#[test]
fn in_what_is_shown_of_open_doors() {
    let tenant = Tenant::contoso(5);
    let tap = Arc::new(Tap::on(&tenant, None));
    let app = tenant.app();
    let secret = Secret::new("client secret", app.secret.clone());
    let id = app.tenant_id.to_string().parse().unwrap();
    let with = Connect::with_secret(id, Cloud::Worldwide, tap.clone(), &app.client_id, secret, host(&tenant))
        .unwrap();
    nothing_is_shown(&tenant, &tap, with);
    assert!(tap.tokens() >= 2);
}

#[test]
fn in_what_is_shown_of_a_certificate() {
    for echo in [None, Some(Echo::SignIn(401)), Some(Echo::SignIn(500))] {
        let tenant = Tenant::contoso(5);
        let tap = Arc::new(Tap::on(&tenant, echo));
        let app = tenant.app();
        let certificate = Certificate::from_pem(app.certificate.as_bytes(), None).unwrap();
        let id = app.tenant_id.to_string().parse().unwrap();
        let with = Connect::with_certificate(
            id,
            Cloud::Worldwide,
            tap.clone(),
            &app.client_id,
            certificate,
            host(&tenant),
        );
        nothing_is_shown(&tenant, &tap, with.unwrap());
        assert!(tap.proofs() >= 1 && (tap.tokens() >= 2 || tap.echoed() > 0), "{echo:?}");
    }
}

#[test]
fn in_what_is_shown_of_a_device_code() {
    for echo in [None, Some(Echo::SignIn(400)), Some(Echo::SignIn(500))] {
        let tenant = Tenant::contoso(5);
        let tap = Arc::new(Tap::on(&tenant, echo));
        let (app, sim) = (tenant.app(), tenant.clone());
        let prompt = move |prompt: &DevicePrompt| {
            assert!(sim.approve_device(&prompt.user_code, "nestor@contoso.com"));
        };
        let id = app.tenant_id.to_string().parse().unwrap();
        let with = Connect::with_device_code(
            id,
            Cloud::Worldwide,
            tap.clone(),
            &app.client_id,
            prompt,
            host(&tenant),
        );
        nothing_is_shown(&tenant, &tap, with.unwrap());
        // A device code and a refresh token, where the service answers.
        assert!(tap.proofs() >= 2 || tap.echoed() > 0, "{echo:?}");
    }
}
