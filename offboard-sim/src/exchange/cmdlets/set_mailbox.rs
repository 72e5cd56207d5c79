//! `Set-Mailbox`: conversion, account block, forwarding, hold, visibility.

use offboard_core::id::MailboxId;
use offboard_core::time::Timestamp;

use super::super::bind::{Bound, ListEdit};
use super::super::lookup;
use super::super::refusal::{HOLD_LICENSE, RECIPIENT_TASK, Refusal};
use super::super::reply::Output;
use super::{only, unchanged};
use crate::world::{LitigationHold, Mailbox, RecipientType, World};

const SIMULATED: [&str; 13] = [
    "Type",
    "AccountDisabled",
    "ForwardingAddress",
    "ForwardingSmtpAddress",
    "DeliverToMailboxAndForward",
    "HiddenFromAddressListsEnabled",
    "GrantSendOnBehalfTo",
    "LitigationHoldEnabled",
    "LitigationHoldDuration",
    "LitigationHoldOwner",
    "RetentionHoldEnabled",
    "RemoveDelayHoldApplied",
    "RemoveDelayReleaseHoldApplied",
];

/// All parameters of one call succeed or none does.
pub(super) fn run(seen: &World, world: &mut World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &SIMULATED)?;
    let identity = bound.text("Identity").unwrap_or_default();
    let guid = lookup::target(seen, world, bound.text("Identity"))?;
    let Some(before) = world.mailboxes.get(&guid).cloned() else { return Ok(Output::done()) };
    let mut after = before.clone();
    forwarding(seen, bound, &mut after)?;
    others(seen, bound, &mut after)?;
    let mut output = hold(world, bound, &mut after)?;
    owned(world, bound, &before, &after)?;
    let converts = conversion(seen, bound, &before)?;
    let changed = lookup::change(world, guid, |mailbox| *mailbox = after);
    if let Some(kind) = converts {
        convert(world, guid, kind);
    }
    let held = world.mailboxes.get(&guid).and_then(|mailbox| mailbox.litigation_hold.as_ref());
    if let (None, Some(hold)) = (&before.litigation_hold, held) {
        take_effect(world, guid, hold.since);
    }
    if !changed && converts.is_none() {
        output.warnings.extend(unchanged(identity).warnings);
    }
    Ok(output)
}

fn forwarding(seen: &World, bound: &Bound, mailbox: &mut Mailbox) -> Result<(), Refusal> {
    if bound.given("ForwardingAddress") {
        let target = bound.text("ForwardingAddress").map(|target| lookup::recipient(seen, target));
        mailbox.forwarding_address = target.transpose()?;
    }
    if bound.given("ForwardingSmtpAddress") {
        mailbox.forwarding_smtp_address = match bound.text("ForwardingSmtpAddress") {
            None => None,
            Some(text) => Some(smtp_address(text)?),
        };
    }
    if let Some(deliver) = bound.boolean("DeliverToMailboxAndForward") {
        mailbox.deliver_to_mailbox_and_forward = deliver;
    }
    Ok(())
}

/// `smtp:alex@contoso.com` or without the prefix; anything else does not convert to a proxy address.
fn smtp_address(text: &str) -> Result<String, Refusal> {
    let bare = text
        .split_once(':')
        .map_or(Some(text), |(kind, rest)| kind.eq_ignore_ascii_case("smtp").then_some(rest));
    let valid = bare.filter(|bare| {
        bare.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains(['@', ' ']) && !local.contains(' ')
        })
    });
    valid.map(str::to_owned).ok_or_else(|| {
        Refusal::transformation("ForwardingSmtpAddress", "ProxyAddress", &serde_json::Value::from(text))
    })
}

fn others(seen: &World, bound: &Bound, mailbox: &mut Mailbox) -> Result<(), Refusal> {
    if let Some(disabled) = bound.boolean("AccountDisabled") {
        mailbox.account_disabled = disabled;
    }
    if let Some(hidden) = bound.boolean("HiddenFromAddressListsEnabled") {
        mailbox.hidden_from_address_lists = hidden;
    }
    if let Some(held) = bound.boolean("RetentionHoldEnabled") {
        mailbox.retention_hold_enabled = held;
    }
    if bound.switch("RemoveDelayHoldApplied") {
        mailbox.delay_hold_applied = false;
    }
    if bound.switch("RemoveDelayReleaseHoldApplied") {
        mailbox.delay_release_hold_applied = false;
    }
    let people = |names: &[String]| -> Result<Vec<_>, Refusal> {
        names.iter().map(|name| lookup::recipient(seen, name)).collect()
    };
    match bound.list("GrantSendOnBehalfTo") {
        None => {}
        Some(ListEdit::Replace(names)) => mailbox.send_on_behalf = people(&names)?,
        Some(ListEdit::Change { add, remove }) => {
            let (add, remove) = (people(&add)?, people(&remove)?);
            mailbox.send_on_behalf.retain(|holder| !remove.contains(holder));
            for holder in add {
                if !mailbox.send_on_behalf.contains(&holder) {
                    mailbox.send_on_behalf.push(holder);
                }
            }
        }
    }
    Ok(())
}

