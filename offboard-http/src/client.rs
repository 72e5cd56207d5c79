//! One request to one final answer: token, pace, the call's own limits, send, classify, retry.

mod message;
mod setback;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::Response;
use http::header::{self, HeaderValue};
use offboard_core::failure::{Failure, Kind, ProviderError, Retry};
use offboard_core::ports::call::Call;
use offboard_core::time::{Host, Period, Timestamp};
use tracing::Instrument;
use tracing::field::Empty;

use self::message::{RESERVED, body};
use self::setback::Setback;
use crate::answer::{self, Answer};
use crate::budget::Budget;
use crate::observe::{Attempt, Observer};
use crate::origin::Origin;
use crate::request::{Charge, Idempotency, Request};
use crate::status::{self, Verdict};
use crate::throttle::{Permit, Scope, Throttle};
use crate::token::{Audience, Token, Tokens, challenge};
use crate::transport::{Reached, Transport, TransportError};
use crate::{deny, retry_after};

/// What all clients of one sign-in to one tenant share.
#[derive(Debug, Clone)]
pub struct Wire {
    /// Where requests go.
    pub transport: Arc<dyn Transport>,
    /// The tokens of this sign-in.
    pub tokens: Arc<Tokens>,
    /// The limits of the services.
    pub throttle: Arc<Throttle>,
    /// Time and chance.
    pub host: Host,
    /// Is told of every attempt.
    pub observer: Option<Arc<dyn Observer>>,
    /// The tenant, as its id: part of the name of each pool.
    pub tenant: String,
    /// The application that is signed in: part of the name of each pool.
    pub app: String,
}

/// How one adapter wants its requests to be sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// `User-Agent`. SharePoint wants `NONISV|Company|Application/Version`.
    pub user_agent: HeaderValue,
    /// How long a call may wait, over all its attempts and pauses, before it is given back as throttled.
    pub patience: Period,
    /// How long one attempt may take.
    pub attempt: Period,
    /// How often a request is sent at most.
    pub attempts: u32,
    /// What an answer means for sending again, by more than its status.
    pub verdict: fn(&Answer) -> Verdict,
    /// Whether urgency is told to the service (`x-ms-throttle-priority`, Graph).
    pub tell_priority: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: HeaderValue::from_static(concat!(
                "NONISV|offboard|offboard/",
                env!("CARGO_PKG_VERSION")
            )),
            patience: Period::minutes(2),
            attempt: Period::seconds(100),
            attempts: 5,
            verdict: |answer| status::verdict(answer.status()),
            tell_priority: false,
        }
    }
}

/// Sends the requests of one adapter to one service. Clones share everything.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    provider: &'static str,
    audience: Audience,
    wire: Wire,
    scope: Scope,
    settings: Settings,
    budget: Budget,
}

/// One call on its way: what is remembered from one attempt to the next.
struct Journey<'a> {
    call: &'a Call,
    request: &'a Request,
    charges: &'a [Charge],
    body: Bytes,
    deadline: Timestamp,
    attempt: u32,
    /// An attempt may have been carried out, and nobody knows.
    in_doubt: bool,
    renewed: bool,
    token: Option<Arc<Token>>,
}

impl Client {
    /// A client of the service of `audience`, which reports its failures as `provider`'s.
    pub fn new(provider: &'static str, wire: Wire, audience: Audience, settings: Settings) -> Self {
        let scope = Scope::new(audience.origin().host(), &wire.tenant, &wire.app);
        Self(Arc::new(Inner { provider, audience, wire, scope, settings, budget: Budget::default() }))
    }

