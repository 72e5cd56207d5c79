//! JSON from outside, with its depth bounded before anything is built from it (P24), and JSON to the outside
//! in memory that is wiped.

use std::io;

use serde_json::Value;
use zeroize::Zeroizing;

/// How deep an answer may nest.
pub const MAX_DEPTH: usize = 64;

/// A body that is not the JSON we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It nests deeper than [`MAX_DEPTH`].
    #[error("it nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// It is not JSON at all.
    #[error("it is not JSON")]
    NotJson,
}

/// Parses `bytes`, whatever they claim to be.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if depth(bytes) > MAX_DEPTH {
        return Err(JsonError::TooDeep);
    }
    serde_json::from_slice(bytes).map_err(|_| JsonError::NotJson)
}

/// The deepest nesting of brackets outside strings; exact for valid JSON, and cheap for anything else.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Writes `value` into memory that is wiped afterwards, sized first so that no copy is left behind by growing.
pub fn to_wiped_bytes(value: &Value) -> Zeroizing<Vec<u8>> {
    let mut counter = Counter(0);
    // Writing a `Value` to memory cannot fail: its keys are texts.
    let _ = serde_json::to_writer(&mut counter, value);
    let mut bytes = Zeroizing::new(Vec::with_capacity(counter.0));
    let _ = serde_json::to_writer(&mut *bytes, value);
    bytes
}

struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded_before_parsing() {
        let nested = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(parse(nested(MAX_DEPTH + 1).as_bytes()), Err(JsonError::TooDeep));
        assert_eq!(parse("[".repeat(1_000_000).as_bytes()), Err(JsonError::TooDeep));
        let in_text = format!(r#"{{"a":"{}\"["}}"#, "[".repeat(200));
        assert!(parse(in_text.as_bytes()).is_ok());
    }

    #[test]
    fn garbage_is_an_error_and_a_byte_order_mark_is_not() {
        for bad in [&b"\x1f\x8b\0\0\0"[..], b"<html>", b"", b"\xff\xfe", b"{\"a\":1} x"] {
            assert_eq!(parse(bad), Err(JsonError::NotJson), "{bad:?}");
        }
        assert_eq!(parse(b"\xef\xbb\xbf{\"a\":1}"), Ok(serde_json::json!({ "a": 1 })));
    }

    #[test]
    fn wiped_bytes_never_grow() {
        let value = serde_json::json!({ "password": "pässword \"quoted\"", "n": [1, 2.5, null] });
        let bytes = to_wiped_bytes(&value);
        assert_eq!(bytes.len(), bytes.capacity());
        assert_eq!(parse(&bytes), Ok(value));
    }
}
