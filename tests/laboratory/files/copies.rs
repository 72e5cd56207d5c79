//! Copies of a leaver's files in the successor's OneDrive: asked for one after the other, counted before the original is given up.

use std::sync::Arc;

use http::Method;
use offboard::core::guards;
use offboard::core::journal::EventKind;
use offboard::{Drive, Exit, Kind, Outcome, Period, Plan, Policy, Report, Until};
use offboard_sim::world::{DriveItem, DriveState, ItemKind};
use offboard_sim::{Door, Fault, Matcher, Tenant};

use super::{ADELE, MEGAN, carried, outcome, planned};
use crate::common::single::stopping;
use crate::common::{Lab, deciding};

const COPY: &str = "disposition = \"copy\"\nto = [\"successor\", \"manager\"]";

fn copying(name: &str) -> Policy {
    deciding(name, COPY)
}

/// Every file in the folder with the copies, by its path, and its bytes.
fn copies(tenant: &Tenant) -> Vec<(String, u64)> {
    let megan = tenant.user_id(MEGAN).unwrap();
    tenant.world(|world| {
        let drive = world.drives.get(&megan).unwrap();
        let files = drive.items.iter().filter_map(|(id, item)| match item.kind {
            ItemKind::File { size, .. } => Some((drive.path_of(id), size)),
            _ => None,
        });
        let mut files: Vec<_> = files.filter(|(path, _)| path.starts_with("Files of ")).collect();
        files.sort();
        files
    })
}

/// How often a copy was asked for.
fn asked(tenant: &Tenant) -> usize {
    let rows = tenant.recorder().mutating();
    rows.iter().filter(|row| row.path.ends_with("/copy")).count()
}

/// Everything at the top of Adele's OneDrive is asked for once.
const TOP: usize = 5;

async fn to_the_end(lab: &Lab, policy: &Policy, plan: &Plan) -> Report {
    carried(lab, policy, plan, Until::Done).await
}

async fn resumed(lab: &Lab, report: &Report) -> Report {
    let how = Drive { reconsider: true, ..Drive::until(Until::Done) };
    lab.engine.resume(&report.run, how).await.unwrap();
    let report = lab.report(&report.run).await.unwrap();
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    report
}

#[test]
fn the_successor_has_the_files_before_the_license_goes() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = copying("shared");
        let plan = planned(&lab, &policy).await;
        // Nothing is lost, so nobody has to accept a loss (G56, G43).
        assert!(stopping(&plan).is_empty(), "{:?}", stopping(&plan));
        let step = plan.steps.iter().find(|step| step.operation == "copy_drive").unwrap();
        let removal = plan.steps.iter().find(|step| step.operation == "remove_licenses").unwrap();
        assert!(removal.needs.contains_key(&step.id), "E24: {:?}", removal.needs);
        let report = to_the_end(&lab, &policy, &plan).await;
        for operation in ["copy_drive", "remove_licenses"] {
            assert_eq!(outcome(&report, operation), Outcome::Done, "{}", report.to_text());
        }
        let files = copies(&lab.tenant);
        assert_eq!(files.len(), 6, "{files:?}");
        assert!(
            files.iter().any(|(path, _)| path.ends_with("/Documents/Projects/Falcon #1.pptx")),
            "{files:?}"
        );
        assert_eq!(asked(&lab.tenant), TOP);
        // What cannot be taken back is said.
        let undo = lab.engine.undo_plan(&report.run, "ada@contoso.com").await.unwrap();
        assert!(undo.steps.iter().all(|step| step.operation != "copy_drive"));
        assert!(undo.residual_risks.iter().any(|risk| risk.what.contains("the copies are the successor's")));
    });
}

/// The monitor is asked without a token, and its URL stands in the journal alone.
#[test]
fn the_monitor_is_asked_without_a_token_and_shown_to_nobody() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let report = to_the_end(&lab, &policy, &plan).await;
        let rows = lab.tenant.recorder().all();
        let monitors: Vec<_> = rows.iter().filter(|row| row.path.contains("/monitor/")).collect();
        assert!(monitors.len() >= TOP && monitors.iter().all(|row| row.door == Door::SharePoint));
        let token = |row: &&&Arc<offboard_sim::Exchanged>| {
            row.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        };
        assert_eq!(monitors.iter().filter(token).count(), 0);
        let entries = lab.journal.read(&report.run, 0).await.unwrap();
        let kept = |entry: &&offboard::core::journal::Entry| {
            matches!(&entry.event.kind, EventKind::Progressed { cursor } if cursor.to_string().contains("/monitor/"))
        };
        assert!(entries.iter().any(|entry| kept(&entry)), "whoever goes on asks there too");
        let told = [report.to_text(), report.to_html(), String::from_utf8(report.to_json()).unwrap()];
        assert!(told.iter().all(|text| !text.contains("/monitor/")));
    });
}