    /// The adapter's name in failures.
    pub fn provider(&self) -> &'static str {
        self.0.provider
    }

    /// Where its requests go.
    pub fn origin(&self) -> &Origin {
        self.0.audience.origin()
    }

    /// What its tokens are for.
    pub fn audience(&self) -> &Audience {
        &self.0.audience
    }

    /// Time and chance.
    pub fn host(&self) -> &Host {
        &self.0.wire.host
    }

    /// The token it would send now, to read [`Claims`](crate::token::Claims) from.
    pub async fn token(&self) -> Result<Arc<Token>, ProviderError> {
        self.0.wire.tokens.get(&self.0.audience).await
    }

    /// Closes the gate of `pool`: a part of a batch that left at `sent_at` was throttled, for `wait` if it says.
    /// Returns how long the pool is closed.
    pub fn throttled(&self, pool: &str, wait: Option<Period>, sent_at: Timestamp) -> Period {
        let charge = Charge { pool: pool.to_owned(), units: 0, writes: 0 };
        self.0.wire.throttle.refused(&self.0.scope, &[charge], wait, sent_at)
    }

    /// A failure of this adapter.
    pub fn error(&self, failure: Failure) -> ProviderError {
        ProviderError::new(self.0.provider, failure)
    }

    /// Sends `request`, again where that is safe and may help, until there is a final answer.
    ///
    /// Every answer that sending again would not change is `Ok`, whatever its status: reading it is the adapter's.
    ///
    /// # Errors
    /// * [`Kind::Refused`]: offboard did not send it: wrong origin, denied, the lease ended, stopped.
    /// * [`Kind::Throttled`]: nothing was done; come back after `retry`.
    /// * [`Kind::Unavailable`]: no answer, and nothing was done, or nothing was to be done.
    /// * [`Kind::Indeterminate`]: a write whose answer was lost.
    /// * [`Kind::Protocol`]: the answer to a reading broke a limit.
    /// * What the token source says.
    pub async fn send(&self, call: &Call, mut request: Request) -> Result<Answer, ProviderError> {
        let inner = self.0.as_ref();
        if call.once && request.idempotency == Idempotency::Safe {
            request.idempotency = Idempotency::Once;
        }
        inner.inspect(&request)?;
        let now = inner.wire.host.clock.now();
        let writes = request.idempotency != Idempotency::Read;
        let patience = now + inner.settings.patience;
        let default = [Charge { pool: inner.provider.to_owned(), units: 1, writes: u32::from(writes) }];
        let mut journey = Journey {
            call,
            charges: if request.charges.is_empty() { &default } else { &request.charges },
            body: body(&request.payload),
            // A write that would get its turn after the lease has ended need not wait for it.
            deadline: call.not_after.filter(|_| writes).map_or(patience, |end| end.min(patience)),
            request: &request,
            attempt: 0,
            in_doubt: false,
            renewed: false,
            token: None,
        };
        inner.budget.earn();
        loop {
            let setback = match inner.attempt(&mut journey).await {
                Ok(answer) => return Ok(answer),
                Err(setback) => setback,
            };
            inner.set_back(&mut journey, setback).await?;
        }
    }
}

impl Inner {
    /// What can be judged before anything else is done.
    fn inspect(&self, request: &Request) -> Result<(), ProviderError> {
        let origin = request.elsewhere.as_ref().unwrap_or(self.audience.origin());
        if !origin.holds(&request.url) || request.url.fragment().is_some() {
            let message = format!("{} leads away from {origin}", request.template);
            return Err(self.refuse("foreign_origin", message));
        }
        if let Some(name) = RESERVED.iter().find(|name| request.headers.contains_key(*name)) {
            return Err(
                self.refuse("reserved_header", format!("{} brings a header {name}", request.template))
            );
        }
        deny::check(&request.method, &request.url, &request.headers, &request.payload).map_err(|denied| {
            self.refuse("denied", format!("{} {}: {denied}", request.method, request.template))
        })
    }

    fn refuse(&self, code: &str, message: String) -> ProviderError {
        let failure =
            Failure::new(Kind::Refused, message).code(code).hint("this is a bug in offboard: report it");
        ProviderError::new(self.provider, failure)
    }

    /// Token, pace, check, send, classify: one attempt.
    async fn attempt(&self, journey: &mut Journey<'_>) -> Result<Answer, Setback> {
        let mut message = self.message(journey).map_err(Setback::Fatal)?;
        if journey.request.elsewhere.is_none() {
            let token = match journey.token.take() {
                Some(token) => token,
                None => self.wire.tokens.get(&self.audience).await.map_err(Setback::Fatal)?,
            };
            let authorization = token.authorization(&journey.request.url).map_err(Setback::Fatal)?;
            message.headers_mut().insert(header::AUTHORIZATION, authorization);
            journey.token = Some(token);
        }
        let permit = self
            .wire
            .throttle
            .enter(&self.scope, journey.charges, journey.call.priority, journey.deadline)
            .await
            .map_err(|late| Setback::TooLate(late.0))?;
        self.still_wanted(journey).await?;
        journey.attempt += 1;
        let sent_at = self.wire.host.clock.now();
        let outcome = self.deliver(journey, message, &permit).await;
        let answer = match outcome {
            Ok(response) => self.read(journey, response, sent_at),
            Err(error) => return Err(Setback::Lost(error)),
        };
        self.classify(journey, answer)
    }

