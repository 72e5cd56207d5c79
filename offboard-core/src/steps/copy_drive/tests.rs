use super::log::{Asked, End, Log};
use super::*;
use crate::id::TenantId;
use crate::model::cloud::Cloud;
use crate::model::drive::{Drive, Monitor};
use crate::time::Timestamp;

fn entry(name: &str, files: u64, bytes: u64) -> DriveEntry {
    let tally = DriveTally { files, folders: 0, bytes };
    DriveEntry { name: name.to_owned(), id: format!("01{name}"), tally }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(0) + Period::seconds(seconds)
}

/// The leaver has these; of them these lie in the folder, if there is one.
fn facts(source: Vec<DriveEntry>, copies: Option<Vec<DriveEntry>>) -> Facts {
    let step = CopyDrive::example();
    let mut facts = Facts::new(TenantId::from_u128(1), Cloud::Worldwide, step.user, at(0));
    facts.leaver.drive_items = Fact::Known(source);
    let folder = copies.map(|entries| DriveFolder { id: "01F".to_owned(), entries });
    let folder = folder.map_or(Fact::Absent, Fact::Known);
    facts.person_mut(step.to).drive_folders.insert(step.folder, folder);
    facts
}

fn missing(facts: &Facts) -> Vec<String> {
    CopyDrive::example().state(facts).is().unwrap().left_to_copy.keys().cloned().collect()
}

#[test]
fn only_what_is_there_as_a_whole_counts_as_copied() {
    let source = || vec![entry("a", 1, 5), entry("b", 2, 7), entry("c", 1, 0)];
    assert_eq!(missing(&facts(source(), None)), ["a", "b", "c"]);
    let some = facts(source(), Some(vec![entry("A", 1, 5), entry("b", 2, 6), entry("x", 9, 9)]));
    assert_eq!(
        missing(&some),
        ["b", "c"],
        "the case of a name tells nothing apart, and a byte less is not the same"
    );
    let all = facts(source(), Some(source()));
    assert!(CopyDrive::example().state(&all).is().unwrap().complete);
}

#[test]
fn an_unknown_half_makes_the_whole_unknown() {
    let step = CopyDrive::example();
    let mut unread = facts(vec![entry("a", 1, 5)], None);
    unread.person_mut(step.to).drive_folders.clear();
    assert!(matches!(step.state(&unread), Judged::Unknown(_)));
    let mut none = facts(vec![], None);
    none.leaver.drive_items = Fact::Absent;
    assert!(matches!(step.state(&none), Judged::Nothing(_)));
}

#[test]
fn the_effect_is_everything_there_beside_what_was_there_before() {
    let step = CopyDrive::example();
    let mut facts =
        facts(vec![entry("a", 1, 5), entry("b", 2, 7)], Some(vec![entry("a", 1, 4), entry("x", 9, 9)]));
    step.effect(&mut facts);
    assert!(step.state(&facts).is().unwrap().complete);
    let folder = step.copies(&facts);
    let names: Vec<&str> = folder.known().unwrap().entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "x"]);
}

#[test]
fn a_locked_drive_on_either_side_is_for_a_person() {
    let step = CopyDrive::example();
    let drive = |locked| {
        Fact::Known(Drive {
            id: "b!1".to_owned(),
            web_url: "https://contoso-my.sharepoint.com/personal/x/Documents".to_owned(),
            site_url: None,
            used: Some(1),
            remaining: Some(1),
            locked,
        })
    };
    for (of, to) in [(true, false), (false, true), (false, false)] {
        let mut facts = facts(vec![], None);
        facts.leaver.drive = drive(of);
        facts.person_mut(step.to).drive = drive(to);
        assert_eq!(matches!(step.route(&facts), Route::HandOff(_)), of || to);
    }
}

#[test]
fn the_log_survives_the_journal_and_shows_no_url() {
    let mut log = Log::default();
    let monitor = Monitor::new("https://contoso-my.sharepoint.com/_api/v2.0/monitor/4711");
    log.items.insert("01a".to_owned(), Asked { monitor: Some(monitor), ..Asked::now(at(1)) });
    let why = "nameAlreadyExists".to_owned();
    log.items.insert("01b".to_owned(), Asked { end: Some(End::Failed { why }), ..Asked::now(at(2)) });
    let cursor = log.to_cursor();
    assert!(cursor.to_string().contains("4711"), "it is asked there after a crash too");
    assert_eq!(Log::of(Some(&cursor)).unwrap(), log);
    assert!(!format!("{log:?}").contains("4711"));
    assert_eq!(Log::of(None).unwrap(), Log::default());
    assert!(Log::of(Some(&serde_json::json!({ "page": 3 }))).is_err());
}

#[test]
fn what_has_no_answer_is_looked_for_an_hour_and_what_tells_of_itself_longer() {
    let lost = Asked::now(at(0));
    assert!(lost.may_come(at(3_599)) && !lost.may_come(at(3_600)));
    let told = Asked { monitor: Some(Monitor::new("https://x")), ..lost.clone() };
    assert!(told.may_come(at(86_400)));
    assert!(!Asked { end: Some(End::Copied {}), ..told }.may_come(at(1)));
    let mut log = Log::default();
    log.items.insert("01a".to_owned(), lost);
    let pause = |after| log.next_look(at(after)).since(at(after));
    assert_eq!((pause(1), pause(400)), (Period::seconds(3), Period::seconds(100)));
}

#[test]
fn what_is_missing_is_named_up_to_a_length() {
    let step = CopyDrive::example();
    let many: Vec<DriveEntry> = (0..12).map(|n| entry(&format!("f{n:02}"), 1, 1)).collect();
    let said = |facts: &Facts| step.missing(step.state(facts).is().unwrap());
    let text = said(&facts(many.clone(), None)).unwrap();
    assert!(
        text.starts_with("12 not there, or not whole: f00, f01,") && text.ends_with("f09, and 2 more"),
        "{text}"
    );
    assert_eq!(said(&facts(many.clone(), Some(many))), None);
}
