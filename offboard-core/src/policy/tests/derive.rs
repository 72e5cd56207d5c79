//! What the whole policy means for one leaver, and what one other fact makes of it.

use serde_json::json;

use super::{
    BOTH, DIRECT, GROUP, LEAVER, MANAGER, SUCCESSOR, WHOLE, assignment, facts, member, now, parse, whole,
    with,
};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::Failure;
use crate::id::UserId;
use crate::model::license::Licenses;
use crate::model::mailbox::Recipient;
use crate::model::user::UserType;
use crate::operation::{Catalog, Severity};
use crate::policy::{Derived, Draft, Policy, Request};
use crate::tenant::TenantProfile;
use crate::time::{Period, Timestamp};

fn derive_at(policy: &Policy, facts: &Facts, successor: Option<UserId>, leaves_at: Timestamp) -> Derived {
    let request = Request { leaves_at, successor };
    policy.derive(facts, &TenantProfile::default(), &request, &Catalog::builtin())
}

fn derive(facts: &Facts) -> Derived {
    derive_at(&whole(), facts, None, now())
}

fn draft<'a>(derived: &'a Derived, operation: &str) -> &'a Draft {
    let mut found = derived.drafts.iter().filter(|draft| draft.operation == operation);
    let draft = found.next().unwrap_or_else(|| panic!("{operation}: {:?}", derived.drafts));
    assert!(found.next().is_none(), "{operation} twice");
    draft
}

fn has(derived: &Derived, operation: &str) -> bool {
    derived.drafts.iter().any(|draft| draft.operation == operation)
}

fn tasks(derived: &Derived) -> Vec<&str> {
    let tasks = derived.drafts.iter().filter(|draft| draft.operation == "on_premises_task");
    tasks.map(|draft| draft.params["task"].as_str().unwrap()).collect()
}

/// The findings of one code: weight and key.
fn found<'a>(derived: &'a Derived, code: &str) -> Vec<(Severity, &'a str)> {
    derived.findings.iter().filter(|f| f.code == code).map(|f| (f.severity, f.key.as_str())).collect()
}

#[test]
fn every_part_has_its_steps_with_their_times() {
    let derived = derive(&facts());
    for operation in [
        "block_sign_in",
        "reset_password",
        "revoke_sign_in_sessions",
        "block_exchange_account",
        "stop_forwarding",
    ] {
        let draft = draft(&derived, operation);
        assert_eq!((&draft.params, draft.not_before), (&json!({ "user": LEAVER }), None), "{operation}");
    }
    assert_eq!(draft(&derived, "convert_to_shared").asked_by, "mail.disposition");
    let grant = draft(&derived, "grant_full_access");
    assert_eq!(grant.params, json!({ "user": LEAVER, "to": MANAGER, "auto_mapping": true }));
    let remove = draft(&derived, "remove_full_access");
    assert_eq!(remove.params, json!({ "user": LEAVER, "from": MANAGER }));
    assert_eq!(remove.not_before, Some(now() + Period::days(90)));
    assert!(remove.after.is_empty(), "it ends whether or not its beginning was seen");
    let replies = draft(&derived, "set_automatic_replies");
    assert_eq!(
        replies.params,
        json!({ "user": LEAVER, "internal": "gone", "external": "gone", "audience": "all" })
    );
    assert_eq!(draft(&derived, "stop_automatic_replies").not_before, Some(now() + Period::days(30)));
    let licenses = draft(&derived, "remove_licenses");
    assert_eq!(licenses.params, json!({ "user": LEAVER, "skus": [DIRECT, BOTH] }));
    assert_eq!(licenses.not_before, Some(now() + Period::days(7)));
    assert!(tasks(&derived).is_empty());
    assert!(!derived.intent.containment_only);
}

#[test]
fn a_last_working_moment_to_come_moves_everything() {
    let leaves_at = now() + Period::days(3);
    let derived = derive_at(&whole(), &facts(), None, leaves_at);
    assert_eq!(draft(&derived, "block_sign_in").not_before, Some(leaves_at));
    assert_eq!(draft(&derived, "remove_licenses").not_before, Some(leaves_at + Period::days(7)));
    assert_eq!(derived.intent.leaves_at, leaves_at);
}

