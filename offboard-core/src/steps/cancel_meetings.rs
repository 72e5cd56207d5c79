//! Cancel the meetings that the leaver organised (N2, C8, E15), while the mailbox can still tell those invited. What will be
//! cancelled is read, never previewed by the cmdlet that does it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, mailbox_route, needs_state, no_mailbox, of};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::{Failure, Kind};
use crate::id::{ObjectKey, UserId};
use crate::model::meeting::{AHEAD, Meeting};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::time::{Period, Timestamp};

/// Cancels what begins within so many days. A series with one meeting in that time is cancelled whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelMeetings {
    /// Who is leaving.
    pub user: UserId,
    /// How many days ahead, counted from when it is done.
    #[schemars(range(min = 1, max = 365))]
    pub days: u32,
}

/// One meeting, or a series of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// The event or the series.
    pub id: String,
    /// When it begins; nothing for a series, which goes on beginning.
    pub begins: Option<Timestamp>,
}

/// What there is to cancel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToCancel {
    /// Each, in the order of their ids.
    pub meetings: Vec<Planned>,
    /// The ids of what lies beyond, and is left; nothing where the calendar was not read a whole year ahead. A series whose next
    /// meeting has moved there was not cancelled.
    #[serde(default)]
    pub beyond: Option<BTreeSet<String>>,
}

impl ToCancel {
    /// Whether a meeting is there, in the time or beyond.
    fn holds(&self, id: &str) -> bool {
        let beyond = self.beyond.as_ref().is_some_and(|beyond| beyond.contains(id));
        beyond || self.meetings.iter().any(|meeting| meeting.id == id)
    }

    /// Whether a meeting that is not there any more at `at` can only be cancelled: it had not begun by then, or is a series that
    /// nothing is left of, a whole year ahead.
    fn shows_cancelled(&self, gone: &Planned, at: Timestamp) -> bool {
        gone.begins.map_or(self.beyond.is_some(), |begins| begins > at)
    }
}

impl CancelMeetings {
    /// Whether a meeting lies in the time, as seen from `now`. One whose beginning is not known may.
    fn takes(&self, meeting: &Meeting, now: Timestamp) -> bool {
        meeting.next.is_none_or(|next| next < now + Period::days(i64::from(self.days)))
    }
}

#[async_trait]
impl Operation for CancelMeetings {
    type State = ToCancel;

    fn spec() -> Spec {
        Spec {
            name: "cancel_meetings",
            version: 1,
            title: "Cancel meetings that the leaver organised",
            phase: Phase::Preserve,
            door: Door::Exchange,
            class: Class::Destructive,
            after: &[],
            before: &[],
            reversal: Reversal::Impossible { why: "everybody invited has been told".to_owned() },
            // Whoever is invited is told once, and never again because an answer was lost.
            repeat: Repeat::Settle,
            latency: Period::minutes(30),
            give_up: Spec::patience(Period::minutes(30)),
            clock_fields: &["beyond"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, days: 365 }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::Meetings(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange(), Permission::graph(&["Calendars.Read", "Calendars.ReadWrite"])]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "Exchange Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                "Remove-CalendarEvents -Identity {} -CancelOrganizedMeetings -QueryWindowInDays {} -Confirm:$false",
                self.user, self.days
            )],
            shown_by: "the calendar holds no meeting with others that the leaver organised".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<ToCancel> {
        no_mailbox(of(facts, self.user, |person| person.meetings.clone()).and_then(|found| {
            if found.days < self.days {
                let message = format!(
                    "the calendar was read {} days ahead, and {} days are to be cancelled",
                    found.days, self.days
                );
                let failure = Failure::new(Kind::Unavailable, message).hint("choose a shorter time");
                return Fact::Unknown(failure.code("calendar_too_full"));
            }
            let (taken, beyond): (Vec<&Meeting>, Vec<&Meeting>) =
                found.organized.iter().partition(|meeting| self.takes(meeting, facts.as_of));
            let beyond = beyond.into_iter().map(|meeting| meeting.id.clone()).collect();
            let planned = taken.into_iter().map(|meeting| Planned {
                id: meeting.id.clone(),
                begins: meeting.next.filter(|_| !meeting.series),
            });
            let mut meetings: Vec<Planned> = planned.collect();
            meetings.sort();
            Fact::Known(ToCancel {
                meetings,
                beyond: (Period::days(found.days.into()) >= AHEAD).then_some(beyond),
            })
        }))
    }

    fn effect(&self, facts: &mut Facts) {
        let now = facts.as_of;
        if let Some(meetings) = facts.person_mut(self.user).meetings.known_mut() {
            meetings.organized.retain(|meeting| !self.takes(meeting, now));
        }
    }

    fn put_back(&self, _facts: &mut Facts, _before: &ToCancel) {}

