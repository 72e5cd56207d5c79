//! Dying at any moment, and what another process makes of what is left.
//!
//! What a dead process leaves behind is its journal and the tenant as it is: a [`Scene`] holds both, and can be forked
//! at any moment. What was on the way to the tenant then never arrives; what had arrived is carried out, unanswered.

pub mod around;
pub mod dying;
pub mod ending;
pub mod polls;
pub mod settled;

use std::sync::Arc;

use offboard::core::model::cloud::Cloud;
use offboard::core::operation::{Finding, Severity};
use offboard::core::time::{Clock as _, Period};
use offboard::{
    ApprovedPlan, Catalog, Drive, Ended, Engine, Error, Journal, MemoryJournal, Plan, Policy, Report,
    Request, RunId, Selector, Timestamp, Until, Waiver,
};
use offboard_sim::Tenant;

use crate::common;

/// How long a lease lives, and a moment more: then nobody holds it any longer.
pub const LEASE_HAS_ENDED: Period = Period::seconds(61);

/// A tenant, a journal, and a plan that may be applied to the one and is recorded in the other.
#[derive(Debug)]
pub struct Scene {
    pub tenant: Tenant,
    pub journal: MemoryJournal,
    pub approved: ApprovedPlan,
    pub policy: Policy,
    /// Whether it takes the place of whatever run is open.
    pub supersede: bool,
    catalog: fn() -> Catalog,
}

/// What is waived, each by its name.
fn waivers(plan: &Plan, waive: impl Fn(&Finding) -> bool) -> Vec<Waiver> {
    let named = |finding: &Finding| Waiver {
        plan: None,
        step: finding.step.clone(),
        code: finding.code.clone(),
        key: finding.key.clone(),
        reason: "looked at".to_owned(),
    };
    let stops = |finding: &&Finding| finding.severity == Severity::Block && waive(finding);
    plan.findings.iter().filter(stops).map(named).collect()
}

/// An engine of a process of its own: its own connection, its own name.
pub fn engine(tenant: &Tenant, journal: Arc<dyn Journal>, catalog: Catalog, owner: &str) -> Engine {
    let plain = common::engine_on(tenant, journal.clone());
    Engine::new(
        plain.tenant(),
        Cloud::Worldwide,
        plain.providers().clone(),
        journal,
        plain.host().clone(),
        owner,
    )
    .with_catalog(catalog)
}

/// Somebody's wish to see `upn` go.
pub fn request(upn: &str, successor: Option<&str>) -> Request {
    let named = |upn: &str| Selector::UserPrincipalName(upn.to_owned());
    Request {
        leaver: named(upn),
        successor: successor.map(named),
        leaves_at: None,
        made_by: "ada@contoso.com".to_owned(),
    }
}

/// `plan` with an approval that waives what `waive` says.
pub fn approved(engine: &Engine, plan: &Plan, waive: impl Fn(&Finding) -> bool) -> ApprovedPlan {
    let bytes = plan.to_bytes();
    let approval = engine.approve(&bytes, "grace@contoso.com", None, waivers(plan, waive), true).unwrap();
    engine.approved(&bytes, &approval.to_bytes()).unwrap()
}

impl Scene {
    /// A shipped policy is about to be applied to `upn` at Contoso.
    pub fn forward(upn: &str, policy: &str) -> Self {
        Self::of(Tenant::contoso(5), upn, common::policy(policy), Catalog::builtin)
    }

    /// `policy` is about to be applied to `upn`.
    pub fn of(tenant: Tenant, upn: &str, policy: Policy, catalog: fn() -> Catalog) -> Self {
        let journal = MemoryJournal::new();
        let engine = engine(&tenant, Arc::new(journal.clone()), catalog(), "the planner");
        let successor = Some("megan@contoso.com").filter(|successor| *successor != upn);
        let plan = tenant.clock().block_on(engine.plan(&policy, &request(upn, successor))).unwrap().plan;
        // Everything that may be waived is: what is tried is the run, not its refusal.
        let approved = approved(&engine, &plan, |_| true);
        Self { tenant, journal, approved, policy, supersede: false, catalog }
    }

    /// An approved plan of somebody's own making, on a tenant and a journal of his.
    pub fn begun(tenant: Tenant, journal: MemoryJournal, approved: ApprovedPlan, policy: Policy) -> Self {
        Self { tenant, journal, approved, policy, supersede: false, catalog: Catalog::builtin }
    }

