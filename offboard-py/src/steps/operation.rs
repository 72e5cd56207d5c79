//! One step of Python's with its parameters.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use offboard::core::facts::{Facet, Facts};
use offboard::core::id::ObjectKey;
use offboard::core::operation::{
    AnyOperation, Context as Cx, Finding, Findings, Instructions, Judged, Permission, Reached, Route, Seen,
    Spec,
};
use offboard::{Failure, Kind, Timestamp};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::context::Context;
use crate::calls::call;
use crate::errors::failure_of;
use crate::gate;

/// A step of Python's. What it reads and touches was asked when it was made, and stays.
pub(super) struct PythonStep {
    spec: Spec,
    params: Value,
    reads: Vec<Facet>,
    touches: Vec<ObjectKey>,
    step: Arc<Py<PyAny>>,
}

impl PythonStep {
    pub(super) fn new(
        spec: Spec,
        params: Value,
        reads: Vec<Facet>,
        touches: Vec<ObjectKey>,
        step: Py<PyAny>,
    ) -> Self {
        Self { spec, params, reads, touches, step: Arc::new(step) }
    }

    /// Asks the step something pure. Its answer is JSON; what it raises is a failure.
    fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        args: impl for<'py> IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>,
    ) -> Result<T, Failure> {
        let what = format!("{method} of `{}`", self.spec.name);
        let asked = gate::attach(|py| -> PyResult<String> {
            let args = args.into_pyobject(py)?;
            self.step.bind(py).call_method1(method, args)?.extract()
        });
        let text = asked
            .ok_or_else(|| Failure::new(Kind::Unavailable, "the interpreter is shutting down"))?
            .map_err(|error| failure_of(&error, &what, Kind::Protocol))?;
        serde_json::from_str(&text).map_err(|error| {
            Failure::new(Kind::Protocol, format!("{what} answers what cannot be understood: {error}"))
                .hint("mend the step's code; nothing was changed by it")
        })
    }

    /// Asks the step to write. What it raises without saying more leaves nobody knowing.
    async fn write(&self, cx: &Cx<'_>, method: &'static str, states: Vec<String>) -> Result<(), Failure> {
        let what = format!("{method} of `{}`", self.spec.name);
        let too_late = cx.call.not_after.is_some_and(|until| cx.host.clock.now() > until);
        if cx.call.stop.is_stopped() || too_late {
            return Err(Failure::new(Kind::Refused, "stopped before anything was sent").code("not_sent"));
        }
        let (context, inbox) = Context::open(cx)?;
        let _hold = cx.host.clock.hold();
        let context = Arc::new(context);
        let step = Arc::clone(&self.step);
        let given = Arc::clone(&context);
        let called = call(move |py| {
            let args = (given.bind(py), states);
            Ok(step.bind(py).call_method1(method, args)?.unbind())
        });
        let answered = inbox.while_it_runs(cx, called).await;
        for receipt in Context::receipts(&context) {
            cx.receipt(receipt);
        }
        match answered {
            Ok(_) => Ok(()),
            Err(error) => Err(failure_of(&error, &what, Kind::Indeterminate)),
        }
    }

    fn broken(&self, method: &str, failure: &Failure) -> Instructions {
        Instructions {
            system: "the program that brings this step".to_owned(),
            role: "whoever maintains it".to_owned(),
            why: format!("{method} of `{}` has failed: {failure}", self.spec.name),
            commands: vec!["mend the step's code, and resume the run".to_owned()],
            shown_by: "the step answers".to_owned(),
            deadline: None,
        }
    }
}

impl fmt::Debug for PythonStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PythonStep({}, {})", self.spec.name, self.params)
    }
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Routed {
    Change {},
    Observe {},
    HandOff(Instructions),
    Skip(String),
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    Yes {},
    NotYet {},
    Partly(String),
    Lapsed(String),
    Unobservable {},
}

#[async_trait]
impl AnyOperation for PythonStep {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn params(&self) -> Value {
        self.params.clone()
    }

    fn reads(&self) -> Vec<Facet> {
        self.reads.clone()
    }

