//! Forwarding to somebody, begun and ended.

use serde_json::{Map, Value, json};

use super::{Ask, Row, Undo, nobody, only, so};
use crate::judge::calls::{Call, means};

pub(super) const SET_FORWARDING: Row = Row {
    operation: "set_forwarding",
    params: &["to", "keep_copy"],
    undo: Undo::PutBack,
    holds: |ask| {
        let (mailbox, to) = (ask.mailbox()?, ask.person("to").ok_or("`to` is no user id")?);
        so(
            mailbox.forwarding_address == Some(to),
            format!("ForwardingAddress was {:?}", mailbox.forwarding_address),
        )?;
        if let Some(other) = &mailbox.forwarding_smtp_address {
            return Err(format!("ForwardingSmtpAddress was {other}"));
        }
        let (wanted, kept) =
            (ask.params.get("keep_copy").and_then(Value::as_bool), mailbox.deliver_to_mailbox_and_forward);
        so(wanted == Some(kept), format!("DeliverToMailboxAndForward was {kept}"))
    },
    part: |ask| {
        let Ok(mailbox) = ask.mailbox() else { return Map::new() };
        let mut part = only("ForwardingAddress", json!(mailbox.forwarding_address));
        part.insert("ForwardingSmtpAddress".to_owned(), json!(mailbox.forwarding_smtp_address));
        part.insert("DeliverToMailboxAndForward".to_owned(), json!(mailbox.deliver_to_mailbox_and_forward));
        part
    },
    forward: |call, ask| sets(call, ask) == Some(true),
    back: |call, ask| sets(call, ask) == Some(false),
    owned: nobody,
    in_part: false,
};

/// Only what went to this one is its own: what the leaver had set up is another step's.
pub(super) const END_FORWARDING: Row = Row {
    operation: "end_forwarding",
    params: &["to"],
    undo: Undo::PutBack,
    holds: |ask| {
        let to = ask.person("to").ok_or("`to` is no user id")?;
        so(ask.mailbox()?.forwarding_address != Some(to), "mail was still forwarded to him")
    },
    part: |ask| {
        let Ok(mailbox) = ask.mailbox() else { return Map::new() };
        let goes = mailbox.forwarding_address.is_some() && mailbox.forwarding_address == ask.person("to");
        let mut part = only("forwarded to him", goes);
        let copy = goes.then_some(mailbox.deliver_to_mailbox_and_forward);
        part.insert("with a copy".to_owned(), json!(copy));
        part
    },
    // Whoever clears the other kind of forwarding with it stops what the leaver had set up.
    forward: |call, ask| sets(call, ask) == Some(false) && call.value("/ForwardingSmtpAddress").is_none(),
    back: |call, ask| sets(call, ask) == Some(true),
    owned: nobody,
    in_part: false,
};

/// Whether a call makes the mailbox forward to the one of the step; nothing where it is about something else.
fn sets(call: &Call, ask: &Ask<'_>) -> Option<bool> {
    if !call.runs("Set-Mailbox", ask.began, ask.user) {
        return None;
    }
    let address = call.value("/ForwardingAddress")?.as_str().unwrap_or_default();
    Some(ask.person("to").is_some_and(|to| means(address, ask.began, to)))
}
