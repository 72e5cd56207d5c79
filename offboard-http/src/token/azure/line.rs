//! What Microsoft's library sends by: our transport, one request, and our own reading of what comes back.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ::http::HeaderValue;
use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::{self, AsyncRawResponse, HttpClient};
use bytes::Bytes;
use offboard_core::time::Timestamp;

use super::failure;
use crate::token::capability;
use crate::token::endpoint::{Form, Granted};
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
    granted: Mutex<Option<Granted>>,
}

impl Line {
    pub(super) fn new(over: Over, asked_at: Timestamp) -> Self {
        Self { over, asked_at, setback: Mutex::default(), granted: Mutex::default() }
    }

    /// As the library takes it.
    pub(super) fn transport(self: &Arc<Self>) -> http::Transport {
        http::Transport::new(self.clone())
    }

    /// Why nothing came, in our words, if it was the service or the way there.
    pub(super) fn setback(&self) -> Option<Setback> {
        self.setback.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What the sign-in service granted. Read by us: the library takes a token of any type, and ends the program over a life that
    /// no calendar holds.
    pub(super) fn granted(&self) -> Option<Granted> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Remembers why, and tells the library only that it is over: what it reads here it would send again by itself.
    pub(super) fn fail(&self, why: Setback) -> Error {
        *self.setback.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        over()
    }

    async fn send(&self, request: &http::Request) -> Result<::http::Response<Bytes>, Setback> {
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
            if managed {
                failure::no_machine(error).into()
            } else {
                Setback::unreachable(request.url(), error)
            }
        })?;
        match response.status() {
            ::http::StatusCode::OK => Ok(response),
            _ if managed => Err(failure::machine(&response, self.asked_at)),
            _ => Err(Setback::refused(&response, self.asked_at)),
        }
    }
}

/// What the library is told when there is nothing left for it to read.
fn over() -> Error {
    Error::with_message(ErrorKind::Other, "no token was given")
}

/// Headers that prove who asks.
const PROVING: [&str; 2] = ["x-identity-header", "authorization"];

/// The library's request as one of ours.
pub(super) fn message(request: &http::Request, claims: Option<&str>) -> Option<::http::Request<Bytes>> {
    let body: Bytes = request.body().into();
    let body = match claims {
        // Wiped with the request: it holds the assertion.
        Some(claims) => Form::begun(&body)?.with("claims", claims).finish(),
        None => body,
    };
    let mut message =
        ::http::Request::builder().method(request.method().as_ref()).uri(request.url().as_str());
    for (name, value) in request.headers().iter() {
        let mut value = HeaderValue::from_str(value.as_str()).ok()?;
        value.set_sensitive(PROVING.contains(&name.as_str()));
        message = message.header(name.as_str(), value);
    }
    message.body(body).ok()
}

#[async_trait]
impl HttpClient for Line {
    async fn execute_request(&self, request: &http::Request) -> azure_core::Result<AsyncRawResponse> {
        let response = self.send(request).await.map_err(|why| self.fail(why))?;
        if let Over::Entra { .. } = self.over {
            let granted = Granted::read(&response, self.asked_at).map_err(|error| self.fail(error.into()))?;
            *self.granted.lock().unwrap_or_else(PoisonError::into_inner) = Some(granted);
            return Err(over());
        }
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
