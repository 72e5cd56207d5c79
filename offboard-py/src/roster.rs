//! Many leavers at once: a roster and its plans, one approval, and everybody's access cut first.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{AbortHandle, Abortable};
use offboard::core::journal::RunStatus;
use offboard::core::plan::roster::Rows;
use offboard::core::plan::roster::approved::KeptRoster;
use offboard::core::ports::Stop;
use offboard::{CarriedRoster, Engine, Error, RosterDrive, RosterId, RunId};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Value, json};

use crate::engine::{Core, moment, signer, until_of, waivers_of};
use crate::errors::{Told, Trouble};
use crate::events::{Many, Watcher};
use crate::gate;
use crate::work::{Halt, Out, Work};

/// Makes a plan for everybody whom a file names; gives the roster, and then its plans. `planned` is told how many there are
/// so far; what it raises ends the planning.
#[pyfunction]
#[pyo3(signature = (of, *, policy, source, rows, file, leaves_at, made_by, planned))]
#[expect(
    clippy::too_many_arguments,
    reason = "each is a keyword of Python's `plan_roster`, which names them"
)]
pub(crate) fn plan_roster(
    of: &Core,
    policy: &[u8],
    source: &str,
    rows: &[u8],
    file: &str,
    leaves_at: Option<&str>,
    made_by: String,
    planned: Option<Py<PyAny>>,
) -> PyResult<Work> {
    let policy = of.policy(policy, source)?;
    let rows = Rows::parse(rows, file).map_err(|error| Told::from(Error::from(error)))?;
    let leaves_at = leaves_at.map(moment).transpose()?;
    let runner = of.runner.apart_if(planned.is_some());
    let engine = of.engine.clone();
    let job = async move {
        let raised = Mutex::new(None);
        let (abort, registered) = AbortHandle::new_pair();
        let told = |n: usize| {
            let Some(planned) = &planned else { return };
            if let Some(Err(error)) = gate::attach(|py| planned.call1(py, (n,)).map(drop)) {
                raised.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                abort.abort();
            }
        };
        let made = Box::pin(engine.plan_roster(&policy, &rows, leaves_at, &made_by, &told));
        let made = Abortable::new(made, registered).await;
        if let Some(error) = raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(Trouble::Raised(error));
        }
        let made = made.map_err(|_| Told::internal("the planning was given up"))??;
        let mut parts = vec![made.roster.to_bytes()];
        parts.extend(made.plans);
        Ok(Out::Parts(parts))
    };
    Ok(Work::new(&runner, Halt::Drop, Box::pin(job)))
}

/// Accepts a roster; returns the approval.
#[pyfunction]
#[expect(
    clippy::too_many_arguments,
    reason = "each is a keyword of Python's `approve_roster`, which names them"
)]
pub(crate) fn approve_roster<'py>(
    py: Python<'py>,
    of: &Core,
    roster: &[u8],
    plans: Vec<Vec<u8>>,
    by: &str,
    ticket: Option<String>,
    waivers: &str,
    irreversible: bool,
) -> PyResult<Bound<'py, PyBytes>> {
    let (by, waivers) = (signer(by)?, waivers_of(waivers)?);
    let (approval, _) =
        of.engine.approve_roster(roster, plans, by, ticket, waivers, irreversible).map_err(Told::from)?;
    Ok(PyBytes::new(py, &approval.to_bytes()))
}

/// What the two documents come to: the roster's name, the run of each plan, and who is left out and why, as JSON. Whoever
/// follows one of the runs from now on waits for it to begin.
#[pyfunction]
pub(crate) fn approved_roster(
    of: &Core,
    roster: &[u8],
    plans: Vec<Vec<u8>>,
    approval: &[u8],
) -> PyResult<String> {
    let approved = of.engine.approved_roster(roster, approval, plans).map_err(Told::from)?;
    let runs: Vec<Value> = approved
        .plans
        .iter()
        .map(|plan| {
            let run = plan.run_id();
            of.carried.expect(&run);
            json!({ "plan": plan.digest(), "run": run })
        })
        .collect();
    let left_out = approved.left_out.iter().map(|left| {
        let error = Told::of(&left.error).to_json();
        json!({ "plan": left.member.plan, "error": error })
    });
    let left_out: Vec<Value> = left_out.collect();
    Ok(json!({ "roster": approved.id(), "runs": runs, "left_out": left_out }).to_string())
}

/// Applies an approved roster; gives the report.
#[pyfunction]
#[pyo3(signature = (of, *, roster, plans, approval, policy, until, on_event))]
pub(crate) fn apply_roster(
    of: &Core,
    roster: &[u8],
    plans: Vec<Vec<u8>>,
    approval: &[u8],
    policy: Vec<u8>,
    until: &str,
    on_event: Option<Py<PyAny>>,
) -> PyResult<Work> {
    let approved = of.engine.approved_roster(roster, approval, plans).map_err(Told::from)?;
    let many = Many::new(&of.carried);
    for plan in &approved.plans {
        many.begin(&plan.run_id());
    }
    Ok(carry(of, until, on_event, many, |engine, how| async move {
        Box::pin(engine.apply_roster(approved, &policy, &how)).await
    })?)
}