    /// What somebody who was let in since then has called is not this step's.
    fn reached(&self, seen: &Seen<ToCancel>) -> Reached {
        let Some(now) = seen.now.is() else { return Reached::NotYet };
        let before = match &seen.before {
            Judged::Is(before) if seen.applied_at.is_some() => &before.meetings,
            _ => return Reached::when(now.meetings.is_empty()),
        };
        let gone = before.iter().all(|meeting| !now.holds(&meeting.id));
        // One call cancels them all: where one shows it, what has begun since is covered.
        let shown = before.is_empty() || before.iter().any(|meeting| now.shows_cancelled(meeting, seen.at));
        Reached::when(gone && shown)
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<ToCancel>) -> Result<(), Failure> {
        before.is().ok_or_else(|| needs_state("which meetings there are"))?;
        cx.receipt(cx.providers.calendars.cancel_organized_meetings(&cx.call, self.user, self.days).await?);
        Ok(())
    }

    async fn undo(&self, _cx: &Context<'_>, _before: &ToCancel, _now: &ToCancel) -> Result<(), Failure> {
        Err(Failure::new(Kind::Unsupported, "cancelled meetings are called anew by whoever wants them"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TenantId;
    use crate::model::cloud::Cloud;
    use crate::model::meeting::Meetings;

    fn facts(days: u32) -> Facts {
        let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        let mut facts = Facts::new(TenantId::from_u128(1), Cloud::Worldwide, EXAMPLE_USER, now);
        let meeting = |id: &str, series, in_days| Meeting {
            id: id.to_owned(),
            series,
            next: Some(now + Period::days(in_days)),
        };
        let organized = vec![meeting("b", false, 3), meeting("a", true, 7), meeting("c", false, 40)];
        facts.leaver.meetings = Fact::Known(Meetings { organized, days });
        facts
    }

    #[test]
    fn what_lies_in_the_time_is_named_and_a_series_without_its_next_date() {
        let step = CancelMeetings { user: EXAMPLE_USER, days: 30 };
        let mut facts = facts(365);
        let Judged::Is(state) = step.state(&facts) else { panic!() };
        let named: Vec<_> = state.meetings.iter().map(|m| (m.id.as_str(), m.begins.is_some())).collect();
        assert_eq!(named, [("a", false), ("b", true)]);
        step.effect(&mut facts);
        let beyond = Some(BTreeSet::from(["c".to_owned()]));
        assert_eq!(step.state(&facts), Judged::Is(ToCancel { meetings: vec![], beyond }));
        let year = CancelMeetings { days: 365, ..step };
        assert_eq!(year.state(&facts).is().unwrap().meetings.len(), 1);
    }

    /// What is said of three days ahead when `left` is all that the calendar holds, so long after the call.
    fn said(before: &[(&str, bool, i64)], left: &[(&str, bool, i64)], hours: i64, days: u32) -> Reached {
        let step = CancelMeetings { user: EXAMPLE_USER, days: 3 };
        let start: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        let state = |rows: &[(&str, bool, i64)], at: Timestamp| {
            let mut facts = Facts::new(TenantId::from_u128(1), Cloud::Worldwide, EXAMPLE_USER, at);
            let meeting = |(id, series, hour): &(&str, bool, i64)| Meeting {
                id: (*id).to_owned(),
                series: *series,
                next: Some(start + Period::hours(*hour)),
            };
            let organized = rows.iter().map(meeting).collect();
            facts.leaver.meetings = Fact::Known(Meetings { organized, days });
            step.state(&facts)
        };
        let at = start + Period::hours(hours);
        step.reached(&Seen {
            before: state(before, start),
            now: state(left, at),
            applied_at: Some(start),
            at,
        })
    }

    #[test]
    fn what_time_has_taken_out_of_sight_was_not_cancelled() {
        let (weekly, next_week) = (("weekly", true, 2), ("weekly", true, 2 + 7 * 24));
        assert_eq!(said(&[weekly], &[next_week], 4, 365), Reached::NotYet);
        assert_eq!(said(&[weekly], &[], 4, 365), Reached::Yes);
        assert_eq!(said(&[weekly], &[], 4, 40), Reached::NotYet, "what lies beyond 40 days was not read");
        let single = ("single", false, 2);
        assert_eq!(said(&[single], &[single], 1, 365), Reached::NotYet);
        assert_eq!(said(&[single], &[], 1, 365), Reached::Yes);
        assert_eq!(said(&[single], &[], 4, 365), Reached::NotYet, "it took place, or did not");
        assert_eq!(said(&[single, weekly], &[], 4, 365), Reached::Yes, "one call cancels both");
        assert_eq!(said(&[single, weekly], &[next_week], 4, 365), Reached::NotYet);
        assert_eq!(
            said(&[single], &[("new", false, 9)], 1, 365),
            Reached::Yes,
            "somebody else's is not this step's"
        );
    }

    #[test]
    fn a_calendar_that_was_not_read_so_far_is_unknown() {
        let step = CancelMeetings { user: EXAMPLE_USER, days: 30 };
        assert!(matches!(step.state(&facts(29)), Judged::Unknown(_)));
        assert!(step.state(&facts(30)).is().is_some());
    }
}
