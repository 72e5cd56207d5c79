//! One run, several engines: one of them at a time carries it, and what another has begun does not arrive behind its back.

use std::pin::pin;

use crate::common::{Lab, engine_on, policy};
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use offboard::core::error::ErrorKind;
use offboard::core::journal::JournalError;
use offboard::core::time::{Clock as _, Period};
use offboard::{ApprovedPlan, Drive, Engine, Error, Policy, Until};
use offboard_sim::{Fault, Matcher};

const LEAVER: &str = "alex@contoso.com";

async fn approved(lab: &Lab, policy: &Policy, upn: &str) -> ApprovedPlan {
    let plan = lab.plan(policy, upn, Some("megan@contoso.com")).await.unwrap().plan;
    let approval = lab.approve(&plan, Vec::new()).to_bytes();
    lab.engine.approved(&plan.to_bytes(), &approval).unwrap()
}

/// The first write of the run is told to come back later, and so waits for that long.
fn make_it_wait(lab: &Lab, seconds: u32) {
    lab.tenant.faults().once(Matcher::writes(), Fault::throttled(Some(&seconds.to_string())));
}

fn is_leased<T>(result: Result<T, Error>) -> bool {
    let error = result.map(|_| ()).unwrap_err();
    matches!(error.kind(), ErrorKind::Journal(JournalError::Leased { .. }))
}

#[test]
fn two_engines_of_one_process_keep_each_other_out() {
    let lab = Lab::contoso(11);
    let (containment, clock) = (policy("containment"), lab.tenant.clock());
    lab.block_on(async {
        let approved = approved(&lab, &containment, LEAVER).await;
        let run = approved.run_id();
        make_it_wait(&lab, 20);
        let how = || Drive::until(Until::Sent);
        let mut carrying = Box::pin(lab.engine.apply(approved.clone(), containment.bytes(), false, how()));
        let in_the_middle = clock.now() + Period::seconds(2);
        let waited = select(&mut carrying, clock.sleep_until(in_the_middle)).await;
        assert!(matches!(waited, Either::Right(_)), "it is still being carried out");

        // Both call their process by one name; and an engine called twice is two as well.
        let other = engine_on(&lab.tenant, lab.journal.clone());
        let clone: Engine = lab.engine.clone();
        for engine in [&other, &clone] {
            assert!(is_leased(engine.resume(&run, how()).await));
            assert!(is_leased(engine.apply(approved.clone(), containment.bytes(), false, how()).await));
            assert!(is_leased(engine.cancel(&run, "grace@contoso.com").await));
        }

        // Dropped, it is as if its process had died: the same engine goes on at once, another when the lease has ended.
        drop(carrying);
        assert!(is_leased(other.resume(&run, how()).await));
        lab.engine.resume(&run, how()).await.unwrap();
        other.resume(&run, how()).await.unwrap();
        let report = lab.report(&run).await.unwrap();
        assert_eq!(report.exit().code(), 0, "{}", report.to_text());
        assert_eq!(lab.contradictions(&report), Vec::<String>::new());
    });
}

#[test]
fn a_write_that_waits_while_its_run_is_taken_over_never_leaves() {
    let lab = Lab::contoso(12);
    let (shared, containment, clock) = (policy("shared"), policy("containment"), lab.tenant.clock());
    lab.block_on(async {
        let first = approved(&lab, &shared, LEAVER).await;
        let second = approved(&lab, &containment, LEAVER).await;
        let how = || Drive::until(Until::Sent);
        // Well before the lease of the first would be renewed, so that only its last look can tell it.
        make_it_wait(&lab, 10);
        let mut carrying = pin!(lab.engine.apply(first, shared.bytes(), false, how()).fuse());
        let in_the_middle = clock.now() + Period::seconds(2);
        select(&mut carrying, clock.sleep_until(in_the_middle)).await;

        let other = engine_on(&lab.tenant, lab.journal.clone());
        let (run, _) = other.apply(second, containment.bytes(), true, how()).await.unwrap();
        let written = lab.tenant.recorder().mutating().len();
        let lost = carrying.await.map(|_| ()).unwrap_err();
        assert!(matches!(lost.kind(), ErrorKind::Journal(JournalError::LeaseLost { .. })), "{lost}");
        let late = lab.tenant.recorder().mutating().split_off(written);
        assert!(late.is_empty(), "{late:#?}");
        let report = lab.report(&run).await.unwrap();
        assert_eq!(lab.contradictions(&report), Vec::<String>::new());
    });
}
