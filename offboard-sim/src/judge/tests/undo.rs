//! Taking back.

use offboard_core::time::Period;
use serde_json::json;

use super::{Run, synced};
use crate::judge::diff;
use crate::world::{InboxRule, RuleRecipient};

#[test]
fn undone_is_as_it_was_before() {
    let mut run = Run::new();
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    run.again();
    assert!(
        run.against_undo("block_exchange_account", "done", json!({}))
            .unwrap()
            .contains("AccountDisabled was true and not false")
    );
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": false }));
    assert_eq!(run.against_undo("block_exchange_account", "done", json!({})), None);
    for outcome in ["failed", "not_started", "already"] {
        assert!(run.against_undo("block_exchange_account", outcome, json!({})).is_some(), "{outcome}");
    }
}

#[test]
fn the_second_undo_looks_at_the_second_run() {
    let mut run = Run::new();
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    run.again();
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": false }));
    run.desk.change("alex", |mailbox| mailbox.account_disabled = true);
    run.again();
    // Somebody blocked it since: that is to stay.
    assert_eq!(run.against_undo("block_exchange_account", "done", json!({})), None);
}

#[test]
fn what_others_changed_since_stays() {
    let mut run = Run::after(|desk| {
        desk.change("alex", |mailbox| {
            mailbox.forwarding_smtp_address = Some("x@example.com".to_owned());
            let mut rule = InboxRule::new(1, "away");
            rule.redirect_to =
                vec![RuleRecipient { name: "x".to_owned(), address: "x@example.com".to_owned() }];
            mailbox.rules = vec![rule];
        });
    });
    run.exchange("Set-Mailbox", json!({ "ForwardingAddress": null, "ForwardingSmtpAddress": null }));
    let alex = run.alex().to_string();
    run.desk.run("Disable-InboxRule", json!({ "Mailbox": alex, "Identity": "1", "Confirm": false }));
    run.desk.advance(Period::seconds(5));
    let other = || Some("other@contoso.com".to_owned());
    run.desk.change("alex", |mailbox| mailbox.forwarding_smtp_address = other());
    run.again();
    assert!(run.against_undo("stop_forwarding", "done", json!({})).unwrap().contains("Enabled of rule 1"));
    run.desk.run("Enable-InboxRule", json!({ "Mailbox": alex, "Identity": "1" }));
    run.desk.advance(Period::seconds(5));
    assert_eq!(run.against_undo("stop_forwarding", "done", json!({})), None);
    // Writing our own value over theirs is not what undo means.
    run.exchange("Set-Mailbox", json!({ "ForwardingSmtpAddress": "x@example.com" }));
    assert!(
        run.against_undo("stop_forwarding", "done", json!({})).unwrap().contains("ForwardingSmtpAddress was")
    );
}

#[test]
fn a_mailbox_becomes_a_persons_again() {
    let mut run = Run::new();
    run.exchange("Set-Mailbox", json!({ "Type": "Shared" }));
    run.again();
    run.exchange("Set-Mailbox", json!({ "Type": "Regular" }));
    assert_eq!(run.against_undo("convert_to_shared", "done", json!({})), None);
}

#[test]
fn licenses_come_back_with_their_disabled_plans() {
    let mut run = Run::new();
    let (alex, sku) = (run.alex(), run.sku());
    let id = sku.parse().unwrap();
    let plan = run.desk.tenant.world(|world| {
        let plan = world.skus.get(&id).unwrap().plans.iter().find(|plan| !plan.is_exchange()).unwrap().id;
        world.users.get_mut(&alex).unwrap().direct_licenses.get_mut(&id).unwrap().disabled_plans.insert(plan);
        plan.to_string()
    });
    run.again();
    let params = json!({ "skus": [sku] });
    run.post("assignLicense", json!({ "addLicenses": [], "removeLicenses": [sku] }));
    run.again();
    let add = |plans: serde_json::Value| {
        let license = json!({ "skuId": sku, "disabledPlans": plans });
        run.post("assignLicense", json!({ "addLicenses": [license], "removeLicenses": [] }));
        run.against_undo("remove_licenses", "done", params.clone())
    };
    assert!(add(json!([])).unwrap().contains("direct license"));
    assert_eq!(add(json!([plan])), None);
}

#[test]
fn replies_and_rights_come_back() {
    let mut run = Run::after(|desk| {
        desk.change("alex", |mailbox| mailbox.auto_reply.internal_message = "old".to_owned());
    });
    let blake = run.desk.id("blake").to_string();
    let params = json!({ "internal": "in", "external": "out", "audience": "all" });
    let (on, off) = (
        json!({ "AutoReplyState": "Enabled", "InternalMessage": "in", "ExternalMessage": "out" }),
        json!({ "AutoReplyState": "Disabled", "InternalMessage": "old", "ExternalMessage": "" }),
    );
    run.exchange("Set-MailboxAutoReplyConfiguration", on);
    run.exchange("Add-MailboxPermission", json!({ "User": blake, "AccessRights": ["FullAccess"] }));
    run.again();
    let to = json!({ "to": blake });
    assert!(run.against_undo("set_automatic_replies", "done", params.clone()).is_some());
    assert!(run.against_undo("grant_full_access", "done", to.clone()).is_some());
    run.exchange("Set-MailboxAutoReplyConfiguration", off);
    run.exchange(
        "Remove-MailboxPermission",
        json!({ "User": blake, "AccessRights": ["FullAccess"], "Confirm": false }),
    );
    assert_eq!(run.against_undo("set_automatic_replies", "done", params), None);
    assert_eq!(run.against_undo("grant_full_access", "done", to), None);
}

#[test]
fn some_things_cannot_be_taken_back() {
    let mut run = Run::after(synced);
    run.post("revokeSignInSessions", json!(null));
    run.again();
    assert!(
        run.against_undo("revoke_sign_in_sessions", "done", json!({}))
            .unwrap()
            .contains("cannot be taken back")
    );
    let task = json!({ "task": "disable_account" });
    assert_eq!(run.against_undo("on_premises_task", "done", task.clone()), None);
    let alex = run.alex();
    run.foreign(|world| world.active_directory.get_mut(&alex).unwrap().enabled = false);
    assert!(run.against_undo("on_premises_task", "done", task).unwrap().contains("still so"));
}

#[test]
fn the_world_after_undo_equals_the_world_before() {
    let mut run = Run::new();
    let before = run.desk.tenant.world(|world| world.clone());
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true, "Type": "Shared" }));
    let between = run.desk.tenant.world(|world| world.clone());
    assert_eq!(diff(&before, &between).len(), 2, "{:?}", diff(&before, &between));
    run.again();
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": false, "Type": "Regular" }));
    let after = run.desk.tenant.world(|world| world.clone());
    assert_eq!(diff(&before, &after), Vec::<String>::new());
}