#[test]
fn what_failed_is_named_and_only_that_is_asked_for_again() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = copying("shared");
        let plan = planned(&lab, &policy).await;
        let second = Matcher::graph(&Method::POST, "/drives/*/items/*/copy").from_nth(2);
        lab.tenant.faults().once(second, Fault::status(400));
        let report = to_the_end(&lab, &policy, &plan).await;
        let step = report.steps.iter().find(|step| step.operation == "copy_drive").unwrap();
        assert_eq!(step.outcome, Outcome::Failed, "{}", report.to_text());
        assert!(step.detail.starts_with("1 of 5 were not copied: Attachments ("), "{}", step.detail);
        assert_eq!(outcome(&report, "remove_licenses"), Outcome::NotStarted, "the files come first (E24)");
        let (before, report) = (asked(&lab.tenant), resumed(&lab, &report).await);
        assert_eq!(outcome(&report, "copy_drive"), Outcome::Done, "{}", report.to_text());
        assert_eq!(asked(&lab.tenant), before + 1);
        assert_eq!(outcome(&report, "remove_licenses"), Outcome::Done, "{}", report.to_text());
    });
}

/// The service takes one and never makes it: it is not asked for again, and a person is told which one to look for.
#[test]
fn what_never_came_is_unknown_and_named() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let second = Matcher::graph(&Method::POST, "/drives/*/items/*/copy").from_nth(2);
        lab.tenant.faults().once(second, Fault::NothingHappens);
        let report = to_the_end(&lab, &policy, &plan).await;
        let step = report.steps.iter().find(|step| step.operation == "copy_drive").unwrap();
        assert_eq!((step.outcome, report.exit()), (Outcome::Unknown, Exit::Person), "{}", report.to_text());
        assert!(step.detail.ends_with("1 not there, or not whole: Attachments"), "{}", step.detail);
        assert_eq!(asked(&lab.tenant), TOP);
    });
}

#[test]
fn nothing_of_the_successors_is_overwritten() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let step = plan.steps.iter().find(|step| step.operation == "copy_drive").unwrap();
        let name = step.params["folder"].as_str().unwrap().to_owned();
        let megan = lab.tenant.user_id(MEGAN).unwrap();
        lab.tenant.world(|world| {
            let drive = world.drives.get_mut(&megan).unwrap();
            let folder = drive.put(DriveItem::folder(None, &name));
            drive.put(DriveItem::file(Some(&folder), "archive.ZIP", 7));
        });
        lab.tenant.clock().advance(Period::minutes(1));
        let report = to_the_end(&lab, &policy, &plan).await;
        let step = report.steps.iter().find(|step| step.operation == "copy_drive").unwrap();
        assert_eq!(step.outcome, Outcome::Failed, "{}", report.to_text());
        assert!(step.detail.contains("Archive.zip (something else of this name"), "{}", step.detail);
        assert_eq!(report.exit(), Exit::Partly);
        assert!(copies(&lab.tenant).iter().any(|(path, size)| path.ends_with("archive.ZIP") && *size == 7));
        assert_eq!(asked(&lab.tenant), TOP - 1);
    });
}

/// What the leaver put there after the plan was made, until his access was cut, is copied too.
#[test]
fn what_came_after_the_plan_is_copied_too() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let adele = lab.tenant.user_id(ADELE).unwrap();
        lab.tenant.world(|world| {
            let drive = world.drives.get_mut(&adele).unwrap();
            drive.put(DriveItem::file(None, "Last words.docx", 11));
            drive.items.insert("01SHARED".to_owned(), DriveItem::shortcut(None, "Team files"));
        });
        lab.tenant.clock().advance(Period::hours(1));
        let report = to_the_end(&lab, &policy, &plan).await;
        assert_eq!(outcome(&report, "copy_drive"), Outcome::Done, "{}", report.to_text());
        assert!(copies(&lab.tenant).iter().any(|(path, _)| path.ends_with("Last words.docx")));
        assert_eq!(asked(&lab.tenant), TOP + 1, "a shortcut to what others share is nothing of his");
    });
}

/// The successor has room for everything, or for one byte less.
fn with_room(fits: bool) -> Lab {
    let lab = Lab::contoso(3);
    let (adele, megan) = (lab.tenant.user_id(ADELE).unwrap(), lab.tenant.user_id(MEGAN).unwrap());
    lab.tenant.world(|world| {
        let wanted = world.drives.get(&adele).unwrap().used;
        let drive = world.drives.get_mut(&megan).unwrap();
        drive.total = drive.used + wanted - u64::from(!fits);
    });
    lab.tenant.clock().advance(Period::minutes(1));
    lab
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_written() {
    let lab = with_room(false);
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let megan = lab.tenant.user_id(MEGAN).unwrap();
        let [finding] = stopping(&plan)[..] else { panic!("{:?}", stopping(&plan)) };
        assert_eq!((finding.code.as_str(), finding.key.clone()), ("G46", format!("room:{megan}")));
        assert!(finding.message.contains("GiB") && finding.hint.contains("storage"), "{finding:?}");
        let refused = lab.apply_with(&plan, &policy, Vec::new(), Drive::until(Until::Done)).await;
        assert!(refused.is_err() && lab.tenant.recorder().mutating().is_empty());
    });
}

