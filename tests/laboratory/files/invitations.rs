//! The successor is invited to the OneDrive: he reaches what inherits from its top, and no more, and nobody says that he does.

use super::{ADELE, MEGAN, carried, later, outcome, planned};
use crate::common::single::{stopping, waivers};
use crate::common::{Lab, deciding};
use http::Method;
use offboard::core::engine::control::Word;
use offboard::core::plan::Action;
use offboard::core::report::StepReport;
use offboard::{Drive, Exit, Kind, Outcome, Period, Plan, Policy, Report, Until};
use offboard_sim::world::{AppRole, DriveState, Grant, ItemRole, Resource};
use offboard_sim::{Fault, Matcher, Tenant};

/// A shipped policy that has the successor invited for sixty days.
fn inviting(name: &str) -> Policy {
    deciding(
        name,
        "disposition = \"grant\"\nby = \"invitation\"\nto = [\"successor\"]\nuntil = \"P60D\"\nloss_accepted = true",
    )
}

/// What Megan may do with what inherits from the top of Adele's OneDrive.
fn role(tenant: &Tenant) -> Option<ItemRole> {
    let (adele, megan) = (tenant.user_id(ADELE).unwrap(), tenant.user_id(MEGAN).unwrap());
    tenant.world(|world| world.drives.get(&adele).unwrap().role_of(None, megan))
}

/// Somebody else changes what Megan may do.
fn give(tenant: &Tenant, role: Option<ItemRole>) {
    let (adele, megan) = (tenant.user_id(ADELE).unwrap(), tenant.user_id(MEGAN).unwrap());
    tenant.world(|world| {
        let drive = world.drives.get_mut(&adele).unwrap();
        drive.grants.clear();
        drive.grants.extend(role.map(|role| Grant::to_user(megan, MEGAN, role)));
    });
    tenant.clock().advance(Period::minutes(1));
}

fn step<'a>(report: &'a Report, operation: &str) -> &'a StepReport {
    report.steps.iter().find(|step| step.operation == operation).unwrap()
}

fn invitations(tenant: &Tenant) -> usize {
    tenant.recorder().all().iter().filter(|row| row.path.ends_with("/invite")).count()
}

async fn resumed(lab: &Lab, report: &Report) -> Report {
    let again = Drive { reconsider: true, ..Drive::until(Until::Done) };
    lab.engine.resume(&report.run, again).await.unwrap();
    let report = lab.report(&report.run).await.unwrap();
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    report
}

#[test]
fn what_is_not_reached_is_counted_and_the_license_waits_for_a_person() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = inviting("shared");
        let plan = planned(&lab, &policy).await;
        assert!(stopping(&plan).is_empty(), "{:?}", stopping(&plan));
        let warned = plan.findings.iter().find(|finding| finding.key == "in_part").unwrap();
        let missing = "2 files and 1 folder";
        assert!(warned.message.contains(missing), "{warned:?}");
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        let shared = step(&report, "share_drive");
        assert_eq!(shared.outcome, Outcome::Partial, "{}", report.to_text());
        for named in [missing, "Documents/Budget 2026.xlsx", "Pictures"] {
            assert!(shared.detail.contains(named), "{named}: {}", shared.detail);
        }
        assert_eq!(role(&lab.tenant), Some(ItemRole::Write));
        // What is not whole meets nothing that waits for it (E24).
        assert_eq!(outcome(&report, "remove_licenses"), Outcome::NotStarted);
        assert_eq!((report.exit(), report.exit().code()), (Exit::Partly, 4));
        // A person has looked, has handed the rest over, and says so.
        let (run, id) = (report.run.clone(), shared.id.clone());
        let settled = Word::Settle { happened: true };
        lab.engine.say(&run, &id, &settled, "grace@contoso.com").await.unwrap();
        let report = resumed(&lab, &report).await;
        assert_eq!(outcome(&report, "share_drive"), Outcome::Vouched, "{}", report.to_text());
        assert_eq!(outcome(&report, "remove_licenses"), Outcome::Done, "{}", report.to_text());
    });
}

