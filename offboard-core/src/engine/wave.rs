//! One wave through one door: read once, judge again, record the state before, write at once.

use async_trait::async_trait;
use futures_util::future::join;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde_json::Value;

use super::backoff;
use super::drift;
use super::reach;
use super::reader::Reading;
use super::session::Session;
use super::undo;
use super::vanished;
use super::verify;
use crate::error::{Error, ErrorKind};
use crate::facts::load::Patience;
use crate::facts::{Fact, Facts};
use crate::failure::{Failure, Kind, Retry};
use crate::id::StepId;
use crate::journal::EventKind;
use crate::operation::context::ProgressSink;
use crate::operation::guard::Direction;
use crate::operation::{
    AnyOperation, Class, Context, Finding, Judged, Later, Reached, Repeat, Route, Severity,
};
use crate::plan::judge::{self, DRIFT};
use crate::plan::step::{Action, Step};
use crate::ports::{Call, Priority, Receipt};
use crate::time::Timestamp;

/// How often a write that was not even begun is put off before it counts as failed.
const DEFERRALS: u32 = 12;

/// What a look at a step came to.
enum Look {
    /// It goes on to the write, with this state recorded before it.
    Write(Judged<Value>),
    /// It seems to be so already, which one reading does not show.
    Already(Judged<Value>),
    /// It ends here, for now.
    Stop,
}

/// Carries `steps` through: none of them touches the same object as another.
pub(super) async fn carry(
    session: &Session<'_>,
    reading: &mut Reading,
    steps: &[StepId],
) -> Result<(), Error> {
    let containment = steps.iter().any(|id| is_containment(session, id));
    let priority = if containment { Priority::Containment } else { Priority::Normal };
    let call = session.call(priority, false);
    let patience = containment.then(|| Patience {
        clock: session.engine.host.clock.clone(),
        until: session.engine.now() + backoff::CONTAINMENT_PATIENCE,
    });
    let written = session.written();
    reading.refresh(session.engine, &session.reads(steps), &written, &call, patience.as_ref()).await;
    let facts = &reading.facts;
    // Where the tenant cannot be asked nothing is judged. Only cutting access goes on blind, as long as it may sign in.
    let lost = reach::out_of_reach(facts);
    let goes_on = |id: &StepId| {
        lost.is_none_or(|failure| failure.kind != Kind::Unauthenticated && is_containment(session, id))
    };
    let (steps, standing): (Vec<&StepId>, Vec<&StepId>) = steps.iter().partition(|id| goes_on(id));

    let (mut events, mut writes, mut already) = (Vec::new(), Vec::new(), Vec::new());
    for id in steps {
        let Some((step, operation)) = session.step(id) else { continue };
        let (look, event) = look(session, step, operation.as_ref(), facts);
        events.extend(event.map(|event| (id.clone(), event)));
        match look {
            Look::Write(before) => writes.push((id.clone(), before)),
            Look::Already(before) => already.push((id.clone(), before)),
            Look::Stop => {}
        }
    }
    session.append(events).await?;
    session.keep_lease().await?;

    let writing = write_all(session, facts, priority, &writes);
    let looking = async {
        let ids: Vec<StepId> = already.iter().map(|(id, _)| id.clone()).collect();
        verify::already(session, &ids).await
    };
    let (written, disagreeing) = join(writing, looking).await;
    written?;
    // A single reading said that it was so already, and others do not: it is written after all.
    let late: Vec<_> =
        already.into_iter().filter(|(id, _)| disagreeing.as_ref().is_ok_and(|d| d.contains(id))).collect();
    disagreeing?;
    write_all(session, facts, priority, &late).await?;
    match lost.filter(|_| !standing.is_empty()) {
        Some(failure) => Err(ErrorKind::Provider(failure.clone()).into()),
        None => Ok(()),
    }
}

fn is_containment(session: &Session<'_>, id: &StepId) -> bool {
    session.plan().step(id).is_some_and(|step| step.class == Class::Containment)
}

