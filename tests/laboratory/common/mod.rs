//! A tenant, an engine on it, and the judge: what every test of the whole stands on.

pub mod canary;
pub mod single;
pub mod wire;

use std::sync::Arc;

use offboard::core::engine::prepare::Planned;
use offboard::core::operation::Finding;
use offboard::core::operation::guard::Direction;
use offboard::core::policy::shipped;
use offboard::core::report::StepReport;
use offboard::{
    Approval, Catalog, Connect, Drive, Ended, Engine, Error, Host, Journal, MemoryJournal, Plan, Policy,
    Report, Request, RunId, Secret, Selector, Until, Waiver, connect,
};
use offboard_core::model::cloud::Cloud;
use offboard_http::token::Certificate;
use offboard_http::transport::Transport;
use offboard_sim::Tenant;
use offboard_sim::judge::{Claim, judge};

/// A tenant with an engine on it. When it is dropped, everything that went over its wire is held against Microsoft's
/// descriptions and the rule that changes name ids ([`wire::check`]), and everything that its journal holds against the secrets.
pub struct Lab {
    pub tenant: Tenant,
    pub engine: Engine,
    pub journal: Arc<dyn Journal>,
}

/// An engine of its own on the same tenant and journal, as another process would have.
pub fn engine_on(tenant: &Tenant, journal: Arc<dyn Journal>) -> Engine {
    engine_through(tenant, tenant.transport(), journal)
}

/// The same, over a wire of the test's own.
pub fn engine_through(tenant: &Tenant, transport: Arc<dyn Transport>, journal: Arc<dyn Journal>) -> Engine {
    let app = tenant.app();
    let host = Host { clock: tenant.clock(), entropy: tenant.entropy() };
    let id = app.tenant_id.to_string().parse().unwrap();
    // SharePoint takes an application with a certificate only.
    let certificate = Certificate::from_pem(app.certificate.as_bytes(), None).unwrap();
    let cloud = Cloud::Worldwide;
    let with =
        Connect::with_certificate(id, cloud, transport, &app.client_id, certificate, host.clone()).unwrap();
    let connection = connect(with).unwrap();
    Engine::new(id, Cloud::Worldwide, connection.providers, journal, host, "test")
}

/// The same, signed in with a client secret: SharePoint takes no token of it.
pub fn engine_with_secret(
    tenant: &Tenant,
    transport: Arc<dyn Transport>,
    journal: Arc<dyn Journal>,
) -> Engine {
    let app = tenant.app();
    let host = Host { clock: tenant.clock(), entropy: tenant.entropy() };
    let (id, secret) = (app.tenant_id, Secret::new("client secret", app.secret));
    let cloud = Cloud::Worldwide;
    let with = Connect::with_secret(id, cloud, transport, &app.client_id, secret, host.clone()).unwrap();
    Engine::new(id, Cloud::Worldwide, connect(with).unwrap().providers, journal, host, "test")
}

pub fn policy(name: &str) -> Policy {
    let shipped = shipped().iter().find(|policy| policy.name == name).unwrap();
    Policy::parse(shipped.text.as_bytes(), name, &Catalog::builtin()).unwrap()
}

/// A shipped policy that gives the files to the successor, or else to the manager, for sixty days.
pub fn granting(name: &str) -> Policy {
    let files =
        "disposition = \"grant\"\nto = [\"successor\", \"manager\"]\nuntil = \"P60D\"\nloss_accepted = true";
    deciding(name, files)
}

/// A shipped policy that decides this about the files.
pub fn deciding(name: &str, files: &str) -> Policy {
    let text = shipped().iter().find(|policy| policy.name == name).unwrap().text;
    let (before, rest) = text.split_once("[files]").unwrap();
    let (_, after) = rest.split_once("\n[").unwrap();
    let text = format!("{before}[files]\n{files}\n\n[{after}");
    Policy::parse(text.as_bytes(), name, &Catalog::builtin()).unwrap()
}

