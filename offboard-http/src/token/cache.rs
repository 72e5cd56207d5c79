//! One token per audience, shared by everybody, renewed by one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::lock::Mutex as AsyncMutex;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::time::{Clock, Period, Timestamp};

use super::{Audience, PROVIDER, Token, TokenRequest, TokenSource};

/// A token is renewed this long before it ends, or after nine tenths of its life if that is later.
const MARGIN: Period = Period::minutes(5);

/// Keeps the tokens of one sign-in. Clones of it, behind an `Arc`, serve all adapters of one tenant.
#[derive(Debug)]
pub struct Tokens {
    source: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<Audience, Arc<Slot>>>,
}

#[derive(Debug, Default)]
struct Slot {
    kept: Mutex<Option<Kept>>,
    /// Held while a token is fetched, so that a hundred waiting requests fetch one.
    fetching: AsyncMutex<()>,
}

#[derive(Debug, Clone)]
struct Kept {
    token: Arc<Token>,
    renew_at: Timestamp,
}

impl Slot {
    fn kept(&self) -> Option<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, kept: Option<Kept>) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = kept;
    }
}

impl Tokens {
    /// Tokens of `source`, by the time of `clock`.
    pub fn new(source: Arc<dyn TokenSource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, slots: Mutex::default() }
    }

    /// A token for `audience` that has not ended; a new one only if the kept one is about to end.
    pub async fn get(&self, audience: &Audience) -> Result<Arc<Token>, ProviderError> {
        let slot = self.slot(audience);
        let now = self.clock.now();
        let usable = slot.kept().filter(|kept| now < kept.token.expires_at());
        if let Some(kept) = &usable
            && now < kept.renew_at
        {
            return Ok(Arc::clone(&kept.token));
        }
        // While one renews, the others go on with what is still good.
        let _fetching = match (slot.fetching.try_lock(), usable) {
            (Some(guard), _) => guard,
            (None, Some(kept)) => return Ok(kept.token),
            (None, None) => slot.fetching.lock().await,
        };
        let now = self.clock.now();
        let kept = slot.kept().filter(|kept| now < kept.token.expires_at());
        match kept {
            Some(kept) if now < kept.renew_at => Ok(kept.token),
            Some(kept) => match self.fetch(&slot, audience, None).await {
                Ok(token) => Ok(token),
                Err(error) => {
                    tracing::warn!(code = error.failure.code, "could not renew a token before its end");
                    Ok(kept.token)
                }
            },
            None => self.fetch(&slot, audience, None).await,
        }
    }

    /// A token in place of `refused`, which the service did not take. If somebody else has renewed it meanwhile,
    /// that one; else a new one, asked for with the `claims` that the service demanded.
    pub async fn renew(
        &self,
        audience: &Audience,
        refused: &Arc<Token>,
        claims: Option<String>,
    ) -> Result<Arc<Token>, ProviderError> {
        let slot = self.slot(audience);
        let _fetching = slot.fetching.lock().await;
        if let Some(kept) = slot.kept()
            && !Arc::ptr_eq(&kept.token, refused)
            && self.clock.now() < kept.token.expires_at()
        {
            return Ok(kept.token);
        }
        slot.keep(None);
        self.fetch(&slot, audience, claims).await
    }

    async fn fetch(
        &self,
        slot: &Slot,
        audience: &Audience,
        claims: Option<String>,
    ) -> Result<Arc<Token>, ProviderError> {
        let wanted = TokenRequest { audience: audience.clone(), claims };
        let asked_at = self.clock.now();
        let token = self.source.token(&wanted, self.clock.as_ref()).await?;
        let life = token.expires_at().since(asked_at);
        let wrong = |code: &str, message: String, hint: &str| {
            let failure = Failure::new(Kind::Unauthenticated, message).code(code).hint(hint);
            Err(ProviderError::new(PROVIDER, failure))
        };
        if token.origin() != audience.origin() {
            let message =
                format!("a token for {} came where one for {} was asked", token.origin(), audience.origin());
            return wrong(
                "token_foreign",
                message,
                "the token source must answer for the audience it is asked for",
            );
        }
        if life == Period::ZERO {
            let message = format!("the token for {} had ended when it came", audience.origin());
            return wrong("token_expired", message, "compare this machine's clock with the real time");
        }
        let margin = MARGIN.min(Period::micros(life.as_micros() / 10));
        let token = Arc::new(token);
        slot.keep(Some(Kept { token: Arc::clone(&token), renew_at: token.expires_at() - margin }));
        Ok(token)
    }

    fn slot(&self, audience: &Audience) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(audience.clone()).or_default())
    }
}

#[cfg(test)]
mod tests;
