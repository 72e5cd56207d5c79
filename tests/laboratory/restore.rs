//! Restoring whoever was deleted, by us or by others: only what is named without doubt, only within its time, not past what
//! others have taken since, and done only when it was seen.

use crate::common::Lab;
use http::Method;
use offboard::core::engine::restore::{POLICY, Request};
use offboard::core::model::deletion::Return;
use offboard::core::operation::Severity;
use offboard::core::time::Period;
use offboard::{Drive, Error, ErrorKind, Outcome, Plan, Report, Selector, Until, UserId, Waiver};
use offboard_sim::{Fault, Matcher, Tenant};

const ALEX: &str = "alex@contoso.com";

/// Somebody else deletes these people in the admin center.
fn deleted(people: &[&str]) -> Lab {
    let tenant = Tenant::contoso(1);
    for upn in people {
        let id = tenant.user_id(upn).unwrap();
        tenant.world(|world| assert!(world.delete_user(&id)));
    }
    later(&tenant);
    Lab::on(tenant)
}

/// When every replica knows it.
fn later(tenant: &Tenant) {
    tenant.clock().advance(Period::minutes(10));
}

fn named(text: &str) -> Selector {
    if text.contains('@') {
        Selector::UserPrincipalName(text.to_owned())
    } else {
        Selector::Text(text.to_owned())
    }
}

fn plan_as(lab: &Lab, who: Selector, back: Return) -> Result<Plan, Error> {
    let request = Request { who, back, made_by: "ada@contoso.com".to_owned() };
    lab.block_on(lab.engine.restore_plan(&request))
}

fn plan(lab: &Lab, who: &str) -> Result<Plan, Error> {
    plan_as(lab, named(who), Return::default())
}

fn apply(lab: &Lab, plan: &Plan, waivers: Vec<Waiver>) -> Result<Report, Error> {
    let bytes = plan.to_bytes();
    let approval = lab.engine.approve(&bytes, "grace@contoso.com", None, waivers, false)?.to_bytes();
    let approved = lab.engine.approved(&bytes, &approval)?;
    let how = Drive::until(Until::Done);
    let (run, _) = lab.block_on(lab.engine.apply(approved, POLICY, true, how))?;
    let report = lab.block_on(lab.report(&run))?;
    assert_eq!(lab.contradictions(&report), Vec::<String>::new(), "{}", report.to_text());
    Ok(report)
}

fn outcome(report: &Report) -> Outcome {
    assert_eq!(report.steps.len(), 1);
    report.steps[0].outcome
}

/// What speaks against it, with more than a warning first.
fn keys(plan: &Plan) -> Vec<(Severity, String)> {
    plan.findings
        .iter()
        .map(|finding| (finding.severity, format!("{} {}", finding.code, finding.key)))
        .filter(|(_, key)| !key.starts_with("G28 not_pinned"))
        .collect()
}

fn restores(lab: &Lab) -> usize {
    let rows = lab.tenant.recorder().mutating();
    rows.iter().filter(|row| row.path.ends_with("/restore")).count()
}

#[test]
fn whom_others_deleted_comes_back_and_is_seen() {
    for who in [ALEX, "Alex Wilber"] {
        let lab = deleted(&[ALEX]);
        let id = lab.tenant.world(|world| world.deleted_users.values().next().unwrap().user.id);
        let plan = plan(&lab, who).unwrap();
        assert_eq!((plan.leaver.id, plan.leaver.user_principal_name.as_str()), (id, ALEX));
        assert_eq!((plan.steps[0].title.as_str(), keys(&plan)), ("Restore the account", vec![]));
        assert!(plan.deadlines[0].at.since(plan.made_at) > Period::days(29));
        assert!(plan.residual_risks.iter().any(|risk| risk.what.contains("was enabled when it was deleted")));
        let report = apply(&lab, &plan, Vec::new()).unwrap();
        assert_eq!((outcome(&report), report.exit().code()), (Outcome::Done, 0), "{}", report.to_text());
        assert_eq!(lab.tenant.user_id(ALEX), Some(id));
        assert_eq!(restores(&lab), 1);
    }
}

