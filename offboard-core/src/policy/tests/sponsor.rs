//! Whoever answers for a guest may get what he leaves (B14).

use serde_json::json;

use super::{GROUP, LEAVER, MANAGER, SUCCESSOR, WHOLE, facts, now, parse, with};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::Failure;
use crate::id::UserId;
use crate::model::sponsor::{Sponsor, SponsorId};
use crate::model::user::UserType;
use crate::operation::{Catalog, Severity};
use crate::policy::{Derived, Policy, Request};
use crate::tenant::TenantProfile;

const FIRST: UserId = MANAGER;
const SECOND: UserId = SUCCESSOR;

/// The whole policy for guests, with access to the mailbox for a sponsor.
fn for_guests() -> String {
    WHOLE
        .replace("applies_to = \"member\"", "applies_to = \"guest\"")
        .replace("[\"successor\", \"manager\"]", "[\"successor\", \"sponsor\"]")
}

fn policy() -> Policy {
    parse(&for_guests()).unwrap()
}

fn person(id: UserId, name: &str) -> Sponsor {
    Sponsor { id: SponsorId::User(id), display_name: Some(name.to_owned()), user_principal_name: None }
}

fn group() -> Sponsor {
    Sponsor {
        id: SponsorId::Group(GROUP),
        display_name: Some("Marketing".to_owned()),
        user_principal_name: None,
    }
}

/// A guest with two people and a group as sponsors, listed in an order that means nothing.
fn guest(change: impl FnOnce(&mut Facts)) -> Derived {
    let mut facts = facts();
    facts.leaver.user.known_mut().unwrap().user_type = UserType::Guest;
    facts.leaver.sponsors = Fact::Known(vec![group(), person(SECOND, "Second"), person(FIRST, "First")]);
    change(&mut facts);
    let request = Request { leaves_at: now(), successor: None };
    policy().derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin())
}

/// Who gets access to the mailbox.
fn to(derived: &Derived) -> Option<serde_json::Value> {
    let grant = derived.drafts.iter().find(|draft| draft.operation == "grant_full_access");
    grant.map(|draft| draft.params["to"].clone())
}

/// What is found about the access.
fn found(derived: &Derived) -> Vec<(Severity, &str)> {
    let access = derived.findings.iter().filter(|finding| finding.code == "G16");
    access.map(|finding| (finding.severity, finding.message.as_str())).collect()
}

fn disabled(facts: &mut Facts, id: UserId) {
    facts.person_mut(id).user.known_mut().unwrap().account_enabled = false;
}

#[test]
fn the_first_sponsor_who_can_have_it_gets_it() {
    let all = guest(|_| ());
    assert_eq!(to(&all), Some(json!(FIRST)), "in the order of their ids");
    assert!(found(&all).is_empty(), "{:?}", found(&all));
    assert_eq!(to(&guest(|facts| disabled(facts, FIRST))), Some(json!(SECOND)));
    assert_eq!(to(&guest(|facts| facts.leaving.extend([LEAVER, FIRST]))), Some(json!(SECOND)));
    let guests_too = |facts: &mut Facts| {
        facts.person_mut(FIRST).user.known_mut().unwrap().user_type = UserType::Guest;
    };
    assert_eq!(to(&guest(guests_too)), Some(json!(SECOND)));
    let unread = |facts: &mut Facts| facts.person_mut(FIRST).user = Fact::Unknown(Failure::not_read());
    assert_eq!(to(&guest(unread)), None, "the second is taken only where it is known that the first cannot");
}

#[test]
fn where_no_sponsor_can_have_it_each_is_named() {
    let nobody = guest(|facts| {
        disabled(facts, FIRST);
        facts.leaving.extend([LEAVER, SECOND]);
    });
    assert_eq!(to(&nobody), None);
    let found = found(&nobody);
    let [(Severity::Block, message)] = found.as_slice() else { panic!("{found:?}") };
    for words in [
        "sponsor: manager <manager@contoso.com> cannot sign in",
        "successor <successor@contoso.com> is leaving too",
        "the group Marketing is not one person",
    ] {
        assert!(message.contains(words), "{words:?} is not in: {message}");
    }
    assert!(
        nobody.drafts.iter().any(|draft| draft.operation == "block_sign_in"),
        "containment waits for nobody"
    );
}

#[test]
fn a_guest_may_have_no_sponsor_and_one_that_is_not_read_is_not_none() {
    for none in [Fact::Known(vec![]), Fact::Absent] {
        let nobody = guest(|facts| facts.leaver.sponsors = none);
        assert!(found(&nobody)[0].1.contains("sponsor: none is set"), "{:?}", found(&nobody));
    }
    let unread = guest(|facts| facts.leaver.sponsors = Fact::Unknown(Failure::not_read()));
    assert_eq!(to(&unread), None);
    assert!(unread.findings.iter().any(|finding| finding.key.starts_with("unknown:whether `sponsor`")));
}

#[test]
fn sponsors_are_read_of_guests_and_each_is_looked_at() {
    let policy = policy();
    assert!(policy.reads(LEAVER).contains(&Facet::Sponsors(LEAVER)));
    assert!(!parse(WHOLE).unwrap().reads(LEAVER).contains(&Facet::Sponsors(LEAVER)));
    let hands_nothing_over = for_guests().replace("\"sponsor\"", "\"manager\"");
    let reads = parse(&hands_nothing_over).unwrap().reads(LEAVER);
    assert!(reads.contains(&Facet::Sponsors(LEAVER)), "the plan says who they are");
    let mut facts = facts();
    facts.leaver.sponsors = Fact::Known(vec![group(), person(SECOND, "Second"), person(FIRST, "First")]);
    assert_eq!(policy.people(&facts, None), [FIRST, SECOND].into());
}

#[test]
fn only_a_policy_for_guests_names_them() {
    for (line, instead, at, key) in [
        ("\"manager\"]", "\"sponsor\"]", 15, "`mail.full_access.to` names `sponsor`"),
        (
            "[files]\ndisposition = \"keep\"",
            "[files]\ndisposition = \"grant\"\nto = [\"successor\", \"sponsor\"]\nuntil = \"P60D\"",
            22,
            "`files.to` names `sponsor`",
        ),
    ] {
        let error = parse(&with(line, instead)).unwrap_err();
        assert_eq!((error.line, error.requirement), (at, Some("B14")), "{error}");
        assert!(error.to_string().contains(key) && error.to_string().contains("made for members"), "{error}");
        assert!(error.hint.unwrap().contains("`manager`"));
    }
    let forward = "disposition = \"forward\"\nforward_to = [\"sponsor\"]\nuntil = \"P90D\"\n";
    let text = with("disposition = \"shared\"\n", forward)
        .replace("disposition = \"remove\"\nafter = \"P7D\"", "disposition = \"keep\"");
    let error = parse(&text).unwrap_err();
    assert!(error.to_string().contains("`mail.forward_to` names `sponsor`"), "{error}");
    // Whoever left the list out is shown one that his policy can have.
    let left_out = for_guests().replace("[files]\ndisposition = \"keep\"", "[files]\ndisposition = \"copy\"");
    assert!(parse(&left_out).unwrap_err().hint.unwrap().contains("[\"successor\", \"sponsor\"]"));
}
