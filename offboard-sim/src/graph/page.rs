//! Objects and pages of objects as answers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::filter::at;
use super::names::Kind;
use crate::wire::Reply;

/// How many rows a page has.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageSize {
    pub(super) usual: usize,
    pub(super) most: usize,
}

/// 100 rows, up to 999.
pub(super) const USUAL: PageSize = PageSize { usual: 100, most: 999 };

impl Call<'_> {
    /// One object, reduced to what was selected.
    pub(super) fn object(&self, kind: Kind, object: &Value) -> Result<Reply, Refusal> {
        let mut body = self.selected(kind, object)?;
        body.insert("@odata.context".to_owned(), json!(self.context(&format!("{}/$entity", kind.set()))));
        Ok(Reply::json(StatusCode::OK, &Value::Object(body)))
    }

    /// A page of objects: filtered, ordered, reduced, with a link to the next one.
    pub(super) fn page(&self, kind: Kind, size: PageSize, rows: Vec<Value>) -> Result<Reply, Refusal> {
        let top = self.query.top.unwrap_or(size.usual);
        if top > size.most {
            return Err(Refusal::parse(format!(
                "Invalid page size specified: '{top}'. Must be between 1 and {} inclusive.",
                size.most
            )));
        }
        // A list without rows refuses a wrong name too.
        self.check_selected(kind)?;
        let mut rows = self.filtered(kind, rows)?;
        if let Some((field, descending)) = &self.query.order {
            rows.sort_by_key(|row| at(row, field).to_string());
            if *descending {
                rows.reverse();
            }
        }
        let all = rows.len();
        let from = match &self.query.skiptoken {
            Some(token) => offset_of(token)?,
            None => self.query.skip,
        };
        let rows: Vec<Value> = rows.into_iter().skip(from).take(top).collect();
        let next = from + rows.len();
        let values: Result<Vec<Value>, Refusal> =
            rows.iter().map(|row| self.selected(kind, row).map(Value::Object)).collect();
        let mut body = json!({ "@odata.context": self.context(kind.set()) });
        if self.query.count {
            body["@odata.count"] = json!(all);
        }
        if next < all {
            body["@odata.nextLink"] = json!(self.next_link(next));
        }
        body["value"] = Value::Array(values?);
        Ok(Reply::json(StatusCode::OK, &body))
    }

    fn filtered(&self, kind: Kind, rows: Vec<Value>) -> Result<Vec<Value>, Refusal> {
        let Some(filter) = &self.query.filter else { return Ok(rows) };
        filter.check(kind.name(), &|name| kind.has(name))?;
        let eventual = self.request.header("consistencylevel") == Some("eventual") && self.query.count;
        if kind.is_directory_object() && filter.is_advanced() && !eventual {
            let text = "Operator is not supported without 'ConsistencyLevel: eventual' and $count=true.";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", text));
        }
        Ok(rows.into_iter().filter(|row| filter.fits(row)).collect())
    }

    /// What was selected of an object; without `$select`, what the service gives by itself.
    fn selected(&self, kind: Kind, object: &Value) -> Result<Map<String, Value>, Refusal> {
        let Some(object) = object.as_object() else { return Ok(Map::new()) };
        let type_of = object.get("@odata.type").cloned();
        let mut found = Map::new();
        if let Some(type_of) = type_of {
            found.insert("@odata.type".to_owned(), type_of);
        }
        match &self.query.select {
            None => {
                let usual = kind.usual();
                let rows =
                    object.iter().filter(|(name, _)| usual.is_empty() || usual.contains(&name.as_str()));
                found.extend(rows.map(|(name, value)| (name.clone(), value.clone())));
            }
            Some(names) => {
                self.check_selected(kind)?;
                for name in names {
                    // What this simulation does not keep is not there, as an unset property is null.
                    if let Some(value) = object.get(name) {
                        found.insert(name.clone(), value.clone());
                    }
                }
                if kind.always_has_id()
                    && let Some(id) = object.get("id")
                {
                    found.entry("id").or_insert_with(|| id.clone());
                }
            }
        }
        Ok(found)
    }

    fn check_selected(&self, kind: Kind) -> Result<(), Refusal> {
        match self.query.select.iter().flatten().find(|name| !kind.has(name)) {
            None => Ok(()),
            Some(name) => {
                let kind = kind.name();
                let text =
                    format!("Could not find a property named '{name}' on type 'microsoft.graph.{kind}'.");
                Err(Refusal::parse(text))
            }
        }
    }

    fn context(&self, what: &str) -> String {
        let select = self.query.select.as_ref().map(|names| format!("({})", names.join(",")));
        let (set, rest) =
            what.split_once('/').map_or((what, String::new()), |(set, rest)| (set, format!("/{rest}")));
        format!("{}/v1.0/$metadata#{set}{}{rest}", self.request.origin, select.unwrap_or_default())
    }

    /// The link to the rows from `next` on: the same address, with the options it had.
    fn next_link(&self, next: usize) -> String {
        let replaced = |part: &&str| {
            let name = part.split('=').next().unwrap_or_default().to_ascii_lowercase();
            matches!(name.trim_start_matches("%24").trim_start_matches('$'), "skiptoken" | "skip" | "")
        };
        let mut parts: Vec<&str> = self.request.query.split('&').filter(|part| !replaced(part)).collect();
        let token = format!("$skiptoken={}", URL_SAFE_NO_PAD.encode(format!("offboard-sim/{next}")));
        parts.push(&token);
        format!("{}{}?{}", self.request.origin, self.request.path, parts.join("&"))
    }
}

fn offset_of(token: &str) -> Result<usize, Refusal> {
    let decoded = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let offset =
        decoded.and_then(|text| text.strip_prefix("offboard-sim/").and_then(|text| text.parse().ok()));
    offset.ok_or_else(|| Refusal::parse("The specified page token value is not valid."))
}
