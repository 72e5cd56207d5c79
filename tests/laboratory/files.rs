//! The files of a leaver from the plan to the report: somebody else gets them for a time, by offboard where it signs in with a
//! certificate, by a person where it does not; or he gets copies.

mod copies;
mod ends;
mod invitations;

use crate::common::single::{stopping, waivers};
use crate::common::{Lab, engine_with_secret, granting, policy};
use http::Method;
use offboard::core::engine::control::Word;
use offboard::core::plan::Action;
use offboard::{Drive, Exit, Outcome, Period, Plan, Policy, Report, Until};
use offboard_sim::world::{DriveState, SiteUser};
use offboard_sim::{Door, Fault, Matcher, Tenant};

/// Has a OneDrive with something in it.
const ADELE: &str = "adele@contoso.com";
const MEGAN: &str = "megan@contoso.com";

fn outcome(report: &Report, operation: &str) -> Outcome {
    report.steps.iter().find(|step| step.operation == operation).unwrap().outcome
}

/// Who may do everything in Adele's OneDrive, by his sign-in name.
fn administrators(tenant: &Tenant) -> Vec<String> {
    let adele = tenant.user_id(ADELE).unwrap();
    tenant.world(|world| {
        let rows = world.drives.get(&adele).unwrap().site_users.iter().filter(|row| row.is_site_admin);
        rows.filter_map(|row| world.users.get(&row.user?))
            .map(|user| user.user_principal_name.clone())
            .collect()
    })
}

async fn planned(lab: &Lab, policy: &Policy) -> Plan {
    lab.plan(policy, ADELE, Some(MEGAN)).await.unwrap().plan
}

async fn carried(lab: &Lab, policy: &Policy, plan: &Plan, until: Until) -> Report {
    let (run, _) = lab.apply_with(plan, policy, waivers(plan), Drive::until(until)).await.unwrap();
    let report = lab.report(&run).await.unwrap();
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    report
}

/// Sixty-one days later, by a process that finds the run in its journal.
async fn later(lab: &Lab, report: &Report) -> Report {
    lab.tenant.clock().advance(Period::days(61));
    lab.engine.resume(&report.run, Drive::until(Until::Done)).await.unwrap();
    let report = lab.report(&report.run).await.unwrap();
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    report
}

#[test]
fn the_successor_gets_the_files_for_sixty_days() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = granting("shared");
        let plan = planned(&lab, &policy).await;
        assert!(stopping(&plan).is_empty(), "{:?}", stopping(&plan));
        let position = |operation: &str| plan.steps.iter().position(|step| step.operation == operation);
        assert!(position("grant_drive_access") < position("remove_licenses"), "E24");
        let end = &plan.steps[position("end_drive_access").unwrap()];
        assert_eq!(end.not_before.unwrap().since(plan.made_at).as_secs(), 60 * 86_400);
        let report = carried(&lab, &policy, &plan, Until::Sent).await;
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::Done, "{}", report.to_text());
        assert_eq!(outcome(&report, "end_drive_access"), Outcome::NotStarted);
        assert_eq!(administrators(&lab.tenant), [ADELE, MEGAN]);
    });
}

#[test]
fn the_access_ends_by_itself() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = granting("containment");
        let plan = planned(&lab, &policy).await;
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::Done, "{}", report.to_text());
        let report = later(&lab, &report).await;
        assert_eq!(outcome(&report, "end_drive_access"), Outcome::Done, "{}", report.to_text());
        assert_eq!(report.exit(), Exit::Done);
        assert_eq!(administrators(&lab.tenant), [ADELE]);
    });
}

/// The policy that comes with offboard asks one thing of somebody whose leaver has files: whether they may go (G56).
#[test]
fn the_whole_way_gives_the_files_first_and_asks_before_they_go() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = policy("standard");
        let plan = planned(&lab, &policy).await;
        let stops = stopping(&plan);
        let [finding] = stops.as_slice() else { panic!("{stops:?}") };
        assert_eq!((finding.code.as_str(), finding.key.as_str()), ("G56", "one_drive_data"));
        let step = |operation: &str| plan.steps.iter().find(|step| step.operation == operation).unwrap();
        let (read_only, archived) = (plan.made_at + Period::days(60), plan.made_at + Period::days(93));
        for date in [read_only, archived] {
            assert!(finding.message.contains(&date.date()), "{}", finding.message);
        }
        let ends = step("end_drive_access").not_before.unwrap();
        assert!(ends < read_only && ends < step("delete_user").not_before.unwrap());

        let report = carried(&lab, &policy, &plan, Until::Sent).await;
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::Done, "{}", report.to_text());
        assert_eq!(administrators(&lab.tenant), [ADELE, MEGAN]);
        let report = later(&lab, &report).await;
        assert_eq!(outcome(&report, "end_drive_access"), Outcome::Done, "{}", report.to_text());
        assert_eq!(outcome(&report, "remove_licenses"), Outcome::Done, "{}", report.to_text());
        assert_eq!(outcome(&report, "delete_user"), Outcome::NotStarted, "a month later");
        assert_eq!(administrators(&lab.tenant), [ADELE]);
    });
}