    /// The run is over; five minutes later it is about to be taken back.
    pub fn undo(&self) -> Self {
        self.after_a_while(Period::minutes(5)).taken_back(|_| true)
    }

    /// What has been done so far is about to be taken back, as far as `waive` allows.
    pub fn taken_back(&self, waive: impl Fn(&Finding) -> bool) -> Self {
        let scene = self.fork();
        let engine = scene.engine("the planner");
        let plan = scene.tenant.clock().block_on(engine.undo_plan(&scene.run(), "ada@contoso.com")).unwrap();
        let approved = approved(&engine, &plan, waive);
        Self { approved, supersede: true, ..scene }
    }

    /// The run has come as far as it can, and then nobody looks for so long.
    pub fn after_a_while(&self, pause: Period) -> Self {
        let scene = self.fork();
        scene.carry_on("the first process");
        scene.tenant.clock().advance(pause);
        scene
    }

    /// What is left of it if every process dies now.
    pub fn fork(&self) -> Self {
        Self {
            tenant: self.tenant.fork(),
            journal: self.journal.fork(),
            approved: self.approved.clone(),
            policy: self.policy.clone(),
            supersede: self.supersede,
            catalog: self.catalog,
        }
    }

    pub fn run(&self) -> RunId {
        self.approved.run_id()
    }

    pub fn engine(&self, owner: &str) -> Engine {
        self.engine_on(Arc::new(self.journal.clone()), owner)
    }

    pub fn engine_on(&self, journal: Arc<dyn Journal>, owner: &str) -> Engine {
        engine(&self.tenant, journal, (self.catalog)(), owner)
    }

    /// Goes on to the end in this process: applies what was never begun, resumes what was.
    pub fn carry_on(&self, owner: &str) {
        let engine = self.engine(owner);
        self.tenant.clock().block_on(async {
            let how = Drive::until(Until::Done);
            if self.journal.record(&self.run()).await.is_ok() {
                engine.resume(&self.run(), how).await.unwrap();
            } else {
                self.apply(&engine, how).await.unwrap();
            }
        });
    }

    /// This tenant and journal, and what `other` is about.
    pub fn about(&self, other: &Self) -> Self {
        Self { approved: other.approved.clone(), supersede: other.supersede, ..self.fork() }
    }

    /// Goes on to the end with another run of the same journal.
    pub fn carry_run_on(&self, run: &RunId) {
        let engine = self.engine("the one who goes on");
        self.tenant.clock().block_on(engine.resume(run, Drive::until(Until::Done))).unwrap();
    }

    /// Applies the plan, as far as `how` says.
    pub async fn apply(&self, engine: &Engine, how: Drive) -> Result<(RunId, Ended), Error> {
        engine.apply(self.approved.clone(), self.policy.bytes(), self.supersede, how).await
    }

    /// Looks at every run that wants to be looked at, as `resume --due` does.
    pub fn resume_whatever_is_due(&self, owner: &str) {
        let engine = self.engine(owner);
        self.tenant.clock().block_on(async {
            for run in engine.due().await.unwrap() {
                engine.resume(&run, Drive::until(Until::Sent)).await.unwrap();
            }
        });
    }

    /// So many days after the last working moment a timer starts a process that goes on with whatever is due. What is said then
    /// is true.
    pub fn on_day(&self, leaves_at: Timestamp, day: i64) -> Report {
        let clock = self.tenant.clock();
        let then = leaves_at + Period::days(day) + Period::minutes(1);
        clock.advance(then.since(clock.now()));
        let engine = self.engine(&format!("the process of day {day}"));
        clock.block_on(async {
            for run in engine.due().await.unwrap() {
                engine.resume(&run, Drive::until(Until::Done)).await.unwrap();
            }
        });
        let report = self.report();
        ending::report_is_true(&self.tenant, &report, &format!("day {day}"));
        report
    }

    /// The lease of whoever died runs out, and another process goes on to the end.
    pub fn survive(&self) {
        self.tenant.clock().advance(LEASE_HAS_ENDED);
        self.carry_on("another process");
    }

    pub fn report(&self) -> Report {
        self.tenant.clock().block_on(self.engine("a reader").report(&self.run())).unwrap()
    }
}
