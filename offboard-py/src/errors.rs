//! From errors of the library to exceptions. Which exception belongs to which kind is said once, in `offboard/errors.py`.

use offboard::core::journal::JournalError;
use offboard::core::operation::Finding;
use offboard::core::plan::ApprovalError;
use offboard::core::plan::roster::RosterError;
use offboard::{ConnectError, Error, ErrorKind, Failure, Kind};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// What will be raised.
#[derive(Debug)]
pub(crate) struct Told(Box<Said>);

#[derive(Debug)]
struct Said {
    kind: &'static str,
    message: String,
    hint: Option<String>,
    code: Option<String>,
    request_id: Option<String>,
    findings: Vec<Finding>,
}

/// What ends work: an error of ours, or an exception of the user's own code.
pub(crate) enum Trouble {
    Told(Told),
    Raised(PyErr),
}

impl Told {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Said { kind, message, hint: None, code: None, request_id: None, findings: Vec::new() }))
    }

    /// The caller asks for something that cannot be.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new("usage", message)
    }

    /// The machine does not do its part.
    pub(crate) fn environment(message: impl Into<String>) -> Self {
        Self::new("environment", message)
    }

    /// A bug.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new("internal", message)
    }

    /// With what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// As it is told without being raised: the fields that `offboard.errors._make` takes.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let Said { kind, message, hint, code, request_id, findings } = &*self.0;
        let findings = serde_json::to_string(findings).unwrap_or_default();
        serde_json::json!({
            "kind": kind, "message": message, "hint": hint, "code": code, "request_id": request_id,
            "findings": findings,
        })
    }

    fn raised(self, py: Python<'_>) -> PyResult<PyErr> {
        let said = *self.0;
        let fields = PyDict::new(py);
        fields.set_item("message", said.message)?;
        fields.set_item("hint", said.hint)?;
        fields.set_item("code", said.code)?;
        fields.set_item("request_id", said.request_id)?;
        fields.set_item("findings", serde_json::to_string(&said.findings).unwrap_or_default())?;
        let error = py.import("offboard.errors")?.getattr("_make")?.call((said.kind,), Some(&fields))?;
        Ok(PyErr::from_value(error))
    }
}

/// The kind of a failure, as `failure::Kind` spells it in JSON.
fn kind_of(failure: &Failure) -> &'static str {
    match failure.kind {
        Kind::NotFound => "not_found",
        Kind::Conflict => "conflict",
        Kind::InvalidRequest => "invalid_request",
        Kind::Unauthenticated => "unauthenticated",
        Kind::PermissionDenied => "permission_denied",
        Kind::Throttled => "throttled",
        Kind::Unavailable => "unavailable",
        Kind::Indeterminate => "indeterminate",
        Kind::Unsupported => "unsupported",
        Kind::Protocol => "protocol",
        Kind::Refused => "refused",
        Kind::Drift => "drift",
        _ => "service",
    }
}

fn kind_of_journal(error: &JournalError) -> &'static str {
    match error {
        JournalError::AlreadyOpen { .. } => "already_open",
        JournalError::Leased { .. } => "leased",
        JournalError::LeaseLost { .. } => "lease_lost",
        JournalError::NoRun { .. } => "no_run",
        JournalError::NoRoster { .. } => "no_roster",
        JournalError::Broken { .. } | JournalError::BrokenRoster { .. } | JournalError::Illegal { .. } => {
            "tampered"
        }
        _ => "journal",
    }
}

impl From<Failure> for Told {
    fn from(failure: Failure) -> Self {
        let mut told = Self::new(kind_of(&failure), failure.message);
        told.0.hint = failure.hint;
        told.0.code = failure.code;
        told.0.request_id = failure.request_id;
        told
    }
}

impl From<Error> for Told {
    fn from(error: Error) -> Self {
        Self::of(&error)
    }
}

impl Told {
    /// Of an error that somebody else keeps.
    pub(crate) fn of(error: &Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Policy(_) => "policy",
            ErrorKind::Profile(_) => "profile",
            ErrorKind::Approval(_) | ErrorKind::Roster(RosterError::Standing) => "approval",
            ErrorKind::Untrue(_) | ErrorKind::Roster(RosterError::Untrue(_)) => "untrue",
            ErrorKind::Catalog(_) => "catalog",
            ErrorKind::Journal(error) => kind_of_journal(error),
            ErrorKind::Cap { .. } | ErrorKind::RosterCap { .. } => "cap",
            ErrorKind::Overtaken { .. } => "overtaken",
            ErrorKind::Provider(failure) => return failure.clone().into(),
            ErrorKind::Leaver(_) => "leaver",
            ErrorKind::Ambiguous(_) => "ambiguous",
            ErrorKind::Document(_) | ErrorKind::Rows(_) | ErrorKind::Roster(_) => "document",
            ErrorKind::Usage(_) => "usage",
            _ => "other",
        };
        let mut told = Self::new(kind, error.to_string());
        told.0.hint = error.hint().map(str::to_owned);
        told.0.code = error.rule().map(|(rule, _)| rule.to_owned());
        if let ErrorKind::Approval(ApprovalError::Findings(findings)) = error.kind() {
            told.0.findings.clone_from(findings);
        }
        if matches!(error.kind(), ErrorKind::Leaver(_)) {
            told.0.hint =
                Some("look at the spelling, or name the person by object id or employee id".to_owned());
        }
        told
    }
}

impl From<JournalError> for Told {
    fn from(error: JournalError) -> Self {
        Error::from(error).into()
    }
}

impl From<ConnectError> for Told {
    fn from(error: ConnectError) -> Self {
        Self::new("configuration", error.to_string())
    }
}

impl From<Told> for PyErr {
    fn from(told: Told) -> Self {
        // Whoever makes an error of ours at the very end of the interpreter has nobody to raise it to.
        Python::try_attach(|py| told.raised(py).unwrap_or_else(|error| error))
            .unwrap_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("the interpreter is shutting down"))
    }
}

impl<E: Into<Told>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Told(error.into())
    }
}

impl From<Trouble> for PyErr {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Told(told) => told.into(),
            Trouble::Raised(error) => error,
        }
    }
}

/// An exception of the user's code as it is kept: its type and its first line. `otherwise` is the kind of whatever says
/// nothing about itself.
pub(crate) fn failure_of(error: &PyErr, what: &str, otherwise: Kind) -> Failure {
    let kind = serde_json::to_value(otherwise).unwrap_or_default();
    let kept = crate::gate::attach(|py| -> PyResult<String> {
        let made = py.import("offboard.errors")?.getattr("_failure")?;
        let made = made.call1((error.value(py), what, kind.as_str()))?;
        made.extract()
    });
    match kept {
        Some(Ok(text)) => serde_json::from_str::<Failure>(&text)
            .unwrap_or_else(|_| Failure::new(otherwise, format!("{what} has failed")).hint(text)),
        _ => Failure::new(otherwise, format!("{what} has failed")),
    }
}
