//! Mailboxes.

use async_trait::async_trait;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::{MailboxId, UserId};
use offboard_core::model::mailbox::{EndedMailbox, Mailbox, MailboxSize, Recipient};
use offboard_core::ports::{Answer, Call, ForwardingState, LitigationHoldState, Mailboxes, Receipt};

use crate::PROVIDER;
use crate::cmdlet::mailbox::Among;
use crate::cmdlet::{mailbox, recipient, statistics};
use crate::exchange::Exchange;
use crate::row::Row;

#[async_trait]
impl Mailboxes for Exchange {
    /// One request for whoever has a mailbox in the cloud, two for everybody else.
    async fn recipient(&self, call: &Call, id: UserId) -> Answer<Option<Recipient>> {
        let found = self.read_one(call, mailbox::get(id), |row| read_mailbox(row, id)).await?;
        if let Some(mailbox) = found {
            return Ok(Some(Recipient::Cloud(Box::new(mailbox))));
        }
        let elsewhere = self.read_one(call, recipient::get(id), |row| read_recipient(row, id)).await?;
        Ok(elsewhere.flatten())
    }

    async fn size(&self, call: &Call, id: UserId) -> Answer<Option<MailboxSize>> {
        self.read_one(call, statistics::get(id), |row| {
            Ok(MailboxSize {
                total_item_size: row.bytes("TotalItemSize")?,
                item_count: row.count("ItemCount")?,
            })
        })
        .await
    }

    async fn set_account_disabled(&self, call: &Call, id: UserId, disabled: bool) -> Answer<Receipt> {
        self.write(call, mailbox::set_account_disabled(id, disabled)).await
    }

    async fn set_forwarding(&self, call: &Call, id: UserId, forwarding: &ForwardingState) -> Answer<Receipt> {
        self.write(call, mailbox::set_forwarding(id, forwarding)).await
    }

    async fn end_forwarding(&self, call: &Call, id: UserId) -> Answer<Receipt> {
        self.write(call, mailbox::end_forwarding(id)).await
    }

    async fn set_shared(&self, call: &Call, id: UserId, shared: bool) -> Answer<Receipt> {
        self.write(call, mailbox::set_shared(id, shared)).await
    }

    async fn set_litigation_hold(
        &self,
        call: &Call,
        id: UserId,
        hold: &LitigationHoldState,
    ) -> Answer<Receipt> {
        self.write(call, mailbox::set_litigation_hold(id, hold)).await.map_err(without_the_role)
    }

    async fn ended(&self, call: &Call, mailbox: MailboxId) -> Answer<Option<EndedMailbox>> {
        for among in [Among::Inactive, Among::SoftDeleted] {
            let cmdlet = mailbox::get_ended(mailbox, among);
            if let Some(ended) = self.read_one(call, cmdlet, |row| read_ended(row, mailbox)).await? {
                return Ok(Some(ended));
            }
        }
        Ok(None)
    }
}

/// For whoever lacks the Exchange role Legal Hold the parameters of a hold do not exist: somebody else has to do it. Where an
/// earlier attempt lost its answer, that comes first: nobody knows what became of it.
fn without_the_role(mut error: ProviderError) -> ProviderError {
    let refused = error.kind() != Kind::Indeterminate;
    if refused && error.failure.code.as_deref() == Some("AmbiguousParameterSetException") {
        error.failure.kind = Kind::Unsupported;
        error.failure.code = Some("legal_hold_role".to_owned());
        error.failure.hint = Some(
            "give whoever signs in an Exchange role group with \"Legal Hold\", or have somebody who has it place the hold"
                .to_owned(),
        );
    }
    error
}

