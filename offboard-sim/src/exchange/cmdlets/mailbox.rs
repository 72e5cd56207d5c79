//! `Get-Mailbox`, `Get-MailboxStatistics`, `Get-PendingDelicenseUser`.

use offboard_core::time::Period;

use super::super::bind::Bound;
use super::super::lookup::{self, Among, Found};
use super::super::quantity;
use super::super::refusal::Refusal;
use super::super::reply::{Output, Row};
use super::only;
use crate::world::{MailboxState, RecipientType, World};

/// `Get-Mailbox`. A mailbox that is on-premises or gone is not found.
pub(super) fn get(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(
        bound,
        &[
            "ResultSize",
            "RecipientTypeDetails",
            "SoftDeletedMailbox",
            "InactiveMailboxOnly",
            "IncludeInactiveMailbox",
            "IncludeGrantSendOnBehalfToWithDisplayNames",
            "IncludeForwardingAddressWithDisplayNames",
        ],
    )?;
    let among = if bound.switch("InactiveMailboxOnly") {
        Among::Inactive
    } else if bound.switch("SoftDeletedMailbox") {
        Among::SoftDeleted
    } else if bound.switch("IncludeInactiveMailbox") {
        Among::MailboxesAndInactive
    } else {
        Among::Mailboxes
    };
    let found = lookup::some(world, bound.text("Identity"), among)?;
    let kinds = super::recipient::kinds(bound);
    let rows = found.iter().filter(|found| kinds.takes(found)).map(|found| row(world, found));
    Ok(Output::rows(rows.collect()))
}

fn row(world: &World, found: &Found<'_>) -> Row {
    let Found { mailbox, user } = found;
    let hold = mailbox.litigation_hold.as_ref();
    let duration = match hold.and_then(|hold| hold.duration_days) {
        Some(days) => quantity::span(Period::days(days.into())),
        None => "Unlimited".to_owned(),
    };
    let licensed = world.has_mailbox_plan(&user.id);
    let inactive = matches!(mailbox.state, MailboxState::Inactive { .. });
    let archive = mailbox.archive.as_ref();
    let nobody = "00000000-0000-0000-0000-000000000000";
    let row = Row::default()
        .text("Identity", found.name())
        .text("Name", found.name())
        .text("Id", found.name())
        .guid("Guid", user.id)
        .guid("ExchangeGuid", mailbox.guid)
        .text("ExternalDirectoryObjectId", user.id.to_string())
        .text("DistinguishedName", found.distinguished_name(world))
        .text("Alias", &user.mail_nickname)
        .text("DisplayName", &user.display_name)
        .text("UserPrincipalName", &user.user_principal_name)
        .text("PrimarySmtpAddress", found.primary_smtp_address())
        .text("WindowsEmailAddress", found.primary_smtp_address())
        .list("EmailAddresses", &user.proxy_addresses)
        .text("RecipientType", "UserMailbox")
        .text("RecipientTypeDetails", mailbox.recipient_type.as_str())
        .flag("IsMailboxEnabled", mailbox.is_active())
        .flag("IsShared", mailbox.recipient_type == RecipientType::SharedMailbox)
        .flag("IsDirSynced", user.is_owned_by_active_directory())
        .flag("IsExchangeCloudManaged", mailbox.is_exchange_cloud_managed)
        .flag("IsInactiveMailbox", inactive)
        .flag("IsSoftDeletedByRemove", matches!(mailbox.state, MailboxState::SoftDeleted { .. }))
        .flag("AccountDisabled", mailbox.account_disabled)
        .flag("SKUAssigned", licensed)
        .list("PersistedCapabilities", &mailbox.persisted_capabilities)
        .text("WhenMailboxCreated", quantity::time(mailbox.created))
        .text("WhenCreatedUTC", quantity::time(user.created));
    row.maybe("ForwardingAddress", mailbox.forwarding_address.map(|target| target.to_string()))
        .maybe(
            "ForwardingSmtpAddress",
            mailbox.forwarding_smtp_address.as_ref().map(|to| format!("smtp:{to}")),
        )
        .flag("DeliverToMailboxAndForward", mailbox.deliver_to_mailbox_and_forward)
        .flag("HiddenFromAddressListsEnabled", mailbox.hidden_from_address_lists)
        .list("GrantSendOnBehalfTo", mailbox.send_on_behalf.iter().map(ToString::to_string))
        .flag("LitigationHoldEnabled", hold.is_some())
        .text("LitigationHoldDuration", duration)
        .maybe("LitigationHoldDate", hold.map(|hold| quantity::time(hold.since)))
        .text("LitigationHoldOwner", hold.map_or("", |hold| &hold.owner))
        .list("InPlaceHolds", &mailbox.in_place_holds)
        .flag("ComplianceTagHoldApplied", mailbox.compliance_tag_hold_applied)
        .flag("DelayHoldApplied", mailbox.delay_hold_applied)
        .flag("DelayReleaseHoldApplied", mailbox.delay_release_hold_applied)
        .flag("RetentionHoldEnabled", mailbox.retention_hold_enabled)
        .maybe("RetentionPolicy", mailbox.retention_policy.as_ref())
        .text("RetainDeletedItemsFor", quantity::span(Period::days(14)))
        .text("ArchiveStatus", if archive.is_some() { "Active" } else { "None" })
        .guid("ArchiveGuid", archive.map_or_else(|| nobody.to_owned(), |archive| archive.guid.to_string()))
        .flag("AutoExpandingArchiveEnabled", archive.is_some_and(|archive| archive.auto_expanding))
        .size("ProhibitSendReceiveQuota", mailbox.prohibit_send_receive_quota)
}

