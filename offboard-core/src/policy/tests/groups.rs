//! Which groups the leaver leaves, and how.

use serde_json::json;

use super::{DIRECT, GROUP, LEAVER, SALES, facts, member, now, parse, whole, with};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::Failure;
use crate::model::group::{Group, Membership, Tie};
use crate::operation::{Catalog, Severity};
use crate::policy::{Derived, Draft, Policy, Request};
use crate::tenant::TenantProfile;
use crate::time::Period;

fn derive(policy: &Policy, facts: &Facts) -> Derived {
    let request = Request { leaves_at: now(), successor: None };
    policy.derive(facts, &TenantProfile::default(), &request, &Catalog::builtin())
}

/// The whole policy, which keeps the licenses.
fn whole_with_licenses_kept() -> Policy {
    let remove = "disposition = \"remove\"\nafter = \"P7D\"";
    parse(&with(remove, "disposition = \"keep\"")).unwrap()
}

fn left(derived: &Derived) -> Vec<&Draft> {
    derived.drafts.iter().filter(|draft| draft.asked_by == "groups.disposition").collect()
}

/// In one group, of this kind.
fn in_a(change: impl FnOnce(&mut Group)) -> Facts {
    let (mut facts, mut row) = (facts(), member(SALES));
    change(row.group.known_mut().unwrap());
    facts.leaver.direct_groups = Fact::Known(vec![row]);
    facts
}

#[test]
fn each_group_is_a_step_of_its_own() {
    let mut facts = facts();
    facts.leaver.direct_groups = Fact::Known(vec![member(SALES), member(GROUP)]);
    // What he is in through another group is not his to leave.
    facts.leaver.memberships.known_mut().unwrap().push(member(crate::id::GroupId::from_u128(0x63)));
    let derived = derive(&whole(), &facts);
    let params: Vec<_> = left(&derived).iter().map(|draft| (&draft.operation, &draft.params)).collect();
    let (one, other) = (json!({ "user": LEAVER, "group": SALES }), json!({ "user": LEAVER, "group": GROUP }));
    assert_eq!(params, [(&"leave_group".to_owned(), &one), (&"leave_group".to_owned(), &other)]);
    assert!(derived.findings.iter().all(|finding| finding.code != "G31"), "{:?}", derived.findings);
    assert!(!derived.intent.containment_only);
}

#[test]
fn what_exchange_decides_goes_through_exchange() {
    let operation = |change: fn(&mut Group)| left(&derive(&whole(), &in_a(change)))[0].operation.clone();
    assert_eq!(operation(|group| group.mail_enabled = true), "leave_distribution_group");
    assert_eq!(operation(|group| (group.mail_enabled, group.unified) = (true, true)), "leave_group");
    assert_eq!(operation(|group| (group.mail_enabled, group.synced) = (true, true)), "leave_group");
}

#[test]
fn they_are_left_when_the_policy_says() {
    let later = parse(&with("disposition = \"leave\"", "disposition = \"leave\"\nafter = \"P3D\"")).unwrap();
    assert_eq!(left(&derive(&later, &facts()))[0].not_before, Some(now() + Period::days(3)));
    let keep = parse(&with("disposition = \"leave\"", "disposition = \"keep\"")).unwrap();
    assert!(left(&derive(&keep, &facts())).is_empty());
    assert!(whole().reads(LEAVER).contains(&Facet::DirectGroups(LEAVER)));
}

#[test]
fn a_group_that_he_owns_is_said_to_be_owned() {
    let mut facts = facts();
    facts.leaver.memberships.known_mut().unwrap().push(Membership { tie: Tie::Owner, ..member(SALES) });
    let derived = derive(&whole(), &facts);
    assert_eq!(left(&derived)[0].params["owned"], json!(true));
}

#[test]
fn a_group_that_gives_licenses_is_not_left_with_the_others() {
    let licensing = in_a(|group| group.assigned_licenses = vec![DIRECT]);
    let derived = derive(&whole(), &licensing);
    assert!(left(&derived).is_empty());
    assert!(
        derived
            .drafts
            .iter()
            .any(|draft| draft.operation == "leave_licensing_group" && draft.params["group"] == json!(SALES))
    );
    let keep = whole_with_licenses_kept();
    let derived = derive(&keep, &licensing);
    assert!(derived.drafts.iter().all(|draft| !draft.operation.starts_with("leave_")));
    let finding = derived.findings.iter().find(|finding| finding.code == "G31").unwrap();
    assert_eq!((finding.severity, finding.key.clone()), (Severity::Warn, SALES.to_string()));
}

#[test]
fn what_could_not_be_read_is_said() {
    let mut unread = facts();
    unread.leaver.direct_groups = Fact::Unknown(Failure::not_read());
    let derived = derive(&whole(), &unread);
    assert!(left(&derived).is_empty());
    let finding = derived.findings.iter().find(|finding| finding.code == "G31").unwrap();
    assert_eq!((finding.severity, finding.key.as_str()), (Severity::Block, "unknown:which groups there are"));
    // A group of which nothing but the id may be read has its step, which the guards stop.
    let mut hidden = facts();
    hidden.leaver.direct_groups.known_mut().unwrap()[0].group = Fact::default();
    assert_eq!(left(&derive(&whole(), &hidden)).len(), 1);
}