/// A row of the inactive or of the soft-deleted mailboxes; Exchange lists some of the first among the second too.
fn read_ended(row: &Row, mailbox: MailboxId) -> Result<EndedMailbox, ProviderError> {
    if row.id::<MailboxId>("ExchangeGuid")? != mailbox {
        return Err(row.strange("ExchangeGuid", "the mailbox that was asked for"));
    }
    let inactive = row.flag("IsInactiveMailbox")?;
    Ok(if inactive { EndedMailbox::Inactive } else { EndedMailbox::SoftDeleted })
}

/// The object must be the one that was asked for.
pub(super) fn check(row: &Row, id: UserId) -> Result<UserId, ProviderError> {
    let property = "ExternalDirectoryObjectId";
    let found: UserId = row.id(property)?;
    if found == id { Ok(found) } else { Err(row.strange(property, "the id that was asked for")) }
}

fn read_mailbox(row: &Row, id: UserId) -> Result<Mailbox, ProviderError> {
    let text = |property| row.cleared_or_text(property).map(|text| text.map(str::to_owned));
    Ok(Mailbox {
        external_directory_object_id: check(row, id)?,
        exchange_guid: row.id("ExchangeGuid")?,
        name: row.text("Name")?.to_owned(),
        recipient_type_details: row.text("RecipientTypeDetails")?.to_owned(),
        primary_smtp_address: row.text("PrimarySmtpAddress")?.to_owned(),
        forwarding_address: text("ForwardingAddress")?,
        forwarding_smtp_address: text("ForwardingSmtpAddress")?,
        deliver_to_mailbox_and_forward: row.flag("DeliverToMailboxAndForward")?,
        account_disabled: row.flag("AccountDisabled")?,
        litigation_hold_enabled: row.flag("LitigationHoldEnabled")?,
        litigation_hold_date: row.cleared_or_time("LitigationHoldDate")?,
        litigation_hold_days: row.days_or_unlimited("LitigationHoldDuration")?,
        litigation_hold_owner: text("LitigationHoldOwner")?,
        in_place_holds: row.texts("InPlaceHolds")?,
        compliance_tag_hold_applied: row.flag("ComplianceTagHoldApplied")?,
        delay_hold_applied: row.flag("DelayHoldApplied")?,
        delay_release_hold_applied: row.flag("DelayReleaseHoldApplied")?,
        // Its state says otherwise at times; its id does not (PEERS 35).
        has_archive: row.id::<MailboxId>("ArchiveGuid")? != MailboxId::from_u128(0),
        auto_expanding_archive_enabled: row.flag("AutoExpandingArchiveEnabled")?,
        persisted_capabilities: row.texts("PersistedCapabilities")?,
        sku_assigned: row.optional_flag("SKUAssigned")?,
        is_dir_synced: row.flag("IsDirSynced")?,
        // The newest of them: an organisation without it manages nothing of a synced user in the cloud.
        is_exchange_cloud_managed: row.optional_flag("IsExchangeCloudManaged")?.unwrap_or(false),
    })
}

/// What stands behind somebody who has no mailbox in the cloud (G17).
fn read_recipient(row: &Row, id: UserId) -> Result<Option<Recipient>, ProviderError> {
    check(row, id)?;
    let recipient_type_details = row.text("RecipientTypeDetails")?.to_owned();
    if recipient_type_details == "MailUser" || recipient_type_details.starts_with("Remote") {
        return Ok(Some(Recipient::OnPremises { recipient_type_details }));
    }
    // A guest is reached at his own organisation; a plain user is not reached at all.
    if matches!(recipient_type_details.as_str(), "GuestMailUser" | "User" | "DisabledUser") {
        return Ok(None);
    }
    if recipient_type_details.ends_with("Mailbox") {
        let message = "Get-Recipient knows a mailbox that Get-Mailbox does not";
        let failure = Failure::new(Kind::Unavailable, message)
            .code("replicas_disagree")
            .hint("the mailbox was made, moved or removed just now: read again in some minutes");
        return Err(ProviderError::new(PROVIDER, failure));
    }
    Err(row.strange("RecipientTypeDetails", "a kind of recipient that is known"))
}
