//! One operation carried out, or taken back, while the tenant misleads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use offboard::core::engine::driver::Watch;
use offboard::core::journal::{Event, EventKind};
use offboard::core::operation::{Repeat, Reversal};
use offboard::core::time::Period;
use offboard::{Drive, Exit, Outcome, Plan, Report, RunId, Until};
use offboard_sim::{Tenant, World};

use super::IN_PART;
use super::table::{Row, Write};
use super::trouble::Trouble;
use crate::common::single::waivers;
use crate::common::{Lab, policy};

/// Carries the row out while `trouble` happens. Returns what is wrong about what is then said.
pub fn forward(row: &Row, trouble: Trouble, seed: u64) -> Vec<String> {
    let lab = lab(row, seed);
    let wrong = lab.block_on(async {
        let (plan, policy) = (plan(&lab, row).await, policy("shared"));
        begin(&lab, row, row.forward, trouble);
        let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), watched(&lab, trouble)).await.unwrap();
        let report = lab.report(&run).await.unwrap();
        said(&lab, row, &report, row.forward, trouble)
    });
    named(wrong, row, "", trouble, seed)
}

/// Carries the row out undisturbed and takes it back while `trouble` happens.
pub fn back(row: &Row, trouble: Trouble, seed: u64) -> Vec<String> {
    let lab = lab(row, seed);
    let wrong = lab.block_on(async {
        let (run, plan) = undisturbed(&lab, row).await;
        let undo = lab.engine.undo_plan(&run, "ada@contoso.com").await.unwrap();
        if let Reversal::Impossible { why } = &plan.steps[0].reversal {
            let told = undo.residual_risks.iter().any(|risk| risk.what.contains(why.as_str()));
            // What only people have done is not ours to regret.
            let wanted = !matches!(row.forward, Write::None);
            let fine = undo.steps.is_empty() && told == wanted;
            let steps = undo.steps.len();
            return if fine { vec![] } else { vec![format!("{steps} steps, and told is {told}")] };
        }
        if matches!(row.forward, Write::None) && undo.steps.is_empty() {
            // Only people have done it, and only people take it back.
            return vec![];
        }
        if undo.steps.len() != 1 {
            return vec![format!("{} steps take it back", undo.steps.len())];
        }
        begin(&lab, row, row.back, trouble);
        let policy = policy("shared");
        let (run, _) = lab.apply_with(&undo, &policy, waivers(&undo), watched(&lab, trouble)).await.unwrap();
        let report = lab.report(&run).await.unwrap();
        said(&lab, row, &report, row.back, trouble)
    });
    named(wrong, row, "undo of ", trouble, seed)
}

fn lab(row: &Row, seed: u64) -> Lab {
    let tenant = Tenant::contoso(seed);
    if row.operation == "convert_to_shared" {
        // Exchange on-premises decides of this mailbox's type, where there is one.
        assert_eq!(row.owned, tenant.world(|world| decides_on_premises(world, row)), "{row:?}");
    }
    Lab::on(tenant)
}

fn decides_on_premises(world: &World, row: &Row) -> bool {
    let user = world.user_by_upn(row.leaver).unwrap().id;
    world.active_directory.get(&user).is_some_and(|row| row.mailbox_type.is_some())
}

async fn plan(lab: &Lab, row: &Row) -> Plan {
    lab.single(&policy("shared"), row.leaver, row.operation, row.params(&lab.tenant)).await
}

/// The people on-premises have done their part before anything began, so that the row can be carried out for good.
async fn undisturbed(lab: &Lab, row: &Row) -> (RunId, Plan) {
    if row.owned {
        lab.tenant.world(|world| {
            let user = world.user_by_upn(row.leaver).unwrap().id;
            let shadow = world.active_directory.get_mut(&user).unwrap();
            shadow.enabled = false;
            shadow.mailbox_type =
                shadow.mailbox_type.map(|_| offboard_sim::world::RecipientType::SharedMailbox);
        });
    }
    let (plan, policy) = (plan(lab, row).await, policy("shared"));
    let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), Drive::until(Until::Done)).await.unwrap();
    let report = lab.report(&run).await.unwrap();
    let wanted = match row.forward {
        Write::None => Outcome::HandedOff,
        _ if IN_PART.contains(&row.operation) => Outcome::Partial,
        _ => Outcome::Done,
    };
    assert_eq!(report.steps[0].outcome, wanted, "{row:?}\n{}", report.to_text());
    (run, plan)
}