/// Goes on with a roster, or with some of its runs; gives the report.
#[pyfunction]
#[pyo3(signature = (of, *, roster, only, until, on_event))]
pub(crate) fn resume_roster(
    of: &Core,
    roster: &str,
    only: Option<Vec<String>>,
    until: &str,
    on_event: Option<Py<PyAny>>,
) -> PyResult<Work> {
    let roster = RosterId::new(roster);
    let only: Option<BTreeSet<RunId>> = only.map(|only| only.into_iter().map(RunId::new).collect());
    let many = Many::new(&of.carried);
    let begun = Arc::clone(&many);
    Ok(carry(of, until, on_event, many, |engine, how| async move {
        for run in asked_for(&engine, &roster, only.as_ref()).await? {
            begun.begin(&run);
        }
        Box::pin(engine.resume_roster(&roster, only.as_ref(), &how)).await
    })?)
}

/// The runs of a roster that still go on, and that the caller wants to go on with. Those that are contained for their sake
/// show themselves by what they do.
async fn asked_for(
    engine: &Engine,
    roster: &RosterId,
    only: Option<&BTreeSet<RunId>>,
) -> Result<Vec<RunId>, Error> {
    let kept = engine.kept_roster(roster).await?;
    let runs = {
        let _hold = engine.host().clock.hold();
        engine.journal().runs(Some(engine.tenant())).await?
    };
    let open: BTreeSet<RunId> =
        runs.into_iter().filter(|run| run.status == RunStatus::Open).map(|run| run.run).collect();
    let wanted = |run: &RunId| open.contains(run) && only.is_none_or(|only| only.contains(run));
    Ok(kept.roster.members.iter().map(|member| kept.run_of(member)).filter(wanted).collect())
}

/// Work that carries a roster; gives the report, and what kept whom from being carried, as JSON.
fn carry<F>(
    of: &Core,
    until: &str,
    on_event: Option<Py<PyAny>>,
    many: Arc<Many>,
    job: impl FnOnce(Engine, RosterDrive) -> F,
) -> Result<Work, Told>
where
    F: Future<Output = Result<CarriedRoster, Error>> + Send + 'static,
{
    let stop = Stop::default();
    let runner = of.runner.apart_if(on_event.is_some());
    let watcher = Watcher::new(on_event, stop.clone());
    let watch = Some(many.watch(&watcher));
    let how = RosterDrive { stop: stop.clone(), watch, ..RosterDrive::until(until_of(until)?) };
    let engine = of.engine.clone();
    let carried = job(engine.clone(), how);
    let job = async move {
        let carried = carried.await;
        many.end(carried.as_ref());
        let CarriedRoster { roster, trouble, .. } = carried?;
        watcher.ended()?;
        let report = engine.roster_report(&roster, &trouble).await?.to_json();
        let rows = trouble.iter().map(|(leaver, error)| {
            json!({ "leaver": leaver, "error": Told::of(error).to_json(), "exit": error.exit_code() })
        });
        let rows: Vec<Value> = rows.collect();
        Ok(Out::Parts(vec![report, json!(rows).to_string().into_bytes()]))
    };
    Ok(Work::new(&runner, Halt::Stop(stop), Box::pin(job)))
}

/// Ends every open run of a roster; gives the report.
#[pyfunction]
pub(crate) fn cancel_roster(of: &Core, roster: &str, by: String) -> Work {
    let roster = RosterId::new(roster);
    of.saying(|engine| async move {
        engine.cancel_roster(&roster, &by).await?;
        report(&engine, &roster).await
    })
}

/// What has become of everybody in a roster.
#[pyfunction]
pub(crate) fn roster_report(of: &Core, roster: &str) -> Work {
    let roster = RosterId::new(roster);
    of.reading(|engine| async move { report(&engine, &roster).await })
}

async fn report(engine: &Engine, roster: &RosterId) -> Result<Out, Trouble> {
    Ok(Out::Bytes(engine.roster_report(roster, &std::collections::BTreeMap::new()).await?.to_json()))
}

/// A roster as it was applied: its bytes, those of its approval, and the run of each plan, as JSON.
#[pyfunction]
pub(crate) fn kept_roster(of: &Core, roster: &str) -> Work {
    let roster = RosterId::new(roster);
    of.reading(|engine| async move {
        let record = {
            let _hold = engine.host().clock.hold();
            engine.journal().roster(&roster).await?
        };
        let kept = record.reopen()?;
        Ok(Out::Parts(vec![record.document, record.approval, json!(runs(&kept)).to_string().into_bytes()]))
    })
}

fn runs(kept: &KeptRoster) -> Vec<Value> {
    let members = kept.roster.members.iter();
    members.map(|member| json!({ "plan": member.plan, "run": kept.run_of(member) })).collect()
}

/// The rosters of this tenant, newest first, as JSON.
#[pyfunction]
pub(crate) fn rosters(of: &Core) -> Work {
    of.reading(|engine| async move {
        let _hold = engine.host().clock.hold();
        let records = engine.journal().rosters(Some(engine.tenant())).await?;
        let rows = records.iter().map(|record| {
            // One that cannot be read does not hide the others.
            let kept = record.reopen().ok();
            json!({
                "roster": record.roster,
                "opened_at": record.opened_at,
                "policy": kept.as_ref().map(|kept| &kept.roster.policy),
                "leavers": kept.as_ref().map(|kept| kept.roster.members.len()),
                "approved_by": kept.as_ref().map(|kept| &kept.approval.by),
            })
        });
        Ok(Out::Text(json!(rows.collect::<Vec<_>>()).to_string()))
    })
}
