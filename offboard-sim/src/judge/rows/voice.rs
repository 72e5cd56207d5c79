//! Telephone numbers.

use http::Method;
use serde_json::{Value, json};

use super::{Ask, Row, Undo, nobody, only, so};
use crate::judge::calls::{Call, means};

pub(super) const UNASSIGN_PHONE_NUMBER: Row = Row {
    operation: "unassign_phone_number",
    params: &["number"],
    undo: Undo::PutBack,
    holds: |ask| {
        let held = ask.world.numbers.values().any(|row| {
            row.number.trim_start_matches('+') == digits(ask) && row.assigned_to == Some(ask.user)
        });
        so(!held && !digits(ask).is_empty(), format!("+{} was his", digits(ask)))
    },
    part: |ask| {
        let rows = ask.world.numbers.values();
        let row = rows.into_iter().find(|row| row.number.trim_start_matches('+') == digits(ask));
        let of = row.map(|row| json!([row.assigned_to, row.category, row.location_id]));
        only(&format!("number {}", digits(ask)), of.unwrap_or(Value::Null))
    },
    forward: |call, ask| on_number(call, ask, "/unassignnumber"),
    back: |call, ask| {
        on_number(call, ask, "/assignnumber")
            && call.text("/assignmentTargetId").is_some_and(|to| means(to, ask.began, ask.user))
    },
    owned: nobody,
    in_part: false,
};

/// The number without its `+`.
fn digits<'a>(ask: &Ask<'a>) -> &'a str {
    let number = ask.params.pointer("/number/telephone_number").and_then(Value::as_str);
    number.unwrap_or_default().trim_start_matches('+')
}

fn on_number(call: &Call, ask: &Ask<'_>, action: &str) -> bool {
    call.cmdlet.is_none()
        && call.method == Method::POST
        && call.path.ends_with(action)
        && call.text("/telephoneNumber").is_some_and(|text| text.trim_start_matches('+') == digits(ask))
}
