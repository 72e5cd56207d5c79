//! The calendar of a mailbox.

use http::StatusCode;
use offboard_core::time::Timestamp;
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::mail::mailbox_of;
use super::names::Kind;
use super::page::PageSize;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::CalendarEvent;

const SIZE: PageSize = PageSize { usual: 10, most: 1_000 };

/// `GET /users/{id}/events`; pages of 10.
pub(super) fn events(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.exchange_view();
    let mailbox = mailbox_of(&view, call.key(0))?;
    call.page(Kind::Event, SIZE, mailbox.events.iter().map(rendered).collect())
}

/// `GET /users/{id}/calendarView`: what lies between two times, both required; ordered by start.
pub(super) fn view(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let (Some(start), Some(end)) = (&call.query.start, &call.query.end) else {
        let text = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "ErrorInvalidParameter", text));
    };
    let (start, end) = (time_of(start)?, time_of(end)?);
    if end < start {
        let text = "The end of the time window lies before its start.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "ErrorInvalidParameter", text));
    }
    let view = cx.exchange_view();
    let mailbox = mailbox_of(&view, call.key(0))?;
    let mut found: Vec<&CalendarEvent> =
        mailbox.events.iter().filter(|event| event.end > start && event.start < end).collect();
    found.sort_by_key(|event| event.start);
    call.page(Kind::Event, SIZE, found.into_iter().map(rendered).collect())
}

/// A time with or without offset; without one it is UTC.
fn time_of(text: &str) -> Result<Timestamp, Refusal> {
    let found = text.parse().or_else(|_| format!("{text}Z").parse());
    found.map_err(|_| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "ErrorInvalidParameter",
            format!("'{text}' is not a valid time."),
        )
    })
}

fn rendered(event: &CalendarEvent) -> Value {
    let address = |address: &str| json!({ "emailAddress": { "name": address, "address": address } });
    let attendees = event.attendees.iter().map(|attendee| {
        json!({
            "type": "required", "status": { "response": "none", "time": "0001-01-01T00:00:00Z" },
            "emailAddress": { "name": attendee, "address": attendee },
        })
    });
    json!({
        "id": event.id,
        "subject": event.subject,
        "start": date_time(event.start),
        "end": date_time(event.end),
        "organizer": address(&event.organizer),
        "isOrganizer": event.is_organizer,
        "attendees": attendees.collect::<Value>(),
        "isCancelled": event.is_cancelled,
        "isAllDay": false,
        "type": if event.series_master_id.is_some() { "occurrence" } else { "singleInstance" },
        "seriesMasterId": event.series_master_id,
    })
}

fn date_time(at: Timestamp) -> Value {
    let text = at.to_string();
    let seconds = text.split(['.', 'Z']).next().unwrap_or_default();
    json!({ "dateTime": format!("{seconds}.0000000"), "timeZone": "UTC" })
}
