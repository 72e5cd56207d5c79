//! Phones from the plan to the report: wiped where they come, kept out where they do not, and never reset.

use crate::common::Lab;
use crate::common::single::{stopping, waivers};
use offboard::core::policy::shipped;
use offboard::{Catalog, Drive, Exit, Outcome, Plan, Policy, Report, Until};
use offboard_sim::world::MobileDevice;
use offboard_sim::{Fault, Matcher, World};

/// A shipped policy that wipes phones and waits two days for them.
fn wiping(name: &str) -> Policy {
    let text = shipped().iter().find(|policy| policy.name == name).unwrap().text;
    let text = format!("{text}\n[devices]\nmobile = \"wipe_and_block\"\nwait = \"P2D\"\n");
    Policy::parse(text.as_bytes(), name, &Catalog::builtin()).unwrap()
}

/// The same for somebody who is not locked out before his phone has come.
fn before_the_last_day() -> Policy {
    let text = shipped().iter().find(|policy| policy.name == "containment").unwrap().text;
    let mut text = format!("{text}\n[devices]\nmobile = \"wipe_and_block\"\n");
    for done in ["\"block\" ", "\"reset\" ", "\"revoke\" ", "\"stop\" "] {
        text = text.replace(done, "\"keep\" ");
    }
    Policy::parse(text.as_bytes(), "before", &Catalog::builtin()).unwrap()
}

fn phones(world: &World, upn: &str) -> Vec<MobileDevice> {
    world.mailbox_of(&world.user_by_upn(upn).unwrap().id).unwrap().mobile_devices.clone()
}

fn outcomes(report: &Report, operation: &str) -> Vec<Outcome> {
    report.steps.iter().filter(|step| step.operation == operation).map(|step| step.outcome).collect()
}

async fn planned(lab: &Lab, policy: &Policy, upn: &str) -> Plan {
    lab.plan(policy, upn, None).await.unwrap().plan
}

async fn carried(lab: &Lab, policy: &Policy, plan: &Plan) -> Report {
    let how = Drive::until(Until::Done);
    let (run, _) = lab.apply_with(plan, policy, waivers(plan), how).await.unwrap();
    let report = lab.report(&run).await.unwrap();
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    report
}

#[test]
fn a_phone_that_never_comes_lapses_and_is_kept_out_all_the_same() {
    let lab = Lab::contoso(3);
    let (policy, upn) = (wiping("containment"), "johanna@contoso.com");
    lab.block_on(async {
        let plan = planned(&lab, &policy, upn).await;
        let said = |code: &str| plan.findings.iter().filter(|finding| finding.code == code).count();
        assert_eq!((said("G38"), said("G41")), (1, 1), "one is too old to be wiped, the other is locked out");
        let report = carried(&lab, &policy, &plan).await;
        assert_eq!(outcomes(&report, "wipe_mobile_device"), [Outcome::Lapsed], "{}", report.to_text());
        assert_eq!(outcomes(&report, "block_mobile_device"), [Outcome::Done, Outcome::Done]);
        assert_ne!(report.exit(), Exit::Done, "what is on the phone is still there");
    });
    lab.tenant.world(|world| {
        let blocked =
            &world.mailbox_of(&world.user_by_upn(upn).unwrap().id).unwrap().active_sync_blocked_device_ids;
        for phone in phones(world, upn) {
            assert!(blocked.contains(&phone.device_id) && !phone.reset, "{phone:?}");
        }
    });
}

/// What was never asked of a phone cannot lapse: a person hears of it.
#[test]
fn a_wipe_that_never_left_does_not_lapse() {
    let lab = Lab::contoso(3);
    let (policy, upn) = (wiping("containment"), "johanna@contoso.com");
    lab.tenant.faults().always(Matcher::cmdlet("Clear-MobileDevice"), Fault::ResetBefore);
    lab.block_on(async {
        let plan = planned(&lab, &policy, upn).await;
        let report = carried(&lab, &policy, &plan).await;
        assert_eq!(outcomes(&report, "wipe_mobile_device"), [Outcome::Unknown], "{}", report.to_text());
    });
    assert!(lab.tenant.world(|world| phones(world, upn)).iter().all(|phone| phone.wipe.is_none()));
}

#[test]
fn a_phone_that_comes_drops_its_account_first_and_is_kept_out_then() {
    let lab = Lab::contoso(3);
    let (policy, upn) = (before_the_last_day(), "adele@contoso.com");
    lab.block_on(async {
        let plan = planned(&lab, &policy, upn).await;
        assert!(plan.findings.iter().all(|finding| finding.code != "G41"), "nobody is locked out");
        let report = carried(&lab, &policy, &plan).await;
        assert_eq!(outcomes(&report, "wipe_mobile_device"), [Outcome::Done; 2], "{}", report.to_text());
        assert_eq!(outcomes(&report, "block_mobile_device"), [Outcome::Done; 2]);
    });
    lab.tenant.world(|world| {
        for phone in phones(world, upn) {
            assert!(phone.wipe.unwrap().acknowledged.is_some() && !phone.reset);
        }
    });
}

/// The same cmdlet would reset the whole phone, had its owner changed the app since the plan was made.
#[test]
fn a_client_that_changed_since_the_plan_is_not_wiped() {
    let lab = Lab::contoso(3);
    let (policy, upn) = (before_the_last_day(), "adele@contoso.com");
    lab.block_on(async {
        let plan = planned(&lab, &policy, upn).await;
        lab.tenant.world(|world| {
            let id = world.user_by_upn(upn).unwrap().id;
            let outlook = &mut world.mailbox_of_mut(&id).unwrap().mobile_devices[0];
            assert!(outlook.is_outlook());
            "iPhone".clone_into(&mut outlook.device_type);
            "EAS".clone_into(&mut outlook.client_type);
            "14.1".clone_into(&mut outlook.client_version);
        });
        let report = carried(&lab, &policy, &plan).await;
        let wipes = outcomes(&report, "wipe_mobile_device");
        assert_eq!(wipes.iter().filter(|outcome| **outcome == Outcome::Blocked).count(), 1, "{wipes:?}");
        assert_eq!(wipes.iter().filter(|outcome| **outcome == Outcome::Done).count(), 1, "{wipes:?}");
    });
    assert!(lab.tenant.world(|world| phones(world, upn)).iter().all(|phone| !phone.reset));
    assert_eq!(lab.tenant.world(|world| phones(world, upn)[0].wipe.clone()), None);
}

#[test]
fn a_shelf_of_tablets_is_looked_at_by_a_person() {
    let lab = Lab::contoso(3);
    lab.block_on(async {
        let plan = planned(&lab, &wiping("containment"), "frank@contoso.com").await;
        let many = stopping(&plan).into_iter().filter(|finding| finding.code == "G54");
        assert_eq!(many.count(), 12, "six to wipe, and six to keep out");
    });
}