#[test]
fn whoever_was_blocked_comes_back_blocked_and_the_plan_says_so() {
    let tenant = Tenant::contoso(1);
    let id = tenant.user_id(ALEX).unwrap();
    tenant.world(|world| {
        world.users.get_mut(&id).unwrap().account_enabled = false;
        assert!(world.delete_user(&id));
    });
    later(&tenant);
    let lab = Lab::on(tenant);
    let plan = plan(&lab, ALEX).unwrap();
    assert!(plan.residual_risks.iter().any(|risk| risk.what.contains("was blocked when it was deleted")));
    assert_eq!(outcome(&apply(&lab, &plan, Vec::new()).unwrap()), Outcome::Done);
    assert!(!lab.tenant.world(|world| world.users.get(&id).unwrap().account_enabled));
}

#[test]
fn only_one_who_is_deleted_and_meant_is_restored() {
    let lab = deleted(&["megan@contoso.com"]);
    assert!(matches!(plan(&lab, ALEX).unwrap_err().kind(), ErrorKind::Leaver(_)), "he is not deleted");
    assert!(plan(&lab, "megan@contoso.com").is_ok());

    let tenant = Tenant::contoso(1);
    let ids: Vec<UserId> =
        [ALEX, "megan@contoso.com"].iter().map(|upn| tenant.user_id(upn).unwrap()).collect();
    tenant.world(|world| {
        for id in &ids {
            "Kim Doe".clone_into(&mut world.users.get_mut(id).unwrap().display_name);
            assert!(world.delete_user(id));
        }
    });
    later(&tenant);
    let lab = Lab::on(tenant);
    let error = plan(&lab, "kim doe").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Ambiguous(_)), "{error}");
    assert!(ids.iter().all(|id| error.to_string().contains(&id.to_string())), "{error}");
    for id in ids {
        assert_eq!(plan_as(&lab, Selector::Id(id), Return::default()).unwrap().leaver.id, id);
    }
    let all = lab.block_on(lab.engine.deleted_users()).unwrap();
    assert_eq!(all.len(), 2);
}

#[test]
fn what_looks_like_a_name_may_be_a_mail_address() {
    let tenant = Tenant::contoso(1);
    let id = tenant.user_id(ALEX).unwrap();
    tenant.world(|world| {
        world.users.get_mut(&id).unwrap().mail = Some("a.wilber@contoso.com".to_owned());
        assert!(world.delete_user(&id));
    });
    later(&tenant);
    let lab = Lab::on(tenant);
    assert_eq!(plan(&lab, "A.Wilber@contoso.com").unwrap().leaver.id, id);
    assert_eq!(plan(&lab, "Alex@Contoso.com").unwrap().leaver.id, id);
}

#[test]
fn after_thirty_days_nobody_is_there() {
    let lab = deleted(&[ALEX]);
    lab.tenant.clock().advance(Period::days(29));
    assert!(plan(&lab, ALEX).is_ok());
    lab.tenant.clock().advance(Period::days(2));
    assert!(matches!(plan(&lab, ALEX).unwrap_err().kind(), ErrorKind::Leaver(_)));
}

#[test]
fn a_name_that_another_has_is_not_taken_from_him() {
    let lab = deleted(&[ALEX]);
    lab.tenant.world(|world| {
        let megan = world.user_by_upn("megan@contoso.com").unwrap().id;
        ALEX.clone_into(&mut world.users.get_mut(&megan).unwrap().user_principal_name);
    });
    later(&lab.tenant);
    let id = lab.tenant.world(|world| world.deleted_users.values().next().unwrap().user.id);
    let plain = plan(&lab, ALEX).unwrap();
    assert_eq!(keys(&plain), [(Severity::Block, format!("G35 user_principal_name:{ALEX}"))]);
    assert!(matches!(apply(&lab, &plain, Vec::new()).unwrap_err().kind(), ErrorKind::Approval(_)));

    let back =
        |name: &str| Return { user_principal_name: Some(name.to_owned()), without_taken_addresses: false };
    let taken = plan_as(&lab, Selector::Id(id), back("nestor@contoso.com")).unwrap_err();
    assert!(taken.to_string().contains("Nestor"), "{taken}");
    assert!(plan_as(&lab, Selector::Id(id), back("nobody")).unwrap_err().to_string().contains("nobody"));
    let other = plan_as(&lab, Selector::Id(id), back("alex.wilber@contoso.com")).unwrap();
    assert_eq!(keys(&other), []);
    assert_eq!(other.steps[0].title, "Restore the account as alex.wilber@contoso.com");
    assert_eq!(outcome(&apply(&lab, &other, Vec::new()).unwrap()), Outcome::Done);
    assert_eq!(lab.tenant.user_id("alex.wilber@contoso.com"), Some(id));
    assert_eq!(restores(&lab), 1);
}

