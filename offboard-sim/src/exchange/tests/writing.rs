//! What the writes do, and what they refuse.

use http::StatusCode;
use offboard_core::time::Period;
use serde_json::{Value, json};

use super::{Answer, Desk};
use crate::exchange::may_open;
use crate::world::{ActiveDirectoryUser, AutoReplyState, CalendarEvent, OwnedAttributes, RecipientType};

fn set(desk: &Desk, mut parameters: Value) -> Answer {
    parameters["Identity"] = json!(desk.id("alex").to_string());
    desk.run("Set-Mailbox", parameters)
}

fn sync_from_active_directory(desk: &Desk, mailbox_type: Option<RecipientType>) {
    let id = desk.id("alex");
    desk.tenant.world(|world| {
        let user = world.users.get_mut(&id).unwrap();
        user.on_premises_sync_enabled = Some(true);
        let attributes = OwnedAttributes {
            display_name: user.display_name.clone(),
            user_principal_name: user.user_principal_name.clone(),
            mail: user.mail.clone(),
            proxy_addresses: user.proxy_addresses.clone(),
            department: None,
            job_title: None,
            business_phones: Vec::new(),
            mobile_phone: None,
            hidden_from_address_lists: false,
        };
        world.active_directory.insert(
            id,
            ActiveDirectoryUser {
                user: id,
                distinguished_name: "CN=Alex,DC=contoso,DC=local".to_owned(),
                enabled: true,
                attributes,
                in_scope: true,
                mailbox_type,
            },
        );
    });
}

#[test]
fn a_conversion_is_answered_at_once_and_seen_later() {
    let desk = Desk::new();
    assert_eq!(set(&desk, json!({ "Type": "Shared" })).status, StatusCode::OK);
    assert_eq!(desk.mailbox("alex").recipient_type, RecipientType::UserMailbox);
    desk.advance(Period::minutes(1));
    assert_eq!(desk.mailbox("alex").recipient_type, RecipientType::SharedMailbox);
    let again = set(&desk, json!({ "Type": "Shared" }));
    assert_eq!(again.warnings().len(), 1);
}

#[test]
fn an_unlicensed_mailbox_is_not_converted() {
    let desk = Desk::new();
    let id = desk.id("alex");
    desk.tenant.world(|world| world.users.get_mut(&id).unwrap().direct_licenses.clear());
    let answer = set(&desk, json!({ "Type": "Shared" }));
    assert_eq!(
        (answer.status, answer.exception().as_str()),
        (StatusCode::BAD_REQUEST, "RecipientTaskException")
    );
    desk.advance(Period::hours(1));
    assert_eq!(desk.mailbox("alex").recipient_type, RecipientType::UserMailbox);
}

#[test]
fn an_unlicensed_shared_mailbox_turned_back_needs_its_license_again() {
    let desk = Desk::new();
    set(&desk, json!({ "Type": "Shared" }));
    desk.advance(Period::minutes(1));
    let id = desk.id("alex");
    desk.tenant.world(|world| {
        world.users.get_mut(&id).unwrap().direct_licenses.clear();
        world.licenses_changed(&id);
    });
    assert!(desk.mailbox("alex").is_active());
    assert_eq!(set(&desk, json!({ "Type": "Regular" })).status, StatusCode::OK);
    desk.advance(Period::minutes(1));
    assert!(!desk.mailbox("alex").is_active());
}

#[test]
fn an_account_block_keeps_the_owner_out_and_delegates_in() {
    let desk = Desk::new();
    let (alex, blake) = (desk.id("alex"), desk.id("blake"));
    let grant =
        json!({ "Identity": alex.to_string(), "User": blake.to_string(), "AccessRights": ["FullAccess"] });
    assert_eq!(desk.run("Add-MailboxPermission", grant).status, StatusCode::OK);
    let opens = |who| desk.tenant.world(|world| may_open(world, world.mailbox_of(&alex).unwrap(), who));
    assert!(opens(alex) && opens(blake));
    set(&desk, json!({ "AccountDisabled": true }));
    assert!(!opens(alex) && opens(blake));
    assert!(desk.tenant.world(|world| world.users.get(&alex).unwrap().account_enabled));
    let again = set(&desk, json!({ "AccountDisabled": true }));
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.warnings()[0].contains("no settings of"));
}

