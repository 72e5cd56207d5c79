//! What the description says of one operation.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::Place;

/// One method on one path.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// In capitals, as on the wire.
    pub(crate) method: String,
    /// The path with its parameters in braces.
    pub(crate) template: String,
    /// Query options that it takes.
    pub(crate) query: BTreeMap<String, QueryOption>,
    /// Does it list the header `ConsistencyLevel`, as the advanced queries of the directory do?
    pub(crate) advanced_queries: bool,
    /// May its answer come in pages?
    pub(crate) pageable: bool,
    /// May it be called with `()`?
    pub(crate) is_function: bool,
    /// An action names existing objects in its body; everything else writes the body's own properties.
    pub(crate) is_action: bool,
    /// The body it takes.
    pub(crate) request: Option<RequestBody>,
    /// Status codes of success, the usual one first.
    pub(crate) success: Vec<u16>,
    responses: BTreeMap<String, Response>,
}

/// A query option.
#[derive(Clone, Debug)]
pub(crate) struct QueryOption {
    /// Must it be there?
    pub(crate) required: bool,
    /// `string`, `integer` or `boolean`.
    pub(crate) kind: String,
}

/// A request body.
#[derive(Clone, Debug)]
pub(crate) struct RequestBody {
    /// Must it be there?
    pub(crate) required: bool,
    /// Its schema.
    pub(crate) schema: Place,
}

/// An answer of one status.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// Media type and schema of the body; none if there is no body.
    pub(crate) content: Option<(String, Place)>,
    /// Headers that must be there.
    pub(crate) required_headers: Vec<String>,
}

impl Operation {
    pub(crate) fn read(template: &str, method: &str, described: &'static Value) -> Self {
        let here = format!("/paths/{}/{method}", escape(template));
        let parameters = || described["parameters"].as_array().into_iter().flatten();
        let query = parameters()
            .filter(|one| one["in"] == "query")
            .filter_map(|one| {
                let required = one["required"].as_bool().unwrap_or(false);
                let kind = one["schema"]["type"].as_str().unwrap_or("string").to_owned();
                Some((one["name"].as_str()?.to_owned(), QueryOption { required, kind }))
            })
            .collect();
        let body = &described["requestBody"];
        let request = content(body, &format!("{here}/requestBody"))
            .map(|(_, schema)| RequestBody { required: body["required"].as_bool().unwrap_or(false), schema });
        let responses = described["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(code, response)| {
                let required_headers = response["headers"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter(|(_, header)| header["required"] == true)
                    .map(|(name, _)| name.clone())
                    .collect();
                let content = content(response, &format!("{here}/responses/{code}"));
                (code.clone(), Response { content, required_headers })
            })
            .collect();
        let success = described["x-success-codes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|code| code.as_str()?.parse().ok())
            .collect();
        Self {
            method: method.to_ascii_uppercase(),
            template: template.to_owned(),
            query,
            advanced_queries: parameters().any(|one| one["name"] == "ConsistencyLevel"),
            pageable: described.get("x-ms-pageable").is_some()
                || described["x-ms-docs-operation-type"] == "function",
            is_function: described["x-ms-docs-operation-type"] == "function",
            is_action: described.get("x-odata-action").is_some(),
            request,
            success,
            responses,
        }
    }

    /// What is said of this status, by itself or with all of success.
    pub(crate) fn response(&self, status: u16) -> Option<&Response> {
        self.responses.get(&status.to_string()).or_else(|| self.responses.get("2XX"))
    }

    /// The schema of what a successful call answers.
    pub(crate) fn returned(&self) -> Option<Place> {
        self.success
            .iter()
            .find_map(|code| self.response(*code)?.content.as_ref().map(|(_, place)| place.clone()))
    }
}

/// Media type and schema of a body, if it has one.
fn content(holder: &'static Value, here: &str) -> Option<(String, Place)> {
    let (media, described) = holder["content"].as_object()?.iter().next()?;
    let pointer = format!("{here}/content/{}/schema", escape(media));
    Some((media.clone(), Place::new(described.get("schema")?, pointer)))
}

/// A name as one step of a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
