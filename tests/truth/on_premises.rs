//! Synced leavers: what Active Directory owns is done once directory sync has passed over it, and not before; and a task for
//! people is done when they did it, and not when our own write looks like it.

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
