//! Site-collection administrators: read, added, taken away.

use async_trait::async_trait;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, IF_MATCH};
use http::{Method, StatusCode};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::model::cloud::{Hosts, OneDrives};
use offboard_core::ports::{Answer as PortAnswer, Call, Receipt, Sites};
use offboard_http::answer::Answer;
use offboard_http::client::{Client, Settings, Wire};
use offboard_http::request::{Idempotency, Request};
use offboard_http::token::Claims;
use offboard_http::{quota, redact};
use serde_json::{Value, json};

use crate::PROVIDER;
use crate::site::Site;
use crate::status::{self, LONGEST};
use crate::wire::{UserBody, Users, is_own};

const SITE_USERS: &str = "{site}/_api/web/siteusers";
const ENSURE_USER: &str = "{site}/_api/web/ensureuser";
const USER_BY_ID: &str = "{site}/_api/web/getuserbyid({id})";

/// Only those who may do everything. A constant: nothing in it needs to be encoded that is not.
const ADMINISTRATORS: &str = "$filter=IsSiteAdmin%20eq%20true";

const PLAIN: HeaderValue = HeaderValue::from_static("application/json;odata=nometadata");
const VERBOSE: HeaderValue = HeaderValue::from_static("application/json;odata=verbose");

/// `appidacr` of an application that proved itself with a secret.
const SECRET: &str = "1";

/// SharePoint of the tenant that is signed in to.
#[derive(Debug, Clone)]
pub struct SharePoint {
    wire: Wire,
    one_drives: Option<OneDrives>,
}

/// One site, and the client of its host.
struct Door {
    site: Site,
    client: Client,
}

impl SharePoint {
    /// The SharePoint of a cloud.
    pub fn new(wire: Wire, hosts: &Hosts) -> Self {
        Self { wire, one_drives: hosts.one_drives.clone() }
    }

    /// Opens a site, if this sign-in can be taken there at all.
    async fn door(&self, site: &str) -> PortAnswer<Door> {
        let Some(one_drives) = &self.one_drives else {
            let failure =
                Failure::new(Kind::Unsupported, "where the OneDrives of this cloud lie is not configured");
            return Err(ProviderError::new(PROVIDER, failure.code("no_share_point")));
        };
        let site = Site::at(site, one_drives)?;
        // The limits are shared by all clients of a host; only their own counters are not, which few calls can spare.
        let client = Client::new(PROVIDER, self.wire.clone(), site.audience().clone(), Settings::default());
        // What cannot be taken is not sent. The claims are our own token's; where it is opaque, SharePoint says it itself.
        let claims = Claims::of(client.token().await?.as_ref());
        if claims.is_some_and(|claims| !claims.is_delegated() && claims.app_proof.as_deref() == Some(SECRET))
        {
            return Err(status::certificate_needed());
        }
        Ok(Door { site, client })
    }
}

impl Door {
    /// The administrators; nothing where SharePoint itself says that there is no such site, as far as [`is_own`] can tell.
    async fn list(&self, call: &Call) -> PortAnswer<Option<Vec<UserBody>>> {
        let mut url = self.site.api("siteusers");
        url.set_query(Some(ADMINISTRATORS));
        let request = Request::get(url, SITE_USERS).header(ACCEPT, PLAIN).charge(quota::FILES, 2, 0);
        let answer = self.client.send(call, request).await?;
        // A gateway or a proxy on the way says 404 too, and knows nothing of the site.
        if answer.status() == StatusCode::NOT_FOUND && is_own(answer.as_json()) {
            return Ok(None);
        }
        if !answer.is_success() {
            return Err(status::failure(&answer, Idempotency::Read));
        }
        let users: Users = answer.parse()?;
        if users.next.is_some() {
            return Err(answer.not_understood("it goes on on another page"));
        }
        // Whoever cannot read the filter would show everybody.
        Ok(Some(users.value.into_iter().filter(|user| user.is_site_admin).collect()))
    }

    /// His number in this site, which lists him from then on.
    async fn ensure(&self, call: &Call, login_name: &str) -> PortAnswer<u32> {
        let request = Request::new(Method::POST, self.site.api("ensureuser"), ENSURE_USER, Idempotency::Safe)
            .json(json!({ "logonName": login_name }))
            .header(CONTENT_TYPE, VERBOSE)
            .header(ACCEPT, PLAIN)
            .charge(quota::FILES, 5, 1);
        let answer = self.client.send(call, request).await?;
        if !answer.is_success() {
            return Err(status::failure(&answer, Idempotency::Safe));
        }
        let user: UserBody = answer.parse()?;
        if user.login_name.eq_ignore_ascii_case(login_name) {
            return Ok(user.id);
        }
        let found = redact::said(&user.login_name, LONGEST);
        let failure = Failure::new(Kind::Refused, format!("SharePoint takes `{login_name}` for `{found}`"))
            .code("another_person")
            .request_id(answer.request_id())
            .hint("give the access by hand, after looking who that is");
        Err(ProviderError::new(PROVIDER, failure))
    }

    async fn set(&self, call: &Call, id: u32, administrator: bool) -> PortAnswer<Receipt> {
        let body: Value = json!({ "__metadata": { "type": "SP.User" }, "IsSiteAdmin": administrator });
        let url = self.site.api(&["getuserbyid(", &id.to_string(), ")"].concat());
        // OData's own verb, for which PATCH is the later name. `X-HTTP-Method`, by which others say it in a POST, never leaves here (P6a).
        let merge = Method::from_bytes(b"MERGE").unwrap_or(Method::PATCH);
        let request = Request::new(merge, url, USER_BY_ID, Idempotency::Safe)
            .json(body)
            .header(IF_MATCH, HeaderValue::from_static("*"))
            .header(CONTENT_TYPE, VERBOSE)
            .header(ACCEPT, PLAIN)
            .charge(quota::FILES, 5, 1);
        let answer = self.client.send(call, request).await?;
        if answer.is_success() {
            Ok(receipt(call, &answer))
        } else {
            Err(status::failure(&answer, Idempotency::Safe))
        }
    }
}

fn receipt(call: &Call, answer: &Answer) -> Receipt {
    let request_id = answer.request_id().or_else(|| answer.header("sprequestguid").map(str::to_owned));
    Receipt { call: call.id.clone(), request_id, date: answer.date(), warnings: Vec::new() }
}

#[async_trait]
impl Sites for SharePoint {
    async fn administrators(&self, call: &Call, site: &str) -> PortAnswer<Option<Vec<String>>> {
        let users = self.door(site).await?.list(call).await?;
        Ok(users.map(|users| users.into_iter().map(|user| user.login_name).collect()))
    }

    async fn add_administrator(&self, call: &Call, site: &str, login_name: &str) -> PortAnswer<Receipt> {
        let door = self.door(site).await?;
        let id = door.ensure(call, login_name).await?;
        door.set(call, id, true).await
    }

    async fn remove_administrator(&self, call: &Call, site: &str, login_name: &str) -> PortAnswer<Receipt> {
        let door = self.door(site).await?;
        let users = door.list(call).await?.unwrap_or_default();
        match users.iter().find(|user| user.login_name.eq_ignore_ascii_case(login_name)) {
            Some(user) => door.set(call, user.id, false).await,
            None => Ok(Receipt::nothing(call)),
        }
    }
}