#[test]
fn what_would_be_over_already_is_not_begun() {
    let derived = derive_at(&whole(), &facts(), None, now() + Period::ZERO - Period::days(40));
    assert!(!has(&derived, "set_automatic_replies") && !has(&derived, "stop_automatic_replies"));
    assert_eq!(found(&derived, "mail.auto_reply"), [(Severity::Warn, "over")]);
    assert!(has(&derived, "grant_full_access"));
    assert_eq!(draft(&derived, "remove_licenses").not_before, None);
}

#[test]
fn a_synced_account_has_its_tasks_in_active_directory() {
    let mut facts = facts();
    facts.leaver.user.known_mut().unwrap().on_premises_sync_enabled = Some(true);
    let derived = derive(&facts);
    assert!(has(&derived, "block_sign_in"));
    assert!(!has(&derived, "reset_password"));
    assert_eq!(
        tasks(&derived),
        ["disable_account", "reset_password_twice", "convert_remote_mailbox", "keep_in_sync_scope"]
    );
    assert!(found(&derived, "G5").is_empty());
    // Authority in the cloud: nothing to do there.
    facts.leaver.cloud_managed = Fact::Known(true);
    let derived = derive(&facts);
    assert!(tasks(&derived).is_empty() && has(&derived, "reset_password"));
}

#[test]
fn where_the_master_is_not_known_both_are_planned() {
    let mut synced = facts();
    synced.leaver.user.known_mut().unwrap().on_premises_sync_enabled = Some(true);
    synced.leaver.cloud_managed = Fact::Unknown(Failure::not_read());
    let mut unread = facts();
    unread.leaver.user = Fact::Unknown(Failure::not_read());
    for facts in [synced, unread] {
        let derived = derive(&facts);
        assert!(has(&derived, "reset_password"));
        assert_eq!(tasks(&derived).len(), 4);
        assert_eq!(found(&derived, "G5").len(), 1);
    }
}

/// Makes one fact another.
type Spoil = fn(&mut Facts);

#[test]
fn successors_are_tried_in_order() {
    let to = |facts: &Facts, successor| {
        let derived = derive_at(&whole(), facts, successor, now());
        draft(&derived, "grant_full_access").params["to"].clone()
    };
    assert_eq!(to(&facts(), Some(SUCCESSOR)), json!(SUCCESSOR));
    assert_eq!(to(&facts(), None), json!(MANAGER));
    let spoilt: &[(&str, Spoil)] = &[
        ("disabled", |f| f.person_mut(SUCCESSOR).user.known_mut().unwrap().account_enabled = false),
        ("guest", |f| f.person_mut(SUCCESSOR).user.known_mut().unwrap().user_type = UserType::Guest),
        ("no person", |f| f.person_mut(SUCCESSOR).user.known_mut().unwrap().is_resource_account = true),
        ("gone", |f| f.person_mut(SUCCESSOR).user = Fact::Absent),
        ("leaving", |f| _ = f.leaving.insert(SUCCESSOR)),
        ("no mailbox", |f| f.person_mut(SUCCESSOR).recipient = Fact::Absent),
        ("elsewhere", |f| {
            let recipient_type_details = "RemoteUserMailbox".to_owned();
            f.person_mut(SUCCESSOR).recipient = Fact::Known(Recipient::OnPremises { recipient_type_details });
        }),
        ("unlicensed", |f| f.person_mut(SUCCESSOR).mailbox_mut().unwrap().sku_assigned = Some(false)),
        ("no license", |f| {
            f.person_mut(SUCCESSOR).mailbox_mut().unwrap().sku_assigned = None;
            f.person_mut(SUCCESSOR).licenses = Fact::Known(Licenses::default());
        }),
    ];
    for (what, spoil) in spoilt {
        let mut facts = facts();
        spoil(&mut facts);
        assert_eq!(to(&facts, Some(SUCCESSOR)), json!(MANAGER), "{what}");
        // Nobody gets it in his place without a word.
        let derived = derive_at(&whole(), &facts, Some(SUCCESSOR), now());
        let key = format!("mail.full_access:successor:{SUCCESSOR}");
        assert_eq!(found(&derived, "G16"), [(Severity::Block, key.as_str())], "{what}");
    }
    assert!(found(&derive_at(&whole(), &facts(), Some(SUCCESSOR), now()), "G16").is_empty());
    assert!(found(&derive_at(&whole(), &facts(), None, now()), "G16").is_empty());
    assert_eq!(to(&facts(), Some(LEAVER)), json!(MANAGER));
}

