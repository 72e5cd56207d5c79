//! `InvokeCommand`: the door that Microsoft's own PowerShell module uses. It takes every cmdlet and is documented for
//! nobody else (CONTRACT C0, PEERS (c)), so an organisation chooses it and can turn it off.

use async_trait::async_trait;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::TenantId;
use offboard_core::model::cloud::Hosts;
use offboard_core::ports::{Answer as PortAnswer, Call};
use offboard_http::answer::{Answer, Body};
use offboard_http::client::{Client, Settings, Wire};
use offboard_http::page::{Limits, Pages};
use offboard_http::quota;
use offboard_http::request::Request;
use offboard_http::token::Audience;
use url::Url;

use super::Channel;
use crate::PROVIDER;
use crate::cmdlet::Cmdlet;
use crate::reply::{Page, Reply};
use crate::status;

const TEMPLATE: &str = "/adminapi/beta/{tenant}/InvokeCommand";

/// The mailbox that stands for the organisation itself. Anchoring on a person's mailbox would be faster by a hop, but
/// takes either a name, which may be somebody else's by now (P1), or a mailbox id that a first reading does not have.
const SYSTEM_MAILBOX: &str = "bb558c35-97f1-4cb9-8ff7-d53741dc928c";

const ANCHOR_MAILBOX: HeaderName = HeaderName::from_static("x-anchormailbox");
const CMDLET_NAME: HeaderName = HeaderName::from_static("x-cmdletname");
const RESPONSE_FORMAT: HeaderName = HeaderName::from_static("x-responseformat");
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Objects on a page, the most there can be.
const PAGE_SIZE: &str = "odata.maxpagesize=1000";

/// One mailbox has no more than some hundred rules or rights; a longer list is not what was asked for.
const LIMITS: Limits = Limits { pages: 200, empty_pages: 10, items: 100_000 };

/// `POST {exchange}/adminapi/beta/{tenant}/InvokeCommand`, for reading too.
#[derive(Debug, Clone)]
pub struct InvokeCommand {
    client: Client,
    door: Url,
    /// Where all doors of the service lie, pages too.
    base: String,
    anchor: HeaderValue,
}

impl InvokeCommand {
    /// The door below `exchange` ([`Hosts::exchange`]) of `tenant`.
    ///
    /// # Errors
    /// [`Kind::InvalidRequest`] if `exchange` is no https URL (http only to this machine), or has a query.
    pub fn new(wire: Wire, exchange: &str, tenant: TenantId) -> Result<Self, ProviderError> {
        Self::with_settings(wire, exchange, None, tenant, Settings::default())
    }

    /// The door of a cloud, by the name under which its sign-in knows Exchange.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of(wire: Wire, hosts: &Hosts, tenant: TenantId) -> Result<Self, ProviderError> {
        Self::with_settings(
            wire,
            &hosts.exchange,
            hosts.exchange_resource.as_deref(),
            tenant,
            Settings::default(),
        )
    }

    /// As [`new`](Self::new), with other times and limits; what is throttling is decided here. `resource` is the name
    /// by which sign-in knows Exchange, where that is not its own origin.
    pub fn with_settings(
        wire: Wire,
        exchange: &str,
        resource: Option<&str>,
        tenant: TenantId,
        mut settings: Settings,
    ) -> Result<Self, ProviderError> {
        let unusable = |why: &dyn std::fmt::Display| {
            let failure =
                Failure::new(Kind::InvalidRequest, format!("the host of Exchange cannot be used: {why}"))
                    .code("exchange_host")
                    .hint(
                        "it is a URL such as https://outlook.office365.com, without what follows /adminapi",
                    );
            ProviderError::new(PROVIDER, failure)
        };
        let mut door = Url::parse(exchange).map_err(|error| unusable(&error))?;
        let mut audience = Audience::of(&door).map_err(|error| unusable(&error))?;
        if let Some(resource) = resource {
            audience = audience.with_scope(format!("{resource}/.default"));
        }
        if door.query().is_some() || door.fragment().is_some() {
            return Err(unusable(&"it has a query"));
        }
        let base = format!("{}/adminapi/", door.path().trim_end_matches('/'));
        door.set_path(&format!("{base}beta/{tenant}/InvokeCommand"));
        let anchor = format!("APP:SystemMailbox{{{SYSTEM_MAILBOX}}}@{tenant}");
        let anchor = HeaderValue::from_str(&anchor).map_err(|error| unusable(&error))?;
        settings.verdict = status::verdict;
        Ok(Self { client: Client::new(PROVIDER, wire, audience, settings), door, base, anchor })
    }

    /// The client, for reading what is in its token.
    pub fn client(&self) -> &Client {
        &self.client
    }

    fn request(&self, cmdlet: &Cmdlet) -> Request {
        let mut url = self.door.clone();
        if !cmdlet.select().is_empty() {
            // Property names are words of ours: nothing in them needs to be encoded.
            url.set_query(Some(&format!("$select={}", cmdlet.select().join(","))));
        }
        let name = cmdlet.name();
        Request::new(Method::POST, url, TEMPLATE, status::idempotency(name.repeat()))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))
            .header(PREFER, HeaderValue::from_static(PAGE_SIZE))
            .header(ANCHOR_MAILBOX, self.anchor.clone())
            .header(CMDLET_NAME, HeaderValue::from_static(name.as_str()))
            .header(RESPONSE_FORMAT, HeaderValue::from_static("json"))
            .charge(quota::EXCHANGE, 1, u32::from(name.writes()))
            .json(cmdlet.to_json())
    }
}

#[async_trait]
impl Channel for InvokeCommand {
    async fn run(&self, call: &Call, cmdlet: &Cmdlet) -> PortAnswer<Reply> {
        let mut request = self.request(cmdlet);
        let mut pages = Pages::new(self.client.origin().clone(), request.url(), LIMITS);
        let mut whole: Option<Reply> = None;
        loop {
            let answer = self.client.send(call, request.clone()).await?;
            let page = page(cmdlet, &answer)?;
            let mut reply =
                whole.take().unwrap_or_else(|| Reply::new(cmdlet.name(), answer.request_id(), answer.date()));
            let (items, link) = (page.rows.len(), page.next.clone());
            reply.push(page);
            // Asking for a next page sends the body again: a change would be made again.
            let link = link.filter(|_| !cmdlet.name().writes());
            let next = pages
                .next(items, link.as_deref())
                .map_err(|why| reply.protocol("next_page", format!("{}: {why}", cmdlet.name())))?;
            match next {
                None => return Ok(reply),
                Some(url) if url.path().starts_with(&self.base) => request = request.at(url),
                Some(_) => {
                    let message = format!("{}: the link to the next page leads elsewhere", cmdlet.name());
                    return Err(reply.protocol("next_page", message));
                }
            }
            whole = Some(reply);
        }
    }
}

/// The page that `answer` brings, or the failure that it stands for.
fn page(cmdlet: &Cmdlet, answer: &Answer) -> PortAnswer<Page> {
    let name = cmdlet.name();
    let refused = answer.as_json().and_then(|body| body.get("error")).is_some_and(|error| !error.is_null());
    if refused || !answer.is_success() {
        return Err(status::failure(answer, name));
    }
    let body = match answer.body() {
        Body::Empty if answer.status() == StatusCode::NO_CONTENT || name.writes() => None,
        _ => Some(answer.json()?),
    };
    Page::read(name, body).map_err(|mut error| {
        error.failure.request_id = answer.request_id();
        error
    })
}
