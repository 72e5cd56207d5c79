//! Litigation Hold.

use serde_json::{Map, json};

use super::{Ask, Row, Undo, nobody, only};
use crate::judge::calls::Call;
use crate::world::LitigationHold;

pub(super) const PLACE_LITIGATION_HOLD: Row = Row {
    operation: "place_litigation_hold",
    params: &[],
    undo: Undo::PutBack,
    holds: |ask| match &ask.mailbox()?.litigation_hold {
        Some(LitigationHold { in_effect: true, .. }) => Ok(()),
        Some(hold) => Err(format!("the hold of {} was not in effect yet", hold.since)),
        None => Err("LitigationHoldEnabled was false".to_owned()),
    },
    part: held,
    forward: |call, ask| holds(call, ask) == Some(true),
    back: |call, ask| holds(call, ask) == Some(false),
    owned: nobody,
};

/// The hold as it is written. The delay hold that a removed one leaves is no part of it.
fn held(ask: &Ask<'_>) -> Map<String, serde_json::Value> {
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
