//! Who is refused alone, who is refused with everybody, and who leaves too.

use std::collections::BTreeMap;

use offboard::core::engine::RosterDrive;
use offboard::core::error::ErrorKind;
use offboard::core::plan::roster::RosterError;
use offboard::{Drive, Error, StandingApproval, TenantProfile, Until};

use super::crowd::{conversion, everybody_first, file, lab, profile, worker};
use crate::common::policy;

#[test]
fn a_successor_who_leaves_too_stops_the_plan_that_names_him() {
    let (one, other) = (worker(1), worker(2));
    let shared = policy("shared");
    // Also where his own row is wrong: he leaves, for all that is known.
    for his_row in [format!("{other},,"), format!("{other},tomorrow,"), format!("{other},2026-11-30,")] {
        let lab = lab(2, 5);
        let text = format!("upn,leaves,successor\n{one},,{other}\n{his_row}\n");
        lab.block_on(async {
            let planned = lab.plan_all(&shared, &text).await.unwrap();
            let member = &planned.roster.members[0];
            assert_eq!(member.leaver.user_principal_name, one);
            let stopped: Vec<_> = member.stopped_by.iter().map(|f| f.code.as_str()).collect();
            assert_eq!(stopped, ["G16"], "{his_row}");
            let message = &member.stopped_by[0].message;
            assert!(message.contains(&format!("<{other}> is leaving too")), "{his_row}: {message}");
        });
    }
    // The twin: he stays.
    let lab = lab(2, 5);
    lab.block_on(async {
        let planned = lab.plan_all(&shared, &format!("upn,successor\n{one},{other}\n")).await.unwrap();
        assert!(
            planned.roster.members[0].stopped_by.is_empty(),
            "{:?}",
            planned.roster.members[0].stopped_by
        );
    });
}

#[test]
fn two_rows_for_one_person_and_a_row_of_two_persons_are_refused() {
    let lab = lab(4, 9);
    let id = lab.id(&worker(2));
    let rows = [
        format!("{},,", worker(1)),
        format!("{},,", worker(2)),
        format!(",{id},"),
        format!("{},,W00004", worker(3)),
        format!("{},,W00004", worker(4)),
    ];
    lab.block_on(async {
        let text = format!("upn,id,employee_id\n{}\n", rows.join("\n"));
        let planned = lab.plan_all(&conversion(), &text).await.unwrap();
        let good: Vec<_> =
            planned.roster.members.iter().map(|m| m.leaver.user_principal_name.clone()).collect();
        assert_eq!(good, [worker(1), worker(4)]);
        let said: Vec<_> = planned.roster.refused.iter().map(|row| (row.line, row.why.as_str())).collect();
        assert!(said[0].0 == 3 && said[0].1.contains("stands in another row too (line 4)"), "{said:?}");
        assert!(said[1].0 == 4 && said[1].1.contains("(line 3)"), "{said:?}");
        assert!(said[2].0 == 5 && said[2].1.ends_with("has the employee id W00003, and the row says W00004"));
        assert!(planned.roster.refused.iter().all(|row| !row.hint.is_empty()));
    });
}

#[test]
fn who_is_busy_elsewhere_is_refused_alone() {
    let lab = lab(4, 9);
    let (policy, all) = (conversion(), (1..=4).map(worker).collect::<Vec<_>>());
    lab.block_on(async {
        let planned = lab.plan_all(&policy, &file(&all)).await.unwrap();
        // Since then somebody has begun with one of them, and stopped before anything was sent.
        let single = lab.plan(&policy, &all[1], None).await.unwrap().plan;
        let how = Drive::until(Until::Sent);
        how.stop.stop();
        let (open, _) = lab.apply_with(&single, &policy, vec![], how).await.unwrap();
        let carried = lab.apply_all(planned, &policy, &RosterDrive::until(Until::Sent)).await.unwrap();
        assert_eq!(carried.trouble.keys().copied().collect::<Vec<_>>(), [lab.id(&all[1])]);
        let report = lab.engine.roster_report(&carried.roster, &carried.trouble).await.unwrap();
        assert_eq!((report.totals.begun, report.totals.done, report.exit), (3, 3, 3));
        assert!(report.leavers[1].verdict.contains(open.as_str()), "{}", report.leavers[1].verdict);
        // By the journal alone it is still a refusal.
        let report = lab.engine.roster_report(&carried.roster, &BTreeMap::default()).await.unwrap();
        assert!(report.leavers[1].run.is_none() && report.leavers[1].hint.is_some());
    });
    let three = [0, 2, 3].map(|n: usize| lab.id(&all[n])).into();
    everybody_first(&lab.tenant, &three);
}

