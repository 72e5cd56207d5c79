//! Taking a run back: the tenant is as it was before, and what others changed since stays.

use crate::crashing::Scene;
use crate::crashing::around::Around;
use crate::crashing::dying::Hasty;
use crate::crashing::ending::{Ending, differences, hold_wire, report_is_true};
use offboard::core::error::ErrorKind;
use offboard::core::id::StepId;
use offboard::core::journal::RunStatus;
use offboard::core::plan::Action;
use offboard::core::plan::judge::DRIFT;
use offboard::core::time::Period;
use offboard::{Drive, Exit, Journal as _, Outcome, Report, Until};
use offboard_sim::world::{Mailbox, RecipientType};
use offboard_sim::{Fault, Matcher, World};

/// The truth now.
fn truth(scene: &Scene) -> World {
    scene.tenant.world(|world| world.clone())
}

/// Carries a policy out on somebody, takes it back, and returns what differs from before, with the report of the undo.
fn there_and_back(upn: &str, policy: &str) -> (Vec<String>, Vec<String>, Report) {
    let forward = Scene::forward(upn, policy);
    let before = truth(&forward);
    let back = forward.undo();
    let changed = differences(&before, &truth(&back));
    back.carry_on("the one who takes it back");
    let ending = Ending::of(&back, &format!("{upn}, {policy}, taken back"));
    (changed, differences(&before, &ending.world), ending.report)
}

fn outcome(report: &Report, operation: &str) -> Outcome {
    let step = report.steps.iter().find(|step| step.operation == operation);
    step.unwrap_or_else(|| panic!("no {operation} in\n{}", report.to_text())).outcome
}

/// Everything that the run changed of the truth has one of these words in it, and all of it is back.
fn exact(upn: &str, policy: &str, expected: &[&str]) {
    let (changed, left, report) = there_and_back(upn, policy);
    println!(
        "{upn}, {policy}: {} changed, {} left after taking it back: {left:#?}",
        changed.len(),
        left.len()
    );
    for change in expected {
        assert!(
            changed.iter().any(|line| line.contains(change)),
            "{upn}: {change} was not changed: {changed:#?}"
        );
    }
    assert_eq!(left, Vec::<String>::new(), "{upn}, {policy}:\n{}", report.to_text());
    for step in &report.steps {
        assert!(
            matches!(step.outcome, Outcome::Done | Outcome::Already),
            "{upn}: {} is {:?}: {}",
            step.id,
            step.outcome,
            step.detail
        );
    }
}

/// Somebody has left a group, and the second half of that is refused: licensing takes its time and does it all the same, and what
/// was before the first half is not forgotten.
#[test]
fn whoever_has_half_left_a_group_comes_back_into_it() {
    let forward = Scene::forward("raul@contoso.com", "shared");
    let before = truth(&forward);
    let second_half = Matcher::graph(&http::Method::POST, "/users/*/reprocessLicenseAssignment");
    forward.tenant.faults().always(second_half, Fault::status(400));
    let half = forward.after_a_while(Period::minutes(5));
    assert_eq!(outcome(&half.report(), "leave_licensing_group"), Outcome::Done);
    half.tenant.faults().clear();
    let back = half.taken_back(|_| true);
    back.carry_on("the one who takes it back");
    let ending = Ending::of(&back, "half left, taken back");
    assert_eq!(differences(&before, &ending.world), Vec::<String>::new(), "{}", ending.report.to_text());
}

#[test]
fn block_type_access_replies_and_licenses_with_their_disabled_plans() {
    exact(
        "alex@contoso.com",
        "shared",
        &[
            "account_enabled",
            "account_disabled",
            "recipient_type",
            "permissions",
            "auto_reply",
            "direct_licenses",
        ],
    );
}

#[test]
fn forwarding_inside_with_its_copy_and_outside_without() {
    exact("patti@contoso.com", "shared", &["forwarding_address", "account_enabled"]);
    // What he had set up is stopped, ours begins, and both are taken back in their order.
    exact("pradeep@contoso.com", "forward", &["forwarding_address", "forwarding_smtp_address"]);
    exact("pradeep@contoso.com", "containment", &["forwarding_smtp_address", "account_disabled"]);
}

#[test]
fn rules_on_the_server_the_hidden_one_by_the_identity_that_was_read() {
    exact("irvin@contoso.com", "shared", &["rules[0]/enabled", "rules[1]/enabled"]);
}

