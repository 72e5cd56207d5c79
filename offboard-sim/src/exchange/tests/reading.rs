//! What the `Get-*` cmdlets show, and of whom.

use http::StatusCode;
use offboard_core::id::MailboxId;
use offboard_core::time::Period;
use serde_json::json;

use super::{Desk, add_person};
use crate::world::{Archive, InboxRule, MailboxPermission, MailboxState, RecipientType, RuleRecipient};

#[test]
fn a_mailbox_answers_to_every_kind_of_name() {
    let desk = Desk::new();
    let mailbox = desk.mailbox("alex");
    for identity in [
        mailbox.guid.to_string(),
        mailbox.owner.to_string(),
        mailbox.owner.to_string().to_uppercase(),
        "ALEX@contoso.com".to_owned(),
        "alex.old@contoso.com".to_owned(),
        "smtp:alex.old@contoso.com".to_owned(),
        "alex".to_owned(),
        "Alex of Contoso".to_owned(),
    ] {
        let answer = desk.run("Get-Mailbox", json!({ "Identity": identity }));
        assert_eq!(answer.one()["ExchangeGuid"], mailbox.guid.to_string(), "{identity}");
    }
    let answer = desk.run("Get-Mailbox", json!({ "Identity": "nobody@contoso.com" }));
    assert_eq!(
        (answer.status, answer.exception().as_str()),
        (StatusCode::NOT_FOUND, "ManagementObjectNotFoundException")
    );
}

#[test]
fn two_people_of_one_name_are_an_error() {
    let desk = Desk::new();
    let blake = desk.id("blake");
    desk.tenant
        .world(|world| world.users.get_mut(&blake).unwrap().display_name = "alex of Contoso".to_owned());
    let answer = desk.run("Get-Mailbox", json!({ "Identity": "alex of Contoso" }));
    assert_eq!(answer.exception(), "ManagementObjectAmbiguousException");
}

#[test]
fn an_empty_identity_means_everybody() {
    let desk = Desk::new();
    for parameters in [json!({}), json!({ "Identity": "" }), json!({ "Identity": null })] {
        assert_eq!(desk.run("Get-Mailbox", parameters.clone()).rows().len(), 2, "{parameters}");
        assert_eq!(desk.run("Get-Recipient", parameters).rows().len(), 2);
    }
    assert_eq!(desk.run("Get-MailboxAutoReplyConfiguration", json!({ "Identity": "" })).rows().len(), 2);
    // A write does not fall for it.
    let write = desk.run("Set-Mailbox", json!({ "Identity": "", "AccountDisabled": true }));
    assert_eq!(write.status, StatusCode::NOT_FOUND);
    assert!(!desk.mailbox("alex").account_disabled);
}

#[test]
fn quantities_are_text_and_annotations_stand_beside_them() {
    let desk = Desk::new();
    desk.change("alex", |mailbox| {
        mailbox.total_item_size = 106_300_440_576;
        mailbox.archive =
            Some(Archive { guid: MailboxId::from_u128(9), total_item_size: 1 << 30, auto_expanding: false });
    });
    let id = desk.id("alex").to_string();
    let answer = desk.run("Get-MailboxStatistics", json!({ "Identity": id }));
    assert_eq!(answer.one()["TotalItemSize"], "99 GB (106,300,440,576 bytes)");
    let archive = desk.run("Get-MailboxStatistics", json!({ "Identity": id, "Archive": true }));
    assert_eq!(archive.one()["TotalItemSize"], "1 GB (1,073,741,824 bytes)");
    let blake = desk.id("blake").to_string();
    let none = desk.run("Get-MailboxStatistics", json!({ "Identity": blake, "Archive": true }));
    assert_eq!(none.status, StatusCode::NOT_FOUND);

    let mailbox = desk.run("Get-Mailbox", json!({ "Identity": id }));
    let row = mailbox.one();
    assert_eq!(row["ExchangeGuid@odata.type"], "#Guid");
    assert_eq!(row["EmailAddresses@odata.type"], "#Collection(String)");
    assert_eq!(row["LitigationHoldDuration"], "Unlimited");
    assert_eq!(row["ArchiveStatus"], "Active");
    assert_eq!(row["RetainDeletedItemsFor"], "14.00:00:00");
    assert_eq!(row["SKUAssigned"], true);
    let select = format!("{}?$select=ArchivStatus", desk.url());
    let body = json!({ "CmdletInput": { "CmdletName": "Get-Mailbox", "Parameters": { "Identity": id } } });
    assert_eq!(desk.post(&select, &body).status, StatusCode::BAD_REQUEST);
}

