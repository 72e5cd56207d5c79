//! The envelope of a cmdlet call over HTTP (PEERS C1, C6; CONTRACT C0).

use std::collections::HashSet;

use serde_json::Value;

use super::Exchange;
use crate::ids::{Anchor, anchor};
use crate::message::{Headers, header, is_json, part_headers};
use crate::text::{is_guid, percent_decode};
use crate::violation::{Findings, Violation};

/// What the gateway takes in one batch.
const MOST_PARTS: usize = 10;

/// Which door of Exchange a path leads to.
enum Door<'a> {
    Invoke,
    Batch,
    AdminApi(&'a str),
}

/// A path, taken apart.
struct Target<'a> {
    tenant: &'a str,
    door: Door<'a>,
    query: &'a str,
}

pub(crate) fn check(
    exchange: &Exchange,
    method: &str,
    url: &str,
    headers: &Headers,
    body: Option<&Value>,
) -> Vec<Violation> {
    let mut found = Findings::at(format!("{method} {}", url.split('?').next().unwrap_or_default()));
    found.require(method == "POST", || "every call is a POST, reads too".to_owned());
    let target = match target(url) {
        Ok(target) => target,
        Err(problem) => {
            found.add(problem);
            return found.done();
        }
    };
    check_query(target.query, &mut found);
    match header(headers, "content-type") {
        Some(given) => {
            found.require(is_json(given), || format!("the Content-Type is {given}, not application/json"));
        }
        None => found.add("the Content-Type is missing"),
    }
    let Some(body) = body else {
        found.add("the body is missing");
        return found.done();
    };
    if matches!(target.door, Door::Batch) {
        check_batch(exchange, target.tenant, body, &mut found);
    } else {
        check_headers(target.tenant, headers, &mut found);
        check_envelope(exchange, &target.door, headers, body, &mut found);
    }
    found.done()
}

/// `/adminapi/{version}/{tenant}/{door}`, with or without an origin.
fn target(url: &str) -> Result<Target<'_>, String> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut segments = path.trim_start_matches('/').split('/');
    let parts = [segments.next(), segments.next(), segments.next(), segments.next(), segments.next()];
    let [Some("adminapi"), Some(version), Some(tenant), Some(door), None] = parts else {
        return Err("the path is not /adminapi/{version}/{tenant}/{door}".to_owned());
    };
    if !is_guid(tenant) {
        return Err("the tenant in the path is not a GUID".to_owned());
    }
    let door = match (version, door) {
        ("beta", "InvokeCommand") => Door::Invoke,
        ("beta", "$batch") => Door::Batch,
        ("v2.0", "InvokeCommand" | "$batch") => return Err(format!("the Admin API v2.0 has no {door}")),
        ("v2.0", endpoint) => Door::AdminApi(endpoint),
        ("v1.0", "InvokeCommand") => return Err("v1.0 answers InvokeCommand with 405".to_owned()),
        _ => return Err(format!("no such door: {version}/{door}")),
    };
    Ok(Target { tenant, door, query })
}

/// `$select` limits the answer; the links of a page carry a token of their own.
fn check_query(query: &str, found: &mut Findings) {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decode(name).unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "$select" => {
                let names = percent_decode(value).unwrap_or_default();
                let plain =
                    |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
                found.require(names.split(',').all(plain), || {
                    "$select holds something that is no property name".to_owned()
                });
            }
            "$skiptoken" => {}
            _ => found.add(format!("unknown query option {name:?}")),
        }
    }
}