#[test]
fn nobody_who_can_have_it_stops_that_part_alone() {
    let mut facts = facts();
    facts.leaver.manager = Fact::Absent;
    let derived = derive(&facts);
    assert!(!has(&derived, "grant_full_access") && !has(&derived, "remove_full_access"));
    assert_eq!(found(&derived, "G16"), [(Severity::Block, "mail.full_access")]);
    let message = &derived.findings.iter().find(|f| f.code == "G16").unwrap().message;
    assert!(message.contains("successor: nobody was named; manager: none is set"), "{message}");
    assert!(has(&derived, "block_sign_in") && has(&derived, "convert_to_shared"));
}

/// The whole policy with forwarding in place of the shared mailbox.
fn forwarding() -> Policy {
    let text = with("disposition = \"remove\"\nafter = \"P7D\"", "disposition = \"keep\"");
    let mail =
        "disposition = \"shared\"\n[mail.full_access]\nto = [\"successor\", \"manager\"]\nuntil = \"P90D\"";
    let forward = "disposition = \"forward\"\nforward_to = [\"successor\", \"manager\"]\nuntil = \"P90D\"";
    parse(&text.replace(mail, forward)).unwrap()
}

#[test]
fn forwarding_begins_and_ends() {
    let derived = derive_at(&forwarding(), &facts(), None, now());
    let begins = draft(&derived, "set_forwarding");
    assert_eq!(begins.params, json!({ "user": LEAVER, "to": MANAGER, "keep_copy": true }));
    let ends = draft(&derived, "end_forwarding");
    assert_eq!(ends.params, json!({ "user": LEAVER, "to": MANAGER }));
    assert_eq!(ends.not_before, Some(now() + Period::days(90)));
    assert!(ends.after.is_empty(), "it ends whether or not its beginning was seen");
    assert!(found(&derived, "mail.until").is_empty(), "it ends by itself");
    assert!(!has(&derived, "convert_to_shared") && !derived.intent.containment_only);
    let over = derive_at(&forwarding(), &facts(), None, now() - Period::days(90));
    assert!(!has(&over, "set_forwarding"));
    assert_eq!(found(&over, "mail.until"), [(Severity::Warn, "over")]);
}

#[test]
fn mail_can_be_forwarded_to_a_shared_mailbox_that_cannot_have_access() {
    let mut facts = facts();
    let person = facts.person_mut(SUCCESSOR);
    person.user.known_mut().unwrap().account_enabled = false;
    let mailbox = person.mailbox_mut().unwrap();
    "SharedMailbox".clone_into(&mut mailbox.recipient_type_details);
    mailbox.sku_assigned = Some(false);
    let derived = derive_at(&forwarding(), &facts, Some(SUCCESSOR), now());
    assert_eq!(draft(&derived, "set_forwarding").params["to"], json!(SUCCESSOR));
    let access = derive_at(&whole(), &facts, Some(SUCCESSOR), now());
    assert_eq!(draft(&access, "grant_full_access").params["to"], json!(MANAGER));
    facts.leaver.manager = Fact::Absent;
    let nobody = derive_at(&forwarding(), &facts, None, now());
    assert_eq!(found(&nobody, "G15"), [(Severity::Block, "mail.forward_to")]);
    assert!(!has(&nobody, "set_forwarding") && !has(&nobody, "end_forwarding"));
}

#[test]
fn blocked_protocols_are_a_step_that_is_no_containment() {
    let containment = crate::policy::shipped()[0].text;
    let text = containment.replace("protocols = \"keep\"", "protocols = \"block\"");
    assert_ne!(text, containment);
    let derived = derive_at(&parse(&text).unwrap(), &facts(), None, now());
    assert_eq!(draft(&derived, "block_protocols").params, json!({ "user": LEAVER }));
    assert!(!derived.intent.containment_only);
    assert!(!has(&derive(&facts()), "block_protocols"));
}

