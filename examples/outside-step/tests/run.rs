//! The step takes part in a run like any other: planned by a policy, applied, read back, taken back.

use std::sync::Arc;

use offboard::{
    Catalog, Connect, Drive, Engine, Host, MemoryJournal, Outcome, Policy, Request, Secret, Selector, Until, connect,
};
use offboard_sim::Tenant;
use outside_step::InternalRepliesOnly;

const POLICY: &str = r#"
policy = "offboard.policy/1"
name = "replies stay inside"
applies_to = "member"
[access]
sign_in = "keep"
password = "keep"
sessions = "keep"
exchange_account = "keep"
forwarding = "keep"
protocols = "keep"
methods = "keep"
[mail]
disposition = "keep"
[files]
disposition = "keep"
[licenses]
disposition = "keep"
[account]
disposition = "keep"
[groups]
disposition = "keep"
[voice]
numbers = "keep"
[[step]]
operation = "internal_replies_only"
params = { user = "$leaver" }
"#;

#[test]
fn a_step_from_outside_is_planned_applied_seen_and_taken_back() {
    let tenant = Tenant::contoso(7);
    let (app, host) = (tenant.app(), Host { clock: tenant.clock(), entropy: tenant.entropy() });
    let id = app.tenant_id.to_string().parse().unwrap();
    let secret = Secret::new("client secret", app.secret.clone());
    let cloud = offboard::core::model::cloud::Cloud::Worldwide;
    let with = Connect::with_secret(id, cloud.clone(), tenant.transport(), &app.client_id.to_string(), secret, host.clone());
    let doors = connect(with.unwrap()).unwrap();
    let catalog = Catalog::builtin().with::<InternalRepliesOnly>();
    let policy = Policy::parse(POLICY.as_bytes(), "inside.toml", &catalog).unwrap();
    let engine = Engine::new(id, cloud, doors.providers, Arc::new(MemoryJournal::new()), host, "example")
        .with_catalog(catalog);

    tenant.clock().block_on(async {
        let leaver = Selector::UserPrincipalName("zoe@contoso.com".to_owned());
        let request = Request { leaver, successor: None, leaves_at: None, made_by: "ada".to_owned() };
        let plan = engine.plan(&policy, &request).await.unwrap().plan;
        assert_eq!(plan.steps.len(), 1);
        let run = apply(&engine, &plan, &policy).await;
        assert_eq!(run.0, [Outcome::Done]);

        let back = engine.undo_plan(&run.1, "ada").await.unwrap();
        assert_eq!(apply(&engine, &back, &policy).await.0, [Outcome::Done]);
    });
}

async fn apply(engine: &Engine, plan: &offboard::Plan, policy: &Policy) -> (Vec<Outcome>, offboard::RunId) {
    let bytes = plan.to_bytes();
    let approval = engine.approve(&bytes, "grace", None, Vec::new(), false).unwrap().to_bytes();
    let approved = engine.approved(&bytes, &approval).unwrap();
    let (run, _) = engine.apply(approved, policy.bytes(), false, Drive::until(Until::Done)).await.unwrap();
    let report = engine.report(&run).await.unwrap();
    (report.steps.iter().map(|step| step.outcome).collect(), run)
}
