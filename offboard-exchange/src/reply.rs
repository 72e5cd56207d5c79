//! What a cmdlet returned.

use std::fmt;

use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::ports::{Call, Receipt};
use offboard_core::time::Timestamp;
use serde_json::{Map, Value};

use crate::PROVIDER;
use crate::cmdlet::Name;
use crate::row::Row;
use crate::status::NOT_CONFIRMED;

/// The objects and warnings that a cmdlet returned, over all pages.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    cmdlet: Name,
    rows: Vec<Row>,
    warnings: Vec<String>,
    request_id: Option<String>,
    date: Option<Timestamp>,
}

/// One page of a reply.
#[derive(Debug)]
pub struct Page {
    /// The objects in it.
    pub rows: Vec<Row>,
    /// What the service warned of.
    pub warnings: Vec<String>,
    /// Where the next page is.
    pub next: Option<String>,
}

impl Page {
    /// From the body of an answer that claims success; an empty body is `None`.
    ///
    /// # Errors
    /// * [`Kind::Refused`] ([`NOT_CONFIRMED`]): the service asks whether it is meant, and has done nothing.
    /// * [`Kind::Protocol`] for a reading, [`Kind::Indeterminate`] for a write: it cannot be understood, or it
    ///   reports errors beside its data.
    pub fn read(cmdlet: Name, body: Option<&Value>) -> Result<Self, ProviderError> {
        let nothing = Map::new();
        let fields = match body {
            None if cmdlet.writes() => &nothing,
            Some(Value::Object(fields)) => fields,
            _ => return Err(strange(cmdlet, "the answer is no object")),
        };
        if fields.get("@adminapi.confirmationmessage").is_some_and(|value| !is_nothing(value)) {
            return Err(not_confirmed(cmdlet));
        }
        if let Some(errors) = fields.get("@adminapi.errors").filter(|value| !is_nothing(value)) {
            let count = errors.as_array().map_or(1, Vec::len);
            return Err(strange(cmdlet, &format!("the answer reports {count} errors beside its data")));
        }
        let rows = match fields.get("value") {
            Some(Value::Array(objects)) => objects
                .iter()
                .map(|object| match object {
                    Value::Object(object) => Ok(Row::new(cmdlet, object.clone())),
                    _ => Err(strange(cmdlet, "its list holds something that is no object")),
                })
                .collect::<Result<_, _>>()?,
            // A cmdlet that returns nothing may leave the list out; one that reads may not.
            None | Some(Value::Null) if cmdlet.writes() => Vec::new(),
            _ => return Err(strange(cmdlet, "the answer holds no list")),
        };
        let warnings = match fields.get("@adminapi.warnings") {
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(text)) if !text.is_empty() => vec![text.clone()],
            _ => Vec::new(),
        };
        let next = match fields.get("@odata.nextLink") {
            None | Some(Value::Null) => None,
            Some(Value::String(link)) => Some(link.clone()),
            Some(_) => return Err(strange(cmdlet, "the link to the next page is no text")),
        };
        Ok(Self { rows, warnings, next })
    }
}

impl Reply {
    /// A reply without anything in it yet. `request_id` and `date` are those of the last answer.
    pub fn new(cmdlet: Name, request_id: Option<String>, date: Option<Timestamp>) -> Self {
        Self { cmdlet, rows: Vec::new(), warnings: Vec::new(), request_id, date }
    }

    /// With one more page.
    pub fn push(&mut self, page: Page) {
        self.rows.extend(page.rows);
        self.warnings.extend(page.warnings);
    }

    /// The objects.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What the service warned of.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The one object that was asked for.
    ///
    /// # Errors
    /// [`Kind::Protocol`] for none or several: an identity that is not understood makes Exchange return everybody
    /// (CONTRACT C2).
    pub fn one(&self) -> Result<&Row, ProviderError> {
        match self.rows.as_slice() {
            [row] => Ok(row),
            rows => Err(self.protocol(
                "not_one_object",
                format!("{}: {} objects came back where one was asked for", self.cmdlet, rows.len()),
            )),
        }
    }

    /// A failure for an answer that is well formed and yet cannot be right.
    pub(crate) fn protocol(&self, code: &str, message: String) -> ProviderError {
        let failure = Failure::new(Kind::Protocol, message)
            .code(code)
            .hint("nothing of this answer was used: report it with the request id")
            .request_id(self.request_id.clone());
        ProviderError::new(PROVIDER, failure)
    }

    /// The receipt of a write.
    pub fn receipt(self, call: &Call) -> Receipt {
        Receipt {
            call: call.id.clone(),
            request_id: self.request_id,
            date: self.date,
            warnings: self.warnings,
        }
    }

