//! `POST /$batch`, taken apart: each part is a request or an answer of its own.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::Graph;
use super::answer::Carrier;
use super::path::relative;
use crate::message::{Answer, header, part_headers};
use crate::violation::Findings;

/// What the schema cannot say of a batch, and every part as a request.
pub(crate) fn check_requests(graph: &Graph, body: &Value, found: &mut Findings) {
    let parts = parts(body, "requests");
    found.require(!parts.is_empty(), || "the batch is empty".to_owned());
    let mut ids = HashSet::new();
    for part in parts {
        let id = id_of(part);
        found.require(ids.insert(id.to_ascii_lowercase()), || {
            format!("the id {id:?} stands twice in the batch")
        });
    }
    for part in parts {
        let id = id_of(part);
        for needed in part["dependsOn"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let known = ids.contains(&needed.to_ascii_lowercase()) && !needed.eq_ignore_ascii_case(id);
            found.require(known, || {
                format!("part {id}: dependsOn names {needed:?}, which is no other part of the batch")
            });
        }
        let (Some(method), Some(url)) = (part["method"].as_str(), part["url"].as_str()) else { continue };
        let headers = part_headers(part);
        let content_type = header(&headers, "content-type");
        let place = format!("{method} {url}");
        let mut inner = Findings::at(place);
        match relative(url) {
            Ok(target) if is_batch(target.path) => inner.add("a batch inside a batch"),
            Ok(target) => {
                graph.request_into(method, target, content_type, part.get("body"), &mut inner);
                graph.headers_into(method, target, &headers, &mut inner);
            }
            Err(problem) => inner.add(problem),
        }
        found.absorb(&format!("part {id}"), inner.done());
    }
}

/// Each part of the answer by itself, and as the answer of the request with its id.
pub(crate) fn check_answers(graph: &Graph, request: Option<&Value>, answer: &Value, found: &mut Findings) {
    let mut open: Option<HashMap<String, &Value>> = request.map(|body| {
        parts(body, "requests").iter().map(|part| (id_of(part).to_ascii_lowercase(), part)).collect()
    });
    let mut ids = HashSet::new();
    for part in parts(answer, "responses") {
        let id = id_of(part);
        if !ids.insert(id.to_ascii_lowercase()) {
            found.add(format!("the id {id:?} is answered twice"));
            continue;
        }
        let asked = open.as_mut().map(|open| open.remove(&id.to_ascii_lowercase()));
        if asked == Some(None) {
            found.add(format!("the answer {id:?} belongs to no request of the batch"));
        }
        let Some(status) = part["status"].as_u64().and_then(|status| u16::try_from(status).ok()) else {
            continue;
        };
        let headers = part_headers(part);
        let answer =
            Answer { status, headers: &headers, body: part.get("body").filter(|body| !body.is_null()) };
        let asked = asked.flatten().and_then(|part| Some((part["method"].as_str()?, part["url"].as_str()?)));
        let mut inner =
            Findings::at(asked.map_or_else(|| "?".to_owned(), |(method, url)| format!("{method} {url}")));
        match asked.and_then(|(method, url)| Some((method, relative(url).ok()?))) {
            Some((method, target)) => {
                graph.answer_into(method, target, &answer, None, Carrier::Batch, &mut inner);
            }
            // Without the request only the shape of a failure can be judged.
            None if status >= 400 => graph.failure_into(&answer, Carrier::Batch, &mut inner),
            None => {}
        }
        found.absorb(&format!("part {id}"), inner.done());
    }
    let mut unanswered: Vec<_> = open.into_iter().flatten().map(|(_, part)| id_of(part)).collect();
    unanswered.sort_unstable();
    for id in unanswered {
        found.add(format!("the request {id:?} of the batch has no answer"));
    }
}

/// Is this the path of a batch?
pub(crate) fn is_batch(path: &str) -> bool {
    path == "$batch" || path == "%24batch"
}

fn parts<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body[name].as_array().map_or(&[], Vec::as_slice)
}

fn id_of(part: &Value) -> &str {
    part["id"].as_str().unwrap_or_default()
}
