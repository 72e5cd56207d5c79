//! From a request to what it means: read one, read all pages, write.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::TenantId;
use offboard_core::model::cloud::Cloud;
use offboard_core::ports::{Call, Receipt};
use offboard_http::client::Client;
use offboard_http::page::{Limits, PageError, Pages};
use serde::de::DeserializeOwned;
use url::Url;

use crate::PROVIDER;
use crate::ask::Ask;
use crate::batch::Gatherer;
use crate::reply::Reply;
use crate::status;
use crate::wire::Malformed;
use crate::wire::collection::Page;

/// No list is followed further than this.
const MOST_PAGES: u32 = 10_000;

/// Codes of a 404 by which the directory says that there is no such object. Any other 404 may be a proxy's.
pub(crate) const NO_OBJECT: &[&str] = &["Request_ResourceNotFound", "ResourceNotFound"];

/// One tenant's Graph.
pub(crate) struct Door {
    client: Client,
    base: Url,
    cloud: Cloud,
    tenant: TenantId,
    gatherer: Gatherer,
}

impl Door {
    pub(crate) fn new(client: Client, base: Url, cloud: Cloud, tenant: TenantId) -> Self {
        Self { client, base, cloud, tenant, gatherer: Gatherer::default() }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The address with its version, without a slash at its end.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    pub(crate) fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(crate) fn gatherer(&self) -> &Gatherer {
        &self.gatherer
    }

    /// Reads one object; nothing where a 404 carries one of the codes of `absent`.
    pub(crate) async fn read<B: DeserializeOwned, T>(
        self: &Arc<Self>,
        call: &Call,
        ask: Ask,
        absent: &[&str],
        understand: impl FnOnce(B) -> Result<T, Malformed> + Send,
    ) -> Result<Option<T>, ProviderError> {
        let ask = Arc::new(ask);
        let reply = self.ask(call, &ask).await?;
        understood(&ask, &reply, absent, understand)
    }

    /// Reads a list to its end.
    pub(crate) async fn list<B: DeserializeOwned, T: Send>(
        self: &Arc<Self>,
        call: &Call,
        ask: Ask,
        understand: impl Fn(B) -> Result<T, Malformed> + Send,
    ) -> Result<Vec<T>, ProviderError> {
        Ok(self.list_if_there(call, ask, &[], understand).await?.unwrap_or_default())
    }

    /// As [`list`](Self::list), and nothing where a 404 carries one of the codes of `absent`.
    pub(crate) async fn list_if_there<B: DeserializeOwned, T: Send>(
        self: &Arc<Self>,
        call: &Call,
        ask: Ask,
        absent: &[&str],
        understand: impl Fn(B) -> Result<T, Malformed> + Send,
    ) -> Result<Option<Vec<T>>, ProviderError> {
        let template = ask.template;
        match self.pages(call, ask, absent, MOST_PAGES, understand).await? {
            None => Ok(None),
            Some((rows, true)) => Ok(Some(rows)),
            Some((_, false)) => {
                let failure =
                    Failure::new(Kind::Protocol, [template, ": ", &PageError::TooLong.to_string()].concat());
                Err(ProviderError::new(PROVIDER, failure.code("list_too_long")))
            }
        }
    }

    /// Reads at most `most` pages of a list, and says whether that was all.
    pub(crate) async fn pages<B: DeserializeOwned, T: Send>(
        self: &Arc<Self>,
        call: &Call,
        ask: Ask,
        absent: &[&str],
        most: u32,
        understand: impl Fn(B) -> Result<T, Malformed> + Send,
    ) -> Result<Option<(Vec<T>, bool)>, ProviderError> {
        let ask = Arc::new(ask);
        let mut reply = self.ask(call, &ask).await?;
        if reply.status == StatusCode::NOT_FOUND && reply.fault().is(absent) {
            return Ok(None);
        }
        let most = Limits { pages: most, ..Limits::default() };
        let mut pages = Pages::new(self.client.origin().clone(), &self.base, most);
        let mut rows = Vec::new();
        loop {
            let malformed = |error| status::malformed(&ask, &reply, &error);
            let page = Page::of(success(&ask, &reply)?).map_err(malformed)?;
            let next = pages.next(page.rows.len(), page.next.as_deref());
            for row in page.rows {
                rows.push(understand(row).map_err(malformed)?);
            }
            let url = match next {
                Ok(None) => return Ok(Some((rows, true))),
                Ok(Some(url)) if self.is_below(&url) => url,
                Ok(Some(_)) => return Err(astray(&ask, &reply, PageError::Foreign)),
                Err(PageError::TooLong) => return Ok(Some((rows, false))),
                Err(why) => return Err(astray(&ask, &reply, why)),
            };
            reply = Reply::alone(&self.client.send(call, ask.page(url)).await?);
        }
    }

    /// A page of Graph lies below the version that was asked.
    fn is_below(&self, url: &Url) -> bool {
        url.path().strip_prefix(self.base.path()).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Writes, and takes any 2xx whose body is JSON or empty for "accepted".
    pub(crate) async fn write(self: &Arc<Self>, call: &Call, ask: Ask) -> Result<Receipt, ProviderError> {
        let ask = Arc::new(ask);
        let reply = self.ask(call, &ask).await?;
        accepted(&ask, &reply)?;
        Ok(reply.receipt(call))
    }

    /// As [`write`](Self::write), where a 404 with one of the codes of `gone` says that it is so already.
    pub(crate) async fn write_or_gone(
        self: &Arc<Self>,
        call: &Call,
        ask: Ask,
        gone: &[&str],
    ) -> Result<Receipt, ProviderError> {
        let ask = Arc::new(ask);
        let reply = self.ask(call, &ask).await?;
        if !(reply.status == StatusCode::NOT_FOUND && reply.fault().is(gone)) {
            accepted(&ask, &reply)?;
        }
        Ok(reply.receipt(call))
    }
}

/// What the answer to a reading says; nothing where a 404 carries one of the codes of `absent`.
pub(crate) fn understood<B: DeserializeOwned, T>(
    ask: &Ask,
    reply: &Reply,
    absent: &[&str],
    understand: impl FnOnce(B) -> Result<T, Malformed>,
) -> Result<Option<T>, ProviderError> {
    if reply.status == StatusCode::NOT_FOUND && reply.fault().is(absent) {
        return Ok(None);
    }
    B::deserialize(success(ask, reply)?)
        .map_err(|_| Malformed("it has another shape than Graph documents".into()))
        .and_then(understand)
        .map(Some)
        .map_err(|error| status::malformed(ask, reply, &error))
}

/// A list whose pages lead nowhere that offboard follows.
fn astray(ask: &Ask, reply: &Reply, why: PageError) -> ProviderError {
    let mut error = status::not_understood(ask, reply, &why.to_string());
    error.failure.code = Some("next_link".to_owned());
    error
}

/// The body of a reading that succeeded.
fn success<'a>(ask: &Ask, reply: &'a Reply) -> Result<&'a serde_json::Value, ProviderError> {
    if !reply.status.is_success() {
        return Err(status::failure(ask, reply));
    }
    match &reply.body {
        Some(body) => Ok(body),
        None if reply.garbled => Err(status::not_understood(ask, reply, "the answer is not JSON")),
        None => Err(status::not_understood(ask, reply, "the answer is empty")),
    }
}

/// Whether a write was accepted.
pub(crate) fn accepted(ask: &Ask, reply: &Reply) -> Result<(), ProviderError> {
    if !reply.status.is_success() {
        return Err(status::failure(ask, reply));
    }
    if reply.garbled {
        return Err(status::not_understood(ask, reply, "the answer is not JSON"));
    }
    Ok(())
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Door({})", self.base)
    }
}
