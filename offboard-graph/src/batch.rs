//! Calls that are made at the same time leave together (DESIGN 10, P25).
//!
//! A call puts itself into the open batch of its lane, gives everybody who is polled with it one turn to do the same,
//! and then awaits the batch, which they all share: whoever of them is polled first sends it. Nobody leads, so nobody
//! can be dropped and leave the others behind; and a call that is dropped before the batch leaves is not in it.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared, join_all};
use http::{Method, StatusCode};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::ports::{Call, Mandate, Priority, Stop};
use offboard_http::answer::Answer;
use offboard_http::request::{Idempotency, Request};
use url::Url;

use crate::PROVIDER;
use crate::ask::Ask;
use crate::door::Door;
use crate::reply::Reply;
use crate::status::SIGN_IN_AGAIN;
use crate::wire::batch::{self, MOST, Part};

const TEMPLATE: &str = "/$batch";

type Outcome = Result<Reply, ProviderError>;
/// One place for each call of a batch; each takes its own out.
type Outcomes = Arc<Mutex<Vec<Option<Outcome>>>>;
type Sending = Shared<BoxFuture<'static, Outcomes>>;

/// Calls of one lane may travel together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Lane {
    pool: String,
    reads: bool,
    priority: Priority,
    fresh: bool,
}

/// A call in a batch. The caller holds it; the batch holds it weakly.
struct Item {
    ask: Arc<Ask>,
    call: Call,
}

/// The calls of a batch that has not left; nothing once it has.
#[derive(Default)]
struct Boarding(Mutex<Option<Vec<Weak<Item>>>>);

/// A batch that may still be entered, and the way to await it, which keeps it alive no longer than its calls do.
struct Open {
    boarding: Arc<Boarding>,
    sending: WeakShared<BoxFuture<'static, Outcomes>>,
}

/// The batches that have not left.
#[derive(Default)]
pub(crate) struct Gatherer(Mutex<BTreeMap<Lane, Open>>);

impl Door {
    /// Sends a request, with others if there are any, and brings its final answer.
    pub(crate) async fn ask(self: &Arc<Self>, call: &Call, ask: &Arc<Ask>) -> Outcome {
        let item = Arc::new(Item { ask: Arc::clone(ask), call: call.clone() });
        // A batch is sent again as a whole; what must not be repeated travels by itself.
        if (call.once || ask.idempotency == Idempotency::Once) && !ask.reads() {
            return self.alone(&item).await;
        }
        let (place, sending) = self.board(&item);
        {
            let _hold = self.client().host().clock.hold();
            turn().await;
        }
        let outcomes = sending.await;
        let outcome = lock(&outcomes).get_mut(place).and_then(Option::take);
        drop(item);
        outcome.unwrap_or_else(|| Err(unanswered(ask, "its batch brought no outcome for it")))
    }

    /// Puts `item` into the open batch of its lane; its place there, and the batch.
    fn board(self: &Arc<Self>, item: &Arc<Item>) -> (usize, Sending) {
        let lane = Lane {
            pool: item.ask.pool.clone(),
            reads: item.ask.reads(),
            priority: item.call.priority,
            fresh: item.call.fresh,
        };
        let mut open = lock(&self.gatherer().0);
        if let Some(batch) = open.get(&lane)
            && let Some(sending) = batch.sending.upgrade()
            && let Some(place) = batch.boarding.enter(item)
        {
            return (place, sending);
        }
        open.retain(|_, batch| batch.boarding.is_open());
        let boarding = Arc::new(Boarding(Mutex::new(Some(vec![Arc::downgrade(item)]))));
        let (door, passengers) = (Arc::clone(self), Arc::clone(&boarding));
        let sending: Sending = async move { door.depart(passengers.close()).await }.boxed().shared();
        if let Some(weak) = sending.downgrade() {
            open.insert(lane, Open { boarding, sending: weak });
        }
        (0, sending)
    }

