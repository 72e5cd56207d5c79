//! The policies that come with offboard are read and mean what they say.

use super::{LEAVER, MANAGER, facts, now};
use crate::facts::Facet;
use crate::guards::g56_one_drive_clock::READ_ONLY;
use crate::model::intent::{FilesDisposition, MailDisposition};
use crate::operation::Catalog;
use crate::policy::{Policy, Request, shipped};
use crate::tenant::TenantProfile;

fn read(name: &str) -> Policy {
    let shipped = shipped().iter().find(|policy| policy.name == name).unwrap();
    Policy::parse(shipped.text.as_bytes(), name, &Catalog::builtin()).unwrap()
}

fn operations(policy: &Policy) -> (Vec<String>, crate::model::intent::Intent) {
    let request = Request { leaves_at: now(), successor: None };
    let mut facts = facts();
    facts.leaver.mobile_devices = crate::facts::Fact::Known(vec![]);
    facts.person_mut(MANAGER).drive = super::files::drive();
    let derived = policy.derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin());
    assert!(derived.findings.is_empty(), "{:?}", derived.findings);
    (derived.drafts.into_iter().map(|draft| draft.operation).collect(), derived.intent)
}

#[test]
fn all_of_them_are_named_once() {
    let names: Vec<&str> = shipped().iter().map(|policy| policy.name).collect();
    assert_eq!(names, ["containment", "forward", "shared", "leave", "archive", "standard", "guest"]);
}

/// The first TOML of the documentation that begins like this.
fn documented(start: &str) -> &'static str {
    let text = include_str!("../../../../docs/policies.md");
    let blocks = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.into_iter().find(|block| block.starts_with(start)).unwrap()
}

#[test]
fn what_the_documentation_shows_is_right() {
    let policy =
        Policy::parse(documented("policy = ").as_bytes(), "policies.md", &Catalog::builtin()).unwrap();
    assert_eq!(policy.name(), "standard leaver");
    let profile = TenantProfile::parse(documented("[tenant]").as_bytes(), "policies.md").unwrap();
    assert_eq!(profile.protected.len(), 1);
}

#[test]
fn containment_only_cuts_access() {
    let policy = read("containment");
    let (operations, intent) = operations(&policy);
    assert_eq!(
        operations,
        [
            "block_sign_in",
            "reset_password",
            "revoke_sign_in_sessions",
            "block_exchange_account",
            "stop_forwarding"
        ]
    );
    assert!(intent.containment_only);
    assert_eq!(intent.mail, MailDisposition::Keep);
    assert_eq!(policy.reads(LEAVER), [Facet::User(LEAVER), Facet::SyncBehavior(LEAVER)].into());
    assert!(policy.people(&facts(), None).is_empty());
}

#[test]
fn forward_begins_and_ends_and_keeps_the_license() {
    let (operations, intent) = operations(&read("forward"));
    assert_eq!(
        operations[5..],
        [
            "set_forwarding",
            "end_forwarding",
            "set_automatic_replies",
            "stop_automatic_replies",
            "final_revoke"
        ]
    );
    assert_eq!(intent.mail, MailDisposition::Forward);
}

#[test]
fn shared_hands_the_mailbox_over() {
    let (operations, intent) = operations(&read("shared"));
    assert_eq!(
        operations[5..],
        [
            "convert_to_shared",
            "grant_full_access",
            "remove_full_access",
            "set_automatic_replies",
            "stop_automatic_replies",
            "remove_licenses",
            "leave_licensing_group",
            "final_revoke"
        ]
    );
    assert!(!intent.containment_only);
    assert!(!intent.files_loss_accepted);
}

#[test]
fn leave_lets_go_of_the_groups_too() {
    let (operations, intent) = operations(&read("leave"));
    assert_eq!(
        operations[5..],
        [
            "convert_to_shared",
            "grant_full_access",
            "remove_full_access",
            "leave_group",
            "remove_licenses",
            "leave_licensing_group",
            "final_revoke"
        ]
    );
    assert!(!intent.containment_only);
}

#[test]
fn archive_holds_and_deletes_and_takes_no_license() {
    let (operations, intent) = operations(&read("archive"));
    assert_eq!(operations[5..], ["place_litigation_hold", "delete_user", "final_revoke"]);
    assert_eq!(intent.mail, MailDisposition::Inactive);
    assert_eq!(intent.account_at, Some(now() + crate::time::Period::days(30)));
}

#[test]
fn standard_is_the_whole_way() {
    let policy = read("standard");
    let (operations, intent) = operations(&policy);
    assert_eq!(
        operations[5..],
        [
            "convert_to_shared",
            "grant_full_access",
            "remove_full_access",
            "set_automatic_replies",
            "stop_automatic_replies",
            "cancel_meetings",
            "stop_forwarding",
            "grant_drive_access",
            "end_drive_access",
            "leave_group",
            "remove_licenses",
            "leave_licensing_group",
            "delete_user",
            "final_revoke"
        ]
    );
    assert_eq!(intent.mail_until, intent.account_at);
    assert_eq!(intent.mobile, crate::model::intent::MobileDisposition::WipeAndBlock);
    assert_eq!(intent.files, FilesDisposition::Grant);
    assert!(!intent.files_loss_accepted, "that is for whoever has looked");
    // The access ends while the OneDrive can still be changed.
    assert!(policy.file.files.until.unwrap() < READ_ONLY);
}

#[test]
fn guest_is_for_guests_and_leaves_passwords_alone() {
    let policy = read("guest");
    let request = Request { leaves_at: now(), successor: None };
    let mut facts = facts();
    facts.leaver.recipient = crate::facts::Fact::Absent;
    let derive = |facts: &crate::facts::Facts| {
        policy.derive(facts, &TenantProfile::default(), &request, &Catalog::builtin())
    };
    assert!(derive(&facts).findings.iter().any(|finding| finding.key == "applies_to:member"));
    facts.leaver.user.known_mut().unwrap().user_type = crate::model::user::UserType::Guest;
    let derived = derive(&facts);
    assert!(derived.findings.is_empty(), "{:?}", derived.findings);
    let operations: Vec<&str> = derived.drafts.iter().map(|draft| draft.operation.as_str()).collect();
    assert_eq!(
        operations,
        ["block_sign_in", "revoke_sign_in_sessions", "leave_group", "delete_user", "final_revoke"]
    );
}
