//! What happened between the plan and the run, and what else runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use offboard::core::error::ErrorKind;
use offboard::core::journal::JournalError;
use offboard::core::operation::{Finding, Severity};
use offboard::core::plan::ApprovalError;
use offboard::core::tenant::TenantProfile;
use offboard::{Drive, Engine, Error, Exit, MemoryJournal, Outcome, Plan, Policy, Report, Until};
use offboard_sim::world::{LitigationHold, World};

use super::lines;
use super::stage::{
    SUCCESSOR, carried, lab, licenses_removed, nothing_was_written, settle, went_through, without,
};
use crate::common::{Lab, engine_on, policy};

/// A plan of `shared`, what happens meanwhile, and the run.
fn overtaken(upn: &str, lab: &Lab, engine: &Engine, meanwhile: fn(&mut World)) -> Report {
    let shared = policy("shared");
    lab.block_on(async {
        let plan = lab.plan(&shared, upn, Some(SUCCESSOR)).await.unwrap().plan;
        let approval = lab.approve(&plan, Vec::new()).to_bytes();
        let approved = engine.approved(&plan.to_bytes(), &approval).unwrap();
        lab.tenant.world(meanwhile);
        settle(lab);
        let how = Drive::until(Until::Done);
        let (run, _) = engine.apply(approved, shared.bytes(), false, how).await.unwrap();
        lab.report(&run).await.unwrap()
    })
}

#[test]
fn somebody_who_was_deleted_and_made_anew_is_not_the_same() {
    let lab_of_two = lab(&[]);
    let anew: fn(&mut World) = |world| lines::recreate(world, "alex@contoso.com");
    let report = overtaken("alex@contoso.com", &lab_of_two, &lab_of_two.engine, anew);
    for step in &report.steps {
        // What no other step leads to any more was never begun.
        assert!(
            [Outcome::Blocked, Outcome::NotStarted].contains(&step.outcome),
            "{}: {:?} {:?} {}",
            step.id,
            step.outcome,
            step.failure,
            step.detail
        );
    }
    let found: Vec<&Finding> = report
        .steps
        .iter()
        .filter(|step| step.outcome == Outcome::Blocked)
        .flat_map(|step| step.findings.iter().filter(|finding| finding.severity == Severity::Never))
        .collect();
    let fits = |f: &&Finding| f.code == "G28" && f.requirement == "R70" && f.message.contains("is gone");
    assert!(!found.is_empty() && found.iter().all(fits), "{found:#?}");
    assert!(found.iter().all(|finding| finding.hint.contains("new plan")));
    assert_eq!(report.exit(), Exit::Refused);
    assert_eq!(lab_of_two.contradictions(&report), Vec::<String>::new());
    nothing_was_written(&lab_of_two, "made anew");

    // He who is the same and is called otherwise now is the same.
    let lab = lab(&[]);
    let renamed: fn(&mut World) = |world| {
        let alex = lines::user(world, "alex@contoso.com");
        "Alex Bowen".clone_into(&mut alex.display_name);
    };
    let report = overtaken("alex@contoso.com", &lab, &lab.engine, renamed);
    went_through(&lab, &report, "renamed");
}

#[test]
fn an_approval_is_for_one_plan() {
    let lab = lab(&[]);
    let containment = policy("containment");
    let report = lab.block_on(async {
        let one = lab.plan(&containment, "alex@contoso.com", None).await.unwrap().plan;
        let other = lab.plan(&containment, "adele@contoso.com", None).await.unwrap().plan;
        let approval = lab.approve(&other, Vec::new()).to_bytes();
        let refused = lab.engine.approved(&one.to_bytes(), &approval).map(|_| ()).unwrap_err();
        let ErrorKind::Approval(ApprovalError::OtherPlan { approved, plan }) = refused.kind() else {
            panic!("{refused}")
        };
        let text = refused.to_string();
        assert!(
            text.contains(approved.as_str()) && text.contains(plan.as_str()) && approved != plan,
            "{text}"
        );
        assert_eq!(refused.rule(), Some(("APPROVAL", "P29")));
        assert!(refused.hint().is_some_and(|hint| hint.contains("approve exactly the plan")));
        nothing_was_written(&lab, "for another plan");

        let (run, _) = lab.apply(&one, &containment, Until::Sent).await.unwrap();
        lab.report(&run).await.unwrap()
    });
    went_through(&lab, &report, "for this plan");
}

#[test]
fn an_approval_is_used_once() {
    let lab = lab(&[]);
    let containment = policy("containment");
    lab.block_on(async {
        let plan = lab.plan(&containment, "alex@contoso.com", None).await.unwrap().plan;
        let approval = lab.approve(&plan, Vec::new()).to_bytes();
        let approved = lab.engine.approved(&plan.to_bytes(), &approval).unwrap();
        let how = || Drive::until(Until::Done);
        let apply = |supersede| lab.engine.apply(approved.clone(), containment.bytes(), supersede, how());
        let (first, _) = apply(false).await.unwrap();
        let written = lab.tenant.recorder().mutating().len();
        // Somebody undoes by hand what the run did: the approval of that day does not do it again.
        lab.tenant.world(|world| lines::user(world, "alex@contoso.com").account_enabled = true);
        settle(&lab);
        for supersede in [false, true] {
            let (again, _) = apply(supersede).await.unwrap();
            assert_eq!(again, first, "the same approval is the same run");
        }
        assert_eq!(lab.tenant.recorder().mutating().len(), written, "the run is over, and writes nothing");
        assert_eq!(lab.journal.runs(None).await.unwrap().len(), 1);
        // A new approval of the same plan is a decision of its own, and another run.
        let anew = lab.approve(&plan, Vec::new()).to_bytes();
        let anew = lab.engine.approved(&plan.to_bytes(), &anew).unwrap();
        assert_ne!(anew.run_id(), first);
    });
}

