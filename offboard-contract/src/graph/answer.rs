//! Answers: status, headers and body, of success and of failure.

use std::collections::HashSet;

use serde_json::Value;

use super::Graph;
use super::operation::Operation;
use super::path::{Target, target};
use super::query;
use super::schema::Schemas;
use crate::message::{Answer, Headers, header, is_json, media_type};
use crate::violation::Findings;

/// How an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// By itself.
    Http,
    /// As a part of a batch, where a content type need not be named.
    Batch,
}

/// Checks the answer of a known operation.
pub(crate) fn check(
    graph: &Graph,
    schemas: &Schemas,
    operation: &Operation,
    asked: Target<'_>,
    answer: &Answer<'_>,
    carrier: Carrier,
    found: &mut Findings,
) {
    let Answer { status, headers, body } = *answer;
    if status >= 400 {
        return failure(schemas, answer, carrier, found);
    }
    if !operation.success.contains(&status) {
        let listed: Vec<_> = operation.success.iter().map(u16::to_string).collect();
        return found
            .add(format!("status {status} is not a success here; documented: {}", listed.join(", ")));
    }
    let Some(response) = operation.response(status) else {
        return found.add(format!("status {status} is not described"));
    };
    for name in &response.required_headers {
        found.require(header(headers, name).is_some_and(|value| !value.is_empty()), || {
            format!("status {status} needs the header {name}")
        });
    }
    match (&response.content, body) {
        (None, None) => {}
        (None, Some(_)) => found.add(format!("status {status} has no body here")),
        (Some(_), None) => found.add(format!("status {status} has a body here, and it is missing")),
        (Some((media, place)), Some(body)) => {
            content_type(headers, media, carrier, found);
            if media == "text/plain" {
                let counted = body.is_u64() || body.as_str().is_some_and(|text| text.parse::<u64>().is_ok());
                return found.require(counted, || "body: not a count".to_owned());
            }
            for problem in schemas.check(place, body) {
                found.add(format!("body {problem}"));
            }
            if media == "application/json" {
                collection(graph, operation, place.schema, body, found);
                only_selected(operation, asked.query, body, found);
            }
        }
    }
}

/// Checks a failure: any status from 400, with the error object of OData.
pub(crate) fn failure(schemas: &Schemas, answer: &Answer<'_>, carrier: Carrier, found: &mut Findings) {
    let Answer { status, headers, body } = *answer;
    found.require(status < 600, || format!("{status} is not a status"));
    let Some(body) = body else {
        return found.add(format!("status {status} has an error object as its body, and it is missing"));
    };
    content_type(headers, "application/json", carrier, found);
    match schemas.named("microsoft.graph.ODataErrors.ODataError") {
        Some(place) => {
            schemas.check(&place, body).into_iter().for_each(|problem| found.add(format!("body {problem}")));
        }
        None => found.add("the description has no error object"),
    }
    // The schema lets anything more through; the service sends no more than this.
    let unknown = |object: &Value, known: &[&str]| -> Vec<String> {
        let names = object.as_object().into_iter().flat_map(|members| members.keys());
        names.filter(|name| !name.contains('@') && !known.contains(&name.as_str())).cloned().collect()
    };
    for name in unknown(body, &["error"]) {
        found.add(format!("body /{name}: beside the error"));
    }
    for name in unknown(&body["error"], &["code", "message", "target", "details", "innerError"]) {
        found.add(format!("body /error/{name}: not a member of an error"));
    }
    for name in ["code", "message"] {
        found.require(body["error"][name] != "", || format!("body /error/{name}: empty"));
    }
}

fn content_type(headers: &Headers, media: &str, carrier: Carrier, found: &mut Findings) {
    match header(headers, "content-type") {
        Some(given) if media == "application/json" => {
            found.require(is_json(given), || format!("the Content-Type is {given}, not {media}"));
        }
        Some(given) => {
            found.require(media_type(given) == media, || format!("the Content-Type is {given}, not {media}"));
        }
        None => found.require(carrier == Carrier::Batch, || "a body needs a Content-Type".to_owned()),
    }
}

/// A collection has its `value`, and its links lead to pages of the same collection.
fn collection(
    graph: &Graph,
    operation: &Operation,
    schema: &'static Value,
    body: &Value,
    found: &mut Findings,
) {
    let Some(schemas) = graph.schemas() else { return };
    if schemas.resolve(schema)["properties"]["value"]["type"] != "array" {
        return;
    }
    found.require(body.get("value").is_some(), || "body /value: missing from a collection".to_owned());
    for name in ["@odata.nextLink", "@odata.deltaLink"] {
        let Some(link) = body[name].as_str() else { continue };
        let leads_back = link.contains("://")
            && target(link)
                .ok()
                .and_then(|target| graph.operation("GET", target.path).ok())
                .is_some_and(|to| to.template == operation.template);
        found.require(leads_back, || {
            format!("body /{name}: not an absolute URL of a page of the same collection")
        });
    }
}

/// With `$select` the service answers what was selected, with the id of the object beside it.
fn only_selected(operation: &Operation, query: &str, body: &Value, found: &mut Findings) {
    if operation.method != "GET" {
        return;
    }
    let Some(selected) = query::selected(query) else { return };
    let objects = body["value"].as_array().map_or_else(|| vec![body], |members| members.iter().collect());
    let names =
        objects.iter().flat_map(|object| object.as_object().into_iter().flat_map(|members| members.keys()));
    let more: HashSet<_> = names
        .filter(|name| !name.contains('@') && *name != "id" && !selected.contains(name.as_str()))
        .collect();
    let mut more: Vec<_> = more.into_iter().collect();
    more.sort_unstable();
    for name in more {
        found.add(format!("body: {name:?} was not selected and is answered all the same"));
    }
}
