//! Meetings that the leaver organised.

use offboard_core::time::Period;
use serde_json::{Map, Value, json};

use super::{Row, Undo, never, nobody, so};
use crate::world::CalendarEvent;

pub(super) const CANCEL_MEETINGS: Row = Row {
    operation: "cancel_meetings",
    params: &["days"],
    undo: Undo::Impossible,
    holds: |ask| {
        let days = ask.params.get("days").and_then(Value::as_i64).ok_or("`days` is no number")?;
        let (from, to) = (ask.world.now, ask.world.now + Period::days(days));
        let mailbox = ask.mailbox()?;
        let mut left = mailbox.events.iter().filter(|event| is_organized(event) && !event.is_cancelled);
        let left = left.find(|event| event.end > from && event.start < to);
        left.map_or(Ok(()), |event| Err(format!("the meeting {} was not cancelled", event.id)))?;
        so(mailbox.is_active(), "the mailbox was gone")
    },
    part: |ask| {
        let Ok(mailbox) = ask.mailbox() else { return Map::new() };
        let organized = mailbox.events.iter().filter(|event| is_organized(event));
        organized.map(|event| (event.id.clone(), json!(event.is_cancelled))).collect()
    },
    forward: |call, ask| {
        call.runs("Remove-CalendarEvents", ask.began, ask.user)
            && call.flag("/CancelOrganizedMeetings") == Some(true)
            && call.flag("/PreviewOnly") != Some(true)
    },
    back: never,
    owned: nobody,
    in_part: false,
};

fn is_organized(event: &CalendarEvent) -> bool {
    event.is_organizer && !event.attendees.is_empty()
}