#[test]
fn one_refusal_of_the_service_stops_nobody_else() {
    use http::Method;
    use offboard_sim::{Fault, Matcher};
    let lab = lab(4, 9);
    let all: Vec<_> = (1..=4).map(worker).collect();
    let his = format!("/users/{}", lab.id(&all[2]));
    lab.tenant
        .faults()
        .always(Matcher::graph(&Method::PATCH, &his).about("accountEnabled"), Fault::status(403));
    let (_, report) = lab.block_on(lab.carry_all(&conversion(), &file(&all)));
    let exits: Vec<u8> = report.leavers.iter().map(|line| line.exit).collect();
    assert_eq!(exits, [0, 0, 5, 0], "{}", report.to_text());
    assert_eq!((report.exit, report.leavers[2].access_cut), (5, Some(false)));
    assert!(report.to_html().contains("NOT cut") && !report.to_html().contains("<script"));
}

#[test]
fn the_caps_of_the_day_count_everybody_before_the_first_write() {
    let lab = lab(4, 9);
    let (policy, all) = (conversion(), (1..=4).map(worker).collect::<Vec<_>>());
    lab.block_on(async {
        let planned = lab.plan_all(&policy, &file(&all)).await.unwrap();
        let bytes = planned.roster.to_bytes();
        let apply = async |per_roster, per_day| -> Result<_, Error> {
            let engine = lab.engine.clone().with_profile(profile(per_roster, per_day));
            let plans = planned.plans.clone();
            let (_, approved) = lab.engine.approve_roster(&bytes, plans, "grace", None, vec![], true)?;
            engine.apply_roster(approved, policy.bytes(), &RosterDrive::until(Until::Sent)).await
        };
        let day = apply(9, 3).await.unwrap_err();
        assert!(matches!(day.kind(), ErrorKind::Cap { started: 0, more: 4, cap: 3 }), "{day}");
        let roster = apply(3, 9).await.unwrap_err();
        assert!(matches!(roster.kind(), ErrorKind::RosterCap { people: 4, cap: 3 }), "{roster}");
        assert!(lab.tenant.recorder().mutating().is_empty());
        assert!(lab.engine.journal().runs(None).await.unwrap().is_empty(), "and nothing was recorded");
        apply(4, 4).await.unwrap();
        // The day is full now, also for the same people under another approval.
        assert!(matches!(
            apply(4, 4).await.unwrap_err().kind(),
            ErrorKind::Cap { started: 4, more: 4, cap: 4 }
        ));
    });
}

