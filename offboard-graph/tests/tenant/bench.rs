//! Contoso, and a Graph that is signed in to it.

use std::sync::Arc;

use offboard_contract::{Answer, Graph as Description, Request};
use offboard_core::id::UserId;
use offboard_core::model::cloud::Cloud;
use offboard_core::ports::{Call, Priority};
use offboard_core::time::{Host, Period};
use offboard_graph::Graph;
use offboard_http::client::Wire;
use offboard_http::quota::Quotas;
use offboard_http::throttle::Throttle;
use offboard_http::token::{ClientSecret, Secret, Tokens};
use offboard_sim::{Door, Exchanged, Tenant};
use url::Url;

pub(crate) struct Bench {
    pub(crate) tenant: Tenant,
    pub(crate) graph: Graph,
    pub(crate) tokens: Arc<Tokens>,
}

impl Bench {
    /// At Contoso, signed in as the application, with reads that do not lag.
    pub(crate) fn new() -> Self {
        let tenant = Tenant::contoso(1);
        tenant.world(|world| world.timing.read_lag = vec![Period::ZERO]);
        let app = tenant.app();
        let host = Host { clock: tenant.clock(), entropy: tenant.entropy() };
        let authority = Url::parse("https://login.microsoftonline.com").unwrap();
        let secret = Secret::new("client secret", app.secret);
        let source = ClientSecret::new(
            tenant.transport(),
            &authority,
            &app.tenant_id.to_string(),
            app.client_id.clone(),
            secret,
        );
        let tokens = Arc::new(Tokens::new(Arc::new(source.unwrap()), host.clock.clone()));
        let wire = Wire {
            transport: tenant.transport(),
            tokens: tokens.clone(),
            throttle: Arc::new(Throttle::new(host.clone(), Quotas::default())),
            host,
            observer: None,
            tenant: app.tenant_id.to_string(),
            app: app.client_id,
        };
        Self { graph: Graph::new(&Cloud::Worldwide, wire).unwrap(), tenant, tokens }
    }

    pub(crate) fn id(&self, upn: &str) -> UserId {
        self.tenant.user_id(upn).unwrap()
    }

    /// Runs until it is done; waiting costs nothing.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.tenant.clock().block_on(future)
    }

    /// What Graph was asked, batches and what travelled alone, as `METHOD /path` below the version.
    pub(crate) fn sent(&self) -> Vec<String> {
        let rows = self.tenant.recorder().all();
        let graph = rows.iter().filter(|row| row.door == Door::Graph && row.part_of.is_none());
        graph.map(|row| format!("{} {}", row.method, row.path.trim_start_matches("/v1.0"))).collect()
    }
}

pub(crate) fn call() -> Call {
    Call::new("7c0a3b1e-0000-4000-8000-000000000001")
}

pub(crate) fn containment() -> Call {
    call().priority(Priority::Containment)
}

/// Holds everything that went over the wire and that no fault touched against Microsoft's description.
impl Drop for Bench {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for row in self.tenant.recorder().all() {
            if row.door == Door::Graph && !row.is_faulted() && row.part_of.is_none() {
                hold(&row);
            }
        }
    }
}

fn hold(row: &Exchanged) {
    let Some(status) = row.status else { return };
    let (sent, got) = (row.json(), row.answer_json());
    let request =
        Request { method: row.method.as_str(), url: &row.url, headers: &row.headers, body: sent.as_ref() };
    let answer = Answer { status, headers: &row.answer_headers, body: got.as_ref() };
    let found = Description::load().check(&request, &answer);
    assert!(found.is_empty(), "{} {}: {found:?}", row.method, row.url);
}
