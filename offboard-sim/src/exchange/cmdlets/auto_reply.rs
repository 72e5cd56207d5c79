//! `Get-` and `Set-MailboxAutoReplyConfiguration` (CONTRACT C7).

use super::super::bind::Bound;
use super::super::lookup::{self, Among};
use super::super::quantity;
use super::super::refusal::{RECIPIENT_TASK, Refusal};
use super::super::reply::{Output, Row};
use super::{only, unchanged};
use crate::world::{AutoReplyState, ExternalAudience, World};

const STATES: [(&str, AutoReplyState); 3] = [
    ("Disabled", AutoReplyState::Disabled),
    ("Enabled", AutoReplyState::Enabled),
    ("Scheduled", AutoReplyState::Scheduled),
];

const AUDIENCES: [(&str, ExternalAudience); 3] =
    [("None", ExternalAudience::None), ("Known", ExternalAudience::Known), ("All", ExternalAudience::All)];

fn word<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

fn value<T: Copy>(table: &[(&str, T)], word: Option<&str>) -> Option<T> {
    table
        .iter()
        .find(|(known, _)| word.is_some_and(|word| known.eq_ignore_ascii_case(word)))
        .map(|(_, value)| *value)
}

/// `Get-MailboxAutoReplyConfiguration`.
pub(super) fn get(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["ResultSize", "UseCustomRouting"])?;
    let found = lookup::some(world, bound.text("Identity"), Among::Mailboxes)?;
    let rows = found.iter().map(|found| {
        let reply = &found.mailbox.auto_reply;
        let start = reply.start.unwrap_or(found.mailbox.created);
        Row::default()
            .text("Identity", found.name())
            .text("MailboxOwnerId", found.name())
            .text("AutoReplyState", word(&STATES, &reply.state))
            .text("ExternalAudience", word(&AUDIENCES, &reply.external_audience))
            .text("InternalMessage", &reply.internal_message)
            .text("ExternalMessage", &reply.external_message)
            .text("StartTime", quantity::time(start))
            .text("EndTime", quantity::time(reply.end.unwrap_or(start)))
    });
    Ok(Output::rows(rows.collect()))
}

/// `Set-MailboxAutoReplyConfiguration`.
pub(super) fn set(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    let simulated =
        ["AutoReplyState", "ExternalAudience", "InternalMessage", "ExternalMessage", "StartTime", "EndTime"];
    only(bound, &simulated)?;
    let guid = lookup::target(seen, world, bound.text("Identity"))?;
    let mut reply = match world.mailboxes.get(&guid) {
        Some(mailbox) => mailbox.auto_reply.clone(),
        None => return Ok(Output::done()),
    };
    if let Some(state) = value(&STATES, bound.text("AutoReplyState")) {
        reply.state = state;
    }
    if let Some(audience) = value(&AUDIENCES, bound.text("ExternalAudience")) {
        reply.external_audience = audience;
    }
    if bound.given("InternalMessage") {
        bound.text("InternalMessage").unwrap_or_default().clone_into(&mut reply.internal_message);
    }
    if bound.given("ExternalMessage") {
        bound.text("ExternalMessage").unwrap_or_default().clone_into(&mut reply.external_message);
    }
    reply.start = bound.time("StartTime").or(reply.start);
    reply.end = bound.time("EndTime").or(reply.end);
    if reply.state == AutoReplyState::Scheduled {
        let sensible =
            matches!((reply.start, reply.end), (Some(start), Some(end)) if start < end && end > world.now);
        if !sensible {
            let text = "The end time must be later than the start time and must lie in the future.";
            return Err(Refusal::rule(RECIPIENT_TASK, text));
        }
    }
    let changed = lookup::change(world, guid, |mailbox| mailbox.auto_reply = reply);
    Ok(if changed { Output::done() } else { unchanged(bound.text("Identity").unwrap_or_default()) })
}