impl Lab {
    pub fn contoso(seed: u64) -> Self {
        Self::on(Tenant::contoso(seed))
    }

    pub fn on(tenant: Tenant) -> Self {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
        let engine = engine_on(&tenant, journal.clone());
        Self { tenant, engine, journal }
    }

    /// Over a wire of the test's own.
    pub fn through(tenant: Tenant, transport: Arc<dyn Transport>) -> Self {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
        let engine = engine_through(&tenant, transport, journal.clone());
        Self { tenant, engine, journal }
    }

    /// Runs on the tenant's virtual clock.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.tenant.clock().block_on(future)
    }

    pub async fn plan(&self, policy: &Policy, upn: &str, successor: Option<&str>) -> Result<Planned, Error> {
        let named = |upn: &str| Selector::UserPrincipalName(upn.to_owned());
        let request = Request {
            leaver: named(upn),
            successor: successor.map(named),
            leaves_at: None,
            made_by: "ada@contoso.com".to_owned(),
        };
        self.without_a_write(self.engine.plan(policy, &request)).await
    }

    /// What speaks against a plan now.
    pub async fn check(&self, plan: &Plan) -> Result<Vec<Finding>, Error> {
        self.without_a_write(self.engine.check(plan)).await
    }

    /// What has become of a run.
    pub async fn report(&self, run: &RunId) -> Result<Report, Error> {
        let report = self.without_a_write(self.engine.report(run)).await?;
        canary::hold_report(&self.tenant, &report);
        Ok(report)
    }

    /// Fails where something that only reads sends what could change the tenant.
    async fn without_a_write<T>(&self, reading: impl Future<Output = T>) -> T {
        let before = self.tenant.recorder().mutating().len();
        let answer = reading.await;
        let sent = self.tenant.recorder().mutating();
        assert!(sent.len() == before, "only reading was asked for: {:?}", sent.last());
        answer
    }

    pub fn approve(&self, plan: &Plan, waivers: Vec<Waiver>) -> Approval {
        self.approval(plan, waivers).unwrap()
    }

    fn approval(&self, plan: &Plan, waivers: Vec<Waiver>) -> Result<Approval, Error> {
        self.engine.approve(&plan.to_bytes(), "grace@contoso.com", None, waivers, true)
    }

    pub async fn apply(&self, plan: &Plan, policy: &Policy, until: Until) -> Result<(RunId, Ended), Error> {
        self.apply_with(plan, policy, Vec::new(), Drive::until(until)).await
    }

    pub async fn apply_with(
        &self,
        plan: &Plan,
        policy: &Policy,
        waivers: Vec<Waiver>,
        how: Drive,
    ) -> Result<(RunId, Ended), Error> {
        let approval = self.approval(plan, waivers)?.to_bytes();
        let approved = self.engine.approved(&plan.to_bytes(), &approval)?;
        self.engine.apply(approved, policy.bytes(), false, how).await
    }

    /// Everything in a report that the tenant's truth contradicts.
    pub fn contradictions(&self, report: &Report) -> Vec<String> {
        contradictions(&self.tenant, report)
    }
}

/// Everything in a report that the truth of `tenant` contradicts.
pub fn contradictions(tenant: &Tenant, report: &Report) -> Vec<String> {
    report.steps.iter().filter_map(|step| contradiction(tenant, report, step)).collect()
}

fn contradiction(tenant: &Tenant, report: &Report, step: &StepReport) -> Option<String> {
    let claim = Claim {
        operation: step.operation.clone(),
        params: step.params.clone(),
        undo: report.direction == Direction::Undo,
        before: None,
        outcome: step.outcome.name().to_owned(),
        leaver: report.leaver.id,
        since: report.opened_at,
        seen_at: step.seen_at,
        twin: report.has_twin(step),
    };
    judge(tenant, &claim).err().map(|contradiction| format!("{}: {contradiction}", step.id))
}

impl Drop for Lab {
    fn drop(&mut self) {
        wire::hold(&self.tenant);
        canary::hold(&self.tenant, self.journal.as_ref());
    }
}
