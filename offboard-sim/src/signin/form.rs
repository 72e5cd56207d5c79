//! The form that a token is asked with.

use std::collections::BTreeMap;

use super::denied::Denied;
use crate::wire::Request;

/// The fields of a form. An empty one counts as missing.
#[derive(Debug)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a request's body. A field that stands there twice is refused, as RFC 6749 wants it.
    pub(super) fn of(request: &Request) -> Result<Self, Denied> {
        let kind = request.header("content-type").unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Denied::malformed(
                "The request body must be form-encoded: Content-Type application/x-www-form-urlencoded.",
            ));
        }
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(&request.body).into_owned() {
            if fields.insert(name.clone(), value).is_some() {
                return Err(Denied::malformed(format!("The parameter '{name}' is duplicated.")));
            }
        }
        Ok(Self(fields))
    }

    /// A field, if it is there.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A field that must be there.
    pub(super) fn field(&self, name: &str) -> Result<&str, Denied> {
        self.get(name).ok_or_else(|| Denied::missing(name))
    }
}
