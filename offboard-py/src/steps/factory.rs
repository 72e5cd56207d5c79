//! From a class of Python's to an entry of the catalog.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use offboard::Period;
use offboard::core::facts::Facet;
use offboard::core::id::ObjectKey;
use offboard::core::operation::{AnyOperation, Class, Door, Phase, Repeat, Reversal, Spec, StepFactory};
use pyo3::prelude::*;
use schemars::Schema;
use serde::Deserialize;
use serde_json::Value;

use super::operation::PythonStep;
use crate::errors::Told;
use crate::gate;

/// What a step's class says of itself, as `offboard._bridge` writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    name: String,
    version: u32,
    title: String,
    phase: Phase,
    door: Door,
    class: Class,
    after: Vec<String>,
    before: Vec<String>,
    reversal: Reversal,
    repeat: Repeat,
    latency: Period,
    give_up: Option<Period>,
    clock_fields: Vec<String>,
    example: Value,
    params_schema: Value,
    state_schema: Value,
}

/// What one step with its parameters reads and writes to, as `offboard._bridge` writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    params: Value,
    reads: Vec<Facet>,
    touches: Vec<ObjectKey>,
}

/// Makes steps of one class of Python's.
pub(crate) struct PythonSteps {
    spec: Spec,
    example: Value,
    params_schema: Schema,
    state_schema: Schema,
    bridge: Py<PyAny>,
}

/// Names live as long as the process: the catalog knows operations by names that never go away. Each is kept once.
fn kept(text: String) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = names.get(text.as_str()) {
        return name;
    }
    let name: &'static str = Box::leak(text.into_boxed_str());
    names.insert(name);
    name
}

/// The same for lists. A list that was kept before is kept again only with other names in it.
fn all_kept(names: Vec<String>) -> &'static [&'static str] {
    static LISTS: Mutex<BTreeSet<&'static [&'static str]>> = Mutex::new(BTreeSet::new());
    let list: Vec<&'static str> = names.into_iter().map(kept).collect();
    let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lists.get(list.as_slice()) {
        return known;
    }
    let list: &'static [&'static str] = Box::leak(list.into_boxed_slice());
    lists.insert(list);
    list
}

fn schema(value: Value, what: &str) -> Result<Schema, Told> {
    Schema::try_from(value).map_err(|error| Told::usage(format!("{what} is no JSON Schema: {error}")))
}

impl PythonSteps {
    /// From a bridge of `offboard._bridge`.
    pub(crate) fn of(bridge: Py<PyAny>) -> PyResult<Arc<Self>> {
        let text: String = Python::attach(|py| bridge.call_method0(py, "declared")?.extract(py))?;
        let declared: Declared = serde_json::from_str(&text)
            .map_err(|error| Told::usage(format!("a step says of itself what cannot be: {error}")))?;
        let latency = declared.latency;
        let spec = Spec {
            name: kept(declared.name),
            version: declared.version,
            title: kept(declared.title),
            phase: declared.phase,
            door: declared.door,
            class: declared.class,
            after: all_kept(declared.after),
            before: all_kept(declared.before),
            reversal: declared.reversal,
            repeat: declared.repeat,
            latency,
            give_up: declared.give_up.unwrap_or(Spec::patience(latency)),
            clock_fields: all_kept(declared.clock_fields),
        };
        Ok(Arc::new(Self {
            spec,
            example: declared.example,
            params_schema: schema(declared.params_schema, "params_schema")?,
            state_schema: schema(declared.state_schema, "state_schema")?,
            bridge,
        }))
    }
}

impl fmt::Debug for PythonSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PythonSteps({})", self.spec.name)
    }
}

impl StepFactory for PythonSteps {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn make(&self, params: &Value) -> Result<Arc<dyn AnyOperation>, String> {
        let text = params.to_string();
        let made = gate::attach(|py| -> PyResult<(Py<PyAny>, String)> {
            let step = self.bridge.call_method1(py, "make", (text,))?;
            let made = step.call_method0(py, "made")?.extract(py)?;
            Ok((step, made))
        });
        let (step, made) = made
            .ok_or_else(|| "the interpreter is shutting down".to_owned())?
            .map_err(|error| error.to_string())?;
        let made: Made = serde_json::from_str(&made)
            .map_err(|error| format!("what it reads or touches cannot be understood: {error}"))?;
        Ok(Arc::new(PythonStep::new(self.spec.clone(), made.params, made.reads, made.touches, step)))
    }

    fn example(&self) -> Value {
        self.example.clone()
    }

    fn params_schema(&self) -> Schema {
        self.params_schema.clone()
    }

    fn state_schema(&self) -> Schema {
        self.state_schema.clone()
    }
}