/// So many passes of directory sync beside those that were due by themselves.
fn sync_often(world: &mut World, every: Period, passes: i64) {
    for pass in 1..=passes {
        world.later(every.times(pass), "directory sync", World::sync_now);
    }
}

fn begin(lab: &Lab, row: &Row, write: Write, trouble: Trouble) {
    if let Some(every) = trouble.sync_interval() {
        lab.tenant.world(|world| {
            let usual = std::mem::replace(&mut world.timing.directory_sync, every);
            // Only while the writes are fresh: what is sent again later meets the usual passes.
            world.later(Period::minutes(2), "set up", move |world| world.timing.directory_sync = usual);
            if row.owned {
                let passes = Period::minutes(2).as_micros() / every.as_micros();
                sync_often(world, every, passes.max(1));
            }
        });
    }
    if let Some(write) = write.matcher() {
        trouble.begin(&lab.tenant, &write);
    }
}

/// To the end, and what comes after the first accepted write comes then.
fn watched(lab: &Lab, trouble: Trouble) -> Drive {
    let (tenant, once) = (lab.tenant.clone(), AtomicBool::new(false));
    let watch: Watch = Arc::new(move |event: &Event| {
        if matches!(event.kind, EventKind::Applied { .. }) && !once.swap(true, Ordering::SeqCst) {
            trouble.after_the_write(&tenant, event.at);
        }
    });
    Drive { watch: Some(watch), ..Drive::until(Until::Done) }
}

/// Everything that is wrong about a report.
fn said(lab: &Lab, row: &Row, report: &Report, write: Write, trouble: Trouble) -> Vec<String> {
    let mut wrong = lab.contradictions(report);
    let outcome = report.steps[0].outcome;
    let honest: &[Outcome] = match write {
        Write::None => &[Outcome::HandedOff],
        // As long as nobody does his part on-premises, every sync takes it back.
        _ if row.owned => &[Outcome::Unknown],
        _ if settles(lab, row) => trouble.honest_once(),
        _ => trouble.honest(),
    };
    // A phone that was not seen to come in its time has lapsed, whatever kept it away.
    let lapsed = outcome == Outcome::Lapsed
        && row.operation == "wipe_mobile_device"
        && trouble.honest_once() != [Outcome::Done];
    let done = match outcome {
        // That nobody says more of it than that, the judge sees to.
        Outcome::Partial if IN_PART.contains(&row.operation) => Outcome::Done,
        other => other,
    };
    if !honest.contains(&done) && !lapsed {
        wrong.push(format!("{outcome:?} ({}) is not honest", report.steps[0].detail));
    }
    let good = [Outcome::Done, Outcome::Already, Outcome::Skipped, Outcome::Sent].contains(&outcome);
    if (report.exit() == Exit::Done) != good || report.exit().code() != report.exit {
        wrong.push(format!("the exit code {} belongs to another outcome than {outcome:?}", report.exit));
    }
    if !matches!(write, Write::None) && !trouble.happened(&lab.tenant) {
        wrong.push("the trouble never happened".to_owned());
    }
    wrong
}

fn settles(lab: &Lab, row: &Row) -> bool {
    lab.engine.catalog().spec(row.operation).is_some_and(|spec| spec.repeat != Repeat::Safe)
}

fn named(wrong: Vec<String>, row: &Row, way: &str, trouble: Trouble, seed: u64) -> Vec<String> {
    let name = format!("{way}{} for {}, {trouble:?}, seed {seed}", row.operation, row.leaver);
    wrong.into_iter().map(|wrong| format!("{name}: {wrong}")).collect()
}
