//! Finding a secret in bytes, in whatever form it may have got there.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Pieces of a secret are looked for in this length: whatever is twice as long holds one of them.
const PIECE: usize = 12;

/// Secrets, and the forms in which they would be recognised.
#[derive(Debug, Default)]
pub struct Leaks(Vec<(String, String)>);

impl Leaks {
    /// Looks for `secret` too, and for pieces of it.
    pub fn add(&mut self, what: &str, secret: &str) {
        for (form, text) in forms(secret) {
            self.0.push((format!("{what}, {form}"), text));
        }
        // The first part of a token says only how it was signed, and stands in every one.
        let telling =
            secret.split_once('.').filter(|_| secret.starts_with("eyJ")).map_or(secret, |(_, rest)| rest);
        let pieces = telling.as_bytes().windows(PIECE).step_by(PIECE);
        let piece = |bytes| (format!("a piece of {what}"), String::from_utf8_lossy(bytes).into_owned());
        self.0.extend(pieces.map(piece));
    }

    /// What stands in these bytes, if anything does.
    pub fn find(&self, bytes: &[u8]) -> Option<&str> {
        let text = String::from_utf8_lossy(bytes);
        let found = self.0.iter().find(|(_, form)| text.contains(form.as_str()));
        found.map(|(what, _)| what.as_str())
    }
}

fn hex(secret: &str) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap();
    secret.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let json = serde_json::to_string(secret).unwrap();
    let escaped = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![
        ("raw", secret.to_owned()),
        ("in JSON", json.trim_matches('"').to_owned()),
        ("in a URL", utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()),
        ("in a form", form),
        ("in HTML", escaped.replace('"', "&quot;").replace('\'', "&#39;")),
        ("in base64", STANDARD.encode(secret)),
        ("in base64 without padding", STANDARD_NO_PAD.encode(secret)),
        ("in base64 for URLs", URL_SAFE.encode(secret)),
        ("in base64 for URLs without padding", URL_SAFE_NO_PAD.encode(secret)),
        ("in hexadecimal", hex(secret)),
        // As a list of numbers, which is how bytes are shown in logs.
        ("as numbers", secret.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ")),
    ]
}

#[test]
fn every_form_is_found() {
    let secret = "aB3!x/\"+q&7<Zw>#y%Lm'0{pR}";
    let mut leaks = Leaks::default();
    leaks.add("it", secret);
    for (form, text) in forms(secret) {
        assert!(leaks.find(format!("before {text} after").as_bytes()).is_some(), "{form}");
    }
    assert!(leaks.find(&secret.as_bytes()[..2 * PIECE]).is_some(), "a piece");
    assert_eq!(leaks.find(b"nothing of it"), None);
}