/// Looks at one step with fresh facts, and says what becomes of it.
fn look(
    session: &Session<'_>,
    step: &Step,
    operation: &dyn AnyOperation,
    facts: &Facts,
) -> (Look, Option<EventKind>) {
    let (at, plan) = (session.engine.now(), session.plan());
    // What was sent before may have happened: whatever is found now, nobody may claim that it did not.
    let sent = session.step_state(&step.id).filter(|state| state.first_sent_at.is_some());
    let end = |event| match &sent {
        Some(state) => (Look::Stop, Some(verify::not_seen(state, operation.spec(), said(event), at))),
        None => (Look::Stop, Some(event)),
    };
    if let Some(finding) = wrong_person(session, step, operation, facts) {
        return end(EventKind::Blocked { findings: vec![finding] });
    }
    let approval = session.approved.approval();
    let vanished = vanished::mailbox(session, step, operation, facts);
    if let Some(finding) = vanished.filter(|finding| approval.leaves_standing(finding)) {
        return end(EventKind::Blocked { findings: vec![finding] });
    }
    if step.direction == Direction::Forward {
        match operation.route(facts) {
            Route::Skip(why) => return end(EventKind::Skipped { why }),
            Route::HandOff(instructions) => return end(EventKind::HandedOff { instructions }),
            Route::Change | Route::Observe => {}
        }
    }
    let now = operation.state(facts);
    if let Judged::Nothing(why) = &now {
        // What is to be restored may come back later, as a mailbox does with its license.
        return end(match step.direction {
            Direction::Forward => EventKind::Skipped { why: why.clone() },
            Direction::Undo => EventKind::Deferred { until: at + backoff::COMES_BACK, why: why.clone() },
        });
    }
    // Where there is still nothing, what was planned to be skipped has just been skipped.
    let unplanned = unplanned(step).filter(|_| step.direction == Direction::Forward);
    if let (Some(finding), true) = (unplanned, step.class != Class::Containment) {
        return end(EventKind::Blocked { findings: vec![finding] });
    }
    let mut findings =
        judge::judge(facts, &session.subject(step, operation), &session.intent, &session.engine.guards, at);
    let (stopping, drift) = drifted(session, step, operation, &now);
    findings.extend(stopping);
    if step.direction == Direction::Undo {
        // What others had changed when this was planned stays, unless the approval names it.
        findings.extend(plan.findings_of(&step.id).filter(|finding| finding.code == DRIFT).cloned());
    }
    let standing: Vec<Finding> = findings.iter().filter(|f| approval.leaves_standing(f)).cloned().collect();
    if !standing.is_empty() {
        return end(EventKind::Blocked { findings: standing });
    }
    let findings: Vec<Finding> =
        findings.into_iter().filter(|finding| !plan.findings.contains(finding)).collect();
    let captured = Some(EventKind::Captured { before: now.clone(), findings, drift });
    match session.reached(step, operation, &now, at) {
        // Long work asks what became of its own calls before it says that it is over.
        Ok(Reached::Yes) if step.repeat == Repeat::Resume && sent.is_some() => (Look::Write(now), captured),
        // A stamp moves for anybody's change, and what is taken back may still be on its way: neither is believed.
        Ok(Reached::Yes) if shows_only_a_stamp(operation, &now) || (taken_back(step) && sent.is_none()) => {
            (Look::Write(now), captured)
        }
        Ok(Reached::Yes | Reached::Partly(_)) => (Look::Already(now), captured),
        Ok(_) => (Look::Write(now), captured),
        Err(failure) => end(EventKind::Blocked { findings: vec![judge::not_understood(&step.id, &failure)] }),
    }
}

/// Everything that this state shows is stamped by the service's clock.
pub(super) fn shows_only_a_stamp(operation: &dyn AnyOperation, now: &Judged<Value>) -> bool {
    let clock_fields = operation.spec().clock_fields;
    now.is()
        .and_then(Value::as_object)
        .is_some_and(|fields| fields.keys().all(|name| clock_fields.contains(&name.as_str())))
}

/// The plan says that nothing is written here, and nobody has approved that something is.
fn unplanned(step: &Step) -> Option<Finding> {
    let planned = match &step.action {
        Action::Skip { why } => format!("to be skipped ({why})"),
        Action::HandOff { .. } => "for a person to do".to_owned(),
        _ => return None,
    };
    Some(Finding {
        code: DRIFT.to_owned(),
        severity: Severity::Never,
        key: "action".to_owned(),
        requirement: "P7".to_owned(),
        message: format!("this step was planned {planned}, and now there is something to write"),
        hint: "make a new plan, which will show what is there now".to_owned(),
        step: Some(step.id.clone()),
    })
}

