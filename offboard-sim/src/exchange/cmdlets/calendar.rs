//! `Remove-CalendarEvents`: calls off the meetings that a mailbox organised (CONTRACT C8).

use std::collections::BTreeSet;

use offboard_core::time::Period;

use super::super::bind::Bound;
use super::super::lookup;
use super::super::refusal::{RECIPIENT_TASK, Refusal};
use super::super::reply::Output;
use super::only;
use crate::world::{RecipientType, World};

const LONGEST_DAYS: i64 = 1825;

/// Cancels; with `PreviewOnly` it only claims to, in the same words.
pub(super) fn remove(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    only(
        bound,
        &[
            "CancelOrganizedMeetings",
            "QueryWindowInDays",
            "QueryStartDate",
            "PreviewOnly",
            "UseCustomRouting",
        ],
    )?;
    let guid = lookup::target(seen, world, bound.text("Identity"))?;
    let days = bound.integer("QueryWindowInDays").unwrap_or(0);
    if !(1..=LONGEST_DAYS).contains(&days) {
        let text = format!("QueryWindowInDays must be between 1 and {LONGEST_DAYS}.");
        return Err(Refusal::rule(RECIPIENT_TASK, text));
    }
    let Some(mailbox) = world.mailboxes.get(&guid) else { return Ok(Output::done()) };
    let sends = mailbox.recipient_type == RecipientType::SharedMailbox
        || mailbox.delicensing_due.is_some()
        || seen.has_mailbox_plan(&mailbox.owner);
    if !sends {
        return Err(Refusal::rule(RECIPIENT_TASK, "The mailbox must be enabled to send mail."));
    }
    let start = bound.time("QueryStartDate").unwrap_or(world.now);
    let end = start + Period::days(days);
    let organized = mailbox
        .events
        .iter()
        .filter(|event| event.is_organizer && !event.is_cancelled && !event.attendees.is_empty());
    let organized: Vec<_> = organized.collect();
    let within: Vec<_> = organized.iter().filter(|event| event.start < end && event.end > start).collect();
    // One instance in the window takes its whole series with it.
    let series: BTreeSet<&str> =
        within.iter().map(|event| event.series_master_id.as_deref().unwrap_or(&event.id)).collect();
    let of_series =
        |id: &str, master: Option<&str>| series.contains(id) || master.is_some_and(|id| series.contains(id));
    let cancelled: BTreeSet<String> = organized
        .iter()
        .filter(|event| of_series(&event.id, event.series_master_id.as_deref()))
        .map(|event| event.id.clone())
        .collect();
    let subjects: Vec<String> = mailbox
        .events
        .iter()
        .filter(|event| cancelled.contains(&event.id))
        .map(|event| {
            format!("The meeting with subject \"{}\" has been queued for cancellation.", event.subject)
        })
        .collect();
    if bound.switch("CancelOrganizedMeetings") && !bound.switch("PreviewOnly") {
        for key in world.mailboxes.keys() {
            lookup::change(world, key, |mailbox| {
                for event in mailbox.events.iter_mut().filter(|event| cancelled.contains(&event.id)) {
                    event.is_cancelled = true;
                }
            });
        }
    }
    Ok(Output { warnings: subjects, ..Output::done() })
}