#[test]
fn everything_that_guards_need_is_among_the_properties() {
    let desk = Desk::new();
    let answer = desk.run("Get-Mailbox", json!({ "Identity": desk.id("alex").to_string() }));
    for name in [
        "RecipientTypeDetails",
        "ExchangeGuid",
        "ExternalDirectoryObjectId",
        "PrimarySmtpAddress",
        "EmailAddresses",
        "ForwardingAddress",
        "ForwardingSmtpAddress",
        "DeliverToMailboxAndForward",
        "LitigationHoldEnabled",
        "LitigationHoldDuration",
        "InPlaceHolds",
        "ComplianceTagHoldApplied",
        "DelayHoldApplied",
        "DelayReleaseHoldApplied",
        "RetentionHoldEnabled",
        "RetentionPolicy",
        "ArchiveStatus",
        "ArchiveGuid",
        "AutoExpandingArchiveEnabled",
        "HiddenFromAddressListsEnabled",
        "IsDirSynced",
        "GrantSendOnBehalfTo",
        "ProhibitSendReceiveQuota",
        "PersistedCapabilities",
        "SKUAssigned",
        "AccountDisabled",
        "IsInactiveMailbox",
        "IsExchangeCloudManaged",
    ] {
        assert!(answer.one().get(name).is_some(), "{name}");
    }
}

#[test]
fn a_mailbox_on_premises_is_a_recipient_and_no_mailbox() {
    let desk = Desk::new();
    desk.change("alex", |mailbox| mailbox.recipient_type = RecipientType::MailUser);
    let id = json!({ "Identity": desk.id("alex").to_string() });
    assert_eq!(desk.run("Get-Mailbox", id.clone()).status, StatusCode::NOT_FOUND);
    assert_eq!(desk.run("Get-Recipient", id.clone()).one()["RecipientTypeDetails"], "MailUser");
    assert_eq!(desk.run("Get-User", id).one()["RecipientTypeDetails"], "MailUser");
}

#[test]
fn a_mailbox_without_license_or_account_is_found_where_it_lies() {
    let desk = Desk::new();
    let since = desk.tenant.world(|world| world.now);
    desk.change("alex", |mailbox| mailbox.state = MailboxState::Disconnected { since });
    let id = desk.id("alex").to_string();
    assert_eq!(desk.run("Get-Mailbox", json!({ "Identity": id })).status, StatusCode::NOT_FOUND);
    let soft = desk.run("Get-Mailbox", json!({ "Identity": id, "SoftDeletedMailbox": true }));
    assert_eq!(soft.one()["ExternalDirectoryObjectId"], id);
    assert_eq!(desk.run("Get-User", json!({ "Identity": id })).one()["RecipientTypeDetails"], "User");
    desk.change("alex", |mailbox| mailbox.state = MailboxState::Inactive { since });
    let kept = desk.run("Get-Mailbox", json!({ "Identity": id, "InactiveMailboxOnly": true }));
    assert_eq!(kept.one()["IsInactiveMailbox"], true);
}

#[test]
fn settings_of_the_organization_are_read() {
    let desk = Desk::new();
    desk.tenant.world(|world| {
        world.settings.exchange.in_place_holds = vec!["mbx1:2".to_owned()];
        world.settings.exchange.delayed_delicensing = true;
        world.settings.exchange.auto_forwarding_mode = "On".to_owned();
    });
    let config = desk.run("Get-OrganizationConfig", json!({}));
    assert_eq!(config.one()["InPlaceHolds"], json!(["mbx1:2"]));
    assert_eq!(config.one()["DelayedDelicensingEnabled"], true);
    let domains = desk.run("Get-AcceptedDomain", json!({}));
    assert!(domains.rows().iter().any(|row| row["DomainName"] == "contoso.com"));
    let outside = desk.run("Get-AcceptedDomain", json!({ "Identity": "example.com" }));
    assert_eq!(outside.status, StatusCode::NOT_FOUND);
    let policy = desk.run("Get-HostedOutboundSpamFilterPolicy", json!({ "Identity": "Default" }));
    assert_eq!(policy.one()["AutoForwardingMode"], "On");
    assert!(desk.run("Get-RemoteDomain", json!({})).one()["AutoForwardEnabled"].is_boolean());
}

