//! `$batch`: up to ten commands, each answered by itself, in one 200 (PEERS C6).

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::refusal::{MALFORMED, Refusal};
use super::reply::json_reply;
use crate::context::Context;
use crate::wire::{Reply, Request};

/// How many commands a batch may hold.
const LARGEST: usize = 10;

/// Answers a batch. A part whose answer is lost is missing from the list.
pub(super) fn answer(cx: &mut Context<'_>, outer: &Request, body: &Value) -> Reply {
    let malformed = |text: &str| Refusal::rule(MALFORMED, text).reply();
    let Some(parts) = body.get("requests").and_then(Value::as_array) else {
        return malformed("The batch must hold an array named 'requests'.");
    };
    if parts.is_empty() || parts.len() > LARGEST {
        return malformed("The batch must hold between 1 and 10 requests.");
    }
    let mut requests: Vec<(String, Request)> = Vec::new();
    for part in parts {
        let Some((id, request)) = read(outer, part) else {
            return malformed(
                "Every request of a batch needs 'id', the method POST, an absolute 'url' of a command, and a 'body'.",
            );
        };
        if requests.iter().any(|(known, _)| *known == id) {
            return malformed("The ids of a batch must be unique.");
        }
        requests.push((id, request));
    }
    let responses: Vec<Value> = requests
        .iter()
        .filter_map(|(id, request)| cx.part(request, id).map(|reply| written(id, &reply)))
        .collect();
    json_reply(200, &json!({ "responses": responses }))
}

fn read(outer: &Request, part: &Value) -> Option<(String, Request)> {
    let id = part.get("id")?.as_str()?.to_owned();
    if part.get("method")?.as_str()? != "POST" {
        return None;
    }
    let url = part.get("url")?.as_str()?.strip_prefix(&outer.origin)?;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    if !path.ends_with("/InvokeCommand") {
        return None;
    }
    let mut headers = http::HeaderMap::new();
    // A part without a token of its own is carried out with the batch's.
    if let Some(token) = outer.headers.get(http::header::AUTHORIZATION) {
        headers.insert(http::header::AUTHORIZATION, token.clone());
    }
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in part.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = HeaderName::try_from(name.as_str()).ok()?;
        headers.insert(name, HeaderValue::from_str(&text).ok()?);
    }
    let request = Request {
        door: outer.door,
        method: Method::POST,
        origin: outer.origin.clone(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: Bytes::from(part.get("body")?.to_string()),
    };
    Some((id, request))
}

fn written(id: &str, reply: &Reply) -> Value {
    let headers: serde_json::Map<String, Value> = reply
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), Value::from(String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    let text = || Value::from(String::from_utf8_lossy(&reply.body));
    json!({
        "id": id,
        "status": reply.status.as_u16(),
        "headers": headers,
        "body": reply.value().unwrap_or_else(text),
    })
}
