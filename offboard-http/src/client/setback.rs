//! What becomes of an attempt that brought no final answer: another one, or an error that says what is known.

use offboard_core::failure::{Failure, Kind, ProviderError, Retry};
use offboard_core::ports::call::Priority;
use offboard_core::time::{Period, random_unit};

use super::{Inner, Journey};
use crate::answer::Answer;
use crate::request::Idempotency;
use crate::status::Verdict;
use crate::transport::{Reached, TransportError};

/// Why an attempt brought no final answer.
pub(super) enum Setback {
    /// Nothing was sent, and nothing will be.
    Fatal(ProviderError),
    /// Nothing was sent: the turn would come too late, by so much.
    TooLate(Period),
    /// The service said "later"; its pool is closed for so long.
    Throttled(Box<Answer>, Period),
    /// The service had a fault.
    Transient(Box<Answer>),
    /// There was no answer.
    Lost(TransportError),
    /// The token was refused, perhaps with claims that the next one must satisfy.
    Unauthenticated(Option<String>),
}

impl Inner {
    /// Returns if there is to be another attempt, and now is the time for it.
    pub(super) async fn set_back(
        &self,
        journey: &mut Journey<'_>,
        setback: Setback,
    ) -> Result<(), ProviderError> {
        let idempotency = journey.request.idempotency;
        match setback {
            Setback::Fatal(error) => Err(self.doubtful(journey, error)),
            Setback::TooLate(wait) => Err(self.doubtful(journey, self.throttled(journey, wait))),
            Setback::Unauthenticated(claims) => {
                let Some(refused) = journey.token.take() else { return Ok(()) };
                journey.renewed = true;
                let token = self.wire.tokens.renew(&self.audience, &refused, claims).await;
                journey.token = Some(token.map_err(|error| self.doubtful(journey, error))?);
                Ok(())
            }
            Setback::Throttled(answer, wait) => {
                // 503 is no promise that nothing happened, so what must not happen twice is not sent again.
                if answer.status().as_u16() == 503 && idempotency == Idempotency::Once {
                    return Err(self.error_of(journey, &answer, Retry::After(millis(wait))));
                }
                let late = self.wire.host.clock.now() + wait > journey.deadline;
                if late || !self.once_more(journey) {
                    let error = self.error_of(journey, &answer, Retry::After(millis(wait)));
                    return Err(self.doubtful(journey, error));
                }
                Ok(()) // the gate is closed: the next attempt waits there
            }
            Setback::Transient(answer) => {
                let again = idempotency != Idempotency::Once;
                if again && self.once_more(journey) && self.pause(journey).await {
                    journey.in_doubt |= idempotency != Idempotency::Read;
                    return Ok(());
                }
                let error = self.error_of(journey, &answer, Retry::Later);
                Err(self.doubtful(journey, error))
            }
            Setback::Lost(error) => {
                let unsent = error.reached == Reached::NotSent;
                journey.in_doubt |= !unsent && idempotency != Idempotency::Read;
                let again = match error.reached {
                    Reached::NotSent => true,
                    Reached::MaybeSent => idempotency != Idempotency::Once,
                    Reached::Answered => false,
                };
                if again && self.once_more(journey) && self.pause(journey).await {
                    return Ok(());
                }
                Err(self.doubtful(journey, self.lost(journey, error)))
            }
        }
    }

    /// Whether the request may be sent again at all. Containment is not held to the budget.
    fn once_more(&self, journey: &Journey<'_>) -> bool {
        journey.attempt < self.settings.attempts
            && (journey.call.priority == Priority::Containment || self.budget.spend())
    }

    /// Waits 0.5, 1, 2, 4 … seconds, less by chance up to the half; false if that is beyond the deadline.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // seconds, not a sum
    async fn pause(&self, journey: &Journey<'_>) -> bool {
        let longest = Period::millis(500 << journey.attempt.saturating_sub(1).min(6)).as_micros() as f64;
        let chance = random_unit(self.wire.host.entropy.as_ref());
        let until = self.wire.host.clock.now() + Period::micros((longest * (1.0 - chance / 2.0)) as i64);
        if until > journey.deadline {
            return false;
        }
        self.wire.host.clock.sleep_until(until).await;
        true
    }

    fn throttled(&self, journey: &Journey<'_>, wait: Period) -> ProviderError {
        let message = format!("{} has to wait for its turn", journey.request.template);
        let failure = Failure::new(Kind::Throttled, message)
            .code("throttled")
            .hint("the service limits how much is done at a time; the step is put off and goes on by itself")
            .retry(Retry::After(millis(wait)));
        ProviderError::new(self.provider, failure)
    }

    fn lost(&self, journey: &Journey<'_>, error: TransportError) -> ProviderError {
        let kind = match (error.reached, journey.request.idempotency) {
            (Reached::Answered, Idempotency::Read) => Kind::Protocol,
            (Reached::NotSent, _) | (_, Idempotency::Read) => Kind::Unavailable,
            (_, Idempotency::Safe | Idempotency::Once) => Kind::Indeterminate,
        };
        let code = match error.reached {
            Reached::NotSent => "not_sent",
            Reached::MaybeSent => "answer_lost",
            Reached::Answered => "answer_refused",
        };
        let message = format!("{}: {}", journey.request.template, error.message);
        let mut failure = Failure::new(kind, message).code(code);
        if kind == Kind::Unavailable {
            let host = journey.request.url.host_str().unwrap_or_default();
            failure = failure.hint(format!("check the network, a proxy, and the name {host}"));
        }
        let mut wrapped = ProviderError::new(self.provider, failure);
        wrapped.source = Some(Box::new(error));
        wrapped
    }

    fn error_of(&self, journey: &Journey<'_>, answer: &Answer, retry: Retry) -> ProviderError {
        let mut failure = answer.failure().retry(retry);
        // A service that throttles or stumbles in prose does so under any status.
        failure.kind = match (self.settings.verdict)(answer) {
            Verdict::Throttled if answer.status().as_u16() != 503 => Kind::Throttled,
            Verdict::Transient if journey.request.idempotency == Idempotency::Read => Kind::Unavailable,
            Verdict::Transient => Kind::Indeterminate,
            Verdict::Throttled | Verdict::Final => failure.kind,
        };
        failure.code = answer.code().map(str::to_owned);
        failure.message = format!(
            "{} answered {} after {} attempts",
            journey.request.template,
            answer.status(),
            answer.attempts()
        );
        ProviderError::new(self.provider, failure)
    }

    /// An error after an attempt that may have been carried out cannot say that nothing was done.
    fn doubtful(&self, journey: &Journey<'_>, error: ProviderError) -> ProviderError {
        if !journey.in_doubt || error.kind() == Kind::Indeterminate {
            return error;
        }
        let cause = *error.failure;
        let failure = Failure {
            kind: Kind::Indeterminate,
            message: format!("an earlier attempt lost its answer; then: {}", cause.message),
            ..cause
        };
        let mut doubtful = ProviderError::new(self.provider, failure);
        doubtful.source = error.source;
        doubtful
    }
}

/// Whole milliseconds, rounded up.
fn millis(wait: Period) -> u64 {
    u64::try_from(wait.as_micros()).unwrap_or(0).div_ceil(1_000)
}
