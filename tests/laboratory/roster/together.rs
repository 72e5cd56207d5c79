//! What many leavers share: groups, and a run of one while others still can sign in.

use std::collections::{BTreeMap, BTreeSet};

use offboard::core::engine::RosterDrive;
use offboard::core::id::TenantId;
use offboard::core::journal::{JournalError, RosterRecord, RunRecord};
use offboard::core::plan::roster::approved::KeptRoster;
use offboard::{Catalog, Clock, Drive, ErrorKind, Outcome, Period, Policy, RosterId, RunId, Until};

use super::crowd::{conversion, everybody_first, file, lab, worker};
use crate::common::{Lab, policy};

/// A roster of these people, stopped before the first write.
async fn opened(lab: &Lab, policy: &Policy, all: &[String]) -> KeptRoster {
    let planned = lab.plan_all(policy, &file(all)).await.unwrap();
    let how = RosterDrive::until(Until::Sent);
    how.stop.stop();
    let roster = lab.apply_all(planned, policy, &how).await.unwrap().roster;
    assert!(lab.tenant.recorder().mutating().is_empty(), "stopped before the first write");
    lab.engine.kept_roster(&roster).await.unwrap()
}

#[test]
fn nobody_leaves_a_group_while_somebody_else_does() {
    let lab = lab(12, 20);
    let all: Vec<_> = (1..=12).map(worker).collect();
    let (_, report) = lab.block_on(lab.carry_all(&policy("leave"), &file(&all)));
    assert_eq!(report.totals.access_cut, 12, "{}", report.to_text());
    let recorder = lab.tenant.recorder();
    let mut leaving: Vec<_> =
        recorder.mutating().into_iter().filter(|row| row.path.contains("/members/")).collect();
    leaving.sort_by_key(|row| row.at);
    assert_eq!(leaving.len(), 12);
    for pair in leaving.windows(2) {
        assert!(pair[0].part_of.is_none() || pair[0].part_of != pair[1].part_of, "in one batch: {pair:?}");
        assert!(pair[0].answered.unwrap() <= pair[1].at, "{:?} overlaps {:?}", pair[0], pair[1]);
    }
}

#[test]
fn a_single_run_only_cuts_access_while_others_of_its_roster_can_sign_in() {
    let lab = lab(3, 9);
    let (policy, all) = (conversion(), (1..=3).map(worker).collect::<Vec<_>>());
    lab.block_on(async {
        let kept = opened(&lab, &policy, &all).await;
        let runs: Vec<_> = kept.roster.members.iter().map(|member| kept.run_of(member)).collect();

        let held = async |run| lab.engine.held_back_by(run).await.unwrap();
        assert_eq!(held(&runs[0]).await.as_ref(), Some(&kept.id));
        lab.engine.resume(&runs[0], Drive::until(Until::Sent)).await.unwrap();
        let report = lab.engine.report(&runs[0]).await.unwrap();
        let converts = report.steps.iter().find(|step| step.operation == "convert_to_shared").unwrap();
        assert_eq!(converts.outcome, Outcome::NotStarted, "the others can still sign in");
        assert!(!lab.tenant.world(|world| world.user_by_upn(&all[0]).unwrap().account_enabled));

        // The roster cuts everybody off; then each may go on alone.
        lab.engine.resume_roster(&kept.id, None, &RosterDrive::until(Until::Contained)).await.unwrap();
        assert_eq!(held(&runs[0]).await, None);
        lab.engine.resume(&runs[0], Drive::until(Until::Sent)).await.unwrap();
        let report = lab.engine.report(&runs[0]).await.unwrap();
        assert!(report.steps.iter().all(|step| matches!(step.outcome, Outcome::Done | Outcome::Already)));

        assert_eq!(lab.engine.cancel_roster(&kept.id, "grace").await.unwrap(), 2);
        let writes = lab.tenant.recorder().mutating().len();
        lab.engine.resume_roster(&kept.id, None, &RosterDrive::until(Until::Sent)).await.unwrap();
        assert_eq!(lab.tenant.recorder().mutating().len(), writes, "nothing of it is sent any more");
    });
}

#[test]
fn whoever_was_never_begun_with_holds_up_nobody_whose_time_has_come() {
    let lab = lab(3, 9);
    let (policy, all) = (conversion(), (1..=3).map(worker).collect::<Vec<_>>());
    lab.block_on(async {
        let kept = opened(&lab, &policy, &all).await;
        let due = BTreeSet::from([kept.run_of(&kept.roster.members[0])]);
        let blocked = || {
            let enabled = |upn| lab.tenant.world(|world| world.user_by_upn(upn).unwrap().account_enabled);
            all.iter().filter(|upn| !enabled(upn)).count()
        };

        // As a timer does: first everybody's access is cut, then his own goes on, and nobody else's.
        let how = RosterDrive::until(Until::Sent);
        lab.engine.resume_roster(&kept.id, Some(&due), &how).await.unwrap();
        assert_eq!(blocked(), 3);
        assert!(everybody_first(&lab.tenant, &all.iter().map(|upn| lab.id(upn)).collect()) > 0);
        let report = lab.engine.roster_report(&kept.id, &BTreeMap::new()).await.unwrap();
        assert_eq!(report.totals.done, 1, "{}", report.to_text());
    });
}