/// Litigation Hold needs Plan 2, or Plan 1 with archiving; taking one off leaves a delay hold (CONTRACT C4).
fn hold(world: &World, bound: &Bound, mailbox: &mut Mailbox) -> Result<Output, Refusal> {
    let days = match bound.text("LitigationHoldDuration") {
        None => bound.integer("LitigationHoldDuration"),
        Some(text) if text.eq_ignore_ascii_case("unlimited") => None,
        Some(text) => text.split('.').next().and_then(|days| days.parse().ok()),
    };
    let days = days.and_then(|days| u32::try_from(days).ok());
    let owner = bound.text("LitigationHoldOwner").unwrap_or("Administrator");
    match (bound.boolean("LitigationHoldEnabled"), &mut mailbox.litigation_hold) {
        (Some(true), None) => {
            let plans = world.users.get(&mailbox.owner).map(|user| world.plans_of(user)).unwrap_or_default();
            if !plans.iter().any(|plan| plan.is_exchange_plan_2() || plan.is_exchange_archive()) {
                let text = "Your Microsoft Exchange Online license doesn't permit you to put a litigation hold on this mailbox.";
                return Err(Refusal::rule(HOLD_LICENSE, text));
            }
            mailbox.litigation_hold = Some(LitigationHold {
                since: world.now,
                duration_days: days,
                owner: owner.to_owned(),
                in_effect: false,
            });
            return Ok(Output::warned("The hold setting may take up to 60 minutes to take effect."));
        }
        (Some(false), held @ Some(_)) => {
            *held = None;
            mailbox.delay_hold_applied = true;
        }
        (None | Some(true), Some(hold)) => {
            if bound.given("LitigationHoldDuration") {
                hold.duration_days = days;
            }
            if bound.given("LitigationHoldOwner") {
                owner.clone_into(&mut hold.owner);
            }
        }
        (None | Some(false), None) => {}
    }
    Ok(Output::done())
}

/// The property says so at once; the hold keeps what is deleted some hours later, if it is the same hold still.
fn take_effect(world: &mut World, guid: MailboxId, since: Timestamp) {
    world.later(world.timing.litigation_hold, "a hold takes effect", move |world| {
        let same = |hold: &LitigationHold| hold.since == since;
        let held = world.mailboxes.get(&guid).and_then(|mailbox| mailbox.litigation_hold.as_ref());
        if held.is_some_and(same) {
            lookup::change(world, guid, |mailbox| {
                if let Some(hold) = &mut mailbox.litigation_hold {
                    hold.in_effect = true;
                }
            });
        }
    });
}

/// Attributes that belong to Active Directory cannot be changed here (CONTRACT C3, C9). `ForwardingAddress` is one
/// of them where there is an Exchange on-premises.
fn owned(world: &World, bound: &Bound, before: &Mailbox, after: &Mailbox) -> Result<(), Refusal> {
    let Some(user) = world.users.get(&before.owner) else { return Ok(()) };
    if !user.is_owned_by_active_directory() || before.is_exchange_cloud_managed {
        return Ok(());
    }
    let on_premises = world.active_directory.get(&user.id).is_some_and(|row| row.mailbox_type.is_some());
    let changes = [
        (
            "HiddenFromAddressListsEnabled",
            before.hidden_from_address_lists != after.hidden_from_address_lists,
        ),
        ("GrantSendOnBehalfTo", on_premises && before.send_on_behalf != after.send_on_behalf),
        ("ForwardingAddress", on_premises && before.forwarding_address != after.forwarding_address),
    ];
    match changes.iter().find(|(_, changed)| *changed) {
        None => Ok(()),
        Some((parameter, _)) => Err(Refusal::synchronized(&bound.cmdlet.name, parameter, &user.display_name)),
    }
}

/// What the mailbox is to become, unless it is that already. A mailbox is converted while it is licensed (N3).
fn conversion(seen: &World, bound: &Bound, mailbox: &Mailbox) -> Result<Option<RecipientType>, Refusal> {
    let kind = match bound.text("Type").map(str::to_ascii_lowercase).as_deref() {
        None => return Ok(None),
        Some("shared") => RecipientType::SharedMailbox,
        Some("regular") => RecipientType::UserMailbox,
        Some("room") => RecipientType::RoomMailbox,
        Some("equipment") => RecipientType::EquipmentMailbox,
        Some(_) => return Err(Refusal::not_simulated(&bound.cmdlet.name, "Type")),
    };
    if kind == mailbox.recipient_type {
        return Ok(None);
    }
    let licensed = seen.has_mailbox_plan(&mailbox.owner);
    if kind == RecipientType::SharedMailbox && !licensed {
        let text = "The mailbox can't be converted because its user doesn't have an Exchange Online license.";
        return Err(Refusal::rule(RECIPIENT_TASK, text));
    }
    Ok(Some(kind))
}

/// The answer comes at once, the new type some time later. What must hold then is asked then: a mailbox that has
/// gone meanwhile is not converted.
fn convert(world: &mut World, guid: MailboxId, kind: RecipientType) {
    let delay = world.timing.conversion;
    world.later(delay, "conversion of a mailbox", move |world| {
        let active = world.mailboxes.get(&guid).filter(|mailbox| mailbox.is_active());
        let Some(owner) = active.map(|mailbox| mailbox.owner) else { return };
        lookup::change(world, guid, |mailbox| mailbox.recipient_type = kind);
        world.licenses_changed(&owner);
    });
}
