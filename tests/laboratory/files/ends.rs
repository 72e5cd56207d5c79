//! What is given for a time ends on its day, however its beginning went; and what has ended is not begun again.

use super::{ADELE, MEGAN, administrators, outcome, planned};
use crate::common::single::waivers;
use crate::common::{Lab, deciding, granting};
use http::Method;
use offboard::core::engine::control::Word;
use offboard::{Clock as _, Drive, Outcome, Period, Policy, Report, Until};
use offboard_sim::world::{DriveState, Grant, ItemRole};
use offboard_sim::{Fault, Matcher};

/// How the beginning went.
#[derive(Debug, Clone, Copy)]
enum Begun {
    /// The service refused it.
    Refused,
    /// The service said success and did nothing; nobody looked again.
    ClaimedOnly,
    /// The answer was lost; nobody looked again.
    AnswerLost,
    /// It was sent, and nobody has looked.
    Sent,
}

const ALL: [Begun; 4] = [Begun::Refused, Begun::ClaimedOnly, Begun::AnswerLost, Begun::Sent];

/// A way to give access, with the request by which it is given.
struct Way {
    policy: fn() -> Policy,
    begin: &'static str,
    end: &'static str,
    write: fn() -> Matcher,
}

const WAYS: [Way; 2] = [
    Way {
        policy: || {
            let files =
                "disposition = \"grant\"\nby = \"invitation\"\nto = [\"successor\"]\nuntil = \"P60D\"";
            deciding("containment", files)
        },
        begin: "share_drive",
        end: "end_drive_sharing",
        write: || Matcher::graph(&Method::POST, "/drives/*/root/invite"),
    },
    Way {
        policy: || granting("containment"),
        begin: "grant_drive_access",
        end: "end_drive_access",
        write: || {
            let merge = Method::from_bytes(b"MERGE").unwrap();
            Matcher::share_point(&merge, "/personal/*/_api/web/getuserbyid*")
        },
    },
];

/// Whether Megan may open Adele's OneDrive.
fn has_access(lab: &Lab) -> bool {
    let (adele, megan) = (lab.tenant.user_id(ADELE).unwrap(), lab.tenant.user_id(MEGAN).unwrap());
    let role: Option<ItemRole> =
        lab.tenant.world(|world| world.drives.get(&adele).unwrap().role_of(None, megan));
    role.is_some() || administrators(&lab.tenant).iter().any(|name| name == MEGAN)
}

async fn report(lab: &Lab, run: &offboard::RunId) -> Report {
    let report = lab.report(run).await.unwrap();
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    report
}

/// Whoever looks, and how often: what runs every few minutes, for a day.
async fn looked_after(lab: &Lab, run: &offboard::RunId) -> Report {
    for _ in 0..30 {
        lab.engine.resume(run, Drive::until(Until::Done)).await.unwrap();
        lab.tenant.clock().advance(Period::minutes(50));
    }
    report(lab, run).await
}

#[test]
fn however_it_began_nobody_has_access_after_its_day() {
    for way in &WAYS {
        for begun in ALL {
            let what = format!("{} {begun:?}", way.begin);
            let lab = Lab::contoso(3);
            lab.block_on(async {
                let policy = (way.policy)();
                let plan = planned(&lab, &policy).await;
                let faults = lab.tenant.faults();
                match begun {
                    Begun::Refused => drop(faults.always((way.write)(), Fault::status(403))),
                    Begun::ClaimedOnly => drop(faults.always((way.write)(), Fault::NothingHappens)),
                    Begun::AnswerLost => drop(faults.always((way.write)(), Fault::DropAnswer)),
                    Begun::Sent => {}
                }
                let until =
                    Drive::until(if matches!(begun, Begun::Refused) { Until::Done } else { Until::Sent });
                let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), until).await.unwrap();
                // Nobody looks until the day on which it ends; then everything answers again.
                lab.tenant.clock().advance(Period::days(61));
                lab.tenant.faults().clear();
                let report = looked_after(&lab, &run).await;
                let ended = outcome(&report, way.end);
                assert!([Outcome::Done, Outcome::Already].contains(&ended), "{what}\n{}", report.to_text());
                assert!(!has_access(&lab), "{what}: he has it still\n{}", report.to_text());
            });
        }
    }
}

/// A task that nobody has done yet may still be done: nobody says before that it has ended, and afterwards neither.
#[test]
fn a_task_that_is_done_late_is_not_said_to_have_ended() {
    let lab = Lab::contoso(3);
    let adele = lab.tenant.user_id(ADELE).unwrap();
    let state = |state| lab.tenant.world(|world| world.drives.get_mut(&adele).unwrap().state = state);
    state(DriveState::Locked);
    lab.tenant.clock().advance(Period::minutes(1));
    lab.block_on(async {
        let way = &WAYS[1];
        let policy = (way.policy)();
        let plan = planned(&lab, &policy).await;
        let sent = Drive::until(Until::Sent);
        let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), sent).await.unwrap();
        assert_eq!(outcome(&report(&lab, &run).await, way.begin), Outcome::HandedOff);
        state(DriveState::Ok);
        lab.tenant.clock().advance(Period::days(61));
        assert_eq!(lab.engine.due().await.unwrap().first(), Some(&run), "the day of its end wakes it");
        lab.engine.resume(&run, Drive::until(Until::Done)).await.unwrap();
        let waiting = report(&lab, &run).await;
        assert_eq!(outcome(&waiting, way.end), Outcome::NotStarted, "he may still do it");
        let again = waiting.wake_at.unwrap().since(lab.tenant.clock().now());
        assert_eq!(again.as_secs(), 86_400, "and daily from then on");
        let megan = lab.tenant.user_id(MEGAN).unwrap();
        lab.tenant.world(|world| {
            let drive = world.drives.get_mut(&adele).unwrap();
            let user = offboard_sim::world::SiteUser::member(9, megan, MEGAN);
            drive.site_users.push(offboard_sim::world::SiteUser { is_site_admin: true, ..user });
        });
        lab.tenant.clock().advance(Period::minutes(1));
        let report = looked_after(&lab, &run).await;
        // The end was planned as a task too, and is none any more: that is for a new plan.
        assert_eq!(outcome(&report, way.begin), Outcome::Done, "{}", report.to_text());
        assert_eq!(
            (outcome(&report, way.end), has_access(&lab)),
            (Outcome::Blocked, true),
            "{}",
            report.to_text()
        );
    });
}

