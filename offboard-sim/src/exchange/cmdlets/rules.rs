//! `Get-`, `Enable-`, `Disable-InboxRule`.

use offboard_core::id::MailboxId;

use super::super::bind::Bound;
use super::super::lookup::{self, Among, Found, SERVER};
use super::super::refusal::Refusal;
use super::super::reply::{Output, Row};
use super::{only, unchanged};
use crate::world::{InboxRule, Mailbox, RuleRecipient, World};

/// `Get-InboxRule`. Hidden rules are shown with `IncludeHidden` only.
pub(super) fn get(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(
        bound,
        &["Mailbox", "IncludeHidden", "BypassScopeCheck", "ResultSize", "SkipCount", "UseCustomRouting"],
    )?;
    let (mailbox, rule) = parts(bound)?;
    let found = lookup::one(world, &mailbox, Among::Mailboxes)?;
    let hidden = bound.switch("IncludeHidden");
    let shown = |row: &&InboxRule| hidden || !row.hidden;
    let rules: Vec<_> = match &rule {
        Some(rule) => vec![named(found.mailbox, rule).filter(shown).ok_or_else(|| missing(rule))?],
        None => found.mailbox.rules.iter().filter(shown).collect(),
    };
    let skip = usize::try_from(bound.integer("SkipCount").unwrap_or(0)).unwrap_or(0);
    Ok(Output::rows(rules.into_iter().skip(skip).map(|rule| row(&found, rule)).collect()))
}

fn row(found: &Found<'_>, rule: &InboxRule) -> Row {
    let people = |list: &[RuleRecipient]| -> Vec<String> {
        list.iter().map(|who| format!("\"{}\" [SMTP:{}]", who.name, who.address)).collect()
    };
    Row::default()
        .text("Identity", format!("{}\\{}", found.name(), rule.id))
        .number("RuleIdentity", rule.id)
        .text("Name", &rule.name)
        .flag("Enabled", rule.enabled)
        .number("Priority", rule.priority)
        .text("MailboxOwnerId", found.name())
        .list("From", people(&rule.from))
        .list("SubjectContainsWords", &rule.subject_contains)
        .list("ForwardTo", people(&rule.forward_to))
        .list("ForwardAsAttachmentTo", people(&rule.forward_as_attachment_to))
        .list("RedirectTo", people(&rule.redirect_to))
        .maybe("MoveToFolder", rule.move_to_folder.as_ref())
        .flag("DeleteMessage", rule.delete_message)
        .flag("StopProcessingRules", rule.stop_processing_rules)
        .flag("SupportedByTask", !rule.client_side)
        .flag("InError", false)
}

/// The mailbox and the rule that were named: `{mailbox}\{rule}`, or the two apart.
fn parts(bound: &Bound) -> Result<(String, Option<String>), Refusal> {
    let identity = bound.text("Identity");
    let split = identity.and_then(|identity| identity.split_once('\\'));
    let rule = split.map_or(identity, |(_, rule)| Some(rule)).map(str::to_owned);
    let mailbox = bound.text("Mailbox").or(split.map(|(mailbox, _)| mailbox));
    // Without a mailbox the caller's own is meant, and an application has none.
    let mailbox = mailbox.ok_or_else(|| Refusal::not_found(identity.unwrap_or_default(), SERVER))?;
    Ok((mailbox.to_owned(), rule))
}

/// A rule by its number or its name.
fn named<'a>(mailbox: &'a Mailbox, rule: &str) -> Option<&'a InboxRule> {
    let number = rule.parse::<u64>().ok();
    let by_number = mailbox.rules.iter().find(|row| Some(row.id) == number);
    by_number.or_else(|| mailbox.rules.iter().find(|row| row.name.eq_ignore_ascii_case(rule)))
}

fn missing(rule: &str) -> Refusal {
    Refusal::not_found(rule, SERVER)
}

/// `Enable-InboxRule`.
pub(super) fn enable(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    switch(seen, world, bound, true)
}

/// `Disable-InboxRule`.
pub(super) fn disable(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    switch(seen, world, bound, false)
}

fn switch(seen: &World, world: &mut World, bound: &Bound, enabled: bool) -> Result<Output, Refusal> {
    only(bound, &["Mailbox", "AlwaysDeleteOutlookRulesBlob"])?;
    let (mailbox, rule) = parts(bound)?;
    let guid = lookup::target(seen, world, Some(&mailbox))?;
    let rule = rule.unwrap_or_default();
    let row = world.mailboxes.get(&guid).and_then(|mailbox| named(mailbox, &rule));
    let (id, was) = row.map(|row| (row.id, row.enabled)).ok_or_else(|| missing(&rule))?;
    if was == enabled {
        return Ok(unchanged(&rule));
    }
    let lost = drop_blob(world, guid);
    lookup::change(world, guid, |mailbox| {
        if let Some(row) = mailbox.rules.iter_mut().find(|row| row.id == id) {
            row.enabled = enabled;
        }
    });
    let silent = bound.switch("AlwaysDeleteOutlookRulesBlob") || bound.switch("Force");
    Ok(if lost == 0 || silent {
        Output::done()
    } else {
        Output::warned(
            "The Inbox rules for this mailbox were changed on the server. Rules that were made in Outlook and run on \
             the client only have been deleted.",
        )
    })
}

/// Outlook keeps rules that run on the client in a blob of its own; a change of the rules on the server deletes it.
fn drop_blob(world: &mut World, guid: MailboxId) -> usize {
    let mut lost = 0;
    lookup::change(world, guid, |mailbox| {
        let before = mailbox.rules.len();
        mailbox.rules.retain(|rule| !rule.client_side);
        lost = before - mailbox.rules.len();
    });
    lost
}
