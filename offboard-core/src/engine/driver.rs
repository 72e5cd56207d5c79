//! Carrying a run: asks what comes next after every event, and keeps one wave in each lane.
//!
//! A lane is a door and a task: Exchange never waits for Graph, and a write never waits for a reading back.
//! Cancelling, dropping the future, a signal and `kill -9` are the same event: whatever is durable is what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{BoxFuture, Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt as _};

use super::host::Engine;
use super::next::{Next, Task, Work, next, standing_still};
use super::objects::Claim;
use super::reader::Reading;
use super::session::Session;
use super::{reach, verify, wave};
use crate::error::Error;
use crate::id::{ObjectKey, RunId, StepId};
use crate::journal::{Event, Status};
use crate::operation::{Class, Door};
use crate::plan::{ApprovedPlan, Need, Step};
use crate::ports::Stop;
use crate::time::{Period, Timestamp};

/// Sees each event after it is durable. It must not block.
pub type Watch = Arc<dyn Fn(&Event) + Send + Sync>;

/// How far to go before returning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// Every containment step has been sent.
    Contained,
    /// Everything that may be sent now has been, and has been looked at for a minute.
    Sent,
    /// Everything is over, but for what waits for a calendar date or a person.
    Done,
}

/// How to carry a run.
#[derive(Clone)]
pub struct Drive {
    /// How far.
    pub until: Until,
    /// Raised to stop after what is in flight has been recorded.
    pub stop: Stop,
    /// Sees each event after it is durable; must not block.
    pub watch: Option<Watch>,
    /// Look again at what stands still: blocked, failed, handed off, unverified, seen in part.
    pub reconsider: bool,
    /// What was read a moment ago.
    pub seed: Option<Reading>,
    /// With which steps it may begin.
    pub pass: Pass,
}

/// With which steps a drive may begin. Many leavers are carried in passes: everybody's access is cut first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pass {
    /// Those that cut access in the directory, and wait for no mailbox.
    Directory,
    /// Those that cut access.
    Containment,
    /// All.
    #[default]
    Everything,
}

impl Pass {
    /// Whether it may begin with `step`. What cuts access once more when something was seen is for the last pass: nobody
    /// waits until somebody else's account was read back.
    pub(super) fn may_begin(self, step: &Step) -> bool {
        let waits_for_nothing = || step.needs.values().all(|need| *need == Need::Sent);
        let cuts_access = || step.class == Class::Containment && waits_for_nothing();
        match self {
            Self::Directory => cuts_access() && step.door == Door::Graph,
            Self::Containment => cuts_access(),
            Self::Everything => true,
        }
    }
}

impl std::fmt::Debug for Drive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drive").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Drive {
    /// As far as `until`.
    pub fn until(until: Until) -> Self {
        Self {
            until,
            stop: Stop::default(),
            watch: None,
            reconsider: false,
            seed: None,
            pass: Pass::Everything,
        }
    }
}

/// Why a drive returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It went as far as it was asked to, or as far as it can go now.
    Rested,
    /// It was stopped.
    Stopped,
}

/// How long a reading back is waited for in the process when nobody asked for more.
const SENT_PATIENCE: Period = Period::minutes(1);

type Lane = (Door, Task);
type Running<'a> = FuturesUnordered<BoxFuture<'a, (Lane, Vec<StepId>, Option<Reading>, Result<(), Error>)>>;

/// What is in flight: which lanes, which objects, and what each door has read.
#[derive(Default)]
struct Flight {
    lanes: BTreeSet<Lane>,
    steps: BTreeSet<StepId>,
    readings: BTreeMap<Door, Reading>,
}

/// Carries the run of `approved` on. It must have been opened.
pub(super) async fn drive(
    engine: &Engine,
    approved: ApprovedPlan,
    how: Drive,
) -> Result<(RunId, Ended), Error> {
    let session = Box::pin(Session::begin(engine, approved, &how)).await?;
    let mut reconsider = if how.reconsider { session.with_state(standing_still) } else { BTreeSet::new() };
    let result = carry(&session, &how, &mut reconsider).await;
    let now = engine.now();
    let rest = session.with_state(|state| next(session.plan(), state, &BTreeSet::new(), now));
    // Even after an error the lease is given back, if that is still possible; the first error is the one to tell.
    let ended = session.end(rest.open, rest.due(now)).await;
    let how_it_ended = result?;
    ended?;
    Ok((session.run(), how_it_ended))
}

