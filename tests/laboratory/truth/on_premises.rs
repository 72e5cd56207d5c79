//! Synced leavers: what Active Directory owns is done once directory sync has passed over it, and not before; and a task for
//! people is done when they did it, and not when our own write looks like it.

use offboard::core::engine::control::Word;
use offboard::core::time::{Clock as _, Period};
use offboard::{Drive, Outcome, Report, RunId, Timestamp, Until};
use offboard_sim::World;
use offboard_sim::world::RecipientType;

use crate::common::single::waivers;
use crate::common::{Lab, policy};

const DIEGO: &str = "diego@contoso.com";

/// What the people who run Active Directory do.
fn do_their_part(world: &mut World) {
    let user = world.user_by_upn(DIEGO).unwrap().id;
    let now = world.now;
    if let Some(shadow) = world.active_directory.get_mut(&user) {
        shadow.enabled = false;
        shadow.mailbox_type = Some(RecipientType::SharedMailbox);
    }
    // Password hash sync follows within minutes and stamps the change.
    if let Some(user) = world.users.get_mut(&user) {
        user.last_password_change = now;
    }
}

/// Shared for Diego, looked at again by `resume` after each of these times. No report claims at its time what is not so.
fn course(seed: u64, setup: impl Fn(&mut World), looks: &[Period]) -> Vec<Report> {
    let lab = Lab::contoso(seed);
    lab.tenant.world(setup);
    let (policy, clock) = (policy("shared"), lab.tenant.clock());
    lab.block_on(async {
        let plan = lab.plan(&policy, DIEGO, Some("megan@contoso.com")).await.unwrap().plan;
        let how = Drive::until(Until::Sent);
        let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), how).await.unwrap();
        let mut reports = vec![told(&lab, &run).await];
        for after in looks {
            let until: Timestamp = clock.now() + *after;
            clock.sleep_until(until).await;
            lab.engine.resume(&run, Drive::until(Until::Sent)).await.unwrap();
            reports.push(told(&lab, &run).await);
        }
        reports
    })
}

async fn told(lab: &Lab, run: &RunId) -> Report {
    let report = lab.report(run).await.unwrap();
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    report
}

fn outcome(report: &Report, id: &str) -> Outcome {
    report.steps.iter().find(|step| step.id.as_str() == id).unwrap().outcome
}

const EVERY_FEW_MINUTES: &[Period] = &[Period::minutes(7); 14];

#[test]
fn nobody_does_his_part() {
    for seed in 1..=3 {
        let last = course(seed, |_| {}, EVERY_FEW_MINUTES).pop().unwrap();
        for id in ["block_sign_in", "convert_to_shared"] {
            assert_ne!(outcome(&last, id), Outcome::Done, "{}", last.to_text());
        }
        for task in
            ["disable_account", "reset_password_twice", "convert_remote_mailbox", "keep_in_sync_scope"]
        {
            let id = format!("on_premises_task:{task}");
            assert_eq!(outcome(&last, &id), Outcome::HandedOff, "{task}\n{}", last.to_text());
        }
    }
}

#[test]
fn they_do_their_part_in_time() {
    for seed in 1..=3 {
        let part = |world: &mut World| world.later(Period::minutes(11), "administrators", do_their_part);
        let last = course(seed, part, EVERY_FEW_MINUTES).pop().unwrap();
        for id in [
            "block_sign_in",
            "convert_to_shared",
            "on_premises_task:disable_account",
            "on_premises_task:reset_password_twice",
            "on_premises_task:convert_remote_mailbox",
        ] {
            assert_eq!(outcome(&last, id), Outcome::Done, "{id}\n{}", last.to_text());
        }
        assert_eq!(outcome(&last, "on_premises_task:keep_in_sync_scope"), Outcome::HandedOff);
    }
}

#[test]
fn nothing_is_done_before_the_sync_has_passed() {
    // Their part is done at once, and the next sync is at half past nine.
    let reports = course(
        1,
        |world| world.later(Period::minutes(1), "administrators", do_their_part),
        &[Period::minutes(25), Period::minutes(10)],
    );
    let [_, before, after] = &reports[..] else { panic!("three looks") };
    for id in ["block_sign_in", "convert_to_shared"] {
        assert_eq!(outcome(before, id), Outcome::Waiting, "{}", before.to_text());
        assert_eq!(outcome(after, id), Outcome::Done, "{}", after.to_text());
    }
}

/// Shared for Diego; a minute later somebody says that the remote mailbox was made shared. What the report says, looked at
/// every few minutes from then on, and when the license went.
fn said_to_be_done(setup: impl Fn(&mut World)) -> (Vec<Report>, Option<Timestamp>) {
    let lab = Lab::contoso(1);
    let (policy, clock) = (policy("shared"), lab.tenant.clock());
    let reports = lab.block_on(async {
        let plan = lab.plan(&policy, DIEGO, Some("megan@contoso.com")).await.unwrap().plan;
        let how = || Drive::until(Until::Sent);
        let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), how()).await.unwrap();
        clock.sleep_until(clock.now() + Period::minutes(1)).await;
        lab.tenant.world(setup);
        for step in &plan.steps {
            if step.operation == "on_premises_task" {
                let word = Word::Acknowledge;
                lab.engine.say(&run, &step.id, &word, "grace@contoso.com").await.unwrap();
            }
        }
        let mut reports = Vec::new();
        for _ in 0..24 {
            // By the clockwork: nobody has to remember that something waits for a sync.
            for run in lab.engine.due().await.unwrap() {
                lab.engine.resume(&run, how()).await.unwrap();
            }
            reports.push(told(&lab, &run).await);
            clock.sleep_until(clock.now() + Period::minutes(5)).await;
        }
        reports
    });
    let sent = lab.tenant.recorder().mutating();
    (reports, sent.iter().find(|row| row.path.ends_with("/assignLicense")).map(|row| row.at))
}

const CONVERT: &str = "on_premises_task:convert_remote_mailbox";

#[test]
fn a_word_is_not_enough_to_take_the_license() {
    // Only said: the next sync turns the mailbox back, and without a license it would be lost.
    let (reports, license) = said_to_be_done(|_| {});
    let last = reports.last().unwrap();
    assert_eq!(license, None, "{}", last.to_text());
    assert_eq!(outcome(last, CONVERT), Outcome::Waiting, "{}", last.to_text());
    assert_ne!(outcome(last, "remove_licenses"), Outcome::Done);

    // Said and done: the license goes when a sync has passed over it, and not before.
    let (reports, license) = said_to_be_done(do_their_part);
    let waiting = reports.iter().find(|report| outcome(report, CONVERT) == Outcome::Waiting);
    assert!(waiting.is_some(), "it was not done by word alone");
    let last = reports.last().unwrap();
    assert_eq!(outcome(last, CONVERT), Outcome::Done, "{}", last.to_text());
    let task = last.steps.iter().find(|step| step.id.as_str() == CONVERT).unwrap();
    assert!(task.seen_at.is_some_and(|seen| license.is_some_and(|at| at >= seen)), "{license:?}");
    assert_eq!(task.vouched_by.as_deref(), Some("grace@contoso.com"));
}