#[test]
fn the_invitation_ends_by_itself() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = inviting("containment");
        let plan = planned(&lab, &policy).await;
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        assert_eq!(outcome(&report, "share_drive"), Outcome::Partial, "{}", report.to_text());
        let report = later(&lab, &report).await;
        assert_eq!(outcome(&report, "end_drive_sharing"), Outcome::Done, "{}", report.to_text());
        // What was given is told as it was seen, and not as undone by its end.
        assert_eq!(outcome(&report, "share_drive"), Outcome::Partial, "{}", report.to_text());
        assert_eq!(role(&lab.tenant), None);
    });
}

#[test]
fn taken_back_he_may_do_what_he_could_before() {
    for before in [None, Some(ItemRole::Read), Some(ItemRole::Write)] {
        let lab = Lab::contoso(3);
        give(&lab.tenant, before);
        lab.block_on(async {
            let policy = inviting("containment");
            let plan = planned(&lab, &policy).await;
            let report = carried(&lab, &policy, &plan, Until::Done).await;
            assert_eq!(outcome(&report, "share_drive"), Outcome::Partial, "{}", report.to_text());
            assert_eq!(invitations(&lab.tenant), usize::from(before != Some(ItemRole::Write)));
            let undo = lab.engine.undo_plan(&report.run, "ada@contoso.com").await.unwrap();
            let back = undo.steps.iter().any(|step| step.operation == "share_drive");
            assert_eq!(back, before != Some(ItemRole::Write), "what was so before is not taken back");
            let report = undone(&lab, &policy, &undo).await;
            if back {
                assert_eq!(outcome(&report, "share_drive"), Outcome::Done, "{}", report.to_text());
            }
            assert_eq!(role(&lab.tenant), before);
        });
    }
}

async fn undone(lab: &Lab, policy: &Policy, undo: &Plan) -> Report {
    let approval = lab.approve(undo, waivers(undo)).to_bytes();
    let approved = lab.engine.approved(&undo.to_bytes(), &approval).unwrap();
    // It takes the place of the run that waits for the end of the invitation.
    let (run, _) = lab.engine.apply(approved, policy.bytes(), true, Drive::until(Until::Done)).await.unwrap();
    let report = lab.report(&run).await.unwrap();
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    report
}

/// Looked at again, it is counted again; and what somebody took away is not given anew.
#[test]
fn looked_at_again_it_is_as_it_is_now() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = inviting("containment");
        let plan = planned(&lab, &policy).await;
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        let adele = lab.tenant.user_id(ADELE).unwrap();
        lab.tenant.world(|world| {
            let items = &mut world.drives.get_mut(&adele).unwrap().items;
            for item in items.values_mut() {
                item.grants = None;
            }
        });
        lab.tenant.clock().advance(Period::minutes(1));
        let report = resumed(&lab, &report).await;
        assert_eq!(outcome(&report, "share_drive"), Outcome::Partial, "never more than that");
        assert!(step(&report, "share_drive").detail.starts_with("nothing has permissions of its own"));
        give(&lab.tenant, None);
        let report = resumed(&lab, &report).await;
        assert_eq!(outcome(&report, "share_drive"), Outcome::Unknown, "{}", report.to_text());
        assert_eq!((role(&lab.tenant), invitations(&lab.tenant)), (None, 1));
    });
}

#[test]
fn where_nobody_tells_what_is_apart_nothing_is_said_to_be_reached() {
    let lab = Lab::contoso(3);
    let app = lab.tenant.app().object_id;
    lab.tenant.world(|world| {
        let weaker = AppRole { resource: Resource::Graph, value: "Sites.FullControl.All".to_owned() };
        assert!(world.service_principals.get_mut(&app).unwrap().granted.remove(&weaker));
    });
    lab.block_on(async {
        let policy = inviting("containment");
        let plan = planned(&lab, &policy).await;
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        assert_eq!(outcome(&report, "share_drive"), Outcome::Partial, "{}", report.to_text());
        let said = &step(&report, "share_drive").detail;
        assert!(said.contains("could not be counted") && said.contains("Sites.FullControl.All"), "{said}");
    });
}

