//! Litigation Hold.

use serde_json::{Map, Value, json};

use super::{Ask, Row, Undo, mailbox, nobody, only, so};
use crate::judge::calls::Call;
use crate::world::LitigationHold;

pub(super) const PLACE_LITIGATION_HOLD: Row = Row {
    operation: "place_litigation_hold",
    params: &[],
    undo: Undo::PutBack,
    holds: |ask| match &ask.mailbox()?.litigation_hold {
        Some(hold) => in_effect(hold, ask),
        None => Err("LitigationHoldEnabled was false".to_owned()),
    },
    part: held,
    forward: |call, ask| holds(call, ask) == Some(true),
    back: |call, ask| holds(call, ask) == Some(false),
    owned: nobody,
    in_part: false,
};

/// Whether the hold keeps anything yet, and as long as was wanted. One that stood when the run began is somebody's own: it
/// stays as long as it was to.
fn in_effect(hold: &LitigationHold, ask: &Ask<'_>) -> Result<(), String> {
    let stood = mailbox(ask.began, ask.user).is_some_and(|mailbox| mailbox.litigation_hold.is_some());
    let wanted = ask.params.get("days").and_then(Value::as_u64);
    let lasts = hold.duration_days.map(u64::from);
    so(hold.in_effect, format!("the hold of {} was not in effect yet", hold.since))?;
    so(stood || lasts == wanted, format!("LitigationHoldDuration was {lasts:?} and not {wanted:?}"))
}

/// The hold as it is written. The delay hold that a removed one leaves is no part of it.
fn held(ask: &Ask<'_>) -> Map<String, Value> {
    let Ok(mailbox) = ask.mailbox() else { return Map::new() };
    let hold = mailbox.litigation_hold.as_ref();
    let mut part = only("LitigationHoldEnabled", hold.is_some());
    part.insert("LitigationHoldDuration".to_owned(), json!(hold.and_then(|hold| hold.duration_days)));
    part.insert("LitigationHoldOwner".to_owned(), json!(hold.map(|hold| &hold.owner)));
    part
}

fn holds(call: &Call, ask: &Ask<'_>) -> Option<bool> {
    call.flag("/LitigationHoldEnabled").filter(|_| call.runs("Set-Mailbox", ask.began, ask.user))
}
