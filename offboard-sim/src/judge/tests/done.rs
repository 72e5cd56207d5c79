//! `done`, `already`, `partial`, `sent`.

use std::collections::BTreeSet;

use offboard_core::id::GroupId;
use offboard_core::time::Period;
use serde_json::json;

use super::{Claim, Run, synced};
use crate::faults::{Fault, Matcher};
use crate::world::{InboxRule, InheritedLicense, MailboxPermission, RuleRecipient};

fn disable(run: &Run) {
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
}

#[test]
fn done_holds_at_the_time_it_was_seen() {
    let run = Run::new();
    let early = run.now();
    disable(&run);
    assert_eq!(run.against("block_exchange_account", "done", json!({})), None);
    let mut claim = run.claim("block_exchange_account", "done", json!({}));
    claim.seen_at = Some(early);
    assert!(run.against_claim(&claim).unwrap().contains("AccountDisabled was false"));
    claim.seen_at = None;
    assert!(run.against_claim(&claim).unwrap().contains("nobody says when"));
}

#[test]
fn success_that_changed_nothing_is_not_done() {
    let run = Run::new();
    run.desk.tenant.faults().once(Matcher::cmdlet("Set-Mailbox"), Fault::NothingHappens);
    disable(&run);
    let told = run.against("block_exchange_account", "done", json!({})).unwrap();
    assert!(
        told.starts_with("block_exchange_account for alex@contoso.com is said to be done, seen at 20"),
        "{told}"
    );
    assert_eq!(run.against("block_exchange_account", "failed", json!({})), None);
    // It was sent all the same.
    assert_eq!(run.against("block_exchange_account", "sent", json!({})), None);
}

#[test]
fn already_means_before_this_run() {
    let mut run = Run::new();
    disable(&run);
    assert!(
        run.against("block_exchange_account", "already", json!({}))
            .unwrap()
            .contains("this run brought it about")
    );
    run.again();
    assert_eq!(run.against("block_exchange_account", "already", json!({})), None);
}

#[test]
fn an_active_directory_account_is_blocked_once_sync_has_passed() {
    let run = Run::after(synced);
    run.patch(json!({ "accountEnabled": false }));
    let at_once = run.against("block_sign_in", "done", json!({})).unwrap();
    assert!(at_once.contains("directory sync") || at_once.contains("last sync"), "{at_once}");
    let alex = run.alex();
    run.foreign(|world| world.active_directory.get_mut(&alex).unwrap().enabled = false);
    run.desk.advance(Period::hours(1));
    assert_eq!(run.against("block_sign_in", "done", json!({})), None);
    assert_eq!(run.against("on_premises_task", "done", json!({ "task": "disable_account" })), None);
}

#[test]
fn a_sync_before_the_write_does_not_count() {
    let run = Run::after(|desk| {
        synced(desk);
        desk.advance(Period::minutes(31));
    });
    run.patch(json!({ "accountEnabled": false }));
    let told = run.against("block_sign_in", "done", json!({})).unwrap();
    assert!(told.contains("the last sync was at 2026-11-30T09:30:00Z, before the write"), "{told}");
}

#[test]
fn what_sync_reverted_is_not_done() {
    let run = Run::after(synced);
    run.patch(json!({ "accountEnabled": false }));
    run.desk.advance(Period::hours(1));
    assert!(run.against("block_sign_in", "done", json!({})).unwrap().contains("accountEnabled was true"));
    assert_eq!(run.against("block_sign_in", "failed", json!({})), None);
    assert!(run.against("block_sign_in", "not_started", json!({})).is_some());
}

#[test]
fn password_and_sessions_must_have_moved() {
    let run = Run::new();
    run.patch(json!({ "passwordProfile": { "password": "a-Long_random7 word", "forceChangePasswordNextSignIn": true } }));
    assert_eq!(run.against("reset_password", "done", json!({})), None);
    assert!(run.against("revoke_sign_in_sessions", "done", json!({})).is_some());
    run.post("revokeSignInSessions", json!(null));
    assert_eq!(run.against("revoke_sign_in_sessions", "done", json!({})), None);
    assert!(run.against("revoke_sign_in_sessions", "handed_off", json!({})).is_some());
}

fn rules(run: &Run) {
    run.desk.change("alex", |mailbox| {
        mailbox.forwarding_smtp_address = Some("x@example.com".to_owned());
        for (id, hidden) in [(1, false), (2, true)] {
            let mut rule = InboxRule::new(id, "away");
            rule.hidden = hidden;
            rule.redirect_to =
                vec![RuleRecipient { name: "x".to_owned(), address: "x@example.com".to_owned() }];
            mailbox.rules.push(rule);
        }
    });
}