#[test]
fn a_locked_one_drive_is_for_a_person_and_none_is_nothing() {
    for (state, wanted) in [(Some(DriveState::Locked), Outcome::HandedOff), (None, Outcome::Skipped)] {
        let lab = Lab::contoso(3);
        let adele = lab.tenant.user_id(ADELE).unwrap();
        lab.tenant.world(|world| match state {
            Some(state) => world.drives.get_mut(&adele).unwrap().state = state,
            None => drop(world.drives.remove(&adele)),
        });
        lab.tenant.clock().advance(Period::minutes(1));
        lab.block_on(async {
            let policy = inviting("containment");
            let plan = planned(&lab, &policy).await;
            if let Action::HandOff { instructions } = &step_of(&plan).action {
                assert!(instructions.commands.iter().any(|line| line.starts_with("Invoke-MgInvite")));
            }
            let report = carried(&lab, &policy, &plan, Until::Sent).await;
            assert_eq!(outcome(&report, "share_drive"), wanted, "{}", report.to_text());
            assert_eq!((outcome(&report, "block_sign_in"), invitations(&lab.tenant)), (Outcome::Done, 0));
        });
    }
}

fn step_of(plan: &Plan) -> &offboard::core::plan::Step {
    plan.steps.iter().find(|step| step.operation == "share_drive").unwrap()
}

#[test]
fn an_application_that_may_only_read_is_told_which_right_it_lacks() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = inviting("containment");
        let plan = planned(&lab, &policy).await;
        lab.tenant.faults().always(Matcher::graph(&Method::POST, "/drives/**"), Fault::status(403));
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        let failed = step(&report, "share_drive");
        assert_eq!(failed.outcome, Outcome::Failed, "{}", report.to_text());
        let failure = failed.failure.as_ref().unwrap();
        assert_eq!(failure.kind, Kind::PermissionDenied);
        assert!(failure.hint.as_ref().unwrap().contains("Files.ReadWrite.All"), "{failure:?}");
        lab.tenant.faults().clear();
        let report = resumed(&lab, &report).await;
        assert_eq!(outcome(&report, "share_drive"), Outcome::Partial, "{}", report.to_text());
    });
}

/// Whoever may not see who has a permission does not say that nobody has one, nor that somebody has.
#[test]
fn what_cannot_be_read_is_neither_given_unasked_nor_said_to_be_there() {
    let lab = Lab::contoso(3);
    lab.tenant.faults().always(Matcher::graph(&Method::GET, "/drives/*/root/**"), Fault::status(403));
    lab.block_on(async {
        let policy = inviting("containment");
        let plan = planned(&lab, &policy).await;
        let id = step_of(&plan).id.clone();
        let stops =
            plan.findings.iter().any(|found| found.code == "STATE" && found.step.as_ref() == Some(&id));
        assert!(stops, "{:?}", plan.findings);
        // Somebody waives that: it is sent, and nobody says that it was seen.
        let report = carried(&lab, &policy, &plan, Until::Done).await;
        let shared = step(&report, "share_drive");
        assert_eq!(shared.outcome, Outcome::Unknown, "{}", report.to_text());
        assert_eq!(
            (outcome(&report, "block_sign_in"), role(&lab.tenant)),
            (Outcome::Done, Some(ItemRole::Write))
        );
        lab.tenant.faults().clear();
        let report = resumed(&lab, &report).await;
        assert_eq!(outcome(&report, "share_drive"), Outcome::Partial, "{}", report.to_text());
    });
}