#[test]
fn pending_removal_of_a_license_is_listed_while_it_is_pending() {
    let desk = Desk::new();
    let id = json!({ "Identity": desk.id("alex").to_string() });
    assert!(desk.run("Get-PendingDelicenseUser", id.clone()).rows().is_empty());
    desk.change("alex", |mailbox| mailbox.delicensing_due = Some("2026-12-30T00:00:00Z".parse().unwrap()));
    let answer = desk.run("Get-PendingDelicenseUser", id);
    assert_eq!(answer.one()["WhenDueForDelicensingUTC"], "2026-12-30T00:00:00.0000000Z");
}

#[test]
fn hidden_rules_are_shown_only_when_asked_for() {
    let desk = Desk::new();
    desk.change("alex", |mailbox| {
        let mut rule = InboxRule::new(11, "");
        rule.hidden = true;
        rule.redirect_to = vec![RuleRecipient { name: "x".to_owned(), address: "x@example.com".to_owned() }];
        mailbox.rules = vec![InboxRule::new(10, "tidy"), rule];
    });
    let id = desk.id("alex").to_string();
    assert_eq!(desk.run("Get-InboxRule", json!({ "Mailbox": id })).one()["Name"], "tidy");
    let all = desk.run("Get-InboxRule", json!({ "Mailbox": id, "IncludeHidden": true }));
    assert_eq!(all.rows().len(), 2);
    assert_eq!(all.rows()[1]["Identity"], format!("{id}\\11"));
    assert_eq!(all.rows()[1]["RedirectTo"], json!(["\"x\" [SMTP:x@example.com]"]));
    assert_eq!(desk.run("Get-InboxRule", json!({})).status, StatusCode::NOT_FOUND);
}

#[test]
fn rights_are_shown_with_the_owners_own() {
    let desk = Desk::new();
    let user = desk.id("blake");
    let access_rights = vec!["FullAccess".to_owned()];
    desk.change("alex", |mailbox| {
        mailbox.permissions = vec![MailboxPermission { user, access_rights, auto_mapping: true }];
    });
    let id = desk.id("alex").to_string();
    let all = desk.run("Get-MailboxPermission", json!({ "Identity": id }));
    let users: Vec<_> = all.rows().iter().map(|row| row["User"].as_str().unwrap()).collect();
    assert_eq!(users, ["NT AUTHORITY\\SELF", "blake@contoso.com"]);
    let his = desk.run("Get-MailboxPermission", json!({ "Identity": id, "User": user.to_string() }));
    assert_eq!(his.one()["AccessRights"], json!(["FullAccess"]));
}

#[test]
fn exchange_learns_of_new_people_later() {
    let desk = Desk::new();
    desk.tenant.world(|world| world.timing.exchange_directory_lag = Period::minutes(5));
    desk.advance(Period::minutes(10));
    desk.tenant.world(|world| add_person(world, "casey"));
    let id = json!({ "Identity": desk.id("casey").to_string() });
    assert_eq!(desk.run("Get-Mailbox", id.clone()).status, StatusCode::NOT_FOUND);
    desk.advance(Period::minutes(6));
    assert_eq!(desk.run("Get-Mailbox", id).status, StatusCode::OK);
}

#[test]
fn own_writes_are_seen_later_too() {
    let desk = Desk::new();
    desk.tenant.world(|world| world.timing.exchange_lag = Period::minutes(5));
    desk.advance(Period::minutes(10));
    let id = desk.id("alex").to_string();
    let disabled =
        || desk.run("Get-Mailbox", json!({ "Identity": id })).one()["AccountDisabled"].as_bool().unwrap();
    desk.run("Set-Mailbox", json!({ "Identity": id, "AccountDisabled": true, "Confirm": false }));
    assert!(!disabled());
    assert!(desk.mailbox("alex").account_disabled);
    desk.advance(Period::minutes(5));
    assert!(disabled());
}
