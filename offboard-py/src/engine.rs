//! What there is to do with a tenant, each as work that can be waited for or awaited.

use std::sync::Arc;

use offboard::core::engine::control::Word;
use offboard::core::engine::prepare::Planned;
use offboard::core::engine::restore::Request as Restore;
use offboard::core::model::deletion::Return;
use offboard::core::ports::Stop;
use offboard::{
    ApprovedPlan, Drive, Ended, Engine, Error, ErrorKind, Plan, Policy, Request, RunId, Selector, StepId,
    Timestamp, Until, Waiver,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::json;

use crate::errors::{Told, Trouble};
use crate::events::{self, Carried, Watcher};
use crate::kept;
use crate::last::LastPolicy;
use crate::runner::Runner;
use crate::who::{by_any_name, named, one_of};
use crate::work::{Halt, Out, Work};

/// An engine on one tenant. Its methods take and give the bytes of documents.
#[pyclass(frozen, module = "offboard._offboard")]
pub(crate) struct Core {
    pub(crate) engine: Engine,
    pub(crate) runner: Runner,
    pub(crate) carried: Arc<Carried>,
    policy: LastPolicy,
}

impl Core {
    pub(crate) fn new(engine: Engine, runner: Runner) -> Self {
        Self { engine, runner, carried: Arc::new(Carried::default()), policy: LastPolicy::default() }
    }

    /// Work that only reads.
    pub(crate) fn reading<F>(&self, job: impl FnOnce(Engine) -> F) -> Work
    where
        F: Future<Output = Result<Out, Trouble>> + Send + 'static,
    {
        Work::new(&self.runner, Halt::Drop, Box::pin(job(self.engine.clone())))
    }

    /// Work that writes what a person says.
    pub(crate) fn saying<F>(&self, job: impl FnOnce(Engine) -> F) -> Work
    where
        F: Future<Output = Result<Out, Trouble>> + Send + 'static,
    {
        Work::new(&self.runner, Halt::Wait, Box::pin(job(self.engine.clone())))
    }

    /// Work that carries a run.
    fn carrying<F>(
        &self,
        run: &RunId,
        until: &str,
        on_event: Option<Py<PyAny>>,
        job: impl FnOnce(Engine, Drive) -> F,
    ) -> Result<Work, Told>
    where
        F: Future<Output = Result<(RunId, Ended), Error>> + Send + 'static,
    {
        let until = until_of(until)?;
        let stop = Stop::default();
        let runner = self.runner.apart_if(on_event.is_some());
        let watcher = Watcher::new(on_event, stop.clone());
        let carrying = self.carried.begin(run);
        let watch = Some(carrying.watch(&watcher));
        let how = Drive { stop: stop.clone(), watch, ..Drive::until(until) };
        let engine = self.engine.clone();
        let carried = job(engine.clone(), how);
        let job = async move {
            let carried = carried.await;
            carrying.end(carried.as_ref().err());
            let (run, _) = carried?;
            watcher.ended()?;
            report(&engine, &run).await
        };
        Ok(Work::new(&runner, Halt::Stop(stop), Box::pin(job)))
    }

    pub(crate) fn approved(&self, plan: &[u8], approval: &[u8]) -> Result<ApprovedPlan, Told> {
        Ok(self.engine.approved(plan, approval)?)
    }

    pub(crate) fn policy(&self, bytes: &[u8], source: &str) -> Result<Arc<Policy>, Told> {
        self.policy.read(bytes, source, self.engine.catalog())
    }
}

async fn report(engine: &Engine, run: &RunId) -> Result<Out, Trouble> {
    Ok(Out::Bytes(engine.report(run).await?.to_json()))
}

pub(crate) fn until_of(text: &str) -> Result<Until, Told> {
    match text {
        "contained" => Ok(Until::Contained),
        "sent" => Ok(Until::Sent),
        "done" => Ok(Until::Done),
        other => Err(Told::usage(format!("a run does not go until `{other}`"))
            .hint("it goes until contained, sent or done")),
    }
}

/// When somebody leaves, as it was written.
pub(crate) fn moment(text: &str) -> Result<Timestamp, Told> {
    text.parse().map_err(|error| {
        Told::usage(format!("leaves_at: {error}"))
            .hint("say when the last working moment is, with its time zone; a datetime that has one will do")
    })
}

/// Whoever puts his name to an approval.
pub(crate) fn signer(by: &str) -> Result<&str, Told> {
    match by.trim() {
        "" => Err(Told::usage("an approval is by somebody, and nobody is named").hint("name him: by=...")),
        by => Ok(by),
    }
}

/// The findings that he accepts, from their JSON.
pub(crate) fn waivers_of(text: &str) -> Result<Vec<Waiver>, Told> {
    serde_json::from_str(text).map_err(|error| {
        Told::usage(format!("a waiver cannot be read: {error}"))
            .hint("make each of a finding of the plan: finding.waive(\"why\")")
    })
}

/// Makes a plan. Who is named by something like an address and is not found by it is looked for by every name.
async fn make(engine: &Engine, policy: &Policy, request: Request) -> Result<Planned, Error> {
    let has_address = [Some(&request.leaver), request.successor.as_ref()]
        .into_iter()
        .flatten()
        .any(|person| matches!(person, Selector::UserPrincipalName(_)));
    match Box::pin(engine.plan(policy, &request)).await {
        Err(error) if matches!(error.kind(), ErrorKind::Leaver(_)) && has_address => {
            let request = Request {
                leaver: by_any_name(request.leaver),
                successor: request.successor.map(by_any_name),
                ..request
            };
            Box::pin(engine.plan(policy, &request)).await
        }
        made => made,
    }
}

#[pymethods]
impl Core {
    /// The organisation's id.
    #[getter]
    fn tenant_id(&self) -> String {
        self.engine.tenant().to_string()
    }

    /// The time, by the clock of this engine.
    fn now(&self) -> String {
        self.engine.host().clock.now().to_string()
    }

    /// The operations, with their titles, classes and examples, as JSON.
    fn operations(&self) -> String {
        let rows = self.engine.catalog().factories().map(|factory| {
            let spec = factory.spec();
            json!({
                "name": spec.name, "version": spec.version, "title": spec.title, "phase": spec.phase,
                "class": spec.class, "door": spec.door, "reversal": spec.reversal, "repeat": spec.repeat,
                "example": factory.example(),
            })
        });
        json!(rows.collect::<Vec<_>>()).to_string()
    }

    /// Reads a policy against the operations of this engine; returns its name.
    fn policy_name(&self, bytes: &[u8], source: &str) -> PyResult<String> {
        Ok(self.policy(bytes, source)?.name().to_owned())
    }

    /// Makes a plan.
    #[pyo3(signature = (*, policy, source, leaver, employee_id, successor, leaves_at, made_by))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword of Python's `plan`, which names them")]
    fn plan(
        &self,
        policy: &[u8],
        source: &str,
        leaver: Option<&str>,
        employee_id: Option<String>,
        successor: Option<&str>,
        leaves_at: Option<&str>,
        made_by: String,
    ) -> PyResult<Work> {
        let policy = self.policy(policy, source)?;
        let leaver = one_of(leaver, employee_id)?;
        let leaves_at = leaves_at.map(moment).transpose()?;
        let request = Request { leaver, successor: successor.map(named), leaves_at, made_by };
        Ok(self.reading(|engine| async move {
            let planned = make(&engine, &policy, request).await?;
            Ok(Out::Bytes(planned.plan.to_bytes()))
        }))
    }

    /// What speaks against a plan now, as JSON.
    fn check(&self, plan: &[u8]) -> PyResult<Work> {
        let (plan, _) = Plan::from_bytes(plan).map_err(|error| Told::from(Error::from(error)))?;
        Ok(self.reading(|engine| async move {
            let found = engine.check(&plan).await?;
            Ok(Out::Text(json!(found).to_string()))
        }))
    }

    /// Accepts a plan; returns the approval.
    fn approve<'py>(
        &self,
        py: Python<'py>,
        plan: &[u8],
        by: &str,
        ticket: Option<String>,
        waivers: &str,
        irreversible: bool,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (by, waivers) = (signer(by)?, waivers_of(waivers)?);
        let approval = self.engine.approve(plan, by, ticket, waivers, irreversible).map_err(Told::from)?;
        Ok(PyBytes::new(py, &approval.to_bytes()))
    }

    /// The run of exactly this plan with exactly this approval. Whoever follows it from now on waits for it to begin.
    fn run_id(&self, plan: &[u8], approval: &[u8]) -> PyResult<String> {
        let approved = ApprovedPlan::reopen(plan, approval).map_err(Told::from)?;
        let run = approved.run_id();
        self.carried.expect(&run);
        Ok(run.to_string())
    }

    /// Carries an approved plan out; gives the report.
    #[pyo3(signature = (*, plan, approval, policy, supersede, until, on_event))]
    fn apply(
        &self,
        plan: &[u8],
        approval: &[u8],
        policy: Vec<u8>,
        supersede: bool,
        until: &str,
        on_event: Option<Py<PyAny>>,
    ) -> PyResult<Work> {
        let approved = self.approved(plan, approval)?;
        let run = approved.run_id();
        Ok(self.carrying(&run, until, on_event, |engine, how| async move {
            Box::pin(engine.apply(approved, &policy, supersede, how)).await
        })?)
    }

    /// Cuts somebody's access: plan, approval and run in one, by one person; gives the report.
    #[pyo3(signature = (*, leaver, employee_id, by, ticket, until))]
    fn contain(
        &self,
        leaver: Option<&str>,
        employee_id: Option<String>,
        by: String,
        ticket: Option<String>,
        until: &str,
    ) -> PyResult<Work> {
        let leaver = one_of(leaver, employee_id)?;
        let containment =
            offboard::core::policy::shipped().iter().find(|policy| policy.name == "containment");
        let containment = containment.ok_or_else(|| Told::internal("there is no policy `containment`"))?;
        let policy = self.policy(containment.text.as_bytes(), containment.name)?;
        let until = until_of(until)?;
        let stop = Stop::default();
        let (engine, carried, flag) = (self.engine.clone(), Arc::clone(&self.carried), stop.clone());
        let job = async move {
            let request = Request { leaver, successor: None, leaves_at: None, made_by: by.clone() };
            let planned = make(&engine, &policy, request).await?;
            let bytes = planned.plan.to_bytes();
            let approval = engine.approve(&bytes, &by, ticket, Vec::new(), false)?.to_bytes();
            let approved = engine.approved(&bytes, &approval)?;
            let carrying = carried.begin(&approved.run_id());
            let watch = carrying.watch(&Watcher::new(None, flag.clone()));
            // What was read for the plan a moment ago is not read again: the first write leaves at once.
            let how =
                Drive { stop: flag, watch: Some(watch), seed: Some(planned.reading), ..Drive::until(until) };
            let applied = Box::pin(engine.apply(approved, policy.bytes(), true, how)).await;
            carrying.end(applied.as_ref().err());
            report(&engine, &applied?.0).await
        };
        Ok(Work::new(&self.runner, Halt::Stop(stop), Box::pin(job)))
    }

    /// Goes on with a run; gives the report.
    #[pyo3(signature = (*, run, until, on_event))]
    fn resume(&self, run: &str, until: &str, on_event: Option<Py<PyAny>>) -> PyResult<Work> {
        let run = RunId::new(run);
        let of = run.clone();
        Ok(self.carrying(&run, until, on_event, |engine, how| async move {
            Box::pin(engine.resume(&of, how)).await
        })?)
    }

    /// The roster by which a run is held back now, empty where none does.
    fn held_back_by(&self, run: &str) -> Work {
        let run = RunId::new(run);
        self.reading(|engine| async move {
            let held = engine.held_back_by(&run).await?;
            Ok(Out::Text(held.map(|roster| roster.to_string()).unwrap_or_default()))
        })
    }

    /// The runs that want to be looked at now, as JSON.
    fn due(&self) -> Work {
        self.reading(|engine| async move { Ok(Out::Text(json!(engine.due().await?).to_string())) })
    }

    /// The runs of this tenant, newest first, as JSON.
    fn runs(&self) -> Work {
        self.reading(|engine| async move {
            let _hold = engine.host().clock.hold();
            let runs = engine.journal().runs(Some(engine.tenant())).await?;
            Ok(Out::Text(json!(runs).to_string()))
        })
    }

    /// What has become of a run.
    fn report(&self, run: &str) -> Work {
        let run = RunId::new(run);
        self.reading(|engine| async move { report(&engine, &run).await })
    }

    /// The plan that a run carries out.
    fn plan_of(&self, run: &str) -> Work {
        let run = RunId::new(run);
        self.reading(|engine| async move { Ok(Out::Bytes(kept::record(&engine, &run).await?.plan)) })
    }

    /// The policy that was kept with a run.
    fn policy_of(&self, run: &str) -> Work {
        let run = RunId::new(run);
        self.reading(|engine| async move { Ok(Out::Bytes(kept::record(&engine, &run).await?.policy)) })
    }

    /// What a person says of one step: `happened` decides what could not be read, nothing acknowledges a hand-off.
    fn say(&self, run: &str, step: &str, happened: Option<bool>, by: String) -> Work {
        let (run, step) = (RunId::new(run), StepId::new(step));
        let word = happened.map_or(Word::Acknowledge, |happened| Word::Settle { happened });
        self.saying(|engine| async move {
            engine.say(&run, &step, &word, &by).await?;
            report(&engine, &run).await
        })
    }

    /// Ends a run.
    fn cancel(&self, run: &str, by: String) -> Work {
        let run = RunId::new(run);
        self.saying(|engine| async move {
            engine.cancel(&run, &by).await?;
            report(&engine, &run).await
        })
    }

    /// The plan that takes a run back.
    fn undo(&self, run: &str, made_by: String) -> Work {
        let run = RunId::new(run);
        self.reading(
            |engine| async move { Ok(Out::Bytes(engine.undo_plan(&run, &made_by).await?.to_bytes())) },
        )
    }

    /// The plan that restores a deleted account, whoever deleted it.
    #[pyo3(signature = (*, who, employee_id, user_principal_name, without_taken_addresses, made_by))]
    fn restore(
        &self,
        who: Option<&str>,
        employee_id: Option<String>,
        user_principal_name: Option<String>,
        without_taken_addresses: bool,
        made_by: String,
    ) -> PyResult<Work> {
        let back = Return { user_principal_name, without_taken_addresses };
        let request = Restore { who: one_of(who, employee_id)?, back, made_by };
        Ok(self
            .reading(|engine| async move { Ok(Out::Bytes(engine.restore_plan(&request).await?.to_bytes())) }))
    }

    /// Everybody who lies among the deleted users, as JSON.
    fn deleted_users(&self) -> Work {
        self.reading(|engine| async move { Ok(Out::Text(json!(engine.deleted_users().await?).to_string())) })
    }

    /// Entries of a run's journal after number `after`, as JSON.
    fn events(&self, run: &str, after: u64, follow: bool) -> Work {
        let run = RunId::new(run);
        let carried = Arc::clone(&self.carried);
        self.reading(|engine| async move { events::next(&engine, &carried, &run, after, follow).await })
    }
}
