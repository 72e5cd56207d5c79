//! `POST /$batch`: what is in it, and which answer belongs to which part (P25).

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

/// The most that one batch may hold.
pub(crate) const MOST: usize = 20;

/// One part of a batch. Its id is its place, counted from 1.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// Its method.
    pub(crate) method: &'a str,
    /// Path and query below the version.
    pub(crate) url: String,
    /// Its headers; `Content-Type` is added where there is a body.
    pub(crate) headers: Vec<(&'static str, &'a str)>,
    /// Its body.
    pub(crate) body: Option<Value>,
}

/// The body of a batch. Parts stand in the order given and depend on nothing: a part that is refused must never
/// keep another from being tried.
pub(crate) fn body(parts: Vec<Part<'_>>) -> Value {
    let requests: Vec<Value> = (1_usize..)
        .zip(parts)
        .map(|(id, part)| {
            let mut headers: Map<String, Value> =
                part.headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            let mut request = json!({ "id": id.to_string(), "method": part.method, "url": part.url });
            if let Some(body) = part.body {
                headers.insert("Content-Type".to_owned(), "application/json".into());
                request["body"] = body;
            }
            request["headers"] = Value::Object(headers);
            request
        })
        .collect();
    json!({ "requests": requests })
}

/// The answer to one part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PartReply {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its headers, names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// Its body, if it has one.
    pub(crate) body: Option<Value>,
}

/// The answers to `count` parts in the order of the parts; nothing for a part that got none, or more than one, and
/// nothing for anybody where an answer belongs to no part at all: then no answer can be relied on.
pub(crate) fn replies(body: &Value, count: usize) -> Vec<Option<PartReply>> {
    let mut replies: Vec<Option<PartReply>> = vec![None; count];
    let mut answered = vec![0_u32; count];
    let Some(responses) = body.get("responses").and_then(Value::as_array) else { return replies };
    for response in responses {
        let place = response.get("id").and_then(place).filter(|place| *place < count);
        let Some(place) = place else { return vec![None; count] };
        if let (Some(times), Some(slot)) = (answered.get_mut(place), replies.get_mut(place)) {
            *times += 1;
            *slot = if *times == 1 { reply(response) } else { None };
        }
    }
    replies
}

/// The place that an id stands for. Only the text that was sent is taken.
fn place(id: &Value) -> Option<usize> {
    let text = id.as_str()?;
    let id: usize = text.parse().ok()?;
    (id.to_string() == text).then_some(id)?.checked_sub(1)
}

fn reply(response: &Value) -> Option<PartReply> {
    let status = u16::try_from(response.get("status")?.as_u64()?).ok()?;
    let headers = response.get("headers").and_then(Value::as_object);
    let headers = headers
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some((name.to_ascii_lowercase(), value)).filter(|(_, value)| value != "null")
        })
        .collect();
    let body = response.get("body").filter(|body| !body.is_null()).cloned();
    Some(PartReply { status: StatusCode::from_u16(status).ok()?, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(responses: Value, count: usize) -> Vec<Option<u16>> {
        let replies = replies(&json!({ "responses": responses }), count);
        replies.into_iter().map(|reply| reply.map(|reply| reply.status.as_u16())).collect()
    }

    #[test]
    fn parts_are_numbered_and_have_a_content_type_where_they_have_a_body() {
        let part = |body| Part { method: "PATCH", url: "/users/1".into(), headers: vec![("x", "y")], body };
        assert_eq!(
            body(vec![part(None), part(Some(json!({ "accountEnabled": false })))]),
            json!({ "requests": [
                { "id": "1", "method": "PATCH", "url": "/users/1", "headers": { "x": "y" } },
                { "id": "2", "method": "PATCH", "url": "/users/1", "body": { "accountEnabled": false },
                  "headers": { "x": "y", "Content-Type": "application/json" } },
            ] })
        );
    }

    #[test]
    fn answers_are_matched_by_id_in_any_order() {
        let answers = json!([{ "id": "2", "status": 404 }, { "id": "1", "status": 200, "headers": { "Retry-After": 7 } }]);
        assert_eq!(statuses(answers.clone(), 2), [Some(200), Some(404)]);
        let first = replies(&json!({ "responses": answers }), 2).remove(0).unwrap();
        assert_eq!(first.headers["retry-after"], "7");
        assert_eq!(first.body, None);
    }

    #[test]
    fn missing_and_doubled_answers_are_no_answers() {
        assert_eq!(statuses(json!([{ "id": "2", "status": 200 }]), 3), [None, Some(200), None]);
        let doubled =
            json!([{ "id": "1", "status": 200 }, { "id": "2", "status": 200 }, { "id": "1", "status": 200 }]);
        assert_eq!(statuses(doubled, 2), [None, Some(200)]);
        let thrice =
            json!([{ "id": "1", "status": 200 }, { "id": "1", "status": 200 }, { "id": "1", "status": 200 }]);
        assert_eq!(statuses(thrice, 1), [None]);
    }

    #[test]
    fn an_answer_that_belongs_to_nobody_makes_all_unreliable() {
        for foreign in [json!("3"), json!("0"), json!("01"), json!("+1"), json!(1), json!(null), json!("x")] {
            let answers = json!([{ "id": "1", "status": 200 }, { "id": foreign, "status": 200 }]);
            assert_eq!(statuses(answers, 2), [None, None], "{foreign}");
        }
    }

    #[test]
    fn nonsense_is_no_answer() {
        for status in [json!("200"), json!(99_999), json!(null), json!(-1), json!(7)] {
            assert_eq!(statuses(json!([{ "id": "1", "status": status }]), 1), [None], "{status}");
        }
        assert_eq!(replies(&json!([]), 2), [None, None]);
    }
}
