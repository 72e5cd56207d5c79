//! Standing approvals: two people accept a policy once, for all plans that hold no surprise.

use offboard::core::plan::ApprovalError;
use offboard::core::plan::standing::{Expected, Signature, Terms};
use offboard::{Error, Plan, StandingApproval};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::engine::{Core, signer};
use crate::errors::Told;

fn signature(of: &Core, by: &str) -> Result<Signature, Told> {
    Ok(Signature { name: signer(by)?.to_owned(), at: of.engine.host().clock.now() })
}

fn read(bytes: &[u8]) -> Result<StandingApproval, Told> {
    Ok(StandingApproval::from_bytes(bytes).map_err(Error::from)?)
}

/// The first of two people proposes one. `expected` pairs the name of each finding with the reason.
#[pyfunction]
#[pyo3(signature = (of, *, policy, source, by, per_day, lasts, expected, ticket))]
#[expect(
    clippy::too_many_arguments,
    reason = "each is a keyword of Python's `propose_standing`, which names them"
)]
pub(crate) fn propose_standing<'py>(
    py: Python<'py>,
    of: &Core,
    policy: &[u8],
    source: &str,
    by: &str,
    per_day: u32,
    lasts: &str,
    expected: Vec<(String, String)>,
    ticket: Option<String>,
) -> PyResult<Bound<'py, PyBytes>> {
    let policy = of.policy(policy, source)?;
    let lasts = lasts.parse().map_err(|error| {
        Told::usage(format!("lasts: {error}"))
            .hint("at most P90D, or a datetime.timedelta; a month or a year is not always as long")
    })?;
    let findings = expected.iter().map(|(name, reason)| Expected::named(name, reason));
    let findings = findings.collect::<Result<_, _>>().map_err(Told::from)?;
    let terms = Terms::new(per_day, lasts, findings, ticket).map_err(Told::from)?;
    let made = StandingApproval::propose(of.engine.tenant(), &policy, signature(of, by)?, terms);
    Ok(PyBytes::new(py, &made.map_err(Told::from)?.to_bytes()))
}

/// A second person puts his name to it.
#[pyfunction]
pub(crate) fn second_standing<'py>(
    py: Python<'py>,
    of: &Core,
    standing: &[u8],
    by: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    let seconded = read(standing)?.second(signature(of, by)?).map_err(Told::from)?;
    Ok(PyBytes::new(py, &seconded.to_bytes()))
}

/// The approval of one plan that follows from it.
#[pyfunction]
pub(crate) fn approve_by_standing<'py>(
    py: Python<'py>,
    of: &Core,
    plan: &[u8],
    standing: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let (read_plan, digest) = Plan::from_bytes(plan).map_err(|error| Told::from(Error::from(error)))?;
    let approval = read(standing)?
        .approve(&read_plan, digest, of.engine.host().clock.now())
        .map_err(|why| Told::from(Error::from(ApprovalError::from(why))))?
        .to_bytes();
    // What would be refused when it is applied is refused now, while whoever can mend it is here.
    of.approved(plan, &approval)?;
    Ok(PyBytes::new(py, &approval))
}
