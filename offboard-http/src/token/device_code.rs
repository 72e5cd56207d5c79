//! Signing in as a person, by a code that is entered on another device (RFC 8628), for what only people may do.
//!
//! Nothing is kept but in memory: the refresh token lives as long as the process.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::lock::Mutex;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::time::{Clock, Period, Timestamp};
use url::Url;

use super::endpoint::{Endpoint, Form};
use super::setback::Denied;
use super::{PROVIDER, Secret, Token, TokenRequest, TokenSource};
use crate::origin::OriginError;
use crate::transport::Transport;

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How often the service is asked after a code, where it does not say (RFC 8628, 3.2).
const INTERVAL: Period = Period::seconds(5);

/// By how much the interval grows when the service is asked too often (RFC 8628, 3.5).
const SLOWER: Period = Period::seconds(5);

/// What a person must do to sign in.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DevicePrompt {
    /// The page to open.
    pub verification_uri: String,
    /// The code to enter there.
    pub user_code: String,
    /// Until when the code is good.
    pub expires_at: Timestamp,
}

impl fmt::Debug for DevicePrompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever sees the code could have somebody else sign in for him.
        write!(f, "DevicePrompt(at {}, until {})", self.verification_uri, self.expires_at)
    }
}

/// Shows a person what to do.
type Prompt = dyn Fn(&DevicePrompt) + Send + Sync;

/// A person who signs in on another device.
pub struct DeviceCode {
    codes: Endpoint,
    tokens: Endpoint,
    client_id: String,
    prompt: Box<Prompt>,
    /// Held while somebody signs in, so that two services ask one person once.
    refresh: Mutex<Option<Secret>>,
}

/// A code that was handed out.
struct Pending {
    device_code: Secret,
    interval: Period,
    expires_at: Timestamp,
}

impl DeviceCode {
    /// The application `client_id` of `tenant` (its id or a domain of it) at `authority`, registered as a public client.
    /// `prompt` shows a person where to enter which code; it is called each time somebody has to sign in.
    pub fn new(
        transport: Arc<dyn Transport>,
        authority: &Url,
        tenant: &str,
        client_id: impl Into<String>,
        prompt: impl Fn(&DevicePrompt) + Send + Sync + 'static,
    ) -> Result<Self, OriginError> {
        Ok(Self {
            codes: Endpoint::new(transport.clone(), authority, tenant, "devicecode")?,
            tokens: Endpoint::new(transport, authority, tenant, "token")?,
            client_id: client_id.into(),
            prompt: Box::new(prompt),
            refresh: Mutex::default(),
        })
    }

    /// By the refresh token of an earlier sign-in; `Err(None)` where somebody has to sign in again.
    async fn renewed(
        &self,
        refresh: &Secret,
        wanted: &TokenRequest,
        clock: &dyn Clock,
    ) -> Result<(Token, Option<Secret>), Option<ProviderError>> {
        let form = || {
            let form = Form::new("refresh_token", &self.client_id).with("refresh_token", refresh.expose());
            Ok(form.wanting(&scope(wanted), wanted.claims.as_deref()))
        };
        match self.tokens.ask(clock, form).await {
            Ok(mut granted) => {
                let next = granted.secret("refresh_token", "refresh token");
                granted.token(wanted).map(|token| (token, next)).map_err(Some)
            }
            // Revoked, ended, or more is asked of the person: only he can help.
            Err(Denied { word: Some(word), .. })
                if matches!(word.as_str(), "invalid_grant" | "interaction_required") =>
            {
                Err(None)
            }
            Err(denied) => Err(Some(denied.error)),
        }
    }

