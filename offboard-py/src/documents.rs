//! Documents by their bytes alone: no engine, no tenant.

use offboard::core::document;
use offboard::core::policy::shipped;
use offboard::{Approval, Catalog, Error, Plan, Policy, Report, Roster, RosterReport, StandingApproval};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Deserialize;

use crate::errors::Told;

/// SHA-256 of bytes.
#[pyfunction]
pub(crate) fn digest(bytes: &[u8]) -> String {
    document::digest(bytes).to_string()
}

/// The digest of a plan, after it has been read as one.
#[pyfunction]
pub(crate) fn plan_digest(bytes: &[u8]) -> PyResult<String> {
    let (_, digest) = Plan::from_bytes(bytes).map_err(|error| Told::from(Error::from(error)))?;
    Ok(digest.to_string())
}

/// The digest of the policy that a plan was made by. Every run asks for it: nothing else of the plan is read.
#[pyfunction]
pub(crate) fn plan_policy_digest(bytes: &[u8]) -> PyResult<String> {
    #[derive(Deserialize)]
    struct Head {
        source: Of,
    }
    #[derive(Deserialize)]
    struct Of {
        policy_digest: String,
    }
    Ok(part::<Head>(bytes, "plan")?.source.policy_digest)
}

/// The exit code in a report. Every run asks for it: nothing else of the report is read.
#[pyfunction]
pub(crate) fn report_exit(bytes: &[u8]) -> PyResult<u8> {
    #[derive(Deserialize)]
    struct Head {
        exit: u8,
    }
    Ok(part::<Head>(bytes, "report")?.exit)
}

fn part<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> PyResult<T> {
    serde_json::from_slice(bytes).map_err(|error| Told::usage(format!("this is no {what}: {error}")).into())
}

/// The digest of the plan that an approval is for, after it has been read as one.
#[pyfunction]
pub(crate) fn approval_is_for(bytes: &[u8]) -> PyResult<String> {
    let approval = Approval::from_bytes(bytes).map_err(|error| Told::from(Error::from(error)))?;
    Ok(approval.plan.to_string())
}

/// The name of a policy, after it has been read as one against the operations that come with offboard.
#[pyfunction]
pub(crate) fn policy_name(bytes: &[u8], source: &str) -> PyResult<String> {
    let policy = Policy::parse(bytes, source, &Catalog::builtin());
    Ok(policy.map_err(|error| Told::from(Error::from(error)))?.name().to_owned())
}

/// The policies that come with offboard, by name.
#[pyfunction]
pub(crate) fn shipped_policies() -> Vec<&'static str> {
    shipped().iter().map(|policy| policy.name).collect()
}

/// The text of a policy that comes with offboard.
#[pyfunction]
pub(crate) fn policy_bytes<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyBytes>> {
    let known = shipped().iter().find(|policy| policy.name == name).ok_or_else(|| {
        let names: Vec<&str> = shipped().iter().map(|policy| policy.name).collect();
        Told::usage(format!("no policy that comes with offboard is called `{name}`"))
            .hint(format!("they are {}; a policy of your own is read by Policy.read", names.join(", ")))
    })?;
    Ok(PyBytes::new(py, known.text.as_bytes()))
}

/// The digest of a roster, after it has been read as one.
#[pyfunction]
pub(crate) fn roster_digest(bytes: &[u8]) -> PyResult<String> {
    let (_, digest) = Roster::from_bytes(bytes).map_err(|error| Told::from(Error::from(error)))?;
    Ok(digest.to_string())
}

/// The digest of a standing approval, after it has been read as one.
#[pyfunction]
pub(crate) fn standing_digest(bytes: &[u8]) -> PyResult<String> {
    StandingApproval::from_bytes(bytes).map_err(|error| Told::from(Error::from(error)))?;
    Ok(document::digest(bytes).to_string())
}

fn report(bytes: &[u8]) -> PyResult<Report> {
    let read = document::from_bytes(bytes, "report", Report::FORMAT);
    Ok(read.map_err(|error| Told::from(Error::from(error)))?)
}

fn roster_report(bytes: &[u8]) -> PyResult<RosterReport> {
    let read = document::from_bytes(bytes, "roster report", RosterReport::FORMAT);
    Ok(read.map_err(|error| Told::from(Error::from(error)))?)
}

/// A report for a terminal.
#[pyfunction]
pub(crate) fn report_text(bytes: &[u8]) -> PyResult<String> {
    Ok(report(bytes)?.to_text())
}

/// A report as one file for a browser.
#[pyfunction]
pub(crate) fn report_html(bytes: &[u8]) -> PyResult<String> {
    Ok(report(bytes)?.to_html())
}

/// The report of a roster for a terminal.
#[pyfunction]
pub(crate) fn roster_report_text(bytes: &[u8]) -> PyResult<String> {
    Ok(roster_report(bytes)?.to_text())
}

/// The report of a roster as one file for a browser.
#[pyfunction]
pub(crate) fn roster_report_html(bytes: &[u8]) -> PyResult<String> {
    Ok(roster_report(bytes)?.to_html())
}

/// What everybody in a roster comes to, in one sentence.
#[pyfunction]
pub(crate) fn roster_report_summary(bytes: &[u8]) -> PyResult<String> {
    Ok(roster_report(bytes)?.summary())
}
