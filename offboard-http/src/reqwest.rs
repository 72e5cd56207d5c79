//! The transport over real sockets: HTTP/1.1, TLS 1.2 or later by rustls with ring, no redirects, no retries.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::reqwest as http_client;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
use http_client::redirect::Policy;
use offboard_core::time::{Clock, Period};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, crypto};
use rustls_platform_verifier::Verifier;
use url::{Host, Url};

use crate::inflate::{Inflated, gunzip};
use crate::origin::{Origin, is_loopback, is_on_this_link};
use crate::transport::{Fresh, OnThisLink, Reached, Transport, TransportError};

/// How the transport is set up. There is no way to make it accept a certificate that it cannot verify.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// How long connecting may take, TLS included.
    pub connect: Period,
    /// How long a request may take to the last byte of its answer. The client's own limit is usually shorter.
    pub total: Period,
    /// How long an answer may be, packed and unpacked, in bytes.
    pub body_limit: usize,
    /// Certificates (PEM) trusted beside the system's own, for a proxy that inspects, or a tenant on loopback.
    pub extra_roots: Vec<u8>,
    /// Held while a request is under way, for a clock that is simulated while sockets are real.
    pub clock: Option<Arc<dyn Clock>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect: Period::seconds(10),
            total: Period::minutes(5),
            body_limit: 32 * 1024 * 1024,
            extra_roots: Vec::new(),
            clock: None,
        }
    }
}

/// The transport could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct BuildError {
    message: &'static str,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl BuildError {
    fn new(message: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { message, source: source.into() }
    }
}

/// [`Transport`] by reqwest. Needs a tokio runtime.
pub struct ReqwestTransport {
    options: Options,
    remote: Pair,
    /// For this machine itself, and its link: no proxy stands in between.
    local: Pair,
    /// Why nothing can be verified here, if so: a machine without root certificates.
    untrusting: Option<String>,
}

/// A client that keeps its connections, and one that does not.
struct Pair {
    kept: http_client::Client,
    fresh: http_client::Client,
}

impl ReqwestTransport {
    /// Sets it up.
    pub fn new(options: Options) -> Result<Self, BuildError> {
        let (tls, untrusting) = tls(&options.extra_roots)?;
        let pair = |local| {
            let client = |fresh| client(&options, tls.clone(), local, fresh);
            Ok::<_, BuildError>(Pair { kept: client(false)?, fresh: client(true)? })
        };
        let (remote, local) = (pair(false)?, pair(true)?);
        Ok(Self { options, remote, local, untrusting })
    }

