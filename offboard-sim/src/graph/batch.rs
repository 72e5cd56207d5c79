//! `$batch`: up to 20 requests in one, each with its own answer. The batch itself answers 200 whatever became
//! of its parts, and the parts come back in any order.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::error::Refusal;
use crate::context::Context;
use crate::wire::{Door, Reply, Request};

const MOST: usize = 20;

struct Part {
    id: String,
    depends_on: Vec<String>,
    request: Request,
}

/// Answers a batch.
pub(super) fn answer(cx: &mut Context<'_>, request: &Request) -> Result<Reply, Refusal> {
    if request.method != Method::POST {
        let text = "The OData request is not supported.";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "BadRequest", text));
    }
    let parts = parts(request)?;
    let mut statuses: BTreeMap<String, u16> = BTreeMap::new();
    let mut answers = Vec::new();
    for part in parts {
        let failed = part.depends_on.iter().any(|id| statuses.get(id).is_none_or(|status| *status >= 400));
        let reply = if failed {
            Some(Reply::json(
                StatusCode::FAILED_DEPENDENCY,
                &json!({ "error": {
                    "code": "FailedDependency",
                    "message": "One or more of the dependencies of this request failed.",
                }}),
            ))
        } else {
            cx.part(&part.request, &part.id)
        };
        if let Some(reply) = reply {
            statuses.insert(part.id.clone(), reply.status.as_u16());
            answers.push(rendered(&part.id, &reply));
        }
    }
    if !answers.is_empty() {
        let turn = cx.core.chance.below(answers.len() as u64);
        answers.rotate_left(usize::try_from(turn).unwrap_or(0));
    }
    Ok(Reply::json(StatusCode::OK, &json!({ "responses": answers })))
}

fn rendered(id: &str, reply: &Reply) -> Value {
    let text = |value: &HeaderValue| json!(String::from_utf8_lossy(value.as_bytes()));
    let headers: Map<String, Value> =
        reply.headers.iter().map(|(name, value)| (title(name), text(value))).collect();
    let mut part = json!({ "id": id, "status": reply.status.as_u16(), "headers": headers });
    if !reply.body.is_empty() {
        part["body"] = reply.value().unwrap_or_else(|| json!(STANDARD.encode(&reply.body)));
    }
    part
}

/// `retry-after` as `Retry-After`: names inside a batch are texts, in the service's own spelling.
fn title(name: &HeaderName) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.as_str().split('-').map(word).collect::<Vec<_>>().join("-")
}

fn parts(request: &Request) -> Result<Vec<Part>, Refusal> {
    let invalid = |text: String| Refusal::parse(text);
    let body = request.json().ok_or_else(|| invalid("Invalid batch payload format.".to_owned()))?;
    let body = body.as_object().ok_or_else(|| invalid("Invalid batch payload format.".to_owned()))?;
    if let Some(name) = body.keys().find(|name| name.as_str() != "requests") {
        return Err(invalid(format!("Invalid batch payload format: '{name}' is not known.")));
    }
    let rows = body.get("requests").and_then(Value::as_array);
    let rows =
        rows.ok_or_else(|| invalid("Invalid batch payload format: 'requests' is missing.".to_owned()))?;
    if rows.len() > MOST {
        return Err(invalid(format!("Number of batch request steps exceeds the maximum value of {MOST}.")));
    }
    let mut parts: Vec<Part> = Vec::new();
    for row in rows {
        let part = part(request, row)?;
        if parts.iter().any(|other| other.id == part.id) {
            return Err(invalid(format!("Request Id {} is duplicated in the batch.", part.id)));
        }
        if let Some(id) = part.depends_on.iter().find(|id| !parts.iter().any(|other| other.id == **id)) {
            return Err(invalid(format!(
                "Request {} depends on {id}, which does not come before it.",
                part.id
            )));
        }
        parts.push(part);
    }
    Ok(parts)
}

fn part(batch: &Request, row: &Value) -> Result<Part, Refusal> {
    let invalid = |text: &str| Refusal::parse(format!("Invalid batch payload format: {text}"));
    let fields = row.as_object().ok_or_else(|| invalid("a request is not an object."))?;
    let known = ["id", "method", "url", "headers", "body", "dependsOn"];
    if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(invalid(&format!("'{name}' is not known.")));
    }
    let text = |name: &str| {
        let value = fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        value.ok_or_else(|| invalid(&format!("'{name}' is missing.")))
    };
    let url = text("url")?;
    if url.contains("://") {
        return Err(invalid("'url' must be relative."));
    }
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut headers = headers(fields.get("headers"))?;
    // A part without a token of its own is sent with the batch's.
    if let Some(token) = batch.headers.get(AUTHORIZATION) {
        headers.entry(AUTHORIZATION).or_insert_with(|| token.clone());
    }
    let body = match fields.get("body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(body) if headers.contains_key("content-type") => Bytes::from(body.to_string()),
        Some(_) => return Err(invalid("a request with a body needs a Content-Type header.")),
    };
    let method = Method::from_bytes(text("method")?.to_ascii_uppercase().as_bytes());
    Ok(Part {
        id: text("id")?.to_owned(),
        depends_on: match fields.get("dependsOn") {
            None => Vec::new(),
            Some(ids) => ids
                .as_array()
                .and_then(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect())
                .ok_or_else(|| invalid("'dependsOn' is not a list of ids."))?,
        },
        request: Request {
            door: Door::Graph,
            method: method.map_err(|_| invalid("'method' is not one."))?,
            origin: batch.origin.clone(),
            path: format!("/v1.0/{}", path.trim_start_matches('/')),
            query: query.to_owned(),
            headers,
            body,
        },
    })
}

fn headers(value: Option<&Value>) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::new();
    for (name, value) in value.and_then(Value::as_object).into_iter().flatten() {
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        let name = HeaderName::try_from(name.as_str()).ok();
        let (Some(name), Some(value)) = (name, value) else {
            return Err(Refusal::parse("Invalid batch payload format: a header is not valid."));
        };
        headers.insert(name, value);
    }
    Ok(headers)
}
