use offboard_core::failure::Kind;
use offboard_core::id::MailboxId;
use offboard_core::model::mailbox::{EndedMailbox, Mailbox, MailboxSize, Recipient};
use offboard_core::ports::{ForwardingState, LitigationHoldState, Mailboxes};
use offboard_http::transport::Reached;
use serde_json::{Value, json};

use crate::bench::{Asked, Bench, CALL, ID, OTHER, call, done, id, lost, missing, objects, refused};

/// A mailbox as the service prints it.
fn printed() -> Value {
    json!({
        "ExchangeGuid@data.type": "System.Guid",
        "ExchangeGuid@odata.type": "#Guid",
        "ExchangeGuid": "2f8b1c2d-3e4f-4051-9263-748596a7b8c9",
        "ExternalDirectoryObjectId": ID,
        "Name": "Alex Wilber",
        "RecipientTypeDetails": "UserMailbox",
        "PrimarySmtpAddress": "alex@contoso.com",
        "ForwardingAddress": null,
        "ForwardingSmtpAddress": "smtp:alex@fabrikam.com",
        "DeliverToMailboxAndForward": true,
        "AccountDisabled": false,
        "LitigationHoldEnabled": false,
        "LitigationHoldDate": null,
        "LitigationHoldDuration": "Unlimited",
        "LitigationHoldOwner": "",
        "InPlaceHolds@odata.type": "#Collection(String)",
        "InPlaceHolds": ["UniH0f8b1c2d-3e4f-4051-9263-748596a7b8c9"],
        "ComplianceTagHoldApplied": true,
        "DelayHoldApplied": false,
        "DelayReleaseHoldApplied": true,
        "ArchiveGuid": "00000000-0000-0000-0000-000000000000",
        "AutoExpandingArchiveEnabled": false,
        "PersistedCapabilities": ["BPOS_S_Enterprise"],
        "SKUAssigned": true,
        "IsDirSynced": true,
        "IsExchangeCloudManaged": false,
    })
}

fn with(property: &str, value: Value) -> Value {
    let mut printed = printed();
    printed[property] = value;
    printed
}

async fn read(row: Value) -> Result<Mailbox, Kind> {
    let bench = Bench::new([objects(&[row])]);
    let found = bench.exchange.recipient(&call(), id()).await;
    bench.asked_once();
    match found {
        Ok(Some(Recipient::Cloud(mailbox))) => Ok(*mailbox),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.kind()),
    }
}

#[tokio::test]
async fn a_mailbox_is_read_by_one_request() {
    let bench = Bench::new([objects(&[printed()])]);
    let found = bench.exchange.recipient(&call(), id()).await.unwrap();
    let wanted = Mailbox {
        exchange_guid: "2f8b1c2d-3e4f-4051-9263-748596a7b8c9".parse().unwrap(),
        external_directory_object_id: id(),
        name: "Alex Wilber".into(),
        recipient_type_details: "UserMailbox".into(),
        primary_smtp_address: "alex@contoso.com".into(),
        forwarding_address: None,
        forwarding_smtp_address: Some("smtp:alex@fabrikam.com".into()),
        deliver_to_mailbox_and_forward: true,
        account_disabled: false,
        litigation_hold_enabled: false,
        litigation_hold_date: None,
        litigation_hold_days: None,
        litigation_hold_owner: None,
        in_place_holds: vec!["UniH0f8b1c2d-3e4f-4051-9263-748596a7b8c9".into()],
        compliance_tag_hold_applied: true,
        delay_hold_applied: false,
        delay_release_hold_applied: true,
        has_archive: false,
        auto_expanding_archive_enabled: false,
        persisted_capabilities: vec!["BPOS_S_Enterprise".into()],
        sku_assigned: Some(true),
        is_dir_synced: true,
        is_exchange_cloud_managed: false,
    };
    assert_eq!(found, Some(Recipient::Cloud(Box::new(wanted))));
    let asked = bench.asked_once();
    assert_eq!(asked.cmdlet(), "Get-Mailbox");
    assert_eq!(*asked.parameters(), json!({ "Identity": ID }));
    let select = asked.url.split_once("?$select=").unwrap().1;
    for property in printed().as_object().unwrap().keys().filter(|key| !key.contains('@')) {
        assert!(select.split(',').any(|name| name == property), "{property} is not asked for");
    }
}