    /// Sends what is still wanted of a batch.
    async fn depart(&self, items: Vec<Weak<Item>>) -> Outcomes {
        let mut outcomes: Vec<Option<Outcome>> = items.iter().map(|_| None).collect();
        let wanted: Vec<(usize, Arc<Item>)> =
            items.iter().enumerate().filter_map(|(place, item)| Some((place, item.upgrade()?))).collect();
        let items: Vec<&Item> = wanted.iter().map(|(_, item)| item.as_ref()).collect();
        let sent = match items.as_slice() {
            [only] => vec![self.alone(only).await],
            several => self.together(several).await,
        };
        for ((place, _), outcome) in wanted.iter().zip(sent) {
            if let Some(slot) = outcomes.get_mut(*place) {
                *slot = Some(outcome);
            }
        }
        Arc::new(Mutex::new(outcomes))
    }

    async fn alone(&self, item: &Item) -> Outcome {
        let request = item.ask.alone(self.base()).map_err(|_| not_sendable(&item.ask))?;
        Ok(Reply::alone(&self.client().send(&item.call, request).await?))
    }

    async fn each_alone(&self, items: &[&Item]) -> Vec<Outcome> {
        join_all(items.iter().map(|item| self.alone(item))).await
    }

    async fn together(&self, items: &[&Item]) -> Vec<Outcome> {
        let Some(first) = items.first() else { return Vec::new() };
        let Ok(request) = request(self.base(), items) else {
            return items.iter().map(|item| Err(not_sendable(&item.ask))).collect();
        };
        let call = common(first, items);
        let sending = self.client().send(&call, request);
        let answer = match watch(items, &call.stop, sending).await {
            Ok(answer) => answer,
            // It never left, for a reason that may be one call's alone: each is judged by itself.
            Err(error) if error.kind() == Kind::Refused => return self.each_alone(items).await,
            Err(error) => return items.iter().map(|item| Err(shared(&item.ask, &error))).collect(),
        };
        match answer.status().as_u16() {
            200..=299 => self.unpack(items, &answer).await,
            // The batch as a whole is not understood, so nothing in it was done.
            400 | 404 | 405 | 413 | 415 => self.each_alone(items).await,
            _ => {
                let error = ProviderError::new(PROVIDER, answer.failure());
                items.iter().map(|item| Err(shared(&item.ask, &error))).collect()
            }
        }
    }

    /// Gives each call its own answer; those that were throttled or met a fault are sent again, each alone.
    async fn unpack(&self, items: &[&Item], answer: &Answer) -> Vec<Outcome> {
        let parts = match answer.json() {
            Ok(body) => batch::replies(body, items.len()),
            Err(_) => items.iter().map(|_| None).collect(),
        };
        let muted = items.iter().any(|item| item.ask.secret);
        let replies: Vec<Option<Reply>> = parts
            .into_iter()
            .map(|part| part.map(|part| Reply { muted, ..Reply::part(part, answer) }))
            .collect();
        let throttled = || replies.iter().flatten().filter(|reply| is_throttled(reply.status));
        if let (Some(first), true) = (items.first(), throttled().next().is_some()) {
            let longest = throttled().filter_map(|reply| reply.wait).max();
            self.client().throttled(&first.ask.pool, longest, answer.sent_at());
        }
        join_all(items.iter().zip(replies).map(|(item, reply)| async move {
            match reply {
                None => Err(unanswered(&item.ask, "the batch brought not exactly one answer for it")),
                Some(reply) if is_worth_another_try(reply.status) => self.again(item, &reply).await,
                Some(reply) => Ok(reply),
            }
        }))
        .await
    }

    /// Once more, after an answer that may have come too late to say that nothing happened.
    async fn again(&self, item: &Item, before: &Reply) -> Outcome {
        let in_doubt = !item.ask.reads() && matches!(before.status.as_u16(), 408 | 500 | 502 | 504);
        match self.alone(item).await {
            Ok(mut reply) => {
                reply.repeated |= in_doubt;
                Ok(reply)
            }
            Err(mut error) => {
                if in_doubt {
                    error.failure.kind = Kind::Indeterminate;
                }
                Err(error)
            }
        }
    }
}

impl Boarding {
    /// A place in the batch, if it has not left and is not full.
    fn enter(&self, item: &Arc<Item>) -> Option<usize> {
        let mut items = lock(&self.0);
        let items = items.as_mut().filter(|items| items.len() < MOST)?;
        items.push(Arc::downgrade(item));
        Some(items.len() - 1)
    }