/// A change that is planned to be taken back.
fn taken_back(step: &Step) -> bool {
    step.direction == Direction::Undo && matches!(step.action, Action::Change {})
}

/// What an event that ends a look says, in words.
fn said(event: EventKind) -> String {
    match event {
        EventKind::Blocked { findings } => {
            findings.into_iter().next().map_or_else(String::new, |f| format!("{}: {}", f.code, f.message))
        }
        EventKind::Skipped { why } | EventKind::Deferred { why, .. } => why,
        EventKind::HandedOff { instructions } => instructions.why,
        other => other.name().to_owned(),
    }
}

/// Whether the leaver is somebody else than the plan means. Only this stops containment.
fn wrong_person(
    session: &Session<'_>,
    step: &Step,
    operation: &dyn AnyOperation,
    facts: &Facts,
) -> Option<Finding> {
    let plan = session.plan();
    let message = match &facts.leaver.user {
        Fact::Known(_) | Fact::Absent => {
            plan.leaver.denied_by(&facts.leaver, operation.concerns_the_deleted())?
        }
        Fact::Unknown(_) | Fact::NotOffered(_) if step.class == Class::Containment => return None,
        Fact::Unknown(_) | Fact::NotOffered(_) => {
            "the person's directory object could not be read".to_owned()
        }
    };
    Some(judge::wrong_person(plan, Some(step.id.clone()), message))
}

/// What is otherwise than planned: findings that stop the step, and differences that are only recorded.
fn drifted(
    session: &Session<'_>,
    step: &Step,
    operation: &dyn AnyOperation,
    now: &Judged<Value>,
) -> (Vec<Finding>, Vec<String>) {
    let (Some(now), Some(before)) = (now.is(), step.before.is()) else { return (Vec::new(), Vec::new()) };
    // Containment goes on whatever else has changed, unless it is the person; giving access back does not.
    if step.class == Class::Containment && step.direction == Direction::Forward {
        return (Vec::new(), Vec::new());
    }
    let facts = session.expected();
    let ours = operation.state(&facts);
    // What the run that is taken back has left there may not have been seen yet when this was planned.
    let taken_back = step.goal.is().filter(|_| step.direction == Direction::Undo);
    let left = taken_back.map(|goal| drift::left_by(operation, facts, goal));
    let left = left.as_ref().and_then(Judged::is);
    let expected: Vec<&Value> =
        [Some(before), step.goal.is(), ours.is(), left].into_iter().flatten().collect();
    let (harmless, stopping): (Vec<_>, Vec<_>) =
        drift::between(&expected, now, operation.spec().clock_fields)
            .into_iter()
            .partition(|drift| drift.harmless);
    let findings = stopping.into_iter().map(|drift| Finding {
        code: DRIFT.to_owned(),
        severity: Severity::Block,
        key: drift.pointer,
        requirement: "P7".to_owned(),
        message: format!("somebody changed it since the plan was made: {}", drift.text),
        hint: "make a new plan, which will show what is there now".to_owned(),
        step: Some(step.id.clone()),
    });
    (findings.collect(), harmless.into_iter().map(|drift| drift.text).collect())
}

/// Writes all of them at once; each result is durable as soon as it is there.
async fn write_all(
    session: &Session<'_>,
    facts: &Facts,
    priority: Priority,
    writes: &[(StepId, Judged<Value>)],
) -> Result<(), Error> {
    let mut running: FuturesUnordered<_> =
        writes.iter().map(|(id, before)| write(session, facts, priority, id, before)).collect();
    let mut first_error = Ok(());
    while let Some(result) = running.next().await {
        // The others have been sent already: their answers are recorded as far as that is still possible.
        first_error = first_error.and(result);
    }
    first_error
}