fn check_headers(tenant: &str, headers: &Headers, found: &mut Findings) {
    match header(headers, "x-anchormailbox").map(|value| (anchor(value), value)) {
        None => found.add("the header X-AnchorMailbox is missing"),
        Some((None, _)) => {
            found.add("X-AnchorMailbox is neither an object id with its tenant nor the application form");
        }
        Some((Some(Anchor { tenant: anchored, .. }), _)) => {
            found.require(anchored.eq_ignore_ascii_case(tenant), || {
                "the tenant of X-AnchorMailbox is not the tenant of the path".to_owned()
            });
        }
    }
    if let Some(id) = header(headers, "client-request-id") {
        found.require(is_guid(id), || "client-request-id is not a GUID".to_owned());
    }
    let page = header(headers, "prefer").and_then(|prefer| prefer.split_once("odata.maxpagesize")).map(
        |(_, rest)| {
            let digits = rest.trim_start_matches([' ', '=']).split([';', ',']).next().unwrap_or_default();
            digits.trim().parse::<u32>()
        },
    );
    found.require(page.is_none_or(|size| size.is_ok_and(|n| (1..=1000).contains(&n))), || {
        "odata.maxpagesize is 1 to 1000".to_owned()
    });
}

fn check_envelope(
    exchange: &Exchange,
    door: &Door<'_>,
    headers: &Headers,
    body: &Value,
    found: &mut Findings,
) {
    only(body, "", &["CmdletInput"], found);
    let input = &body["CmdletInput"];
    only(input, "/CmdletInput", &["CmdletName", "Parameters"], found);
    let Some(name) = input["CmdletName"].as_str() else {
        return found.add("body /CmdletInput/CmdletName: not a string");
    };
    if let Some(named) = header(headers, "x-cmdletname") {
        found.require(named == name, || "X-CmdletName names another cmdlet than the body".to_owned());
    }
    let none = serde_json::Map::new();
    let parameters = match input.get("Parameters") {
        None => &none,
        Some(Value::Object(parameters)) => parameters,
        Some(_) => return found.add("body /CmdletInput/Parameters: not an object"),
    };
    found.absorb("carries", exchange.check_call(name, parameters));
    if let (Door::AdminApi(endpoint), Ok(cmdlet)) = (door, exchange.cmdlet(name)) {
        let Some(api) = cmdlet.admin_api_v2.as_ref().filter(|api| api.endpoint == *endpoint) else {
            return found.add(format!("the Admin API v2.0 does not take {name} at {endpoint}"));
        };
        for parameter in parameters.keys() {
            let taken = api.parameters.as_ref().is_none_or(|known| known.contains(parameter));
            found.require(taken, || format!("the Admin API v2.0 does not take -{parameter} of {name}"));
        }
    }
}

fn check_batch(exchange: &Exchange, tenant: &str, body: &Value, found: &mut Findings) {
    only(body, "", &["requests"], found);
    let parts = body["requests"].as_array().map_or(&[][..], Vec::as_slice);
    found.require(!parts.is_empty(), || "the batch is empty".to_owned());
    found.require(parts.len() <= MOST_PARTS, || format!("a batch holds at most {MOST_PARTS} requests"));
    let mut ids = HashSet::new();
    for part in parts {
        let id = part["id"].as_str().unwrap_or_default();
        found.require(!id.is_empty() && ids.insert(id), || format!("the id {id:?} is empty or stands twice"));
        only(part, "/requests", &["id", "method", "url", "headers", "body"], found);
        let (method, url) =
            (part["method"].as_str().unwrap_or_default(), part["url"].as_str().unwrap_or_default());
        let absolute = url.starts_with("https://") || url.starts_with("http://");
        found.require(absolute, || format!("part {id}: the URL is not absolute"));
        let same = target(url).is_ok_and(|t| matches!(t.door, Door::Invoke) && t.tenant == tenant);
        found.require(same, || format!("part {id}: not an InvokeCommand of the same tenant"));
        // Inside, the content type of the whole holds.
        let mut headers = part_headers(part);
        if header(&headers, "content-type").is_none() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        if same {
            found.absorb(&format!("part {id}"), check(exchange, method, url, &headers, part.get("body")));
        }
    }
}

/// An object that holds these members and no others.
fn only(value: &Value, here: &str, members: &[&str], found: &mut Findings) {
    let Some(object) = value.as_object() else { return found.add(format!("body {here}: not an object")) };
    for name in object.keys().filter(|name| !members.contains(&name.as_str())) {
        found.add(format!("body {here}/{name}: not part of the envelope"));
    }
}