#[test]
fn meetings_are_cancelled_as_far_as_the_policy_says() {
    let text = with("[mail]\n", "[mail]\nmeetings = { do = \"cancel\", for = \"P30D\" }\n");
    let derived = derive_at(&parse(&text).unwrap(), &facts(), None, now());
    assert_eq!(draft(&derived, "cancel_meetings").params, json!({ "user": LEAVER, "days": 30 }));
    let keep = with("[mail]\n", "[mail]\nmeetings = { do = \"keep\" }\n");
    assert!(!has(&derive_at(&parse(&keep).unwrap(), &facts(), None, now()), "cancel_meetings"));
}

#[test]
fn an_unread_first_choice_is_not_passed_over() {
    let mut facts = facts();
    facts.person_mut(SUCCESSOR).user = Fact::Unknown(Failure::not_read());
    let derived = derive_at(&whole(), &facts, Some(SUCCESSOR), now());
    assert!(!has(&derived, "grant_full_access"));
    let [(severity, key)] = found(&derived, "G16")[..] else { panic!("{:?}", derived.findings) };
    assert_eq!(severity, Severity::Block);
    assert!(key.starts_with("unknown:"), "{key}");
}

#[test]
fn a_successor_without_a_place_in_the_policy_is_said() {
    let policy = parse(&with("[\"successor\", \"manager\"]", "[\"manager\"]")).unwrap();
    let derived = derive_at(&policy, &facts(), Some(SUCCESSOR), now());
    assert_eq!(found(&derived, "G16"), [(Severity::Warn, "successor_unused")]);
}

#[test]
fn licenses_of_groups_go_with_the_group() {
    let mut facts = facts();
    let both = derive(&facts);
    let params = json!({ "user": LEAVER, "group": GROUP, "skus": [BOTH] });
    assert_eq!(draft(&both, "leave_licensing_group").params, params);
    assert_eq!(draft(&both, "leave_licensing_group").not_before, draft(&both, "remove_licenses").not_before);
    let inherited = Licenses { assignments: vec![assignment(BOTH, Some(GROUP))] };
    facts.leaver.licenses = Fact::Known(inherited);
    let derived = derive(&facts);
    assert!(!has(&derived, "remove_licenses") && found(&derived, "G21").is_empty());
    assert_eq!(draft(&derived, "leave_licensing_group").params, params);
    // Exchange's, and one whose licenses have not come yet.
    let mut group = member(GROUP);
    let known = group.group.known_mut().unwrap();
    (known.mail_enabled, known.assigned_licenses) = (true, vec![DIRECT]);
    facts.leaver.direct_groups = Fact::Known(vec![group]);
    let derived = derive(&facts);
    assert_eq!(
        draft(&derived, "leave_licensing_group").params,
        json!({ "user": LEAVER, "group": GROUP, "skus": [DIRECT, BOTH], "exchange": true })
    );
    assert!(!has(&derived, "leave_distribution_group"), "it is left once, and with the licenses");
    facts.leaver.licenses = Fact::Known(Licenses::default());
    let derived = derive(&facts);
    assert!(!has(&derived, "remove_licenses") && found(&derived, "G21").is_empty());
    facts.leaver.licenses = Fact::Unknown(Failure::not_read());
    let derived = derive(&facts);
    assert!(!has(&derived, "remove_licenses"));
    assert_eq!(found(&derived, "G21"), [(Severity::Block, "unknown:which licenses there are")]);
}

#[test]
fn none_is_not_believed_where_there_is_a_mailbox() {
    let mail = "[mail]\ndisposition = \"shared\"\n[mail.full_access]\nto = [\"successor\", \"manager\"]\nuntil = \"P90D\"\n[mail.auto_reply]\ntext = \"gone\"\nuntil = \"P30D\"\n";
    let policy = parse(&with(mail, "[mail]\ndisposition = \"none\"\n")).unwrap();
    let derived = derive_at(&policy, &facts(), None, now());
    assert!(!has(&derived, "remove_licenses"));
    assert_eq!(found(&derived, "mail.disposition"), [(Severity::Block, "mailbox")]);
    let mut without = facts();
    without.leaver.recipient = Fact::Absent;
    let derived = derive_at(&policy, &without, None, now());
    assert!(has(&derived, "remove_licenses") && found(&derived, "mail.disposition").is_empty());
}

