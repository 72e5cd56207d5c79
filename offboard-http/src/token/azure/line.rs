//! What Microsoft's library sends by: our transport, one request, and our own reading of what comes back.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::{self, AsyncRawResponse, HttpClient};
use bytes::Bytes;
use offboard_core::time::Timestamp;
use url::form_urlencoded::byte_serialize;

use super::failure;
use crate::token::capability;
use crate::token::setback::Setback;
use crate::transport::{OnThisLink, Transport};

/// How a request travels.
pub(super) enum Over {
    /// To the sign-in service, with the claims for the next token.
    Entra { transport: Arc<dyn Transport>, claims: String },
    /// To whoever gives this machine its identity, who may live on this link only.
    Managed(Arc<dyn Transport>),
}

impl Over {
    /// To the sign-in service; the next token must satisfy `demanded`.
    pub(super) fn entra(transport: Arc<dyn Transport>, demanded: Option<&str>) -> Self {
        Self::Entra { transport, claims: capability::announced(demanded) }
    }
}

/// One attempt.
pub(super) struct Line {
    over: Over,
    asked_at: Timestamp,
    setback: Mutex<Option<Setback>>,
}

impl Line {
    pub(super) fn new(over: Over, asked_at: Timestamp) -> Self {
        Self { over, asked_at, setback: Mutex::default() }
    }

    /// As the library takes it.
    pub(super) fn transport(self: &Arc<Self>) -> http::Transport {
        http::Transport::new(self.clone())
    }

    /// Why nothing came, in our words, if it was the service or the way there.
    pub(super) fn setback(&self) -> Option<Setback> {
        self.setback.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Remembers why, and tells the library only that it is over: what it reads here it would send again by itself.
    pub(super) fn fail(&self, why: Setback) -> Error {
        *self.setback.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        Error::with_message(ErrorKind::Other, "no token was given")
    }

    async fn send(&self, request: &http::Request) -> Result<::http::Response<Bytes>, Setback> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let (transport, message) = match &self.over {
            Over::Entra { transport, claims } => (transport, message(request, Some(claims))),
            Over::Managed(transport) => {
                let mut message = message(request, None);
                if let Some(message) = &mut message {
                    message.extensions_mut().insert(OnThisLink);
                }
                (transport, message)
            }
        };
        let message = message.ok_or_else(failure::unasked)?;
        let managed = matches!(self.over, Over::Managed(_));
        let response = transport.send(message).await.map_err(|error| {
            if managed { failure::no_machine(error).into() } else { Setback::unreachable(&host, error) }
        })?;
        match response.status() {
            ::http::StatusCode::OK => Ok(response),
            _ if managed => Err(failure::machine(&response, self.asked_at)),
            _ => Err(Setback::refused(&response, self.asked_at)),
        }
    }
}

/// The library's request as one of ours.
fn message(request: &http::Request, claims: Option<&str>) -> Option<::http::Request<Bytes>> {
    let body: Bytes = request.body().into();
    let body = match claims {
        Some(claims) => {
            let mut form = body.to_vec();
            form.extend_from_slice(b"&claims=");
            form.extend(byte_serialize(claims.as_bytes()).flat_map(str::bytes));
            // Wiped with the request: it holds the assertion.
            Bytes::from_owner(zeroize::Zeroizing::new(form))
        }
        None => body,
    };
    let mut message =
        ::http::Request::builder().method(request.method().as_ref()).uri(request.url().as_str());
    for (name, value) in request.headers().iter() {
        message = message.header(name.as_str(), value.as_str());
    }
    message.body(body).ok()
}

#[async_trait]
impl HttpClient for Line {
    async fn execute_request(&self, request: &http::Request) -> azure_core::Result<AsyncRawResponse> {
        let response = self.send(request).await.map_err(|why| self.fail(why))?;
        let mut headers = Headers::new();
        for (name, value) in response.headers() {
            if let Ok(value) = value.to_str() {
                headers.insert(name.as_str().to_owned(), value.to_owned());
            }
        }
        Ok(AsyncRawResponse::from_bytes(http::StatusCode::Ok, headers, response.into_body()))
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}