    /// Whether it has not left, and somebody still wants it to.
    fn is_open(&self) -> bool {
        lock(&self.0).as_ref().is_some_and(|items| items.iter().any(|item| item.strong_count() > 0))
    }

    /// Nobody enters any more.
    fn close(&self) -> Vec<Weak<Item>> {
        lock(&self.0).take().unwrap_or_default()
    }
}

fn request(base: &Url, items: &[&Item]) -> Result<Request, url::ParseError> {
    let url = Url::parse(&[base.as_str(), TEMPLATE].concat())?;
    let reads = items.iter().all(|item| item.ask.reads());
    let idempotency = if reads { Idempotency::Read } else { Idempotency::Safe };
    let (mut units, mut writes, mut pool) = (0, 0, String::new());
    let parts = items.iter().map(|item| {
        let ask = &item.ask;
        units += ask.units;
        writes += ask.writes();
        pool.clone_from(&ask.pool);
        let mut headers = vec![("client-request-id", item.call.id.as_str())];
        match item.call.priority {
            Priority::Containment => headers.push(("x-ms-throttle-priority", "High")),
            Priority::Low => headers.push(("x-ms-throttle-priority", "Low")),
            Priority::Normal => {}
        }
        headers.extend(ask.prefer.map(|form| ("Prefer", form)));
        Part { method: ask.method.as_str(), url: ask.relative(), headers, body: ask.json() }
    });
    let body = batch::body(parts.collect());
    Ok(Request::new(Method::POST, url, TEMPLATE, idempotency).json(body).charge(pool, units, writes))
}

/// The call that a batch is sent as: the strictest of all in it.
fn common(first: &Item, items: &[&Item]) -> Call {
    Call {
        id: first.call.id.clone(),
        priority: first.call.priority,
        not_after: items.iter().filter_map(|item| item.call.not_after).min(),
        stop: Stop::default(),
        mandate: Mandate::all(items.iter().map(|item| &item.call.mandate)),
        fresh: first.call.fresh,
        once: false,
    }
}

/// Polls `sending`, and before each poll passes on a stop of any call: the client looks at it last before the bytes
/// leave, which is within a poll.
async fn watch<F: Future>(items: &[&Item], stop: &Stop, sending: F) -> F::Output {
    let mut sending = pin!(sending);
    poll_fn(|context| {
        if items.iter().any(|item| item.call.stop.is_stopped()) {
            stop.stop();
        }
        sending.as_mut().poll(context)
    })
    .await
}

/// One turn for everybody who is polled together with this.
async fn turn() {
    let mut given = false;
    poll_fn(|context| {
        if given {
            return Poll::Ready(());
        }
        given = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn is_throttled(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 503 | 509)
}

/// An expired token, a limit, a fault, a dependency that we never declare.
fn is_worth_another_try(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 408 | 424 | 429 | 500 | 502 | 503 | 504 | 509)
}

/// What the failure of a whole batch means for one call in it. Only where nothing left is it certain that nothing
/// was done: a batch that was refused as a whole may have been carried out in part.
fn shared(ask: &Ask, error: &ProviderError) -> ProviderError {
    let mut failure = error.failure.as_ref().clone();
    let never_left = matches!(failure.code.as_deref(), Some("not_sent" | "throttled"))
        || matches!(failure.kind, Kind::Refused | Kind::Unauthenticated);
    if !ask.reads() && !never_left {
        failure.kind = Kind::Indeterminate;
    }
    if failure.kind == Kind::Unauthenticated {
        // It is about nobody's call: whoever is not signed in asks for nothing.
        failure.hint.get_or_insert_with(|| SIGN_IN_AGAIN.to_owned());
    } else {
        failure.message = [ask.template, " in a batch: ", &failure.message].concat();
    }
    ProviderError::new(PROVIDER, failure)
}

fn unanswered(ask: &Ask, why: &str) -> ProviderError {
    let kind = if ask.reads() { Kind::Unavailable } else { Kind::Indeterminate };
    let failure = Failure::new(kind, [ask.template, ": ", why].concat()).code("no_answer_in_batch");
    ProviderError::new(PROVIDER, failure)
}

fn not_sendable(ask: &Ask) -> ProviderError {
    let message = [ask.template, " has a URL that cannot be sent"].concat();
    ProviderError::new(PROVIDER, Failure::new(Kind::Refused, message).code("url"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
