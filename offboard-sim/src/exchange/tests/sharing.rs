//! Rights on mailboxes, and inbox rules.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Desk};
use crate::world::InboxRule;

fn permission(desk: &Desk, verb: &str, more: &[(&str, Value)]) -> Answer {
    let mut parameters = json!({
        "Identity": desk.id("alex").to_string(),
        "User": desk.id("blake").to_string(),
        "AccessRights": ["FullAccess"],
    });
    for (name, value) in more {
        parameters[*name] = value.clone();
    }
    desk.run(&format!("{verb}-MailboxPermission"), parameters)
}

#[test]
fn a_right_is_given_once_and_taken_once() {
    let desk = Desk::new();
    let given = permission(&desk, "Add", &[("AutoMapping", json!(false))]);
    assert_eq!(given.one()["User"], "blake@contoso.com");
    assert!(!desk.mailbox("alex").permissions[0].auto_mapping);
    // There already: a warning, and the mapping stays as it was.
    let again = permission(&desk, "Add", &[("AutoMapping", json!(true))]);
    assert_eq!(again.warnings().len(), 1);
    assert!(!desk.mailbox("alex").permissions[0].auto_mapping);

    let asked = permission(&desk, "Remove", &[]);
    assert!(asked.body.get("@adminapi.confirmationmessage").is_some());
    assert_eq!(desk.mailbox("alex").permissions.len(), 1);
    assert_eq!(permission(&desk, "Remove", &[("Confirm", json!(false))]).status, StatusCode::OK);
    assert!(desk.mailbox("alex").permissions.is_empty());
    assert_eq!(permission(&desk, "Remove", &[("Confirm", json!(false))]).warnings().len(), 1);
}

#[test]
fn auto_mapping_is_the_default() {
    let desk = Desk::new();
    permission(&desk, "Add", &[]);
    assert!(desk.mailbox("alex").permissions[0].auto_mapping);
    let clear =
        json!({ "Identity": desk.id("alex").to_string(), "ClearAutoMapping": true, "Confirm": false });
    assert_eq!(desk.run("Remove-MailboxPermission", clear).status, StatusCode::OK);
    assert!(!desk.mailbox("alex").permissions[0].auto_mapping);
}

#[test]
fn a_right_for_nobody_is_refused() {
    let desk = Desk::new();
    let nobody = permission(&desk, "Add", &[("User", json!("nobody@contoso.com"))]);
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    let wrong = permission(&desk, "Add", &[("AccessRights", json!(["FulAccess"]))]);
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let denied = permission(&desk, "Add", &[("Deny", json!(true))]);
    assert_eq!(denied.exception(), "NotSimulatedException");
    assert!(desk.mailbox("alex").permissions.is_empty());
}

fn with_rules(desk: &Desk) -> String {
    desk.change("alex", |mailbox| {
        let mut hidden = InboxRule::new(11, "");
        hidden.hidden = true;
        let mut client = InboxRule::new(12, "colours");
        client.client_side = true;
        mailbox.rules = vec![InboxRule::new(10, "away"), hidden, client];
    });
    desk.id("alex").to_string()
}

fn state(desk: &Desk) -> Vec<(u64, bool)> {
    desk.mailbox("alex").rules.iter().map(|rule| (rule.id, rule.enabled)).collect()
}

#[test]
fn disabling_a_rule_asks_and_drops_what_lies_in_outlook() {
    let desk = Desk::new();
    let alex = with_rules(&desk);
    let asked = desk.run("Disable-InboxRule", json!({ "Identity": format!("{alex}\\10") }));
    assert!(asked.body.get("@adminapi.confirmationmessage").is_some());
    assert_eq!(state(&desk), [(10, true), (11, true), (12, true)]);
    let off = json!({ "Mailbox": alex, "Identity": "10", "Confirm": false });
    assert_eq!(desk.run("Disable-InboxRule", off.clone()).warnings().len(), 1);
    assert_eq!(state(&desk), [(10, false), (11, true)]);
    assert!(desk.run("Disable-InboxRule", off).warnings()[0].contains("no settings of"));
    let on = json!({ "Mailbox": alex, "Identity": "away" });
    assert!(desk.run("Enable-InboxRule", on).warnings().is_empty());
    assert_eq!(state(&desk), [(10, true), (11, true)]);
}

#[test]
fn the_blob_can_be_dropped_without_a_word() {
    let desk = Desk::new();
    let alex = with_rules(&desk);
    let off =
        json!({ "Identity": format!("{alex}\\10"), "AlwaysDeleteOutlookRulesBlob": true, "Confirm": false });
    assert!(desk.run("Disable-InboxRule", off).warnings().is_empty());
    assert_eq!(state(&desk), [(10, false), (11, true)]);
}

#[test]
fn a_hidden_rule_is_disabled_by_the_identity_that_was_read() {
    let desk = Desk::new();
    let alex = with_rules(&desk);
    let rules = desk.run("Get-InboxRule", json!({ "Mailbox": alex, "IncludeHidden": true }));
    let identity = &rules.rows()[1]["Identity"];
    let off = json!({ "Identity": identity, "Force": true });
    assert_eq!(desk.run("Disable-InboxRule", off).status, StatusCode::OK);
    assert!(state(&desk).contains(&(11, false)));
    let unknown = json!({ "Mailbox": alex, "Identity": "99", "Confirm": false });
    assert_eq!(desk.run("Disable-InboxRule", unknown).status, StatusCode::NOT_FOUND);
}