fn disable_rule(run: &Run, id: u64) {
    let alex = run.alex().to_string();
    let off = json!({ "Mailbox": alex, "Identity": id.to_string(), "Confirm": false });
    assert!(run.desk.run("Disable-InboxRule", off).status.is_success());
    run.desk.advance(Period::seconds(1));
}

#[test]
fn forwarding_has_stopped_when_the_hidden_rule_has_too() {
    let mut run = Run::new();
    rules(&run);
    run.again();
    let told = |run: &Run| run.against("stop_forwarding", "done", json!({})).unwrap_or_default();
    assert!(told(&run).contains("ForwardingSmtpAddress was"));
    assert!(run.against("stop_forwarding", "partial", json!({})).is_some());
    run.exchange("Set-Mailbox", json!({ "ForwardingAddress": null, "ForwardingSmtpAddress": null }));
    assert_eq!(run.against("stop_forwarding", "partial", json!({})), None);
    disable_rule(&run, 1);
    assert!(told(&run).contains("hidden rule 2"), "{}", told(&run));
    disable_rule(&run, 2);
    assert_eq!(told(&run), "");
    run.desk.change("alex", |mailbox| mailbox.rules.truncate(1));
    run.desk.advance(Period::seconds(1));
    assert!(told(&run).contains("was deleted"));
}

#[test]
fn a_conversion_is_done_when_it_has_happened() {
    let run = Run::new();
    run.desk.tenant.world(|world| world.timing.conversion = Period::minutes(20));
    run.exchange("Set-Mailbox", json!({ "Type": "Shared" }));
    assert!(run.against("convert_to_shared", "done", json!({})).unwrap().contains("it was a UserMailbox"));
    assert_eq!(run.against("convert_to_shared", "waiting", json!({})), None);
    run.desk.advance(Period::minutes(20));
    assert_eq!(run.against("convert_to_shared", "done", json!({})), None);
    // It happened later by itself, but because of this run.
    assert!(run.against("convert_to_shared", "failed", json!({})).is_some());
}

#[test]
fn full_access_is_given_with_its_mapping_and_taken() {
    let mut run = Run::new();
    let blake = run.desk.id("blake").to_string();
    run.exchange(
        "Add-MailboxPermission",
        json!({ "User": blake, "AccessRights": ["FullAccess"], "AutoMapping": true }),
    );
    let grant = |mapping: bool| {
        run.against("grant_full_access", "done", json!({ "to": blake, "auto_mapping": mapping }))
    };
    assert_eq!(grant(true), None);
    assert!(grant(false).unwrap().contains("auto-mapping was true"));
    let from = json!({ "from": blake });
    assert!(
        run.against("remove_full_access", "done", from.clone())
            .unwrap()
            .contains("blake@contoso.com had FullAccess")
    );
    run.again();
    // A right that was there keeps the mapping it had.
    assert_eq!(
        run.against("grant_full_access", "already", json!({ "to": blake, "auto_mapping": false })),
        None
    );
    run.exchange(
        "Remove-MailboxPermission",
        json!({ "User": blake, "AccessRights": ["FullAccess"], "Confirm": false }),
    );
    assert_eq!(run.against("remove_full_access", "done", from), None);
}

#[test]
fn forwarding_goes_to_the_one_of_the_step_with_its_copy() {
    let mut run = Run::new();
    let (blake, alex) = (run.desk.id("blake").to_string(), run.alex().to_string());
    let to = |run: &Run, keep_copy: bool| {
        run.against("set_forwarding", "done", json!({ "to": blake, "keep_copy": keep_copy }))
    };
    let forward = |run: &mut Run, to: &str| {
        let parameters = json!({
            "ForwardingAddress": to, "ForwardingSmtpAddress": null, "DeliverToMailboxAndForward": true,
        });
        run.exchange("Set-Mailbox", parameters);
    };
    forward(&mut run, &alex);
    assert!(to(&run, true).unwrap().contains("ForwardingAddress was"));
    forward(&mut run, &blake);
    assert_eq!(to(&run, true), None);
    assert!(to(&run, false).unwrap().contains("DeliverToMailboxAndForward was true"));
    let end = json!({ "to": blake });
    assert!(run.against("end_forwarding", "done", end.clone()).unwrap().contains("still forwarded"));
    run.again();
    run.exchange("Set-Mailbox", json!({ "ForwardingAddress": null }));
    assert_eq!(run.against("end_forwarding", "done", end.clone()), None);
    assert!(run.against("end_forwarding", "already", end).is_some());
}