async fn carry(
    session: &Session<'_>,
    how: &Drive,
    reconsider: &mut BTreeSet<StepId>,
) -> Result<Ended, Error> {
    let mut running: Running<'_> = FuturesUnordered::new();
    let mut flight = Flight::default();
    let (clock, objects) = (&session.engine.host.clock, &session.engine.objects);
    loop {
        let now = session.engine.now();
        let (releases, mut busy) = (objects.releases(), false);
        let mut next = session.with_state(|state| next(session.plan(), state, reconsider, now));
        next.ready.retain(|work| session.step(&work.step).is_some_and(|(step, _)| how.pass.may_begin(step)));
        let stopped = session.stop.is_stopped();
        if !running.is_empty() {
            // Also while stopping: what is in flight is to be recorded.
            session.keep_lease().await?;
        }
        let cut = how.until == Until::Contained && contained(session, how.pass);
        if cut {
            // Only what stands still and cuts access is left to look at.
            next.ready.retain(|work| {
                let contains = |step: &Step| step.class == Class::Containment;
                reconsider.contains(&work.step) && session.plan().step(&work.step).is_some_and(contains)
            });
        }
        let far_enough = cut && next.ready.is_empty();
        if !stopped && !far_enough {
            session.keep_lease().await?;
            let (waves, in_the_way) = waves(session, &next, &flight);
            for (lane, wave) in waves {
                // What was looked at once is not looked at again in this drive, unless an event made it due.
                for step in &wave.steps {
                    reconsider.remove(step);
                }
                start(session, &mut running, &mut flight, lane, wave);
            }
            busy = in_the_way;
        }
        let mut freed =
            pin!(async { if busy { objects.released_since(releases).await } else { pending().await } });
        if running.is_empty() && busy {
            // Another run of this engine writes to an object that is next here.
            select(freed, select(pin!(session.stop.stopped()), clock.sleep_until(session.renew_at()))).await;
            continue;
        }
        if running.is_empty() {
            if stopped {
                return Ok(Ended::Stopped);
            }
            let Some(wake) = patience(session, how, &next, now) else { return Ok(Ended::Rested) };
            // Nothing is in flight: a stop is heard at once, however far the date lies, and the lease is kept till then.
            let wake = wake.min(session.renew_at()).max(now + Period::millis(50));
            select(pin!(session.stop.stopped()), clock.sleep_until(wake)).await;
            continue;
        }
        // Whatever comes first: a wave that ends, a date, or the lease.
        let wake = next
            .wake()
            .map_or(session.renew_at(), |wake| wake.min(session.renew_at()))
            .max(now + Period::millis(50));
        let other = select(freed.as_mut(), clock.sleep_until(wake));
        let finished = match select(running.next(), other).await {
            Either::Left((finished, _)) => finished,
            Either::Right(_) => None,
        };
        if let Some((lane, steps, reading, result)) = finished {
            flight.lanes.remove(&lane);
            for step in &steps {
                flight.steps.remove(step);
            }
            if let Some(reading) = reading {
                flight.readings.insert(lane.0, reading);
            }
            if let Err(error) = result {
                session.stop.stop();
                // What has been sent is recorded if it still can be, before the error is told.
                while running.next().await.is_some() {}
                return Err(error);
            }
        }
    }
}

fn start<'a>(
    session: &'a Session<'_>,
    running: &mut Running<'a>,
    flight: &mut Flight,
    lane: Lane,
    Wave { steps, claims }: Wave,
) {
    flight.lanes.insert(lane);
    flight.steps.extend(steps.iter().cloned());
    match lane.1 {
        Task::Capture => {
            let mut reading = flight
                .readings
                .remove(&lane.0)
                .or_else(|| session.seed.clone())
                .unwrap_or_else(|| Reading::of(session.plan().facts.clone()));
            running.push(Box::pin(async move {
                let result = wave::carry(session, &mut reading, &steps).await;
                drop(claims);
                (lane, steps, Some(reading), result)
            }));
        }
        Task::Verify => running.push(Box::pin(async move {
            let result = verify::verify(session, &steps).await;
            (lane, steps, None, result)
        })),
    }
}

/// Steps that go together, and the right to write to their objects.
#[derive(Default)]
struct Wave {
    steps: Vec<StepId>,
    claims: Vec<Claim>,
}

/// The waves that may start now: one for each free lane, never two steps on one object. And whether another run is in the
/// way of a step, so that it must be looked at again when that has written.
fn waves(session: &Session<'_>, next: &Next, flight: &Flight) -> (BTreeMap<Lane, Wave>, bool) {
    let touched =
        |id: &StepId| session.operations.get(id).map(|operation| operation.touches()).unwrap_or_default();
    let mut objects: BTreeSet<ObjectKey> = flight.steps.iter().flat_map(&touched).collect();
    let (mut waves, mut in_the_way) = (BTreeMap::<Lane, Wave>::new(), false);
    for Work { step, door, task } in &next.ready {
        let lane = (*door, *task);
        if flight.lanes.contains(&lane) || flight.steps.contains(step) {
            continue;
        }
        if *task == Task::Capture {
            let keys = touched(step);
            if keys.iter().any(|key| objects.contains(key)) {
                continue;
            }
            let Some(claim) = session.engine.objects.claim(keys.clone()) else {
                in_the_way = true;
                continue;
            };
            objects.extend(keys);
            waves.entry(lane).or_default().claims.push(claim);
        }
        waves.entry(lane).or_default().steps.push(step.clone());
    }
    (waves, in_the_way)
}

/// Every containment step of this pass whose time has come has been tried.
fn contained(session: &Session<'_>, pass: Pass) -> bool {
    let now = session.engine.now();
    session.with_state(|state| reach::has_contained(session.plan(), state, now, |step| pass.may_begin(step)))
}

/// Until when to sleep when nothing is in flight; nothing where it is time to return.
fn patience(session: &Session<'_>, how: &Drive, next: &Next, now: Timestamp) -> Option<Timestamp> {
    match how.until {
        Until::Contained if contained(session, how.pass) => None,
        Until::Contained | Until::Done => next.look_at,
        Until::Sent => {
            let soon = session.with_state(|state| {
                state.steps.values().any(|step| match step.status {
                    Status::Applied | Status::Waiting => {
                        step.first_sent_at.is_some_and(|sent| now.since(sent) < SENT_PATIENCE)
                    }
                    Status::Indeterminate => step.attempts < super::next::ATTEMPTS,
                    Status::Deferred => step.until.is_some_and(|until| until.since(now) < SENT_PATIENCE),
                    _ => false,
                })
            });
            next.look_at.filter(|_| soon)
        }
    }
}