    /// By a person.
    async fn signed_in(
        &self,
        wanted: &TokenRequest,
        clock: &dyn Clock,
    ) -> Result<(Token, Option<Secret>), ProviderError> {
        let mut pending = self.begin(wanted, clock).await?;
        loop {
            clock.sleep_until(clock.now() + pending.interval).await;
            if clock.now() >= pending.expires_at {
                return Err(expired());
            }
            let form = || {
                let form =
                    Form::new(DEVICE_CODE, &self.client_id).with("device_code", pending.device_code.expose());
                Ok(form.wanting(&scope(wanted), wanted.claims.as_deref()))
            };
            let denied = match self.tokens.ask(clock, form).await {
                Ok(mut granted) => {
                    let refresh = granted.secret("refresh_token", "refresh token");
                    return Ok((granted.token(wanted)?, refresh));
                }
                Err(denied) => denied,
            };
            match denied.word.as_deref() {
                Some("authorization_pending") => {}
                Some("slow_down") => {
                    pending.interval = Period::micros(pending.interval.as_micros() + SLOWER.as_micros());
                }
                Some("expired_token") => return Err(expired()),
                Some("authorization_declined" | "access_denied") => {
                    let failure = Failure::new(Kind::Unauthenticated, "the sign-in was declined")
                        .code("authorization_declined")
                        .hint("whoever entered the code refused: start again to get another code");
                    return Err(ProviderError::new(PROVIDER, failure));
                }
                // A lost answer says nothing about the code, which is good until its end.
                _ if denied.error.kind() == Kind::Unavailable => {}
                _ => return Err(denied.error),
            }
        }
    }

    async fn begin(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Pending, ProviderError> {
        let form = || Ok(Form::bare().with("client_id", &self.client_id).with("scope", &scope(wanted)));
        let mut granted = self.codes.ask(clock, form).await?;
        let read = || {
            let prompt = DevicePrompt {
                verification_uri: shown(granted.text("verification_uri")?)?,
                user_code: shown(granted.text("user_code")?)?,
                expires_at: granted.asked_at() + granted.seconds("expires_in")?,
            };
            let interval = granted.seconds("interval").unwrap_or(INTERVAL).max(Period::seconds(1));
            Some((prompt, interval))
        };
        let broken = || {
            let failure = Failure::new(Kind::Protocol, "the sign-in service answered without a device code");
            ProviderError::new(PROVIDER, failure)
        };
        let (prompt, interval) = read().ok_or_else(broken)?;
        let device_code = granted.secret("device_code", "device code").ok_or_else(broken)?;
        (self.prompt)(&prompt);
        Ok(Pending { device_code, interval, expires_at: prompt.expires_at })
    }
}

/// A text that may be shown on a terminal: short, and without anything that a terminal obeys.
fn shown(text: &str) -> Option<String> {
    let fine = !text.is_empty() && text.len() <= 256 && text.bytes().all(|byte| byte.is_ascii_graphic());
    fine.then(|| text.to_owned())
}

/// What a token is asked for with: the service, and the right to renew it.
fn scope(wanted: &TokenRequest) -> String {
    format!("{} offline_access", wanted.audience.scope())
}

fn expired() -> ProviderError {
    let failure = Failure::new(Kind::Unauthenticated, "nobody entered the code in time")
        .code("device_code_expired")
        .hint("start again to get another code, and enter it before it ends");
    ProviderError::new(PROVIDER, failure)
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceCode({} at {})", self.client_id, self.tokens.url())
    }
}

#[async_trait]
impl TokenSource for DeviceCode {
    async fn token(&self, wanted: &TokenRequest, clock: &dyn Clock) -> Result<Token, ProviderError> {
        let mut kept = self.refresh.lock().await;
        if let Some(refresh) = kept.as_ref() {
            match self.renewed(refresh, wanted, clock).await {
                Ok((token, next)) => {
                    if next.is_some() {
                        *kept = next;
                    }
                    return Ok(token);
                }
                Err(Some(error)) => return Err(error),
                Err(None) => *kept = None,
            }
        }
        let (token, refresh) = self.signed_in(wanted, clock).await?;
        *kept = refresh;
        Ok(token)
    }
}

#[cfg(test)]
mod tests;
