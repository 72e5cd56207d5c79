//! The process dies in the middle of a roster; another goes on with it, and everybody is still contained first.

use std::sync::Arc;

use offboard::core::engine::RosterDrive;
use offboard::{Catalog, Journal, MemoryJournal, Until};
use offboard_sim::Tenant;

use super::crowd::{conversion, everybody_first, file, profile, rows, worker};
use crate::crashing::around::Around;
use crate::crashing::dying::Dying;
use crate::crashing::polls::{Go, watched};
use crate::crashing::{LEASE_HAS_ENDED, engine};

#[test]
fn dying_after_any_append_leaves_a_roster_that_another_process_ends() {
    let (policy, all) = (conversion(), (1..=3).map(worker).collect::<Vec<_>>());
    let mut nth = 1;
    let mut dropped = 0;
    loop {
        let tenant = Tenant::contoso_and(3, 3);
        let journal = MemoryJournal::new();
        let people = all.iter().map(|upn| tenant.user_id(upn).unwrap()).collect();
        let of = |journal: Arc<dyn Journal>, owner: &str| {
            engine(&tenant, journal, Catalog::builtin(), owner).with_profile(profile(9, 9))
        };
        let dying = Dying::after(nth);
        let first =
            of(Arc::new(Around { inner: journal.clone(), habit: dying.clone() }), "the first process");
        let clock = tenant.clock();
        let planned =
            clock.block_on(first.plan_roster(&policy, &rows(&file(&all)), None, "ada", &|_| ())).unwrap();
        let bytes = planned.roster.to_bytes();
        let (_, approved) = first.approve_roster(&bytes, planned.plans, "grace", None, vec![], true).unwrap();
        let roster = approved.id().clone();
        let how = RosterDrive::until(Until::Sent);
        let applying = first.apply_roster(approved, policy.bytes(), &how);
        let over = watched(&clock, applying, |_| if dying.is_dead() { Go::Drop } else { Go::On });
        if let Some(carried) = over {
            assert!(carried.unwrap().trouble.is_empty());
            break;
        }
        dropped += 1;
        clock.advance(LEASE_HAS_ENDED);
        let second = of(Arc::new(journal.clone()), "another process");
        let report = clock.block_on(async {
            let carried = second.resume_roster(&roster, None, &how).await.unwrap();
            assert!(carried.trouble.is_empty(), "after {nth}: {:?}", carried.trouble);
            second.roster_report(&roster, &carried.trouble).await.unwrap()
        });
        assert_eq!(
            (report.totals.access_cut, report.totals.done),
            (3, 3),
            "after {nth}: {}",
            report.to_text()
        );
        let others = everybody_first(&tenant, &people);
        assert!(others >= 3, "after {nth}: {others}");
        nth += 3;
    }
    assert!(dropped >= 8, "it dies at {dropped} places only");
}
