//! `Get-Recipient` and `Get-User`: everybody, also those whose mailbox is elsewhere.

use super::super::bind::{Bound, ListEdit};
use super::super::lookup::{self, Among, Found};
use super::super::quantity;
use super::super::refusal::Refusal;
use super::super::reply::{Output, Row};
use super::only;
use crate::world::{Group, User, World};

/// A `RecipientTypeDetails` filter.
pub(super) struct Kinds(Option<Vec<String>>);

impl Kinds {
    pub(super) fn takes(&self, found: &Found<'_>) -> bool {
        self.takes_kind(found.mailbox.recipient_type.as_str())
    }

    fn takes_kind(&self, kind: &str) -> bool {
        self.0.as_ref().is_none_or(|kinds| kinds.iter().any(|wanted| wanted.eq_ignore_ascii_case(kind)))
    }
}

/// The filter that was sent.
pub(super) fn kinds(bound: &Bound) -> Kinds {
    Kinds(bound.list("RecipientTypeDetails").and_then(|edit| match edit {
        ListEdit::Replace(kinds) if !kinds.is_empty() => Some(kinds),
        _ => None,
    }))
}

/// `Get-Recipient`: mailboxes, mail users (the mailbox is on-premises) and mail-enabled groups.
pub(super) fn get(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["ResultSize", "RecipientTypeDetails"])?;
    let kinds = kinds(bound);
    let group = bound.text("Identity").and_then(|identity| mail_group(world, identity));
    if let Some(group) = group {
        let rows = [group].into_iter().filter(|group| kinds.takes_kind(group_kind(group))).map(group_row);
        return Ok(Output::rows(rows.collect()));
    }
    let found = lookup::some(world, bound.text("Identity"), Among::Recipients)?;
    let people = found.iter().filter(|found| kinds.takes(found)).map(|found| row(world, found));
    let mut rows: Vec<Row> = people.collect();
    if bound.text("Identity").is_none() {
        let groups = world.groups.values().filter(|group| group.mail_enabled);
        rows.extend(groups.filter(|group| kinds.takes_kind(group_kind(group))).map(group_row));
    }
    Ok(Output::rows(rows))
}

fn row(world: &World, found: &Found<'_>) -> Row {
    let Found { mailbox, user } = found;
    let kind = if mailbox.recipient_type.is_cloud_mailbox() { "UserMailbox" } else { "MailUser" };
    Row::default()
        .text("Identity", found.name())
        .text("Name", found.name())
        .guid("Guid", user.id)
        .guid("ExchangeGuid", mailbox.guid)
        .text("ExternalDirectoryObjectId", user.id.to_string())
        .text("DistinguishedName", found.distinguished_name(world))
        .text("Alias", &user.mail_nickname)
        .text("DisplayName", &user.display_name)
        .text("PrimarySmtpAddress", found.primary_smtp_address())
        .list("EmailAddresses", &user.proxy_addresses)
        .text("RecipientType", kind)
        .text("RecipientTypeDetails", mailbox.recipient_type.as_str())
        .flag("IsDirSynced", user.is_owned_by_active_directory())
        .flag("HiddenFromAddressListsEnabled", mailbox.hidden_from_address_lists)
        .flag("SKUAssigned", world.has_mailbox_plan(&user.id))
        .text("WhenCreatedUTC", quantity::time(user.created))
}

fn mail_group<'a>(world: &'a World, identity: &str) -> Option<&'a Group> {
    world.groups.values().filter(|group| group.mail_enabled).find(|group| {
        group.id.to_string().eq_ignore_ascii_case(identity)
            || group.mail.as_deref().is_some_and(|mail| mail.eq_ignore_ascii_case(identity))
            || group.mail_nickname.eq_ignore_ascii_case(identity)
    })
}

fn group_kind(group: &Group) -> &'static str {
    match (group.is_unified(), group.security_enabled) {
        (true, _) => "GroupMailbox",
        (false, true) => "MailUniversalSecurityGroup",
        (false, false) => "MailUniversalDistributionGroup",
    }
}

fn group_row(group: &Group) -> Row {
    let kind = if group.security_enabled && !group.is_unified() {
        "MailUniversalSecurityGroup"
    } else {
        "MailUniversalDistributionGroup"
    };
    let mail = group.mail.clone().unwrap_or_default();
    Row::default()
        .text("Identity", group.id.to_string())
        .text("Name", group.id.to_string())
        .guid("Guid", group.id)
        .guid("ExchangeGuid", "00000000-0000-0000-0000-000000000000")
        .text("ExternalDirectoryObjectId", group.id.to_string())
        .text("Alias", &group.mail_nickname)
        .text("DisplayName", &group.display_name)
        .text("PrimarySmtpAddress", &mail)
        .list("EmailAddresses", [format!("SMTP:{mail}")])
        .text("RecipientType", kind)
        .text("RecipientTypeDetails", group_kind(group))
        .flag("IsDirSynced", group.on_premises_sync_enabled == Some(true))
        .flag("HiddenFromAddressListsEnabled", false)
        .flag("SKUAssigned", false)
        .text("WhenCreatedUTC", quantity::time(group.created))
}

/// `Get-User`: directory objects, with or without mail.
pub(super) fn user(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["ResultSize", "RecipientTypeDetails"])?;
    let kinds = kinds(bound);
    let found: Vec<&User> = match bound.text("Identity") {
        None => world.users.values().collect(),
        Some(identity) => match lookup::one(world, identity, Among::Recipients) {
            Ok(found) => vec![found.user],
            Err(refusal) => vec![world.user_by_any(identity).ok_or(refusal)?],
        },
    };
    let rows = found.into_iter().filter_map(|user| {
        let mailbox = world.mailbox_of(&user.id).filter(|mailbox| mailbox.is_active());
        let kind = mailbox.map_or("User", |mailbox| mailbox.recipient_type.as_str());
        let disabled = mailbox.map_or(!user.account_enabled, |mailbox| mailbox.account_disabled);
        kinds.takes_kind(kind).then(|| {
            Row::default()
                .text("Identity", user.id.to_string())
                .text("Name", user.id.to_string())
                .guid("Guid", user.id)
                .text("ExternalDirectoryObjectId", user.id.to_string())
                .text("UserPrincipalName", &user.user_principal_name)
                .text("DisplayName", &user.display_name)
                .text("WindowsEmailAddress", lookup::primary_smtp_address(user))
                .text("RecipientTypeDetails", kind)
                .flag("AccountDisabled", disabled)
                .flag("IsDirSynced", user.is_owned_by_active_directory())
                .flag("SKUAssigned", world.has_mailbox_plan(&user.id))
                .text("StsRefreshTokensValidFrom", quantity::time(user.sign_in_sessions_valid_from))
        })
    });
    Ok(Output::rows(rows.collect()))
}