#[test]
fn a_policy_for_members_never_fits_a_guest_nor_the_other_way() {
    let mut guest = facts();
    guest.leaver.user.known_mut().unwrap().user_type = UserType::Guest;
    assert_eq!(found(&derive(&guest), "G27"), [(Severity::Never, "applies_to:guest")]);
    let policy = parse(&with("applies_to = \"member\"", "applies_to = \"guest\"")).unwrap();
    assert_eq!(
        found(&derive_at(&policy, &facts(), None, now()), "G27"),
        [(Severity::Never, "applies_to:member")]
    );
    let derived = derive_at(&policy, &guest, None, now());
    assert!(found(&derived, "G27").is_empty() && derived.intent.guests);
    // Cutting access waits for no policy.
    let shipped = crate::policy::shipped()[0].text;
    let derived = derive_at(&parse(shipped).unwrap(), &guest, None, now());
    assert_eq!(found(&derived, "G27"), [(Severity::Warn, "applies_to:guest")]);
}

#[test]
fn a_shared_mailbox_with_the_old_password_is_said() {
    let open = with("password = \"reset\"", "password = \"keep\"")
        .replace("sign_in = \"block\"", "sign_in = \"keep\"");
    let derived = derive_at(&parse(&open).unwrap(), &facts(), None, now());
    assert_eq!(found(&derived, "mail.disposition"), [(Severity::Warn, "password")]);
    assert!(found(&derive(&facts()), "mail.disposition").is_empty());
}

#[test]
fn an_end_of_the_mail_is_a_date_for_a_person() {
    let policy =
        parse(&with("disposition = \"shared\"", "disposition = \"shared\"\nuntil = \"P90D\"")).unwrap();
    let derived = derive_at(&policy, &facts(), None, now());
    assert_eq!(derived.intent.mail_until, Some(now() + Period::days(90)));
    assert_eq!(found(&derived, "mail.until"), [(Severity::Warn, "mail.until")]);
}

#[test]
fn a_step_of_a_catalog_speaks_of_the_leaver() {
    let text = format!(
        "{WHOLE}[[step]]\noperation = \"on_premises_task\"\nparams = {{ user = \"$leaver\", task = \"disable_account\" }}\nafter = \"P2D\"\nafter_steps = [\"block_sign_in\"]\nbefore_steps = [\"remove_licenses\"]\n"
    );
    let derived = derive_at(&parse(&text).unwrap(), &facts(), None, now());
    let step = draft(&derived, "on_premises_task");
    assert_eq!(step.params, json!({ "user": LEAVER, "task": "disable_account" }));
    assert_eq!(step.not_before, Some(now() + Period::days(2)));
    assert_eq!((step.after[0].as_str(), step.before[0].as_str()), ("block_sign_in", "remove_licenses"));
    assert_eq!(step.asked_by, "step[1]");
}

#[test]
fn what_is_read_follows_from_the_policy() {
    let policy = whole();
    let reads = policy.reads(LEAVER);
    for facet in [
        Facet::User(LEAVER),
        Facet::SyncBehavior(LEAVER),
        Facet::Manager(LEAVER),
        Facet::Recipient(LEAVER),
        Facet::Licenses(LEAVER),
        Facet::Skus,
    ] {
        assert!(reads.contains(&facet), "{facet}");
    }
    assert_eq!(policy.people(&facts(), Some(SUCCESSOR)), [MANAGER, SUCCESSOR].into());
    assert_eq!(policy.people(&facts(), Some(LEAVER)), [MANAGER].into());
    let reads = [Facet::User(MANAGER), Facet::Licenses(MANAGER), Facet::Recipient(MANAGER)];
    assert_eq!(policy.person_reads(MANAGER), reads.into());
}

#[test]
fn the_profile_is_part_of_the_intent() {
    let profile = TenantProfile::parse(
        format!("[tenant]\nprotected = [\"{MANAGER}\"]\nprotected_groups = [\"{GROUP}\"]\nmailbox_margin_gib = 2\n").as_bytes(),
        "offboard.toml",
    )
    .unwrap();
    let request = Request { leaves_at: now(), successor: None };
    let intent = whole().derive(&facts(), &profile, &request, &Catalog::builtin()).intent;
    assert_eq!(intent.protected, [MANAGER].into());
    assert_eq!(intent.protected_groups, [GROUP].into());
    assert_eq!(intent.mailbox_margin, 2 * 1024 * 1024 * 1024);
}
