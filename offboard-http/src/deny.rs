//! What no adapter can send, whatever it builds: the deletion of a person in place of a membership (P6a, T2).
//!
//! `DELETE /groups/{g}/members/{u}/$ref` ends a membership. The same URL without `/$ref` deletes the user. The
//! typed URLs of the adapter cannot leave it out; this rule stands behind them, at the last point before the wire.

use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use crate::json;
use crate::request::Payload;

/// Why a request is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// It would delete the object at the end of a relation, not the relation.
    #[error("this DELETE would delete the object itself, not the relation to it")]
    WithoutRef,
    /// Its path can be read in more than one way.
    #[error("the path of this DELETE can be read in more than one way")]
    Ambiguous,
    /// It asks the service to take it for another method.
    #[error("the request asks to be taken for another method")]
    Override,
    /// It is a batch whose parts cannot be read.
    #[error("the parts of this batch cannot be read")]
    OpaqueBatch,
}

/// Relations between directory objects. Deleting *through* one of them deletes its end.
const RELATIONS: [&str; 14] = [
    "members",
    "owners",
    "transitivemembers",
    "memberof",
    "transitivememberof",
    "registeredowners",
    "registeredusers",
    "ownedobjects",
    "owneddevices",
    "registereddevices",
    "createdobjects",
    "directreports",
    "sponsors",
    "manager",
];

/// Judges a request.
pub fn check(method: &Method, url: &Url, headers: &HeaderMap, payload: &Payload) -> Result<(), Denied> {
    if headers.keys().any(|name| name.as_str().starts_with("x-http-method") || name == "x-method-override") {
        return Err(Denied::Override);
    }
    if *method == Method::DELETE {
        return delete(url.path());
    }
    // Other ways to write the word are the service's to refuse, but not ours to send.
    if method.as_str().eq_ignore_ascii_case("delete") {
        return Err(Denied::Override);
    }
    let segments = decoded(url.path());
    if segments.last().is_some_and(|last| last == "$batch") {
        return batch(payload);
    }
    Ok(())
}

fn batch(payload: &Payload) -> Result<(), Denied> {
    let parsed;
    let body = match payload {
        Payload::Json(body) => body,
        Payload::Bytes { bytes, .. } => {
            parsed = json::parse(bytes).map_err(|_| Denied::OpaqueBatch)?;
            &parsed
        }
        Payload::Empty => return Err(Denied::OpaqueBatch),
    };
    let parts = body.get("requests").and_then(Value::as_array).ok_or(Denied::OpaqueBatch)?;
    parts.iter().try_for_each(part)
}

fn part(part: &Value) -> Result<(), Denied> {
    let text = |name: &str| part.get(name).and_then(Value::as_str).ok_or(Denied::OpaqueBatch);
    let (method, url) = (text("method")?, text("url")?);
    if let Some(headers) = part.get("headers") {
        let headers = headers.as_object().ok_or(Denied::OpaqueBatch)?;
        if headers.keys().any(|name| {
            let name = name.trim().to_ascii_lowercase();
            name.starts_with("x-http-method") || name == "x-method-override"
        }) {
            return Err(Denied::Override);
        }
    }
    let path = match Url::parse(url) {
        // Parsing removes `..`, and the service may not: both readings have to pass.
        Ok(_) => {
            url.split_once("://").map_or(url, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path))
        }
        Err(_) => url,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if method.trim().eq_ignore_ascii_case("delete") {
        return delete(path);
    }
    if decoded(path).last().is_some_and(|last| last == "$batch") {
        return Err(Denied::OpaqueBatch);
    }
    Ok(())
}

/// Judges the path of a DELETE.
fn delete(path: &str) -> Result<(), Denied> {
    let segments = decoded(path);
    let Some(at) = segments.iter().position(|segment| is_relation(segment)) else { return Ok(()) };
    if is_conversation(&segments) {
        return Ok(());
    }
    // From here on only the one form that we write ourselves is sent, letter by letter.
    let mut raw = path.strip_prefix('/').unwrap_or(path).split('/');
    let exact = segments.len() == raw.clone().count()
        && raw
            .by_ref()
            .all(|segment| !segment.is_empty() && segment.bytes().all(is_plain) && !is_dots(segment));
    if !exact {
        return Err(Denied::Ambiguous);
    }
    if !path.ends_with("/$ref") {
        return Err(Denied::WithoutRef);
    }
    let ends = match &segments[at..] {
        [relation, last] => relation == "manager" && last == "$ref",
        [relation, id, last] => relation != "manager" && is_guid(id) && last == "$ref",
        _ => false,
    };
    if ends { Ok(()) } else { Err(Denied::Ambiguous) }
}

/// The segments of `path` as the most generous reader would see them: decoded until nothing changes, in lower
/// case, with both slashes, parameters and empty parts removed.
fn decoded(path: &str) -> Vec<String> {
    let mut text = path.to_owned();
    for _ in 0..8 {
        let next = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if next == text {
            break;
        }
        text = next;
    }
    let text = text.split(['?', '#']).next().unwrap_or_default().to_lowercase();
    let segments =
        text.split(['/', '\\']).map(|segment| segment.split(';').next().unwrap_or_default().trim());
    segments.filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

/// `members`, `members('…')`, `graph.members`, with anything invisible around it.
fn is_relation(segment: &str) -> bool {
    let name = segment.split('(').next().unwrap_or_default();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    RELATIONS.iter().any(|relation| name.ends_with(relation))
        // `scopedRoleMembers` are role assignments: deleting one deletes no person.
        && name != "scopedrolemembers"
}

/// `/teams/{id}/members/{id}`, `/chats/{id}/members/{id}`: memberships that are objects of their own.
fn is_conversation(segments: &[String]) -> bool {
    let version = |text: &str| text == "v1.0" || text == "beta";
    let path = match segments {
        [first, rest @ ..] if version(first) => rest,
        all => all,
    };
    if path.iter().any(|segment| is_dots(segment)) {
        return false;
    }
    match path {
        [root, _, members, _] => (root == "teams" || root == "chats") && members == "members",
        [teams, _, channels, _, members, _] => {
            teams == "teams" && channels == "channels" && members == "members"
        }
        _ => false,
    }
}

fn is_dots(segment: &str) -> bool {
    segment == "." || segment == ".."
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'$' | b'_' | b'=')
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests;
