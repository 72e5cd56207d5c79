//! Settings of a mailbox: automatic replies, and what it is for (CONTRACT B12).

use http::StatusCode;
use offboard_core::time::Timestamp;
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::names::Kind;
use super::organization::no_mailbox;
use super::users;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{AutoReply, AutoReplyState, ExternalAudience, Mailbox, RecipientType, World};

/// The mailbox of the user that a key names, if it is in the cloud and works.
pub(super) fn mailbox_of<'a>(world: &'a World, key: &str) -> Result<&'a Mailbox, Refusal> {
    let user = users::find(world, key)?;
    let mailbox = world.mailbox_of(&user.id).filter(|mailbox| mailbox.is_active());
    mailbox.filter(|mailbox| mailbox.recipient_type.is_cloud_mailbox()).ok_or_else(no_mailbox)
}

/// `GET /users/{id}/mailboxSettings`
pub(super) fn settings(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.exchange_view();
    let mailbox = mailbox_of(&view, call.key(0))?;
    call.object(Kind::MailboxSettings, &rendered(mailbox))
}

/// `GET /users/{id}/mailboxSettings/userPurpose`
pub(super) fn purpose(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.exchange_view();
    let mailbox = mailbox_of(&view, call.key(0))?;
    let context = format!("{}/v1.0/$metadata#users/mailboxSettings/userPurpose", call.request.origin);
    Ok(Reply::json(StatusCode::OK, &json!({ "@odata.context": context, "value": purpose_of(mailbox) })))
}

fn purpose_of(mailbox: &Mailbox) -> &'static str {
    match mailbox.recipient_type {
        RecipientType::UserMailbox => "user",
        RecipientType::SharedMailbox => "shared",
        RecipientType::RoomMailbox => "room",
        RecipientType::EquipmentMailbox => "equipment",
        RecipientType::MailUser | RecipientType::RemoteUserMailbox => "others",
    }
}

fn rendered(mailbox: &Mailbox) -> Value {
    json!({
        "archiveFolder": null,
        "timeZone": mailbox.time_zone,
        "dateFormat": "M/d/yyyy",
        "timeFormat": "h:mm tt",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "language": { "locale": mailbox.language, "displayName": mailbox.language },
        "userPurpose": purpose_of(mailbox),
        "automaticRepliesSetting": replies(&mailbox.auto_reply),
    })
}

fn replies(reply: &AutoReply) -> Value {
    json!({
        "status": match reply.state {
            AutoReplyState::Disabled => "disabled",
            AutoReplyState::Enabled => "alwaysEnabled",
            AutoReplyState::Scheduled => "scheduled",
        },
        "externalAudience": match reply.external_audience {
            ExternalAudience::None => "none",
            ExternalAudience::Known => "contactsOnly",
            ExternalAudience::All => "all",
        },
        "scheduledStartDateTime": date_time(reply.start),
        "scheduledEndDateTime": date_time(reply.end),
        "internalReplyMessage": reply.internal_message,
        "externalReplyMessage": reply.external_message,
    })
}

/// Without a schedule the service gives a time all the same.
fn date_time(at: Option<Timestamp>) -> Value {
    let text = at.map_or_else(|| "1970-01-01T00:00:00".to_owned(), |at| at.to_string());
    let seconds = text.split(['.', 'Z']).next().unwrap_or_default();
    json!({ "dateTime": format!("{seconds}.0000000"), "timeZone": "UTC" })
}

/// `PATCH /users/{id}/mailboxSettings`: answers with the settings that were sent.
pub(super) fn update_settings(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.properties(Kind::MailboxSettings)?;
    let mut mailbox = mailbox_of(cx.world, call.key(0))?.clone();
    for (name, value) in &body {
        match name.as_str() {
            "automaticRepliesSetting" => mailbox.auto_reply = merged(&mailbox.auto_reply, value, cx.now())?,
            "timeZone" => value.as_str().ok_or_else(|| invalid(name))?.clone_into(&mut mailbox.time_zone),
            "userPurpose" => return Err(Refusal::bad("The property 'userPurpose' is read-only.")),
            other => {
                return Err(Refusal::not_simulated(format!("how to write the mailbox setting '{other}'")));
            }
        }
    }
    mailbox.change_number += 1;
    let all = rendered(&mailbox);
    cx.world.mailboxes.insert(mailbox.guid, mailbox);
    let mut answer =
        json!({ "@odata.context": format!("{}/v1.0/$metadata#users/mailboxSettings", call.request.origin) });
    for name in body.keys() {
        answer[name] = all[name].clone();
    }
    Ok(Reply::json(StatusCode::OK, &answer))
}

fn invalid(name: &str) -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "ErrorInvalidArgument",
        format!("The value of '{name}' is not valid."),
    )
}

/// Replies with the sent fields put over them; a field that is not sent stays.
fn merged(before: &AutoReply, value: &Value, now: Timestamp) -> Result<AutoReply, Refusal> {
    let fields = value.as_object().ok_or_else(|| invalid("automaticRepliesSetting"))?;
    let mut reply = before.clone();
    for (name, value) in fields.iter().filter(|(name, _)| !name.contains('@')) {
        match name.as_str() {
            "status" => {
                reply.state = match value.as_str() {
                    Some("disabled") => AutoReplyState::Disabled,
                    Some("alwaysEnabled") => AutoReplyState::Enabled,
                    Some("scheduled") => AutoReplyState::Scheduled,
                    _ => return Err(invalid(name)),
                };
            }
            "externalAudience" => {
                reply.external_audience = match value.as_str() {
                    Some("none") => ExternalAudience::None,
                    Some("contactsOnly") => ExternalAudience::Known,
                    Some("all") => ExternalAudience::All,
                    _ => return Err(invalid(name)),
                };
            }
            "internalReplyMessage" => reply.internal_message = message(name, value)?,
            "externalReplyMessage" => reply.external_message = message(name, value)?,
            "scheduledStartDateTime" => reply.start = Some(zoned(name, value)?),
            "scheduledEndDateTime" => reply.end = Some(zoned(name, value)?),
            _ => {
                let text =
                    format!("Invalid property '{name}' on type 'microsoft.graph.automaticRepliesSetting'.");
                return Err(Refusal::bad(text));
            }
        }
    }
    if reply.state == AutoReplyState::Scheduled {
        let fits = reply.start.zip(reply.end).is_some_and(|(start, end)| start < end && end > now);
        if !fits {
            return Err(invalid("scheduledEndDateTime"));
        }
    }
    Ok(reply)
}

fn message(name: &str, value: &Value) -> Result<String, Refusal> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        _ => Err(invalid(name)),
    }
}

/// Times in UTC are understood; other time zones are more than this simulation knows.
fn zoned(name: &str, value: &Value) -> Result<Timestamp, Refusal> {
    let field = |field: &str| value.get(field).and_then(Value::as_str);
    if field("timeZone").is_some_and(|zone| !zone.eq_ignore_ascii_case("UTC")) {
        return Err(Refusal::not_simulated("time zones other than UTC"));
    }
    let text = field("dateTime").ok_or_else(|| invalid(name))?;
    text.parse().or_else(|_| format!("{text}Z").parse()).map_err(|_| invalid(name))
}