#[test]
fn forwarding_is_set_and_cleared() {
    let desk = Desk::new();
    let blake = desk.id("blake");
    let to = json!({ "ForwardingAddress": "blake@contoso.com", "ForwardingSmtpAddress": "x@example.com", "DeliverToMailboxAndForward": true });
    assert_eq!(set(&desk, to).status, StatusCode::OK);
    let shown = desk.run("Get-Mailbox", json!({ "Identity": "alex" }));
    assert_eq!(shown.one()["ForwardingAddress"], blake.to_string());
    assert_eq!(shown.one()["ForwardingSmtpAddress"], "smtp:x@example.com");
    assert_eq!(set(&desk, json!({ "ForwardingAddress": "x@example.com" })).status, StatusCode::NOT_FOUND);
    let bad = set(&desk, json!({ "ForwardingSmtpAddress": "nowhere" }));
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    assert!(bad.body["error"].get("details").is_none());
    set(&desk, json!({ "ForwardingAddress": null, "ForwardingSmtpAddress": null }));
    let mailbox = desk.mailbox("alex");
    assert_eq!((mailbox.forwarding_address, mailbox.forwarding_smtp_address), (None, None));
}

#[test]
fn what_active_directory_owns_is_refused() {
    let desk = Desk::new();
    sync_from_active_directory(&desk, Some(RecipientType::UserMailbox));
    for parameters in [
        json!({ "HiddenFromAddressListsEnabled": true }),
        json!({ "ForwardingAddress": "blake", "AccountDisabled": true }),
    ] {
        let answer = set(&desk, parameters);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.to_string().contains("being synchronized from your on-premises organization"));
    }
    // All of a call or nothing of it.
    assert!(!desk.mailbox("alex").account_disabled);
    // Clearing what is clear already is no write of it.
    let clear = json!({ "ForwardingAddress": null, "ForwardingSmtpAddress": null, "AccountDisabled": true });
    assert_eq!(set(&desk, clear).status, StatusCode::OK);
    assert!(desk.mailbox("alex").account_disabled);
    desk.change("alex", |mailbox| mailbox.is_exchange_cloud_managed = true);
    assert_eq!(set(&desk, json!({ "HiddenFromAddressListsEnabled": true })).status, StatusCode::OK);
}

#[test]
fn directory_sync_turns_a_converted_mailbox_back() {
    let desk = Desk::new();
    sync_from_active_directory(&desk, Some(RecipientType::UserMailbox));
    set(&desk, json!({ "Type": "Shared" }));
    desk.advance(Period::minutes(1));
    assert_eq!(desk.mailbox("alex").recipient_type, RecipientType::SharedMailbox);
    desk.advance(Period::hours(1));
    assert_eq!(desk.mailbox("alex").recipient_type, RecipientType::UserMailbox);
}

#[test]
fn a_hold_needs_its_license_and_leaves_a_delay() {
    let desk = Desk::new();
    assert_eq!(
        set(&desk, json!({ "LitigationHoldEnabled": true, "LitigationHoldDuration": 30 })).status,
        StatusCode::OK
    );
    assert_eq!(desk.mailbox("alex").litigation_hold.unwrap().duration_days, Some(30));
    set(&desk, json!({ "LitigationHoldEnabled": false }));
    let mailbox = desk.mailbox("alex");
    assert!(mailbox.litigation_hold.is_none() && mailbox.delay_hold_applied);
    set(&desk, json!({ "RemoveDelayHoldApplied": true }));
    assert!(!desk.mailbox("alex").delay_hold_applied);
    let id = desk.id("alex");
    desk.tenant.world(|world| world.users.get_mut(&id).unwrap().direct_licenses.clear());
    let refused = set(&desk, json!({ "LitigationHoldEnabled": true }));
    assert_eq!(refused.exception(), "LitigationHoldLicenseException");
}

#[test]
fn a_hold_says_so_at_once_and_keeps_a_mailbox_hours_later() {
    let after = |wait: Period| {
        let mut desk = Desk::new();
        set(&desk, json!({ "LitigationHoldEnabled": true }));
        let row = desk.run("Get-Mailbox", json!({ "Identity": desk.id("alex").to_string() }));
        assert_eq!(row.one()["LitigationHoldEnabled"], true);
        desk.advance(wait);
        desk.sign_in_again();
        let id = desk.id("alex");
        desk.tenant.world(|world| world.delete_user(&id));
        let guid = desk.tenant.world(|world| {
            world.mailboxes.values().find(|mailbox| mailbox.owner == id).unwrap().guid.to_string()
        });
        let found = |switch: &str| {
            let answer = desk.run("Get-Mailbox", json!({ "Identity": guid, switch: true }));
            answer.status.is_success().then(|| answer.one()["IsInactiveMailbox"].clone())
        };
        (found("InactiveMailboxOnly"), found("SoftDeletedMailbox"))
    };
    assert_eq!(after(Period::minutes(239)), (None, Some(json!(false))));
    assert_eq!(after(Period::minutes(241)), (Some(json!(true)), None));
}