#[test]
fn without_a_certificate_a_person_does_it_and_access_is_cut_all_the_same() {
    let mut lab = Lab::contoso(3);
    lab.engine = engine_with_secret(&lab.tenant, lab.tenant.transport(), lab.journal.clone());
    lab.block_on(async {
        let policy = granting("shared");
        let plan = planned(&lab, &policy).await;
        let step = plan.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
        let Action::HandOff { instructions } = &step.action else { panic!("{:?}", step.action) };
        assert_eq!(
            instructions.commands,
            ["Set-SPOUser -Site 'https://contoso-my.sharepoint.com/personal/adele_contoso_com' -LoginName \
              'megan@contoso.com' -IsSiteCollectionAdmin $true"]
        );
        assert_eq!(instructions.role, "SharePoint Administrator");
        assert!(
            plan.findings.iter().any(|f| f.code == "G48" && f.key == "the administrators of the OneDrive")
        );
        let report = carried(&lab, &policy, &plan, Until::Sent).await;
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::HandedOff, "{}", report.to_text());
        assert_eq!(outcome(&report, "block_sign_in"), Outcome::Done);
        assert_eq!(outcome(&report, "remove_licenses"), Outcome::NotStarted, "the files come first (E24)");
        assert_eq!(report.exit(), Exit::Person);
        assert!(
            lab.tenant.recorder().all().iter().all(|row| row.door != Door::SharePoint),
            "nothing was asked there"
        );
        // He does it, and says so: the rest goes on.
        let (run, id) = (report.run.clone(), step.id.clone());
        lab.engine.say(&run, &id, &Word::Acknowledge, "grace@contoso.com").await.unwrap();
        lab.engine.resume(&run, Drive::until(Until::Sent)).await.unwrap();
        let report = lab.report(&run).await.unwrap();
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::Vouched, "{}", report.to_text());
        assert_ne!(outcome(&report, "remove_licenses"), Outcome::NotStarted, "{}", report.to_text());
    });
}

/// A certificate alone is not enough: SharePoint lets only those in whom somebody has granted it.
#[test]
fn whoever_may_not_see_the_administrators_leaves_the_files_to_a_person() {
    let lab = Lab::contoso(3);
    let users = Matcher::share_point(&Method::GET, "**/siteusers");
    lab.tenant.faults().always(users, Fault::status(403));
    lab.block_on(async {
        let policy = granting("containment");
        let plan = planned(&lab, &policy).await;
        let step = plan.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
        let Action::HandOff { instructions } = &step.action else { panic!("{:?}", step.action) };
        assert!(instructions.why.contains("Sites.FullControl.All"), "{instructions:?}");
        let report = carried(&lab, &policy, &plan, Until::Sent).await;
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::HandedOff, "{}", report.to_text());
        assert_eq!(administrators(&lab.tenant), [ADELE]);
    });
}

#[test]
fn a_locked_one_drive_is_unlocked_by_a_person_first() {
    let lab = Lab::contoso(3);
    let adele = lab.tenant.user_id(ADELE).unwrap();
    lab.tenant.world(|world| world.drives.get_mut(&adele).unwrap().state = DriveState::Locked);
    lab.tenant.clock().advance(Period::minutes(1));
    lab.block_on(async {
        let policy = granting("containment");
        let plan = planned(&lab, &policy).await;
        let step = plan.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
        let Action::HandOff { instructions } = &step.action else { panic!("{:?}", step.action) };
        let commands = instructions.commands.join("\n");
        for wanted in [
            "Where-Object Owner -eq 'adele@contoso.com'",
            "-LockState Unlock",
            "-LoginName 'megan@contoso.com'",
        ] {
            assert!(commands.contains(wanted), "{wanted}: {commands}");
        }
        assert!(plan.findings.iter().any(|finding| finding.code == "G44" && finding.key == "locked"));
        assert!(plan.findings.iter().all(|finding| finding.code != "G48"), "no other cloud would help");
        let report = carried(&lab, &policy, &plan, Until::Sent).await;
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::HandedOff);
        assert_eq!(outcome(&report, "block_sign_in"), Outcome::Done);
    });
}