#[tokio::test]
async fn one_fact_more_or_less_is_seen() {
    let archive = json!("3f8b1c2d-3e4f-4051-9263-748596a7b8c9");
    assert!(read(with("ArchiveGuid", archive)).await.unwrap().has_archive);
    assert!(read(with("AccountDisabled", json!(true))).await.unwrap().account_disabled);
    assert!(read(with("LitigationHoldEnabled", json!("True"))).await.unwrap().litigation_hold_enabled);
    assert!(read(with("RecipientTypeDetails", json!("SharedMailbox"))).await.unwrap().is_shared());
    assert_eq!(read(with("SKUAssigned", Value::Null)).await.unwrap().sku_assigned, None);
    assert_eq!(read(with("InPlaceHolds", Value::Null)).await.unwrap().in_place_holds, Vec::<String>::new());
    let address = read(with("ForwardingAddress", json!("Sales"))).await.unwrap().forwarding_address;
    assert_eq!(address.as_deref(), Some("Sales"));
}

#[tokio::test]
async fn a_property_that_a_guard_needs_is_never_guessed() {
    for property in [
        "ExchangeGuid",
        "ExternalDirectoryObjectId",
        "Name",
        "RecipientTypeDetails",
        "PrimarySmtpAddress",
        "ForwardingAddress",
        "ForwardingSmtpAddress",
        "DeliverToMailboxAndForward",
        "AccountDisabled",
        "LitigationHoldEnabled",
        "LitigationHoldDate",
        "LitigationHoldDuration",
        "LitigationHoldOwner",
        "InPlaceHolds",
        "ComplianceTagHoldApplied",
        "DelayHoldApplied",
        "DelayReleaseHoldApplied",
        "ArchiveGuid",
        "AutoExpandingArchiveEnabled",
        "PersistedCapabilities",
        "IsDirSynced",
    ] {
        let mut row = printed();
        row.as_object_mut().unwrap().remove(property);
        assert_eq!(read(row).await, Err(Kind::Protocol), "{property} is missing");
        assert_eq!(read(with(property, json!(7))).await, Err(Kind::Protocol), "{property} is a number");
    }
}

#[tokio::test]
async fn somebody_elses_mailbox_and_everybodys_are_refused() {
    assert_eq!(read(with("ExternalDirectoryObjectId", json!(OTHER))).await, Err(Kind::Protocol));
    for rows in [vec![], vec![printed(), printed()]] {
        let bench = Bench::new([objects(&rows)]);
        let error = bench.exchange.recipient(&call(), id()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Protocol);
        assert_eq!(error.failure.request_id.as_deref(), Some("request-1"));
    }
}

#[tokio::test]
async fn without_a_mailbox_in_the_cloud_the_recipient_is_asked_about() {
    let recipient = |kind: &str| json!({ "ExternalDirectoryObjectId": ID, "RecipientTypeDetails": kind });
    for kind in ["RemoteUserMailbox", "RemoteSharedMailbox", "MailUser"] {
        let bench = Bench::new([missing(), objects(&[recipient(kind)])]);
        let found = bench.exchange.recipient(&call(), id()).await.unwrap();
        assert_eq!(found, Some(Recipient::OnPremises { recipient_type_details: kind.into() }));
        let asked = bench.asked();
        assert_eq!(asked.iter().map(Asked::cmdlet).collect::<Vec<_>>(), ["Get-Mailbox", "Get-Recipient"]);
        assert_eq!(*asked[1].parameters(), json!({ "Identity": ID }));
    }
    let bench = Bench::new([missing(), missing()]);
    assert_eq!(bench.exchange.recipient(&call(), id()).await.unwrap(), None);
    let bench = Bench::new([missing(), objects(&[recipient("GuestMailUser")])]);
    assert_eq!(bench.exchange.recipient(&call(), id()).await.unwrap(), None);
    // Two cmdlets that contradict each other show nothing.
    let bench = Bench::new([missing(), objects(&[recipient("UserMailbox")])]);
    assert_eq!(bench.exchange.recipient(&call(), id()).await.unwrap_err().kind(), Kind::Unavailable);
    let bench = Bench::new([missing(), objects(&[recipient("SomethingNew")])]);
    assert_eq!(bench.exchange.recipient(&call(), id()).await.unwrap_err().kind(), Kind::Protocol);
}