#[test]
fn an_address_that_another_has_stays_with_him() {
    let lab = deleted(&[ALEX]);
    lab.tenant.world(|world| {
        let megan = world.user_by_upn("megan@contoso.com").unwrap().id;
        world.users.get_mut(&megan).unwrap().proxy_addresses.push(format!("smtp:{ALEX}"));
    });
    later(&lab.tenant);
    let plain = plan(&lab, ALEX).unwrap();
    assert_eq!(keys(&plain), [(Severity::Block, format!("G35 proxy_address:{ALEX}"))]);
    assert!(apply(&lab, &plain, Vec::new()).is_err());
    let back = Return { user_principal_name: None, without_taken_addresses: true };
    let without = plan_as(&lab, named(ALEX), back).unwrap();
    assert_eq!(keys(&without), [(Severity::Warn, format!("G35 proxy_address:{ALEX}"))]);
    assert_eq!(outcome(&apply(&lab, &without, Vec::new()).unwrap()), Outcome::Done);
    let id = lab.tenant.user_id(ALEX).unwrap();
    let kept = lab.tenant.world(|world| world.users.get(&id).unwrap().proxy_addresses.clone());
    assert!(!kept.iter().any(|address| address.to_ascii_lowercase().ends_with(ALEX)), "{kept:?}");
}

#[test]
fn what_active_directory_owns_is_restored_there() {
    let lab = deleted(&["diego@contoso.com"]);
    let plan = plan(&lab, "diego@contoso.com").unwrap();
    assert!(keys(&plan).contains(&(Severity::Never, "G35 active_directory".to_owned())), "{:?}", keys(&plan));
    assert!(apply(&lab, &plan, Vec::new()).is_err());
    assert_eq!(restores(&lab), 0);
}

#[test]
fn done_is_only_what_was_seen() {
    let restore = || Matcher::graph(&Method::POST, "/directory/deletedItems/*/restore");
    for (fault, is, there) in [
        (Fault::NothingHappens, Outcome::Unknown, false),
        (Fault::DropAnswer, Outcome::Done, true),
        (Fault::Later(Period::minutes(20)), Outcome::Done, true),
        (Fault::status(409), Outcome::Failed, false),
    ] {
        let lab = deleted(&[ALEX]);
        lab.tenant.faults().always(restore(), fault.clone());
        let report = apply(&lab, &plan(&lab, ALEX).unwrap(), Vec::new()).unwrap();
        assert_eq!(outcome(&report), is, "{}: {}", fault.name(), report.to_text());
        assert_eq!(lab.tenant.user_id(ALEX).is_some(), there, "{}", fault.name());
        assert_eq!(restores(&lab), 1, "{} is sent once", fault.name());
    }
}

#[test]
fn restoring_is_not_undone_by_deleting() {
    let lab = deleted(&[ALEX]);
    let report = apply(&lab, &plan(&lab, ALEX).unwrap(), Vec::new()).unwrap();
    let back = lab.block_on(lab.engine.undo_plan(&report.run, "ada@contoso.com")).unwrap();
    assert!(
        keys(&back).iter().any(|(severity, key)| *severity == Severity::Never && key.ends_with("restored"))
    );
    assert!(apply(&lab, &back, Vec::new()).is_err());
    assert!(lab.tenant.user_id(ALEX).is_some());
}
