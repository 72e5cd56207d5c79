//! Policies as people write them, right and wrong, and what they mean.

mod derive;
mod devices;
mod end_states;
mod files;
mod groups;
mod inactive;
mod mail;
mod properties;
mod refusals;
mod shipped;
mod sponsor;
mod voice;

use crate::facts::{Fact, Facts};
use crate::id::{GroupId, SkuId, TenantId, UserId};
use crate::model::cloud::Cloud;
use crate::model::group::{Group, Membership, Tie};
use crate::model::license::{LicenseAssignment, Licenses};
use crate::model::mailbox::{Mailbox, Recipient};
use crate::model::user::{User, UserType};
use crate::operation::Catalog;
use crate::policy::{Policy, PolicyError};
use crate::time::Timestamp;

const LEAVER: UserId = UserId::from_u128(0x10);
const MANAGER: UserId = UserId::from_u128(0x20);
const SUCCESSOR: UserId = UserId::from_u128(0x30);
const DIRECT: SkuId = SkuId::from_u128(0x51);
const BOTH: SkuId = SkuId::from_u128(0x52);
const GROUP: GroupId = GroupId::from_u128(0x61);
const SALES: GroupId = GroupId::from_u128(0x62);

/// A policy in which every line has one decision.
const WHOLE: &str = r#"policy = "offboard.policy/1"
name = "whole"
applies_to = "member"
[access]
sign_in = "block"
password = "reset"
sessions = "revoke"
exchange_account = "block"
forwarding = "stop"
protocols = "keep"
methods = "keep"
[mail]
disposition = "shared"
[mail.full_access]
to = ["successor", "manager"]
until = "P90D"
[mail.auto_reply]
text = "gone"
until = "P30D"
[files]
disposition = "keep"
[licenses]
disposition = "remove"
after = "P7D"
[account]
disposition = "keep"
[groups]
disposition = "leave"
[voice]
numbers = "keep"
"#;

fn parse(text: &str) -> Result<Policy, PolicyError> {
    Policy::parse(text.as_bytes(), "leaver.toml", &Catalog::builtin())
}

fn whole() -> Policy {
    parse(WHOLE).unwrap()
}

/// The whole policy with one line in place of another.
fn with(line: &str, instead: &str) -> String {
    assert_eq!(WHOLE.matches(line).count(), 1, "{line}");
    WHOLE.replace(line, instead)
}

fn now() -> Timestamp {
    "2026-11-30T17:00:00Z".parse().unwrap()
}

fn user(id: UserId, name: &str) -> User {
    User {
        id,
        user_principal_name: format!("{name}@contoso.com"),
        display_name: name.to_owned(),
        mail: None,
        user_type: UserType::Member,
        account_enabled: true,
        created_date_time: None,
        employee_id: None,
        on_premises_sync_enabled: None,
        on_premises_last_sync_date_time: None,
        on_premises_sam_account_name: None,
        is_resource_account: false,
        is_management_restricted: false,
        is_agent: false,
        sign_in_sessions_valid_from_date_time: None,
        last_password_change_date_time: None,
    }
}

fn mailbox(of: UserId) -> Recipient {
    Recipient::Cloud(Box::new(Mailbox {
        exchange_guid: crate::id::MailboxId::from_u128(0x70),
        external_directory_object_id: of,
        name: of.to_string(),
        recipient_type_details: Mailbox::USER.to_owned(),
        primary_smtp_address: "someone@contoso.com".to_owned(),
        forwarding_address: None,
        forwarding_smtp_address: None,
        deliver_to_mailbox_and_forward: false,
        account_disabled: false,
        litigation_hold_enabled: false,
        litigation_hold_date: None,
        litigation_hold_days: None,
        litigation_hold_owner: None,
        in_place_holds: Vec::new(),
        compliance_tag_hold_applied: false,
        delay_hold_applied: false,
        delay_release_hold_applied: false,
        has_archive: false,
        auto_expanding_archive_enabled: false,
        persisted_capabilities: Vec::new(),
        sku_assigned: Some(true),
        is_dir_synced: false,
        is_exchange_cloud_managed: false,
    }))
}

fn assignment(sku_id: SkuId, assigned_by_group: Option<GroupId>) -> LicenseAssignment {
    LicenseAssignment { sku_id, assigned_by_group, disabled_plans: [].into(), state: "Active".to_owned() }
}

/// A membership in an ordinary group of Entra.
fn member(id: GroupId) -> Membership {
    let group = Group {
        id,
        display_name: "Sales".to_owned(),
        dynamic: false,
        unified: false,
        mail_enabled: false,
        security_enabled: true,
        is_assignable_to_role: false,
        synced: false,
        is_management_restricted: false,
        assigned_licenses: Vec::new(),
    };
    Membership { id, tie: Tie::Member, group: Fact::Known(group) }
}

/// A leaver of the cloud with a manager and a successor, everything read.
fn facts() -> Facts {
    let mut facts = Facts::new(TenantId::from_u128(1), Cloud::Worldwide, LEAVER, now());
    for (id, name) in [(LEAVER, "leaver"), (MANAGER, "manager"), (SUCCESSOR, "successor")] {
        let person = facts.person_mut(id);
        person.user = Fact::Known(user(id, name));
        person.cloud_managed = Fact::Known(false);
        person.recipient = Fact::Known(mailbox(id));
        person.licenses = Fact::Known(Licenses {
            assignments: vec![
                assignment(DIRECT, None),
                assignment(BOTH, None),
                assignment(BOTH, Some(GROUP)),
            ],
        });
    }
    facts.leaver.manager = Fact::Known(MANAGER);
    facts.leaver.direct_groups = Fact::Known(vec![member(SALES)]);
    facts.leaver.phone_numbers = Fact::Known(vec![]);
    facts.leaver.memberships = Fact::Known(vec![member(SALES)]);
    facts
}