#[test]
fn without_a_one_drive_there_is_nothing_to_give() {
    let lab = Lab::contoso(3);
    let adele = lab.tenant.user_id(ADELE).unwrap();
    lab.tenant.world(|world| world.drives.remove(&adele));
    lab.tenant.clock().advance(Period::minutes(1));
    lab.block_on(async {
        let policy = granting("containment");
        let plan = planned(&lab, &policy).await;
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::Skipped, "{}", report.to_text());
        let report = later(&lab, &report).await;
        assert_eq!(outcome(&report, "end_drive_access"), Outcome::Skipped);
    });
}

#[test]
fn who_has_it_already_keeps_it_for_the_time_and_not_longer() {
    let lab = Lab::contoso(3);
    let (adele, megan) = (lab.tenant.user_id(ADELE).unwrap(), lab.tenant.user_id(MEGAN).unwrap());
    lab.tenant.world(|world| {
        let row = SiteUser { is_site_admin: true, ..SiteUser::member(9, megan, MEGAN) };
        world.drives.get_mut(&adele).unwrap().site_users.push(row);
    });
    lab.tenant.clock().advance(Period::minutes(1));
    lab.block_on(async {
        let policy = granting("containment");
        let plan = planned(&lab, &policy).await;
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::Already, "{}", report.to_text());
        let report = later(&lab, &report).await;
        assert_eq!(outcome(&report, "end_drive_access"), Outcome::Done, "{}", report.to_text());
        assert_eq!(administrators(&lab.tenant), [ADELE]);
    });
}

/// The directory knows nobody by a name that SharePoint has: whether that is the successor, renamed since, nobody can say.
#[test]
fn a_name_that_is_nobodys_any_more_is_not_said_to_be_somebody_else() {
    for renamed in [true, false] {
        let lab = Lab::contoso(3);
        let (adele, patti) =
            (lab.tenant.user_id(ADELE).unwrap(), lab.tenant.user_id("patti@contoso.com").unwrap());
        lab.tenant.world(|world| {
            let name = if renamed { "once@contoso.com" } else { "patti@contoso.com" };
            let row = SiteUser { is_site_admin: true, ..SiteUser::member(9, patti, name) };
            world.drives.get_mut(&adele).unwrap().site_users.push(row);
        });
        lab.tenant.clock().advance(Period::minutes(1));
        lab.block_on(async {
            let policy = granting("containment");
            let plan = planned(&lab, &policy).await;
            let stopped = stopping(&plan);
            let unclear = stopped.iter().find(|finding| finding.hint.contains("once@contoso.com"));
            assert_eq!(unclear.is_some(), renamed, "{stopped:?}");
            if renamed {
                let how = Drive::until(Until::Sent);
                let refused = lab.apply_with(&plan, &policy, Vec::new(), how).await;
                assert!(refused.is_err(), "unless somebody has looked and waives exactly that");
            } else {
                let report = carried(&lab, &policy, &plan, Until::Sent).await;
                assert_eq!(outcome(&report, "grant_drive_access"), Outcome::Done, "{}", report.to_text());
            }
        });
    }
}

#[test]
fn a_successor_who_was_blocked_since_the_plan_gets_nothing() {
    for blocked in [true, false] {
        let lab = Lab::contoso(3);
        lab.block_on(async {
            let policy = granting("containment");
            let plan = planned(&lab, &policy).await;
            let megan = lab.tenant.user_id(MEGAN).unwrap();
            lab.tenant.world(|world| world.users.get_mut(&megan).unwrap().account_enabled = !blocked);
            lab.tenant.clock().advance(Period::hours(1));
            let report = carried(&lab, &policy, &plan, Until::Sent).await;
            let step = report.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
            let wanted = if blocked { Outcome::Blocked } else { Outcome::Done };
            assert_eq!(step.outcome, wanted, "{}", report.to_text());
            assert_eq!(step.detail.starts_with("G16"), blocked, "{}", step.detail);
        });
    }
}

