//! The mailbox that outlives its account.

use serde_json::json;

use super::{LEAVER, facts, now, parse};
use crate::facts::{Facet, Fact, Why};
use crate::failure::Failure;
use crate::model::intent::MailDisposition;
use crate::model::mailbox::Recipient;
use crate::operation::{Catalog, Severity};
use crate::policy::{Derived, Request};
use crate::tenant::TenantProfile;

const ARCHIVE: &str = r#"policy = "offboard.policy/1"
name = "archive"
applies_to = "member"
[access]
sign_in = "block"
password = "reset"
sessions = "revoke"
exchange_account = "block"
forwarding = "stop"
[mail]
disposition = "inactive"
[files]
disposition = "keep"
[licenses]
disposition = "with_account"
[account]
disposition = "delete"
after = "P30D"
[groups]
disposition = "keep"
[voice]
numbers = "keep"
"#;

fn with(more: &str) -> String {
    ARCHIVE.replace("\"inactive\"\n", &format!("\"inactive\"\n{more}\n"))
}

fn derive(text: &str, recipient: Fact<Recipient>) -> Derived {
    let mut facts = facts();
    facts.leaver.recipient = recipient;
    let request = Request { leaves_at: now(), successor: None };
    parse(text).unwrap().derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin())
}

fn planned(derived: &Derived, operation: &str) -> Vec<serde_json::Value> {
    derived.drafts.iter().filter(|d| d.operation == operation).map(|d| d.params.clone()).collect()
}

#[test]
fn a_hold_is_placed_and_the_mailbox_looked_for_afterwards() {
    let derived = derive(ARCHIVE, facts().leaver.recipient);
    assert!(derived.findings.is_empty(), "{:?}", derived.findings);
    assert_eq!(derived.intent.mail, MailDisposition::Inactive);
    assert_eq!(planned(&derived, "place_litigation_hold"), [json!({ "user": LEAVER })]);
    let guid = crate::id::MailboxId::from_u128(0x70);
    assert_eq!(planned(&derived, "delete_user"), [json!({ "user": LEAVER, "mailbox": guid })]);
    assert!(planned(&derived, "remove_licenses").is_empty(), "they go with the account");
    assert!(parse(ARCHIVE).unwrap().reads(LEAVER).contains(&Facet::Recipient(LEAVER)));
    let held = derive(&with("held_for = \"P2555D\""), facts().leaver.recipient);
    assert_eq!(planned(&held, "place_litigation_hold"), [json!({ "user": LEAVER, "days": 2555 })]);
}

#[test]
fn without_a_mailbox_only_the_account_goes() {
    for none in [Fact::Absent, Fact::NotOffered(Why::Unused)] {
        let derived = derive(ARCHIVE, none);
        assert_eq!(planned(&derived, "delete_user"), [json!({ "user": LEAVER })]);
        assert!(derived.findings.is_empty());
    }
}

#[test]
fn an_account_stays_whose_mailbox_nobody_can_see_kept() {
    let on_premises = Recipient::OnPremises { recipient_type_details: "RemoteUserMailbox".to_owned() };
    for (recipient, key) in [
        (Fact::Known(on_premises), "on_premises"),
        (Fact::NotOffered(Why::Cloud), "not_readable"),
        (Fact::Unknown(Failure::not_read()), "unknown:whether there is a mailbox to keep"),
    ] {
        let derived = derive(ARCHIVE, recipient);
        assert!(planned(&derived, "delete_user").is_empty(), "{key}");
        let finding = derived.findings.iter().find(|finding| finding.code == "G10").unwrap();
        assert_eq!((finding.severity, finding.key.as_str()), (Severity::Block, key));
        assert!(finding.hint.len() > 10);
    }
}

#[test]
fn what_belongs_to_other_ends_is_refused() {
    let refused = |more: &str, words: &[&str]| {
        let error = parse(&with(more)).expect_err(more);
        for word in words {
            assert!(error.to_string().contains(word), "{word:?} is not in: {error}");
        }
        assert!(error.hint.is_some());
        error.line
    };
    assert_eq!(refused("until = \"P90D\"", &["`mail.until`", "inactive"]), 12);
    for bad in ["PT12H", "P0D", "P1DT1H"] {
        assert_eq!(refused(&format!("held_for = \"{bad}\""), &["`mail.held_for", "whole days"]), 12);
    }
    refused("auto_reply = { text = \"gone\" }", &["`mail.auto_reply`", "answers nobody"]);
    refused("full_access = { to = [\"manager\"], until = \"P9D\" }", &["`mail.full_access`"]);
    refused("forward_to = [\"manager\"]", &["forwards nothing"]);
    let elsewhere = with("held_for = \"P30D\"").replace("\"inactive\"", "\"let_go\"");
    assert!(parse(&elsewhere).unwrap_err().to_string().contains("holds nothing"));
    let kept = ARCHIVE.replace("disposition = \"delete\"\nafter = \"P30D\"", "disposition = \"keep\"");
    assert_eq!(parse(&kept.replace("with_account", "keep")).unwrap_err().requirement, Some("R24"));
    parse(&with("meetings = { do = \"cancel\", for = \"P90D\" }")).unwrap();
}

#[test]
fn a_hold_has_a_key_of_its_own() {
    let step = format!(
        "{ARCHIVE}[[step]]\noperation = \"place_litigation_hold\"\nparams = {{ user = \"$leaver\" }}\n"
    );
    assert!(parse(&step).unwrap_err().hint.unwrap().contains("inactive"));
}
