//! A policy with a future, carried to its end in virtual time: a mailbox shared for ninety days, then access taken back,
//! forwarding off, and the account gone. Every date is met by a process of its own that finds only the journal.

use crate::common::single::stopping;
use crate::crashing::{Scene, approved, engine, request};
use offboard::core::time::{Clock as _, Period};
use offboard::{Catalog, Drive, Exit, MemoryJournal, Outcome, Policy, Report, Request, Until};
use offboard_sim::world::{MailboxState, World};
use offboard_sim::{Tenant, world};
use std::sync::Arc;

const LEAVER: &str = "alex@contoso.com";

const POLICY: &str = r#"policy = "offboard.policy/1"
name = "shared for ninety days, then gone"
applies_to = "member"
[access]
sign_in = "block"
password = "reset"
sessions = "revoke"
exchange_account = "block"
forwarding = "stop"
[mail]
disposition = "shared"
until = "P90D"
then = "let_go"
full_access = { to = ["successor"], until = "P60D" }
auto_reply = { text = "I have left." }
[files]
disposition = "keep"
loss_accepted = true
[groups]
disposition = "keep"
[voice]
numbers = "keep"
[licenses]
disposition = "remove"
after = "P7D"
[account]
disposition = "delete"
after = "P90D"
"#;

/// A run of the policy for somebody who leaves in three days, approved and begun.
struct Future {
    scene: Scene,
    leaves_at: offboard::Timestamp,
}

impl Future {
    fn begun() -> Self {
        let tenant = Tenant::contoso(5);
        let policy = Policy::parse(POLICY.as_bytes(), "future.toml", &Catalog::builtin()).unwrap();
        let leaves_at = tenant.clock().now() + Period::days(3);
        let journal = MemoryJournal::new();
        let planner = engine(&tenant, Arc::new(journal.clone()), Catalog::builtin(), "the planner");
        let request = Request { leaves_at: Some(leaves_at), ..request(LEAVER, Some("megan@contoso.com")) };
        let plan = tenant.clock().block_on(planner.plan(&policy, &request)).unwrap().plan;
        assert!(stopping(&plan).is_empty(), "{:?}", stopping(&plan));
        let dates: Vec<(String, i64)> = plan
            .steps
            .iter()
            .map(|step| (step.id.to_string(), step.not_before.unwrap().since(leaves_at).as_secs() / 86_400))
            .collect();
        let day_of = |id: &str| dates.iter().find(|(step, _)| step == id).unwrap_or_else(|| panic!("{id}")).1;
        assert_eq!(
            ["block_sign_in", "convert_to_shared", "final_revoke", "remove_licenses", "remove_full_access"]
                .map(day_of),
            [0, 0, 0, 7, 60]
        );
        assert_eq!(["stop_forwarding#2", "stop_automatic_replies", "delete_user"].map(day_of), [90, 90, 90]);
        assert_eq!(plan.steps.last().unwrap().operation, "delete_user");
        let ends: Vec<i64> =
            plan.deadlines.iter().map(|deadline| deadline.at.since(leaves_at).as_secs() / 86_400).collect();
        assert!(ends.contains(&120), "the account can be restored for thirty days: {ends:?}");
        let approved = approved(&planner, &plan, |_| false);
        let scene = Scene::begun(tenant, journal, approved, policy);
        scene.carry_on("the first process");
        Self { scene, leaves_at }
    }

    fn world<T>(&self, f: impl FnOnce(&mut World) -> T) -> T {
        self.scene.tenant.world(|world| f(world))
    }

    fn on_day(&self, day: i64) -> Report {
        self.scene.on_day(self.leaves_at, day)
    }

    fn is_deleted(&self) -> bool {
        let leaver = self.scene.approved.plan().leaver.id;
        self.world(|world| !world.users.contains(&leaver) && world.deleted_users.contains(&leaver))
    }
}

fn outcome(report: &Report, id: &str) -> Outcome {
    report.steps.iter().find(|step| step.id.as_str() == id).unwrap_or_else(|| panic!("{id}")).outcome
}