    fn touches(&self) -> Vec<ObjectKey> {
        self.touches.clone()
    }

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        // Where it cannot say, `check` says so and stops the step.
        self.ask("permissions", (text(facts),)).unwrap_or_default()
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        self.ask("by_hand", (text(facts), why.to_owned()))
            .unwrap_or_else(|failure| self.broken("by_hand", &failure))
    }

    fn route(&self, facts: &Facts) -> Route {
        match self.ask("route", (text(facts),)) {
            Ok(Routed::Change {}) => Route::Change,
            Ok(Routed::Observe {}) => Route::Observe,
            Ok(Routed::HandOff(instructions)) => Route::HandOff(instructions),
            Ok(Routed::Skip(why)) => Route::Skip(why),
            Err(failure) => Route::HandOff(self.broken("route", &failure)),
        }
    }

    fn check(&self, facts: &Facts, findings: &mut Findings) {
        let facts_text = text(facts);
        let found: Result<Vec<Finding>, Failure> = self.ask("check", (facts_text.clone(),));
        match found {
            Ok(found) => {
                for finding in found {
                    findings.push(finding.severity, finding.key, finding.message, finding.hint);
                }
            }
            Err(failure) => stop(findings, "check", &failure),
        }
        // What cannot tell an effect or its rights cannot be planned.
        if let Err(failure) = self.ask::<Facts>("effect", (facts_text.clone(),)) {
            stop(findings, "effect", &failure);
        }
        if let Err(failure) = self.ask::<Vec<Permission>>("permissions", (facts_text,)) {
            stop(findings, "permissions", &failure);
        }
    }

    fn state(&self, facts: &Facts) -> Judged<Value> {
        self.ask("state", (text(facts),)).unwrap_or_else(Judged::Unknown)
    }

    fn effect(&self, facts: &mut Facts) {
        // `check` has stopped the step where this fails.
        if let Ok(changed) = self.ask("effect", (text(facts),)) {
            *facts = changed;
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &Value) -> Result<(), Failure> {
        *facts = self.ask("put_back", (text(facts), text(before)))?;
        Ok(())
    }

    fn reached(&self, seen: &Seen<Value>) -> Result<Reached, Failure> {
        let seen = json!({
            "before": seen.before, "now": seen.now, "applied_at": seen.applied_at, "at": seen.at,
        });
        Ok(match self.ask("reached", (seen.to_string(),))? {
            Reach::Yes {} => Reached::Yes,
            Reach::NotYet {} => Reached::NotYet,
            Reach::Partly(why) => Reached::Partly(why),
            Reach::Lapsed(why) => Reached::Lapsed(why),
            Reach::Unobservable {} => Reached::Unobservable,
        })
    }

    async fn apply(&self, cx: &Cx<'_>, before: &Judged<Value>) -> Result<(), Failure> {
        self.write(cx, "apply", vec![text(before)]).await
    }

    fn undo_check(&self, facts: &Facts, before: &Value, findings: &mut Findings) -> Result<(), Failure> {
        let found: Vec<Finding> = self.ask("undo_check", (text(facts), text(before)))?;
        for finding in found {
            findings.push(finding.severity, finding.key, finding.message, finding.hint);
        }
        Ok(())
    }

    async fn undo(&self, cx: &Cx<'_>, before: &Value, now: &Value) -> Result<(), Failure> {
        self.write(cx, "undo", vec![text(before), text(now)]).await
    }

    fn restored(&self, before: &Value, now: &Value) -> Result<bool, Failure> {
        self.ask("restored", (text(before), text(now)))
    }

    fn lasts(&self, now: &Value, applied_at: Option<Timestamp>) -> Result<bool, Failure> {
        self.ask("lasts", (text(now), text(&applied_at)))
    }

    /// A step of Python's ends where the account is gone, as most do.
    fn concerns_the_deleted(&self) -> bool {
        false
    }
}

fn stop(findings: &mut Findings, method: &str, failure: &Failure) {
    let hint = failure.hint.clone().unwrap_or_else(|| "mend the step's code and plan again".to_owned());
    findings.never(format!("broken:{method}"), failure.message.clone(), hint);
}
