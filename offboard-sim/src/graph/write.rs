//! Bodies of requests, read strictly.

use serde_json::{Map, Value};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;

impl Call<'_> {
    /// The body as a JSON object.
    pub(super) fn body(&self) -> Result<Map<String, Value>, Refusal> {
        if self.request.body.is_empty() {
            return Err(Refusal::bad("Empty Payload. JSON content expected."));
        }
        match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(body)) => Ok(body),
            _ => Err(Refusal::parse(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )),
        }
    }

    /// The body of an action that takes no parameters: none, or an empty object.
    pub(super) fn no_body(&self) -> Result<(), Refusal> {
        if self.request.body.is_empty() {
            return Ok(());
        }
        match self.body()?.keys().next() {
            None => Ok(()),
            Some(name) => Err(Refusal::parse(format!(
                "The parameter '{name}' in the request payload is not a valid parameter for the operation."
            ))),
        }
    }

    /// The body of an action, with these parameters and no others.
    pub(super) fn parameters(&self, known: &[&str]) -> Result<Map<String, Value>, Refusal> {
        let body = self.body()?;
        match body.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(body),
            Some(name) => Err(Refusal::parse(format!(
                "The parameter '{name}' in the request payload is not a valid parameter for the operation."
            ))),
        }
    }

    /// The body of a PATCH: properties that the type has.
    pub(super) fn properties(&self, kind: Kind) -> Result<Map<String, Value>, Refusal> {
        let mut body = self.body()?;
        body.retain(|name, _| !name.contains('@'));
        match body.keys().find(|name| !kind.has(name)) {
            None => Ok(body),
            Some(name) => Err(Refusal::bad(format!(
                "Invalid property '{name}': The property '{name}' does not exist on type 'microsoft.graph.{}'. Make sure to only use property names that are defined by the type.",
                kind.name()
            ))),
        }
    }
}

/// The boolean in a property.
pub(super) fn boolean(name: &str, value: &Value) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| wrong(name))
}

/// The text in a property, or null.
pub(super) fn text(name: &str, value: &Value) -> Result<Option<String>, Refusal> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(wrong(name)),
    }
}

/// The texts in a property.
pub(super) fn texts(name: &str, value: &Value) -> Result<Vec<String>, Refusal> {
    let rows = value.as_array().ok_or_else(|| wrong(name))?;
    rows.iter().map(|row| row.as_str().map(str::to_owned).ok_or_else(|| wrong(name))).collect()
}

/// 400: the value does not fit the property.
pub(super) fn wrong(name: &str) -> Refusal {
    Refusal::bad(format!("Invalid value specified for property '{name}' of resource 'User'."))
}