/// Another process holds one of them and does nothing: nobody else waits for that.
#[test]
fn whoever_cannot_be_carried_does_not_hold_the_others_up() {
    let lab = lab(2, 9);
    let (policy, all) = (conversion(), (1..=2).map(worker).collect::<Vec<_>>());
    lab.block_on(async {
        let kept = opened(&lab, &policy, &all).await;
        let [due, held] = [0, 1].map(|n: usize| kept.run_of(&kept.roster.members[n]));
        let now = lab.tenant.clock().now();
        lab.journal.claim(&held, "another process", now, Period::days(1), true).await.unwrap();

        let (due, how) = (BTreeSet::from([due]), RosterDrive::until(Until::Sent));
        let carried = lab.engine.resume_roster(&kept.id, Some(&due), &how).await.unwrap();
        assert_eq!(carried.trouble.keys().copied().collect::<Vec<_>>(), [lab.id(&all[1])]);
        let report = lab.engine.roster_report(&kept.id, &carried.trouble).await.unwrap();
        assert_eq!(report.totals.done, 1, "{}", report.to_text());
    });
}

/// A step that another host's catalog has cuts no access here, however often it is tried.
#[test]
fn a_step_that_is_not_known_here_is_waited_for_by_nobody() {
    let lab = lab(2, 9);
    let (policy, all) = (conversion(), (1..=2).map(worker).collect::<Vec<_>>());
    lab.block_on(async {
        let kept = opened(&lab, &policy, &all).await;
        let run = kept.run_of(&kept.roster.members[0]);
        let builtin = Catalog::builtin();
        let known = builtin.factories().filter(|step| step.spec().name != "revoke_sign_in_sessions");
        let catalog = known.fold(Catalog::empty(), |catalog, step| catalog.with_dynamic(step.clone()));
        let poorer = lab.engine.clone().with_catalog(catalog);
        poorer.resume_roster(&kept.id, None, &RosterDrive::until(Until::Contained)).await.unwrap();
        assert_eq!(poorer.held_back_by(&run).await.unwrap(), None);
        assert_eq!(
            lab.engine.held_back_by(&run).await.unwrap(),
            Some(kept.id),
            "it is tried where it is known"
        );
    });
}

#[test]
fn a_roster_whose_documents_were_changed_is_none() {
    let lab = lab(1, 9);
    let policy = conversion();
    lab.block_on(async {
        let planned = lab.plan_all(&policy, &file(&[worker(1)])).await.unwrap();
        let carried = lab.apply_all(planned, &policy, &RosterDrive::until(Until::Contained)).await.unwrap();
        let record = lab.journal.roster(&carried.roster).await.unwrap();
        assert!(record.reopen().is_ok());
        let other = |bytes: &[u8], from: &str, to: &str| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(text.contains(from), "{text}");
            text.replace(from, to).into_bytes()
        };
        let changed = [
            RosterRecord {
                document: other(&record.document, "ada@contoso.com", "eve@contoso.com"),
                ..record.clone()
            },
            RosterRecord { document: b"{".to_vec(), ..record.clone() },
            RosterRecord {
                approval: other(&record.approval, "grace@contoso.com", "eve@contoso.com"),
                ..record.clone()
            },
            RosterRecord { approval: Vec::new(), ..record.clone() },
            RosterRecord { roster: RosterId::new("r0123456789abcde"), ..record.clone() },
            RosterRecord { tenant: TenantId::from_u128(7), ..record.clone() },
        ];
        for record in changed {
            let error = record.reopen().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Journal(JournalError::BrokenRoster { .. })), "{error}");
            assert!(error.hint().is_some_and(|hint| hint.contains("evidence")), "{error}");
        }
    });
}

#[test]
fn a_run_is_named_by_its_plan_and_its_approval() {
    let lab = lab(2, 9);
    let policy = conversion();
    lab.block_on(async {
        let kept = opened(&lab, &policy, &[worker(1), worker(2)]).await;
        let mut records = Vec::new();
        for member in &kept.roster.members {
            records.push(lab.journal.record(&kept.run_of(member)).await.unwrap());
        }
        assert!(records[0].reopen().is_ok());
        let changed = [
            RunRecord { plan: records[1].plan.clone(), ..records[0].clone() },
            RunRecord { approval: records[1].approval.clone(), ..records[0].clone() },
            RunRecord { run: RunId::new("0123456789abcdef"), ..records[0].clone() },
        ];
        for record in changed {
            let error = record.reopen().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Journal(JournalError::Broken { .. })), "{error}");
        }
    });
}
