//! Who gets the leaver's files, and until when.

use serde_json::json;

use super::{LEAVER, MANAGER, SUCCESSOR, WHOLE, facts, now, parse, whole, with};
use crate::facts::{Facet, Fact, Facts, Why};
use crate::failure::Failure;
use crate::id::UserId;
use crate::model::drive::Drive;
use crate::operation::{Catalog, Severity};
use crate::policy::{Derived, Draft, Policy, Request};
use crate::tenant::TenantProfile;
use crate::time::Period;

const KEEP: &str = "[files]\ndisposition = \"keep\"\n";
const COPY: &str = "[files]\ndisposition = \"copy\"\nto = [\"successor\", \"manager\"]\n";
const GRANT: &str = "[files]\ndisposition = \"grant\"\nto = [\"successor\", \"manager\"]\nuntil = \"P60D\"\n";

fn grants() -> Policy {
    parse(&with(KEEP, GRANT)).unwrap()
}

pub(super) fn drive() -> Fact<Drive> {
    Fact::Known(Drive {
        id: "b!1".to_owned(),
        web_url: "https://contoso-my.sharepoint.com/personal/x/Documents".to_owned(),
        site_url: Some("https://contoso-my.sharepoint.com/personal/x".to_owned()),
        used: Some(1),
        remaining: Some(1),
        locked: false,
    })
}

/// Everybody has a OneDrive, but for what `change` says.
fn derive(successor: Option<UserId>, change: impl FnOnce(&mut Facts)) -> Derived {
    let mut facts = facts();
    for id in [LEAVER, MANAGER, SUCCESSOR] {
        facts.person_mut(id).drive = drive();
    }
    change(&mut facts);
    let request = Request { leaves_at: now(), successor };
    grants().derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin())
}

fn drafts(derived: &Derived) -> Vec<&Draft> {
    derived.drafts.iter().filter(|draft| draft.asked_by == "files.to").collect()
}

fn found(derived: &Derived) -> Vec<(Severity, String)> {
    let files = derived.findings.iter().filter(|finding| finding.key.contains("files"));
    files.map(|finding| (finding.severity, finding.key.clone())).collect()
}

#[test]
fn access_is_given_and_ends_by_a_step_of_its_own() {
    let derived = derive(Some(SUCCESSOR), |_| ());
    let drafts = drafts(&derived);
    assert_eq!(drafts.len(), 2);
    assert_eq!(drafts[0].operation, "grant_drive_access");
    assert_eq!(drafts[0].params, json!({ "user": LEAVER, "to": SUCCESSOR }));
    assert_eq!(drafts[1].operation, "end_drive_access");
    assert_eq!(drafts[1].params, json!({ "user": LEAVER, "from": SUCCESSOR }));
    assert_eq!(drafts[1].not_before, Some(now() + Period::days(60)));
    assert!(drafts[1].after.is_empty(), "it ends whether or not its beginning was seen");
    assert!(found(&derived).is_empty(), "{:?}", found(&derived));
    assert!(grants().person_reads(MANAGER).contains(&Facet::Drive(MANAGER)));
    assert!(!whole().person_reads(MANAGER).contains(&Facet::Drive(MANAGER)));
    assert!(grants().reads(LEAVER).contains(&Facet::Manager(LEAVER)));
}

