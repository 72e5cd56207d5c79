//! Inbox rules as Graph shows them: the hidden ones not at all.

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::Call;
use super::error::Refusal;
use super::mail::mailbox_of;
use super::names::Kind;
use super::page::USUAL;
use super::write::boolean;
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{InboxRule, Mailbox, RuleRecipient};

fn check_folder(call: &Call<'_>) -> Result<(), Refusal> {
    if call.key(1).eq_ignore_ascii_case("inbox") {
        return Ok(());
    }
    let text = "The specified object was not found in the store.";
    Err(Refusal::new(StatusCode::NOT_FOUND, "ErrorItemNotFound", text))
}

fn rule_id(rule: &InboxRule) -> String {
    format!("AQAAA{:08X}=", rule.id)
}

fn find<'a>(mailbox: &'a Mailbox, key: &str) -> Result<&'a InboxRule, Refusal> {
    let text = "The specified object was not found in the store.";
    let found = mailbox.rules.iter().find(|rule| !rule.hidden && rule_id(rule) == key);
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "ErrorItemNotFound", text))
}

fn recipients(rows: &[RuleRecipient]) -> Value {
    rows.iter().map(|row| json!({ "emailAddress": { "name": row.name, "address": row.address } })).collect()
}

fn rendered(rule: &InboxRule) -> Value {
    let mut actions = json!({ "stopProcessingRules": rule.stop_processing_rules });
    for (name, rows) in [
        ("forwardTo", &rule.forward_to),
        ("forwardAsAttachmentTo", &rule.forward_as_attachment_to),
        ("redirectTo", &rule.redirect_to),
    ] {
        if !rows.is_empty() {
            actions[name] = recipients(rows);
        }
    }
    if let Some(folder) = &rule.move_to_folder {
        actions["moveToFolder"] = json!(folder);
    }
    if rule.delete_message {
        actions["delete"] = json!(true);
    }
    let mut conditions = json!({});
    if !rule.subject_contains.is_empty() {
        conditions["subjectContains"] = json!(rule.subject_contains);
    }
    if !rule.from.is_empty() {
        conditions["fromAddresses"] = recipients(&rule.from);
    }
    json!({
        "id": rule_id(rule),
        "displayName": rule.name,
        "sequence": rule.priority,
        "isEnabled": rule.enabled,
        "hasError": false,
        "isReadOnly": rule.client_side,
        "conditions": conditions,
        "actions": actions,
    })
}

/// `GET .../messageRules`
pub(super) fn list(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    check_folder(call)?;
    let view = cx.exchange_view();
    let rules = mailbox_of(&view, call.key(0))?.rules.iter().filter(|rule| !rule.hidden);
    call.page(Kind::MessageRule, USUAL, rules.map(rendered).collect())
}

/// `GET .../messageRules/{id}`
pub(super) fn get(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    check_folder(call)?;
    let view = cx.exchange_view();
    call.object(Kind::MessageRule, &rendered(find(mailbox_of(&view, call.key(0))?, call.key(2))?))
}

/// `PATCH .../messageRules/{id}`
pub(super) fn update(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    check_folder(call)?;
    let body = call.properties(Kind::MessageRule)?;
    let mailbox = mailbox_of(cx.world, call.key(0))?;
    let (guid, mut rule) = (mailbox.guid, find(mailbox, call.key(2))?.clone());
    if rule.client_side {
        let text = "The rule is read-only: it runs in a client.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "ErrorInvalidOperation", text));
    }
    for (name, value) in &body {
        match name.as_str() {
            "isEnabled" => rule.enabled = boolean(name, value)?,
            "displayName" => value.as_str().unwrap_or_default().clone_into(&mut rule.name),
            other => {
                return Err(Refusal::not_simulated(format!("how to write the rule's property '{other}'")));
            }
        }
    }
    let answer = rendered(&rule);
    if let Some(mailbox) = cx.world.mailboxes.get_mut(&guid) {
        mailbox.change_number += 1;
        for row in mailbox.rules.iter_mut().filter(|row| row.id == rule.id) {
            *row = rule.clone();
        }
    }
    call.object(Kind::MessageRule, &answer)
}

/// `DELETE .../messageRules/{id}`
pub(super) fn delete(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    check_folder(call)?;
    let mailbox = mailbox_of(cx.world, call.key(0))?;
    let (guid, id) = (mailbox.guid, find(mailbox, call.key(2))?.id);
    if let Some(mailbox) = cx.world.mailboxes.get_mut(&guid) {
        mailbox.change_number += 1;
        mailbox.rules.retain(|rule| rule.id != id);
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
