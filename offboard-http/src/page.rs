//! Reading a list that comes in pages, without following its links anywhere else (P20, P24).

use std::collections::HashSet;
use std::future::Future;

use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::ports::call::Call;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use crate::answer::Answer;
use crate::client::Client;
use crate::origin::Origin;
use crate::request::Request;

/// How far a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pages at most.
    pub pages: u32,
    /// Pages in a row that hold nothing and still have a next one, at most.
    pub empty_pages: u32,
    /// Items at most.
    pub items: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pages: 10_000, empty_pages: 100, items: 1_000_000 }
    }
}

/// Why the next page is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The link is no absolute URL in its usual form.
    #[error("the link to the next page is malformed")]
    Malformed,
    /// The link leads to another service.
    #[error("the link to the next page leads to another service")]
    Foreign,
    /// The page was read before.
    #[error("the pages lead back to one that was read before")]
    Cycle,
    /// The list is longer than we read.
    #[error("the list is longer than offboard reads")]
    TooLong,
    /// Page after page is empty.
    #[error("page after page is empty")]
    Empty,
}

/// The way through one list. It knows no HTTP: who asks for the next page is the caller's affair.
#[derive(Debug)]
pub struct Pages {
    origin: Origin,
    limits: Limits,
    seen: HashSet<String>,
    count: u32,
    empty: u32,
    items: usize,
}

impl Pages {
    /// A list that starts at `first`, which lies at `origin`.
    pub fn new(origin: Origin, first: &Url, limits: Limits) -> Self {
        Self {
            origin,
            limits,
            seen: HashSet::from([first.as_str().to_owned()]),
            count: 0,
            empty: 0,
            items: 0,
        }
    }

    /// A page with so many `items` was read, which names `link` as the next one. Returns where that is.
    pub fn next(&mut self, items: usize, link: Option<&str>) -> Result<Option<Url>, PageError> {
        self.count += 1;
        self.items = self.items.saturating_add(items);
        self.empty = if items == 0 { self.empty + 1 } else { 0 };
        if self.items > self.limits.items {
            return Err(PageError::TooLong);
        }
        let Some(link) = link else { return Ok(None) };
        let url = pinned(&self.origin, link)?;
        if self.count >= self.limits.pages {
            return Err(PageError::TooLong);
        }
        if self.empty > self.limits.empty_pages {
            return Err(PageError::Empty);
        }
        if !self.seen.insert(url.as_str().to_owned()) {
            return Err(PageError::Cycle);
        }
        Ok(Some(url))
    }
}

/// The URL that `link` names, if it is an absolute URL at exactly `origin`, written the way a service writes its own.
pub fn pinned(origin: &Origin, link: &str) -> Result<Url, PageError> {
    // What a URL parser would quietly drop or turn around is nothing that a service writes.
    if link.len() > 32 * 1024 || link.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(PageError::Malformed);
    }
    let url = Url::parse(link).map_err(|_| PageError::Malformed)?;
    if !origin.holds(&url) {
        return Err(PageError::Foreign);
    }
    let (_, rest) = link.split_once("://").ok_or(PageError::Malformed)?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains(['@', '%']) || !authority.is_ascii() {
        return Err(PageError::Foreign);
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if url.fragment().is_some() || path.split('/').any(is_climbing) {
        return Err(PageError::Malformed);
    }
    Ok(url)
}

/// Whether a segment is, or could be decoded to, one that leads upwards or splits.
fn is_climbing(segment: &str) -> bool {
    let mut text = segment.to_owned();
    for _ in 0..4 {
        if text == "." || text == ".." || text.contains(['\\', '\0', '\r', '\n']) {
            return true;
        }
        if text.contains('/') {
            return text.split('/').any(|part| part == "." || part == "..");
        }
        let next = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if next == text {
            return false;
        }
        text = next;
    }
    // Encoded over and over: nothing that a service writes.
    true
}

/// Reads all pages from `first` on and returns the items of their `value`.
///
/// The next page is asked for by the same request at another URL, so a `POST` sends its body again, as Exchange
/// wants it. `read` makes an answer into its JSON, or into the adapter's error; a page without `value` is
/// [`Kind::Protocol`], never an empty list.
pub async fn all<R>(
    client: &Client,
    call: &Call,
    first: Request,
    read: R,
) -> Result<Vec<Value>, ProviderError>
where
    R: Fn(Answer) -> Result<Value, ProviderError>,
{
    let template = first.template();
    let pages = Pages::new(client.origin().clone(), first.url(), Limits::default());
    let fetch = async |url: Option<Url>| {
        let request = match url {
            Some(url) => first.clone().at(url),
            None => first.clone(),
        };
        read(client.send(call, request).await?)
    };
    collect(pages, fetch).await.map_err(|error| match error {
        CollectError::Page(why) => {
            client.error(Failure::new(Kind::Protocol, format!("{template}: {why}")).code(match why {
                PageError::Foreign => "next_link_foreign",
                PageError::Malformed => "next_link_malformed",
                PageError::Cycle => "next_link_cycle",
                PageError::TooLong | PageError::Empty => "list_too_long",
            }))
        }
        CollectError::Shape => client.error(
            Failure::new(Kind::Protocol, format!("{template} answered without a list")).code("no_list"),
        ),
        CollectError::Fetch(error) => error,
    })
}

/// Why a list could not be read to its end.
#[derive(Debug)]
pub enum CollectError<E> {
    /// The next page is not asked for.
    Page(PageError),
    /// A page holds no list.
    Shape,
    /// A page could not be had.
    Fetch(E),
}

/// As [`all`], with `fetch` to get a page: the first without a URL, then at the URL that the page before named.
/// For pages that travel in batches.
pub async fn collect<F, T, E>(mut pages: Pages, mut fetch: F) -> Result<Vec<Value>, CollectError<E>>
where
    F: FnMut(Option<Url>) -> T,
    T: Future<Output = Result<Value, E>>,
{
    let mut items = Vec::new();
    let mut at = None;
    loop {
        let page = fetch(at.take()).await.map_err(CollectError::Fetch)?;
        let Value::Object(mut page) = page else { return Err(CollectError::Shape) };
        let Some(Value::Array(value)) = page.remove("value") else { return Err(CollectError::Shape) };
        let link = match page.get("@odata.nextLink") {
            None | Some(Value::Null) => None,
            Some(Value::String(link)) => Some(link.as_str()),
            Some(_) => return Err(CollectError::Page(PageError::Malformed)),
        };
        let next = pages.next(value.len(), link).map_err(CollectError::Page)?;
        items.extend(value);
        match next {
            Some(url) => at = Some(url),
            None => return Ok(items),
        }
    }
}

#[cfg(test)]
mod tests;