/// What lived in Outlook only is gone with the first change on the server: the plan says so beforehand, and nothing else
/// is missing afterwards.
#[test]
fn what_only_outlook_knew_is_named_and_everything_else_comes_back() {
    let (changed, left, report) = there_and_back("zoe@contoso.com", "shared");
    println!("zoe: {} changed, left: {left:#?}", changed.len());
    assert!(changed.iter().any(|line| line.contains("auto_reply")), "{changed:#?}");
    assert!(left.len() == 1 && left[0].contains("/rules"), "{left:#?}\n{}", report.to_text());
    let said = report.residual_risks.iter().any(|risk| risk.what.contains("stop_forwarding"));
    assert!(said, "{:#?}", report.residual_risks);
}

/// The first hour: somebody was cut off, and he was the wrong one.
#[test]
fn the_wrong_person_noticed_after_five_minutes() {
    for upn in ["adele@contoso.com", "patti@contoso.com", "o'neill@contoso.com"] {
        let forward = Scene::forward(upn, "containment");
        let before = truth(&forward);
        let later = forward.after_a_while(Period::minutes(5));
        let engine = later.engine("the planner");
        let clock = later.tenant.clock();
        let plan = clock.block_on(engine.undo_plan(&later.run(), "ada@contoso.com")).unwrap();
        let began = clock.block_on(async { engine.host().clock.now() });
        // Whoever pulled the emergency brake may let it go: nobody else has to be found first.
        let approval =
            engine.approve(&plan.to_bytes(), "ada@contoso.com", None, Vec::new(), false).unwrap().to_bytes();
        let approved = engine.approved(&plan.to_bytes(), &approval).unwrap();
        let (run, _) = clock
            .block_on(engine.apply(approved, later.policy.bytes(), true, Drive::until(Until::Sent)))
            .unwrap();
        let report = clock.block_on(engine.report(&run)).unwrap();
        report_is_true(&later.tenant, &report, upn);
        assert_eq!(report.exit(), Exit::Done, "{}", report.to_text());
        let took = engine.host().clock.now().since(began);
        assert!(took <= Period::minutes(1), "{upn}: {took}");
        assert_eq!(differences(&before, &truth(&later)), Vec::<String>::new(), "{upn}");
        hold_wire(&later.tenant, upn);
        // What cannot be given back is said.
        let said = |word: &str| plan.residual_risks.iter().any(|risk| risk.what.contains(word));
        assert!(said("reset_password") && said("revoke_sign_in_sessions"), "{:#?}", plan.residual_risks);
        println!("{upn}: access given back within {took}");
    }
}

/// Something that somebody else changes after the run, and the operation it belongs to.
struct Foreign {
    upn: &'static str,
    operation: &'static str,
    change: fn(&mut World, &str),
    stays: fn(&World, &str) -> bool,
}

fn mailbox<'a>(world: &'a mut World, upn: &str) -> &'a mut Mailbox {
    let owner = world.user_by_upn(upn).unwrap().id;
    world.mailbox_of_mut(&owner).unwrap()
}

fn look<'a>(world: &'a World, upn: &str) -> &'a Mailbox {
    world.mailbox_of(&world.user_by_upn(upn).unwrap().id).unwrap()
}

const E3: &str = "ENTERPRISEPACK";

fn sku(world: &World, name: &str) -> offboard::core::id::SkuId {
    world.skus.iter().find(|(_, sku)| sku.part_number == name).map(|(id, _)| *id).unwrap()
}

const FOREIGN: &[Foreign] = &[
    Foreign {
        upn: "patti@contoso.com",
        operation: "stop_forwarding",
        change: |world, upn| {
            mailbox(world, upn).forwarding_smtp_address = Some("elsewhere@fabrikam.example".to_owned());
        },
        stays: |world, upn| {
            look(world, upn).forwarding_smtp_address.as_deref() == Some("elsewhere@fabrikam.example")
        },
    },
    Foreign {
        upn: "alex@contoso.com",
        operation: "set_automatic_replies",
        change: |world, upn| "Ask Megan.".clone_into(&mut mailbox(world, upn).auto_reply.internal_message),
        stays: |world, upn| look(world, upn).auto_reply.internal_message == "Ask Megan.",
    },
    Foreign {
        upn: "alex@contoso.com",
        operation: "convert_to_shared",
        change: |world, upn| mailbox(world, upn).recipient_type = RecipientType::RoomMailbox,
        stays: |world, upn| look(world, upn).recipient_type == RecipientType::RoomMailbox,
    },
    Foreign {
        upn: "alex@contoso.com",
        operation: "remove_licenses",
        change: |world, upn| {
            let (id, sku) = (world.user_by_upn(upn).unwrap().id, sku(world, E3));
            let updated = world.now;
            let plans = world.skus.get(&sku).unwrap().plans.iter().map(|plan| plan.id).take(1).collect();
            let license = offboard_sim::world::DirectLicense { disabled_plans: plans, updated };
            world.users.get_mut(&id).unwrap().direct_licenses.insert(sku, license);
            world.licenses_changed(&id);
        },
        stays: |world, upn| {
            let user = world.user_by_upn(upn).unwrap();
            let plan = world.skus.get(&sku(world, E3)).unwrap().plans[0].id;
            user.direct_licenses
                .get(&sku(world, E3))
                .is_some_and(|license| license.disabled_plans == [plan].into())
        },
    },
];