    async fn body(&self, mut response: http_client::Response) -> Result<Bytes, TransportError> {
        let limit = self.options.body_limit;
        let too_long =
            || TransportError::new(Reached::Answered, format!("the answer is longer than {limit} bytes"));
        let announced = response.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced.is_some_and(|length| length > limit) {
            return Err(too_long());
        }
        // What is announced is not believed: memory grows with what has come.
        let mut body = BytesMut::with_capacity(announced.unwrap_or(0).min(64 * 1024));
        while let Some(chunk) = response.chunk().await.map_err(|error| lost("the answer broke off", error))? {
            if body.len() + chunk.len() > limit {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let _hold = self.options.clock.as_ref().map(|clock| clock.hold());
        let not_sent = |why: &str| TransportError::new(Reached::NotSent, why);
        let fresh = request.extensions().get::<Fresh>().is_some();
        let url = Url::parse(&request.uri().to_string()).map_err(|_| not_sent("the URL is not absolute"))?;
        let on_this_link = request.extensions().get::<OnThisLink>().is_some() && is_on_this_link(&url);
        if !on_this_link {
            Origin::of(&url).map_err(|error| not_sent(&format!("the URL is not used: {error}")))?;
        }
        if let (Some(why), "https") = (&self.untrusting, url.scheme()) {
            return Err(not_sent(&format!(
                "this machine has no root certificates to verify a service with: {why}"
            )));
        }
        let local = url.host().as_ref().is_some_and(|host: &Host<&str>| is_loopback(host));
        let pair = if local || on_this_link { &self.local } else { &self.remote };
        let mut message = http_client::Request::try_from(request).map_err(|error| TransportError {
            source: Some(error.into()),
            ..not_sent("the request is malformed")
        })?;
        message.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));

        let client = if fresh { &pair.fresh } else { &pair.kept };
        let mut response = client.execute(message).await.map_err(|error| lost("no answer", error))?;
        let status = response.status();
        let mut headers = std::mem::take(response.headers_mut());
        let mut body = self.body(response).await?;
        if headers.get(CONTENT_ENCODING).is_some_and(|how| how.as_bytes().eq_ignore_ascii_case(b"gzip"))
            && !body.is_empty()
        {
            match gunzip(&body, self.options.body_limit) {
                Inflated::Bytes(bytes) => {
                    headers.remove(CONTENT_ENCODING);
                    headers.remove(CONTENT_LENGTH);
                    body = bytes.into();
                }
                Inflated::Garbage => {}
                Inflated::Bomb => {
                    return Err(TransportError::new(
                        Reached::Answered,
                        "the answer unpacks to more than is read",
                    ));
                }
            }
        }
        let mut answer = http::Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

/// What a failure of the client says about the request: only a failure to connect proves that nothing left.
fn lost(what: &str, error: http_client::Error) -> TransportError {
    let reached =
        if error.is_connect() || error.is_builder() { Reached::NotSent } else { Reached::MaybeSent };
    let slow = error.is_timeout();
    // The URL may hold a capability, and the text of an error goes into reports.
    let error = error.without_url();
    let mut root: &dyn Error = &error;
    while let Some(source) = root.source() {
        root = source;
    }
    let message = match (reached, slow) {
        (Reached::NotSent, true) => "could not connect in time".to_owned(),
        (Reached::NotSent, false) => format!("could not connect: {root}"),
        (_, true) => format!("{what} in time"),
        (_, false) => format!("{what}: {root}"),
    };
    TransportError { reached, message: message.replace(['\r', '\n'], " "), source: Some(Box::new(error)) }
}

fn client(
    options: &Options,
    tls: ClientConfig,
    local: bool,
    fresh: bool,
) -> Result<http_client::Client, BuildError> {
    let builder = http_client::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .redirect(Policy::none())
        .retry(http_client::retry::never())
        .referer(false)
        .connect_timeout(Duration::from(options.connect))
        .timeout(Duration::from(options.total))
        // Shorter than the services keep idle connections: a request never meets one that is being closed.
        .pool_idle_timeout(Duration::from_secs(50))
        .pool_max_idle_per_host(if fresh { 0 } else { 32 });
    let builder = if local { builder.no_proxy() } else { builder };
    builder.build().map_err(|error| BuildError::new("the HTTP client cannot be set up", error))
}

/// TLS with the system's roots and `extra`. A machine without any is no error yet: plain http on loopback needs none.
fn tls(extra: &[u8]) -> Result<(ClientConfig, Option<String>), BuildError> {
    let extra = CertificateDer::pem_slice_iter(extra)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| BuildError::new("the extra root certificates are not PEM", error.to_string()))?;
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| BuildError::new("TLS cannot be set up", error))?;
    let config = match Verifier::new_with_extra_roots(extra, provider) {
        Ok(verifier) => {
            // Not a weaker check: the system's verifier, which rustls takes by this door only.
            let verifier = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
            (verifier.with_no_client_auth(), None)
        }
        Err(error) => {
            let nobody = config.with_root_certificates(RootCertStore::empty());
            (nobody.with_no_client_auth(), Some(error.to_string()))
        }
    };
    Ok(config)
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport")
    }
}

#[cfg(test)]
mod tests;
