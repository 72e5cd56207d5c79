//! Reading back: as many agreeing readings as the facets ask for, on fresh connections.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::backoff;
use super::session::Session;
use crate::error::Error;
use crate::facts::load::load;
use crate::facts::{Agreement, Facet};
use crate::id::StepId;
use crate::journal::{EventKind, Status, StepState};
use crate::operation::{Class, Judged, Reached, Repeat, Spec};
use crate::ports::Priority;
use crate::time::{Period, Timestamp};

/// What reading a step back came to.
#[derive(Debug, Clone)]
struct Observed {
    reached: Reached,
    now: Judged<Value>,
    at: Timestamp,
}

/// Reads `steps` back and records what was seen.
pub(super) async fn verify(session: &Session<'_>, steps: &[StepId]) -> Result<(), Error> {
    let observed = observe(session, steps).await;
    let events = observed.into_iter().filter_map(|(id, seen)| Some((id.clone(), event(session, &id, seen)?)));
    session.append(events.collect()).await
}

/// Confirms that these captured steps were so before anything was sent. Returns those that are not after all.
pub(super) async fn already(session: &Session<'_>, steps: &[StepId]) -> Result<BTreeSet<StepId>, Error> {
    if steps.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (mut events, mut not_so) = (Vec::new(), BTreeSet::new());
    for (id, seen) in observe(session, steps).await {
        match was_seen(session, &id, &seen) {
            Some(event) => events.push((id, event)),
            None => drop(not_so.insert(id)),
        }
    }
    session.append(events).await?;
    Ok(not_so)
}

/// The event where it was seen, or as much of it as this way reaches.
fn was_seen(session: &Session<'_>, id: &StepId, seen: &Observed) -> Option<EventKind> {
    let (after, seen_at) = (seen.now.clone(), seen.at);
    match &seen.reached {
        Reached::Yes => {
            // What people did because they were asked was not so before.
            let already =
                session.step_state(id).is_none_or(|state| state.attempts == 0 && state.applied_at.is_none());
            Some(EventKind::Verified { after, seen_at, already })
        }
        Reached::Partly(why) => Some(EventKind::Partial { after, seen_at, why: why.clone() }),
        _ => None,
    }
}

/// The event that follows from a reading; nothing where it changes nothing.
fn event(session: &Session<'_>, id: &StepId, seen: Observed) -> Option<EventKind> {
    let (state, (_, operation)) = (session.step_state(id)?, session.step(id)?);
    let accepted = matches!(state.status, Status::Applied);
    // A stamp does not say who moved it: that a person did what he was asked for, he must say.
    let handed_off = state.status == Status::HandedOff;
    if handed_off && super::wave::shows_only_a_stamp(operation.as_ref(), &seen.now) {
        return None;
    }
    if let Some(event) = was_seen(session, id, &seen) {
        return Some(event);
    }
    match seen.reached {
        Reached::Unobservable if accepted => return Some(EventKind::Sent {}),
        Reached::Lapsed(why) if accepted || state.status == Status::Waiting => {
            return Some(EventKind::Lapsed { why });
        }
        _ => {}
    }
    // Hand-offs and what was given up are only looked at.
    if matches!(state.status, Status::HandedOff | Status::Unverified) {
        return None;
    }
    let why = match (&seen.now, &seen.reached) {
        (Judged::Is(_), Reached::NotBefore(at)) => format!("it is on its way and can be seen from {at} on"),
        (Judged::Is(now), _) => match operation.missing(now) {
            Some(missing) => format!("it is not seen yet: {missing}"),
            None => "it is not seen yet".to_owned(),
        },
        (Judged::Nothing(why), _) => why.clone(),
        (Judged::Unknown(failure), _) => format!("it could not be read back ({})", failure.message),
    };
    // What was there and is not any more was taken away by others. A reading that failed says nothing of that.
    if state.status == Status::Partial {
        return matches!(seen.now, Judged::Is(_) | Judged::Nothing(_))
            .then_some(EventKind::Unverified { why });
    }
    match (not_seen(&state, operation.spec(), why, seen.at), seen.reached) {
        // What cannot be seen earlier is not asked for every few minutes.
        (EventKind::Waiting { until, why }, Reached::NotBefore(earliest)) => {
            Some(EventKind::Waiting { until: until.max(earliest), why })
        }
        (event, _) => Some(event),
    }
}

/// Sent, and not seen at `at`: looked at again, until nobody can wait longer.
pub(super) fn not_seen(state: &StepState, spec: &Spec, why: String, at: Timestamp) -> EventKind {
    // Of the work of people it counts from their word.
    let sent = state.sent_at.or(state.applied_at).unwrap_or(state.since);
    // What was not looked at for so long is sent again first. What waits has had its turn: it was sent again, or there was
    // nothing to send to, or its run has ended; and it would wait for ever.
    let sent_again_first = state.status == Status::Applied
        && spec.repeat == Repeat::Safe
        && state.attempts < super::next::ATTEMPTS;
    if at.since(sent) >= spec.give_up && !sent_again_first {
        return EventKind::Unverified { why };
    }
    let until = backoff::look_again(sent, at);
    EventKind::Waiting { until, why }
}

/// Reads until every step has either as many agreeing readings as it needs, or one that says otherwise.
async fn observe(session: &Session<'_>, steps: &[StepId]) -> BTreeMap<StepId, Observed> {
    let mut open: BTreeMap<StepId, Agreement> =
        steps.iter().filter_map(|id| Some((id.clone(), agreement(&session.step(id)?.1.reads())))).collect();
    let mut observed = BTreeMap::new();
    let mut readings = 0;
    while !open.is_empty() && !session.stop.is_stopped() {
        let ids: Vec<StepId> = open.keys().cloned().collect();
        let facts = read(session, &ids).await;
        readings += 1;
        for id in ids {
            let Some((step, operation)) = session.step(&id) else { continue };
            let (now, at) = (operation.state(&facts), session.engine.now());
            let reached = session.reached(step, operation.as_ref(), &now, at).unwrap_or(Reached::NotYet);
            let needed = open.get(&id).map_or(1, |agreement| agreement.reads);
            if !reached.is_seen() || readings >= needed {
                open.remove(&id);
                observed.insert(id, Observed { reached, now, at });
            }
        }
        if let Some(apart) = open.values().map(|agreement| agreement.apart).max() {
            session.engine.host.clock.sleep_until(session.engine.now() + apart).await;
        }
    }
    observed
}

/// The most careful of what these facets ask for.
fn agreement(facets: &[Facet]) -> Agreement {
    facets.iter().map(Facet::agreement).fold(Agreement { reads: 1, apart: Period::ZERO }, |most, one| {
        Agreement { reads: most.reads.max(one.reads), apart: most.apart.max(one.apart) }
    })
}

/// A reading of its own, with nothing of it from an earlier one.
async fn read(session: &Session<'_>, steps: &[StepId]) -> crate::facts::Facts {
    let known = session.step(&steps[0]);
    let containment = known.is_some_and(|(step, _)| step.class == Class::Containment);
    let call = session.call(if containment { Priority::Containment } else { Priority::Normal }, true);
    let wanted: BTreeSet<Facet> =
        steps.iter().filter_map(|id| session.step(id)).flat_map(|(_, operation)| operation.reads()).collect();
    let mut facts = session.plan().facts.clone();
    facts.as_of = session.engine.now();
    load(&mut facts, &wanted, &session.engine.providers, &session.engine.profile.unused, &call, None).await;
    facts
}
