//! `microsoft.graph.event`, to list what somebody organised (N2).

use std::collections::BTreeMap;

use offboard_core::model::meeting::{Meeting, Meetings};
use offboard_core::time::{Period, Timestamp};
use serde::Deserialize;

use super::Malformed;
use super::replies::DateTimeTimeZone;
use super::seen::Seen;

/// What is asked of an event. No subject and no text: they are nobody's business.
pub(crate) const SELECT: &[&str] =
    &["id", "isOrganizer", "isCancelled", "organizer", "attendees", "seriesMasterId", "start"];

/// The order in which events come, so that a count that breaks off says how far it came.
pub(crate) const ORDER: &str = "start/dateTime";

/// An event as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EventBody {
    id: Seen<String>,
    is_organizer: Seen<bool>,
    is_cancelled: Seen<bool>,
    organizer: Seen<Recipient>,
    attendees: Seen<Vec<Recipient>>,
    series_master_id: Seen<String>,
    start: Seen<DateTimeTimeZone>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Recipient {
    email_address: Seen<EmailAddress>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EmailAddress {
    address: Seen<String>,
}

impl Recipient {
    fn address(&self) -> Option<&str> {
        match &self.email_address {
            Seen::Value(EmailAddress { address: Seen::Value(address) }) => Some(address),
            _ => None,
        }
    }
}

impl EventBody {
    /// Somebody else is invited. A room is, too: it stays booked.
    fn has_others(attendees: &[Recipient], organizer: Option<&Recipient>) -> bool {
        let organizer = organizer.and_then(Recipient::address);
        attendees.iter().any(|attendee| match (attendee.address(), organizer) {
            (Some(address), Some(organizer)) => !address.eq_ignore_ascii_case(organizer),
            _ => true,
        })
    }
}

/// What an event adds to the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What counts once: the series, or the event itself. Nothing where it does not count.
    id: Option<String>,
    series: bool,
    start: Option<Timestamp>,
}

impl EventBody {
    /// What it adds. What the service left out is not an event without others.
    pub(crate) fn entry(self) -> Result<Entry, Malformed> {
        let attendees = self.attendees.required("attendees")?;
        let counts = self.is_organizer.nullable("isOrganizer")? != Some(false)
            && self.is_cancelled != Seen::Value(true)
            && Self::has_others(&attendees, self.organizer.shown().as_ref());
        let series = self.series_master_id.shown();
        let is_series = series.is_some();
        let id = match (counts, series) {
            (false, _) => None,
            (true, Some(series)) => Some(series),
            (true, None) => Some(self.id.required("id")?),
        };
        let start = self.start.shown().and_then(|start| start.timestamp().ok());
        Ok(Entry { id, series: is_series, start })
    }
}

/// Gathers meetings: a series once, however often it takes place.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    organized: BTreeMap<String, Meeting>,
    last: Option<Timestamp>,
}

impl Tally {
    /// Of these events, in the order of their beginning.
    pub(crate) fn of(entries: Vec<Entry>) -> Self {
        let mut tally = Self::default();
        for Entry { id, series, start } in entries {
            tally.last = tally.last.max(start);
            if let Some(id) = id {
                let meeting = Meeting { id: id.clone(), series, next: start };
                let known = tally.organized.entry(id).or_insert(meeting);
                known.next = known.next.into_iter().chain(start).min();
            }
        }
        tally
    }

    /// The list, for `ahead` after `from`; a list that broke off covers only the days that it saw.
    pub(crate) fn meetings(self, from: Timestamp, ahead: Period, complete: bool) -> Meetings {
        let seen = match self.last {
            Some(last) if !complete => last.since(from),
            None if !complete => Period::ZERO,
            _ => ahead,
        };
        let days = seen.as_micros() / Period::days(1).as_micros();
        Meetings { organized: self.organized.into_values().collect(), days: u32::try_from(days).unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use offboard_core::model::meeting::AHEAD;
    use serde_json::{Value, json};

    use super::*;

    fn from() -> Timestamp {
        "2026-11-30T12:00:00Z".parse().unwrap()
    }

    fn event(id: &str, change: impl FnOnce(&mut Value)) -> EventBody {
        let mut body = json!({
            "id": id, "isOrganizer": true, "isCancelled": false, "seriesMasterId": null,
            "organizer": { "emailAddress": { "name": "Alex", "address": "alexw@contoso.com" } },
            "attendees": [{ "type": "required", "emailAddress": { "address": "meganb@contoso.com" } }],
            "start": { "dateTime": "2026-12-10T09:00:00.0000000", "timeZone": "UTC" }
        });
        change(&mut body);
        serde_json::from_value(body).unwrap()
    }

    fn count(events: impl IntoIterator<Item = EventBody>) -> usize {
        let entries = events.into_iter().map(|event| event.entry().unwrap()).collect();
        Tally::of(entries).meetings(from(), AHEAD, true).organized.len()
    }

    #[test]
    fn only_meetings_with_others_that_the_person_organised() {
        assert_eq!(count([event("1", |_| {}), event("2", |_| {})]), 2);
        assert_eq!(count([event("1", |e| e["isOrganizer"] = json!(false))]), 0);
        assert_eq!(count([event("1", |e| e["isCancelled"] = json!(true))]), 0);
        assert_eq!(count([event("1", |e| e["attendees"] = json!([]))]), 0);
        let alone = json!([{ "emailAddress": { "address": "AlexW@contoso.com" } }]);
        assert_eq!(count([event("1", |e| e["attendees"] = alone)]), 0);
        assert_eq!(count([event("1", |e| e["attendees"] = json!([{ "emailAddress": null }]))]), 1);
    }

    #[test]
    fn what_the_service_leaves_out_is_not_an_event_without_others() {
        for name in ["isOrganizer", "attendees"] {
            let without = event("1", |e| drop(e.as_object_mut().unwrap().remove(name)));
            assert!(without.entry().is_err(), "{name}");
        }
        // A list may be empty, and is never null.
        assert!(event("1", |e| e["attendees"] = Value::Null).entry().is_err());
        assert_eq!(count([event("1", |e| e["isOrganizer"] = Value::Null)]), 1);
    }

    #[test]
    fn a_series_counts_once() {
        let weekly = |id| event(id, |e| e["seriesMasterId"] = json!("weekly"));
        assert_eq!(count([weekly("1"), weekly("2"), event("3", |_| {})]), 2);
    }

    #[test]
    fn a_count_that_broke_off_covers_what_it_saw() {
        let nothing = Tally::default().meetings(from(), AHEAD, true);
        assert_eq!(nothing, Meetings { organized: vec![], days: 365 });
        let tally = Tally::of(vec![event("1", |_| {}).entry().unwrap()]);
        let one = Meeting { id: "1".to_owned(), series: false, next: "2026-12-10T09:00:00Z".parse().ok() };
        assert_eq!(tally.meetings(from(), AHEAD, false), Meetings { organized: vec![one], days: 9 });
    }

    #[test]
    fn a_series_takes_place_next_at_its_earliest() {
        let on = |day: &str| {
            event(day, |e| {
                e["seriesMasterId"] = json!("weekly");
                e["start"]["dateTime"] = json!(format!("2026-12-{day}T09:00:00"));
            })
        };
        let entries = [on("17"), on("10")].into_iter().map(|event| event.entry().unwrap()).collect();
        let found = Tally::of(entries).meetings(from(), AHEAD, true).organized;
        let weekly =
            Meeting { id: "weekly".to_owned(), series: true, next: "2026-12-10T09:00:00Z".parse().ok() };
        assert_eq!(found, [weekly]);
    }
}