#[tokio::test]
async fn a_size_is_the_bytes_in_the_brackets() {
    let statistics = |size: &str| json!({ "TotalItemSize": size, "ItemCount": 4711 });
    let bench = Bench::new([objects(&[statistics("62 GB (66,571,993,088 bytes)")])]);
    let size = bench.exchange.size(&call(), id()).await.unwrap();
    assert_eq!(size, Some(MailboxSize { total_item_size: 66_571_993_088, item_count: 4711 }));
    assert_eq!(bench.asked_once().cmdlet(), "Get-MailboxStatistics");
    for bad in ["62 GB", "", "Unlimited"] {
        let bench = Bench::new([objects(&[statistics(bad)])]);
        assert_eq!(bench.exchange.size(&call(), id()).await.unwrap_err().kind(), Kind::Protocol, "{bad}");
    }
    // A mailbox that nobody ever opened answers with nothing, which is not a size of nothing.
    let bench = Bench::new([objects(&[])]);
    assert_eq!(bench.exchange.size(&call(), id()).await.unwrap_err().kind(), Kind::Protocol);
    let bench = Bench::new([missing()]);
    assert_eq!(bench.exchange.size(&call(), id()).await.unwrap(), None);
}

#[tokio::test]
async fn writes_say_exactly_what_they_want() {
    let bench = Bench::new([done(&["no settings have been modified"])]);
    let receipt = bench.exchange.set_account_disabled(&call(), id(), true).await.unwrap();
    assert_eq!(receipt.call, CALL);
    assert_eq!(receipt.request_id.as_deref(), Some("request-1"));
    assert_eq!(receipt.date, Some("2026-11-30T12:00:00Z".parse().unwrap()));
    assert_eq!(receipt.warnings, ["no settings have been modified"]);
    let asked = bench.asked_once();
    assert_eq!(asked.cmdlet(), "Set-Mailbox");
    assert_eq!(*asked.parameters(), json!({ "Identity": ID, "AccountDisabled": true, "Confirm": false }));

    for (shared, kind) in [(true, "Shared"), (false, "Regular")] {
        let bench = Bench::new([done(&[])]);
        bench.exchange.set_shared(&call(), id(), shared).await.unwrap();
        let wanted = json!({ "Identity": ID, "Type": kind, "Confirm": false });
        assert_eq!(*bench.asked_once().parameters(), wanted);
    }

    let forwarding = ForwardingState {
        forwarding_address: None,
        forwarding_smtp_address: Some("smtp:alex@fabrikam.com".into()),
        deliver_to_mailbox_and_forward: true,
    };
    for (forwarding, address, keep) in [
        (ForwardingState::default(), Value::Null, false),
        (forwarding, json!("smtp:alex@fabrikam.com"), true),
    ] {
        let bench = Bench::new([done(&[])]);
        bench.exchange.set_forwarding(&call(), id(), &forwarding).await.unwrap();
        let wanted = json!({
            "Identity": ID,
            "ForwardingAddress": null,
            "ForwardingSmtpAddress": address,
            "DeliverToMailboxAndForward": keep,
            "Confirm": false,
        });
        assert_eq!(*bench.asked_once().parameters(), wanted);
    }
}

#[tokio::test]
async fn forwarding_inside_ends_alone() {
    let bench = Bench::new([done(&[])]);
    bench.exchange.end_forwarding(&call(), id()).await.unwrap();
    let wanted = json!({
        "Identity": ID, "ForwardingAddress": null, "DeliverToMailboxAndForward": false, "Confirm": false,
    });
    assert_eq!(*bench.asked_once().parameters(), wanted);
}

