use offboard_core::failure::Kind;
use offboard_core::model::mailbox::InboxRule;
use offboard_core::ports::Rules;
use serde_json::{Value, json};

use crate::bench::{Bench, ID, call, done, id, missing, objects};

/// A rule as the service prints it.
fn printed(number: u64, name: &str, redirect: Value) -> Value {
    json!({
        "RuleIdentity@odata.type": "#UInt64",
        "RuleIdentity": number,
        "Name": name,
        "Enabled": true,
        "ForwardTo": null,
        "ForwardAsAttachmentTo": [],
        "RedirectTo": redirect,
    })
}

fn rule(number: u64, name: &str, hidden: bool, sends_to: &[&str]) -> InboxRule {
    InboxRule {
        identity: number.to_string(),
        name: name.into(),
        enabled: true,
        hidden,
        sends_to: sends_to.iter().map(ToString::to_string).collect(),
    }
}

#[tokio::test]
async fn a_rule_is_hidden_if_only_the_longer_list_has_it() {
    let away = "\"alex@fabrikam.com\" [SMTP:alex@fabrikam.com]";
    let hidden = printed(13_835_058_055_282_163_713, "Invoices", json!([away]));
    let plain = printed(7, "Newsletters", Value::Null);
    let made_meanwhile = printed(8, "Invoices", json!(away));
    let bench = Bench::new([objects(&[plain.clone(), hidden]), objects(&[plain, made_meanwhile])]);
    let found = bench.exchange.inbox_rules(&call(), id()).await.unwrap().unwrap();
    assert_eq!(
        found,
        [
            rule(7, "Newsletters", false, &[]),
            rule(13_835_058_055_282_163_713, "Invoices", true, &[away]),
            rule(8, "Invoices", false, &[away]),
        ]
    );
    let asked = bench.asked();
    let all = json!({ "Mailbox": ID, "IncludeHidden": true, "ResultSize": "Unlimited" });
    assert_eq!(*asked[0].parameters(), all);
    assert_eq!(*asked[1].parameters(), json!({ "Mailbox": ID, "ResultSize": "Unlimited" }));
}

#[tokio::test]
async fn every_way_of_sending_mail_on_is_named() {
    let mut row = printed(1, "Invoices", json!(["c"]));
    row["ForwardTo"] = json!(["a"]);
    row["ForwardAsAttachmentTo"] = json!(["b"]);
    let bench = Bench::new([objects(std::slice::from_ref(&row)), objects(std::slice::from_ref(&row))]);
    let found = bench.exchange.inbox_rules(&call(), id()).await.unwrap().unwrap();
    assert_eq!(found, [rule(1, "Invoices", false, &["a", "b", "c"])]);
}

#[tokio::test]
async fn no_rules_and_no_mailbox_are_two_answers() {
    let bench = Bench::new([objects(&[])]);
    assert_eq!(bench.exchange.inbox_rules(&call(), id()).await.unwrap(), Some(Vec::new()));
    bench.asked_once();
    let bench = Bench::new([missing()]);
    assert_eq!(bench.exchange.inbox_rules(&call(), id()).await.unwrap(), None);
}

#[tokio::test]
async fn a_rule_without_what_matters_makes_the_list_unknown() {
    for property in ["RuleIdentity", "Name", "Enabled", "ForwardTo", "ForwardAsAttachmentTo", "RedirectTo"] {
        let mut row = printed(1, "Invoices", Value::Null);
        row.as_object_mut().unwrap().remove(property);
        let bench = Bench::new([objects(&[row])]);
        let error = bench.exchange.inbox_rules(&call(), id()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Protocol, "{property}");
    }
}

#[tokio::test]
async fn a_rule_is_switched_by_its_number() {
    for (enabled, cmdlet) in [(false, "Disable-InboxRule"), (true, "Enable-InboxRule")] {
        let bench = Bench::new([done(&[])]);
        let rule = rule(13_835_058_055_282_163_713, "Invoices", true, &[]);
        bench.exchange.set_enabled(&call(), id(), &rule, enabled).await.unwrap();
        let asked = bench.asked_once();
        assert_eq!(asked.cmdlet(), cmdlet);
        let wanted =
            json!({ "Mailbox": ID, "Identity": "13835058055282163713", "Force": true, "Confirm": false });
        assert_eq!(*asked.parameters(), wanted);
        assert!(!asked.url.contains('?'), "a write selects nothing: {}", asked.url);
    }
    let mut nameless = rule(1, "Invoices", true, &[]);
    nameless.identity = "Invoices".into();
    let bench = Bench::new([]);
    let error = bench.exchange.set_enabled(&call(), id(), &nameless, false).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(bench.asked().is_empty());
}
