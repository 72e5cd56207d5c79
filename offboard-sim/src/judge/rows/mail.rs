//! Forwarding, conversion, automatic replies.

use http::Method;
use serde_json::{Map, Value, json};

use super::{Ask, Row, Undo, mailbox, nobody, only, so};
use crate::judge::calls::Call;
use crate::world::{AutoReplyState, ExternalAudience, RecipientType};

pub(super) const STOP_FORWARDING: Row = Row {
    operation: "stop_forwarding",
    params: &[],
    undo: Undo::PutBack,
    holds: stopped,
    part: forwarding,
    forward: |call, ask| switches_forwarding(call, ask, false),
    back: |call, ask| switches_forwarding(call, ask, true),
    owned: nobody,
    in_part: false,
};

/// Nothing leaves the mailbox any more, and no rule that did was deleted instead of disabled. Rules that ran in
/// Outlook only may be gone: a change on the server drops them.
fn stopped(ask: &Ask<'_>) -> Result<(), String> {
    let now = ask.mailbox()?;
    if let Some(to) = now.forwarding_address {
        return Err(format!("ForwardingAddress was {to}"));
    }
    if let Some(to) = &now.forwarding_smtp_address {
        return Err(format!("ForwardingSmtpAddress was {to}"));
    }
    if let Some(rule) = now.rules.iter().find(|rule| rule.enabled && rule.forwards()) {
        let hidden = if rule.hidden { "hidden " } else { "" };
        return Err(format!("the {hidden}rule {} `{}` still forwarded", rule.id, rule.name));
    }
    let then = mailbox(ask.began, ask.user).into_iter().flat_map(|mailbox| &mailbox.rules);
    let mut kept = then.filter(|rule| rule.forwards() && !rule.client_side);
    match kept.find(|rule| !now.rules.iter().any(|row| row.id == rule.id)) {
        Some(gone) => Err(format!("the rule {} `{}` was deleted", gone.id, gone.name)),
        None => Ok(()),
    }
}

fn forwarding(ask: &Ask<'_>) -> Map<String, Value> {
    let Ok(mailbox) = ask.mailbox() else { return Map::new() };
    let mut part = only("ForwardingAddress", json!(mailbox.forwarding_address));
    part.insert("ForwardingSmtpAddress".to_owned(), json!(mailbox.forwarding_smtp_address));
    part.insert("DeliverToMailboxAndForward".to_owned(), json!(mailbox.deliver_to_mailbox_and_forward));
    for rule in mailbox.rules.iter().filter(|rule| rule.forwards() && !rule.client_side) {
        part.insert(format!("Enabled of rule {}", rule.id), json!(rule.enabled));
    }
    part
}

fn switches_forwarding(call: &Call, ask: &Ask<'_>, on: bool) -> bool {
    let cmdlet = if on { "Enable-InboxRule" } else { "Disable-InboxRule" };
    let sets = |name: &str| call.value(name).is_some_and(|value| on != (value.is_null() || value == ""));
    let mailbox = call.runs("Set-Mailbox", ask.began, ask.user)
        && call.value("/ForwardingSmtpAddress").is_some()
        && (sets("/ForwardingAddress") || sets("/ForwardingSmtpAddress"));
    let graph = call.on_user(&Method::PATCH, "messageRules/", ask.began, ask.user);
    mailbox || call.runs(cmdlet, ask.began, ask.user) || (graph && call.flag("/isEnabled") == Some(on))
}

pub(super) const CONVERT_TO_SHARED: Row = Row {
    operation: "convert_to_shared",
    params: &[],
    undo: Undo::PutBack,
    holds: |ask| {
        let kind = ask.mailbox()?.recipient_type;
        so(kind == RecipientType::SharedMailbox, format!("it was a {}", kind.as_str()))
    },
    part: |ask| {
        let mailbox = ask.mailbox();
        mailbox
            .map(|mailbox| only("RecipientTypeDetails", mailbox.recipient_type.as_str()))
            .unwrap_or_default()
    },
    forward: |call, ask| converts(call, ask).is_some_and(|kind| kind.eq_ignore_ascii_case("shared")),
    back: |call, ask| converts(call, ask).is_some_and(|kind| !kind.eq_ignore_ascii_case("shared")),
    owned: |ask| {
        let row = ask.began.active_directory.get(&ask.user);
        super::account::owned(ask) && row.is_some_and(|row| row.mailbox_type.is_some())
    },
    in_part: false,
};