/// Long after its end, the whole is taken back: what had ended does not come back for good.
#[test]
fn taken_back_after_its_end_it_does_not_come_back() {
    for way in &WAYS {
        let lab = Lab::contoso(3);
        lab.block_on(async {
            let policy = (way.policy)();
            let plan = planned(&lab, &policy).await;
            let done = || Drive::until(Until::Done);
            let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), done()).await.unwrap();
            assert!(has_access(&lab));
            lab.tenant.clock().advance(Period::days(61));
            looked_after(&lab, &run).await;
            assert!(!has_access(&lab));
            let undo = lab.engine.undo_plan(&run, "ada@contoso.com").await.unwrap();
            let approval = lab.approve(&undo, waivers(&undo)).to_bytes();
            let approved = lab.engine.approved(&undo.to_bytes(), &approval).unwrap();
            let (run, _) = lab.engine.apply(approved, policy.bytes(), true, done()).await.unwrap();
            let report = looked_after(&lab, &run).await;
            assert!(!has_access(&lab), "{}", report.to_text());
        });
    }
}

/// Whoever's invitation was refused until its end had come never gets it, and the license waits until a person has decided.
#[test]
fn what_is_not_begun_any_more_is_for_a_person_to_settle() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let files = "disposition = \"grant\"\nby = \"invitation\"\nto = [\"successor\"]\nuntil = \"P60D\"\nloss_accepted = true";
        let policy = deciding("shared", files);
        let plan = planned(&lab, &policy).await;
        lab.tenant.faults().always((WAYS[0].write)(), Fault::status(403));
        let done = || Drive::until(Until::Done);
        let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), done()).await.unwrap();
        lab.tenant.faults().clear();
        lab.tenant.clock().advance(Period::days(61));
        let ended = looked_after(&lab, &run).await;
        let begun = ended.steps.iter().find(|step| step.operation == "share_drive").unwrap();
        assert_eq!(begun.outcome, Outcome::Failed, "{}", ended.to_text());
        assert!(begun.detail.contains("not begun any more") && begun.detail.contains("settle"), "{}", begun.detail);
        assert_eq!((outcome(&ended, "remove_licenses"), has_access(&lab)), (Outcome::NotStarted, false));
        let word = Word::Settle { happened: true };
        lab.engine.say(&run, &begun.id, &word, "grace@contoso.com").await.unwrap();
        assert_eq!(lab.engine.due().await.unwrap().first(), Some(&run), "what waited for the word can be done now");
        let report = looked_after(&lab, &run).await;
        assert_eq!(outcome(&report, "remove_licenses"), Outcome::Done, "{}", report.to_text());
        assert!(!has_access(&lab));
    });
}

/// Somebody lessened it meanwhile: it ends all the same.
#[test]
fn what_was_lessened_by_others_ends_too() {
    let lab = Lab::contoso(3);
    let (adele, megan) = (lab.tenant.user_id(ADELE).unwrap(), lab.tenant.user_id(MEGAN).unwrap());
    lab.block_on(async {
        let way = &WAYS[0];
        let policy = (way.policy)();
        let plan = planned(&lab, &policy).await;
        let (run, _) =
            lab.apply_with(&plan, &policy, waivers(&plan), Drive::until(Until::Done)).await.unwrap();
        lab.tenant.world(|world| {
            let drive = world.drives.get_mut(&adele).unwrap();
            drive.grants = vec![Grant::to_user(megan, MEGAN, ItemRole::Read)];
        });
        lab.tenant.clock().advance(Period::days(61));
        let report = looked_after(&lab, &run).await;
        assert_eq!(outcome(&report, way.end), Outcome::Done, "{}", report.to_text());
        assert!(!has_access(&lab));
    });
}

/// The state before was not known, so that the beginning is not taken back; then its end is not either, or it would stay.
#[test]
fn an_end_is_not_taken_back_alone() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let way = &WAYS[0];
        lab.tenant
            .faults()
            .always(Matcher::graph(&Method::GET, "/drives/*/root/permissions"), Fault::status(403));
        let policy = (way.policy)();
        let plan = planned(&lab, &policy).await;
        let sent = Drive::until(Until::Sent);
        let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), sent).await.unwrap();
        lab.tenant.faults().clear();
        looked_after(&lab, &run).await;
        assert!(has_access(&lab));
        lab.tenant.clock().advance(Period::days(61));
        let ended = looked_after(&lab, &run).await;
        assert_eq!(outcome(&ended, way.end), Outcome::Done, "{}", ended.to_text());
        let undo = lab.engine.undo_plan(&run, "ada@contoso.com").await.unwrap();
        let about_files = undo.steps.iter().any(|step| [way.begin, way.end].contains(&&*step.operation));
        assert!(!about_files, "{:?}", undo.steps.iter().map(|step| &step.operation).collect::<Vec<_>>());
        let told = |what: &str| undo.residual_risks.iter().any(|risk| risk.what.contains(what));
        assert!(told("`share_drive` is not taken back") && told("`end_drive_sharing` is not taken back"));
    });
}
