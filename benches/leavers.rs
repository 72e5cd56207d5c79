//! A run of many leavers, from plan to report, against the simulated tenant: `cargo bench -p offboard --bench leavers`.
//!
//! It is the Rust half of `make bench-python`, whose other half carries the same people in Python. Time is virtual, so that
//! nothing waits: what is measured is offboard itself, and the tenant. It prints one line of JSON: the microseconds that it took
//! by the machine's clock, who was asked for, and who was done.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a benchmark that cannot go on fails, and says what it saw"
)]

use std::sync::Arc;

use offboard::core::model::cloud::Cloud;
use offboard::core::policy::shipped;
use offboard::core::time::Clock as _;
use offboard::{
    Catalog, Connect, Drive, Engine, Host, MemoryJournal, Policy, Request, Secret, Selector, SystemClock,
    Until, connect,
};
use offboard_sim::Tenant;
use offboard_sim::contoso::PEOPLE;

/// As many as a tenant profile without caps of its own lets begin in a day.
const LEAVERS: usize = 20;

fn engine(tenant: &Tenant) -> Engine {
    let app = tenant.app();
    let host = Host { clock: tenant.clock(), entropy: tenant.entropy() };
    let secret = Secret::new("secret of the simulation", app.secret);
    let with = Connect::with_secret(
        app.tenant_id,
        Cloud::Worldwide,
        tenant.transport(),
        &app.client_id,
        secret,
        host.clone(),
    );
    let providers = connect(with.unwrap()).unwrap().providers;
    Engine::new(app.tenant_id, Cloud::Worldwide, providers, Arc::new(MemoryJournal::new()), host, "bench")
}

/// One leaver from plan to report; false where findings stop the plan.
async fn one(engine: &Engine, policy: &Policy, who: &str) -> bool {
    let request = Request {
        leaver: Selector::UserPrincipalName(who.to_owned()),
        successor: None,
        leaves_at: None,
        made_by: "bench".to_owned(),
    };
    let plan = engine.plan(policy, &request).await.unwrap().plan.to_bytes();
    let Ok(approval) = engine.approve(&plan, "grace", None, Vec::new(), false) else { return false };
    let approved = engine.approved(&plan, &approval.to_bytes()).unwrap();
    let (run, _) = engine.apply(approved, policy.bytes(), false, Drive::until(Until::Done)).await.unwrap();
    engine.report(&run).await.unwrap().exit().code() == 0
}

fn main() {
    let text = shipped().iter().find(|policy| policy.name == "containment").unwrap().text;
    let policy = Policy::parse(text.as_bytes(), "containment", &Catalog::builtin()).unwrap();
    let tenant = Tenant::contoso(1);
    let began = SystemClock.now();
    let engine = engine(&tenant);
    let mut done = Vec::new();
    for person in PEOPLE.iter().take(LEAVERS) {
        if tenant.clock().block_on(one(&engine, &policy, person.upn)) {
            done.push(person.upn);
        }
    }
    let microseconds = SystemClock.now().since(began).as_micros();
    println!(
        "{}",
        serde_json::json!({ "microseconds": microseconds, "people": PEOPLE.iter().take(LEAVERS).map(|p| p.upn).collect::<Vec<_>>(), "done": done })
    );
}