fn converts<'a>(call: &'a Call, ask: &Ask<'_>) -> Option<&'a str> {
    call.text("/Type").filter(|_| call.runs("Set-Mailbox", ask.began, ask.user))
}

pub(super) const SET_AUTOMATIC_REPLIES: Row = Row {
    operation: "set_automatic_replies",
    params: &["internal", "external", "audience"],
    undo: Undo::PutBack,
    holds: replies_as_wanted,
    part: replies,
    forward: |call, ask| sets_replies(call, ask) && says(call, ask),
    back: |call, ask| sets_replies(call, ask) && !says(call, ask),
    owned: nobody,
    in_part: false,
};

pub(super) const STOP_AUTOMATIC_REPLIES: Row = Row {
    operation: "stop_automatic_replies",
    params: &[],
    undo: Undo::PutBack,
    holds: |ask| {
        let state = ask.mailbox()?.auto_reply.state;
        so(state == AutoReplyState::Disabled, "automatic replies were sent")
    },
    part: replies,
    forward: |call, ask| sets_replies(call, ask) && stops(call),
    back: |call, ask| sets_replies(call, ask) && !stops(call),
    owned: nobody,
    in_part: false,
};

fn replies_as_wanted(ask: &Ask<'_>) -> Result<(), String> {
    let reply = &ask.mailbox()?.auto_reply;
    so(reply.state != AutoReplyState::Disabled, "automatic replies were off")?;
    for (side, said) in [("internal", &reply.internal_message), ("external", &reply.external_message)] {
        let wanted = ask.text(side).unwrap_or_default();
        so(words(said) == words(wanted), format!("the {side} reply was `{}`", words(said)))?;
    }
    let audience = match ask.text("audience").unwrap_or_default().to_lowercase().as_str() {
        "none" => ExternalAudience::None,
        "all" => ExternalAudience::All,
        "known" | "contactsonly" | "contacts_only" => ExternalAudience::Known,
        other => return Err(format!("there is no audience `{other}`")),
    };
    so(reply.external_audience == audience, format!("the audience was {:?}", reply.external_audience))
}

fn replies(ask: &Ask<'_>) -> Map<String, Value> {
    let Ok(mailbox) = ask.mailbox() else { return Map::new() };
    let reply = &mailbox.auto_reply;
    let mut part = only("AutoReplyState", json!(reply.state));
    part.insert("ExternalAudience".to_owned(), json!(reply.external_audience));
    part.insert("InternalMessage".to_owned(), json!(words(&reply.internal_message)));
    part.insert("ExternalMessage".to_owned(), json!(words(&reply.external_message)));
    // The times count only where they are used.
    if reply.state == AutoReplyState::Scheduled {
        part.insert("StartTime".to_owned(), json!(reply.start));
        part.insert("EndTime".to_owned(), json!(reply.end));
    }
    part
}

/// What a reply says, without the markup that mail programs wrap around it.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut tag = false;
    for letter in html.chars() {
        match letter {
            '<' => tag = true,
            '>' if tag => {
                tag = false;
                text.push(' ');
            }
            letter if !tag => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sets_replies(call: &Call, ask: &Ask<'_>) -> bool {
    let graph = call.on_user(&Method::PATCH, "mailboxSettings", ask.began, ask.user);
    call.runs("Set-MailboxAutoReplyConfiguration", ask.began, ask.user)
        || (graph && call.value("/automaticRepliesSetting").is_some())
}

fn stops(call: &Call) -> bool {
    let state = call.text("/AutoReplyState").or(call.text("/automaticRepliesSetting/status"));
    state.is_some_and(|state| state.eq_ignore_ascii_case("disabled"))
}

fn says(call: &Call, ask: &Ask<'_>) -> bool {
    let text = call.text("/InternalMessage").or(call.text("/automaticRepliesSetting/internalReplyMessage"));
    !stops(call) && text.is_some_and(|text| words(text) == words(ask.text("internal").unwrap_or_default()))
}