#[test]
fn what_others_changed_since_stays_unless_exactly_that_is_waived() {
    for foreign in FOREIGN {
        let what = format!("{} of {}", foreign.operation, foreign.upn);
        let forward = Scene::forward(foreign.upn, "shared");
        let before = truth(&forward);
        let run = forward.after_a_while(Period::minutes(5));
        run.tenant.world(|world| (foreign.change)(world, foreign.upn));
        run.tenant.clock().advance(Period::minutes(5));

        let kept = run.taken_back(|finding| finding.code != DRIFT);
        let plan = kept.approved.plan();
        let found: Vec<_> = plan.findings.iter().filter(|finding| finding.code == DRIFT).collect();
        assert!(
            !found.is_empty()
                && found.iter().all(|f| f.step.as_ref().is_some_and(|id| id.as_str() == foreign.operation)),
            "{what}: {found:#?}"
        );
        let ending = carried(&kept, &what);
        assert!((foreign.stays)(&ending.world, foreign.upn), "{what} was overwritten");
        assert_eq!(outcome(&ending.report, foreign.operation), Outcome::Blocked, "{what}");
        assert_eq!(ending.report.exit(), Exit::Drift, "{what}");
        assert_eq!(
            outcome(&ending.report, "block_exchange_account"),
            Outcome::Done,
            "{what}: the rest is taken back"
        );

        let set_back = run.taken_back(|_| true);
        assert!(set_back.approved.plan().steps.iter().any(|step| matches!(step.action, Action::Change {})));
        // The judge holds that what others changed stays, and knows of no waiver: here the truth alone is asked.
        set_back.carry_on("the one who takes it back");
        let (report, world) = (set_back.report(), truth(&set_back));
        assert_eq!(outcome(&report, foreign.operation), Outcome::Done, "{what}\n{}", report.to_text());
        assert_eq!(differences(&before, &world), Vec::<String>::new(), "{what}: waived, and not set back");
    }
}

fn carried(scene: &Scene, what: &str) -> Ending {
    scene.carry_on("the one who takes it back");
    Ending::of(scene, what)
}

/// The run died somewhere, and nobody resumes it: it is taken back right away, and nothing of it comes again later.
#[test]
fn a_run_that_died_is_taken_back_and_does_not_rise_again() {
    for policy in ["containment", "shared"] {
        let scene = Scene::forward("patti@contoso.com", policy);
        let before = truth(&scene);
        let mut nth = 1;
        while let Some(dead) = scene.dead_after_append(nth) {
            let what = format!("{policy}, dead after append {nth}, taken back");
            dead.tenant.clock().advance(crate::crashing::LEASE_HAS_ENDED);
            let back = dead.taken_back(|_| true);
            back.carry_on("the one who takes it back");
            // Whatever is due is looked at for hours: reading back may go on, writing may not.
            let writes = back.tenant.recorder().mutating().len();
            for _ in 0..12 {
                back.tenant.clock().advance(Period::minutes(30));
                back.resume_whatever_is_due("the clockwork");
            }
            let again = back.tenant.recorder().mutating().split_off(writes);
            assert!(again.is_empty(), "{what}: written again: {again:#?}");
            let left = differences(&before, &truth(&back));
            assert_eq!(left, Vec::<String>::new(), "{what}\n{}", back.report().to_text());
            report_is_true(&back.tenant, &back.report(), &what);
            hold_wire(&back.tenant, &what);
            nth += 3;
        }
        println!("{policy}: taken back after {} deaths", nth / 3);
    }
}

