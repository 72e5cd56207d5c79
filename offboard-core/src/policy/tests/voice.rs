//! Which telephone numbers are taken from the leaver.

use serde_json::json;

use super::{LEAVER, facts, now, parse, whole, with};
use crate::facts::{Facet, Fact, Facts, Why};
use crate::failure::Failure;
use crate::model::phone::PhoneNumber;
use crate::operation::{Catalog, Severity};
use crate::policy::{Derived, Draft, Policy, Request};
use crate::tenant::TenantProfile;

fn unassigns() -> Policy {
    parse(&with("numbers = \"keep\"", "numbers = \"unassign\"")).unwrap()
}

fn derive(numbers: Fact<Vec<PhoneNumber>>) -> Derived {
    let mut facts: Facts = facts();
    facts.leaver.phone_numbers = numbers;
    let request = Request { leaves_at: now(), successor: None };
    unassigns().derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin())
}

fn drafts(derived: &Derived) -> Vec<&Draft> {
    derived.drafts.iter().filter(|draft| draft.operation == "unassign_phone_number").collect()
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber {
        telephone_number: text.to_owned(),
        number_type: "directRouting".to_owned(),
        assignment_category: Some("private".to_owned()),
        location_id: Some("berlin".to_owned()),
    }
}

#[test]
fn each_number_is_kept_in_its_step() {
    let derived = derive(Fact::Known(vec![number("+12065550100"), number("+12065550101")]));
    let drafts = drafts(&derived);
    assert_eq!(drafts.len(), 2, "a private line is a number of its own");
    assert_eq!(drafts[0].params, json!({ "user": LEAVER, "number": number("+12065550100") }));
    assert_eq!(drafts[1].params["number"]["location_id"], json!("berlin"));
    assert!(unassigns().reads(LEAVER).contains(&Facet::PhoneNumbers(LEAVER)));
    assert!(!whole().reads(LEAVER).contains(&Facet::PhoneNumbers(LEAVER)));
}

#[test]
fn where_numbers_are_not_listed_a_person_takes_them() {
    let derived = derive(Fact::NotOffered(Why::Cloud));
    assert_eq!(drafts(&derived)[0].params, json!({ "user": LEAVER }));
    for none in [Fact::Absent, Fact::NotOffered(Why::Unused), Fact::Known(vec![])] {
        assert!(drafts(&derive(none)).is_empty());
    }
    let unread = derive(Fact::Unknown(Failure::not_read()));
    assert!(drafts(&unread).is_empty());
    let finding = unread.findings.iter().find(|finding| finding.code == "G47").unwrap();
    assert_eq!(finding.severity, Severity::Block);
}