#[tokio::test]
async fn a_write_to_what_is_not_there_is_a_failure() {
    let bench = Bench::new([missing()]);
    let error = bench.exchange.set_shared(&call(), id(), true).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_hold_is_written_whole_and_read_with_its_date() {
    let on = LitigationHoldState { enabled: true, days: Some(2_555), owner: Some("offboard".into()) };
    let off = LitigationHoldState { enabled: false, days: None, owner: None };
    for (hold, days, owner) in [(on, json!(2_555), json!("offboard")), (off, json!("Unlimited"), Value::Null)]
    {
        let bench = Bench::new([done(&["The hold setting may take up to 60 minutes to take effect."])]);
        bench.exchange.set_litigation_hold(&call(), id(), &hold).await.unwrap();
        let wanted = json!({
            "Identity": ID,
            "LitigationHoldEnabled": hold.enabled,
            "LitigationHoldDuration": days,
            "LitigationHoldOwner": owner,
            "Confirm": false,
        });
        let asked = bench.asked_once();
        assert_eq!((asked.cmdlet(), asked.parameters()), ("Set-Mailbox", &wanted));
    }
    let mut row = with("LitigationHoldEnabled", json!(true));
    row["LitigationHoldDate"] = json!("2026-11-30T16:00:00.0000000Z");
    row["LitigationHoldDuration"] = json!("2555.00:00:00");
    row["LitigationHoldOwner"] = json!("legal@contoso.com");
    let mailbox = read(row).await.unwrap();
    assert_eq!(mailbox.litigation_hold_date, Some("2026-11-30T16:00:00Z".parse().unwrap()));
    assert_eq!(mailbox.litigation_hold_days, Some(2_555));
    assert_eq!(mailbox.litigation_hold_owner.as_deref(), Some("legal@contoso.com"));
    assert_eq!(read(with("LitigationHoldDuration", json!("2555.12:00:00"))).await, Err(Kind::Protocol));
}

/// The parameters of a hold do not exist for whoever lacks the role; but what an attempt before did, nobody knows.
#[tokio::test]
async fn a_missing_role_says_nothing_of_a_hold_whose_answer_was_lost() {
    let hold = LitigationHoldState { enabled: true, days: None, owner: None };
    let denied = || {
        refused(
            400,
            "|Microsoft.Exchange.Configuration.AmbiguousParameterSetException|Parameter set cannot be resolved.",
        )
    };
    let bench = Bench::new([denied()]);
    let error = bench.exchange.set_litigation_hold(&call(), id(), &hold).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported, "{error}");
    let bench = Bench::new([lost(Reached::MaybeSent), denied()]);
    let error = bench.exchange.set_litigation_hold(&call(), id(), &hold).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Indeterminate, "{error}");
}

#[tokio::test]
async fn a_mailbox_after_its_account_is_asked_for_by_its_own_id() {
    let mailbox: MailboxId = OTHER.parse().unwrap();
    let row =
        |id: &str, inactive: bool| objects(&[json!({ "ExchangeGuid": id, "IsInactiveMailbox": inactive })]);
    let bench = Bench::new([row(OTHER, true)]);
    let found = bench.exchange.ended(&call(), mailbox).await.unwrap();
    assert_eq!(found, Some(EndedMailbox::Inactive));
    assert_eq!(*bench.asked_once().parameters(), json!({ "Identity": OTHER, "InactiveMailboxOnly": true }));

    let bench = Bench::new([missing(), row(OTHER, false)]);
    assert_eq!(bench.exchange.ended(&call(), mailbox).await.unwrap(), Some(EndedMailbox::SoftDeleted));
    assert_eq!(*bench.asked()[1].parameters(), json!({ "Identity": OTHER, "SoftDeletedMailbox": true }));

    let bench = Bench::new([missing(), missing()]);
    assert_eq!(bench.exchange.ended(&call(), mailbox).await.unwrap(), None);
    let bench = Bench::new([row(ID, true)]);
    assert_eq!(bench.exchange.ended(&call(), mailbox).await.unwrap_err().kind(), Kind::Protocol);
}