/// What stops an undo whose run went on after its plan was made: the steps that the run has written to since.
fn overtaken(result: Result<(offboard::RunId, offboard::Ended), offboard::Error>) -> Vec<String> {
    let refused = result.map(|_| ()).unwrap_err();
    let ErrorKind::Overtaken { steps, .. } = refused.kind() else { panic!("{refused}") };
    assert_eq!(refused.rule(), Some(("UNDO", "P13")));
    assert!(refused.hint().is_some_and(|hint| hint.contains("offboard undo")));
    steps.iter().map(ToString::to_string).collect()
}

#[test]
fn what_a_run_wrote_after_the_plan_of_its_undo_was_made_is_not_left_behind() {
    let scene = Scene::forward("alex@contoso.com", "shared");
    let before = truth(&scene);
    let clock = scene.tenant.clock();
    let engine = scene.engine("the first process");
    clock.block_on(scene.apply(&engine, Drive::until(Until::Contained))).unwrap();
    // The plan of the undo is made while only his access is cut; then the run goes on.
    let early = scene.taken_back(|_| true);
    early.carry_run_on(&scene.run());
    let written = early.tenant.recorder().mutating().len();
    let undoing = early.engine("the one who takes it back");
    let clock = early.tenant.clock();
    let steps = overtaken(clock.block_on(early.apply(&undoing, Drive::until(Until::Done))));
    assert!(steps.contains(&"convert_to_shared".to_owned()), "{steps:?}");
    assert!(!steps.contains(&"block_sign_in".to_owned()), "{steps:?}");
    assert_eq!(early.tenant.recorder().mutating().len(), written, "refused, and something was written");
    let runs = clock.block_on(undoing.journal().runs(None)).unwrap();
    assert_eq!(runs.len(), 1, "and no run was begun: {runs:#?}");

    // Made again it takes everything back.
    let again = early.about(&scene).undo();
    again.carry_on("the one who takes it back");
    let ending = Ending::of(&again, "planned again");
    assert_eq!(differences(&before, &ending.world), Vec::<String>::new());
}

/// Reading back writes nothing: a plan that was made before the last reading is as good afterwards.
#[test]
fn reading_back_does_not_overtake_an_undo() {
    let scene = Scene::forward("alex@contoso.com", "containment");
    let before = truth(&scene);
    let engine = scene.engine("the first process");
    scene.tenant.clock().block_on(scene.apply(&engine, Drive::until(Until::Contained))).unwrap();
    let early = scene.taken_back(|_| true);
    let entries = || early.tenant.clock().block_on(early.journal.read(&scene.run(), 0)).unwrap().len();
    let then = entries();
    early.carry_run_on(&scene.run());
    assert!(entries() > then, "the run was read back");
    early.carry_on("the one who takes it back");
    let ending = Ending::of(&early, "read back in between");
    assert_eq!(differences(&before, &ending.world), Vec::<String>::new());
}

/// Between the last look at the run and taking its place, the run writes once more.
#[test]
fn a_run_that_writes_while_it_is_superseded_is_noticed() {
    let scene = Scene::forward("alex@contoso.com", "shared");
    let engine = scene.engine("the first process");
    scene.tenant.clock().block_on(scene.apply(&engine, Drive::until(Until::Contained))).unwrap();
    let back = scene.taken_back(|_| true);
    let clock = back.tenant.clock();
    let step = StepId::new("convert_to_shared");
    let habit = Hasty { run: scene.run(), step: step.clone() };
    let hasty = Around { inner: back.journal.clone(), habit };
    let undoing = back.engine_on(std::sync::Arc::new(hasty), "the one who takes it back");
    let written = back.tenant.recorder().mutating().len();
    let steps = overtaken(clock.block_on(back.apply(&undoing, Drive::until(Until::Done))));
    assert_eq!(steps, [step.to_string()]);
    assert_eq!(back.tenant.recorder().mutating().len(), written, "refused, and something was written");
    // Neither the run nor its undo goes on by itself, and a new plan takes the place of both.
    let open = clock.block_on(undoing.journal().runs(None)).unwrap();
    assert!(
        open.iter().all(|run| run.run == scene.run() || run.status == RunStatus::Closed),
        "the undo that must not begin has ended: {open:#?}"
    );
    assert!(clock.block_on(undoing.resume(&back.run(), Drive::until(Until::Done))).is_ok());
    assert_eq!(back.tenant.recorder().mutating().len(), written, "an ended run writes nothing");
}