#[test]
fn what_is_not_simulated_is_refused_and_not_claimed() {
    let desk = Desk::new();
    for parameters in [json!({ "DisplayName": "Former" }), json!({ "Type": "Desk" })] {
        let answer = set(&desk, parameters);
        assert_eq!(
            (answer.status, answer.exception().as_str()),
            (StatusCode::BAD_REQUEST, "NotSimulatedException")
        );
    }
    let misspelt = set(&desk, json!({ "AcountDisabled": true }));
    assert_eq!(misspelt.exception(), "AmbiguousParameterSetException");
}

#[test]
fn protocols_are_switched_one_by_one() {
    let desk = Desk::new();
    let id = desk.id("alex").to_string();
    let off = json!({ "Identity": id, "ActiveSyncEnabled": false, "SmtpClientAuthenticationDisabled": true });
    assert_eq!(desk.run("Set-CASMailbox", off).status, StatusCode::OK);
    let shown = desk.run("Get-CASMailbox", json!({ "Identity": id }));
    assert_eq!(
        (&shown.one()["ActiveSyncEnabled"], &shown.one()["OWAEnabled"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(shown.one()["SmtpClientAuthenticationDisabled"], true);
    let on_premises = json!({ "Identity": id, "ECPEnabled": false });
    assert_eq!(desk.run("Set-CASMailbox", on_premises).exception(), "AmbiguousParameterSetException");
}

#[test]
fn automatic_replies_are_set_and_read_back() {
    let desk = Desk::new();
    let id = desk.id("alex").to_string();
    let on = json!({ "Identity": id, "AutoReplyState": "Enabled", "InternalMessage": "in", "ExternalMessage": "out", "ExternalAudience": "Known" });
    assert_eq!(desk.run("Set-MailboxAutoReplyConfiguration", on.clone()).status, StatusCode::OK);
    let shown = desk.run("Get-MailboxAutoReplyConfiguration", json!({ "Identity": id }));
    assert_eq!(
        (&shown.one()["AutoReplyState"], &shown.one()["ExternalAudience"]),
        (&json!("Enabled"), &json!("Known"))
    );
    assert_eq!(desk.run("Set-MailboxAutoReplyConfiguration", on).warnings().len(), 1);
    let backwards = json!({ "Identity": id, "AutoReplyState": "Scheduled",
        "StartTime": "2027-01-02T00:00:00Z", "EndTime": "2027-01-01T00:00:00Z" });
    assert_eq!(desk.run("Set-MailboxAutoReplyConfiguration", backwards).status, StatusCode::BAD_REQUEST);
    assert_eq!(desk.mailbox("alex").auto_reply.state, AutoReplyState::Enabled);
}

#[test]
fn meetings_are_cancelled_by_series_and_only_when_meant() {
    let desk = Desk::new();
    let now = desk.tenant.world(|world| world.now);
    let event = |id: &str, days: i64, series: Option<&str>| CalendarEvent {
        id: id.to_owned(),
        subject: id.to_owned(),
        start: now + Period::days(days),
        end: now + Period::days(days) + Period::hours(1),
        organizer: "alex@contoso.com".to_owned(),
        is_organizer: true,
        attendees: vec!["blake@contoso.com".to_owned()],
        is_cancelled: false,
        series_master_id: series.map(str::to_owned),
    };
    let alone = CalendarEvent { attendees: Vec::new(), ..event("alone", 1, None) };
    desk.change("alex", |mailbox| {
        mailbox.events =
            vec![event("a1", 1, Some("a")), event("a2", 40, Some("a")), event("b", 40, None), alone];
    });
    let base = json!({ "Identity": desk.id("alex").to_string(), "CancelOrganizedMeetings": true, "QueryWindowInDays": 30 });
    let with = |name: &str, value: bool| {
        let mut parameters = base.clone();
        parameters[name] = json!(value);
        desk.run("Remove-CalendarEvents", parameters)
    };
    let cancelled = || {
        let mailbox = desk.mailbox("alex");
        mailbox
            .events
            .into_iter()
            .filter(|event| event.is_cancelled)
            .map(|event| event.id)
            .collect::<Vec<_>>()
    };
    let asked = desk.run("Remove-CalendarEvents", base.clone());
    assert!(asked.body.get("@adminapi.confirmationmessage").is_some());
    let mut preview = base.clone();
    preview["PreviewOnly"] = json!(true);
    preview["Confirm"] = json!(false);
    assert_eq!(desk.run("Remove-CalendarEvents", preview).warnings().len(), 2);
    assert!(cancelled().is_empty());
    assert_eq!(with("Confirm", false).status, StatusCode::OK);
    assert_eq!(cancelled(), ["a1", "a2"]);
}
