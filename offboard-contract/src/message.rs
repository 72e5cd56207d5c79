//! A recorded request and its answer, borrowed from whoever recorded them.

use serde_json::Value;

/// Header names and values, in the order in which they were sent; names are compared without case.
pub type Headers = [(String, String)];

/// A request as it was sent.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// An absolute URL, or a path with its query.
    pub url: &'a str,
    /// All headers.
    pub headers: &'a Headers,
    /// The body, if there was one and it is JSON.
    pub body: Option<&'a Value>,
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// All headers.
    pub headers: &'a Headers,
    /// The body; what is not JSON stands as a JSON string.
    pub body: Option<&'a Value>,
}

/// The value of the first header of that name.
pub(crate) fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The headers of a part of a batch: an object of strings. What is not a string is left out; the schema complains of it.
pub(crate) fn part_headers(part: &Value) -> Vec<(String, String)> {
    part.get("headers").and_then(Value::as_object).map_or_else(Vec::new, |headers| {
        headers
            .iter()
            .filter_map(|(name, value)| value.as_str().map(|text| (name.clone(), text.to_owned())))
            .collect()
    })
}

/// Is this content type JSON, with or without parameters behind it?
pub(crate) fn is_json(content_type: &str) -> bool {
    media_type(content_type).eq_ignore_ascii_case("application/json")
}

/// The type without its parameters.
pub(crate) fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}
