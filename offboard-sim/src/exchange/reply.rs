//! The JSON around what a cmdlet gave, and the rows in it.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::wire::Reply;

const JSON: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// An answer with a JSON body in Exchange's dress.
pub(super) fn json_reply(status: u16, body: &Value) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Reply::json(status, body).with("content-type", JSON).with("odata-version", "4.0")
}

/// What a cmdlet gave: rows, and what it warned of.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Output {
    pub(super) rows: Vec<Row>,
    pub(super) warnings: Vec<String>,
    /// Set instead of doing anything: the question that must be answered with `Confirm: false` (PEERS C7).
    pub(super) confirmation: Option<String>,
}

impl Output {
    pub(super) fn rows(rows: Vec<Row>) -> Self {
        Self { rows, ..Self::default() }
    }

    pub(super) fn done() -> Self {
        Self::default()
    }

    pub(super) fn warned(warning: impl Into<String>) -> Self {
        Self { warnings: vec![warning.into()], ..Self::default() }
    }

    pub(super) fn question(text: impl Into<String>) -> Self {
        Self { confirmation: Some(text.into()), ..Self::default() }
    }

    /// The body of the 200, one page of it.
    pub(super) fn body(&self, context: &str, page: &[Row], next: Option<&str>) -> Value {
        let mut body = json!({
            "@odata.context": context,
            "adminapi.warnings@odata.type": "#Collection(String)",
            "@adminapi.warnings": self.warnings,
            "value": page.iter().map(|row| Value::Object(row.0.clone())).collect::<Vec<_>>(),
        });
        if let Some(next) = next {
            body["@odata.nextLink"] = json!(next);
        }
        if let Some(question) = &self.confirmation {
            body["@adminapi.confirmationmessage"] = json!(question);
        }
        body
    }
}

/// One object as Exchange prints it: everything that is no boolean, number or list is text, and type annotations
/// stand beside what they annotate.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Row(Map<String, Value>);

impl Row {
    pub(super) fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), Value::String(value.into()));
        self
    }

    /// Text, or `null`.
    pub(super) fn maybe(mut self, name: &str, value: Option<impl Into<String>>) -> Self {
        self.0.insert(name.to_owned(), value.map_or(Value::Null, |value| Value::String(value.into())));
        self
    }

    pub(super) fn flag(mut self, name: &str, value: bool) -> Self {
        self.0.insert(name.to_owned(), Value::Bool(value));
        self
    }

    pub(super) fn number(mut self, name: &str, value: impl Into<serde_json::Number>) -> Self {
        self.0.insert(name.to_owned(), Value::Number(value.into()));
        self
    }

    pub(super) fn guid(mut self, name: &str, value: impl ToString) -> Self {
        self.0.insert(format!("{name}@data.type"), json!("System.Guid"));
        self.0.insert(format!("{name}@odata.type"), json!("#Guid"));
        self.0.insert(name.to_owned(), Value::String(value.to_string()));
        self
    }

    pub(super) fn list<T: Into<String>>(mut self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.0.insert(format!("{name}@odata.type"), json!("#Collection(String)"));
        self.0.insert(name.to_owned(), values.into_iter().map(|value| Value::String(value.into())).collect());
        self
    }

    /// Bytes as Exchange prints them.
    pub(super) fn size(self, name: &str, bytes: u64) -> Self {
        self.text(name, super::quantity::size(bytes))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Only the named properties (`$select`), each with its annotations. `Err` is the first name the object has not.
    pub(super) fn select(&self, names: &[String]) -> Result<Self, String> {
        if let Some(unknown) = names.iter().find(|name| !self.0.contains_key(*name) || name.contains('@')) {
            return Err(unknown.clone());
        }
        let wanted = |key: &str| names.iter().any(|name| key.split('@').next() == Some(name.as_str()));
        let kept = self.0.iter().filter(|(key, _)| wanted(key));
        Ok(Self(kept.map(|(key, value)| (key.clone(), value.clone())).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selecting_keeps_the_annotations_of_what_is_kept() {
        let row = Row::default().guid("Guid", "g").text("Name", "n").list("Mails", ["a"]);
        let kept = row.select(&["Guid".to_owned()]).unwrap();
        assert_eq!(kept.0.keys().collect::<Vec<_>>(), ["Guid", "Guid@data.type", "Guid@odata.type"]);
        assert_eq!(row.select(&["Nmae".to_owned()]), Err("Nmae".to_owned()));
    }
}