    /// The last look before the bytes leave (DESIGN 10).
    async fn still_wanted(&self, journey: &Journey<'_>) -> Result<(), Setback> {
        if journey.request.idempotency == Idempotency::Read {
            return Ok(());
        }
        let refused = |code: &str, why: &str| {
            let message = format!("{} was not sent: {why}", journey.request.template);
            let failure = Failure::new(Kind::Refused, message).code(code).retry(Retry::Later);
            Err(Setback::Fatal(ProviderError::new(self.provider, failure)))
        };
        if !journey.call.mandate.stands().await {
            return refused("taken_over", "somebody else has taken the run over");
        }
        // Asking took time: what needs no asking comes last.
        if journey.call.stop.is_stopped() {
            return refused("stopped", "the run was stopped");
        }
        if journey.call.not_after.is_some_and(|end| self.wire.host.clock.now() > end) {
            return refused("lease_ended", "the lease that permits it has ended");
        }
        Ok(())
    }

    async fn deliver(
        &self,
        journey: &Journey<'_>,
        message: http::Request<Bytes>,
        permit: &Permit,
    ) -> Result<Response<Bytes>, TransportError> {
        let request = journey.request;
        let span = tracing::debug_span!(
            "request",
            provider = self.provider,
            method = %request.method,
            path = request.template,
            call = journey.call.id,
            attempt = journey.attempt,
            status = Empty,
            request_id = Empty,
        );
        let clock = &self.wire.host.clock;
        let sent_at = clock.now();
        let sending = self.wire.transport.send(message).instrument(span.clone());
        let outcome = match select(sending, clock.sleep_until(sent_at + self.settings.attempt)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Err(TransportError::new(Reached::MaybeSent, "no answer in time")),
        };
        let (status, request_id) = match &outcome {
            Ok(response) => (Some(response.status()), answer::request_id(response.headers())),
            Err(_) => (None, None),
        };
        span.record("status", status.map(|status| status.as_u16()));
        span.record("request_id", request_id.as_deref());
        if let Some(observer) = &self.wire.observer {
            observer.attempt(&Attempt {
                provider: self.provider,
                method: request.method.clone(),
                template: request.template,
                call: journey.call.id.clone(),
                priority: journey.call.priority,
                number: journey.attempt,
                sent_at,
                waited: permit.waited(),
                took: clock.now().since(sent_at),
                status,
                request_id,
                server_date: outcome.as_ref().ok().and_then(|response| retry_after::date(response.headers())),
            });
        }
        outcome
    }

    fn read(&self, journey: &Journey<'_>, response: Response<Bytes>, sent_at: Timestamp) -> Answer {
        let (parts, bytes) = response.into_parts();
        Answer {
            provider: self.provider,
            template: journey.request.template,
            idempotency: journey.request.idempotency,
            status: parts.status,
            headers: parts.headers,
            body: answer::body(bytes),
            sent_at,
            received_at: self.wire.host.clock.now(),
            attempts: journey.attempt,
            repeated: journey.in_doubt,
        }
    }

    fn classify(&self, journey: &Journey<'_>, answer: Answer) -> Result<Answer, Setback> {
        let throttle = &self.wire.throttle;
        match (self.settings.verdict)(&answer) {
            Verdict::Throttled => {
                let wait = retry_after::wait(&answer.headers, answer.received_at);
                let closed = throttle.refused(&self.scope, journey.charges, wait, answer.sent_at);
                return Err(Setback::Throttled(Box::new(answer), closed));
            }
            Verdict::Transient => return Err(Setback::Transient(Box::new(answer))),
            Verdict::Final => {}
        }
        let number =
            |name| answer.header(name).and_then(|text| text.parse::<f64>().ok()).filter(|n| n.is_finite());
        let (units, used) = (number("x-ms-resource-unit"), number("x-ms-throttle-limit-percentage"));
        throttle.answered(&self.scope, journey.charges, answer.sent_at, units, used);
        if answer.status == http::StatusCode::UNAUTHORIZED && journey.token.is_some() {
            let claims = challenge(&answer.headers);
            return match (journey.renewed, claims) {
                (false, claims) => Err(Setback::Unauthenticated(claims)),
                (true, Some(_)) => Err(Setback::Fatal(self.challenged_again(&answer))),
                (true, None) => Ok(answer),
            };
        }
        Ok(answer)
    }

    /// The service demands more of a token that was asked for with its demands (continuous access evaluation).
    fn challenged_again(&self, answer: &Answer) -> ProviderError {
        let message = format!("{}: the service does not take the new token either", answer.template);
        let failure = Failure::new(Kind::Unauthenticated, message)
            .code("claims_challenge")
            .hint(
                "access was revoked, or conditional access forbids it: look into the sign-in logs, and sign in again",
            )
            .request_id(answer::request_id(&answer.headers));
        ProviderError::new(self.provider, failure)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({} at {})", self.0.provider, self.0.audience.origin())
    }
}

#[cfg(test)]
mod tests;
