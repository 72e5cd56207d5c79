//! Bodies of requests: the schema, and what no schema of the description enforces.

use serde_json::Value;

use super::operation::Operation;
use super::schema::Schemas;
use crate::message::is_json;
use crate::violation::Findings;

/// Properties that are called read-only in words but are written by a documented PATCH.
const WRITTEN_ALL_THE_SAME: [(&str, &str); 1] = [("permission", "roles")];

/// Checks presence, content type and content of a body.
pub(crate) fn check(
    schemas: &Schemas,
    operation: &Operation,
    content_type: Option<&str>,
    body: Option<&Value>,
    found: &mut Findings,
) {
    let (described, body) = match (&operation.request, body) {
        (None, None) => return,
        (None, Some(_)) => return found.add(format!("{} takes no body", operation.template)),
        (Some(described), None) => {
            return found.require(!described.required, || "the body is missing".to_owned());
        }
        (Some(described), Some(body)) => (described, body),
    };
    match content_type {
        None => found.add("a body needs a Content-Type"),
        Some(given) => {
            found.require(is_json(given), || format!("the Content-Type is {given}, not application/json"));
        }
    }
    for problem in schemas.check(&described.schema, body) {
        found.add(format!("body {problem}"));
    }
    if operation.template.ends_with("/$ref") {
        let absolute = body["@odata.id"]
            .as_str()
            .is_some_and(|url| url.starts_with("https://") || url.starts_with("http://"));
        found.require(absolute, || "body /@odata.id: not an absolute URL".to_owned());
        return;
    }
    if operation.is_action || operation.template == "/$batch" {
        return;
    }
    let patch = operation.method == "PATCH";
    found.require(!patch || body.as_object().is_none_or(|o| !o.is_empty()), || {
        "body: a PATCH that changes nothing".to_owned()
    });
    let mut refused = Vec::new();
    read_only(schemas, described.schema.schema, body, "", patch, &mut refused);
    refused.sort_unstable();
    refused.dedup();
    for problem in refused {
        found.add(problem);
    }
}

/// Finds properties that the service sets itself, at every depth; in a PATCH also those that only the words call read-only, and
/// relations, which have paths of their own.
fn read_only(
    schemas: &Schemas,
    schema: &'static Value,
    body: &Value,
    here: &str,
    patch: bool,
    into: &mut Vec<String>,
) {
    let schema = schemas.resolve(schema);
    for keyword in ["anyOf", "allOf"] {
        for part in schema[keyword].as_array().into_iter().flatten() {
            read_only(schemas, part, body, here, patch, into);
        }
    }
    if let Some(chosen) = schema.get("then")
        && holds(&schema["if"], body)
    {
        read_only(schemas, chosen, body, here, patch, into);
    }
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                let Some(described) = schema["properties"].get(name) else { continue };
                let place = format!("{here}/{name}");
                let in_words = patch && here.is_empty() && read_only_in_words(schema, name, described);
                if described["readOnly"] == true || in_words {
                    into.push(format!("body {place}: read-only"));
                } else if patch && here.is_empty() && described.get("x-odata-navigation").is_some() {
                    into.push(format!("body {place}: a relation is not changed by a PATCH of its owner"));
                } else {
                    read_only(schemas, described, value, &place, patch, into);
                }
            }
        }
        Value::Array(items) => {
            if let Some(described) = schema.get("items") {
                for (at, item) in items.iter().enumerate() {
                    read_only(schemas, described, item, &format!("{here}/{at}"), patch, into);
                }
            }
        }
        _ => {}
    }
}

/// A description with the sentence "Read-only." as it stands; "Read-only for synced users." is another matter.
fn read_only_in_words(owner: &Value, name: &str, described: &Value) -> bool {
    let title = owner["title"].as_str().unwrap_or_default();
    let text = described["description"].as_str().unwrap_or_default();
    text.split(['.', ';']).any(|sentence| sentence.trim().eq_ignore_ascii_case("read-only"))
        && !WRITTEN_ALL_THE_SAME.contains(&(title, name))
}

/// The only kind of condition in the description: `@odata.type` is one of these, and perhaps must be there.
fn holds(condition: &Value, body: &Value) -> bool {
    let kind = body.get("@odata.type");
    match kind {
        None => condition.get("required").is_none(),
        Some(kind) => condition["properties"]["@odata.type"]["enum"]
            .as_array()
            .is_some_and(|known| known.contains(kind)),
    }
}