#[test]
fn a_mailbox_shared_for_ninety_days_ends_with_its_account() {
    let future = Future::begun();
    let leaver = future.scene.approved.plan().leaver.id;
    // Nothing is done before the last working moment, and the run waits for it.
    assert!(future.scene.tenant.recorder().mutating().is_empty());
    let report = future.on_day(0);
    assert!(
        report.open && report.wake_at == Some(future.leaves_at + Period::days(7)),
        "{}",
        report.to_text()
    );
    for id in ["block_sign_in", "convert_to_shared", "grant_full_access", "final_revoke"] {
        assert_eq!(outcome(&report, id), Outcome::Done, "{id}\n{}", report.to_text());
    }
    assert_eq!(outcome(&report, "delete_user"), Outcome::NotStarted);
    let report = future.on_day(7);
    assert_eq!(outcome(&report, "remove_licenses"), Outcome::Done, "{}", report.to_text());
    let report = future.on_day(60);
    assert_eq!(outcome(&report, "remove_full_access"), Outcome::Done, "{}", report.to_text());
    // Whoever worked in the mailbox let it forward; that is switched off as a step of its own, and then the account goes.
    future.world(|world| {
        world.mailbox_of_mut(&leaver).unwrap().forwarding_smtp_address =
            Some("smtp:sales@contoso.com".to_owned());
    });
    let report = future.on_day(90);
    for id in ["stop_forwarding#2", "stop_automatic_replies", "delete_user"] {
        assert_eq!(outcome(&report, id), Outcome::Done, "{id}\n{}", report.to_text());
    }
    assert!(!report.open && future.is_deleted(), "{}", report.to_text());
    assert_eq!(report.exit(), Exit::Done, "{}", report.to_text());
    future.world(|world| {
        let mailbox = world.mailboxes.values().find(|mailbox| mailbox.owner == leaver).unwrap();
        // The organisation's retention policy keeps it, as the plan said (G7); otherwise it would be soft-deleted.
        assert!(matches!(mailbox.state, MailboxState::Inactive { .. }), "{:?}", mailbox.state);
        assert!(mailbox.forwarding_smtp_address.is_none());
    });
    // The dates count from when it was done.
    let deleted = future.world(|world| world.deleted_users.get(&leaver).unwrap().deleted);
    let last = report.deadlines.iter().find(|deadline| deadline.requirement == "R69").unwrap();
    assert!(last.at.since(deleted + Period::days(30)) < Period::minutes(1), "{last:?}");
}

#[test]
fn what_speaks_against_the_deletion_by_then_is_seen_when_it_is_due() {
    let future = Future::begun();
    let leaver = future.scene.approved.plan().leaver.id;
    for day in [0, 7, 60] {
        future.on_day(day);
    }
    let number = future.world(|world| {
        let number = "+12065550199".to_owned();
        let row = world::PhoneNumber {
            number: number.clone(),
            number_type: "directRouting".to_owned(),
            assigned_to: Some(leaver),
            category: "primary".to_owned(),
            location_id: None,
        };
        world.numbers.insert(number.clone(), row);
        number
    });
    let report = future.on_day(90);
    assert_eq!(outcome(&report, "delete_user"), Outcome::Blocked, "{}", report.to_text());
    assert!(report.to_text().contains(&number) && !future.is_deleted());
    // It is looked at again when somebody has mended it.
    future.world(|world| {
        world.numbers.remove(&number);
    });
    let engine = future.scene.engine("whoever goes on");
    let clock = future.scene.tenant.clock();
    clock.advance(Period::hours(1));
    clock.block_on(engine.resume(&future.scene.run(), Drive::until(Until::Done))).unwrap();
    let report = clock.block_on(engine.report(&future.scene.run())).unwrap();
    assert!(future.is_deleted(), "{}", report.to_text());
}

#[test]
fn a_cancelled_future_does_not_come() {
    let future = Future::begun();
    for day in [0, 7] {
        future.on_day(day);
    }
    let engine = future.scene.engine("whoever cancels");
    let clock = future.scene.tenant.clock();
    clock.block_on(engine.cancel(&future.scene.run(), "ada@contoso.com")).unwrap();
    let report = future.on_day(90);
    assert_eq!(outcome(&report, "delete_user"), Outcome::Cancelled, "{}", report.to_text());
    assert_eq!(outcome(&report, "convert_to_shared"), Outcome::Done);
    assert!(!report.open && !future.is_deleted());
}

#[test]
fn access_that_is_cut_and_cut_once_more_at_a_later_date_is_cut() {
    let begun = Scene::forward(LEAVER, "standard").after_a_while(Period::minutes(1));
    let report = begun.report();
    let later = report.steps.iter().filter(|step| step.operation == "stop_forwarding");
    assert_eq!(later.map(|step| step.outcome).collect::<Vec<_>>(), [Outcome::Already, Outcome::NotStarted]);
    let verdict = report.verdict().unwrap();
    assert!(verdict.reached && verdict.text == "Access is cut: 5 of 5 seen.", "{verdict:?}");
}
