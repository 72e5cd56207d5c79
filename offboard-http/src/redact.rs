//! What logs may show. By allow-list: what is not known to be harmless is not shown (DESIGN rule 14).

use std::fmt::Write;

use http::HeaderMap;
use url::Url;

/// Headers whose values name neither people nor secrets.
const SHOWN: [&str; 18] = [
    "cache-control",
    "client-request-id",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "rate-limit-remaining",
    "rate-limit-reset",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "user-agent",
    "x-exceptiontype",
    "x-ms-request-id",
    "x-ms-resource-unit",
    "x-ms-throttle-information",
    "x-ms-throttle-limit-percentage",
    "x-ms-throttle-priority",
];

/// The headers with the values that may be shown; of the others the names.
pub fn headers(headers: &HeaderMap) -> String {
    let mut shown = String::new();
    for (name, value) in headers {
        let value = Some(value)
            .filter(|value| !value.is_sensitive() && SHOWN.contains(&name.as_str()))
            .and_then(|value| value.to_str().ok());
        let separator = if shown.is_empty() { "" } else { ", " };
        let _ = write!(shown, "{separator}{name}: {}", value.unwrap_or("…"));
    }
    shown
}

/// A URL without user, query values, fragment, and without any part of the path that may be a name or a
/// capability: words of the API and GUIDs stay.
pub fn url(url: &Url) -> String {
    let mut shown = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
    if let Some(port) = url.port() {
        let _ = write!(shown, ":{port}");
    }
    for segment in url.path_segments().into_iter().flatten() {
        let _ = write!(shown, "/{}", if is_word(segment) || is_guid(segment) { segment } else { "…" });
    }
    let mut separator = '?';
    for (name, _) in url.query_pairs() {
        let name = if is_word(&name) { &name } else { "…" };
        let _ = write!(shown, "{separator}{name}=…");
        separator = '&';
    }
    shown
}

/// What a service says for people, as one line of at most `longest` characters. A word as long as only tokens,
/// signatures and whole documents are is left out: some services repeat in a refusal what they were sent.
pub fn said(text: &str, longest: usize) -> String {
    const LONGEST_WORD: usize = 100;
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = plain.split_whitespace().map(|word| if word.len() > LONGEST_WORD { "…" } else { word });
    let mut line = words.collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(longest) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Short, letters with at most a leading `$`, or a version: a resource of the API. A person's name can look like
/// this too, but stands in no path of ours: objects are addressed by id (DESIGN rule 11).
fn is_word(segment: &str) -> bool {
    let letters = segment.strip_prefix('$').unwrap_or(segment);
    segment.len() <= 40
        && (segment.is_empty() || segment == "v1.0" || letters.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn is_guid(segment: &str) -> bool {
    segment.parse::<offboard_core::id::UserId>().is_ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn headers_are_shown_by_allow_list() {
        let mut map = HeaderMap::new();
        map.insert("request-id", HeaderValue::from_static("r-1"));
        map.insert("authorization", HeaderValue::from_static("Bearer canary"));
        map.insert("x-anchormailbox", HeaderValue::from_static("UPN:canary@contoso.com"));
        map.insert("location", HeaderValue::from_static("https://x/canary"));
        let mut secret = HeaderValue::from_static("canary");
        secret.set_sensitive(true);
        map.insert("content-type", secret);
        let shown = headers(&map);
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("request-id: r-1") && shown.contains("authorization: …"), "{shown}");
    }

    #[test]
    fn what_a_service_says_is_one_line_without_what_it_was_sent() {
        let token = format!("ey{}.canary", "J0eXAiOiJKV1Qi".repeat(20));
        assert_eq!(said(&format!("No, not\r\nwith {token} !"), 240), "No, not with … !");
        assert_eq!(said("  Resource 'x' does not exist. ", 10), "Resource '…");
        assert_eq!(said("\u{1b}[31m", 10), "[31m");
    }

    #[test]
    fn urls_lose_names_and_values() {
        for (seen, wanted) in [
            (
                "https://graph.microsoft.com/v1.0/users/0f8b1c2d-3e4f-4051-9263-748596a7b8c9/memberOf?$top=5",
                "https://graph.microsoft.com/v1.0/users/0f8b1c2d-3e4f-4051-9263-748596a7b8c9/memberOf?$top=…",
            ),
            (
                "https://graph.microsoft.com/v1.0/users/alex@contoso.com?$filter=mail%20eq%20'canary'",
                "https://graph.microsoft.com/v1.0/users/…?$filter=…",
            ),
            ("https://u:canary@graph.microsoft.com/v1.0#canary", "https://graph.microsoft.com/v1.0"),
            (
                "https://contoso.sharepoint.com/_api/v2.0/monitor/4A3407B5-88FC-4504-8B21-0AABD3412717?tempauth=canary",
                "https://contoso.sharepoint.com/…/…/monitor/4A3407B5-88FC-4504-8B21-0AABD3412717?tempauth=…",
            ),
            ("http://127.0.0.1:8080/$batch?canary=1&c%40=2", "http://127.0.0.1:8080/$batch?canary=…&…=…"),
        ] {
            assert_eq!(url(&Url::parse(seen).unwrap()), wanted);
        }
    }
}