#[test]
fn an_approval_of_a_roster_is_no_weaker_than_that_of_a_plan() {
    let mut lab = lab(2, 9);
    let policy = conversion();
    let someone = worker(2);
    let protected = TenantProfile { protected: [lab.id(&someone)].into(), ..profile(9, 9) }.sealed();
    lab.engine = lab.engine.clone().with_profile(protected);
    lab.block_on(async {
        let text = file(&[worker(1), someone.clone()]);
        let planned = lab.plan_all(&policy, &text).await.unwrap();
        let bytes = planned.roster.to_bytes();
        let approve = |by: &str, waivers, bytes: &[u8], plans: &[Vec<u8>]| {
            lab.engine
                .approve_roster(bytes, plans.to_vec(), by, None, waivers, false)
                .map(|(approval, _)| approval)
        };
        let plans = &planned.plans;
        let own = approve("ADA@contoso.com ", vec![], &bytes, plans).unwrap_err();
        assert!(own.to_string().contains("made this plan and cannot approve it"), "{own}");
        let missing = approve("grace", vec![], &bytes, &plans[..1]).unwrap_err();
        assert!(matches!(missing.kind(), ErrorKind::Roster(RosterError::Missing { .. })), "{missing}");

        // What nobody can accept nobody can accept here; and a waiver without its plan would accept it of everybody.
        let member = &planned.roster.members[1];
        let never = &member.stopped_by[0];
        let waiver = |plan: Option<_>| offboard::Waiver {
            plan,
            step: never.step.clone(),
            code: never.code.clone(),
            key: never.key.clone(),
            reason: "meant".to_owned(),
        };
        let refused = approve("grace", vec![waiver(Some(member.plan.clone()))], &bytes, plans).unwrap_err();
        assert!(refused.to_string().contains("nobody can accept"), "{refused}");
        let refused = approve("grace", vec![waiver(None)], &bytes, plans).unwrap_err();
        assert!(refused.to_string().contains("names no plan of this roster"), "{refused}");

        // A roster that hides what stops a plan is not believed.
        let mut tampered = planned.roster.clone();
        tampered.members[1].stopped_by.clear();
        let untrue = approve("grace", vec![], &tampered.to_bytes(), plans).unwrap_err();
        assert!(matches!(untrue.kind(), ErrorKind::Roster(RosterError::Untrue(_))), "{untrue}");
        let mut twice = planned.roster.clone();
        twice.members.push(twice.members[0].clone());
        let error = approve("grace", vec![], &twice.to_bytes(), plans).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Roster(RosterError::Twice(_))), "{error}");

        // The approval is for exactly these bytes, and not for one of the plans.
        let approval = approve("grace", vec![], &bytes, plans).unwrap().to_bytes();
        let mut other = planned.roster.clone();
        other.made_by = "eve".to_owned();
        assert!(lab.engine.approved_roster(&other.to_bytes(), &approval, plans.clone()).is_err());
        assert!(lab.engine.approved(&plans[0], &approval).is_err());
        // What two people accepted for whatever comes is for single plans: its number a day counts those.
        let mut standing = approve("grace", vec![], &bytes, plans).unwrap();
        standing.standing = Some(Box::new(StandingApproval {
            format: StandingApproval::FORMAT.to_owned(),
            tenant: lab.engine.tenant(),
            policy: policy.name().to_owned(),
            policy_digest: policy.digest().clone(),
            by: vec![],
            expires_at: standing.expires_at,
            per_day: 1,
            findings: vec![],
            ticket: None,
        }));
        let error = lab.engine.approved_roster(&bytes, &standing.to_bytes(), plans.clone()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Roster(RosterError::Standing)), "{error}");
        // Only nobody is left: then that is the error.
        let only = lab.plan_all(&policy, &file(std::slice::from_ref(&someone))).await.unwrap();
        let error = approve("grace", vec![], &only.roster.to_bytes(), &only.plans).unwrap_err();
        assert!(error.to_string().contains("finding(s) stop this plan"), "{error}");
    });
    assert!(lab.tenant.recorder().mutating().is_empty());
}

#[test]
fn what_is_wrong_with_the_only_row_is_said_of_it() {
    let lab = lab(1, 9);
    let text = format!("upn,successor\n{},nobody@contoso.com\n", worker(1));
    let planned = lab.block_on(lab.plan_all(&conversion(), &text)).unwrap();
    assert!(planned.roster.members.is_empty() && planned.plans.is_empty());
    let row = &planned.roster.refused[0];
    assert!(row.line == 2 && row.why.contains("nobody@contoso.com"), "{row:?}");
}

#[test]
fn where_nobody_can_be_asked_who_somebody_is_no_plan_counts_on_him() {
    use http::Method;
    use offboard_sim::{Fault, Matcher};
    // A row that is wrong names a successor of the other: whether he leaves is not known.
    let lab = lab(2, 9);
    let him = worker(2);
    let text = format!("upn,leaves,successor\n{},,{him}\n{him},tomorrow,\n", worker(1));
    let (name, _) = him.split_once('@').unwrap();
    let his = Matcher::graph(&Method::GET, "/users").about(name);
    lab.tenant.faults().always(his, Fault::status(503));
    let error = lab.block_on(lab.plan_all(&conversion(), &text)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Provider(_)), "{error}");
}