#[test]
fn an_invitation_is_another_step_with_an_end_of_its_own() {
    let invites = parse(&with(KEEP, &format!("{GRANT}by = \"invitation\"\n"))).unwrap();
    let mut facts = facts();
    facts.person_mut(LEAVER).drive = drive();
    facts.person_mut(SUCCESSOR).drive = drive();
    let request = Request { leaves_at: now(), successor: Some(SUCCESSOR) };
    let derived = invites.derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin());
    let drafts = drafts(&derived);
    let said: Vec<_> = drafts.iter().map(|draft| (draft.operation.as_str(), &draft.params)).collect();
    let (begin, over) =
        (json!({ "user": LEAVER, "to": SUCCESSOR }), json!({ "user": LEAVER, "from": SUCCESSOR }));
    assert_eq!(said, [("share_drive", &begin), ("end_drive_sharing", &over)]);
    assert_eq!(drafts[1].not_before, Some(now() + Period::days(60)));
    // It is the other way that is left out.
    let said = parse(&with(KEEP, &format!("{GRANT}by = \"administrator\"\n"))).unwrap();
    assert_eq!(said.derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin()).drafts, {
        grants().derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin()).drafts
    });
}

#[test]
fn the_first_who_can_have_them_gets_them() {
    let to = |derived: &Derived| drafts(derived).first().map(|draft| draft.params["to"].clone());
    // Nobody was named: the manager.
    assert_eq!(to(&derive(None, |_| ())), Some(json!(MANAGER)));
    // Whoever was named and cannot have them is not passed over unasked.
    let none = derive(Some(SUCCESSOR), |facts| facts.person_mut(SUCCESSOR).drive = Fact::Absent);
    assert_eq!(to(&none), Some(json!(MANAGER)));
    assert_eq!(found(&none), [(Severity::Block, format!("files.to:successor:{SUCCESSOR}"))]);
    // A mailbox is not asked for.
    assert_eq!(
        to(&derive(Some(SUCCESSOR), |facts| facts.person_mut(SUCCESSOR).recipient = Fact::Absent)),
        Some(json!(SUCCESSOR))
    );
    let locked = |facts: &mut Facts| facts.person_mut(MANAGER).drive.known_mut().unwrap().locked = true;
    for nobody in [
        derive(None, locked),
        derive(None, |facts| facts.person_mut(MANAGER).drive = Fact::Absent),
        derive(None, |facts| facts.leaver.manager = Fact::Absent),
    ] {
        assert!(drafts(&nobody).is_empty());
        assert_eq!(found(&nobody), [(Severity::Block, "files.to".to_owned())]);
        assert!(
            nobody.drafts.iter().any(|draft| draft.operation == "block_sign_in"),
            "containment waits for nobody"
        );
    }
    // Where it could not be read, the next one is not taken.
    let unread = |facts: &mut Facts| facts.person_mut(SUCCESSOR).drive = Fact::Unknown(Failure::not_read());
    let unknown = derive(Some(SUCCESSOR), unread);
    assert!(drafts(&unknown).is_empty());
    assert_eq!(found(&unknown).len(), 1);
    let unused = derive(None, |facts| facts.person_mut(MANAGER).drive = Fact::NotOffered(Why::Unused));
    assert_eq!(drafts(&unused).len(), 2, "the steps say themselves that OneDrive is not used");
}