#[test]
fn whom_the_organisation_protects_by_now_is_not_touched() {
    let containment = policy("containment");
    let carried = |protects: &str| {
        let lab = lab(&[]);
        let outcome = lab.block_on(async {
            let plan = lab.plan(&containment, "alex@contoso.com", None).await.unwrap().plan;
            let approval = lab.approve(&plan, Vec::new()).to_bytes();
            // The profile names him after the plan was made.
            let protected = BTreeSet::from([lab.tenant.user_id(protects).unwrap()]);
            let profile = TenantProfile { protected, ..TenantProfile::default() }.sealed();
            let engine = lab.engine.clone().with_profile(profile);
            let found = engine.check(&plan).await.unwrap();
            let approved = engine.approved(&plan.to_bytes(), &approval).unwrap();
            let how = Drive::until(Until::Sent);
            let (run, _) = engine.apply(approved, containment.bytes(), false, how).await.unwrap();
            (found.iter().any(|finding| finding.code == "G26"), engine.report(&run).await.unwrap())
        });
        (lab, outcome)
    };
    let (lab, (found, report)) = carried("alex@contoso.com");
    assert!(found, "the check says so too");
    assert_eq!(report.exit(), Exit::Refused, "{}", report.to_text());
    nothing_was_written(&lab, "protected");
    let (lab, (found, report)) = carried("megan@contoso.com");
    assert!(!found);
    went_through(&lab, &report, "somebody else is protected");
}

const HELD: fn(&mut World) = |world| {
    let since = world.now;
    lines::mailbox(world, "alex@contoso.com").litigation_hold = Some(LitigationHold {
        since,
        duration_days: None,
        owner: "legal@contoso.com".to_owned(),
        in_effect: true,
    });
};

#[test]
fn what_nobody_has_seen_when_he_approved_stops_its_step() {
    let held = lab(&[]);
    let report = overtaken("alex@contoso.com", &held, &held.engine, HELD);
    let step = report.steps.iter().find(|step| step.operation == "remove_licenses").unwrap();
    assert_eq!(step.outcome, Outcome::Blocked, "{}", step.detail);
    let found = step.findings.iter().find(|finding| finding.severity == Severity::Block).unwrap();
    assert_eq!((found.code.as_str(), found.requirement.as_str()), ("G7", "N7"));
    assert!(
        found.message.contains("Litigation Hold") && found.hint.contains("owner of the hold"),
        "{found:?}"
    );
    assert_eq!(report.exit(), Exit::Refused);
    assert_eq!(licenses_removed(&held), 0);
    assert_eq!(held.contradictions(&report), Vec::<String>::new());

    let free = lab(&[]);
    let report = overtaken("alex@contoso.com", &free, &free.engine, |_| {});
    went_through(&free, &report, "no hold");
    assert_eq!(licenses_removed(&free), 1);

    let unguarded = lab(&[]);
    let engine = without(&unguarded.engine, "G7");
    let report = overtaken("alex@contoso.com", &unguarded, &engine, HELD);
    // The mailbox goes with the license. What was sent to it was seen before, or is not waited for for ever.
    let access = report.steps.iter().find(|step| step.operation == "grant_full_access").unwrap();
    assert!([Outcome::Done, Outcome::Unknown].contains(&access.outcome), "{}", access.detail);
    assert_eq!(unguarded.contradictions(&report), Vec::<String>::new());
    assert_eq!(licenses_removed(&unguarded), 1, "without G7 the license would go");
}

/// A second plan for somebody whose first run has still to take access away again.
async fn again(lab: &Lab, engine: &Engine, plan: &Plan, policy: &Policy) -> Result<Report, Error> {
    let approved = engine.approved(&plan.to_bytes(), &lab.approve(plan, Vec::new()).to_bytes())?;
    let (run, _) = engine.apply(approved, policy.bytes(), false, Drive::until(Until::Sent)).await?;
    engine.report(&run).await
}

#[test]
fn nobody_has_two_open_runs() {
    let lab = lab(&[]);
    let containment = policy("containment");
    let report = lab.block_on(async {
        let first = carried(&lab, "shared", "alex@contoso.com").await.unwrap();
        assert!(first.open, "somebody's access is still to end");
        let written = lab.tenant.recorder().mutating().len();
        let plan = lab.plan(&containment, "alex@contoso.com", None).await.unwrap().plan;
        let refused = again(&lab, &lab.engine, &plan, &containment).await.map(|_| ()).unwrap_err();
        let ErrorKind::Journal(JournalError::AlreadyOpen { run, leaver_name }) = refused.kind() else {
            panic!("{refused}")
        };
        assert_eq!(*run, first.run);
        assert!(leaver_name.contains("alex@contoso.com"), "{leaver_name}");
        assert_eq!(refused.rule(), Some(("RUN", "P8")));
        assert!(refused.hint().is_some_and(|hint| hint.contains("offboard resume")));
        assert_eq!(lab.tenant.recorder().mutating().len(), written, "refused, and something was written");

        // A journal that knows nothing of the first run lets it pass: the journal is what refuses.
        let elsewhere = engine_on(&lab.tenant, Arc::new(MemoryJournal::new()));
        again(&lab, &elsewhere, &plan, &containment).await.unwrap();

        lab.engine.cancel(&first.run, "grace@contoso.com").await.unwrap();
        again(&lab, &lab.engine, &plan, &containment).await.unwrap()
    });
    went_through(&lab, &report, "the first run has ended");
}
