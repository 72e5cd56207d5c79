//! Ids, not names (promise P1).
//!
//! Every request that changes a tenant addresses object ids fixed in a plan. A name can be taken over by somebody else between
//! the plan and the write; an object id is never given out twice.

use serde_json::Value;

use crate::message::{Headers, header, part_headers};
use crate::text::{is_guid, percent_decode};
use crate::violation::{Findings, Violation};

/// Collections of the directory whose objects have a GUID; a change addresses them by nothing else.
const KEYED_BY_GUID: [&str; 9] = [
    "users",
    "groups",
    "devices",
    "directoryObjects",
    "applications",
    "servicePrincipals",
    "deletedItems",
    "members",
    "owners",
];

/// Actions that are sent by POST and change nothing.
const READS_BY_POST: [&str; 4] = ["getByIds", "checkMemberGroups", "getMemberGroups", "getMemberObjects"];

/// Who a mailbox anchor names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Anchor<'a> {
    /// The tenant behind the at sign.
    pub(crate) tenant: &'a str,
}

/// Names, UPNs and mail addresses that are known in a tenant.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// In lower case. Very short ones are left out: they stand in too many words by chance.
    known: Vec<String>,
}

impl Names {
    /// Takes display names, UPNs and addresses of the people that a test knows. They are looked for as whole words, so that a name
    /// that is also a word of a path (a group called "Members") is better left out.
    pub fn new<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let known = names.into_iter().map(|name| name.as_ref().trim().to_lowercase());
        Self { known: known.filter(|name| name.chars().count() >= 3).collect() }
    }

    /// Does a name or an at sign stand in this text?
    fn stand_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        text.contains('@') || self.known.iter().any(|name| stands_alone(&text, name))
    }
}

/// Checks a request, to Graph or to Exchange: no name of a person in a URL that changes something, in an Exchange `Identity` or
/// `Mailbox` parameter (of reads too), or in the mailbox anchor. Batches are taken apart; other reads pass.
///
/// The violation does not repeat the name.
pub fn check_mutating(
    names: &Names,
    method: &str,
    url: &str,
    headers: &Headers,
    body: Option<&Value>,
) -> Vec<Violation> {
    let mut found = Findings::at(method);
    if let Some(value) = header(headers, "x-anchormailbox") {
        found.require(anchor(value).is_some(), || {
            "X-AnchorMailbox is neither an object id with its tenant nor the application form".to_owned()
        });
    }
    let path = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let end = path
        .split('?')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    match (end, body) {
        ("$batch" | "%24batch", Some(body)) => {
            for part in body["requests"].as_array().into_iter().flatten() {
                let text = |name: &str| part[name].as_str().unwrap_or_default();
                let inner =
                    check_mutating(names, text("method"), text("url"), &part_headers(part), part.get("body"));
                found.absorb(&format!("part {}", text("id")), inner);
            }
        }
        (_, Some(body)) if body.get("CmdletInput").is_some() => {
            check_cmdlet(names, path, &body["CmdletInput"], &mut found);
        }
        _ if method.eq_ignore_ascii_case("GET") || method.eq_ignore_ascii_case("HEAD") => {}
        _ if READS_BY_POST.iter().any(|action| end.rsplit('.').next() == Some(action)) => {}
        _ => {
            check_url(names, path, &mut found);
            // The body of a `$ref` write is an address too.
            if let Some(id) = body.and_then(|body| body["@odata.id"].as_str()) {
                let path = id.split_once("://").map_or(id, |(_, rest)| rest);
                check_url(names, path, &mut found);
            }
        }
    }
    found.done()
}

fn check_url(names: &Names, path: &str, found: &mut Findings) {
    let Some(decoded) = percent_decode(path) else { return found.add("the URL cannot be decoded") };
    // An annotation of OData is a word of the service: `@microsoft.graph.conflictBehavior`.
    let words = decoded.replace('+', " ").replace("@microsoft.graph.", "");
    if names.stand_in(&words) {
        return found.add("a UPN, mail address or display name stands in a URL that changes something");
    }
    let path = decoded.split('?').next().unwrap_or_default().replace("('", "/").replace("')", "");
    let first = path.split('/').find(|segment| !segment.is_empty() && *segment != "v1.0");
    found.require(first != Some("me"), || "/me names nobody: it is whoever holds the token".to_owned());
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let Some(key) = segments.peek().filter(|_| KEYED_BY_GUID.contains(&segment)) else { continue };
        // Relations, actions and casts stand where a key could; a member of a team has a longer id that is no name.
        let is_name =
            key.starts_with('$') || key.starts_with("microsoft.graph.") || READS_BY_POST.contains(key);
        let of_a_team = path.contains("/team/members/") || path.contains("/teams/");
        found.require(is_guid(key) || is_name || of_a_team || key.is_empty() || *key == "remove", || {
            format!("{segment} is addressed by something that is not an object id")
        });
    }
}

fn check_cmdlet(names: &Names, path: &str, input: &Value, found: &mut Findings) {
    let name = input["CmdletName"].as_str().unwrap_or_default();
    let reads = ["Get-", "Test-", "Search-"].iter().any(|verb| name.starts_with(verb));
    found.require(percent_decode(path).is_some_and(|path| !names.stand_in(&path)), || {
        "a name stands in the URL of a cmdlet call".to_owned()
    });
    for parameter in ["Identity", "Mailbox"] {
        let Some(value) = input["Parameters"][parameter].as_str() else { continue };
        if names.stand_in(value) {
            found.add(format!("{name} -{parameter} holds a UPN, mail address or display name"));
        } else if !reads {
            // What belongs to a mailbox is named behind its id (`{guid}\rule`, `{guid}:\folder`), or by its number where the
            // mailbox is a parameter of its own.
            let owner = value.split([':', '\\']).next().unwrap_or_default();
            let numbered = input["Parameters"].get("Mailbox").is_some()
                && value.bytes().all(|byte| byte.is_ascii_digit());
            let by_id = is_guid(owner) || parameter == "Identity" && numbered && !value.is_empty();
            found.require(by_id, || format!("{name} -{parameter} is not an object id"));
        }
    }
}

/// Reads `MBX:{guid}@{tenant}`, `OID:{guid}@{tenant}` or `APP:SystemMailbox{guid}@{tenant}` (PEERS C1), the ids as GUIDs.
pub(crate) fn anchor(value: &str) -> Option<Anchor<'_>> {
    let (kind, rest) = value.split_once(':')?;
    let (who, tenant) = rest.split_once('@')?;
    let who = match kind.to_ascii_uppercase().as_str() {
        "MBX" | "OID" => who,
        "APP" => who.strip_prefix("SystemMailbox{")?.strip_suffix('}')?,
        _ => return None,
    };
    (is_guid(who) && is_guid(tenant)).then_some(Anchor { tenant })
}

/// Does a name stand in a text as words of its own, not as a piece of a longer one?
fn stands_alone(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !joins(text[..at].chars().next_back()) && !joins(text[at + name.len()..].chars().next())
    })
}