#[test]
fn access_to_files_has_somebody_and_an_end() {
    for (lines, at, requirement, words) in [
        ("disposition = \"grant\"\nuntil = \"P60D\"", 21, Some("R40"), "`files.to`"),
        ("disposition = \"grant\"\nto = [\"manager\"]", 21, Some("R40"), "`files.until`"),
        ("disposition = \"grant\"\nto = []\nuntil = \"P60D\"", 22, None, "names nobody"),
        (
            "disposition = \"grant\"\nto = [\"manager\", \"manager\"]\nuntil = \"P60D\"",
            22,
            None,
            "`manager` twice",
        ),
        ("disposition = \"grant\"\nto = [\"group:x\"]\nuntil = \"P60D\"", 22, None, "group"),
        ("disposition = \"grant\"\nto = [\"manager\"]\nuntil = \"P0D\"", 23, None, "no time at all"),
        ("disposition = \"keep\"\nto = [\"manager\"]", 22, None, "gives nobody access"),
        ("disposition = \"none\"\nuntil = \"P60D\"", 22, None, "gives nobody access"),
        (
            "disposition = \"grant\"\nto = [\"manager\"]\nuntil = \"P60D\"\nthen = \"let_go\"",
            24,
            None,
            "`files.then`",
        ),
    ] {
        let error = parse(&with(KEEP, &format!("[files]\n{lines}\n"))).unwrap_err();
        assert_eq!((error.line, error.requirement), (at, requirement), "{error}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    grants();
}

#[test]
fn copies_have_somebody_and_no_end() {
    for (lines, at, requirement, words) in [
        ("disposition = \"copy\"", 21, Some("R40"), "`files.to`"),
        ("disposition = \"copy\"\nto = [\"manager\"]\nuntil = \"P60D\"", 23, None, "`files.until`"),
        ("disposition = \"copy\"\nto = []", 22, None, "names nobody"),
        ("disposition = \"copy\"\nto = [\"manager\"]\nby = \"invitation\"", 23, None, "`files.by`"),
        ("disposition = \"keep\"\nby = \"invitation\"", 22, None, "`files.by`"),
        ("disposition = \"grant\"\nto = [\"manager\"]\nby = \"link\"\nuntil = \"P1D\"", 23, None, "`link`"),
    ] {
        let error = parse(&with(KEEP, &format!("[files]\n{lines}\n"))).unwrap_err();
        assert_eq!((error.line, error.requirement), (at, requirement), "{error}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}

#[test]
fn copies_go_into_a_folder_that_says_whose_they_are() {
    let mut facts = facts();
    for id in [LEAVER, MANAGER, SUCCESSOR] {
        facts.person_mut(id).drive = drive();
    }
    let copies = parse(&with(KEEP, COPY)).unwrap();
    let request = Request { leaves_at: now(), successor: Some(SUCCESSOR) };
    let name = facts.leaver.user.known().unwrap().display_name.clone();
    let derived = copies.derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin());
    let drafts = drafts(&derived);
    assert_eq!(drafts.len(), 1);
    assert_eq!((drafts[0].operation.as_str(), &drafts[0].params["to"]), ("copy_drive", &json!(SUCCESSOR)));
    let folder = drafts[0].params["folder"].as_str().unwrap();
    assert!(folder.starts_with(&format!("Files of {name} (")), "{folder}");
    assert!(derived.intent.files_copied);
    // Where nobody can have them nothing is copied, and the license is judged as ever (G56).
    facts.person_mut(SUCCESSOR).drive = Fact::Absent;
    facts.leaver.manager = Fact::Absent;
    let nobody = copies.derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin());
    assert!(!nobody.intent.files_copied && !found(&nobody).is_empty());
}

#[test]
fn access_ends_before_its_account_does() {
    let deleted = |after: &str| {
        let text = WHOLE
            .replace(KEEP, GRANT)
            .replace("disposition = \"shared\"\n[mail.full_access]\nto = [\"successor\", \"manager\"]\nuntil = \"P90D\"\n[mail.auto_reply]\ntext = \"gone\"\nuntil = \"P30D\"", "disposition = \"let_go\"")
            .replace("[account]\ndisposition = \"keep\"", &format!("[account]\ndisposition = \"delete\"\nafter = \"{after}\""));
        parse(&text)
    };
    let error = deleted("P59D").unwrap_err();
    assert_eq!((error.code, error.requirement), (Some("E24"), Some("R40")), "{error}");
    assert!(error.to_string().contains("`files.until`"), "{error}");
    deleted("P60D").unwrap();
}

#[test]
fn access_that_would_be_over_is_not_begun() {
    let mut facts = facts();
    facts.leaver.drive = drive();
    let request = Request { leaves_at: now() - Period::days(61), successor: None };
    let derived = grants().derive(&facts, &TenantProfile::default(), &request, &Catalog::builtin());
    assert!(drafts(&derived).is_empty());
    assert!(derived.findings.iter().any(|f| f.key == "over" && f.message.contains("`files.until`")));
}