#[test]
fn what_was_given_is_taken_back() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = granting("containment");
        let plan = planned(&lab, &policy).await;
        let report = carried(&lab, &policy, &plan, Until::Sent).await;
        assert_eq!(administrators(&lab.tenant), [ADELE, MEGAN]);
        let undo = lab.engine.undo_plan(&report.run, "ada@contoso.com").await.unwrap();
        let back = undo.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
        assert!(format!("{:?}", back.reversal).contains("without a right"), "{:?}", back.reversal);
        let approval = lab.approve(&undo, waivers(&undo)).to_bytes();
        let approved = lab.engine.approved(&undo.to_bytes(), &approval).unwrap();
        let how = Drive::until(Until::Done);
        let (run, _) = lab.engine.apply(approved, policy.bytes(), true, how).await.unwrap();
        let report = lab.report(&run).await.unwrap();
        assert_eq!(lab.contradictions(&report), Vec::<String>::new());
        assert_eq!(outcome(&report, "grant_drive_access"), Outcome::Done, "{}", report.to_text());
        assert_eq!(administrators(&lab.tenant), [ADELE]);
    });
}

/// What was given before somebody withdrew the permission: nobody says that there is no OneDrive, nor waits for one.
#[test]
fn what_sharepoint_no_longer_shows_is_left_to_a_person_with_its_refusal() {
    let refused = |lab: &Lab| {
        let users = Matcher::share_point(&Method::GET, "**/siteusers");
        lab.tenant.faults().always(users, Fault::status(403));
    };
    for planned_before in [true, false] {
        let lab = Lab::contoso(3);
        lab.block_on(async {
            let policy = granting("containment");
            let plan = planned(&lab, &policy).await;
            let report = carried(&lab, &policy, &plan, Until::Done).await;
            assert_eq!(administrators(&lab.tenant), [ADELE, MEGAN]);
            if !planned_before {
                refused(&lab);
            }
            let undo = lab.engine.undo_plan(&report.run, "ada@contoso.com").await.unwrap();
            refused(&lab);
            let approval = lab.approve(&undo, waivers(&undo)).to_bytes();
            let approved = lab.engine.approved(&undo.to_bytes(), &approval).unwrap();
            let how = Drive::until(Until::Done);
            let (run, _) = lab.engine.apply(approved, policy.bytes(), true, how).await.unwrap();
            let report = lab.report(&run).await.unwrap();
            assert_eq!(lab.contradictions(&report), Vec::<String>::new());
            let step = report.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
            let (outcome, said, exit) = if planned_before {
                (Outcome::Blocked, "permission denied", Exit::Refused)
            } else {
                // Somebody waived that it could not be read.
                (Outcome::Failed, "403 Forbidden", Exit::Partly)
            };
            let text = report.to_text();
            assert_eq!(step.outcome, outcome, "{text}");
            assert!(text.contains(said) && text.contains("Sites.FullControl.All"), "{text}");
            assert!(!text.contains("there is no OneDrive"), "{text}");
            assert_eq!(report.exit(), exit, "{text}");
            assert_eq!(administrators(&lab.tenant), [ADELE, MEGAN], "nothing was taken back");
        });
    }
}

/// It was sent, and then SharePoint lets nobody look: that is told as it was.
#[test]
fn what_was_given_and_may_not_be_read_back_is_not_said_to_be_missing() {
    let lab = Lab::contoso(3);
    let merge = Method::from_bytes(b"MERGE").unwrap();
    lab.block_on(async {
        let policy = granting("containment");
        let plan = planned(&lab, &policy).await;
        // It is looked at once, and written.
        let users = Matcher::share_point(&Method::GET, "**/siteusers");
        lab.tenant.faults().always(users.from_nth(2), Fault::status(403));
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        let all = lab.tenant.recorder().all();
        assert!(all.iter().any(|row| row.method == merge), "it was sent");
        let step = report.steps.iter().find(|step| step.operation == "grant_drive_access").unwrap();
        assert_eq!(step.outcome, Outcome::Unknown, "{}", report.to_text());
        assert!(step.detail.contains("403") && !step.detail.contains("there is no"), "{}", step.detail);
    });
}

/// A token of SharePoint goes to SharePoint, and one of Graph to Graph.
#[test]
fn every_token_stays_where_it_was_issued_for() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = granting("containment");
        let plan = planned(&lab, &policy).await;
        carried(&lab, &policy, &plan, Until::Sent).await;
    });
    let rows = lab.tenant.recorder().all();
    let refused = rows.iter().filter(|row| row.status == Some(401)).count();
    assert_eq!(refused, 0, "a service was sent a token of another");
    assert!(rows.iter().any(|row| row.door == Door::SharePoint));
}