async fn write(
    session: &Session<'_>,
    facts: &Facts,
    priority: Priority,
    id: &StepId,
    before: &Judged<Value>,
) -> Result<(), Error> {
    let Some((step, operation)) = session.step(id) else { return Ok(()) };
    let sink = Sink { session, step: id };
    let cursor = session.step_state(id).and_then(|state| state.cursor);
    let call = Call { once: step.repeat != Repeat::Safe, ..session.call(priority, false) };
    let cx = Context::new(&session.engine.providers, call, &session.engine.host, facts, cursor, &sink);
    session.wrote(operation.reads());
    let result = match (step.direction, step.goal.is(), before.is()) {
        (Direction::Forward, ..) => operation.apply(&cx, before).await,
        (Direction::Undo, Some(goal), Some(now)) => operation.undo(&cx, goal, now).await,
        (Direction::Undo, ..) => Err(undo::not_known(before)),
    };
    let (receipts, later) = cx.finish();
    session.wrote(operation.reads());
    let state = session.step_state(id);
    let sent = state.as_ref().is_some_and(|state| state.first_sent_at.is_some());
    let event = match (result, later) {
        (Ok(()), Some(Later { at, why })) if step.repeat == Repeat::Resume => {
            EventKind::Waiting { until: at, why }
        }
        // What it has sent and got no answer to stands in its cursor: a refusal is just that.
        (Err(failure), _) if step.repeat == Repeat::Resume && sent && !is_tried_again(&failure) => {
            EventKind::Failed { failure }
        }
        // An earlier write may have happened, whatever becomes of this one.
        (Err(failure), _) if sent => EventKind::Indeterminate { failure, receipts },
        (result, _) => {
            let deferrals = state.map_or(0, |state| state.deferrals);
            let now = session.engine.now();
            outcome(step, operation.as_ref(), facts, result, receipts, deferrals, now)
        }
    };
    session.append(vec![(id.clone(), event)]).await
}

/// A failure that is over by itself: of the connection, of a limit, or because we ourselves let nothing leave.
fn is_tried_again(failure: &Failure) -> bool {
    match failure.kind {
        Kind::Indeterminate | Kind::Throttled | Kind::Unavailable => true,
        Kind::Refused => failure.retry != Retry::No,
        _ => false,
    }
}

/// What the service's answer means for the step.
fn outcome(
    step: &Step,
    operation: &dyn AnyOperation,
    facts: &Facts,
    result: Result<(), Failure>,
    receipts: Vec<Receipt>,
    deferrals: u32,
    now: Timestamp,
) -> EventKind {
    let failure = match result {
        Ok(()) => return EventKind::Applied { receipts },
        Err(failure) => failure,
    };
    let nothing_was_sent = receipts.is_empty();
    match failure.kind {
        Kind::Indeterminate => EventKind::Indeterminate { failure, receipts },
        // A part was sent, whatever the service said to the rest: it is looked at again, what was before it is kept, and nothing is
        // sent again where that would cost. Only what nobody can send goes on in the hands of a person.
        _ if !nothing_was_sent && (failure.kind != Kind::Unsupported || step.repeat == Repeat::Settle) => {
            EventKind::Indeterminate { failure, receipts }
        }
        Kind::Throttled | Kind::Unavailable if deferrals < DEFERRALS => {
            EventKind::Deferred { until: backoff::try_again(&failure, deferrals, now), why: failure.message }
        }
        // We ourselves did not let it leave: the lease had ended, or somebody said stop.
        Kind::Refused if failure.retry != Retry::No => {
            EventKind::Deferred { until: now, why: failure.message }
        }
        Kind::Unsupported => {
            EventKind::HandedOff { instructions: operation.by_hand(facts, &failure.message) }
        }
        // Cutting access cannot end in a failure that nobody is asked to mend.
        _ if step.class == Class::Containment
            && step.direction == Direction::Forward
            && step.repeat == Repeat::Safe
            && nothing_was_sent =>
        {
            EventKind::HandedOff { instructions: operation.by_hand(facts, &failure.message) }
        }
        _ => EventKind::Failed { failure },
    }
}

struct Sink<'a, 'e> {
    session: &'a Session<'e>,
    step: &'a StepId,
}

#[async_trait]
impl ProgressSink for Sink<'_, '_> {
    async fn progress(&self, cursor: Value) -> Result<(), Failure> {
        let event = EventKind::Progressed { cursor };
        self.session.append(vec![(self.step.clone(), event)]).await.map_err(|error| {
            Failure::new(Kind::Indeterminate, format!("how far this is could not be recorded: {error}"))
        })
    }
}