#[test]
fn the_twin_with_a_byte_more_goes_through() {
    let lab = with_room(true);
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        assert!(stopping(&plan).is_empty(), "{:?}", stopping(&plan));
        let report = to_the_end(&lab, &policy, &plan).await;
        assert_eq!(outcome(&report, "copy_drive"), Outcome::Done, "{}", report.to_text());
    });
}

/// The guard is what refuses; without it the service says at the end what found no room.
#[test]
fn without_its_guard_it_would_be_begun_and_the_rest_named() {
    let mut lab = with_room(false);
    let rest = guards::all().into_iter().filter(|guard| guard.code() != "G46").collect();
    lab.engine = lab.engine.clone().with_guards(rest);
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let report = to_the_end(&lab, &policy, &plan).await;
        let step = report.steps.iter().find(|step| step.operation == "copy_drive").unwrap();
        assert_eq!(step.outcome, Outcome::Failed, "{}", report.to_text());
        assert!(step.detail.contains("(quotaLimitReached)"), "{}", step.detail);
    });
}

#[test]
fn a_locked_one_drive_is_for_a_person_and_access_is_cut_all_the_same() {
    let lab = Lab::contoso(3);
    let adele = lab.tenant.user_id(ADELE).unwrap();
    lab.tenant.world(|world| world.drives.get_mut(&adele).unwrap().state = DriveState::Locked);
    lab.tenant.clock().advance(Period::minutes(1));
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        assert!(plan.findings.iter().any(|finding| finding.code == "G44" && finding.key == "locked"));
        let report = carried(&lab, &policy, &plan, Until::Sent).await;
        assert_eq!(outcome(&report, "copy_drive"), Outcome::HandedOff, "{}", report.to_text());
        assert_eq!(outcome(&report, "block_sign_in"), Outcome::Done);
        assert_eq!(asked(&lab.tenant), 0);
    });
}

#[test]
fn without_a_one_drive_there_is_nothing_to_copy() {
    let lab = Lab::contoso(3);
    let adele = lab.tenant.user_id(ADELE).unwrap();
    lab.tenant.world(|world| world.drives.remove(&adele));
    lab.tenant.clock().advance(Period::minutes(1));
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let report = to_the_end(&lab, &policy, &plan).await;
        assert_eq!(outcome(&report, "copy_drive"), Outcome::Skipped, "{}", report.to_text());
    });
}

#[test]
fn an_application_that_may_only_read_is_told_which_right_it_lacks() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let denied = Fault::status(403);
        lab.tenant.faults().always(Matcher::graph(&Method::POST, "/drives/**"), denied);
        let report = to_the_end(&lab, &policy, &plan).await;
        let step = report.steps.iter().find(|step| step.operation == "copy_drive").unwrap();
        assert_eq!(step.outcome, Outcome::Failed, "{}", report.to_text());
        let failure = step.failure.as_ref().unwrap();
        assert_eq!(failure.kind, Kind::PermissionDenied);
        assert!(failure.hint.as_ref().unwrap().contains("Files.ReadWrite.All"), "{failure:?}");
        // Once it has the right, the rest is done.
        lab.tenant.faults().clear();
        let report = resumed(&lab, &report).await;
        assert_eq!(outcome(&report, "copy_drive"), Outcome::Done, "{}", report.to_text());
    });
}

/// Who gave the command is not kept waiting for hours; whoever looks later goes on.
#[test]
fn a_long_copy_goes_on_when_somebody_looks_again() {
    let lab = Lab::contoso(3);
    let adele = lab.tenant.user_id(ADELE).unwrap();
    lab.tenant.world(|world| {
        let drive = world.drives.get_mut(&adele).unwrap();
        drive.put(DriveItem::file(None, "Film.mov", 600 << 30));
    });
    lab.tenant.clock().advance(Period::minutes(1));
    lab.block_on(async {
        let policy = copying("containment");
        let plan = planned(&lab, &policy).await;
        let report = carried(&lab, &policy, &plan, Until::Sent).await;
        let step = report.steps.iter().find(|step| step.operation == "copy_drive").unwrap();
        assert_eq!((step.outcome, report.exit()), (Outcome::Waiting, Exit::Waiting), "{}", report.to_text());
        assert!(step.detail.ends_with("of 6 copied"), "{}", step.detail);
        lab.tenant.clock().advance(Period::minutes(11));
        assert_eq!(lab.engine.due().await.unwrap(), std::slice::from_ref(&report.run));
        let report = resumed(&lab, &report).await;
        assert_eq!(outcome(&report, "copy_drive"), Outcome::Done, "{}", report.to_text());
        assert_eq!(asked(&lab.tenant), 6);
    });
}