    /// `error`, with the id of the request that brought this reply.
    pub(crate) fn traced(&self, mut error: ProviderError) -> ProviderError {
        if error.failure.request_id.is_none() {
            error.failure.request_id.clone_from(&self.request_id);
        }
        error
    }
}

impl fmt::Debug for Reply {
    /// Without what is in the objects: names and messages of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, warnings) = (self.rows.len(), self.warnings.len());
        write!(
            f,
            "Reply({}, {rows} objects, {warnings} warnings, request {:?})",
            self.cmdlet, self.request_id
        )
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn strange(cmdlet: Name, why: &str) -> ProviderError {
    // A write that claims success in words nobody understands may have happened.
    let kind = if cmdlet.writes() { Kind::Indeterminate } else { Kind::Protocol };
    ProviderError::new(PROVIDER, Failure::new(kind, format!("{cmdlet}: {why}")).code("unexpected_answer"))
}

fn not_confirmed(cmdlet: Name) -> ProviderError {
    let message = format!("{cmdlet}: the service asked for a confirmation and did nothing");
    let failure = Failure::new(Kind::Refused, message)
        .code(NOT_CONFIRMED)
        .hint("run the cmdlet in Exchange Online PowerShell, where a person can answer");
    ProviderError::new(PROVIDER, failure)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<Page, ProviderError> {
        Page::read(Name::GetMailbox, Some(body))
    }

    fn write(body: &Value) -> Result<Page, ProviderError> {
        Page::read(Name::SetMailbox, Some(body))
    }

    #[test]
    fn noise_is_dropped_and_warnings_are_kept() {
        let page = read(&json!({
            "@odata.context": "https://outlook.office365.com/adminapi/beta/t/$metadata#Collection(Exchange.GenericHashTable)",
            "adminapi.warnings@odata.type": "#Collection(String)",
            "@adminapi.warnings": ["one", "two"],
            "@adminapi.errors": [],
            "@adminapi.confirmationmessage": null,
            "@odata.nextLink": "https://outlook.office365.com/adminapi/beta/t/InvokeCommand?$skiptoken=x",
            "value": [{ "ExchangeGuid@data.type": "System.Guid", "ExchangeGuid@odata.type": "#Guid", "A": "x" }],
        }))
        .unwrap();
        assert_eq!(page.warnings, ["one", "two"]);
        assert_eq!(page.rows.len(), 1);
        assert!(page.rows[0].has("A") && !page.rows[0].has("ExchangeGuid@odata.type"));
        assert!(page.next.unwrap().ends_with("$skiptoken=x"));
    }

    #[test]
    fn a_write_may_answer_without_a_list_and_a_reading_may_not() {
        for body in [json!({}), json!({ "value": null }), json!({ "value": [] })] {
            assert!(write(&body).unwrap().rows.is_empty(), "{body}");
        }
        assert!(Page::read(Name::SetMailbox, None).unwrap().rows.is_empty());
        for body in
            [json!({}), json!({ "value": null }), json!({ "value": {} }), json!([]), json!({ "value": [1] })]
        {
            assert_eq!(read(&body).unwrap_err().kind(), Kind::Protocol, "{body}");
        }
        assert_eq!(Page::read(Name::GetMailbox, None).unwrap_err().kind(), Kind::Protocol);
        // Warnings never stand in for data.
        let body = json!({ "value": null, "@adminapi.warnings": ["nothing was found"] });
        assert_eq!(read(&body).unwrap_err().kind(), Kind::Protocol);
    }

    #[test]
    fn a_question_means_that_nothing_was_done() {
        let error =
            write(&json!({ "@adminapi.confirmationmessage": "Are you sure?", "value": [] })).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert_eq!(error.failure.code.as_deref(), Some(NOT_CONFIRMED));
    }

    #[test]
    fn errors_beside_data_are_no_success() {
        let body = json!({ "@adminapi.errors": ["x"], "value": [{}] });
        assert_eq!(read(&body).unwrap_err().kind(), Kind::Protocol);
        assert_eq!(write(&body).unwrap_err().kind(), Kind::Indeterminate);
    }

    #[test]
    fn one_object_is_neither_none_nor_two() {
        for count in [0, 2, 1000] {
            let mut reply = Reply::new(Name::GetMailbox, Some("r".into()), None);
            reply.push(read(&json!({ "value": vec![json!({}); count] })).unwrap());
            let error = reply.one().unwrap_err();
            assert_eq!(error.kind(), Kind::Protocol, "{count}");
            assert_eq!(error.failure.request_id.as_deref(), Some("r"));
        }
    }
}