/// `Get-MailboxStatistics`: how much is in it, as text.
pub(super) fn statistics(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["Archive", "IncludeSoftDeletedRecipients", "UseCustomRouting", "NoADLookup"])?;
    let mut found = match lookup::some(world, bound.text("Identity"), Among::Mailboxes) {
        Err(_) if bound.switch("IncludeSoftDeletedRecipients") => {
            lookup::some(world, bound.text("Identity"), Among::SoftDeleted)?
        }
        found => found?,
    };
    if bound.switch("Archive") {
        found.retain(|found| found.mailbox.archive.is_some());
        if let (true, Some(identity)) = (found.is_empty(), bound.text("Identity")) {
            return Err(Refusal::not_found(&format!("{identity}\\Archive"), lookup::SERVER));
        }
    }
    let rows = found.iter().map(|found| {
        let mailbox = found.mailbox;
        let archive = mailbox.archive.as_ref().filter(|_| bound.switch("Archive"));
        let (guid, size) = match archive {
            Some(archive) => (archive.guid, archive.total_item_size),
            None => (mailbox.guid, mailbox.total_item_size),
        };
        Row::default()
            .text("Identity", guid.to_string())
            .guid("MailboxGuid", guid)
            .text("ExternalDirectoryObjectId", found.user.id.to_string())
            .text("DisplayName", &found.user.display_name)
            .text("MailboxTypeDetail", mailbox.recipient_type.as_str())
            .flag("IsArchiveMailbox", archive.is_some())
            .number("ItemCount", if archive.is_some() { 0 } else { mailbox.item_count })
            .size("TotalItemSize", size)
            .size("TotalDeletedItemSize", if archive.is_some() { 0 } else { mailbox.total_deleted_item_size })
            .size("DatabaseProhibitSendReceiveQuota", mailbox.prohibit_send_receive_quota)
    });
    Ok(Output::rows(rows.collect()))
}

/// `Get-PendingDelicenseUser`: who keeps a mailbox for a while though the license went (G18).
pub(super) fn pending_delicense(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["ResultSize", "ShowDueObjectsOnly"])?;
    let found = lookup::some(world, bound.text("Identity"), Among::Mailboxes)?;
    let rows = found.iter().filter_map(|found| {
        let due = found.mailbox.delicensing_due?;
        let shown = !bound.switch("ShowDueObjectsOnly") || due <= world.now;
        shown.then(|| {
            Row::default()
                .text("Identity", found.name())
                .text("ExternalDirectoryObjectId", found.user.id.to_string())
                .text("DisplayName", &found.user.display_name)
                .flag("WillDelicense", true)
                .text("WhenDueForDelicensingUTC", quantity::time(due))
        })
    });
    Ok(Output::rows(rows.collect()))
}