/// What the leaver had set up was stopped, ours was set, and both are taken back: each step is judged by its own.
#[test]
fn two_steps_that_write_the_same_are_each_taken_back() {
    let forwarding = |run: &mut Run, to: serde_json::Value| {
        run.exchange("Set-Mailbox", json!({ "ForwardingAddress": to, "ForwardingSmtpAddress": null }));
    };
    let mut run = Run::after(|desk| {
        let own = desk.id("alex");
        desk.change("alex", |mailbox| mailbox.forwarding_address = Some(own));
    });
    let (blake, own) = (run.desk.id("blake").to_string(), run.alex().to_string());
    forwarding(&mut run, json!(null));
    assert_eq!(run.against("stop_forwarding", "done", json!({})), None);
    forwarding(&mut run, json!(blake));
    run.again();
    let set = json!({ "to": blake, "keep_copy": false });
    assert!(run.against_undo("set_forwarding", "done", set.clone()).is_some());
    forwarding(&mut run, json!(null));
    assert_eq!(run.against_undo("set_forwarding", "done", set), None);
    assert!(run.against_undo("stop_forwarding", "done", json!({})).is_some());
    forwarding(&mut run, json!(own));
    assert_eq!(run.against_undo("stop_forwarding", "done", json!({})), None);
}

#[test]
fn other_rights_of_the_successor_do_not_count() {
    let run = Run::new();
    let user = run.desk.id("blake");
    let access_rights = vec!["ReadPermission".to_owned()];
    run.desk.change("alex", |mailbox| {
        mailbox.permissions = vec![MailboxPermission { user, access_rights, auto_mapping: false }];
    });
    assert!(run.against("grant_full_access", "done", json!({ "to": user.to_string() })).is_some());
}

#[test]
fn replies_are_compared_by_their_words() {
    let run = Run::new();
    let params = json!({ "internal": "I have left.", "external": "Write to Blake.", "audience": "known" });
    run.exchange("Set-MailboxAutoReplyConfiguration", json!({
        "AutoReplyState": "Enabled", "ExternalAudience": "Known",
        "InternalMessage": "<html><body>I  have left.</body></html>", "ExternalMessage": "Write to Blake.",
    }));
    assert_eq!(run.against("set_automatic_replies", "done", params.clone()), None);
    let mut other = params.clone();
    other["external"] = json!("Write to Casey.");
    assert!(run.against("set_automatic_replies", "done", other).unwrap().contains("external reply was"));
    let mut all = params;
    all["audience"] = json!("all");
    assert!(run.against("set_automatic_replies", "done", all).unwrap().contains("audience was"));
    assert!(run.against("stop_automatic_replies", "done", json!({})).is_some());
    run.exchange("Set-MailboxAutoReplyConfiguration", json!({ "AutoReplyState": "Disabled" }));
    assert_eq!(run.against("stop_automatic_replies", "done", json!({})), None);
}

#[test]
fn direct_licenses_are_gone_and_inherited_ones_stay() {
    let run = Run::new();
    let sku = run.sku();
    let params = json!({ "skus": [sku] });
    assert!(
        run.against("remove_licenses", "done", params.clone()).unwrap().contains("still assigned directly")
    );
    run.post("assignLicense", json!({ "addLicenses": [], "removeLicenses": [sku] }));
    assert_eq!(run.against("remove_licenses", "done", params), None);
}

#[test]
fn an_inherited_license_that_went_with_it_is_told() {
    let mut run = Run::new();
    let (alex, sku) = (run.alex(), run.sku());
    run.foreign(|world| {
        let license = InheritedLicense {
            sku: sku.parse().unwrap(),
            group: GroupId::from_u128(5),
            disabled_plans: BTreeSet::new(),
            updated: world.now,
            error: None,
        };
        world.users.get_mut(&alex).unwrap().inherited_licenses = vec![license];
    });
    run.again();
    run.post("assignLicense", json!({ "addLicenses": [], "removeLicenses": [sku] }));
    let params = json!({ "skus": [sku] });
    assert_eq!(run.against("remove_licenses", "done", params.clone()), None);
    run.foreign(|world| world.users.get_mut(&alex).unwrap().inherited_licenses.clear());
    assert!(run.against("remove_licenses", "done", params).unwrap().contains("was gone too"));
}

#[test]
fn the_captured_state_is_shown_and_not_believed() {
    let run = Run::new();
    let claim = Claim {
        before: Some(json!({ "account_disabled": true })),
        ..run.claim("block_exchange_account", "done", json!({}))
    };
    assert!(run.against_claim(&claim).unwrap().contains("captured before as {\"account_disabled\":true}"));
}
